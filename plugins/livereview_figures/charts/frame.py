"""The frame of a plot: both axes, their ticks and words, the line of no effect.

Axes of effects are on the analysis scale, with ticks on the display scale wherever the scale has a plain inverse. An
axis reaches as far as the plot says, else as far as its numbers do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from livereview import Array, Mask, OutcomeResult, Plot, Series
from livereview_figures.drawing.axis import Axis, Tick, linear_ticks, log_ticks
from livereview_figures.drawing.layout import MARGIN
from livereview_figures.drawing.marks import axis_marks
from livereview_figures.drawing.page import SOFT, Line, Mark, Page, Text
from livereview_figures.drawing.text import axis_title, clean
from livereview_figures.drawing.typeface import wrapped
from livereview_figures.funnel.frame import null_of, ticks_on

HEIGHT, LEFT = 28.0, 5.5
SQUARE = 40.0
"""Side of the frame of a plot with equally long axes."""
PANEL = 4.6
"""Height of the bars above and length of those beside, with the gap to the frame."""


@dataclass(frozen=True)
class Frame:
    """The plotted area with both axes; the vertical one runs from the bottom up."""

    x: Axis
    y: Axis

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self.x.at(x), self.y.at(y)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self.x.left, self.y.right, self.x.right, self.y.left

    def holds(self, x: float, y: float) -> bool:
        """Whether a value is shown."""
        return _within(x, self.x) and _within(y, self.y)


def _within(value: float, axis: Axis) -> bool:
    slack = 1e-9 * (axis.high - axis.low)
    return axis.low - slack <= value <= axis.high + slack


def frame_of(outcome: OutcomeResult, plot: Plot, page: Page, top: float, size: float, small: float) -> Frame:
    """The frame below ``top``, with room for bars above and beside where the plot has any."""
    across = plot.x_range or _range(s.x for s in plot.series)
    up = plot.y_range or _range(array for s in plot.series for array in heights(s))
    left, right = MARGIN + LEFT * size, page.width - MARGIN - (PANEL * size if plot.beside else 0)
    top += PANEL * size if plot.above else 0
    bottom = top + (SQUARE if plot.square else HEIGHT) * size
    if plot.square:
        right = left + SQUARE * size
    x_ticks = _ticks(outcome, plot.x_kind, *across, (right - left) / (across[1] - across[0]), small)
    y_ticks = _ticks(outcome, plot.y_kind, *up, (bottom - top) / (up[1] - up[0]), small)
    return Frame(Axis(*across, left, right, x_ticks), Axis(*up, bottom, top, y_ticks))


def heights(series: Series) -> Iterator[Array]:
    """What a series shows along the vertical axis."""
    if series.style != "band":
        yield series.y
    yield from (array for array in (series.low, series.high) if array is not None)


def finite(series: Series) -> Mask:
    """Which points can be drawn."""
    shown = list(heights(series)) if series.style == "band" else [series.y]
    return np.asarray(np.isfinite(np.stack([series.x, *shown])).all(axis=0))


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


def nulls(outcome: OutcomeResult, plot: Plot, frame: Frame) -> Iterator[Line]:
    """No effect, on each axis that shows it."""
    null = null_of(outcome)
    for kind, axis, vertical in ((plot.x_kind, frame.x, True), (plot.y_kind, frame.y, False)):
        value = null if kind == "effect" else 0.0 if kind == "contrast" else None
        if value is not None and axis.low < value < axis.high:
            ends = ((value, frame.y.low), (value, frame.y.high)) if vertical else (
                (frame.x.low, value), (frame.x.high, value)
            )  # fmt: skip
            yield Line(points=tuple(frame.at(*end) for end in ends), width=0.7, colour=SOFT, name="null")


def axis_words(outcome: OutcomeResult, words: str, kind: str) -> str:
    """Words of an axis, with what its ticks measure where they show effects."""
    told, measure = clean(words), axis_title(outcome)
    shown = kind == "effect" and told.lower() not in measure.lower()
    return f"{told} ({measure[:1].lower()}{measure[1:]})" if shown else measure if kind == "effect" else told


def axes(page: Page, outcome: OutcomeResult, plot: Plot, frame: Frame, size: float) -> float:
    """Both axes with their ticks and words; returns where they end."""
    x, y = frame.x, frame.y
    page.add(*axis_marks(x, y.left, size))
    above = y.right - 0.9 * size - (PANEL * (size + 1) if plot.above else 0)
    page.add(*upright(x.left, y, axis_words(outcome, plot.y_label, plot.y_kind), size, above))
    below = y.left + 2.9 * size
    for words_below in wrapped(axis_words(outcome, plot.x_label, plot.x_kind), size, page.width - x.left, lines=1):
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
