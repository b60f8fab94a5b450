"""From masks to pooled results: one call of the model for all of them, derived and put on the display scale."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from livereview import inference
from livereview.bound import Bound, section
from livereview.manifest.models import Outcome
from livereview.numbers import Numbers
from livereview.report import FitTest, Interval, Pooled
from livereview.types import Array, EffectModel, Fit, Mask, Studies

_NAN = float("nan")
_BOUNDED = ("arcsine", "freeman-tukey")
CUT = "cut at 0 or 100%: on the scale of the analysis the interval goes beyond"

#: The result of no study at all.
NOTHING = Pooled(
    k=0,
    estimate=_NAN,
    standard_error=_NAN,
    ci_low=_NAN,
    ci_high=_NAN,
    df=None,
    statistic=_NAN,
    p_value=None,
    tau2=None,
    q=None,
    q_df=None,
    q_p=None,
    i2=None,
    h2=None,
    prediction_low=None,
    prediction_high=None,
    prediction_df="",
    shown=Interval(estimate=_NAN, low=_NAN, high=_NAN),
    prediction_shown=None,
    participants=None,
    converged=True,
)


@dataclass(frozen=True, kw_only=True)
class Fits:
    """Pooled results of several subsets, with the weight of each study in each (0-1)."""

    pooled: tuple[Pooled, ...]
    weights: Array


def fits_of(numbers: Numbers, masks: Mask, model: Bound[EffectModel], outcome: Outcome) -> Fits:
    """The pooled result under each mask of shape (B, K). Raises SectionFailed where the model's plugin fails."""
    studies = numbers.studies
    if not studies.effect.size:
        return Fits(pooled=(NOTHING,) * len(masks), weights=np.zeros(masks.shape))
    stacked = Studies(
        effect=studies.effect,
        variance=studies.variance,
        present=masks,
        data=studies.data,
        measure=studies.measure,
        labels=studies.labels,
    )
    with section("effect model", model):
        fit = inference.fitted(model.plugin, stacked, model.options)
    derived = inference.derived(
        stacked,
        fit,
        level=outcome.level or 0.95,
        prediction=outcome.prediction or "k-1",
        i2_basis=outcome.i2 or "Q",
        null=numbers.measure.plugin.null if model.plugin.has_test else None,
    )
    notes = [tuple(text for text, where in fit.notes.items() if where[index]) for index in range(len(masks))]
    converged = np.ones(len(masks), dtype=bool) if fit.converged is None else fit.converged
    convention = "own" if fit.prediction_low is not None else outcome.prediction or ""
    pooled = tuple(
        replace(
            _pooled(numbers, derived, index, mask, convention, notes[index], bool(converged[index])),
            **_of_the_method(fit, index),
        )
        for index, mask in enumerate(masks)
    )
    return Fits(pooled=pooled, weights=fit.weights)


def _of_the_method(fit: Fit, index: int) -> dict[str, Any]:
    """Tests and parameters that a model's method brings, of one fit of a batch, where they are numbers."""
    tests = [
        FitTest(
            name=name,
            statistic=float(test.statistic[index]),
            statistic_name=test.statistic_name,
            df=None if test.df is None or np.isnan(test.df[index]) else float(test.df[index]),
            p_value=float(test.p_value[index]),
        )
        for name, test in fit.tests.items()
        if np.isfinite(test.statistic[index]) and np.isfinite(test.p_value[index])
    ]
    parameters = {name: float(value[index]) for name, value in fit.parameters.items() if np.isfinite(value[index])}
    return {"tests": tuple(tests), "parameters": parameters}


def _pooled(
    numbers: Numbers,
    derived: inference.Inference,
    index: int,
    mask: Mask,
    convention: str,
    notes: tuple[str, ...],
    converged: bool,
) -> Pooled:
    """One fit of a batch as a result with its display values."""

    def at(values: Array) -> float:
        return float(values[index])

    def known(values: Array) -> float | None:
        return None if math.isnan(at(values)) else at(values)

    k = int(derived.k[index])
    if k == 0:
        return NOTHING
    size = numbers.sizes(mask)
    shown, cut = shown_interval(numbers, at(derived.estimate), at(derived.ci_low), at(derived.ci_high), size)
    prediction, prediction_cut = None, False
    if known(derived.prediction_low) is not None:
        low, high = at(derived.prediction_low), at(derived.prediction_high)
        predicted, prediction_cut = shown_interval(numbers, at(derived.estimate), low, high, size)
        prediction = (predicted.low, predicted.high)
    which = [name for name, is_cut in (("confidence", cut), ("prediction", prediction_cut)) if is_cut]
    notes = (*notes, f"{' and '.join(which)} limits {CUT}") if which else notes
    df = known(derived.df)
    return Pooled(
        k=k,
        estimate=at(derived.estimate),
        standard_error=at(derived.standard_error),
        ci_low=at(derived.ci_low),
        ci_high=at(derived.ci_high),
        df=None if df is None or math.isinf(df) else df,
        statistic=at(derived.statistic),
        p_value=known(derived.p_value),
        tau2=known(derived.tau2),
        q=known(derived.q) if k > 1 else None,
        q_df=k - 1 if k > 1 else None,
        q_p=known(derived.q_p) if k > 1 else None,
        i2=known(derived.i2) if k > 1 else None,
        h2=known(derived.h2) if k > 1 else None,
        prediction_low=known(derived.prediction_low),
        prediction_high=known(derived.prediction_high),
        prediction_df=convention if prediction else "",
        shown=shown,
        prediction_shown=prediction,
        participants=participants(numbers, mask),
        converged=converged,
        notes=notes,
    )


def shown_interval(
    numbers: Numbers, estimate: float, low: float, high: float, size: Array | None
) -> tuple[Interval, bool]:
    """An interval on the display scale, in ascending order, and whether a limit of a proportion was cut at 0 or 1.

    Raw proportions are cut here; the transformations of ``_BOUNDED`` give 0 or 1 for what lies beyond their range.
    """
    plugin = numbers.measure.plugin
    with section("effect measure", numbers.measure):
        values = [float(plugin.back_transform(np.asarray(value), size)) for value in (estimate, low, high)]
    middle, first, second = values
    first, second = (second, first) if second < first else (first, second)
    if plugin.display != "proportion":
        return Interval(estimate=middle, low=first, high=second), False
    cut = first < 0 or second > 1 or (plugin.scale in _BOUNDED and (first == 0 or second == 1))
    return Interval(estimate=middle, low=max(first, 0.0), high=min(second, 1.0)), cut


def participants(numbers: Numbers, mask: Mask) -> int | None:
    """People in the present studies; None where one study does not say."""
    people = [known for known, there in zip(numbers.participants, mask, strict=True) if there]
    stated = [known for known in people if known is not None]
    return sum(stated) if len(stated) == len(people) else None
