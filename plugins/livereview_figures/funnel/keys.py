"""The legends of a funnel plot: what the shades, the shapes, the hollow marks, the lines and the triangles mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from livereview import OutcomeResult
from livereview_figures.charts.series import around
from livereview_figures.drawing.layout import MARGIN
from livereview_figures.drawing.page import RULE, Line, Mark, Page, Shape, Text
from livereview_figures.drawing.text import clean, format_of
from livereview_figures.drawing.typeface import width_of, wrapped
from livereview_figures.funnel.frame import added_to, adjusted, lines_of
from livereview_figures.funnel.groups import ROUND, looks_of
from livereview_figures.funnel.wedges import BANDS, TEST_DASH, TEST_LINE

ADJUSTED = "#A5212B"
"""Of all that adjusts for missing studies."""
DOTS = (1.5, 2.0)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
Drawn = Callable[[float, float, float], Mark]
"""From left end, baseline and size to the mark of an entry."""


def legends(page: Page, outcome: OutcomeResult, y: float, size: float, *, shaded: bool) -> float:
    """Puts the legends below y; returns where they end."""
    if shaded:
        y = _shades(page, y + 2 * size, size)
    x, y = MARGIN, y + 2 * size
    listed = list(_entries(outcome))
    if not listed:
        return y - 2 * size
    for drawn, words in listed:
        for line in wrapped(words, size, page.width - 2 * MARGIN - 2.2 * size, lines=1):
            wide = 2.2 * size + width_of(line, size) + 1.5 * size
            if x > MARGIN and x + wide - 1.5 * size > page.width - MARGIN:
                x, y = MARGIN, y + 1.6 * size
            page.add(drawn(x, y, size), Text(x=x + 2.2 * size, y=y, words=line, size=size, name="legend"))
            x += wide
    return y


def _entries(outcome: OutcomeResult) -> Iterator[tuple[Drawn, str]]:
    """Mark and words of all that is drawn beside plain studies and the pooled estimate."""
    for look in sorted(set(looks_of(outcome).values()), key=lambda look: look.place):
        if look.name:
            yield _point(look.colour, look.sides), look.name
    for series in added_to(outcome):
        if series.style in ("line", "dashed"):
            yield _line(ADJUSTED, DOTS if series.style == "dashed" else ()), clean(series.name)
        else:
            yield _point("#FFFFFF", ROUND, ADJUSTED), clean(series.name)
    for name, _ in lines_of(outcome):
        yield _line(TEST_LINE, TEST_DASH), f"line of the {clean(name).replace('-', ' ').capitalize()} test"
    for letter, found in zip(LETTERS, adjusted(outcome), strict=False):
        told = format_of(outcome).sentence(found.pooled.shown, outcome.level)
        yield _triangle, f"{letter}: {clean(found.title)}, {told}"


def _point(fill: str, sides: int, edge: str = "") -> Drawn:
    def drawn(x: float, y: float, size: float) -> Mark:
        corners = around(x + 0.85 * size, y - 0.32 * size, 0.4 * size, sides)
        return Shape(points=corners, fill=fill, edge=edge, name="swatch")

    return drawn


def _line(colour: str, dash: tuple[float, ...]) -> Drawn:
    def drawn(x: float, y: float, size: float) -> Mark:
        ends = ((x, y - 0.32 * size), (x + 1.8 * size, y - 0.32 * size))
        return Line(points=ends, width=1.1, colour=colour, dash=dash, name="swatch")

    return drawn


def _triangle(x: float, y: float, size: float) -> Mark:
    middle, half = x + 0.85 * size, 0.42 * size
    return Shape(
        points=((middle, y - 0.85 * size), (middle + half, y), (middle - half, y)), fill=ADJUSTED, name="swatch"
    )


def _shades(page: Page, y: float, size: float) -> float:
    x = MARGIN
    lead = "P of no effect, study by study:"
    page.add(Text(x=x, y=y, words=lead, size=size, name="legend"))
    x += width_of(lead, size) + size
    for words, _, shade in reversed(BANDS):
        box = ((x, y - 0.75 * size), (x + 1.4 * size, y - 0.75 * size), (x + 1.4 * size, y + 0.1 * size),
               (x, y + 0.1 * size))  # fmt: skip
        page.add(Shape(points=box, fill=shade, edge=RULE, name="swatch"))
        page.add(Text(x=x + 1.9 * size, y=y, words=words, size=size, name="legend"))
        x += 1.9 * size + width_of(words, size) + 1.3 * size
    return y
