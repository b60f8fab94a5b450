"""Whether a reader can read a page: what overlaps, crosses, leaves or lies under its texts, in words.

A text is measured by the ink that its letters leave, laid out by the font engine and not by the measure that the
figures were arranged with. Lengths are points. ``faults`` of a page is empty where the page can be read.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from livereview_figures.drawing.page import Line, Page, Shape, Text
from livereview_figures.drawing.typeface import legible

Points = Sequence[tuple[float, float]]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

LEAST_SIZE = 7.0
CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, text below 18 points."""
PALE = 1.6
"""Contrast with white up to which the edge of a surface may pass under a text: bands, contours, zebra rows."""
TOUCH = 0.25
"""Points by which ink may reach into other ink: less than a pixel at 200 dots per inch."""
APART = 0.12
"""Ems between two texts on one line, below which they read as one word."""


@dataclass(frozen=True)
class Inked:
    """A text with the box of its ink."""

    text: Text
    box: Box


def faults(page: Page) -> list[str]:
    """What keeps a reader from reading the page; empty = nothing."""
    inked = [Inked(mark, ink(mark)) for mark in page.marks if isinstance(mark, Text) and legible(mark.words).strip()]
    return [*_small(inked), *_outside(page, inked), *_overlapping(inked), *_beneath(page, inked)]


def ink(text: Text) -> Box:
    """The box of a text's ink on its page."""
    left, top, right, bottom, advance = _ink(legible(text.words), text.bold)
    shift = {"left": 0.0, "center": 0.5, "right": 1.0}[text.align] * advance
    size = text.size
    return (
        text.x + (left - shift) * size, text.y - top * size, text.x + (right - shift) * size, text.y - bottom * size
    )  # fmt: skip


@cache
def _ink(words: str, bold: bool) -> tuple[float, float, float, float, float]:
    """Left, top, right and bottom of the ink from the start of the baseline, upwards, and the advance; in ems."""
    import matplotlib
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path
    from matplotlib.textpath import text_to_path

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    face = FontProperties(fname=f"{matplotlib.get_data_path()}/fonts/ttf/{name}", size=1)
    unit = text_to_path.FONT_SCALE
    advance = text_to_path.get_text_width_height_descent(words, face, ismath=False)[0]
    outline, codes = (np.asarray(part) for part in text_to_path.get_text_path(face, words, ismath=False))
    outline = outline.reshape(-1, 2)[codes != Path.CLOSEPOLY] / unit
    if not len(outline):
        return 0.0, 0.0, 0.0, 0.0, advance
    (left, bottom), (right, top) = outline.min(axis=0), outline.max(axis=0)
    return float(left), float(top), float(right), float(bottom), advance


# --- texts ---------------------------------------------------------------------------------------------------------


def _called(text: Text) -> str:
    words = text.words if len(text.words) < 40 else text.words[:39] + "…"
    return f"{words!r} ({text.name})" if text.name else repr(words)


def _small(inked: Sequence[Inked]) -> Iterator[str]:
    for one in inked:
        if one.text.size < LEAST_SIZE - 1e-9:
            yield f"{_called(one.text)} is of {one.text.size:g} points: below {LEAST_SIZE:g}"


def _outside(page: Page, inked: Sequence[Inked]) -> Iterator[str]:
    for one in inked:
        left, top, right, bottom = one.box
        if min(left, top) < 0 or right > page.width or bottom > page.height:
            yield f"{_called(one.text)} leaves the page"


def _overlapping(inked: Sequence[Inked]) -> Iterator[str]:
    """Pairs of texts whose ink overlaps, or that stand so close on one line that they read as one word."""
    if not inked:
        return
    left, top, right, bottom = np.array([one.box for one in inked]).T
    beside = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    above = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top)
    size = np.array([one.text.size for one in inked])
    level = np.abs(np.subtract.outer(y := np.array([one.text.y for one in inked]), y)) < 0.3 * np.minimum.outer(
        size, size
    )
    over = (beside > TOUCH) & (above > TOUCH)
    close = level & (beside > -APART * np.minimum.outer(size, size)) & ~over
    for i, j in zip(*np.nonzero(np.triu(over | close, 1)), strict=True):
        what = "overlaps" if over[i, j] else "reads as one word with"
        yield f"{_called(inked[i].text)} {what} {_called(inked[j].text)}"


# --- lines and shapes ----------------------------------------------------------------------------------------------


def _beneath(page: Page, inked: Sequence[Inked]) -> Iterator[str]:
    """Lines through texts, texts on the edge of a mark, texts that their background swallows."""
    drawn = [mark for mark in page.marks if not isinstance(mark, Text)]
    outlines = np.array([_bounds(mark.points) for mark in drawn]).reshape(-1, 4)
    for one in inked:
        box = (one.box[0] + TOUCH, one.box[1] + TOUCH, one.box[2] - TOUCH, one.box[3] - TOUCH)
        near = np.flatnonzero(
            (outlines[:, 0] < box[2])
            & (outlines[:, 2] > box[0])
            & (outlines[:, 1] < box[3])
            & (outlines[:, 3] > box[1])
        )
        yield from _on(one.text, box, [drawn[i] for i in near])


def _on(text: Text, box: Box, marks: Sequence[Line | Shape]) -> Iterator[str]:
    """What is wrong with a text above these marks, the last of which covers the others."""
    grounds, troubles = ["#FFFFFF"], list[str]()
    for mark in marks:
        if isinstance(mark, Line):
            if _crosses(mark.points, box, mark.width / 2):
                troubles.append(f"{_called(text)} is crossed by the line {mark.name!r}")
        elif _crosses([*mark.points, mark.points[0]], box, 0.0):
            if mark.edge and contrast(mark.edge, "#FFFFFF") > PALE:
                troubles.append(f"{_called(text)} is crossed by the edge of {mark.name!r}")
            elif contrast(mark.fill, "#FFFFFF") > PALE:
                troubles.append(f"{_called(text)} lies half on {mark.name!r}")
            grounds.append(mark.fill)
        elif _holds(mark.points, ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)):
            grounds, troubles = [mark.fill], []
    yield from troubles
    weakest = min(grounds, key=lambda ground: contrast(text.colour, ground))
    if contrast(text.colour, weakest) < CONTRAST:
        yield f"{_called(text)} in {text.colour} on {weakest} has a contrast of {contrast(text.colour, weakest):.1f}"


def _bounds(points: Points) -> Box:
    pairs: npt.NDArray[np.float64] = np.array(points, dtype=float)
    return (*pairs.min(axis=0), *pairs.max(axis=0))


def _crosses(points: Points, box: Box, half: float) -> bool:
    """Whether a stretch between neighbouring points runs through the box."""
    grown = (box[0] - half, box[1] - half, box[2] + half, box[3] + half)
    return any(_through(a, b, grown) for a, b in pairwise(points))


def _through(a: tuple[float, float], b: tuple[float, float], box: Box) -> bool:
    """Whether the stretch from a to b has a point inside the box (Liang and Barsky 1984)."""
    first, last = 0.0, 1.0
    for at, step, low, high in ((a[0], b[0] - a[0], box[0], box[2]), (a[1], b[1] - a[1], box[1], box[3])):
        if abs(step) < 1e-12:
            if not low < at < high:
                return False
            continue
        enter, leave = sorted(((low - at) / step, (high - at) / step))
        first, last = max(first, enter), min(last, leave)
    return first < last


def _holds(points: Points, at: tuple[float, float]) -> bool:
    """Whether a point lies inside a polygon, by the number of edges to its right."""
    x, y = at
    inside = False
    for (x0, y0), (x1, y1) in pairwise([*points, points[0]]):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            inside = not inside
    return inside


# --- colours -------------------------------------------------------------------------------------------------------


def contrast(one: str, other: str) -> float:
    """The contrast of two colours ``#RRGGBB``, from 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@cache
def _luminance(colour: str) -> float:
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else math.pow((share + 0.055) / 1.055, 2.4) for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
