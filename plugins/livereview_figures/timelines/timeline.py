"""The timeline of an outcome: its estimate with intervals as they stood from one day of publication to the next.

Above, time runs to the right in true proportion and each step holds until the next one; what no date is known of has a
place of its own at the right end. Below, a numbered line for each step says what came in.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from livereview import Timeline, TimelineStep
from livereview.printing import counted, level
from livereview_figures.charts.frame import upright
from livereview_figures.charts.series import BAND
from livereview_figures.drawing.axis import Axis, data_range, forward_of, ticks_of
from livereview_figures.drawing.calendar_axis import calendar, years
from livereview_figures.drawing.layout import MARGIN
from livereview_figures.drawing.marks import ARROW, axis_marks
from livereview_figures.drawing.page import ACCENT, RULE, SOFT, Line, Mark, Page, Shape, Text
from livereview_figures.drawing.plate import comparison, favours, footnoted, titled
from livereview_figures.drawing.text import axis_title, clean, format_of, known
from livereview_figures.drawing.typeface import width_of
from livereview_figures.timelines.key import NO_DATE, footnotes, key_of

LEAST_WIDTH, HEIGHT, LEFT = 50.0, 19.0, 4.5
PREDICTION_BAND = "#E7EFF7"
UNDATED = 0.11
"""Share of the width that is left for the step without a date."""
Interval = tuple[float, float]


@dataclass(frozen=True)
class Stretch:
    """One step where it lies: from left to right in points, its effects in axis units."""

    number: int
    step: TimelineStep
    left: float
    right: float
    estimate: float
    confidence: Interval | None
    prediction: Interval | None


@dataclass(frozen=True)
class Frame:
    """The plotted area: time across, up to where the step without a date begins, and effects from the bottom up."""

    time: Axis
    up: Axis
    right: float
    stretches: tuple[Stretch, ...]

    def clamped(self, value: float) -> float:
        """The y position of an effect, or of the edge that it lies beyond."""
        return min(max(self.up.at(value), self.up.right), self.up.left)


def timeline(found: Timeline, size: float = 9.0) -> Page:
    """The figure of one timeline. Needs two steps, one of them with an estimate."""
    outcome, small = found.outcome, size - 1
    page = Page(max(key_of(found, size, MARGIN).width, LEAST_WIDTH * size + 2 * MARGIN), 0)
    compared = comparison(outcome)
    told = "What this review would have said as evidence was published"
    y = titled(page, outcome.title, f"{compared}. {told}" if compared else told, page.width, size)
    frame = _frame(found, page.width, y + 4.4 * size, size, small)
    page.add(*_bands(frame), *_null(found, frame), *_sides(found, frame, small))
    page.add(*_estimates(frame, size), *_numbers(frame, small))
    page.add(*upright(frame.time.left, frame.up, axis_title(outcome), small, frame.up.right - 3.0 * small))
    page.add(*_foot(frame, small))
    y = _legend(page, found, frame.up.left + 4.9 * small, small)
    key = key_of(found, size, y + 0.6 * size)
    page.add(*key.marks())
    page.height = footnoted(page, footnotes(found), key.bottom, page.width, small) + MARGIN
    return page


def has_history(found: Timeline) -> bool:
    """Whether there is anything to see over time: two steps, one of them with an estimate."""
    return len(found.steps) > 1 and any(known(step.pooled.shown.estimate) for step in found.steps)


def in_words(found: Timeline) -> str:
    """What the figure shows, for a reader who cannot see it."""
    outcome = found.outcome
    told = []
    for step in found.steps:
        effect = format_of(outcome).sentence(step.pooled.shown, outcome.level)
        result = effect if known(step.pooled.shown.estimate) else "no result"
        told.append(f"{step.published_by or NO_DATE}: {counted(step.pooled.k, 'study', 'studies')}, {result}")
    return f"{clean(outcome.measure_title)} by day of publication. {'; '.join(told)}."


# --- positions ----------------------------------------------------------------------------------------------------


def _frame(found: Timeline, width: float, top: float, size: float, small: float) -> Frame:
    outcome, steps = found.outcome, found.steps
    left, right, bottom = MARGIN + LEFT * size, width - MARGIN, top + HEIGHT * size
    time, starts, ends = _spread(steps, left, right, small)
    forward = forward_of(outcome.display)
    stretches = []
    for at, step in enumerate(steps):
        shown, prediction = step.pooled.shown, step.pooled.prediction_shown
        limits = [None if pair is None else (forward(pair[0]), forward(pair[1]))
                  for pair in ((shown.low, shown.high), prediction)]  # fmt: skip
        confidence, predicted = (None if pair is None or any(map(math.isnan, pair)) else pair for pair in limits)
        stretches.append(Stretch(at + 1, step, starts[at], ends[at], forward(shown.estimate), confidence, predicted))
    ends_shown = [value for one in stretches for value in one.confidence or ()]
    null = [forward(outcome.null_shown)] if outcome.null_shown is not None and known(outcome.null_shown) else []
    estimates = [one.estimate for one in stretches if known(one.estimate)]
    low, high = data_range(outcome.display, estimates, ends_shown, null)
    ticks = ticks_of(outcome.display, low, high, HEIGHT * size, small)
    return Frame(time, Axis(low, high, bottom, top, ticks), right, tuple(stretches))


def _spread(
    steps: Sequence[TimelineStep], left: float, right: float, small: float
) -> tuple[Axis, list[float], list[float]]:
    """The axis of time, in years, and where each step begins and ends, in points."""
    dated = [years(step.published_by) for step in steps if step.published_by]
    undated = len(dated) < len(steps)
    end = right - UNDATED * (right - left) if undated else right
    first, last = (dated[0], dated[-1]) if dated else (0.0, 0.0)
    pad = max(0.04 * (last - first), 0.25)
    bare = Axis(first - pad, last + pad, left, end, ())
    time = Axis(bare.low, bare.high, left, end, calendar(bare, small) if dated else ())
    starts = [time.at(when) for when in dated] + ([end + 0.3 * (right - end)] if undated else [])
    ends = [*starts[1:], right]
    if undated and dated:
        ends[-2] = end
    return time, starts, ends


# --- what is drawn ------------------------------------------------------------------------------------------------


def _bands(frame: Frame) -> Iterator[Mark]:
    """The prediction intervals, on them the confidence intervals."""
    for fill, of in ((PREDICTION_BAND, "prediction"), (BAND, "confidence")):
        for one in frame.stretches:
            interval: Interval | None = getattr(one, of)
            if interval is None:
                continue
            bottom, top = (frame.clamped(value) for value in interval)
            corners = ((one.left, bottom), (one.right, bottom), (one.right, top), (one.left, top))
            yield Shape(points=corners, fill=fill, name=f"{of}:{one.number}")


def _goes_on(frame: Frame, one: Stretch, interval: Interval) -> Iterator[Mark]:
    """An arrow head at the edge of the frame where an interval goes on beyond it."""
    x, half = one.left, ARROW * 0.6
    for value, edge, outwards in ((interval[0], frame.up.left, 1), (interval[1], frame.up.right, -1)):
        if (frame.up.at(value) - edge) * outwards > 1e-6:
            back = edge - outwards * ARROW
            side = "low" if outwards > 0 else "high"
            yield Shape(points=((x, edge), (x - half, back), (x + half, back)), fill=ACCENT,
                        name=f"arrow-{side}:{one.number}")  # fmt: skip


def _null(found: Timeline, frame: Frame) -> Iterator[Mark]:
    shown = found.outcome.null_shown
    if shown is not None and known(shown):
        y = frame.up.at(forward_of(found.outcome.display)(shown))
        yield Line(points=((frame.time.left, y), (frame.right, y)), width=0.7, colour=SOFT, name="null")


def _sides(found: Timeline, frame: Frame, size: float) -> Iterator[Mark]:
    """Which side favours what, in the corners at the left."""
    left, right = favours(found.outcome)
    x, top, bottom = frame.time.left + 0.5 * size, frame.up.right + 1.1 * size, frame.up.left - 0.6 * size
    for null in (mark for mark in _null(found, frame) if isinstance(mark, Line)):
        y = null.points[0][1]
        top = y + 1.1 * size if y - frame.up.right < 1.4 * size else top
        bottom = y - 0.6 * size if frame.up.left - y < 1.4 * size else bottom
    if right:
        yield Text(x=x, y=top, words=f"↑ {right}", size=size, colour=SOFT, name="favours-up")
    if left:
        yield Text(x=x, y=bottom, words=f"↓ {left}", size=size, colour=SOFT, name="favours-down")


def _estimates(frame: Frame, size: float) -> Iterator[Mark]:
    """The estimate as far as it held, and a point with its interval where it was reached: a short step is seen too."""
    there = [one for one in frame.stretches if known(one.estimate) and frame.up.low <= one.estimate <= frame.up.high]
    for one in there:
        y = frame.up.at(one.estimate)
        yield Line(points=((one.left, y), (one.right, y)), width=1.3, colour=ACCENT, name=f"estimate:{one.number}")
    for one in there:
        if one.confidence is not None:
            low, high = (frame.clamped(value) for value in one.confidence)
            yield Line(
                points=((one.left, low), (one.left, high)), width=0.8, colour=ACCENT, name=f"limits:{one.number}"
            )
            yield from _goes_on(frame, one, one.confidence)
    half = 0.26 * size
    for one in there:
        x, y = one.left, frame.up.at(one.estimate)
        corners = ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))
        yield Shape(points=corners, fill=ACCENT, edge="#FFFFFF", name=f"point:{one.number}")


def _numbers(frame: Frame, size: float) -> Iterator[Mark]:
    """The number of each step above the frame, moved apart where steps are close, with a line to its place."""
    words = [str(one.number) for one in frame.stretches]
    places = moved_apart([one.left for one in frame.stretches], [width_of(word, size) + 0.5 * size for word in words])
    for one, word, x in zip(frame.stretches, words, places, strict=True):
        y = frame.up.right - 1.5 * size
        bend = ((x, y + 0.35 * size), (one.left, frame.up.right - 0.2 * size), (one.left, frame.up.right))
        yield Line(points=bend, width=0.5, colour=RULE, name=f"leader:{word}")
        yield Text(x=x, y=y, words=word, size=size, align="center", name=f"number:{word}")


def moved_apart(wanted: Sequence[float], widths: Sequence[float]) -> list[float]:
    """The positions nearest to those wanted, in their order, at which things of these widths do not overlap.

    Neighbours that touch form a block that is centred on the mean of what its members want.
    """
    blocks: list[tuple[float, list[float]]] = []
    for want, width in zip(wanted, widths, strict=True):
        blocks.append((want, [width]))
        while len(blocks) > 1 and _end(blocks[-2]) > blocks[-1][0] - sum(blocks[-1][1]) / 2:
            (second, own), (first, before) = blocks.pop(), blocks.pop()
            members = len(own) + len(before)
            blocks.append(((first * len(before) + second * len(own)) / members, [*before, *own]))
    places: list[float] = []
    for middle, members_of in blocks:
        at = middle - sum(members_of) / 2
        for width in members_of:
            places.append(at + width / 2)
            at += width
    return places


def _end(block: tuple[float, list[float]]) -> float:
    return block[0] + sum(block[1]) / 2


def _foot(frame: Frame, size: float) -> Iterator[Mark]:
    """The axis of time, and the place of what has no date."""
    time, y = frame.time, frame.up.left
    yield from axis_marks(time, y, size)
    yield Text(x=(time.left + time.right) / 2, y=y + 2.7 * size, words="Published by", size=size, align="center",
               colour=SOFT, name="x-title")  # fmt: skip
    if time.right < frame.right:
        yield Line(points=((time.right, y), (frame.right, y)), width=0.8, name="axis")
        yield Line(points=((time.right, y), (time.right, frame.up.right)), width=0.6, colour=RULE, dash=(2, 2),
                   name="undated")  # fmt: skip
        middle = (time.right + frame.right) / 2
        yield Text(x=middle, y=y + 1.35 * size, words=NO_DATE, size=size, align="center", name="tick:undated")


def _legend(page: Page, found: Timeline, y: float, size: float) -> float:
    """What the line, the bands and the level line are; returns where it ends."""
    stated = [("estimate", "line"), (f"{level(found.outcome.level)} confidence interval", BAND)]
    if any(step.pooled.prediction_shown for step in found.steps):
        stated.append(("prediction interval", PREDICTION_BAND))
    if found.outcome.null_shown is not None:
        stated.append(("no effect", "null"))
    x = MARGIN
    for words, kind in stated:
        middle, right = y - 0.32 * size, x + 1.7 * size
        if kind in ("line", "null"):
            width, colour = (1.3, ACCENT) if kind == "line" else (0.7, SOFT)
            page.add(Line(points=((x, middle), (right, middle)), width=width, colour=colour, name="swatch"))
        else:
            half = 0.45 * size
            corners = ((x, middle - half), (right, middle - half), (right, middle + half), (x, middle + half))
            page.add(Shape(points=corners, fill=kind, edge=RULE, name="swatch"))
        page.add(Text(x=right + 0.5 * size, y=y, words=words, size=size, name="legend"))
        x = right + 0.5 * size + width_of(words, size) + 1.6 * size
    return y
