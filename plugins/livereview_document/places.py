"""The places of a document, wherever they stand: what links may lead to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from livereview_document.blocks import Block, Bullets, Folded, Heading, Numbered, Paragraph, Picture, Quote, Table
from livereview_document.words import Break, Code, Place, Plain, Words


def places_in(blocks: Iterable[Block]) -> Iterator[str]:
    """The names of all places in blocks, in order, those in what is folded too."""
    for block in blocks:
        if isinstance(block, Heading) and block.place:
            yield block.place
        if isinstance(block, Folded):
            yield from places_in(block.blocks)
        for words in words_of(block):
            yield from _places(words)


def words_of(block: Block) -> Iterator[Words]:
    """Every text of one block, but for what it folds."""
    match block:
        case Heading() | Paragraph():
            yield block.words
        case Table():
            yield from block.headers
            for row in block.rows:
                yield from row
        case Bullets() | Quote():
            yield from block.items
        case Numbered():
            yield from (words for _, words in block.items)
        case Picture():
            yield block.title
        case Folded():
            return


def _places(words: Words) -> Iterator[str]:
    for span in words.spans:
        if isinstance(span, Place):
            yield span.name
        elif not isinstance(span, Plain | Code | Break):
            yield from _places(span.inside)
