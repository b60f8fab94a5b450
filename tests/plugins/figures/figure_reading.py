"""Reads a figure as a person does: values off the ticks, texts by where they stand, numbers from the CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from itertools import combinations

from legibility import ink

from livereview_figures.drawing.page import Line, Mark, Page, Shape, Text
from livereview_figures.drawing.typeface import legible

Box = tuple[float, float, float, float]


def texts(page: Page) -> list[str]:
    """All texts of a page."""
    return [mark.words for mark in page.marks if isinstance(mark, Text)]


def words(page: Page, name: str) -> str:
    """The text of that name; its lines joined."""
    return " ".join(mark.words for mark in page.marks if isinstance(mark, Text) and mark.name == name)


def has(page: Page, name: str) -> bool:
    """Whether a mark of that name is on the page."""
    return any(mark.name == name for mark in page.marks)


def named(page: Page, name: str) -> Mark:
    """The first mark of that name; KeyError if there is none."""
    for mark in page.marks:
        if mark.name == name:
            return mark
    raise KeyError(name)


def shape(page: Page, name: str) -> Shape:
    """The shape of that name."""
    mark = named(page, name)
    assert isinstance(mark, Shape)
    return mark


def line(page: Page, name: str) -> Line:
    """The line of that name."""
    mark = named(page, name)
    assert isinstance(mark, Line)
    return mark


def span(mark: Shape | Line) -> tuple[float, float]:
    """Left and right of a mark."""
    return min(x for x, _ in mark.points), max(x for x, _ in mark.points)


def centre(mark: Shape) -> tuple[float, float]:
    """Middle of a mark."""
    low, high = span(mark)
    ys = [y for _, y in mark.points]
    return (low + high) / 2, (min(ys) + max(ys)) / 2


def read_off(page: Page, scale: Callable[[float], float] = float) -> Callable[[float], float]:
    """Where a value must stand, from the outermost two labelled ticks of the x axis, on a scale: log, ..."""
    ticks = [m for m in page.marks if isinstance(m, Text) and m.name.startswith("tick:")]
    first, last = ticks[0], ticks[-1]
    a, b = (scale(float(tick.words.replace("−", "-"))) for tick in (first, last))
    return lambda value: first.x + (scale(value) - a) / (b - a) * (last.x - first.x)


def records(content: bytes) -> list[dict[str, str]]:
    """The lines of a CSV."""
    return list(csv.DictReader(io.StringIO(content.decode())))


def boxes(page: Page, dpi: int = 100) -> list[tuple[str, Box]]:
    """Each text as it is drawn, with the box of its ink: left, bottom, right, top in pixels from the bottom left."""
    scale, height = dpi / 72, math.ceil(page.height * dpi / 72)
    seen: list[tuple[str, Box]] = []
    for mark in page.marks:
        if isinstance(mark, Text):
            left, top, right, bottom = (edge * scale for edge in ink(mark))
            seen.append((legible(mark.words), (left, height - bottom, right, height - top)))
    return seen


def clashes(page: Page, dpi: int = 100) -> list[str]:
    """Texts that overlap each other or leave the canvas, in words; empty = the layout holds.

    A pixel is allowed for rounding.
    """
    placed = boxes(page, dpi)
    width, height = math.ceil(page.width * dpi / 72), math.ceil(page.height * dpi / 72)
    out = [f"{t!r} leaves the canvas" for t, (x0, y0, x1, y1) in placed if min(x0, y0) < 0 or x1 > width or y1 > height]
    for (t, a), (s, b) in combinations(placed, 2):
        if min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1:
            out.append(f"{t!r} overlaps {s!r}")
    return out
