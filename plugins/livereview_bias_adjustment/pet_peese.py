"""PET-PEESE: the effect that a regression on the standard error, or the variance, predicts where that is 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Array, EffectModel, Fit, HypothesisTest, Mask, Options, PluginError, Studies
from livereview_estimation import ONE_ARM, weighted_regression

USES_PET = "PET is used: its test does not find an effect"
USES_PEESE = "PEESE is used: PET's test finds an effect"
NO_LINE = "all standard errors are equal, or there are fewer than 3 studies: no line to fit"
PERFECT = "the effects lie on the line of the regression: the standard error is 0"


class PetPeeseOptions(Options):
    """Which regression is used."""

    estimator: Literal["conditional", "pet", "peese"] = Field(
        default="conditional",
        description="conditional: PEESE where PET's test finds an effect, else PET; pet, peese: always that one.",
    )
    alpha: float = Field(
        default=0.1,
        gt=0,
        lt=1,
        description="Two-sided level of PET's test of no effect below which PEESE is used; 0.1 is the customary "
        "one-sided 0.05.",
    )


@dataclass(frozen=True, kw_only=True)
class Intercept:
    """The intercept of a weighted regression of effects on one column; arrays (n,), weights (n, K)."""

    estimate: Array
    standard_error: Array
    slope: Array
    slope_se: Array
    df: Array
    weights: Array
    """Of each study in the intercept, which is linear in the effects: they sum to 1 and may be negative."""


def intercept(y: Array, v: Array, x: Array, present: Mask) -> Intercept:
    """Weighted least squares of y on 1 and x, weights 1/v, multiplicative dispersion; arrays (..., K).

    ``var = sigma² (X'WX)⁻¹``, ``sigma² = sum (y - fit)² / v / (k - 2)``. NaN for fewer than 3 studies and where all x
    are equal.
    """
    x, w = np.where(present, x, 0.0), np.where(present, 1 / np.where(present, v, 1.0), 0.0)
    line = weighted_regression(y, np.stack([np.ones_like(x), x], axis=-1), w, present)
    enough = line.df > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        dispersion = np.where(enough, line.residuals / np.where(enough, line.df, 1.0), np.nan)
    variance = dispersion[..., None] * np.diagonal(line.covariance, axis1=-2, axis2=-1)
    shares = w * (line.covariance[..., 0, 0, None] + line.covariance[..., 0, 1, None] * x)
    usable = np.isfinite(variance[..., 0])
    return Intercept(
        estimate=np.where(usable, line.coefficients[..., 0], np.nan),
        standard_error=np.sqrt(variance[..., 0]),
        slope=np.where(usable, line.coefficients[..., 1], np.nan),
        slope_se=np.sqrt(variance[..., 1]),
        df=np.where(usable, line.df, np.nan),
        weights=np.where(usable[..., None], shares, 0.0),
    )


def pet_peese(studies: Studies, options: PetPeeseOptions) -> Fit:
    """The estimate of PET (regression on the standard error) or PEESE (on the variance), t with k - 2 df.

    ``tests``: PET's test of no effect, and of small-study effects (Egger's). ``parameters``: both estimates with their
    standard errors. The conditional estimator tests against 0 and so refuses measures of one arm. No tau²: dispersion
    is multiplicative. Stanley and Doucouliagos 2014, doi:10.1002/jrsm.1095.
    """
    if options.estimator == "conditional" and studies.measure in ONE_ARM:
        raise PluginError(
            f"The conditional PET-PEESE estimator tests for an effect, and {studies.measure}, an effect of one arm, "
            'has no value of no effect. Use estimator = "pet" or "peese".'
        )
    y, v, here = studies.effect, studies.variance, studies.present
    error = np.sqrt(np.where(here, v, 1.0))
    pet, peese = intercept(y, v, error, here), intercept(y, v, error**2, here)
    tests = {
        "no effect (PET)": _test(pet.estimate, pet.standard_error, pet.df),
        "small-study effects (PET)": _test(pet.slope, pet.slope_se, pet.df),
    }
    if options.estimator == "conditional":
        second = tests["no effect (PET)"].p_value < options.alpha
    else:
        second = np.full(pet.estimate.shape, options.estimator == "peese")
    estimate = np.where(second, peese.estimate, pet.estimate)
    se = np.where(second, peese.standard_error, pet.standard_error)
    ok = np.isfinite(estimate)
    conditional = ok & (options.estimator == "conditional")
    notes = {
        USES_PEESE: conditional & second,
        USES_PET: conditional & ~second,
        NO_LINE: ~ok & (here.sum(axis=-1) > 0),
        PERFECT: ok & (se == 0),
    }
    return Fit(
        estimate=estimate,
        standard_error=se,
        weights=np.where(second[..., None], peese.weights, pet.weights),
        df=pet.df,
        converged=ok,
        notes={note: where for note, where in notes.items() if where.any()},
        tests=tests,
        parameters={
            "PET": pet.estimate,
            "standard error of PET": pet.standard_error,
            "PEESE": peese.estimate,
            "standard error of PEESE": peese.standard_error,
        },
    )


def _test(estimate: Array, standard_error: Array, df: Array) -> HypothesisTest:
    """Two-sided t test against 0; P = 0 for a standard error of 0."""
    from scipy.special import stdtr

    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.asarray(estimate / standard_error)
    return HypothesisTest(statistic=t, p_value=np.asarray(2 * stdtr(df, -np.abs(t))), df=df, statistic_name="t")


PET_PEESE = EffectModel(
    name="pet-peese",
    summary="Effect predicted for an infinitely large study, by regression on the standard error or the variance.",
    options=PetPeeseOptions,
    fit=pet_peese,
    vectorized=True,
    adjusts=True,
    minimum_studies=3,
    references=(
        "Stanley TD, Doucouliagos H. Meta-regression approximations to reduce publication selection bias. "
        "Res Synth Methods 2014;5:60. doi:10.1002/jrsm.1095",
    ),
    expected_failures={
        "shift-of-effects": "whether PET or PEESE is used depends on a test against no effect",
        "between-the-effects": "it extrapolates to an infinitely large study",
        "weights-by-precision": "in a regression the least precise studies pull the other way",
    },
)
