"""What stands in the plot column: squares, diamonds, bars, intervals, the axis with its lines.

Positions come from the axis; nothing leaves it: what lies beyond is cut, with an arrow where an interval goes on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from livereview_figures.drawing.axis import Axis
from livereview_figures.drawing.page import ACCENT, INK, SOFT, Line, Mark, Shape, Text

ARROW = 3.6
_OVERLAP = 0.3
"""How far an arrow head reaches into its diamond or bar, so that no hairline parts them."""
PREDICTION = "#8C8C8C"
WHITE = "#FFFFFF"


@dataclass(frozen=True, kw_only=True)
class Plotted:
    """One estimate with its limits, in axis units, and how it is drawn; the size is a side or a height in points."""

    kind: Literal["square", "diamond", "bar", "ghost"]
    """"ghost": the outline of a diamond, dashed."""
    estimate: float
    low: float
    high: float
    size: float
    fill: str = ""
    """Colour; empty = the usual one of its kind."""
    edge: str = ""
    reach: tuple[float, float] | None = None
    """Of a diamond: the limits of a line that runs through it, in axis units."""
    tip: str = ""
    href: str = ""


def drawn(plotted: Plotted, axis: Axis, y: float, name: str) -> list[Mark]:
    """The marks of one row, at that height."""
    if plotted.kind in ("diamond", "ghost"):
        return [*_through(plotted, axis, y, name), *_diamond(plotted, axis, y, name)]
    if plotted.kind == "bar":
        return _bar(plotted, axis, y, name)
    return [*_square(plotted, axis, y, name), *_interval(plotted, axis, y, name)]


def _square(plotted: Plotted, axis: Axis, y: float, name: str) -> list[Mark]:
    x = axis.at(plotted.estimate)
    if not axis.inside(x):
        return []
    half = plotted.size / 2
    return [Shape(points=((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)),
                  fill=plotted.fill or ACCENT, edge=plotted.edge, name=f"square:{name}", tip=plotted.tip,
                  href=plotted.href)]  # fmt: skip


def _through(plotted: Plotted, axis: Axis, y: float, name: str) -> list[Mark]:
    """The line that runs through a diamond, e.g. between the limits of prediction."""
    if plotted.reach is None:
        return []
    low, high = (axis.at(value) for value in plotted.reach)
    left, right = axis.clamped(low), axis.clamped(high)
    line = Line(points=((left, y), (right, y)), width=1.2, colour=INK, name=f"reach:{name}")
    return [line, *_cut(axis, low, high, y, f"{name}:reach", INK, ARROW * 0.6)]


def _interval(plotted: Plotted, axis: Axis, y: float, name: str) -> list[Mark]:
    """The line between the limits, with an arrow at the end that is cut."""
    low, high = (axis.at(plotted.estimate if math.isnan(v) else v) for v in (plotted.low, plotted.high))
    left, right = axis.clamped(low), axis.clamped(high)
    out: list[Mark] = []
    if right > left:
        out.append(Line(points=((left, y), (right, y)), width=0.9, name=f"interval:{name}"))
    if low < axis.left - 1e-6:
        out.append(_arrow(axis.left, y, -1, name))
    if high > axis.right + 1e-6:
        out.append(_arrow(axis.right, y, 1, name))
    return out


def _arrow(x: float, y: float, outwards: int, name: str, colour: str = INK, half: float = ARROW * 0.6) -> Shape:
    """An arrow head with its tip at x; ``outwards`` is -1 for left, 1 for right."""
    back = x - outwards * ARROW
    side = "left" if outwards < 0 else "right"
    return Shape(points=((x, y), (back, y - half), (back, y + half)), fill=colour, name=f"arrow-{side}:{name}")


def _cut(axis: Axis, low: float, high: float, y: float, name: str, colour: str, half: float) -> list[Mark]:
    """Arrow heads just outside the axis, for a diamond or a bar that goes on beyond it."""
    out: list[Mark] = []
    if low < axis.left - 1e-6:
        out.append(_arrow(axis.left - ARROW + _OVERLAP, y, -1, name, colour, half))
    if high > axis.right + 1e-6:
        out.append(_arrow(axis.right + ARROW - _OVERLAP, y, 1, name, colour, half))
    return out


def _diamond(plotted: Plotted, axis: Axis, y: float, name: str) -> list[Mark]:
    """A diamond from limit to limit, highest at the estimate, cut where the axis ends."""
    low, at, high = axis.at(plotted.low), axis.at(plotted.estimate), axis.at(plotted.high)
    if math.isnan(low) or math.isnan(high) or not axis.inside(at):
        return []
    tall = plotted.size / 2
    upper: list[tuple[float, float]] = []
    for x, limit in ((axis.clamped(low), low), (at, at), (axis.clamped(high), high)):
        upper.append((x, tall * _share(x, limit, at)))
    points = [(x, y - h) for x, h in upper] + [(x, y + h) for x, h in reversed(upper) if h > 0]
    ends = [h for x, h in upper if x in (axis.left, axis.right)]
    fill = plotted.fill or ACCENT
    arrows = _cut(axis, low, high, y, name, fill, max(ends, default=0.0) + 1.8)
    if plotted.kind == "ghost":
        outline = Line(points=(*points, points[0]), width=0.8, colour=fill, dash=(2, 1.5), name=f"ghost:{name}")
        under = Shape(points=tuple(points), fill=WHITE, name=f"under:{name}", tip=plotted.tip, href=plotted.href)
        return [under, outline, *arrows]
    diamond = Shape(points=tuple(points), fill=fill, edge=plotted.edge, name=f"diamond:{name}", tip=plotted.tip,
                    href=plotted.href)  # fmt: skip
    return [diamond, *arrows]


def _share(x: float, limit: float, at: float) -> float:
    """How tall the diamond is at x, from 0 at the limit to 1 at the estimate."""
    if x == at or math.isinf(limit):
        return 1.0
    return 0.0 if x == limit else (x - limit) / (at - limit)


def _bar(plotted: Plotted, axis: Axis, y: float, name: str) -> list[Mark]:
    """A flat bar between the limits."""
    low, high = axis.at(plotted.low), axis.at(plotted.high)
    left, right, half = axis.clamped(low), axis.clamped(high), plotted.size / 2
    points = ((left, y - half), (right, y - half), (right, y + half), (left, y + half))
    fill = plotted.fill or PREDICTION
    arrows = _cut(axis, low, high, y, name, fill, half + 1.8)
    return [Shape(points=points, fill=fill, name=f"bar:{name}", tip=plotted.tip), *arrows]


def reference_lines(
    axis: Axis, top: float, bottom: float, null: float | None, estimate: float, until: float, colour: str = ACCENT
) -> list[Mark]:
    """The line of no effect from top to bottom, and the dashed line of the pooled estimate down to its diamond."""
    out: list[Mark] = []
    if null is not None and axis.inside(axis.at(null)):
        x = axis.at(null)
        out.append(Line(points=((x, top), (x, bottom)), width=0.7, colour=SOFT, name="null"))
    if math.isfinite(estimate) and axis.inside(axis.at(estimate)):
        x = axis.at(estimate)
        out.append(Line(points=((x, top), (x, until)), width=0.6, colour=colour, dash=(3, 2.5), name="estimate"))
    return out


def axis_marks(axis: Axis, y: float, size: float) -> list[Mark]:
    """The axis at that height, with ticks and labels below; 1.9 ems high."""
    out: list[Mark] = [Line(points=((axis.left, y), (axis.right, y)), width=0.8, name="axis")]
    for value, label in axis.ticks:
        x = axis.at(value)
        out.append(Line(points=((x, y), (x, y + 0.35 * size)), width=0.8, name="tick"))
        out.append(Text(x=x, y=y + 1.35 * size, words=label, size=size, align="center", name=f"tick:{label}"))
    return out
