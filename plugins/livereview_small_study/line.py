"""The line through a funnel: effects regressed on what measures the size of a study.

The rule: ``slope`` is the asymmetry that is tested, ``intercept`` the effect where the predictor is 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview import Array, BiasTestResult, PluginError
from livereview_estimation import weighted_regression

#: Predictors that differ by less than this part, and residuals that small beside the spread of the effects, hold more
#: rounding than information: half of the digits of a double.
NOTHING = float(np.sqrt(np.finfo(np.float64).eps))


@dataclass(frozen=True, kw_only=True)
class Line:
    """``y = intercept + slope x``, with standard errors."""

    slope: float
    slope_se: float
    intercept: float
    intercept_se: float
    df: float
    """Of the t distribution; inf = normal."""
    dispersion: float | None = None
    """Residual standard deviation of the weighted regression (1 = only sampling error); None for additive models."""
    tau2: float | None = None
    """Residual between-study variance of additive models."""


def weighted_line(effect: Array, predictor: Array, weight: Array, test: str, size: str) -> Line:
    """Weighted least squares with multiplicative dispersion; shapes ``(K,)``, K >= 3.

    ``sigma² = sum w (y - fit)² / (k - 2)``, which may be below 1, ``var(slope) = sigma² / sum w (x - mean x)²``, t with
    k - 2 df. ``test`` and ``size`` name the test and the predictor in refusals: ``PluginError`` for fewer than 3
    studies, where all predictors are equal (no slope) or the effects lie on a line (no residual to judge the slope by).
    """
    check_spread(predictor, test, size)
    design = np.stack([np.ones_like(predictor), predictor], axis=-1)
    line = weighted_regression(effect, design, weight, np.ones(effect.shape, dtype=bool))
    residual, df = float(line.residuals), int(line.df)
    if not residual > _rounding(effect, weight):
        raise PluginError(
            f"{test} cannot be computed: the effects lie on a straight line of the {size} (or are all equal), so there "
            "is no residual variation to judge its slope by."
        )
    dispersion = float(np.sqrt(residual / df))
    intercept_se, slope_se = dispersion * np.sqrt(np.diagonal(line.covariance))
    intercept, slope = line.coefficients
    return Line(
        slope=float(slope),
        slope_se=float(slope_se),
        intercept=float(intercept),
        intercept_se=float(intercept_se),
        df=float(df),
        dispersion=dispersion,
    )


def check_spread(predictor: Array, test: str, size: str) -> None:
    """Raises ``PluginError`` for fewer than 3 studies and where a predictor is the same in all studies."""
    if predictor.size < 3:
        raise PluginError(f"{test} needs at least 3 studies; there are {predictor.size}.")
    if np.ptp(predictor) <= NOTHING * np.abs(predictor).max():
        raise PluginError(
            f"{test} cannot be computed: all studies have the same {size}, so the effect cannot be compared between "
            "small and large studies."
        )


def line_test(line: Line, method: str, notes: tuple[str, ...] = (), *, drawn: bool = False) -> BiasTestResult:
    """The two-sided test of a line's slope: t = slope / its standard error, or z where df is inf.

    ``drawn``: whether the predictor is the standard error of the effects, so that the line stands in their funnel.
    """
    from scipy.special import ndtr, stdtr

    t = line.slope / line.slope_se
    normal = np.isinf(line.df)
    return BiasTestResult(
        statistic=t,
        statistic_name="z" if normal else "t",
        p_value=float(2 * (ndtr(-abs(t)) if normal else stdtr(line.df, -abs(t)))),
        df=None if normal else line.df,
        estimate=line.slope,
        standard_error=line.slope_se,
        method=method,
        notes=notes,
        line=(line.intercept, line.slope) if drawn else None,
    )


def _rounding(effect: Array, weight: Array) -> float:
    """The largest weighted residual sum of squares that means none."""
    spread = effect - (weight * effect).sum() / weight.sum()
    size = np.finfo(np.float64).eps * effect.size * effect
    return float(max(NOTHING**2 * (weight * spread**2).sum(), (weight * size**2).sum()))
