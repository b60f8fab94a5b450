"""A document as HTML: parts within each other, and each block as the element that means what it is.

The same blocks give the same markup. Every id is given once, whatever the document repeats.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from livereview import RenderedFile
from livereview_document.blocks import (
    Block,
    Bullets,
    Document,
    Folded,
    Heading,
    Numbered,
    Paragraph,
    Picture,
    Quote,
    Table,
)
from livereview_document.words import Words
from livereview_html.markup import Html, Value, element, lines, together
from livereview_html.outline import Part, all_places, outline
from livereview_html.phrasing import phrasing, place_link, places, slug
from livereview_html.pictures import figure
from livereview_html.tables import table_of

#: Links to the parts, which the page has beside it.
CONTENTS = "contents"
#: How deep the table of contents goes.
DEEPEST = 3


@dataclass(frozen=True)
class Written:
    """A document as the pieces of a page."""

    title: str
    top: Html
    """What stands before the first part."""
    parts: tuple[tuple[str, Html], ...]
    """Each part of the document with the name of its place."""
    contents: Html
    """Links to the parts, as a list."""


@dataclass
class Writer:
    """Writes the blocks of one document."""

    assets: Mapping[str, RenderedFile]
    changed: Mapping[str, bool] = field(default_factory=dict)
    """Of places, whether what stands there changed."""
    places: Collection[str] = frozenset()
    """Those of the document: a link in a figure leads to one of them or nowhere."""
    openings: Mapping[str, Html] = field(default_factory=dict)
    """By place of a part: what stands first in it."""
    folded: Mapping[str, str] = field(default_factory=dict)
    """By place of a part: the line behind which its own blocks are folded."""
    shown: Collection[str] = frozenset()
    """Places of parts whose deeper parts are folded but the first: the analyses of an outcome after its studies."""
    used: set[str] = field(default_factory=set)
    tables: int = 0
    folds: int = 0

    def parts(self, items: Iterable[Block | Part], about: str, fold: bool = False) -> Html:
        """Blocks and parts one after the other; ``about`` names them in the captions of tables.

        ``fold`` folds every part but the first.
        """
        made: list[Html] = []
        first = True
        for item in items:
            if isinstance(item, Part):
                made.append(self._part(item, about, behind_title=fold and not first))
                first = False
            else:
                made.append(self.block(item, about))
        return lines(made)

    def _part(self, part: Part, about: str, behind_title: bool = False) -> Html:
        words = part.heading.words
        named = words.plain if part.level < 4 else f"{words.plain}, {about}"
        attributes: dict[str, Value] = {"id": self.own(part.place), "data-changed": self._mark(part.place)}
        level = min(part.level, 6)
        title = element(f"h{level}", None, *self._ids(words), phrasing(words))
        inside = self.parts(part.inside, named, part.place in self.shown)
        if behind_title:
            inside = element("details", {"class": "analysis"}, element("summary", None, title), inside)
            return element("section", attributes, inside)
        if (line := self.folded.get(part.place)) is not None:
            inside = element("details", None, element("summary", None, line), inside)
        return element("section", attributes, "\n", lines([title, self.openings.get(part.place), inside]))

    def _mark(self, place: str) -> str | None:
        return None if place not in self.changed else "yes" if self.changed[place] else "no"

    def own(self, name: str) -> str | None:
        """The name as an id, the first time."""
        if name in self.used:
            return None
        self.used.add(name)
        return name

    def _ids(self, words: Words) -> list[Html]:
        return [element("span", {"id": name}) for name in places(words) if self.own(name)]

    def _item(self, tag: str, words: Words, **attributes: Value) -> Html:
        """An element of a list, which carries the first place in its words as its id."""
        names = [name for name in places(words) if self.own(name)]
        further = [element("span", {"id": name}) for name in names[1:]]
        return element(tag, {"id": names[0] if names else None, **attributes}, *further, phrasing(words))

    def block(self, block: Block, about: str) -> Html:
        """One block; ``about`` is what it stands under."""
        match block:
            case Paragraph():
                return self._item("p", block.words, **{"class": slug(block.role) or None})
            case Table():
                self.tables += 1
                return table_of(block, about, self.tables, self.changed, self.used)
            case Bullets():
                return element("ul", None, lines(self._item("li", words) for words in block.items))
            case Numbered():
                items = (self._item("li", words, value=number) for number, words in block.items)
                return element("ol", None, lines(items))
            case Quote():
                said = lines(self._item("p", words) for words in block.items)
                return element("div", {"class": "alarm", "role": "note"}, said)
            case Folded():
                return self._folded(block, about)
            case Picture():
                return figure(block, self.assets, self.places)
            case Heading():
                return self._part(Part(block, block.level, block.place), about)

    def _folded(self, block: Folded, about: str) -> Html:
        self.folds += 1
        inside = outline(block.blocks, 4, f"fold-{self.folds}")
        return element(
            "details", None, element("summary", None, block.summary), self.parts(inside, f"{block.summary}, {about}")
        )


def written(
    document: Document,
    assets: Sequence[RenderedFile] = (),
    changed: Mapping[str, bool] | None = None,
    openings: Mapping[str, Html] | None = None,
    folded: Mapping[str, str] | None = None,
    shown: Collection[str] = (),
) -> Written:
    """The document as the pieces of a page; its title is the page's, and is not among them."""
    tree = outline(document.blocks)
    titles = [item for item in tree if isinstance(item, Part)]
    # The title's own part holds all others; a document without one has them side by side.
    inside = titles[0].inside if len(titles) == 1 and titles[0].heading.level == 1 else tree
    if inside is tree:
        inside = [deeper_by(item, 1) if isinstance(item, Part) else item for item in tree]
    by_path = {asset.path: asset for asset in assets}
    places = frozenset(all_places(document.blocks))
    writer = Writer(by_path, changed or {}, places, openings or {}, folded or {}, shown)
    before = [item for item in inside if not isinstance(item, Part)]
    kept = [item for item in before if not (isinstance(item, Paragraph) and item.role == CONTENTS)]
    parts = [item for item in inside if isinstance(item, Part)]
    top = writer.parts(kept, document.title)
    pieces = tuple((part.place, writer.parts([part], document.title)) for part in parts)
    return Written(document.title, top, pieces, _contents(parts, writer))


def deeper_by(part: Part, by: int) -> Part:
    """The part and those in it, so much deeper."""
    inside = [deeper_by(item, by) if isinstance(item, Part) else item for item in part.inside]
    return replace(part, level=part.level + by, inside=inside)


def _contents(parts: Sequence[Part], writer: Writer) -> Html:
    items = []
    for part in parts:
        link = element("a", {"href": place_link(part.place)}, part.heading.words.plain)
        deeper = [inner for inner in part.parts() if inner.level <= DEEPEST]
        attributes: dict[str, Value] = {"data-changed": writer._mark(part.place)}
        items.append(element("li", attributes, together([link, _contents(deeper, writer) if deeper else None])))
    return element("ul", None, lines(items))
