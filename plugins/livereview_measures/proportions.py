"""One arm of counts: the proportion itself, and its log, logit, arcsine and double arcsine.

Each study shows its exact (Clopper-Pearson) interval on the display scale, whatever the scale of the analysis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from livereview import Array, EffectMeasure, RowsNeeded, StudyEffects
from livereview_measures.findings import Findings, columns, quiet, reasons
from livereview_measures.transforms import (
    double_arcsine,
    double_arcsine_inverse,
    exponential,
    logistic,
    sine_squared,
)
from livereview_measures.zero_cells import OF_ALL, ZeroCells, check_counts, correction, note_correction

ROWS = RowsNeeded(layout="one-arm", measures=("count",), columns=("events", "n"))
CLOPPER = "Clopper and Pearson 1934, Biometrika 26:404, doi:10.1093/biomet/26.4.404"
STIJNEN = "Stijnen, Hamza and Ozdemir 2010, Stat Med 29:3046, doi:10.1002/sim.4040"
FREEMAN = "Freeman and Tukey 1950, Ann Math Stat 21:607, doi:10.1214/aoms/1177729756"
MILLER = "Miller 1978, Am Stat 32:138, doi:10.1080/00031305.1978.10479283"
SCHWARZER = "Schwarzer et al. 2019, Res Synth Methods 10:476, doi:10.1002/jrsm.1348"
ROEVER = "Röver and Friede 2022, Res Synth Methods, doi:10.1002/jrsm.1591"
EXACT = (
    "exact-interval: the width of the 95% Clopper-Pearson interval on this scale divided by 2 x 1.96, as when exact"
    " limits are given to Stata's metan; it needs no zero-cell correction."
)


class Proportion(ZeroCells):
    """Options of PLO."""

    level: float = Field(default=0.95, gt=0, lt=1, description="Level of the exact interval shown for each study.")


class TransformedProportion(Proportion):
    """Options of PAS and PFT."""

    add: float = Field(
        default=0.0, ge=0, allow_inf_nan=False, description="What is added to each cell; none is needed."
    )


class _ExactOrWald(Proportion):
    variance: str = "wald"

    @model_validator(mode="after")
    def _exact_needs_no_correction(self) -> _ExactOrWald:
        asked = sorted({"add", "to"} & self.model_fields_set)
        if self.variance == "exact-interval" and asked and self.to != "none":
            raise ValueError(
                f'variance = "exact-interval" takes no zero-cell correction; leave out {" and ".join(asked)}'
            )
        return self


class RawProportion(_ExactOrWald):
    """Options of PR."""

    variance: Literal["wald", "unbiased", "exact-interval"] = Field(
        default="wald",
        description=f"wald: p(1-p)/n (metafor's LS); unbiased: p(1-p)/(n-1) (metafor's UB); {EXACT}",
    )


class LogProportion(_ExactOrWald):
    """Options of PLN."""

    variance: Literal["wald", "exact-interval"] = Field(default="wald", description=f"wald: 1/x - 1/n; {EXACT}")


@quiet
def clopper_pearson(events: Array, n: Array, level: float = 0.95) -> tuple[Array, Array]:
    """Exact limits of a binomial proportion: quantiles of Beta(x, n-x+1) and Beta(x+1, n-x); 0 at x = 0, 1 at x = n.

    Any broadcastable shapes; NaN where the counts are. Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404.
    """
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    events, n = np.broadcast_arrays(np.asarray(events, dtype=np.float64), np.asarray(n, dtype=np.float64))
    known = np.isfinite(events) & np.isfinite(n)
    low = np.where(known & (events == 0), 0.0, betaincinv(events, n - events + 1, tail))
    high = np.where(known & (events == n), 1.0, betaincinv(events + 1, n - events, 1 - tail))
    return low, high


def exact_variance(events: Array, n: Array, scale: Callable[[Array], Array] = lambda p: p) -> Array:
    """Square of the width of the 95% exact interval on a scale, divided by 2 z(.975) = 3.919928."""
    from scipy.special import ndtri

    low, high = clopper_pearson(events, n)
    return np.asarray(((scale(high) - scale(low)) / (2 * ndtri(0.975))) ** 2)


class Arm:
    """The counts of one arm: as reported, as corrected, and what was found on the way."""

    def __init__(self, data: Mapping[str, Array], options: Proportion) -> None:
        events, n = columns(data, "events", "n")
        self.found = Findings(events.shape)
        check_counts(self.found, events, n)
        self.events, self.n = self.found.kept(events, n)
        self.low, self.high = clopper_pearson(self.events, self.n, options.level)
        exact = isinstance(options, _ExactOrWald) and options.variance == "exact-interval"
        self.empty = ((self.events == 0, "no events"), (self.events == self.n, "only events"))
        added = np.zeros_like(self.n) if exact else correction(options, self.events, self.n - self.events)
        note_correction(self.found, options, added, "events and to non-events", *self.empty)
        self.x, self.size = self.events + added, self.n + 2 * added
        self.p = self.x / self.size

    def result(self, effect: Array, variance: Array) -> StudyEffects:
        """The effects, with each study's exact interval, and the reason where there is no effect."""
        why: Any = reasons(*self.empty, otherwise="the variance is not a positive number")
        return self.found.result(effect, variance, otherwise=why, ci_low=self.low, ci_high=self.high)


@quiet
def raw_proportion(data: Mapping[str, Array], options: RawProportion) -> StudyEffects:
    """p = x/n; variance p(1-p)/n, with n - 1 for ``unbiased``, or from the exact interval (then p is uncorrected)."""
    arm = Arm(data, options)
    if options.variance == "exact-interval":
        return arm.result(arm.p, exact_variance(arm.events, arm.n))
    fewer = 1 if options.variance == "unbiased" else 0
    return arm.result(arm.p, arm.x * (arm.size - arm.x) / arm.size**2 / (arm.size - fewer))


@quiet
def log_proportion(data: Mapping[str, Array], options: LogProportion) -> StudyEffects:
    """ln(x/n); variance 1/x - 1/n, or from the exact interval on the log scale (not estimable without events)."""
    arm = Arm(data, options)
    if options.variance == "exact-interval":
        return arm.result(np.log(arm.p), exact_variance(arm.events, arm.n, np.log))
    return arm.result(np.log(arm.p), (arm.size - arm.x) / (arm.x * arm.size))


@quiet
def logit_proportion(data: Mapping[str, Array], options: Proportion) -> StudyEffects:
    """ln(x/(n-x)); variance 1/x + 1/(n-x)."""
    arm = Arm(data, options)
    rest = arm.size - arm.x
    return arm.result(np.log(arm.x) - np.log(rest), 1 / arm.x + 1 / rest)


@quiet
def arcsine_proportion(data: Mapping[str, Array], options: TransformedProportion) -> StudyEffects:
    """asin sqrt(x/n), in radians; variance 1/(4n)."""
    arm = Arm(data, options)
    return arm.result(np.arcsin(np.sqrt(arm.p)), 1 / (4 * arm.size))


@quiet
def freeman_tukey_proportion(data: Mapping[str, Array], options: TransformedProportion) -> StudyEffects:
    """(asin sqrt(x/(n+1)) + asin sqrt((x+1)/(n+1))) / 2, in radians; variance 1/(4n+2).

    The half-sum form: Stata's metaprop and older texts use the full sum (twice the value, four times the variance).
    """
    arm = Arm(data, options)
    return arm.result(double_arcsine(arm.x, arm.size), 1 / (4 * arm.size + 2))


MEASURES = (
    EffectMeasure(
        name="PR", title="Proportion", summary="Raw proportion of one arm.", options=RawProportion,
        references=(CLOPPER,), rows=lambda options: ROWS, effects=raw_proportion, display="proportion",
        aliases=("PRAW", "proportion"),
        expected_failures=OF_ALL,
    ),
    EffectMeasure(
        name="PLN", title="Proportion", summary="Log of a proportion of one arm.", options=LogProportion,
        references=(CLOPPER,), rows=lambda options: ROWS, effects=log_proportion, back_transform=exponential,
        scale="log", display="proportion", aliases=("log-proportion",),
        expected_failures=OF_ALL,
    ),
    EffectMeasure(
        name="PLO", title="Proportion", summary="Logit of a proportion of one arm.", options=Proportion,
        references=(STIJNEN,), rows=lambda options: ROWS, effects=logit_proportion, back_transform=logistic,
        scale="logit", display="proportion", aliases=("PLOGIT", "logit-proportion"),
        expected_failures=OF_ALL,
    ),
    EffectMeasure(
        name="PAS", title="Proportion", summary="Arcsine square root of a proportion of one arm.",
        options=TransformedProportion, references=(SCHWARZER,), rows=lambda options: ROWS,
        effects=arcsine_proportion, back_transform=sine_squared, scale="arcsine", display="proportion",
        aliases=("arcsine-proportion",),
    ),
    EffectMeasure(
        name="PFT", title="Proportion",
        summary="Double arcsine of a proportion of one arm; its way back depends on a sample size.",
        options=TransformedProportion, references=(FREEMAN, MILLER, SCHWARZER, ROEVER), rows=lambda options: ROWS,
        effects=freeman_tukey_proportion, back_transform=double_arcsine_inverse, scale="freeman-tukey",
        display="proportion", aliases=("double-arcsine", "ftukeyprop"),
    ),
)  # fmt: skip
