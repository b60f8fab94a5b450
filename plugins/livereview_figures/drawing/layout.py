"""Rows and columns to positions: a table with one column that is a plot.

Lengths inside a table are in ems of its font size, positions in points. The label column wraps, and a column
that says how wide it may be; every other column is as wide as its widest text, so that nothing can overlap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from livereview_figures.drawing.judgements import Judgement, disc
from livereview_figures.drawing.marks import Plotted
from livereview_figures.drawing.page import INK, RULE, SOFT, Line, Mark, Shape, Text
from livereview_figures.drawing.typeface import balanced, width_of, wrapped

MARGIN = 14.0
ROW = 1.62
LINE = 1.3
LABEL_WIDTH = 22.0
PLOT_WIDTH = 23.0
LABEL, PLOT = "label", "plot"

DISC = 0.66
"""Radius of a disc."""
_EFFECT = ("high", "effect")
"""Columns at whose right end an effect ends."""

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of text, or the plot."""

    name: str
    title: str = ""
    align: Align = "right"
    gap: float = 1.1
    """Space before it."""
    least: float = 0.0
    """Least width."""
    widest: float = 0.0
    """Width past which its cells wrap, to at most three lines; 0: they never do."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A header over several columns, ruled below where those have titles of their own."""

    first: str
    last: str
    title: str
    second: str = ""
    align: Align = "center"
    widest: float = 9.0
    """How far it may widen its columns before it wraps."""


@dataclass(frozen=True, kw_only=True)
class Disc:
    """A judgement in a cell."""

    judgement: Judgement
    tip: str = ""
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: texts by column, what is drawn in the plot."""

    name: str
    cells: Mapping[str, str] = field(default_factory=dict)
    heading: str = ""
    """Text that runs from the label to the plot, instead of cells."""
    remark: str = ""
    """Text that ends where the effect does, instead of one."""
    suffix: str = ""
    """Signs after the label, which stay when the label is shortened."""
    plotted: Plotted | None = None
    bold: bool = False
    small: bool = False
    colour: str = INK
    before: float = 0.0
    """Space above it."""
    runs: bool = False
    """Its label runs over the empty columns behind it and does not widen its own."""
    discs: Mapping[str, Disc] = field(default_factory=dict)
    """Judgements by column, drawn as discs."""
    tip: str = ""
    """What a reader is told who points at the label, in SVG."""
    href: str = ""
    """Where the label leads, in SVG."""


@dataclass(frozen=True)
class Placed:
    """A row where it stands: its lines of label, the y of its middle."""

    row: Row
    lines: tuple[str, ...]
    middle: float
    top: float = 0.0
    bottom: float = 0.0


@dataclass(frozen=True)
class Table:
    """Columns and rows with their positions on the page."""

    columns: tuple[Column, ...]
    spans: tuple[Span, ...]
    x: Mapping[str, tuple[float, float]]
    """Left and right of each column."""
    rows: tuple[Placed, ...]
    size: float
    small: float
    body: float
    """Where the header ends."""
    bottom: float
    width: float
    """Of the page, margins included."""

    def marks(self) -> list[Mark]:
        """Header, rules and texts of every row; the plot is drawn by others."""
        return [*self._header(), *(mark for placed in self.rows for mark in self._row(placed))]

    def _header(self) -> list[Mark]:
        size = self.size
        base = self.body - 0.75 * size
        out: list[Mark] = [_rule(MARGIN, self.width - MARGIN, self.body - 0.2 * size, INK)]
        titled = [column for column in self.columns if column.title]
        out += [self._cell(c, c.title, base, bold=True, name=f"header:{c.name}") for c in titled]
        for span in self.spans:
            left, right = self.x[span.first][0], self.x[span.last][1]
            over = any(left <= self.x[column.name][0] <= right for column in titled)
            lines = _span_lines(span, size, right - left)
            foot = base - LINE * size - 0.35 * size if over else base
            at = {"left": left, "center": (left + right) / 2, "right": right}[span.align]
            for i, words in enumerate(reversed(lines)):
                y = foot - i * LINE * size
                out.append(
                    Text(x=at, y=y, words=words, size=size, bold=True, align=span.align, name=f"span:{span.first}")
                )
            if over:
                out.append(_rule(left, right, foot + 0.4 * size, RULE))
        return out

    def _row(self, placed: Placed) -> list[Mark]:
        row, out = placed.row, list[Mark]()
        size = self.small if row.small else self.size
        base = placed.middle + 0.36 * size
        first = base - (len(placed.lines) - 1) * LINE * size / 2
        for i, words in enumerate(placed.lines):
            y = first + i * LINE * size
            out.append(
                Text(x=MARGIN, y=y, words=words, size=size, bold=row.bold, colour=row.colour, name=f"label:{row.name}",
                     tip=row.tip, href=row.href)
            )  # fmt: skip
        for column in self.columns:
            if column.name != LABEL and row.cells.get(column.name):
                name, lines = f"{column.name}:{row.name}", _cell_lines(column, row, self.x, size)
                for i, words in enumerate(lines):
                    y = base + (i - (len(lines) - 1) / 2) * LINE * size
                    out.append(self._cell(column, words, y, bold=row.bold, name=name, colour=row.colour))
        if row.remark:
            right = next((self.x[name][1] for name in _EFFECT if name in self.x), self.width - MARGIN)
            out.append(Text(x=right, y=base, words=row.remark, size=size, align="right", colour=SOFT, name="remark"))
        for name, one in row.discs.items():
            middle = sum(self.x[name]) / 2
            out += disc(one.judgement, middle, placed.middle, DISC * self.size, name=f"{name}:{row.name}", tip=one.tip,
                        href=one.href)  # fmt: skip
        return out

    def bands(self, colour: str) -> list[Mark]:
        """A band behind every other row, from edge to edge."""
        edges = [self.body, *((a.bottom + b.top) / 2 for a, b in pairwise(self.rows)), self.bottom]
        left, right = MARGIN / 2, self.width - MARGIN / 2
        return [
            Shape(points=((left, top), (right, top), (right, bottom), (left, bottom)), fill=colour, name="band")
            for i, (top, bottom) in enumerate(pairwise(edges)) if i % 2
        ]  # fmt: skip

    def _cell(self, column: Column, words: str, y: float, *, bold: bool, name: str, colour: str = INK) -> Text:
        left, right = self.x[column.name]
        at = {"left": left, "center": (left + right) / 2, "right": right}[column.align]
        return Text(x=at, y=y, words=words, size=self.size, bold=bold, align=column.align, name=name, colour=colour)


def arranged(
    columns: Sequence[Column], spans: Sequence[Span], rows: Sequence[Row], *, size: float, top: float,
    measured: Sequence[Row] | None = None,
) -> Table:  # fmt: skip
    """The table with every column as wide as it must be, its header starting at ``top``.

    ``measured``: the rows that columns are as wide as, where a page has only some of them.
    """
    small = size - 1
    x = _columns(columns, spans, rows if measured is None else measured, size)
    header = _header_lines(columns, spans, x, size)
    body = top + (header * LINE + 0.9) * size
    placed: list[Placed] = []
    y = body + 0.2 * size
    for row in rows:
        font = small if row.small else size
        lines = _label_lines(row, x, font)
        y += row.before * size
        most = max(len(lines), *(len(_cell_lines(column, row, x, font)) for column in columns))
        height = (ROW + max(most - 1, 0) * LINE) * font
        placed.append(Placed(row, lines, y + height / 2, y, y + height))
        y += height
    width = max(right for _, right in x.values()) + MARGIN
    return Table(tuple(columns), tuple(spans), x, tuple(placed), size, small, body, y + 0.3 * size, width)


def _columns(
    columns: Sequence[Column], spans: Sequence[Span], rows: Sequence[Row], size: float
) -> dict[str, tuple[float, float]]:
    """Left and right of each column."""
    widths = {column.name: _width(column, rows, size) for column in columns}
    gaps = {column.name: column.gap * size for column in columns}
    for span in spans:
        inside = _between(columns, span)
        have = sum(widths[name] for name in inside) + sum(gaps[name] for name in inside[1:])
        need = min(max(width_of(w, size, True) for w in (span.title, span.second)), span.widest * size)
        widened = inside if span.align == "center" else inside[:1]
        for name in widened:
            widths[name] += max(0.0, need - have) / len(widened)
    x, at = dict[str, tuple[float, float]](), MARGIN
    for i, column in enumerate(columns):
        at += gaps[column.name] if i else 0.0
        x[column.name] = (at, at + widths[column.name])
        at += widths[column.name]
    return x


def _between(columns: Sequence[Column], span: Span) -> list[str]:
    names = [column.name for column in columns]
    return names[names.index(span.first) : names.index(span.last) + 1]


def _width(column: Column, rows: Sequence[Row], size: float) -> float:
    if column.name == PLOT:
        return PLOT_WIDTH * size
    shown = [row for row in rows if not (row.runs and column.name == LABEL)]
    texts = [
        (column.title, True),
        *((row.cells.get(column.name, "") + _suffix(column, row), row.bold) for row in shown),
    ]
    widest = max(width_of(words, size, bold) for words, bold in texts)
    most = LABEL_WIDTH if column.name == LABEL else column.widest
    return max(min(widest, most * size) if most else widest, column.least * size)


def _suffix(column: Column, row: Row) -> str:
    return row.suffix if column.name == LABEL else ""


def _header_lines(
    columns: Sequence[Column], spans: Sequence[Span], x: Mapping[str, tuple[float, float]], size: float
) -> float:
    """Height of the header in lines."""
    lines = 1.0
    for span in spans:
        inside = _between(columns, span)
        titled = any(column.title for column in columns if column.name in inside)
        own = len(_span_lines(span, size, x[span.last][1] - x[span.first][0]))
        lines = max(lines, own + (1.3 if titled else 0.0))
    return lines


def _span_lines(span: Span, size: float, width: float) -> list[str]:
    """The title on at most two lines, then the second title."""
    return [*balanced(span.title, size, width, bold=True), *([span.second] if span.second else [])]


def _label_lines(row: Row, x: Mapping[str, tuple[float, float]], size: float) -> tuple[str, ...]:
    if row.heading:
        return tuple(wrapped(row.heading, size, x[PLOT][0] - MARGIN - size, lines=3, bold=row.bold))
    left, right = x[LABEL]
    if row.runs:
        ends = [x[name][0] for name in x if name == PLOT or (row.cells.get(name) and name != LABEL)]
        right = max(right, min(ends) - size)
    room = right - left - width_of(row.suffix, size, row.bold)
    lines = balanced(row.cells.get(LABEL, ""), size, room, lines=3, bold=row.bold)
    return (*lines[:-1], lines[-1] + row.suffix) if lines else ()


def _cell_lines(column: Column, row: Row, x: Mapping[str, tuple[float, float]], size: float) -> list[str]:
    """What a cell says: one line, or up to three where its column wraps."""
    words = "" if column.name == LABEL else row.cells.get(column.name, "")
    if not column.widest:
        return [words]
    left, right = x[column.name]
    return balanced(words, size, right - left, lines=3, bold=row.bold) or [""]


def _rule(left: float, right: float, y: float, colour: str) -> Line:
    return Line(points=((left, y), (right, y)), width=0.6, colour=colour, name="rule")
