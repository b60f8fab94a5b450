"""What follows from a meta-regression: tests of coefficients, omnibus test, heterogeneity, R², predictions, LR test.

Everything is derived in one place from ``MetaRegression``, so that two analyses cannot disagree about what R² means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from livereview_estimation.meta_regression import MetaRegression
from livereview_estimation.packing import Array


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """Numbers with their standard errors, intervals and tests against 0; arrays of one shape."""

    value: Array
    standard_error: Array
    statistic: Array
    """z, or t where ``df`` is finite."""
    df: Array
    p_value: Array
    ci_low: Array
    ci_high: Array


@dataclass(frozen=True, kw_only=True)
class Omnibus:
    """Test that several coefficients are all 0; arrays of the shape of the fits."""

    statistic: Array
    """QM, chi² with ``df`` degrees of freedom, or QM / df, F with ``df`` and ``residual_df``."""
    df: int
    residual_df: Array
    """Infinite = chi²."""
    p_value: Array


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """Expected effects at given values of the columns (..., m), with confidence and prediction limits."""

    value: Array
    standard_error: Array
    ci_low: Array
    ci_high: Array
    prediction_low: Array
    prediction_high: Array


def estimates(value: Array, variance: Array, df: Array, level: float = 0.95) -> Estimates:
    """Intervals and two-sided tests from t with ``df`` degrees of freedom, normal where infinite.

    A standard error of 0 gives P = 0, and 1 for a value of 0.
    """
    from scipy.special import stdtr

    error = np.sqrt(variance)
    df = np.broadcast_to(df, value.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where((error == 0) & (value == 0), 0.0, value / error)
        p_value = np.where(np.isnan(statistic), np.nan, 2 * stdtr(np.where(df > 0, df, np.nan), -np.abs(statistic)))
    margin = quantile(df, level) * error
    return Estimates(
        value=value,
        standard_error=error,
        statistic=statistic,
        df=df,
        p_value=p_value,
        ci_low=value - margin,
        ci_high=value + margin,
    )


def quantile(df: Array, level: float) -> Array:
    """Two-sided quantile of t; NaN for df <= 0, normal for df infinite."""
    from scipy.special import ndtri, stdtrit

    middle = (1 + level) / 2
    normal = np.isinf(df)
    return np.asarray(np.where(normal, ndtri(middle), stdtrit(np.where((df > 0) & ~normal, df, np.nan), middle)))


def coefficient_tests(fit: MetaRegression, level: float = 0.95) -> Estimates:
    """Each coefficient (..., p) with its standard error, interval and test."""
    variance = np.diagonal(fit.covariance, axis1=-2, axis2=-1)
    return estimates(fit.coefficients, variance, fit.df[..., None], level)


def omnibus(fit: MetaRegression, columns: Sequence[int]) -> Omnibus:
    """Test that these coefficients are all 0: b'C⁻¹b ~ chi², or divided by their number m ~ F with m and k - p.

    NaN where C is singular, as where the Hartung-Knapp scale is 0. Source: Knapp and Hartung 2003 (10.1002/sim.1482).
    """
    chosen = list(columns)
    m = len(chosen)
    return wald_test(fit.coefficients[..., chosen], fit.covariance[..., chosen, :][..., chosen], fit.df, m)


def wald_test(value: Array, covariance: Array, df: Array, m: int) -> Omnibus:
    """b'C⁻¹b of values (..., m) with covariance (..., m, m): chi², or divided by m F where ``df`` is finite."""
    from scipy.special import chdtrc, fdtrc

    # Each value in units of its standard error: otherwise a matrix of small variances looks singular.
    error = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    with np.errstate(divide="ignore", invalid="ignore"):
        z, correlation = value / error, covariance / (error[..., :, None] * error[..., None, :])
    usable = np.isfinite(correlation).all(axis=(-2, -1)) & np.isfinite(z).all(axis=-1) & (df > 0)
    correlation = np.where(usable[..., None, None], correlation, np.eye(m))
    statistic = np.einsum("...a,...a->...", z, np.linalg.solve(correlation, np.nan_to_num(z)[..., None])[..., 0])
    statistic = np.where(usable, statistic, np.nan)
    normal = np.isinf(df)
    statistic = np.where(normal, statistic, statistic / m)
    finite = np.where(normal | ~usable, 1.0, df)
    p_value = np.where(normal, chdtrc(m, np.maximum(statistic, 0)), fdtrc(m, finite, np.maximum(statistic, 0)))
    return Omnibus(statistic=statistic, df=m, residual_df=df, p_value=np.where(usable, p_value, np.nan))


def residual_i2(fit: MetaRegression, common_effect: bool = False) -> tuple[Array, Array]:
    """Residual I² (percent) and H²: tau² / (tau² + s²) and 1 + tau² / s², s² the typical variance.

    With ``common_effect``, where tau² is 0 by choice: max(0, (Q - df) / Q) and Q / df. NaN where k = p.
    Source: Higgins and Thompson 2002 (10.1002/sim.1186).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        if common_effect:
            i2 = np.where(fit.q > 0, np.maximum(0, 1 - fit.residual_df / fit.q), np.where(np.isnan(fit.q), np.nan, 0.0))
            return 100 * i2, np.where(fit.residual_df > 0, fit.q / fit.residual_df, np.nan)
        return 100 * fit.tau2 / (fit.tau2 + fit.typical_variance), 1 + fit.tau2 / fit.typical_variance


def r_squared(fit: MetaRegression, without: MetaRegression, common_effect: bool = False) -> Array:
    """Percent of tau² that the columns explain: max(0, (tau²_without - tau²) / tau²_without); 0 where that is 0 / 0.

    ``without``: the intercept alone, same estimator and studies. With ``common_effect``, where there is no tau²:
    max(0, 1 - (Q / (k - p)) / (Q_without / (k - 1))), the adjusted R² of the weighted regression; NaN where
    Q_without is 0. Source: Raudenbush 2009 in The Handbook of Research Synthesis, ch. 16.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        if common_effect:
            explained = 1 - fit.q / fit.residual_df / (without.q / without.residual_df)
            return np.where(np.isnan(explained), np.nan, 100 * np.maximum(0, explained))
        explained = (without.tau2 - fit.tau2) / without.tau2
        return np.where(without.tau2 == 0, 0.0, 100 * np.maximum(0, explained))


def predicted(fit: MetaRegression, at: Array, level: float = 0.95) -> Predictions:
    """Expected effects at rows ``at`` (m, p) of the design: x'b, its interval, and that of a new study's true effect.

    Standard error sqrt(x'Cx), prediction sqrt(x'Cx + tau²), both with the fit's normal or t quantile.
    """
    value = np.einsum("mp,...p->...m", at, fit.coefficients)
    variance = np.einsum("mp,...pq,mq->...m", at, fit.covariance, at)
    critical = quantile(fit.df, level)[..., None]
    error, spread = np.sqrt(variance), np.sqrt(variance + fit.tau2[..., None])
    return Predictions(
        value=value,
        standard_error=error,
        ci_low=value - critical * error,
        ci_high=value + critical * error,
        prediction_low=value - critical * spread,
        prediction_high=value + critical * spread,
    )


def likelihood_ratio(full: MetaRegression, reduced: MetaRegression) -> tuple[Array, int, Array]:
    """Statistic, degrees of freedom and P of nested designs, both with tau² by ML: 2 (l_full - l_reduced) ~ chi²."""
    from scipy.special import chdtrc

    statistic = np.maximum(2 * (full.log_likelihood - reduced.log_likelihood), 0.0)
    df = full.coefficients.shape[-1] - reduced.coefficients.shape[-1]
    return statistic, df, np.asarray(chdtrc(df, statistic))
