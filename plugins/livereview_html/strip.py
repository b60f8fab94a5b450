"""A strip of two intervals, an estimate as it was above as it is. It only repeats what stands beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from livereview import Interval
from livereview_html.markup import NOTHING, Html, Value, element

_WIDTH, _MARGIN, _BEFORE, _AFTER, _HEIGHT = 320.0, 8.0, 9.0, 23.0, 32.0


def strip(before: Interval | None, after: Interval | None, display: str, null: float | None) -> Html:
    """Both intervals on one axis, with the line of no effect; nothing where one has no finite number.

    Ratios lie on a logarithmic axis.
    """
    if before is None or after is None:
        return NOTHING
    log = display == "ratio"
    values = [before.low, before.high, before.estimate, after.low, after.high, after.estimate]
    if not all(math.isfinite(value) and (value > 0 or not log) for value in values):
        return NOTHING
    place = _Scale([*values, *([null] if null is not None else [])], log)
    line = [] if null is None else [_line(place(null), 1, place(null), _HEIGHT - 1, "var(--lr-rule)", 1, "3 2")]
    return element(
        "svg",
        {"class": "strip", "viewBox": f"0 0 {_WIDTH:g} {_HEIGHT:g}", "aria-hidden": "true", "focusable": "false"},
        *line,
        *_interval([place(v) for v in (before.low, before.estimate, before.high)], _BEFORE, "var(--lr-soft)", 3),
        *_interval([place(v) for v in (after.low, after.estimate, after.high)], _AFTER, "var(--lr-accent)", 4.5),
    )


class _Scale:
    """From values to points along the strip."""

    def __init__(self, values: Sequence[float], log: bool) -> None:
        self.log = log
        found = [self._on_axis(value) for value in values if value > 0 or not log]
        self.low, self.high = min(found), max(found)

    def _on_axis(self, value: float) -> float:
        return math.log(value) if self.log else value

    def __call__(self, value: float) -> float:
        span = self.high - self.low
        share = (self._on_axis(value) - self.low) / span if span > 0 else 0.5
        return _MARGIN + share * (_WIDTH - 2 * _MARGIN)


def _interval(points: Sequence[float], y: float, colour: str, half: float) -> list[Html]:
    low, middle, high = points
    square: dict[str, Value] = {
        "x": _n(middle - half),
        "y": _n(y - half),
        "width": _n(2 * half),
        "height": _n(2 * half),
    }
    return [_line(low, y, high, y, colour, 1.5), element("rect", {**square, "fill": colour})]


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float, dash: str | None = None) -> Html:
    ends: dict[str, Value] = {"x1": _n(x1), "y1": _n(y1), "x2": _n(x2), "y2": _n(y2)}
    return element("line", {**ends, "stroke": colour, "stroke-width": width, "stroke-dasharray": dash})


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
