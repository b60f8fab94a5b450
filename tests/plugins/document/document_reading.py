"""A document as a reader finds it: its places, its links, its tables and every text in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from livereview_document.blocks import Block, Document, Folded, Picture, Table
from livereview_document.places import places_in, words_of
from livereview_document.words import Code, Emphasis, Link, Plain, Span, Strong, Words


def every_block(blocks: Iterable[Block]) -> Iterator[Block]:
    """All blocks from top to bottom, those that are folded included."""
    for block in blocks:
        yield block
        if isinstance(block, Folded):
            yield from every_block(block.blocks)


def spans_of(words: Words) -> Iterator[Span]:
    """All spans, those inside others included."""
    for span in words.spans:
        yield span
        if isinstance(span, Strong | Emphasis | Link):
            yield from spans_of(span.inside)


def every_span(document: Document) -> list[Span]:
    """All spans of a document."""
    return [
        span for block in every_block(document.blocks) for words in words_of(block) for span in spans_of(words)
    ]  # fmt: skip


def places(document: Document) -> list[str]:
    """Names of all places, as often as they are there."""
    return list(places_in(document.blocks))


def links(words: Words | Document) -> list[Link]:
    """All links of words or of a whole document."""
    spans = every_span(words) if isinstance(words, Document) else spans_of(words)
    return [span for span in spans if isinstance(span, Link)]


def texts(document: Document) -> list[str]:
    """Every text: of spans, alternative texts, keys to sort by, the title."""
    shown = [span.text for span in every_span(document) if isinstance(span, Plain | Code)]
    blocks = list(every_block(document.blocks))
    shown += [block.alt for block in blocks if isinstance(block, Picture)]
    keys = [key for block in blocks if isinstance(block, Table) for row in block.keys for key in row]
    return [*shown, *(key for key in keys if isinstance(key, str)), document.title]


def tables(document: Document, role: str) -> list[Table]:
    """The tables of a role, in order."""
    return [block for block in every_block(document.blocks) if isinstance(block, Table) and block.role == role]


def plain_rows(table: Table) -> list[list[str]]:
    """The cells of a table as they read, its headers first."""
    return [[words.plain for words in row] for row in (table.headers, *table.rows)]


def said(document: Document) -> list[str]:
    """What each block says, one text for each heading, paragraph, item and cell."""
    return [words.plain for block in every_block(document.blocks) for words in words_of(block)]
