"""The series of a plot as marks: points, lines, bands and cells, each kind told apart without colour too.

What has no number, or lies outside the frame, is not drawn. A point tells in SVG what it is and its numbers, and leads
to the study whose name it bears.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from livereview import Plot, Series
from livereview_figures.charts.frame import Frame, finite
from livereview_figures.charts.telling import Telling
from livereview_figures.drawing.page import ACCENT, RULE, Line, Mark, Shape
from livereview_figures.drawing.text import clean

COLOURS = (ACCENT, "#B5631A", "#3E7B4F", "#8C5AA0")
"""Points by number, then lines; points differ in shape and lines in dashes too, since colour alone is not enough."""
BAND, OUTER = "#CEDEEF", "#E7E7E7"
"""The innermost band, and those that it lies on."""
QUIET = "#9C9C9C"
SMALLEST = 0.05
"""Least area of a point, relative to the largest."""
DASH = (4.0, 2.5)
CROWD = 500
"""From so many points on they are drawn small and without an edge."""

_POINTED = ("points", "hollow", "path", "cells")


@dataclass(frozen=True)
class Look:
    """How one series is drawn."""

    colour: str
    sides: int = 24
    """Corners of its points; 24 is round."""


def looks(plot: Plot) -> tuple[Look, ...]:
    """The look of each series: points take the first colours, lines the next; quiet ones and bands have their own."""
    order = [i for i, s in enumerate(plot.series) if s.style in _POINTED and not s.quiet]
    order += [i for i, s in enumerate(plot.series) if s.style in ("line", "dashed") and not s.quiet]
    bands = [i for i, s in enumerate(plot.series) if s.style == "band"]
    found = {i: _look(place) for place, i in enumerate(order)}
    found |= {i: Look(BAND if i == bands[-1] else OUTER) for i in bands}
    return tuple(found.get(i, Look(QUIET)) for i in range(len(plot.series)))


def _look(place: int) -> Look:
    """Each colour has its own shape."""
    at = place % len(COLOURS)
    return Look(COLOURS[at], 24 if at == 0 else (3, 4, 6)[at - 1])


def drawn(series: Series, frame: Frame, look: Look, size: float, telling: Telling) -> Iterator[Mark]:
    """The marks of one series."""
    at = np.flatnonzero(finite(series))
    if series.style == "band":
        yield from _band(series, frame, look, at)
        return
    if series.style in ("line", "dashed", "path"):
        yield from _lines(series, frame, look, at)
    if series.style in ("points", "hollow", "path"):
        yield from _points(series, frame, look, size, [int(i) for i in at], telling)


def _band(series: Series, frame: Frame, look: Look, at: npt.NDArray[np.intp]) -> Iterator[Shape]:
    """One shape for each stretch without a gap, cut at the frame."""
    assert series.low is not None
    assert series.high is not None
    for stretch in np.split(at, np.flatnonzero(np.diff(at) > 1) + 1):
        there = [frame.at(series.x[i], series.low[i]) for i in stretch]
        back = [frame.at(series.x[i], series.high[i]) for i in reversed(stretch)]
        if there:
            corners = tuple((frame.x.clamped(x), min(max(y, frame.y.right), frame.y.left)) for x, y in (*there, *back))
            yield Shape(points=corners, fill=look.colour, name=f"band:{clean(series.name)}")


def stretches(series: Series, frame: Frame) -> Iterator[tuple[tuple[float, float], ...]]:
    """The corners of each part of a line that is inside the frame, on the page; of a path the whole, gaps or not."""
    at = np.flatnonzero(finite(series))
    parts = [at] if series.style == "path" else np.split(at, np.flatnonzero(np.diff(at) > 1) + 1)
    for part in parts:
        corners = [frame.at(series.x[i], series.y[i]) for i in part]
        yield from (corners_in for corners_in in _clipped(corners, frame) if len(corners_in) > 1)


def _clipped(corners: list[tuple[float, float]], frame: Frame) -> Iterator[tuple[tuple[float, float], ...]]:
    """What of a line lies in the frame, as lines."""
    left, top, right, bottom = frame.box
    run: list[tuple[float, float]] = []
    for a, b in pairwise(corners):
        cut = _cut(a, b, (left - 1e-6, top - 1e-6, right + 1e-6, bottom + 1e-6))
        if cut is None:
            continue
        if run and math.dist(run[-1], cut[0]) > 1e-6:
            yield tuple(run)
            run = []
        run = [*run, cut[1]] if run else [*cut]
    if run:
        yield tuple(run)


def _cut(
    a: tuple[float, float], b: tuple[float, float], box: tuple[float, float, float, float]
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """The part of a stretch inside a box, or None (Liang and Barsky 1984, doi:10.1145/357332.357333)."""
    first, last = 0.0, 1.0
    for start, step, low, high in ((a[0], b[0] - a[0], box[0], box[2]), (a[1], b[1] - a[1], box[1], box[3])):
        if step == 0:
            if not low <= start <= high:
                return None
            continue
        enter, leave = sorted(((low - start) / step, (high - start) / step))
        first, last = max(first, enter), min(last, leave)
    if first > last:
        return None
    ends = [(a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])) for t in (first, last)]
    return (a if first == 0 else ends[0]), (b if last == 1 else ends[1])


def _lines(series: Series, frame: Frame, look: Look, at: npt.NDArray[np.intp]) -> Iterator[Line]:
    width = 0.7 if series.quiet else 1.2
    for points in stretches(series, frame):
        yield Line(
            points=points, width=width, colour=look.colour, dash=dash_of(series), name=f"line:{clean(series.name)}"
        )


def dash_of(series: Series) -> tuple[float, ...]:
    """The dashes of its line."""
    return DASH if series.style == "dashed" else ()


def _points(series: Series, frame: Frame, look: Look, size: float, at: list[int], telling: Telling) -> Iterator[Mark]:
    crowd = len(at) > CROWD
    inside = [i for i in at if frame.holds(series.x[i], series.y[i])]
    for i in inside:
        if series.low is not None and series.high is not None and np.isfinite([series.low[i], series.high[i]]).all():
            ends = (frame.at(series.x[i], series.low[i]), frame.at(series.x[i], series.high[i]))
            cut = _cut(*ends, frame.box)
            if cut:
                yield Line(points=cut, width=0.9, colour=look.colour, name=f"interval:{i}")
    hollow = series.style == "hollow"
    for i in inside:
        x, y = frame.at(series.x[i], series.y[i])
        tip, href = telling.of_point(series, i)
        edge = look.colour if hollow else "" if crowd else "#FFFFFF"
        yield Shape(
            points=around(x, y, radius_of(series, i, size), look.sides), fill="#FFFFFF" if hollow else look.colour,
            edge=edge, name=f"point:{i}", tip=tip, href=href,
        )  # fmt: skip


def around(x: float, y: float, radius: float, sides: int) -> tuple[tuple[float, float], ...]:
    """Corners of a point, the first straight above; a triangle reaches farther, so that it looks as large."""
    reach = radius * (1.3 if sides == 3 else 1.15 if sides == 4 else 1.0)
    turns = (math.tau * i / sides - math.pi / 2 for i in range(sides))
    return tuple((x + reach * math.cos(turn), y + reach * math.sin(turn)) for turn in turns)


def radius_of(series: Series, i: int, size: float) -> float:
    """Of one point; the smallest are still seen."""
    there = finite(series)
    if series.quiet:
        return 0.2 * size
    if series.size is None:
        return (0.12 if there.sum() > CROWD else 0.36) * size
    most = float(np.nanmax(series.size[there])) or 1.0
    return 0.8 * size * math.sqrt(max(float(series.size[i]) / most, SMALLEST))


def swatch(series: Series, look: Look, x: float, y: float, size: float) -> Iterator[Mark]:
    """What stands for a series in the legend, with its left end at x and the baseline y."""
    middle, right = y - 0.32 * size, x + 1.7 * size
    if series.style in ("line", "dashed", "path"):
        width = 0.7 if series.quiet else 1.2
        yield Line(
            points=((x, middle), (right, middle)), width=width, colour=look.colour, dash=dash_of(series), name="swatch"
        )
    if series.style in ("band", "cells"):
        half = 0.45 * size
        corners = ((x, middle - half), (right, middle - half), (right, middle + half), (x, middle + half))
        yield Shape(points=corners, fill=look.colour, edge=RULE, name="swatch")
    elif series.style in ("points", "hollow", "path"):
        hollow = series.style == "hollow"
        yield Shape(
            points=around(x + 0.85 * size, middle, 0.36 * size, look.sides),
            fill="#FFFFFF" if hollow else look.colour, edge=look.colour if hollow else "", name="swatch",
        )  # fmt: skip
