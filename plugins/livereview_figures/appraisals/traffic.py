"""The traffic light: a line for each study, a disc for each domain; points as numbers in shaded cells.

Signs after a label: * judged as a whole, not for the result of this outcome.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from livereview.anchors import anchor
from livereview.printing import counted
from livereview_figures.appraisals.key import LEAST, RADIUS, asked, headers, signs
from livereview_figures.appraisals.standing import Appraisal, Appraised
from livereview_figures.appraisals.totals import differs, total_columns, total_text, total_title
from livereview_figures.drawing.judgements import Judgement, disc
from livereview_figures.drawing.layout import LINE, MARGIN
from livereview_figures.drawing.page import INK, RULE, Line, Mark, Page, Shape, Text
from livereview_figures.drawing.plate import footnoted, titled
from livereview_figures.drawing.text import clean, fixed, known
from livereview_figures.drawing.typeface import balanced, drawable, legible, width_of

WHOLE = "*"
_LABEL, _LEAST = 22.0, 13.0
"""Widest and narrowest column of labels, in ems."""
_CELL = 2.1
"""Least distance from one column of signs to the next."""
_ROW = 1.85
_ZEBRA = "#F2F2F2"


def traffic_light(
    appraisal: Appraisal, title: str, subtitle: str, rows: Sequence[Appraised], size: float = 9.0
) -> Page:
    """The page of these rows of an appraisal."""
    return _TrafficLight(appraisal, tuple(rows), size).page(title, subtitle)


@dataclass(frozen=True)
class _TrafficLight:
    """Widths and places of one page."""

    appraisal: Appraisal
    rows: tuple[Appraised, ...]
    size: float

    def page(self, title: str, subtitle: str) -> Page:
        appraisal, size, small = self.appraisal, self.size, self.size - 1
        page = Page(max(self.right + MARGIN, 40 * size), 0)
        y = self.header(page, titled(page, title, subtitle, page.width, size))
        for at, row in enumerate(self.rows):
            y = self.row(page, row, y, shaded=at % 2 == 1)
        page.add(Line(points=((MARGIN, y), (self.right, y)), width=0.6, name="rule"))
        y = asked(page, appraisal, self.heads, y + 0.5 * small, small)
        shown = (appraisal.judgement(row, item) for row in self.rows for item in appraisal.columns)
        y = signs(page, shown, y + 0.3 * small, small)
        page.height = footnoted(page, self.footnotes(), y, page.width, small) + MARGIN
        return page

    # --- columns ------------------------------------------------------------------------------------------------

    @cached_property
    def heads(self) -> dict[str, str]:
        return headers(self.appraisal, self.size)

    @cached_property
    def totals(self) -> list[str]:
        return total_columns(self.appraisal)

    @cached_property
    def label(self) -> float:
        """Width of the labels."""
        widest = max(width_of(self.called(row), self.size) for row in self.rows)
        return min(max(widest, _LEAST * self.size), _LABEL * self.size)

    @cached_property
    def middles(self) -> dict[str, float]:
        """Middle of each column of signs; the one that judges the whole stands apart."""
        out, x = dict[str, float](), MARGIN + self.label + 0.8 * self.size
        for name in self.appraisal.columns:
            whole = name == self.appraisal.instrument.overall
            wide = max(width_of(self.heads[name], self.size, True) + 0.7 * self.size, _CELL * self.size)
            wide = max(wide, *(width_of(self.judgement(row, name).symbol, self.size, True) + 0.9 * self.size
                               for row in self.rows))  # fmt: skip
            x += 0.7 * self.size if whole else 0.0
            out[name] = x + wide / 2
            x += wide
        return out

    @cached_property
    def ends(self) -> dict[str, float]:
        """Right end of each column of numbers after the signs."""
        last = self.appraisal.columns[-1]
        x = self.middles[last] + max(width_of(self.heads[last], self.size, True), _CELL * self.size) / 2
        out = dict[str, float]()
        for name in [*self.totals, *(["weight"] if self.appraisal.weighted else [])]:
            words = [self.number(row, name) for row in self.rows]
            wide = max(width_of(one, self.size, True) for one in (self.named(name), *words))
            x += 1.2 * self.size + wide
            out[name] = x
        return out

    @property
    def right(self) -> float:
        """Where the table ends."""
        last = self.appraisal.columns[-1]
        signs_end = self.middles[last] + max(width_of(self.heads[last], self.size, True), _CELL * self.size) / 2
        return max([signs_end, *self.ends.values()]) + 0.3 * self.size

    def named(self, column: str) -> str:
        return "Weight" if column == "weight" else total_title(column)

    def number(self, row: Appraised, column: str) -> str:
        if column == "weight":
            return f"{fixed(row.weight, 1)}%" if known(row.weight) else "–"
        return total_text(self.appraisal, row, column)

    def judgement(self, row: Appraised, item: str) -> Judgement:
        return self.appraisal.judgement(row, item)

    def called(self, row: Appraised) -> str:
        """The label with its sign; the id where the typeface lacks the label's script."""
        label = row.label if drawable(row.label) else clean(row.study_id)
        return label + self.sign(row)

    def sign(self, row: Appraised) -> str:
        whole = self.appraisal.outcome is not None and row.cards and not row.own
        return f" {WHOLE}" if whole else ""

    # --- rows ---------------------------------------------------------------------------------------------------

    def header(self, page: Page, y: float) -> float:
        size = self.size
        base = y + 0.9 * size
        page.add(Text(x=MARGIN, y=base, words="Study", size=size, bold=True, name="header:study"))
        for name, x in self.middles.items():
            page.add(Text(x=x, y=base, words=self.heads[name], size=size, bold=True, align="center",
                          name=f"header:{name}"))  # fmt: skip
        for name, x in self.ends.items():
            page.add(Text(x=x, y=base, words=self.named(name), size=size, bold=True, align="right",
                          name=f"header:{name}"))  # fmt: skip
        y = base + 0.55 * size
        page.add(Line(points=((MARGIN, y), (self.right, y)), width=0.6, colour=INK, name="rule"))
        return y + 0.15 * size

    def row(self, page: Page, row: Appraised, y: float, *, shaded: bool) -> float:
        """One line; returns where it ends."""
        size = self.size
        words = self.called(row).removesuffix(self.sign(row))
        lines = balanced(words, size, self.label - width_of(self.sign(row), size), lines=3)
        lines = [*lines[:-1], lines[-1] + self.sign(row)] if lines else []
        height = max(_ROW, len(lines) * LINE + 0.5) * size
        if shaded:
            corners = ((MARGIN, y), (self.right, y), (self.right, y + height), (MARGIN, y + height))
            page.add(Shape(points=corners, fill=_ZEBRA, name="zebra"))
        middle = y + height / 2
        first = middle + 0.36 * size - (len(lines) - 1) * LINE * size / 2
        href = f"#{anchor('study', row.study_id)}"
        for i, line in enumerate(lines):
            page.add(Text(x=MARGIN, y=first + i * LINE * size, words=line, size=size, name=f"label:{row.label}",
                          tip=row.label, href=href))  # fmt: skip
        for name, x in self.middles.items():
            page.add(*self.cell(row, name, x, middle, href))
        for name, x in self.ends.items():
            page.add(Text(x=x, y=middle + 0.36 * size, words=self.number(row, name), size=size, align="right",
                          bold=differs(row, name), name=f"{name}:{row.label}"))  # fmt: skip
        return y + height

    def cell(self, row: Appraised, item: str, x: float, y: float, href: str) -> Iterator[Mark]:
        """A disc, or points in a shaded cell."""
        one, size = self.judgement(row, item), self.size
        titles = dict(self.appraisal.instrument.items)
        asks = clean(titles.get(item, "")) or clean(item)
        tip = f"{row.label}; {asks}: {clean(one.words)}"
        name = f"{row.label}:{item}"
        if one.severity != "points":
            yield from disc(
                one, x, y, RADIUS * size, name=name, tip=tip, href=href, size=max(1.45 * RADIUS * size, LEAST)
            )
            return
        half = max(0.85 * size, width_of(one.symbol, size, True) / 2 + 0.25 * size)
        corners = ((x - half, y - 0.7 * size), (x + half, y - 0.7 * size), (x + half, y + 0.7 * size),
                   (x - half, y + 0.7 * size))  # fmt: skip
        yield Shape(points=corners, fill=one.fill, edge=RULE, name=f"cell:{name}", tip=tip, href=href)
        yield Text(x=x, y=y + 0.36 * size, words=one.symbol, size=size, align="center", colour=one.ink,
                   name=f"points:{name}", tip=tip, href=href)  # fmt: skip

    def footnotes(self) -> list[str]:
        """How points are shaded, what the sign means, who is not here."""
        appraisal, notes = self.appraisal, []
        shown = [self.judgement(row, item) for row in self.rows for item in appraisal.columns]
        if any(one.severity == "points" for one in shown):
            notes.append("The darker a cell, the nearer to the most points that the item can have.")
        if any(differs(row, column) for row in self.rows for column in self.totals):
            notes.append("Bold: a total that is not the sum of its items.")
        if any(card.doubts for row in self.rows for card in row.cards):
            notes.append("Some scores are missing or not allowed by the instrument; they are shown as recorded.")
        if any(self.sign(row) for row in self.rows):
            notes.append(f"{WHOLE} judged as a whole, not for the result of this outcome.")
        if appraisal.elsewhere:
            others = counted(appraisal.elsewhere, "study of this outcome was", "studies of this outcome were")
            notes.append(f"{others} judged with another instrument alone.")
        if not appraisal.instrument.known:
            notes.append("Nobody defines this instrument: its scores are shown as they were written.")
        return [legible(note) for note in notes]
