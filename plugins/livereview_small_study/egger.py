"""Egger's regression test: does the effect change with its standard error?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview import Array, BiasTest, BiasTestResult, Options, PluginError, Studies
from livereview_estimation import weighted_regression
from livereview_small_study.cautions import caution

#: Standard errors that differ by less than this part, and residuals that small beside the spread of the effects, hold
#: more rounding than information: half of the digits of a double.
NOTHING = float(np.sqrt(np.finfo(np.float64).eps))


@dataclass(frozen=True, kw_only=True)
class EggerLine:
    """Egger's line ``y = limit + bias * se``; estimates with their standard errors."""

    bias: float
    """Slope on the standard error = intercept of Egger's own form, y/se on 1/se."""
    bias_se: float
    limit: float
    """Effect where the line meets a standard error of 0, on the analysis scale."""
    limit_se: float
    dispersion: float
    """Residual standard deviation of the weighted regression; 1 = only sampling error."""
    df: int


def egger_line(effect: Array, variance: Array) -> EggerLine:
    """Weighted least squares of the effects on their standard errors, weights 1/v; shapes ``(K,)``, K >= 3.

    The dispersion multiplies all variances (it may be below 1): ``sigma² = sum w (y - fit)² / (k - 2)``,
    ``var(bias) = sigma² / sum w (se - mean se)²``. Raises ``PluginError`` where the standard errors are all equal (no
    slope) or the effects lie on a line (no residual to judge the slope by). Egger 1997, doi:10.1136/bmj.315.7109.629.
    """
    error, weight = np.sqrt(variance), 1 / variance
    if np.ptp(error) <= NOTHING * error.max():
        raise PluginError(
            "Egger's test cannot be computed: all studies have the same standard error, so the effect cannot be "
            "compared between small and large studies."
        )
    design = np.stack([np.ones_like(error), error], axis=-1)
    line = weighted_regression(effect, design, weight, np.ones(effect.shape, dtype=bool))
    residual, df = float(line.residuals), int(line.df)
    if not residual > _rounding(effect, weight):
        raise PluginError(
            "Egger's test cannot be computed: the effects lie on a straight line of the standard error (or are all "
            "equal), so there is no residual variation to judge its slope by."
        )
    dispersion = float(np.sqrt(residual / df))
    limit_se, bias_se = dispersion * np.sqrt(np.diagonal(line.covariance))
    limit, bias = line.coefficients
    return EggerLine(
        bias=float(bias),
        bias_se=float(bias_se),
        limit=float(limit),
        limit_se=float(limit_se),
        dispersion=dispersion,
        df=df,
    )


def _rounding(effect: Array, weight: Array) -> float:
    """The largest weighted residual sum of squares that means none."""
    spread = effect - (weight * effect).sum() / weight.sum()
    size = np.finfo(np.float64).eps * effect.size * effect
    return float(max(NOTHING**2 * (weight * spread**2).sum(), (weight * size**2).sum()))


def egger(studies: Studies, options: Options) -> BiasTestResult:
    """Egger's test: t = bias / its standard error, k - 2 df, two-sided P; ``estimate`` is the bias.

    A note gives the limit estimate, the effect that the line predicts for a study without sampling error. Raises
    ``PluginError`` for fewer than 3 studies and as ``egger_line`` does.
    """
    from scipy.special import stdtr

    if studies.effect.size < 3:
        raise PluginError(f"Egger's test needs at least 3 studies; there are {studies.effect.size}.")
    line = egger_line(studies.effect, studies.variance)
    t = line.bias / line.bias_se
    limit = f"limit estimate (standard error 0, analysis scale): {line.limit:.4g}, standard error {line.limit_se:.3g}"
    return BiasTestResult(
        statistic=t,
        statistic_name="t",
        p_value=float(2 * stdtr(line.df, -abs(t))),
        df=float(line.df),
        estimate=line.bias,
        standard_error=line.bias_se,
        method="weighted regression of the effect on its standard error, multiplicative dispersion",
        notes=(limit, *caution(studies.measure)),
    )


EGGER = BiasTest(
    name="egger",
    summary="Egger's weighted regression of the effect on its standard error.",
    test=egger,
    minimum_studies=3,
    references=(
        "Egger M et al. 1997, BMJ 315:629-634, doi:10.1136/bmj.315.7109.629",
        "Sterne JAC, Egger M 2005, in Publication Bias in Meta-Analysis, ch. 6, doi:10.1002/0470870168.ch6",
    ),
)
