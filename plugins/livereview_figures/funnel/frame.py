"""The frame of a funnel plot: effects across, standard errors from 0 at the top; both on the analysis scale.

The axis of effects reaches all that is drawn: studies, pseudo-limits, filled studies, adjusted estimates.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from livereview import OutcomeResult, SensitivityResult, Series, StudyResult
from livereview_figures.drawing.axis import Axis, Tick, linear_ticks, log_ticks, percent_ticks
from livereview_figures.drawing.layout import MARGIN
from livereview_figures.drawing.marks import axis_marks
from livereview_figures.drawing.page import SOFT, Line, Page, Text
from livereview_figures.drawing.text import axis_title, clean, estimable, known
from livereview_figures.drawing.typeface import wrapped

HEIGHT, LEFT = 30.0, 4.5
_SCALES = {"fisher-z": "Fisher's z", "freeman-tukey": "Freeman–Tukey"}


@dataclass(frozen=True)
class Frame:
    """The plotted area: the x axis, and standard errors from 0 at the top to ``deepest`` at the bottom."""

    axis: Axis
    top: float
    bottom: float
    deepest: float

    def y(self, se: float) -> float:
        """The y position of a standard error."""
        return self.top + se / self.deepest * (self.bottom - self.top)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self.axis.left, self.top, self.axis.right, self.bottom


def points_of(outcome: OutcomeResult) -> list[StudyResult]:
    """The studies that a funnel plot shows: those with an effect and a variance."""
    return [s for s in outcome.studies if estimable(s) and known(s.variance) and s.variance > 0]


def added_to(outcome: OutcomeResult) -> list[Series]:
    """What further analyses add to the funnel plot."""
    return [series for result in outcome.further for series in result.funnel if np.isfinite(series.x).any()]


def adjusted(outcome: OutcomeResult) -> list[SensitivityResult]:
    """The sensitivity analyses that adjust for missing studies and have an estimate."""
    return [found for found in outcome.sensitivity if found.adjusted and known(found.pooled.estimate)]


def lines_of(outcome: OutcomeResult) -> list[tuple[str, tuple[float, float]]]:
    """The lines of tests that were run: name, and effect at a standard error of 0 with its change."""
    return [(test.name, test.line) for test in outcome.bias if test.line is not None and not test.refused]


def null_of(outcome: OutcomeResult) -> float | None:
    """No effect on the analysis scale; None for a measure without."""
    shown = outcome.null_shown
    if shown is None or not known(shown):
        return None
    back = {"log": math.log, "fisher-z": math.atanh}.get(outcome.scale)
    return shown if back is None else back(shown)


def quantile(level: float) -> float:
    """Half the width of the pseudo-limits in standard errors."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def frame_of(outcome: OutcomeResult, page: Page, top: float, size: float, small: float) -> Frame:
    """The frame below ``top``."""
    studies, null = points_of(outcome), null_of(outcome)
    added = [values for series in added_to(outcome) for values in [series.y[np.isfinite(series.y)]] if values.size]
    deepest = 1.06 * max([math.sqrt(s.variance) for s in studies] + [float(values.max()) for values in added])
    shown = [s.effect for s in studies] + ([] if null is None else [null])
    shown += [float(x) for series in added_to(outcome) for x in series.x[np.isfinite(series.x)]]
    shown += [found.pooled.estimate for found in adjusted(outcome)]
    if known(outcome.pooled.estimate):
        reach = quantile(outcome.level) * deepest
        shown += [outcome.pooled.estimate - reach, outcome.pooled.estimate + reach]
    pad = 0.04 * (max(shown) - min(shown)) or 1.0
    low, high = min(shown) - pad, max(shown) + pad
    left, right = MARGIN + LEFT * size, page.width - MARGIN
    axis = Axis(low, high, left, right, ticks_on(outcome, low, high, (right - left) / (high - low), small))
    return Frame(axis, top, top + HEIGHT * size, deepest)


def ticks_on(outcome: OutcomeResult, low: float, high: float, room: float, size: float) -> tuple[Tick, ...]:
    """Ticks of an axis of effects on the analysis scale, on the display scale where that has a plain inverse."""
    if outcome.display == "proportion" and outcome.scale in ("logit", "arcsine", "log", "identity"):
        return percent_ticks(outcome.scale, low, high, room, size)
    if outcome.scale == "log":
        return log_ticks(low, high, room, size)
    if outcome.scale == "fisher-z":
        inner = linear_ticks(math.tanh(low), math.tanh(high), room, size)
        return tuple((math.atanh(v), label) for v, label in inner if abs(v) < 1)
    return linear_ticks(low, high, room, size)


def axes(page: Page, frame: Frame, outcome: OutcomeResult, size: float) -> float:
    """Both axes with their ticks and words; returns where they end."""
    axis = frame.axis
    page.add(*axis_marks(axis, frame.bottom, size))
    page.add(Line(points=((axis.left, frame.top), (axis.left, frame.bottom)), width=0.8, name="se-axis"))
    room = (frame.bottom - frame.top) / frame.deepest
    for value, label in linear_ticks(0.0, frame.deepest, room, size):
        y = frame.y(value)
        page.add(Line(points=((axis.left - 0.35 * size, y), (axis.left, y)), width=0.8, name="tick"))
        at = axis.left - 0.6 * size
        page.add(Text(x=at, y=y + 0.36 * size, words=label, size=size, align="right", name=f"se:{label}"))
    scale = "" if outcome.scale == "identity" else f" ({_SCALES.get(outcome.scale, outcome.scale)} scale)"
    y = frame.top - 0.9 * size
    page.add(Text(x=MARGIN, y=y, words=f"Standard error{scale}", size=size, colour=SOFT, name="se-title"))
    y = frame.bottom + 2.9 * size
    page.add(*_below(outcome, axis, y, size))
    return y


def _below(outcome: OutcomeResult, axis: Axis, y: float, size: float) -> Iterator[Text]:
    middle = (axis.left + axis.right) / 2
    for words in wrapped(_x_title(outcome), size, axis.right - axis.left, lines=1):
        yield Text(x=middle, y=y, words=words, size=size, align="center", colour=SOFT, name="axis-title")


def _x_title(outcome: OutcomeResult) -> str:
    plain = outcome.scale in ("log", "logit", "identity", "fisher-z")
    if plain or (outcome.display == "proportion" and outcome.scale == "arcsine"):
        return axis_title(outcome)
    return f"{clean(outcome.measure_title)}, {_SCALES.get(outcome.scale, outcome.scale)} scale"
