"""The blocks of a document, from top to bottom; a writer turns each into its own format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from livereview_document.words import Words, fill, prose, text

Cells = Sequence[object]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; ``level`` 1 is the title of the document, 2 a part, 3 and 4 sections in it."""

    level: int
    words: Words
    place: str = ""
    """Its name as a place; empty = nothing links to it."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``role`` says what it is where a format sets it apart."""

    words: Words
    role: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table in which every row has as many cells as there are headers."""

    headers: tuple[Words, ...]
    rows: tuple[tuple[Words, ...], ...]
    right: frozenset[int] = frozenset()
    """Columns set to the right."""
    role: str = ""
    """What it holds; a format may let the reader sort it. In use: "summary" (the outcomes), "studies" (those of an
    outcome), "sources" (the rows behind its numbers), "changes" (outcomes before and after), "characteristics",
    "excluded", "ongoing", "awaiting", "subgroups", "sensitivity", "leave-one-out", "cumulative", "set-aside" (rows),
    "records" (rows that changed), "audit" (findings); empty for any other."""
    keys: tuple[tuple[object, ...], ...] = ()
    """Per row, what each cell is sorted by: a number, a text, None; empty = the text of the cells."""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list without an order."""

    items: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A list whose items have numbers of their own."""

    items: tuple[tuple[int, Words], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Paragraphs set apart, to be read before what follows: alarms, cautions."""

    items: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Folded:
    """Blocks behind a line to open; where nothing opens they stand below it."""

    summary: str
    """Our own words and numbers only."""
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure with its title and the numbers behind it; paths are those of files among the request's assets."""

    stem: str
    """Path without the ending: a format embeds the ending that suits it."""
    endings: tuple[str, ...]
    """Those there are, e.g. (".png", ".svg")."""
    alt: str
    title: Words
    data: tuple[str, ...] = ()
    """Paths of the CSV files with its numbers."""
    kind: str = ""
    """E.g. "forest"."""


Block = Heading | Paragraph | Table | Bullets | Numbered | Quote | Folded | Picture


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report in blocks."""

    title: str
    blocks: tuple[Block, ...]


def heading(level: int, title: object, place: str = "") -> Block:
    """A heading, with a place of its own where it is linked to."""
    return Heading(level, text(title), place)


def paragraph(value: object) -> Block:
    """The text at full length."""
    return Paragraph(prose(value))


def stated(template: str, *values: object) -> Block:
    """A paragraph of our own, its gaps filled as ``words.fill`` fills them."""
    return Paragraph(fill(template, *values))


def table(
    headers: Sequence[object],
    rows: Iterable[Cells],
    right: Sequence[int] = (),
    role: str = "",
    keys: Iterable[Cells] = (),
) -> Block:
    """A table; ``right`` lists the columns set to the right, ``None`` is a dash. ValueError for a ragged row."""
    cells = [tuple(text(cell) for cell in row) for row in rows]
    sorting = tuple(tuple(text(key).plain if isinstance(key, str) else key for key in row) for row in keys)
    for row in (*cells, *sorting):
        if len(row) != len(headers):
            raise ValueError(f"a row of {len(row)} cells in a table of {len(headers)} columns")
    if sorting and len(sorting) != len(cells):
        raise ValueError(f"{len(sorting)} rows of keys for {len(cells)} rows of cells")
    return Table(tuple(text(name) for name in headers), tuple(cells), frozenset(right), role, sorting)


def bullets(items: Iterable[object]) -> Block:
    """A list, each item at full length."""
    return Bullets(tuple(prose(item) for item in items))


def quote(items: Iterable[object]) -> Block:
    """Paragraphs set apart."""
    return Quote(tuple(prose(item) for item in items))


def folded(summary: str, blocks: Iterable[Block]) -> Block:
    """Blocks behind a line to open, which has our own words and numbers only."""
    if set(summary) & set("<>&"):
        raise ValueError(f"a folded part is titled with our own words only: {summary!r}")
    return Folded(summary, tuple(blocks))


def long(summary: str, block: Block, rows: int, fold_above: int) -> Block:
    """The block, folded where it has more rows than ``fold_above``."""
    return folded(summary, [block]) if rows > fold_above else block
