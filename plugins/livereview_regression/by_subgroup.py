"""A category with a tau² of its own in each level: as many meta-analyses as levels, and their differences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview import Array, Mask
from livereview_estimation import (
    Estimates,
    Interval,
    Omnibus,
    Residual,
    coefficient_tests,
    estimates,
    meta_regression,
    wald_test,
)


@dataclass(frozen=True, kw_only=True)
class Levels:
    """One fit per level, the reference first."""

    each: Estimates
    """(L,): the effect of each level."""
    k: Array
    tau2: Array
    q: Array
    residual_df: Array
    differences: Estimates
    """(L - 1,): of each other level to the reference, normal quantiles."""
    between: Omnibus
    """Cochran's Q of the effects of the levels, chi² with L - 1."""


def separate(y: Array, v: Array, masks: Mask, tau2: Residual, interval: Interval, level: float) -> Levels:
    """Random-effects fits of effects (K,) in each level, ``masks`` (L, K), and the test that all levels are equal.

    Differences have the sum of the squared standard errors as variance, and so has the test:
    Q = sum (m - mean)² / SE² with weights 1 / SE². A level of one study has its own effect and normal quantiles.
    Source: Borenstein et al. 2009 (10.1002/9780470743386), ch. 19.
    """
    one = np.ones((y.size, 1))
    fit = meta_regression(y, v, one, masks, tau2, interval)
    alone = meta_regression(y, v, one, masks, "EE", "wald")
    single = (masks.sum(axis=-1) == 1)[:, None]
    tests, own = coefficient_tests(fit, level), coefficient_tests(alone, level)
    each = Estimates(**{name: np.where(single, getattr(own, name), value)[:, 0] for name, value in vars(tests).items()})
    variance = each.standard_error**2
    contrast = each.value[1:] - each.value[0]
    covariance = np.diag(variance[1:]) + variance[0]
    normal = np.asarray(np.inf)
    return Levels(
        each=each,
        k=fit.k,
        tau2=fit.tau2,
        q=fit.q,
        residual_df=fit.residual_df,
        differences=estimates(contrast, np.diagonal(covariance), normal, level),
        between=wald_test(contrast, covariance, normal, contrast.size),
    )
