"""The funnel plot: effect against standard error, pseudo-limits about the pooled estimate, contours of P.

Both axes are on the analysis scale, where the limits are straight lines; the ticks are on the display scale wherever
the scale has a plain inverse (log, logit, arcsine, Fisher's z), else on the analysis scale, and the axis says so.
Sterne and Egger 2001, J Clin Epidemiol, 10.1016/S0895-4356(01)00377-8; contours: Peters et al. 2008, same journal,
10.1016/j.jclinepi.2007.11.010.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from livereview import BiasResult, OutcomeResult, StudyResult
from livereview.printing import level
from livereview_figures.drawing.axis import Axis, Tick, linear_ticks, log_ticks, percent_ticks
from livereview_figures.drawing.layout import MARGIN
from livereview_figures.drawing.marks import axis_marks
from livereview_figures.drawing.page import ACCENT, INK, RULE, SOFT, Line, Page, Shape, Text
from livereview_figures.drawing.plate import comparison, footnoted, titled
from livereview_figures.drawing.text import axis_title, clean, estimable, fixed, known, statistic_phrase
from livereview_figures.drawing.typeface import width_of, wrapped

MINIMUM = 3
"""With fewer studies a funnel has no shape to look at."""
WIDTH, HEIGHT, LEFT = 48.0, 30.0, 4.5
BANDS = (("P < 0.01", 0.01, "#EFEFEF"), ("0.01 to 0.05", 0.05, "#DEDEDE"), ("0.05 to 0.10", 0.10, "#C5C5C5"),
         ("P > 0.10", 1.0, "#FFFFFF"))  # fmt: skip
"""Words, upper P, shade: from the outside in, the inmost white."""
_SCALES = {"fisher-z": "Fisher's z", "freeman-tukey": "Freeman–Tukey"}


@dataclass(frozen=True)
class Frame:
    """The plotted area: the x axis, and standard errors from 0 at the top to ``deepest`` at the bottom."""

    axis: Axis
    top: float
    bottom: float
    deepest: float

    def y(self, se: float) -> float:
        """The y position of a standard error."""
        return self.top + se / self.deepest * (self.bottom - self.top)


def points_of(outcome: OutcomeResult) -> list[StudyResult]:
    """The studies that a funnel plot shows: those with an effect and a variance."""
    return [s for s in outcome.studies if estimable(s) and known(s.variance) and s.variance > 0]


def funnel(outcome: OutcomeResult, size: float = 9.0) -> Page:
    """The funnel plot of an outcome. Needs ``MINIMUM`` studies."""
    page = Page(WIDTH * size + 2 * MARGIN, 0)
    compared = comparison(outcome)
    top = titled(page, outcome.title, f"{compared}. Funnel plot" if compared else "Funnel plot", page.width, size)
    top += 2.2 * size
    small = size - 1
    frame = _frame(outcome, page, top, size, small)
    null = null_of(outcome)
    if null is not None:
        _contours(page, frame, null)
    _limits(page, frame, outcome)
    _studies(page, frame, points_of(outcome), size)
    _axes(page, frame, outcome, small)
    y = frame.bottom + 2.9 * small
    words = wrapped(_x_title(outcome), small, frame.axis.right - frame.axis.left, lines=1)
    middle = (frame.axis.left + frame.axis.right) / 2
    page.add(*(Text(x=middle, y=y, words=w, size=small, align="center", colour=SOFT, name="axis-title") for w in words))
    if null is not None:
        y = _legend(page, y + 2 * small, small)
    page.height = footnoted(page, _footnotes(outcome), y, page.width, small) + MARGIN
    return page


def null_of(outcome: OutcomeResult) -> float | None:
    """No effect on the analysis scale; None for a measure without."""
    shown = outcome.null_shown
    if shown is None or not known(shown):
        return None
    back = {"log": math.log, "fisher-z": math.atanh}.get(outcome.scale)
    return shown if back is None else back(shown)


def _frame(outcome: OutcomeResult, page: Page, top: float, size: float, small: float) -> Frame:
    studies, null = points_of(outcome), null_of(outcome)
    deepest = 1.06 * max(math.sqrt(s.variance) for s in studies)
    shown = [s.effect for s in studies] + ([] if null is None else [null])
    if known(outcome.pooled.estimate):
        reach = _quantile(outcome.level) * deepest
        shown += [outcome.pooled.estimate - reach, outcome.pooled.estimate + reach]
    pad = 0.04 * (max(shown) - min(shown)) or 1.0
    low, high = min(shown) - pad, max(shown) + pad
    left, right = MARGIN + LEFT * size, page.width - MARGIN
    axis = Axis(low, high, left, right, ticks_on(outcome, low, high, (right - left) / (high - low), small))
    return Frame(axis, top, top + HEIGHT * size, deepest)


def _quantile(level: float) -> float:
    """Half the width of the pseudo-limits in standard errors."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def ticks_on(outcome: OutcomeResult, low: float, high: float, room: float, size: float) -> tuple[Tick, ...]:
    """Ticks of an axis of effects on the analysis scale, on the display scale where that has a plain inverse."""
    if outcome.display == "proportion" and outcome.scale in ("logit", "arcsine", "log", "identity"):
        return percent_ticks(outcome.scale, low, high, room, size)
    if outcome.scale == "log":
        return log_ticks(low, high, room, size)
    if outcome.scale == "fisher-z":
        inner = linear_ticks(math.tanh(low), math.tanh(high), room, size)
        return tuple((math.atanh(v), label) for v, label in inner if abs(v) < 1)
    return linear_ticks(low, high, room, size)


def _x_title(outcome: OutcomeResult) -> str:
    plain = outcome.scale in ("log", "logit", "identity", "fisher-z")
    if plain or (outcome.display == "proportion" and outcome.scale == "arcsine"):
        return axis_title(outcome)
    return f"{clean(outcome.measure_title)}, {_SCALES.get(outcome.scale, outcome.scale)} scale"


def _contours(page: Page, frame: Frame, null: float) -> None:
    """Bands in which a study's own test of no effect has P up to 0.01, 0.05, 0.10."""
    axis = frame.axis
    box = ((axis.left, frame.top), (axis.right, frame.top), (axis.right, frame.bottom), (axis.left, frame.bottom))
    page.add(Shape(points=box, fill=BANDS[0][2], name="band:0"))
    for i, (_, upper, shade) in enumerate(BANDS[1:]):
        z = NormalDist().inv_cdf(1 - BANDS[i][1] / 2)
        page.add(Shape(points=_wedge(frame, null, z), fill=shade, name=f"band:{upper:g}"))
    x = axis.at(null)
    page.add(Line(points=((x, frame.top), (x, frame.bottom)), width=0.7, colour=SOFT, name="null"))


def _wedge(frame: Frame, centre: float, z: float) -> tuple[tuple[float, float], ...]:
    """The triangle of values within z standard errors of the centre, cut at the sides of the frame."""
    axis = frame.axis
    left, right = _side(frame, centre, -z), _side(frame, centre, z)
    foot = [(axis.right, frame.bottom)] if right[1] < frame.bottom else []
    foot += [(axis.left, frame.bottom)] if left[1] < frame.bottom else []
    return ((axis.at(centre), frame.top), right, *foot, left)


def _side(frame: Frame, centre: float, z: float) -> tuple[float, float]:
    """Where the line of z standard errors from the centre leaves the frame, below or at a side."""
    axis = frame.axis
    x = axis.at(centre + z * frame.deepest)
    if axis.inside(x):
        return x, frame.bottom
    edge = axis.high if z > 0 else axis.low
    return (axis.right if z > 0 else axis.left), frame.y((edge - centre) / z)


def _limits(page: Page, frame: Frame, outcome: OutcomeResult) -> None:
    """The pooled estimate and its pseudo-limits: where that share of studies would lie without heterogeneity."""
    centre = outcome.pooled.estimate
    if not known(centre):
        return
    x, z = frame.axis.at(centre), _quantile(outcome.level)
    for side, name in ((-z, "limit-low"), (z, "limit-high")):
        points = ((x, frame.top), _side(frame, centre, side))
        page.add(Line(points=points, width=0.8, colour=INK, dash=(4, 3), name=name))
    page.add(Line(points=((x, frame.top), (x, frame.bottom)), width=0.9, colour=ACCENT, dash=(3, 2.5), name="estimate"))


def _studies(page: Page, frame: Frame, studies: Sequence[StudyResult], size: float) -> None:
    radius = 0.36 * size
    turn = [(math.cos(math.tau * i / 32), math.sin(math.tau * i / 32)) for i in range(32)]
    for study in studies:
        x, y = frame.axis.at(study.effect), frame.y(math.sqrt(study.variance))
        points = tuple((x + radius * c, y + radius * s) for c, s in turn)
        page.add(Shape(points=points, edge="#FFFFFF", name=f"point:{study.study_id}"))


def _axes(page: Page, frame: Frame, outcome: OutcomeResult, size: float) -> None:
    axis = frame.axis
    page.add(*axis_marks(axis, frame.bottom, size))
    page.add(Line(points=((axis.left, frame.top), (axis.left, frame.bottom)), width=0.8, name="se-axis"))
    room = (frame.bottom - frame.top) / frame.deepest
    for value, label in linear_ticks(0.0, frame.deepest, room, size):
        y = frame.y(value)
        page.add(Line(points=((axis.left - 0.35 * size, y), (axis.left, y)), width=0.8, name="tick"))
        at = axis.left - 0.6 * size
        page.add(Text(x=at, y=y + 0.36 * size, words=label, size=size, align="right", name=f"se:{label}"))
    scale = "" if outcome.scale == "identity" else f" ({_SCALES.get(outcome.scale, outcome.scale)} scale)"
    y = frame.top - 0.9 * size
    page.add(Text(x=MARGIN, y=y, words=f"Standard error{scale}", size=size, colour=SOFT, name="se-title"))


def _legend(page: Page, y: float, size: float) -> float:
    """What the shades mean; returns where it ends."""
    x = MARGIN
    lead = "P of no effect, study by study:"
    page.add(Text(x=x, y=y, words=lead, size=size, name="legend"))
    x += width_of(lead, size) + size
    for words, _, shade in reversed(BANDS):
        box = ((x, y - 0.75 * size), (x + 1.4 * size, y - 0.75 * size), (x + 1.4 * size, y + 0.1 * size),
               (x, y + 0.1 * size))  # fmt: skip
        page.add(Shape(points=box, fill=shade, edge=RULE, name="swatch"))
        page.add(Text(x=x + 1.9 * size, y=y, words=words, size=size, name="legend"))
        x += 1.9 * size + width_of(words, size) + 1.3 * size
    return y


def _footnotes(outcome: OutcomeResult) -> list[str]:
    notes = []
    if known(outcome.pooled.estimate):
        notes.append(f"Dashed: pooled estimate and pseudo {level(outcome.level)} limits")
    refused: dict[str, list[str]] = {}
    for result in outcome.bias:
        if result.refused:
            refused.setdefault(clean(result.refused), []).append(_test_name(result))
        else:
            notes.append(bias_phrase(result))
    return [*notes, *(f"{', '.join(names)} test: not run; {reason}" for reason, names in refused.items())]


def _test_name(result: BiasResult) -> str:
    return clean(result.name).replace("-", " ").capitalize()


def bias_phrase(result: BiasResult) -> str:
    """A test for small-study effects that was run, in one line; with the measure it was run on, where that is another.

    Such a measure is among its notes: "On PLN (...)".
    """
    name = _test_name(result)
    letter = clean(result.statistic_name) or "statistic"
    statistic = statistic_phrase(letter, result.statistic, result.df, result.p_value)
    se = f", SE {fixed(result.standard_error, 2)}" if known(result.standard_error) else ""
    estimate = f"; estimate {fixed(result.estimate, 2)}{se}" if known(result.estimate) else ""
    other = next((f" o{clean(note)[1:].rstrip('.')}" for note in result.notes if note.startswith("On ")), "")
    return f"{name} test{other}: {statistic}{estimate}"
