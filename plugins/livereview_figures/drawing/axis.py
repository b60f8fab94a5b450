"""Axes: which range is shown, where the ticks are, where a value lands.

An axis is linear in *axis units*: the log of a ratio, else the value itself; in a funnel plot the analysis scale.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from livereview_figures.drawing.text import fixed
from livereview_figures.drawing.typeface import width_of

Tick = tuple[float, str]

_FINEST = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
_FINE = (1, 1.5, 2, 3, 5, 7)
_USUAL = (1, 2, 5)
_ROUND = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9)
_PERCENTS = (50, 10, 90, 20, 80, 5, 95, 1, 99, 30, 70, 40, 60, 2, 98, 0.1, 99.9, 0.5, 99.5)
_SHARES: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "logit": (lambda p: math.log(p / (1 - p)), lambda x: (1 + math.tanh(x / 2)) / 2),
    "arcsine": (lambda p: math.asin(math.sqrt(p)), lambda x: math.sin(min(max(x, 0.0), math.pi / 2)) ** 2),
    "log": (math.log, lambda x: math.exp(min(x, 700.0))),
    "identity": (float, float),
}
"""To the analysis scale of a proportion, and back."""


@dataclass(frozen=True)
class Axis:
    """A horizontal axis from ``low`` to ``high`` (axis units) between two x positions (points)."""

    low: float
    high: float
    left: float
    right: float
    ticks: tuple[Tick, ...]

    def at(self, value: float) -> float:
        """The x position of a value in axis units, also outside the axis; infinities stay infinite."""
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)

    def inside(self, x: float) -> bool:
        """Whether an x position lies on the axis."""
        return self.left - 1e-9 <= x <= self.right + 1e-9

    def clamped(self, x: float) -> float:
        """The nearest x position on the axis."""
        return min(max(x, self.left), self.right)


def log(value: float) -> float:
    """Natural logarithm; minus infinity at and below zero."""
    return math.log(value) if value > 0 else -math.inf


def forward_of(display: str) -> Callable[[float], float]:
    """From the display scale to axis units: log for ratios, else the value itself."""
    return log if display == "ratio" else float


def data_range(
    display: str, estimates: Iterable[float], limits: Iterable[float], anchors: Iterable[float]
) -> tuple[float, float]:
    """The range an axis shows, in axis units, from values in axis units.

    Anchors (the pooled estimate, the null) are always shown, and so are the estimates but for far outliers. Limits of
    intervals are shown as far as one more width of that range (for ratios at least a factor of 2); what lies beyond
    is clipped, so that one very wide interval does not squeeze the others. Proportions have the whole range, 0 to 1.
    """
    if display == "proportion":
        return 0.0, 1.0
    core = _without_outliers(_usable(estimates)) + _usable(anchors)
    low, high = (min(core), max(core)) if core else (0.0, 0.0)
    ends = _usable(limits) or [low, high]
    slack = max(high - low, math.log(2) if display == "ratio" else 0.0)
    if slack == 0:
        slack = max(max(ends) - low, low - min(ends)) or 1.0
    low, high = min(low, max(min(ends), low - slack)), max(high, min(max(ends), high + slack))
    least = max(math.log(1.2) if display == "ratio" else 1e-9, 1e-6 * max(abs(low), abs(high)))
    if high - low < least:
        low, high = (low + high - least) / 2, (low + high + least) / 2
    pad = 0.04 * (high - low)
    if display == "ratio":
        return _rounded(low - pad, high + pad)
    floor, ceiling = _possible(display, low)
    return max(low - pad, floor), min(high + pad, ceiling)


def _rounded(low: float, high: float) -> tuple[float, float]:
    """The range of a log axis extended to round ratios, where that costs at most a seventh of it."""
    marks = [math.log(m) + power * math.log(10) for power in _decades(low, high) for m in _ROUND]
    below = max((mark for mark in marks if mark <= low + 1e-9), default=low)
    above = min((mark for mark in marks if mark >= high - 1e-9), default=high)
    room = (high - low) / 7
    return below if low - below <= room else low, above if above - high <= room else high


def _decades(low: float, high: float) -> range:
    """Powers of ten about a range of logarithms, as far as numbers go."""
    return range(max(math.floor(low / math.log(10)), -300), min(math.ceil(high / math.log(10)), 300) + 1)


def _usable(values: Iterable[float]) -> list[float]:
    """The finite values; one near the largest number there is counts as infinite, since a range must be finite."""
    return [value for value in values if abs(value) < 1e300]


def _possible(display: str, low: float) -> tuple[float, float]:
    """Values that the scale cannot go beyond."""
    if display == "correlation":
        return -1.0, 1.0
    return (0.0 if display == "rate" and low >= 0 else -math.inf), math.inf


def _without_outliers(values: Sequence[float]) -> list[float]:
    """The values within three interquartile ranges of the quartiles; all of them where there are fewer than five."""
    if len(values) < 5:
        return list(values)
    lower, upper = np.quantile(values, [0.25, 0.75])
    reach = 3 * (upper - lower)
    return [v for v in values if lower - reach <= v <= upper + reach]


def ticks_of(display: str, low: float, high: float, length: float, size: float) -> tuple[Tick, ...]:
    """Ticks of an axis of that length whose labels, at that size, do not touch."""
    if display == "proportion":
        return tuple((v / 100, str(v)) for v in range(0, 101, 20))
    room = length / (high - low)
    return log_ticks(low, high, room, size) if display == "ratio" else linear_ticks(low, high, room, size)


def linear_ticks(low: float, high: float, room: float, size: float) -> tuple[Tick, ...]:
    """Round values between the limits, about five; ``room`` is in points per axis unit."""
    ticks: tuple[Tick, ...] = ()
    for target in (6, 5, 4, 3, 2) if low < high else ():
        step = _round_step((high - low) / target)
        decimals = max(0, (1 if 2.4 < step / 10.0 ** _order(step) < 2.6 else 0) - _order(step))
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        ticks = tuple((i * step, fixed(i * step, decimals)) for i in range(first, last + 1))
        if apart(ticks, room, size):
            return ticks
    return ticks[:1]


def _order(value: float) -> int:
    return math.floor(math.log10(value) + 1e-9)


def _round_step(step: float) -> float:
    """The smallest of 1, 2, 2.5, 5, 10 times a power of ten that is not below the step."""
    power = 10.0 ** _order(step)
    return float(next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= step * (1 - 1e-9)))


def log_ticks(low: float, high: float, room: float, size: float) -> tuple[Tick, ...]:
    """Ticks of a log axis: 0.5 0.7 1 1.5, or 0.1 0.2 0.5 1 2 5, or powers of ten, as the range asks for."""
    if high - low < math.log(2.2):
        inner = linear_ticks(math.exp(low), math.exp(high), room * math.exp(-high), size)
        return tuple((math.log(v), label) for v, label in inner)
    ticks: tuple[Tick, ...] = ()
    for mantissas, every in (*((m, 1) for m in (_FINEST, _FINE, _USUAL)), *(((1,), 2**i) for i in range(10))):
        values = [m * 10.0**e for e in _decades(low, high) if e % every == 0 for m in mantissas]
        ticks = tuple((log(v), plain(v)) for v in values if low - 1e-9 <= log(v) <= high + 1e-9)
        if len(ticks) <= (6 if every == 1 and mantissas != _USUAL else 7) and apart(ticks, room, size):
            break
    return ticks


def plain(value: float) -> str:
    """A tick's value without trailing zeros, in powers of ten only beyond 0.0001 and a million."""
    if value < 1e-4 or value >= 1e7:
        return f"{value:.0e}".replace("-", "−")
    return f"{value:.0f}" if value >= 1000 else f"{value:.4g}"


def percent_ticks(scale: str, low: float, high: float, room: float, size: float) -> tuple[Tick, ...]:
    """Percentages on an axis of transformed proportions (a key of ``_SHARES``), the rounder first, as many as fit."""
    forward, back = _SHARES[scale]
    first, last = 100 * back(low), 100 * back(high)
    if 0 < last - first < 45:
        round_ones = linear_ticks(first, last, room * (high - low) / (last - first), size)
    else:
        round_ones = tuple((value, f"{value:g}") for value in _PERCENTS)
    chosen: list[Tick] = []
    for value, label in round_ones:
        if 0 < value < 100 or scale == "identity":
            tried = sorted([*chosen, (forward(value / 100), label)])
            if low <= tried[0][0] and tried[-1][0] <= high and len(tried) <= 8 and apart(tried, room, size):
                chosen = tried
    return tuple(chosen)


def apart(ticks: Sequence[Tick], room: float, size: float) -> bool:
    """Whether the labels leave at least half a character between them."""
    return all(
        (b - a) * room > (width_of(s, size) + width_of(t, size)) / 2 + size * 0.7 for (a, s), (b, t) in pairwise(ticks)
    )
