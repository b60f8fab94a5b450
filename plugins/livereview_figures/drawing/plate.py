"""A whole figure around a table with a plot: title above, axis and words below, footnotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from livereview import OutcomeResult
from livereview.printing import level
from livereview_figures.drawing.axis import Axis, data_range, forward_of, ticks_of
from livereview_figures.drawing.judgements import Judgement, disc
from livereview_figures.drawing.layout import LINE, MARGIN, PLOT, Column, Row, Span, Table, arranged
from livereview_figures.drawing.marks import axis_marks, drawn, reference_lines
from livereview_figures.drawing.page import ACCENT, INK, SOFT, Page, Text
from livereview_figures.drawing.text import NO_BREAK, axis_title, clean, known
from livereview_figures.drawing.typeface import width_of, wrapped


@dataclass(frozen=True, kw_only=True)
class Plate:
    """What a forest, leave-one-out or cumulative figure consists of, before it has positions."""

    outcome: OutcomeResult
    subtitle: str
    columns: Sequence[Column]
    spans: Sequence[Span]
    rows: Sequence[Row]
    reference: float
    """The estimate of the dashed line, in axis units; NaN = no line."""
    footnotes: Sequence[str] = ()
    explained: Sequence[str] = ()
    """Those of the footnotes that every page needs, where the figure has several."""
    until: str = ""
    """Name of the row at which the dashed line ends; empty = the last row."""
    size: float = 9.0
    measured: Sequence[Row] = ()
    """The rows that columns and axis are made for, where the figure has only some of them; empty = its own."""
    favours: str = "Favours"
    """What stands before a name under the axis."""
    bands: str = ""
    """Colour of the band behind every other row; empty = none."""
    dashed: str = ACCENT
    """Colour of the dashed line."""
    key: Sequence[Judgement] = ()
    """Judgements that are explained under the footnotes."""

    def page(self) -> Page:
        """The figure with everything in its place."""
        page = Page(0, 0)
        y = titled(page, self.outcome.title, self.subtitle, self._table(MARGIN).width, self.size)
        table = self._table(y)
        axis = self._axis(table)
        page.add(*(table.bands(self.bands) if self.bands else ()))
        self._plot(page, table, axis)
        page.add(*table.marks(), *axis_marks(axis, table.bottom, table.small))
        y = self._below(page, table, axis)
        page.width = table.width
        y = footnoted(page, self.footnotes, y, table.width, table.small)
        page.height = with_key(page, self.key, y, table.width, table.small) + MARGIN
        return page

    def _table(self, top: float) -> Table:
        measured = self.measured or self.rows
        return arranged(self.columns, self.spans, self.rows, size=self.size, top=top, measured=measured)

    def _axis(self, table: Table) -> Axis:
        plotted = [row.plotted for row in self.measured or self.rows if row.plotted]
        ends = [end for p in plotted for end in (p.low, p.high, *(p.reach or ()))]
        diamonds = [p.estimate for p in plotted if p.kind in ("diamond", "ghost")]
        anchors = [self.reference, *diamonds, *([] if self.null is None else [self.null])]
        squares = [p.estimate for p in plotted if p.kind == "square"]
        low, high = data_range(self.outcome.display, squares, ends, anchors)
        left, right = table.x[PLOT]
        return Axis(low, high, left, right, ticks_of(self.outcome.display, low, high, right - left, table.small))

    @property
    def null(self) -> float | None:
        """No effect, in axis units; None for a measure without."""
        shown = self.outcome.null_shown
        return None if shown is None or not known(shown) else forward_of(self.outcome.display)(shown)

    def _plot(self, page: Page, table: Table, axis: Axis) -> None:
        last = next((p for p in table.rows if p.row.name == self.until), table.rows[-1])
        page.add(*reference_lines(axis, table.body, table.bottom, self.null, self.reference, last.middle,
                                  self.dashed))  # fmt: skip
        for placed in table.rows:
            if placed.row.plotted:
                page.add(*drawn(placed.row.plotted, axis, placed.middle, placed.row.name))

    def _below(self, page: Page, table: Table, axis: Axis) -> float:
        """The words under the axis: which side favours what, or what the axis measures. Returns where they end."""
        size = table.small
        y = table.bottom + (1.35 + 1.45) * size
        left, right = favours(self.outcome, self.favours)
        if self.null is None or not (left or right):
            middle = (axis.left + axis.right) / 2
            for line in wrapped(axis_title(self.outcome), size, axis.right - axis.left, lines=1):
                page.add(Text(x=middle, y=y, words=line, size=size, align="center", colour=SOFT, name="axis-title"))
            return y
        x, gap = axis.clamped(axis.at(self.null)), 0.7 * size
        rooms = x - gap - MARGIN, table.width - MARGIN - x - gap
        said = left and f"←{NO_BREAK}{left}", right and f"{right}{NO_BREAK}→"
        if any(room < _NARROW * size < width_of(w, size) for room, w in zip(rooms, said, strict=True)):
            return self._stacked(page, said, x, y, table.width)
        leftward, rightward = (wrapped(w, size, room, lines=2) for room, w in zip(rooms, said, strict=True))
        for i, words in enumerate(leftward):
            at = y + i * LINE * size
            page.add(Text(x=x - gap, y=at, words=words, size=size, align="right", colour=SOFT, name="favours-left"))
        for i, words in enumerate(rightward):
            page.add(Text(x=x + gap, y=y + i * LINE * size, words=words, size=size, colour=SOFT, name="favours-right"))
        return y + (max(len(leftward), len(rightward)) - 1) * LINE * size

    def _stacked(self, page: Page, said: Sequence[str], x: float, y: float, width: float) -> float:
        """The words of the two sides under each other, where one side has no room beside the line of no effect."""
        small = self.size - 1
        for i, (words, name) in enumerate(zip(said, ("favours-left", "favours-right"), strict=True)):
            for line in wrapped(words, small, width - 2 * MARGIN, lines=1):
                half = width_of(line, small) / 2
                middle = min(max(x, MARGIN + half), width - MARGIN - half)
                at = y + i * LINE * small
                page.add(Text(x=middle, y=at, words=line, size=small, align="center", colour=SOFT, name=name))
        return y + LINE * small


_NARROW = 9.0
"""Ems: the least room in which the words of a side may be broken."""

_SIDED = ("favour", "favor", "better", "worse", "more", "less", "fewer", "lower", "higher")


def favours(outcome: OutcomeResult, verb: str = "Favours") -> tuple[str, str]:
    """The words under the axis; the verb is put before a name that does not say what its side means."""
    left, right = outcome.favours
    return _favouring(clean(left), verb), _favouring(clean(right), verb)


def _favouring(words: str, verb: str) -> str:
    first, _, rest = words.partition(" ")
    if first in ("Favours", "Favors"):
        return f"{verb} {rest}" if rest else verb
    said = any(word.startswith(_SIDED) for word in words.lower().split())
    return words if said or not words else f"{verb} {words}"


def comparison(outcome: OutcomeResult) -> str:
    """Who is compared with whom, where the outcome says so."""
    experimental, control = clean(outcome.experimental), clean(outcome.control)
    return f"{experimental} versus {control}" if experimental and control else experimental


def effect_span(outcome: OutcomeResult) -> Span:
    """The header over the effect and its interval."""
    interval = f"[{level(outcome.level)} CI]"
    return Span(first="estimate", last="high", title=axis_title(outcome), second=interval, align="right", widest=13.0)


def effect_columns() -> list[Column]:
    """Estimate, lower and upper limit."""
    return [Column(name="estimate", gap=1.4), Column(name="low", gap=0.38), Column(name="high", gap=0.34)]


def titled(page: Page, title: str, subtitle: str, width: float, size: float) -> float:
    """Puts title and subtitle on the page; returns where they end."""
    y = MARGIN
    for words in wrapped(clean(title), size + 2, width - 2 * MARGIN, lines=3, bold=True):
        y += LINE * (size + 2)
        page.add(Text(x=MARGIN, y=y - 0.4 * size, words=words, size=size + 2, bold=True, colour=INK, name="title"))
    y += 0.15 * size
    for words in wrapped(_capitalised(clean(subtitle)), size, width - 2 * MARGIN, lines=2):
        y += LINE * size
        page.add(Text(x=MARGIN, y=y - 0.3 * size, words=words, size=size, colour=SOFT, name="subtitle"))
    return y + 0.7 * size


def _capitalised(words: str) -> str:
    """With a capital at the start, unless the first word has its own spelling (mRNA)."""
    return words[:1].upper() + words[1:] if words.split(" ")[0].islower() else words


def footnoted(page: Page, footnotes: Sequence[str], y: float, width: float, size: float) -> float:
    """Puts the footnotes below y; returns where they end."""
    y += 0.6 * size
    for note in footnotes:
        for words in wrapped(note, size, width - 2 * MARGIN, lines=4):
            y += 1.45 * size
            page.add(Text(x=MARGIN, y=y, words=words, size=size, name="footnote"))
    return y + 0.25 * size


def with_key(page: Page, key: Sequence[Judgement], y: float, width: float, size: float) -> float:
    """Puts a disc with its words for each judgement below y, on as many lines as they need; returns where they end."""
    if not key:
        return y
    x, radius = MARGIN, 0.66 * size
    y += 1.7 * size
    for i, judgement in enumerate(key):
        words = wrapped(judgement.words, size, width - 2 * MARGIN - 3 * radius, lines=1)[0]
        wide = 3 * radius + width_of(words, size)
        if x > MARGIN and x + wide > width - MARGIN:
            x, y = MARGIN, y + 1.7 * size
        page.add(*disc(judgement, x + radius, y - 0.36 * size, radius, name=f"key:{i}"))
        page.add(Text(x=x + 3 * radius, y=y, words=words, size=size, name=f"key:{i}"))
        x += wide + 1.4 * size
    return y + 0.5 * size
