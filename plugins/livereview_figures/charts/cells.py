"""Cells of a grid, shaded by how much each holds, and the bars of their sums above and beside the frame."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from livereview import Plot, Series
from livereview_figures.charts.frame import PANEL, Frame, finite
from livereview_figures.charts.series import Look
from livereview_figures.drawing.page import Mark, Shape
from livereview_figures.drawing.text import clean

SHADES = 5
"""Steps from the palest to the full colour."""


def cells(plot: Plot, frame: Frame, appearance: Sequence[Look]) -> Iterator[Mark]:
    """The cells of all series: where several have one, each has a part of it, side by side."""
    held = defaultdict[tuple[float, float], list[tuple[int, float]]](list)
    most = 1.0
    for number, series in enumerate(plot.series):
        if series.style == "cells" and series.size is not None:
            for i in np.flatnonzero(finite(series)):
                held[float(series.x[i]), float(series.y[i])].append((number, float(series.size[i])))
                most = max(most, float(series.size[i]))
    for (x, y), parts in held.items():
        for place, (number, count) in enumerate(parts):
            series = plot.series[number]
            wide, high = series.cell or (0.0, 0.0)
            left = x - wide / 2 + place * wide / len(parts)
            colour = shade(appearance[number].colour, count, most)
            corners = _rectangle(frame, left, y - high / 2, left + wide / len(parts), y + high / 2)
            if corners:
                yield Shape(points=corners, fill=colour, name=f"cell:{clean(series.name)}")


def shade(colour: str, count: float, most: float) -> str:
    """The colour, paler the less it stands for: by the logarithm, in ``SHADES`` steps; the palest is still seen."""
    share = math.log1p(max(count, 0.0)) / math.log1p(most)
    step = max(1, math.ceil(share * SHADES - 1e-9)) / SHADES
    strength = 0.25 + 0.75 * (step - 1 / SHADES) / (1 - 1 / SHADES)
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - strength * (255 - part)):02X}" for part in parts)


def _rectangle(frame: Frame, x0: float, y0: float, x1: float, y1: float) -> tuple[tuple[float, float], ...]:
    """A rectangle of the frame, cut at its edges; empty where nothing is left."""
    left, right = (frame.x.clamped(frame.x.at(x)) for x in (x0, x1))
    bottom, top = (min(max(frame.y.at(y), frame.y.right), frame.y.left) for y in (y0, y1))
    return ((left, bottom), (right, bottom), (right, top), (left, top)) if right > left and bottom > top else ()


def bars(plot: Plot, frame: Frame, appearance: Sequence[Look], size: float) -> Iterator[Mark]:
    """The bars above and beside the frame, of each place stacked in the order of the series."""
    for panel, upright in ((plot.above, True), (plot.beside, False)):
        sums = defaultdict[float, float](float)
        for series in panel:
            for at, length in _bars(series, upright):
                sums[at] += length
        most = max(sums.values(), default=0.0)
        so_far = defaultdict[float, float](float)
        for number, series in enumerate(panel):
            for at, length in _bars(series, upright) if most > 0 else ():
                ends = so_far[at] / most, (so_far[at] + length) / most
                so_far[at] += length
                yield Shape(
                    points=_bar(frame, at, ends, series.cell or (0.0, 0.0), upright, size),
                    fill=appearance[number].colour, name=f"bar:{clean(series.name)}",
                )  # fmt: skip


def _bars(series: Series, upright: bool) -> Iterator[tuple[float, float]]:
    """Where each bar stands and how long it is."""
    at, length = (series.x, series.y) if upright else (series.y, series.x)
    yield from ((float(a), float(b)) for a, b in zip(at, length, strict=True) if math.isfinite(a) and b > 0)


def _bar(
    frame: Frame, at: float, ends: tuple[float, float], cell: tuple[float, float], upright: bool, size: float
) -> tuple[tuple[float, float], ...]:
    """The corners of one bar, whose ends are shares of the longest."""
    gap, room = 0.8 * size, (PANEL - 1.2) * size
    if upright:
        left, right = (frame.x.clamped(frame.x.at(at + side * cell[0] / 2)) for side in (-1, 1))
        foot = frame.y.right - gap
        low, high = (foot - end * room for end in ends)
        return (left, low), (right, low), (right, high), (left, high)
    bottom, top = (min(max(frame.y.at(at + side * cell[1] / 2), frame.y.right), frame.y.left) for side in (-1, 1))
    foot = frame.x.right + gap
    low, high = (foot + end * room for end in ends)
    return (low, bottom), (high, bottom), (high, top), (low, top)
