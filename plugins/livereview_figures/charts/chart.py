"""The plots of further analyses: points, lines and bands in a frame with two axes.

Every number comes from the analysis. What lies on top of what: bands, cells, the line of no effect, quiet lines, lines,
points, words.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from livereview import FurtherResult, OutcomeResult, Plot
from livereview_figures.charts.cells import bars, cells
from livereview_figures.charts.frame import Frame, axes, finite, frame_of, nulls
from livereview_figures.charts.labels import Named, Room, along, beside_points, within
from livereview_figures.charts.series import Look, drawn, looks, radius_of, stretches, swatch
from livereview_figures.charts.telling import Telling, link_of
from livereview_figures.drawing.layout import MARGIN
from livereview_figures.drawing.page import INK, Mark, Page, Shape, Text
from livereview_figures.drawing.plate import footnoted, titled
from livereview_figures.drawing.text import clean
from livereview_figures.drawing.typeface import width_of

WIDTH = 48.0
MOST_NOTES = 4


def drawable(plot: Plot) -> bool:
    """Whether there is anything to draw: at least one point, line or band with numbers."""
    return any(finite(series).any() for series in plot.series)


def chart(outcome: OutcomeResult, result: FurtherResult, plot: Plot, size: float = 9.0) -> Page:
    """The figure of one plot of an analysis."""
    page = Page(WIDTH * size + 2 * MARGIN, 0)
    small = size - 1
    told = clean(result.title) if plot.title in result.title else f"{clean(result.title)}. {clean(plot.title)}"
    top = titled(page, outcome.title, told, page.width, size) + 2.2 * size
    frame = frame_of(outcome, plot, page, top, size, small)
    appearance = looks(plot)
    inside = _inside(outcome, plot, frame, appearance, size)
    page.add(*inside)
    page.add(*bars(plot, frame, appearance, size))
    words, named_there = _words(outcome, plot, frame, inside, small)
    page.add(*words)
    y = axes(page, outcome, plot, frame, small)
    y = _legend(page, plot, appearance, named_there, y, small)
    notes = [_sentence(note) for note in result.notes[:MOST_NOTES]]
    page.height = footnoted(page, notes, y, page.width, small) + MARGIN
    return page


def _sentence(note: str) -> str:
    told = clean(note)
    return told[:1].upper() + told[1:]


def _inside(outcome: OutcomeResult, plot: Plot, frame: Frame, appearance: Sequence[Look], size: float) -> list[Mark]:
    """Everything in the frame but the words."""
    telling = Telling(outcome, plot)

    def of(number: int) -> list[Mark]:
        return list(drawn(plot.series[number], frame, appearance[number], size, telling))

    order = sorted(range(len(plot.series)), key=lambda i: _level(plot, i))
    under = [i for i in order if plot.series[i].style == "band"]
    marks = [mark for i in under for mark in of(i)]
    marks += cells(plot, frame, appearance)
    marks += nulls(outcome, plot, frame)
    return [*marks, *(mark for i in order if i not in under for mark in of(i))]


def _level(plot: Plot, number: int) -> int:
    """Quiet ones below lines, lines below points."""
    series = plot.series[number]
    return 0 if series.quiet else 1 if series.style in ("line", "dashed") else 2


def _words(
    outcome: OutcomeResult, plot: Plot, frame: Frame, inside: Sequence[Mark], size: float
) -> tuple[list[Text], set[int]]:
    """The words in the frame, and which series are named there rather than in the legend."""
    room = Room.about(frame.box, inside)
    out, there = list[Text](), set[int]()
    for number, series in enumerate(plot.series):
        if clean(series.inline):
            found = (
                within((m for m in inside if isinstance(m, Shape) and m.name == f"band:{clean(series.name)}"), series,
                       room, size)
                if series.style == "band"
                else along(list(stretches(series, frame)), clean(series.inline), room, size)
            )  # fmt: skip
            if found:
                out += found
                there.add(number)
    named = [
        Named(
            x=frame.x.at(series.x[i]), y=frame.y.at(series.y[i]), radius=radius_of(series, int(i), size + 1),
            words=clean(series.labels[i]), href=link_of(outcome, clean(series.labels[i])),
        )
        for series in plot.series
        if series.labels
        for i in np.flatnonzero(finite(series))
        if clean(series.labels[i]) and frame.holds(series.x[i], series.y[i])
    ]  # fmt: skip
    return [*out, *beside_points(named, room, size)], there


def _legend(page: Page, plot: Plot, appearance: Sequence[Look], named_there: set[int], y: float, size: float) -> float:
    """What each series is, where there are several; returns where it ends."""
    listed = [i for i in range(len(plot.series)) if i not in named_there and clean(plot.series[i].name)]
    if len(plot.series) < 2 or not listed:
        return y
    x, y = MARGIN, y + 2 * size
    for number in listed:
        series = plot.series[number]
        words = clean(series.name)
        wide = 2.2 * size + width_of(words, size) + 1.5 * size
        if x > MARGIN and x + wide > page.width - MARGIN:
            x, y = MARGIN, y + 1.6 * size
        page.add(*swatch(series, appearance[number], x, y, size))
        page.add(Text(x=x + 2.2 * size, y=y, words=words, size=size, colour=INK, name="legend"))
        x += wide
    return y
