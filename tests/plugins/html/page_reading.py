"""A page as a parser of HTML sees it: a tree of elements, of which every start has its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = ("br", "hr", "img", "input", "link", "meta")


@dataclass
class Node:
    """An element with its attributes and what is in it."""

    tag: str
    attributes: dict[str, str]
    inside: list[Node | str] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator[Node]:
        """Every element in it with one of these names, in order; without names, every element."""
        for item in self.inside:
            if isinstance(item, Node):
                if not tags or item.tag in tags:
                    yield item
                yield from item.all(*tags)

    def one(self, tag: str, **attributes: str) -> Node:
        """The only element with that name and those attributes."""
        found = [node for node in self.all(tag) if attributes.items() <= node.attributes.items()]
        assert len(found) == 1, f"{len(found)} elements {tag} {attributes}"
        return found[0]

    def at(self, place: str) -> Node:
        """The element with that id."""
        found = [node for node in self.all() if node.attributes.get("id") == place]
        assert len(found) == 1, f"{len(found)} elements with the id {place}"
        return found[0]

    @property
    def text(self) -> str:
        """All text in it, as one string; a line break is a space."""
        if self.tag == "br":
            return " "
        return "".join(item if isinstance(item, str) else item.text for item in self.inside)

    @property
    def children(self) -> list[Node]:
        """The elements right in it."""
        return [item for item in self.inside if isinstance(item, Node)]


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"an attribute twice: <{tag} {names}>"
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> ends <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")


def reading(content: bytes | str) -> Node:
    """The tree of a page or a piece of one; AssertionError where elements are not within each other."""
    tree = _Tree()
    tree.feed(content.decode("utf-8") if isinstance(content, bytes) else content)
    tree.close()
    assert len(tree.open) == 1, f"not ended: {[node.tag for node in tree.open[1:]]}"
    return tree.root
