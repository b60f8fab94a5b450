"""A small forest plot of an outcome on one axis for all its steps: what is drawn at each, as paths.

Every step has the same rows and the same axis, so that what moves is the evidence. Nothing is computed but places:
ratios lie on a logarithmic axis, and an interval that leaves the axis ends in an arrow.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from livereview import Interval, Timeline, TimelineStep
from livereview.printing import known, plain, recorded
from livereview_document.words import clean
from livereview_html.markup import Html, element

WIDTH, LABELS, ROW, TOP, FOOT = 390.0, 176.0, 18.0, 8.0, 24.0
MARGIN = 10.0
#: Half-width letters that a label may have.
LETTERS = 26
_TICKS = (0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1000.0)


@dataclass(frozen=True)
class Axis:
    """From values on the display scale to places across the plot."""

    low: float
    high: float
    log: bool

    def on(self, value: float) -> float:
        """The value on the axis' own scale; what a logarithm does not have lies at its end."""
        if not self.log:
            return value
        return math.log(value) if value > 0 else -math.inf

    def at(self, value: float) -> float:
        """The place of a value, at an end of the axis if it lies beyond."""
        share = (self.on(value) - self.low) / (self.high - self.low)
        return LABELS + MARGIN + min(max(share, 0.0), 1.0) * (WIDTH - LABELS - 2 * MARGIN)

    def beyond(self, value: float) -> bool:
        """Whether a value is not on the axis."""
        return not self.low <= self.on(value) <= self.high


def axis_of(timeline: Timeline) -> Axis | None:
    """An axis with every estimate, and with the intervals of the last step as far as they are not out of all
    proportion; None where there is no number."""
    log = timeline.outcome.display == "ratio"
    scale = Axis(0, 1, log)
    intervals = [study.shown for step in timeline.steps for study in step.studies]
    intervals += [step.pooled.shown for step in timeline.steps if step.pooled.k]
    points = _finite(scale, (one.estimate for one in intervals))
    if not points:
        return None
    null = timeline.outcome.null_shown
    points += _finite(scale, () if null is None else (null,))
    reach = max(max(points) - min(points), math.log(3) if log else 0.1 * max(map(abs, points)), 1e-9)
    last = timeline.steps[-1]
    ends = [end for one in (*(study.shown for study in last.studies), last.pooled.shown) for end in (one.low, one.high)]
    wide = [min(max(end, min(points) - reach), max(points) + reach) for end in _finite(scale, ends)]
    low, high = min(points + wide), max(points + wide)
    pad = 0.04 * (high - low) or 0.05 * reach
    return Axis(low - pad, high + pad, log)


def _finite(scale: Axis, values: Iterable[float]) -> list[float]:
    found = [scale.on(value) for value in values if not math.isnan(value)]
    return [value for value in found if math.isfinite(value)]


def rows_of(timeline: Timeline) -> dict[str, str]:
    """The studies that any step has, by id, in the order in which they came; with their labels."""
    return {study.study_id: clean(study.label) for step in timeline.steps for study in step.studies}


@dataclass(frozen=True)
class Drawn:
    """What is drawn at one step: a line and a square by study, arrows and a diamond below; empty = nothing."""

    studies: dict[str, tuple[str, str]]
    pooled: tuple[str, str]


def drawn(step: TimelineStep, rows: Sequence[str], axis: Axis) -> Drawn:
    """The paths of a step."""
    places = {name: _y(number) for number, name in enumerate(rows)}
    paths = {}
    for study in step.studies:
        y, share = places[study.study_id], study.weight / 100
        half = 2.0 + 4.0 * math.sqrt(share) if 0 <= share <= 1 else 3.0
        paths[study.study_id] = (_line(study.shown, y, axis), _square(study.shown.estimate, y, half, axis))
    shown, y = step.pooled.shown, _y(len(rows))
    return Drawn(paths, (_arrows(shown, y, axis) if known(shown.low) else "", _diamond(shown, y, axis)))


def _y(number: int) -> float:
    return TOP + ROW * (number + 0.5)


def _line(value: Interval, y: float, axis: Axis) -> str:
    """The interval, with an arrow at an end that lies beyond the axis."""
    if math.isnan(value.low) or math.isnan(value.high):
        return ""
    return f"M{_n(axis.at(value.low))} {_n(y)}H{_n(axis.at(value.high))}" + _arrows(value, y, axis)


def _arrows(value: Interval, y: float, axis: Axis) -> str:
    """An arrow at each end of the axis beyond which the interval goes on."""
    left, right, path = axis.at(value.low), axis.at(value.high), ""
    if axis.beyond(value.low):
        path += f"M{_n(left + 5)} {_n(y - 3)}L{_n(left)} {_n(y)}L{_n(left + 5)} {_n(y + 3)}"
    if axis.beyond(value.high):
        path += f"M{_n(right - 5)} {_n(y - 3)}L{_n(right)} {_n(y)}L{_n(right - 5)} {_n(y + 3)}"
    return path


def _square(estimate: float, y: float, half: float, axis: Axis) -> str:
    if math.isnan(estimate) or axis.beyond(estimate):
        return ""
    x = axis.at(estimate)
    return f"M{_n(x - half)} {_n(y - half)}h{_n(2 * half)}v{_n(2 * half)}h{_n(-2 * half)}z"


def _diamond(value: Interval, y: float, axis: Axis) -> str:
    if math.isnan(value.estimate):
        return ""
    ends = [value.estimate if math.isnan(end) else end for end in (value.low, value.high)]
    left, right, x = axis.at(ends[0]), axis.at(ends[1]), axis.at(value.estimate)
    left, right = min(left, x - 2), max(right, x + 2)
    return f"M{_n(left)} {_n(y)}L{_n(x)} {_n(y - 6)}L{_n(right)} {_n(y)}L{_n(x)} {_n(y + 6)}z"


# --- the drawing -----------------------------------------------------------------------------------------------


def plot(timeline: Timeline, axis: Axis, alt: str) -> Html:
    """The drawing as it is at the last step; a script moves its paths."""
    rows = rows_of(timeline)
    last = drawn(timeline.steps[-1], list(rows), axis)
    bottom = TOP + ROW * (len(rows) + 1)
    size = {"viewBox": f"0 0 {WIDTH:g} {_n(bottom + FOOT)}", "width": f"{WIDTH:g}", "height": _n(bottom + FOOT)}
    groups = [
        _row(str(number), label, _y(number), *last.studies.get(study, ("", "")))
        for number, (study, label) in enumerate(rows.items())
    ]
    return element(
        "svg",
        {"class": "as-of", "role": "img", "aria-label": alt, **size},
        *_null(timeline, axis, bottom),
        *groups,
        _row("pooled", "Pooled", _y(len(rows)), *last.pooled),
        _today(timeline, axis, bottom),
        *_scale(timeline, axis, bottom),
    )


def _row(name: str, label: str, y: float, line: str, mark: str) -> Html:
    shown = fitted(label)
    words: list[Html | str] = [element("title", None, label)] if shown != label else []
    return element(
        "g",
        {"data-row": name, "class": "in" if mark or line else "out"},
        element("text", {"x": 0, "y": _n(y + 4)}, *words, shown),
        element("path", {"class": "line", "d": line}),
        element("path", {"class": "mark", "d": mark}),
    )


def fitted(label: str) -> str:
    """The label cut to the room there is; letters of the East take twice that of others."""
    room, kept = LETTERS, ""
    for sign in label:
        room -= 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        if room < 0:
            return kept[:-1].rstrip() + "…"
        kept += sign
    return label


def _null(timeline: Timeline, axis: Axis, bottom: float) -> Iterator[Html]:
    null = timeline.outcome.null_shown
    if null is not None and not axis.beyond(null):
        yield element("path", {"class": "null", "d": f"M{_n(axis.at(null))} {_n(TOP - 4)}V{_n(bottom)}"})


def _today(timeline: Timeline, axis: Axis, bottom: float) -> Html | None:
    """The pooled estimate of today, down the plot: what moves is seen against it."""
    estimate = timeline.steps[-1].pooled.shown.estimate
    if math.isnan(estimate) or axis.beyond(estimate):
        return None
    return element("path", {"class": "today", "d": f"M{_n(axis.at(estimate))} {_n(TOP - 4)}V{_n(bottom)}"})


def _scale(timeline: Timeline, axis: Axis, bottom: float) -> Iterator[Html]:
    """The axis with a few numbers that do not meet."""
    ends = {"x1": _n(LABELS + MARGIN), "x2": _n(WIDTH - MARGIN), "y1": _n(bottom), "y2": _n(bottom)}
    yield element("line", {"class": "axis", **ends})
    taken = -math.inf
    for value in ticks(axis, timeline.outcome.null_shown):
        words = recorded(value, timeline.outcome.display) if timeline.outcome.display == "proportion" else plain(value)
        x, half = axis.at(value), 3.2 * len(words)
        if x - half < max(taken, LABELS - 6) or x + half > WIDTH:
            continue
        taken = x + half + 6
        yield element("path", {"class": "axis", "d": f"M{_n(x)} {_n(bottom)}v4"})
        yield element("text", {"x": _n(x), "y": _n(bottom + 16), "text-anchor": "middle"}, words)


def ticks(axis: Axis, null: float | None) -> list[float]:
    """Round values on the axis: of a ratio the ends and no effect, else up to five at equal distances."""
    if axis.log:
        inside = [value for value in _TICKS if not axis.beyond(value)]
        wanted = {inside[0], inside[-1], *([null] if null in inside else [inside[len(inside) // 2]])} if inside else []
        return sorted(value for value in wanted if value is not None)
    span = axis.high - axis.low
    size = 10.0 ** math.floor(math.log10(span / 2))
    step = next(size * by for by in (1, 2, 5, 10) if span / (size * by) <= 4)
    first = math.ceil(axis.low / step)
    return [round(step * number, 12) for number in range(first, math.floor(axis.high / step) + 1)]


def _n(value: float) -> str:
    return f"{round(value, 1) + 0.0:g}"


def legend() -> Html:
    """What the marks are."""
    told = (
        "Squares: studies, sized by weight. Diamond: pooled. Dotted line: today's pooled estimate. "
        "Solid line: no effect. Arrow: the interval goes on."
    )
    return element("p", {"class": "legend"}, told)
