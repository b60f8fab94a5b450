"""Triggers on where an interval lies: below a value, above it, or with the value in it.

Values are on the display scale. A limit equal to the value, to the last bits, counts as including it.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from livereview import Conclusion, Options, Trigger
from livereview_triggers.scale import ScaledOptions, wrong_scale

Place = Literal["below", "in", "above"]
#: Two numbers this near, relative to the larger, are one.
SAME = 1e-9


def _finite(values: tuple[float, ...]) -> tuple[float, ...]:
    wrong = [value for value in values if not math.isfinite(value)]
    if wrong:
        raise ValueError(f"a threshold is a finite number; found {', '.join(map(str, wrong))}")
    return values


Thresholds = Annotated[tuple[float, ...], AfterValidator(_finite)]


class DifferenceOptions(ScaledOptions):
    """The smallest differences that matter."""

    thresholds: Annotated[Thresholds, Field(min_length=1)] = Field(
        description="minimal important differences on the display scale, e.g. 0.8 and 1.25 for ratios."
    )


class PredictionOptions(ScaledOptions):
    """The values that a prediction interval may cross."""

    thresholds: Thresholds = Field(
        default=(), description="minimal important differences on the display scale, beside no effect."
    )
    no_effect: bool = Field(default=True, description="whether crossing no effect counts.")


def place(low: float, high: float, value: float) -> Place:
    """Where an interval lies beside a value; a limit equal to it includes it."""
    if high < value and not math.isclose(high, value, rel_tol=SAME):
        return "below"
    if low > value and not math.isclose(low, value, rel_tol=SAME):
        return "above"
    return "in"


def crosses_null(before: Conclusion, after: Conclusion, options: Options) -> str | None:
    """The reason why the confidence interval lies otherwise to no effect than before."""
    null = after.null_shown
    return None if null is None else _moved(before, after, null, f"no effect ({null:g})")


def crosses_difference(before: Conclusion, after: Conclusion, options: DifferenceOptions) -> str | None:
    """The reason why the confidence interval lies otherwise to one of the thresholds (Guyatt 2011 on imprecision)."""
    named = {value: f"the important difference {after.printed(value)}" for value in options.thresholds}
    reasons = [_moved(before, after, value, name) for value, name in named.items()]
    return "; ".join(filter(None, reasons)) or None


def prediction_crosses(before: Conclusion, after: Conclusion, options: PredictionOptions) -> str | None:
    """The reason why the prediction interval lies otherwise to no effect or to a threshold.

    An interval that was not there before, or is not there now (fewer than three studies), fires nothing.
    """
    was, now = before.prediction_shown, after.prediction_shown
    if was is None or now is None or any(map(math.isnan, (*was, *now))):
        return None
    named = {value: f"the important difference {after.printed(value)}" for value in options.thresholds}
    if options.no_effect and after.null_shown is not None:
        named[after.null_shown] = f"no effect ({after.null_shown:g})"
    reasons = [_between("prediction", before, was, after, now, value, name) for value, name in named.items()]
    return "; ".join(filter(None, reasons)) or None


def _moved(before: Conclusion, after: Conclusion, value: float, name: str) -> str | None:
    if not (before.has_estimate and after.has_estimate):
        return None
    was, now = (before.shown.low, before.shown.high), (after.shown.low, after.shown.high)
    return _between("confidence", before, was, after, now, value, name)


def _between(
    kind: str,
    before: Conclusion,
    was: tuple[float, float],
    after: Conclusion,
    now: tuple[float, float],
    value: float,
    name: str,
) -> str | None:
    then, here = place(*was, value), place(*now, value)
    if then == here:
        return None
    limits = f"{before.interval(*was, beside=value)} became {after.interval(*now, beside=value)}"
    words = {"in": "includes", "below": "is below", "above": "is above"}
    past = {"in": "included", "below": "was below", "above": "was above"}
    return f"the {kind} interval {past[then]} {name} and now {words[here]} it: {limits}"


def _no_null(now: Conclusion, options: Options) -> str:
    return "" if now.null_shown is not None else "an outcome of one arm has no value of no effect"


def _nothing_to_cross(now: Conclusion, options: PredictionOptions) -> str:
    return wrong_scale(now, options) or ("" if options.thresholds or not options.no_effect else _no_null(now, options))


CROSSES_NULL = Trigger(
    name="crosses-null",
    summary="The confidence interval comes to include no effect, or no longer does.",
    fires=crosses_null,
    inapplicable=_no_null,
    references=(
        "Shojania KG, et al. How quickly do systematic reviews go out of date? A survival analysis. Ann Intern Med "
        "2007;147:224. doi:10.7326/0003-4819-147-4-200708210-00179",
    ),
)

CROSSES_IMPORTANT_DIFFERENCE = Trigger(
    name="crosses-important-difference",
    summary="The confidence interval comes to include a minimal important difference, or no longer does.",
    fires=crosses_difference,
    inapplicable=wrong_scale,
    options=DifferenceOptions,
    references=(
        "Guyatt GH, et al. GRADE guidelines 6. Rating the quality of evidence: imprecision. J Clin Epidemiol "
        "2011;64:1283. doi:10.1016/j.jclinepi.2011.01.012",
    ),
)

PREDICTION_INTERVAL_CROSSES = Trigger(
    name="prediction-interval-crosses",
    summary="The prediction interval comes to include no effect or an important difference, or no longer does.",
    fires=prediction_crosses,
    inapplicable=_nothing_to_cross,
    options=PredictionOptions,
)
