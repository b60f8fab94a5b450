"""Limit meta-analysis: the random-effects model with a bias that grows with the standard error, taken to its limit."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from livereview import EffectModel, Fit, HypothesisTest, Options, Studies
from livereview_bias_adjustment.pet_peese import NO_LINE
from livereview_estimation import Estimator, pooled, tau_squared, weighted_regression

SMALL_STUDY = "small-study effects (Q - Q')"
REMAINING = "heterogeneity beyond small-study effects (Q')"


class LimitOptions(Options):
    """How tau² is estimated."""

    tau2: Estimator = Field(
        default="REML", description="Estimator of tau² of the random-effects model without small-study effects."
    )


def limit_meta_analysis(studies: Studies, options: LimitOptions) -> Fit:
    """The adjusted mean ``beta + tau alpha`` of ``y = beta + s (alpha + e)``, s² = v + tau², e standard normal.

    alpha and beta are slope and intercept of y on s with weights 1/s² (the line of the generalised radial plot); tau²
    is that of the random-effects model. ``beta + tau alpha`` is the mean of studies without sampling error, v = 0. With
    tau² taken as known its variance is c'(X'WX)⁻¹c, c = (1, tau); normal quantiles. ``tests``: Q = Q' + (Q - Q'),
    Cochran's Q split by the line at tau² = 0, chi² with k - 2 and 1 degrees of freedom. ``parameters``: alpha, beta.
    Rücker et al. 2011, doi:10.1093/biostatistics/kxq046.
    """
    from scipy.special import chdtrc

    y, v, here = studies.effect, np.where(studies.present, studies.variance, 1.0), studies.present
    tau2 = tau_squared(y, v, here, options.tau2).value
    tau = np.sqrt(tau2)
    spread = v + np.nan_to_num(tau2)[..., None]
    s = np.where(here, np.sqrt(spread), 0.0)
    w = np.where(here, 1 / spread, 0.0)
    line = weighted_regression(y, np.stack([np.ones_like(s), s], axis=-1), w, here)
    beta, alpha = line.coefficients[..., 0], line.coefficients[..., 1]
    (ones, mixed), slopes = (line.covariance[..., 0, i] for i in (0, 1)), line.covariance[..., 1, 1]
    ok = np.isfinite(beta) & (line.df > 0)
    by_mean, by_size = ones + tau * mixed, mixed + tau * slopes
    weights = w * (by_mean[..., None] + by_size[..., None] * s)
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = weights / weights.sum(axis=-1, keepdims=True)  # 1 but for rounding, which extreme variances magnify
    error = np.where(here, np.sqrt(v), 0.0)
    common = weighted_regression(y, np.stack([np.ones_like(error), error], axis=-1), np.where(here, 1 / v, 0.0), here)
    explained = np.maximum(pooled(y, v, here).q - common.residuals, 0.0)
    left = line.df
    return Fit(
        estimate=np.where(ok, beta + tau * alpha, np.nan),
        standard_error=np.where(ok, np.sqrt(by_mean + tau * by_size), np.nan),
        weights=np.where(ok[..., None], weights, 0.0),
        tau2=np.where(ok, tau2, np.nan),
        converged=ok,
        notes={NO_LINE: ~ok & (here.sum(axis=-1) > 0)} if (~ok & here.any(axis=-1)).any() else {},
        tests={
            SMALL_STUDY: HypothesisTest(
                statistic=explained, p_value=np.asarray(chdtrc(1.0, explained)), df=np.ones(explained.shape)
            ),
            REMAINING: HypothesisTest(
                statistic=common.residuals, p_value=np.asarray(chdtrc(np.maximum(left, 1), common.residuals)), df=left
            ),
        },
        parameters={"alpha": np.where(ok, alpha, np.nan), "beta": np.where(ok, beta, np.nan)},
    )


LIMIT_META_ANALYSIS = EffectModel(
    name="limit-meta-analysis",
    summary="Random-effects mean in the limit of studies without sampling error, adjusted for small-study effects.",
    options=LimitOptions,
    fit=limit_meta_analysis,
    vectorized=True,
    adjusts=True,
    minimum_studies=3,
    references=(
        "Rücker G, Schwarzer G, Carpenter JR, Binder H, Schumacher M. Treatment-effect estimates adjusted for "
        "small-study effects via a limit meta-analysis. Biostatistics 2011;12:122. doi:10.1093/biostatistics/kxq046",
    ),
    expected_failures={
        "between-the-effects": "it extrapolates to a study without sampling error",
        "weights-by-precision": "in a regression the least precise studies pull the other way",
        "honest-standard-errors: tau2 = SJ": "the estimator of Sidik and Jonkman is never 0",
    },
)
