"""The parts of a document within each other: headings open them, the next heading of their level closes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from livereview_document.blocks import Block, Bullets, Folded, Heading, Numbered, Paragraph, Quote, Table
from livereview_document.words import Words
from livereview_html.phrasing import places


@dataclass
class Part:
    """A heading with what stands under it."""

    heading: Heading
    level: int
    """One deeper than the part around it, whatever the document says: headings skip no level."""
    place: str
    inside: list[Block | Part] = field(default_factory=list)

    def parts(self) -> list[Part]:
        """The parts in it, in order."""
        return [item for item in self.inside if isinstance(item, Part)]


def outline(blocks: Iterable[Block], level: int = 0, name: str = "part") -> list[Block | Part]:
    """The blocks as a tree. A part without a place gets one by its number, so that the contents can link to it."""
    top: list[Block | Part] = []
    open_: list[Part] = []
    count = 0
    for block in blocks:
        if not isinstance(block, Heading):
            (open_[-1].inside if open_ else top).append(block)
            continue
        while open_ and open_[-1].heading.level >= block.level:
            open_.pop()
        count += 1
        place = block.place or f"page-{name}-{count}"
        part = Part(block, (open_[-1].level if open_ else level) + 1, place)
        (open_[-1].inside if open_ else top).append(part)
        open_.append(part)
    return top


def all_places(blocks: Sequence[Block]) -> Iterator[str]:
    """Every place of a document, of headings and in words."""
    for block in blocks:
        if isinstance(block, Heading) and block.place:
            yield block.place
        elif isinstance(block, Folded):
            yield from all_places(block.blocks)
        for words in _words(block):
            yield from places(words)


def _words(block: Block) -> Iterator[Words]:
    if isinstance(block, Heading | Paragraph):
        yield block.words
    elif isinstance(block, Bullets | Quote):
        yield from block.items
    elif isinstance(block, Numbered):
        yield from (words for _, words in block.items)
    elif isinstance(block, Table):
        yield from (*block.headers, *(words for row in block.rows for words in row))
