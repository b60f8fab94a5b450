"""Triggers on the number itself: it comes or goes, it moves, the studies come to differ more or less."""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import Annotated

from pydantic import AfterValidator, Field

from livereview import Conclusion, Options, Trigger
from livereview_triggers.scale import ScaledOptions, wrong_scale


class MoveOptions(ScaledOptions):
    """How far an estimate may move."""

    by: float = Field(
        gt=0,
        allow_inf_nan=False,
        description="for ratios relative, in either direction: 0.5 = the larger is 1.5 times the smaller; else a "
        "difference on the display scale: 0.05 = five percentage points of a proportion.",
    )


def _rising(values: tuple[float, ...]) -> tuple[float, ...]:
    if not values or list(values) != sorted(set(values)) or not 0 < values[0] <= values[-1] < 100:
        raise ValueError("thresholds of I² are percentages between 0 and 100 in rising order")
    return values


class HeterogeneityOptions(Options):
    """The classes of I²."""

    thresholds: Annotated[tuple[float, ...], AfterValidator(_rising)] = Field(
        default=(25.0, 50.0, 75.0),
        description="percentages of I² at which a class begins; those of Higgins 2003 by default, since the bands of "
        "the Cochrane Handbook overlap and so give no one class.",
    )


def comes_or_goes(before: Conclusion, after: Conclusion, options: Options) -> str | None:
    """The reason: an outcome without a number has one now, or the reverse."""
    if before.has_estimate == after.has_estimate:
        return None
    if after.has_estimate:
        return f"the outcome has its first number: {after.words}"
    return f"the outcome has no number any more; it was {before.words}"


def moves(before: Conclusion, after: Conclusion, options: MoveOptions) -> str | None:
    """The reason why an estimate moved by more than ``by``: |log(after / before)| > log(1 + by) for ratios, else
    |after - before| > by on the display scale."""
    was, now = before.shown.estimate, after.shown.estimate
    if math.isnan(was) or math.isnan(now):
        return None
    told = f"{before.printed(was, now)} became {after.printed(now, was)}"
    if after.display != "ratio":
        beyond = _more(abs(now - was), options.by)
        return f"the estimate moved by more than {after.printed(options.by)}: {told}" if beyond else None
    if min(was, now) <= 0:
        return None
    change = max(was, now) / min(was, now) - 1
    if not _more(change, options.by):
        return None
    return f"the estimate moved by {100 * change:.0f}%, more than {100 * options.by:g}%: {told}"


def _more(value: float, limit: float) -> bool:
    """Whether a value is above a limit by more than rounding."""
    return value > limit and not math.isclose(value, limit, rel_tol=1e-9)


def heterogeneity_class(before: Conclusion, after: Conclusion, options: HeterogeneityOptions) -> str | None:
    """The reason why I² is in another class. A class begins at its threshold; without I² there is no class."""
    if before.i2 is None or after.i2 is None:
        return None
    then, here = (bisect_right(options.thresholds, value) for value in (before.i2, after.i2))
    if then == here:
        return None
    passed = options.thresholds[min(then, here) : max(then, here)]
    direction, passed = ("rose to or above", passed[::-1]) if here > then else ("fell below", passed)
    return f"I² {direction} {passed[0]:g}%: {before.i2:.1f}% became {after.i2:.1f}%"


RESULT_COMES_OR_GOES = Trigger(
    name="result-comes-or-goes",
    summary="An outcome has its first number, or has none any more.",
    fires=comes_or_goes,
)

ESTIMATE_MOVES = Trigger(
    name="estimate-moves",
    summary="The estimate moves by more than a given size.",
    fires=moves,
    inapplicable=wrong_scale,
    options=MoveOptions,
    references=(
        "Shojania KG, et al. How quickly do systematic reviews go out of date? A survival analysis. Ann Intern Med "
        "2007;147:224. doi:10.7326/0003-4819-147-4-200708210-00179",
    ),
)

HETEROGENEITY_CHANGES = Trigger(
    name="heterogeneity-changes",
    summary="I² goes into another class.",
    fires=heterogeneity_class,
    options=HeterogeneityOptions,
    references=(
        "Higgins JPT, Thompson SG, Deeks JJ, Altman DG. Measuring inconsistency in meta-analyses. BMJ 2003;327:557. "
        "doi:10.1136/bmj.327.7414.557",
    ),
)
