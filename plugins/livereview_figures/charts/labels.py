"""Words inside a plot: names beside points, words along lines and in bands.

The rule: no words cross a line, an axis, a point or other words. A name that finds no free place is left out; it
stands in the table and in the numbers beside the figure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from livereview import Series
from livereview_figures.drawing.page import INK, Line, Mark, Shape, Text
from livereview_figures.drawing.typeface import ELLIPSIS, balanced, width_of

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
MOST_LABELS = 60
ASCENT, DESCENT, LEADING = 0.8, 0.24, 1.15
"""Ems that a line of text reaches above and below its baseline, and from baseline to baseline."""
_GAP, _BESIDE = 1.0, 2.4
"""Points between words and lines, and between words that stand side by side."""
_SHARES = (0.5, 0.56, 0.62, 0.7, 0.8)
"""Of a name's width, for two lines: the narrowest that holds them."""


@dataclass
class Room:
    """What is taken of a frame: boxes of words and points, stretches of lines."""

    frame: Box
    boxes: list[Box] = field(default_factory=list)
    lines: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 4)))

    @classmethod
    def about(cls, frame: Box, marks: Iterable[Mark]) -> Room:
        """The room that these marks leave: lines and the outlines of points count, surfaces do not."""
        room, ends = cls(frame), list[tuple[float, float, float, float]]()
        for mark in marks:
            if isinstance(mark, Line):
                ends += [(*a, *b) for a, b in pairwise(mark.points)]
            elif isinstance(mark, Text):
                room.boxes.append(_box_of([mark.words], mark.x, mark.y, mark.size))
            elif mark.name.startswith(("point:", "cell:")):
                room.boxes.append(_bounds(mark))
        room.lines = np.array(ends, dtype=float).reshape(-1, 4)
        return room

    def free(self, box: Box) -> bool:
        """Whether words may stand there."""
        left, top, right, bottom = self.frame
        if box[0] < left + 3 or box[2] > right or box[1] < top or box[3] > bottom - 1:
            return False
        grown = (box[0] - _GAP, box[1] - _GAP, box[2] + _GAP, box[3] + _GAP)
        apart = (box[0] - _BESIDE, grown[1], box[2] + _BESIDE, grown[3])
        return not any(_overlap(apart, other) for other in self.boxes) and not self.crossed(grown)

    def crossed(self, box: Box) -> bool:
        """Whether a line has a point inside the box (Liang and Barsky 1984, doi:10.1145/357332.357333)."""
        x0, y0, x1, y1 = self.lines.T
        first, last = np.zeros(x0.size), np.ones(x0.size)
        for start, step, low, high in ((x0, x1 - x0, box[0], box[2]), (y0, y1 - y0, box[1], box[3])):
            flat = step == 0
            with np.errstate(divide="ignore", invalid="ignore"):
                enter, leave = (low - start) / step, (high - start) / step
            outside = (start <= low) | (start >= high)
            first = np.maximum(first, np.where(flat, np.where(outside, 2.0, 0.0), np.minimum(enter, leave)))
            last = np.minimum(last, np.where(flat, np.where(outside, -1.0, 1.0), np.maximum(enter, leave)))
        return bool((first < last).any())


def _bounds(mark: Shape) -> Box:
    xs, ys = zip(*mark.points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _box_of(lines: Sequence[str], left: float, base: float, size: float) -> Box:
    wide = max(width_of(words, size) for words in lines)
    return left, base - ASCENT * size, left + wide, base + ((len(lines) - 1) * LEADING + DESCENT) * size


@dataclass(frozen=True, kw_only=True)
class Named:
    """A point on the page that has a name."""

    x: float
    y: float
    radius: float
    words: str
    href: str = ""


def beside_points(named: Sequence[Named], room: Room, size: float) -> Iterator[Text]:
    """Names beside their points: those far from the others first, since they are the ones that are looked for."""
    if len(named) > MOST_LABELS or not named:
        return
    middle = np.median([(one.x, one.y) for one in named], axis=0)
    widest = 0.55 * (room.frame[2] - room.frame[0])
    for one in sorted(named, key=lambda one: -math.dist((one.x, one.y), middle)):
        whole = [one.words] if width_of(one.words, size) <= widest else balanced(one.words, size, widest)
        for lines in (whole, _halves(one.words, size, widest) or whole):
            place = next((at for at in _beside(one, lines, size) if room.free(_box_of(lines, *at, size))), None)
            if place is not None:
                yield from _written(lines, *place, size, f"label:{one.words}", one.href)
                room.boxes.append(_box_of(lines, *place, size))
                break


def _halves(words: str, size: float, widest: float) -> list[str]:
    """A name on two lines, as narrow as they can be; empty for a short name, or one that does not fit."""
    wide = width_of(words, size)
    for share in _SHARES if len(words) > 12 else ():
        lines = balanced(words, size, min(share * wide, widest))
        if len(lines) == 2 and not any(ELLIPSIS in line for line in lines):
            return lines
    return []


def _beside(one: Named, lines: Sequence[str], size: float) -> Iterator[tuple[float, float]]:
    """Places about a point, the best first: left end and first baseline."""
    wide = max(width_of(words, size) for words in lines)
    more = (len(lines) - 1) * LEADING * size
    x, y = one.x, one.y
    for away in (one.radius + 0.35 * size, one.radius + 0.8 * size):
        level, above, below = y + 0.33 * size - more / 2, y - away - 0.1 * size - more, y + away + 0.7 * size
        yield from (
            (x + away, level), (x - away - wide, level), (x - wide / 2, above), (x - wide / 2, below),
            (x + 0.6 * away, above), (x - wide - 0.6 * away, above), (x + 0.6 * away, below),
            (x - wide - 0.6 * away, below), (x - 0.8 * wide, above), (x - 0.2 * wide, above),
            (x - 0.8 * wide, below), (x - 0.2 * wide, below),
        )  # fmt: skip


def _written(lines: Sequence[str], left: float, base: float, size: float, name: str, href: str = "") -> Iterator[Text]:
    for i, words in enumerate(lines):
        yield Text(x=left, y=base + i * LEADING * size, words=words, size=size, name=name, href=href)


def along(lines: Sequence[tuple[tuple[float, float], ...]], words: str, room: Room, size: float) -> list[Text]:
    """Words above, below or beside a line, towards its right end and top; none where there is no room.

    A place far from other lines is taken first, so that the words are read with their own.
    """
    own = {(*a, *b) for line in lines for a, b in pairwise(line)}
    others = Room(room.frame, lines=np.array([row for row in room.lines if tuple(row) not in own]).reshape(-1, 4))
    return _along(lines, words, room, size, others) or _along(lines, words, room, size, None)


def _along(
    lines: Sequence[tuple[tuple[float, float], ...]], words: str, room: Room, size: float, others: Room | None
) -> list[Text]:
    clear = 0.9 * size
    for left, base in _places(lines, width_of(words, size), room.frame, size):
        box = _box_of([words], left, base, size)
        near = (box[0] - clear, box[1] - clear, box[2] + clear, box[3] + clear)
        if room.free(box) and not (others and others.crossed(near)):
            room.boxes.append(box)
            return [Text(x=left, y=base, words=words, size=size, colour=INK, name=f"inline:{words}")]
    return []


def _places(
    lines: Sequence[tuple[tuple[float, float], ...]], wide: float, frame: Box, size: float
) -> list[tuple[float, float]]:
    """Places along lines, left end and baseline, the best first: close, above, and towards the right."""
    found = []
    for x, y in [at for line in lines for at in _samples(line)]:
        late = 0.8 * (frame[2] - x) / (frame[2] - frame[0])
        for away in (0.3, 0.8, 1.4):
            gap = away * size
            found += [
                (away + late, x - wide, y - gap - DESCENT * size),
                (away + late + 0.6, x - wide, y + gap + ASCENT * size),
                (away + late + 0.3, x - wide - gap, y + 0.33 * size), (away + late + 0.3, x + gap, y + 0.33 * size),
            ]  # fmt: skip
    return [(left, base) for _, left, base in sorted(found)]


def _samples(line: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Places along a line, a point or so of text apart."""
    for (x0, y0), (x1, y1) in pairwise(line):
        count = max(2, int(math.dist((x0, y0), (x1, y1)) / 12) + 1)
        for at in np.linspace(0, 1, count):
            yield x0 + float(at) * (x1 - x0), y0 + float(at) * (y1 - y0)


def within(shapes: Iterable[Shape], series: Series, room: Room, size: float) -> list[Text]:
    """Words in a band, where it is high enough for them; none where it nowhere is."""
    words = series.inline
    half = width_of(words, size) / 2
    for shape in shapes:
        count = len(shape.points) // 2
        lower, upper = shape.points[:count], shape.points[count:][::-1]
        xs = np.array([x for x, _ in lower])
        bottoms, tops = (np.array([y for _, y in side]) for side in (lower, upper))
        rising = np.argsort(xs, kind="stable")
        for x in np.linspace(xs.max() - half - 2, xs.min() + half + 2, 24):
            ends = np.array([x - half, x, x + half])
            top = np.interp(ends, xs[rising], tops[rising]).max()
            bottom = np.interp(ends, xs[rising], bottoms[rising]).min()
            base = (top + bottom) / 2 + 0.33 * size
            box = _box_of([words], float(x) - half, float(base), size)
            if top < box[1] and box[3] < bottom and room.free(box):
                room.boxes.append(box)
                return [Text(x=box[0], y=float(base), words=words, size=size, colour=INK, name=f"inline:{words}")]
    return []
