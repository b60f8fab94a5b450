"""The plots of further analyses: points, lines and bands in a frame with two axes.

Axes of effects are on the analysis scale, with ticks on the display scale wherever the scale has a plain inverse. What
has no number is left out; a label that would cover another is left to the numbers beside the figure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from livereview import Array, FurtherResult, Mask, OutcomeResult, Plot, Series
from livereview_figures.drawing.axis import Axis, Tick, linear_ticks, log_ticks
from livereview_figures.drawing.layout import MARGIN
from livereview_figures.drawing.marks import axis_marks
from livereview_figures.drawing.page import ACCENT, INK, RULE, SOFT, Line, Mark, Page, Shape, Text
from livereview_figures.drawing.plate import footnoted, titled
from livereview_figures.drawing.text import axis_title, clean
from livereview_figures.drawing.typeface import width_of, wrapped
from livereview_figures.funnel.funnel import null_of, ticks_on

WIDTH, HEIGHT, LEFT = 48.0, 28.0, 5.5
COLOURS = (ACCENT, "#B5631A", "#3E7B4F", "#8C5AA0")
"""Series by number; their marks differ in shape too, since colour alone is not enough."""
BAND = "#CEDEEF"
MOST_LABELS = 60
SMALLEST = 0.05
"""Least area of a point, relative to the largest."""
DASH = (4.0, 2.5)
CROWD = 500
"""From so many points on they are drawn small and without an edge."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Frame:
    """The plotted area with both axes; the vertical one runs from the bottom up."""

    x: Axis
    y: Axis

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self.x.at(x), self.y.at(y)


def drawable(plot: Plot) -> bool:
    """Whether there is anything to draw: at least one point, line or band with numbers."""
    return any(_finite(series).any() for series in plot.series)


def chart(outcome: OutcomeResult, result: FurtherResult, plot: Plot, size: float = 9.0) -> Page:
    """The figure of one plot of an analysis."""
    page = Page(WIDTH * size + 2 * MARGIN, 0)
    small = size - 1
    told = clean(result.title) if plot.title in result.title else f"{clean(result.title)}. {clean(plot.title)}"
    top = titled(page, outcome.title, told, page.width, size) + 2.2 * size
    frame = _frame(outcome, plot, page, top, size, small)
    page.add(*_nulls(outcome, plot, frame))
    numbered = sorted(enumerate(plot.series), key=lambda item: item[1].style != "band")
    for number, series in numbered:
        page.add(*_drawn(series, frame, COLOURS[number % len(COLOURS)], size))
    page.add(*_labels(plot, frame, small))
    y = _axes(page, outcome, plot, frame, small)
    y = _legend(page, plot, y, small)
    page.height = footnoted(page, [_sentence(note) for note in result.notes[:4]], y, page.width, small) + MARGIN
    return page


def _sentence(note: str) -> str:
    told = clean(note)
    return told[:1].upper() + told[1:]


# --- the frame ---------------------------------------------------------------------------------------------------


def _frame(outcome: OutcomeResult, plot: Plot, page: Page, top: float, size: float, small: float) -> Frame:
    across = _range([array for s in plot.series for array in (s.x,)])
    up = _range([array for s in plot.series for array in _heights(s)])
    left, right, bottom = MARGIN + LEFT * size, page.width - MARGIN, top + HEIGHT * size
    x_ticks = _ticks(outcome, plot.x_kind, *across, (right - left) / (across[1] - across[0]), small)
    y_ticks = _ticks(outcome, plot.y_kind, *up, (bottom - top) / (up[1] - up[0]), small)
    return Frame(Axis(*across, left, right, x_ticks), Axis(*up, bottom, top, y_ticks))


def _heights(series: Series) -> Iterator[Array]:
    if series.style != "band":
        yield series.y
    yield from (array for array in (series.low, series.high) if array is not None)


def _range(arrays: Iterable[Array]) -> tuple[float, float]:
    """What an axis shows: every finite number with a margin."""
    values = np.concatenate([np.asarray(array, dtype=float).ravel() for array in arrays])
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    pad = 0.05 * (high - low) or max(abs(low), 1.0) * 0.05
    return low - pad, high + pad


def _ticks(outcome: OutcomeResult, kind: str, low: float, high: float, room: float, size: float) -> tuple[Tick, ...]:
    if kind == "effect":
        return ticks_on(outcome, low, high, room, size)
    if kind == "count":
        ticks = linear_ticks(low, high, room, size)
        return tuple((at, f"{at:.0f}") for at, _ in ticks if abs(at - round(at)) < 1e-9)
    if kind == "contrast" and outcome.scale in ("log", "logit"):
        return log_ticks(low, high, room, size)
    return linear_ticks(low, high, room, size)


def _nulls(outcome: OutcomeResult, plot: Plot, frame: Frame) -> Iterator[Line]:
    """No effect, on each axis that shows it."""
    null = null_of(outcome)
    for kind, axis, vertical in ((plot.x_kind, frame.x, True), (plot.y_kind, frame.y, False)):
        value = null if kind == "effect" else 0.0 if kind == "contrast" else None
        if value is not None and axis.low < value < axis.high:
            ends = ((value, frame.y.low), (value, frame.y.high)) if vertical else (
                (frame.x.low, value), (frame.x.high, value)
            )  # fmt: skip
            yield Line(points=tuple(frame.at(*end) for end in ends), width=0.7, colour=SOFT, name="null")


# --- series ------------------------------------------------------------------------------------------------------


def _finite(series: Series) -> Mask:
    heights = list(_heights(series)) if series.style == "band" else [series.y]
    return np.asarray(np.isfinite(np.stack([series.x, *heights])).all(axis=0))


def _drawn(series: Series, frame: Frame, colour: str, size: float) -> Iterator[Mark]:
    at = np.flatnonzero(_finite(series))
    if series.style == "band":
        assert series.low is not None
        assert series.high is not None
        there = [frame.at(series.x[i], series.low[i]) for i in at]
        back = [frame.at(series.x[i], series.high[i]) for i in reversed(at)]
        if there:
            yield Shape(points=(*there, *back), fill=BAND, name=f"band:{clean(series.name)}")
        return
    if series.style != "points":
        yield from _lines(series, frame, colour, at)
    if series.style in ("points", "path"):
        yield from _points(series, frame, colour, size, [int(i) for i in at])


def _lines(series: Series, frame: Frame, colour: str, at: npt.NDArray[np.intp]) -> Iterator[Line]:
    """One line for each stretch without a gap; of a path one line, whatever is missing."""
    stretches = [at] if series.style == "path" else np.split(at, np.flatnonzero(np.diff(at) > 1) + 1)
    for stretch in stretches:
        points = tuple(frame.at(series.x[i], series.y[i]) for i in stretch)
        if points:
            yield Line(points=points, width=1.2, colour=colour, dash=_dash(series), name=f"line:{clean(series.name)}")


def _dash(series: Series) -> tuple[float, ...]:
    return DASH if series.style == "dashed" else ()


def _points(series: Series, frame: Frame, colour: str, size: float, at: list[int]) -> Iterator[Mark]:
    crowd = len(at) > CROWD
    for i in at:
        if series.low is not None and series.high is not None and np.isfinite([series.low[i], series.high[i]]).all():
            ends = (frame.at(series.x[i], series.low[i]), frame.at(series.x[i], series.high[i]))
            yield Line(points=ends, width=0.9, colour=colour, name=f"interval:{i}")
    for i in at:
        x, y = frame.at(series.x[i], series.y[i])
        points = _around(x, y, _radius(series, i, size), colour)
        yield Shape(points=points, fill=colour, edge="" if crowd else "#FFFFFF", name=f"point:{i}")


def _around(x: float, y: float, radius: float, colour: str) -> tuple[tuple[float, float], ...]:
    """Corners of a point: each colour has its own shape, so that print without colour tells them apart."""
    sides = {ACCENT: 24}.get(colour, 4 + COLOURS.index(colour))
    turns = (math.tau * i / sides for i in range(sides))
    return tuple((x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns)


def _radius(series: Series, i: int, size: float) -> float:
    """Of one point; the smallest are still seen."""
    there = _finite(series)
    if series.size is None:
        return (0.12 if there.sum() > CROWD else 0.36) * size
    most = float(np.nanmax(series.size[there])) or 1.0
    return 0.8 * size * math.sqrt(max(float(series.size[i]) / most, SMALLEST))


def _labels(plot: Plot, frame: Frame, size: float) -> Iterator[Text]:
    """Names beside their points, as far as none covers another, a point or a path."""
    named = [
        (*frame.at(series.x[i], series.y[i]), _radius(series, int(i), size + 1), clean(series.labels[i]))
        for series in plot.series
        if series.labels and len(series.labels) <= MOST_LABELS
        for i in np.flatnonzero(_finite(series))
    ]
    taken: list[Box] = [(x - r, y - r, x + r, y + r) for x, y, r, _ in named]
    taken += [box for series in plot.series if series.style == "path" for box in _along(series, frame, size)]
    lines = [box for series in plot.series if series.style == "line" for box in _along(series, frame, 4)]
    for x, y, radius, words in named:
        width, away = width_of(words, size), radius + 0.35 * size
        free: list[tuple[bool, float, float, Box]] = []
        above, below = y - away, y + away + 0.7 * size
        for left, base in (
            (x + away, y + 0.35 * size), (x - away - width, y + 0.35 * size), (x - width / 2, above),
            (x - width / 2, below), (x - width, above), (x - width, below), (x, above), (x, below),
        ):  # fmt: skip
            box = (left, base - 0.8 * size, left + width, base + 0.2 * size)
            if box[0] >= frame.x.left and box[2] <= frame.x.right and not any(_overlap(box, other) for other in taken):
                crossed = box[3] > frame.y.left or any(_overlap(box, other) for other in lines)
                free.append((crossed, left, base, box))
        if free:  # the first place that no line or axis crosses, else the first
            _, left, base, box = min(free, key=lambda place: place[0])
            taken.append(box)
            yield Text(x=left, y=base, words=words, size=size, name=f"label:{words}")


def _along(series: Series, frame: Frame, step: float) -> Iterator[Box]:
    """Points close to each other along a line or path, which a label should not cover."""
    corners = [frame.at(series.x[i], series.y[i]) for i in np.flatnonzero(_finite(series))]
    for (x0, y0), (x1, y1) in pairwise(corners):
        for at in np.linspace(0, 1, max(2, int(math.dist((x0, y0), (x1, y1)) / step) + 2)):
            x, y = x0 + at * (x1 - x0), y0 + at * (y1 - y0)
            yield x, y, x, y


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


# --- around the frame ----------------------------------------------------------------------------------------------


def _label(outcome: OutcomeResult, words: str, kind: str) -> str:
    """Words of an axis, with what its ticks measure where they show effects."""
    told, measure = clean(words), axis_title(outcome)
    shown = kind == "effect" and told.lower() not in measure.lower()
    return f"{told} ({measure[:1].lower()}{measure[1:]})" if shown else measure if kind == "effect" else told


def _axes(page: Page, outcome: OutcomeResult, plot: Plot, frame: Frame, size: float) -> float:
    """Both axes with their ticks and words; returns where they end."""
    x, y = frame.x, frame.y
    page.add(*axis_marks(x, y.left, size))
    page.add(*upright(x.left, y, _label(outcome, plot.y_label, plot.y_kind), size, y.right - 0.9 * size))
    below = y.left + 2.9 * size
    for words_below in wrapped(_label(outcome, plot.x_label, plot.x_kind), size, x.right - x.left, lines=1):
        middle = (x.left + x.right) / 2
        page.add(Text(x=middle, y=below, words=words_below, size=size, align="center", colour=SOFT, name="x-title"))
    return below


def upright(x: float, y: Axis, words: str, size: float, above: float) -> Iterator[Mark]:
    """A vertical axis with ticks and labels at x, and its words at the left margin, at the height ``above``."""
    yield Line(points=((x, y.left), (x, y.right)), width=0.8, name="y-axis")
    for value, label in y.ticks:
        at = y.at(value)
        yield Line(points=((x - 0.35 * size, at), (x, at)), width=0.8, name="tick")
        yield Text(x=x - 0.6 * size, y=at + 0.36 * size, words=label, size=size, align="right", name=f"y:{label}")
    yield Text(x=MARGIN, y=above, words=words, size=size, colour=SOFT, name="y-title")


def _legend(page: Page, plot: Plot, y: float, size: float) -> float:
    """What each series is, where there are several; returns where it ends."""
    if len(plot.series) < 2:
        return y
    x, y = MARGIN, y + 2 * size
    for number, series in enumerate(plot.series):
        words = clean(series.name)
        wide = 2.2 * size + width_of(words, size) + 1.5 * size
        if x > MARGIN and x + wide > page.width - MARGIN:
            x, y = MARGIN, y + 1.6 * size
        page.add(_swatch(series, COLOURS[number % len(COLOURS)], x, y, size))
        page.add(Text(x=x + 2.2 * size, y=y, words=words, size=size, colour=INK, name="legend"))
        x += wide
    return y


def _swatch(series: Series, colour: str, x: float, y: float, size: float) -> Mark:
    middle = y - 0.32 * size
    if series.style in ("line", "dashed"):
        ends = ((x, middle), (x + 1.7 * size, middle))
        return Line(points=ends, width=1.2, colour=colour, dash=_dash(series), name="swatch")
    if series.style == "band":
        half, right = 0.45 * size, x + 1.7 * size
        corners = ((x, middle - half), (right, middle - half), (right, middle + half), (x, middle + half))
        return Shape(points=corners, fill=BAND, edge=RULE, name="swatch")
    return Shape(points=_around(x + 0.85 * size, middle, 0.4 * size, colour), fill=colour, name="swatch")
