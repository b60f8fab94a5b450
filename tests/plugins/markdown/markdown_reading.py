"""A page as a Markdown parser sees it: its text, tables, links and pictures."""

from __future__ import annotations

from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


@dataclass
class Reading:
    """What is on a page. A cell is its visible text."""

    text: list[str] = field(default_factory=list)
    """Visible text of each inline block, in order."""
    pieces: list[str] = field(default_factory=list)
    """Each run of plain text that no element interrupts; what is set as code is not among them."""
    tables: list[list[list[str]]] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    """Text and target."""
    images: list[tuple[str, str]] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    """Types of all tokens, blocks and inlines."""


def reading(page: str | bytes) -> Reading:
    """The page, parsed."""
    source = page.decode("utf-8") if isinstance(page, bytes) else page
    seen = Reading()
    before = ""
    for token in PARSER.parse(source):
        seen.kinds.add(token.type)
        if token.type == "table_open":
            seen.tables.append([])
        elif token.type == "tr_open":
            seen.tables[-1].append([])
        elif token.type == "html_block":
            seen.html.append(token.content.strip())
        elif token.type == "inline":
            visible = _inline(token, seen)
            seen.text.append(visible)
            if before in ("th_open", "td_open"):
                seen.tables[-1][-1].append(visible)
            if before == "heading_open":
                seen.headings.append(visible)
        before = token.type
    return seen


def _inline(token: Token, seen: Reading) -> str:
    visible: list[str] = []
    open_links: list[tuple[int, str]] = []
    for child in token.children or []:
        seen.kinds.add(child.type)
        if child.type in ("text", "code_inline"):
            visible.append(child.content)
            seen.pieces += [child.content] if child.type == "text" else []
        elif child.type == "html_inline":
            seen.html.append(child.content)
        elif child.type == "image":
            alt = "".join(part.content for part in child.children or [])
            seen.images.append((alt, str(child.attrs["src"])))
        elif child.type == "link_open":
            open_links.append((len(visible), str(child.attrs["href"])))
        elif child.type == "link_close":
            start, target = open_links.pop()
            seen.links.append(("".join(visible[start:]), target))
    return "".join(visible)
