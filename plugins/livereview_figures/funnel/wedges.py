"""What fans out in a funnel plot: contours of P about no effect, pseudo-limits about the estimate, lines of tests.

Sterne and Egger 2001, J Clin Epidemiol, 10.1016/S0895-4356(01)00377-8; contours: Peters et al. 2008, same journal,
10.1016/j.jclinepi.2007.11.010.
"""

from __future__ import annotations

from statistics import NormalDist

from livereview import OutcomeResult
from livereview_figures.drawing.page import ACCENT, INK, SOFT, Line, Page, Shape
from livereview_figures.drawing.text import known
from livereview_figures.funnel.frame import Frame, lines_of, null_of, quantile

BANDS = (("P < 0.01", 0.01, "#EFEFEF"), ("0.01 to 0.05", 0.05, "#DEDEDE"), ("0.05 to 0.10", 0.10, "#CECECE"),
         ("P > 0.10", 1.0, "#FFFFFF"))  # fmt: skip
"""Words, upper P, shade: from the outside in, the inmost white."""
TEST_LINE, TEST_DASH = "#8C3A6B", (6.0, 2.0, 1.0, 2.0)


def contours(page: Page, frame: Frame, null: float) -> None:
    """Bands in which a study's own test of no effect has P up to 0.01, 0.05, 0.10."""
    axis = frame.axis
    box = ((axis.left, frame.top), (axis.right, frame.top), (axis.right, frame.bottom), (axis.left, frame.bottom))
    page.add(Shape(points=box, fill=BANDS[0][2], name="band:0"))
    for i, (_, upper, shade) in enumerate(BANDS[1:]):
        z = NormalDist().inv_cdf(1 - BANDS[i][1] / 2)
        page.add(Shape(points=_wedge(frame, null, z), fill=shade, name=f"band:{upper:g}"))


def no_effect(page: Page, frame: Frame, outcome: OutcomeResult) -> None:
    """The line of no effect, where the measure has one."""
    null = null_of(outcome)
    if null is not None:
        x = frame.axis.at(null)
        page.add(Line(points=((x, frame.top), (x, frame.bottom)), width=0.7, colour=SOFT, name="null"))


def _wedge(frame: Frame, centre: float, z: float) -> tuple[tuple[float, float], ...]:
    """The triangle of values within z standard errors of the centre, cut at the sides of the frame."""
    axis = frame.axis
    left, right = _side(frame, centre, -z), _side(frame, centre, z)
    foot = [(axis.right, frame.bottom)] if right[1] < frame.bottom else []
    foot += [(axis.left, frame.bottom)] if left[1] < frame.bottom else []
    return ((axis.at(centre), frame.top), right, *foot, left)


def _side(frame: Frame, start: float, slope: float) -> tuple[float, float]:
    """Where the line from an effect at the top, by so much with each standard error, leaves the frame."""
    axis = frame.axis
    x = axis.at(start + slope * frame.deepest)
    if axis.inside(x):
        return x, frame.bottom
    edge = axis.high if slope > 0 else axis.low
    return (axis.right if slope > 0 else axis.left), frame.y((edge - start) / slope)


def limits(page: Page, frame: Frame, outcome: OutcomeResult) -> None:
    """The pooled estimate and its pseudo-limits: where that share of studies would lie without heterogeneity."""
    centre = outcome.pooled.estimate
    if not known(centre):
        return
    x, z = frame.axis.at(centre), quantile(outcome.level)
    for side, name in ((-z, "limit-low"), (z, "limit-high")):
        points = ((x, frame.top), _side(frame, centre, side))
        page.add(Line(points=points, width=0.8, colour=INK, dash=(4, 3), name=name))
    page.add(Line(points=((x, frame.top), (x, frame.bottom)), width=0.9, colour=ACCENT, dash=(3, 2.5), name="estimate"))


def test_lines(page: Page, frame: Frame, outcome: OutcomeResult) -> None:
    """The lines of tests for small-study effects, each from where it enters the frame to where it leaves it."""
    for name, (at_zero, slope) in lines_of(outcome):
        ends = _within(frame, at_zero, slope)
        if ends:
            page.add(Line(points=ends, width=1.1, colour=TEST_LINE, dash=TEST_DASH, name=f"test:{name}"))


def _within(frame: Frame, at_zero: float, slope: float) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """The part of a line that the frame shows; None where it passes by."""
    axis, first, last = frame.axis, 0.0, frame.deepest
    if slope:
        sides = sorted(((axis.low - at_zero) / slope, (axis.high - at_zero) / slope))
        first, last = max(first, sides[0]), min(last, sides[1])
    elif not axis.low <= at_zero <= axis.high:
        return None
    if first >= last:
        return None
    return tuple((axis.at(at_zero + slope * se), frame.y(se)) for se in (first, last))  # type: ignore[return-value]
