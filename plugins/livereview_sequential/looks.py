"""The pooled effect after each study, in the order of publication, with its test as a normal deviate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from livereview import AnalysisRequest, Array, Fit, Mask, PluginError, Studies, confidence_limits
from livereview_estimation import pooled, tau_squared

Pooling = Literal["outcome", "common-effect", "DL", "REML"]


@dataclass(frozen=True)
class Looks:
    """One look for each study: all arrays (K,), on the analysis scale; NaN where the model has no result."""

    estimate: Array
    standard_error: Array
    df: Array
    """Of the t distribution; infinite = normal."""
    z: Array
    """The normal deviate with the P of the model's test."""
    low: Array
    high: Array
    """The model's own interval at the outcome's level."""
    tau2: float
    """Between-study variance of all studies together."""
    model_has_tau2: bool
    unusable: Mask
    """Looks without a result, or whose fit did not converge."""

    def interval(self, look: int, limit: float) -> tuple[float, float, float]:
        """Estimate and limits at a look where ``limit`` (a normal deviate) takes the place of 1.96.

        estimate ± q(limit) x standard error; q turns it into the quantile of the model's t distribution.
        """

        from scipy.special import ndtr, stdtrit

        middle, error, df = (float(array[look]) for array in (self.estimate, self.standard_error, self.df))
        if np.isinf(limit):
            return middle, -np.inf, np.inf
        factor = limit if np.isinf(df) else float(-stdtrit(df, ndtr(-limit)))
        return middle, middle - factor * error, middle + factor * error


def looks_of(request: AnalysisRequest, pooling: Pooling) -> Looks:
    """The cumulative fits. ``PluginError`` for a model without a test, or without an estimate of all studies."""
    if pooling == "outcome" and not request.has_test:
        raise PluginError(
            f'the model {request.model} has no test of no effect; choose pooling = "REML", "DL" or "common-effect"'
        )
    studies = request.studies
    k = studies.effect.size
    growing = replace(studies, present=np.tril(np.ones((k, k), dtype=bool)))
    fit = request.fit(growing) if pooling == "outcome" else _by_inverse_variance(growing, pooling)
    if not np.isfinite(fit.estimate[-1]):
        raise PluginError(f"the model {request.model} has no estimate for all studies together; choose another model")
    df = np.full(k, np.inf) if fit.df is None else np.asarray(fit.df, dtype=np.float64)
    converged = np.ones(k, dtype=bool) if fit.converged is None else fit.converged
    assert request.null is not None
    with np.errstate(divide="ignore", invalid="ignore"):
        z = normal_deviate((fit.estimate - request.null) / fit.standard_error, df)
    unusable = ~(np.isfinite(z) & converged)
    if unusable.all():
        raise PluginError(f"the model {request.model} converged at no look; choose another model")
    low, high = confidence_limits(fit, request.level)
    return Looks(
        estimate=fit.estimate,
        standard_error=fit.standard_error,
        df=df,
        z=z,
        low=low,
        high=high,
        tau2=float(_dersimonian_laird(studies) if fit.tau2 is None else fit.tau2[-1]),
        model_has_tau2=fit.tau2 is not None,
        unusable=unusable,
    )


def normal_deviate(statistic: Array, df: Array) -> Array:
    """The Z whose P is that of the statistic in a t distribution; itself where df is infinite."""

    from scipy.special import ndtri, stdtr

    tail = stdtr(np.where(np.isinf(df), 1.0, df), -np.abs(statistic))
    return np.where(np.isinf(df), statistic, np.sign(statistic) * -ndtri(tail))


def _by_inverse_variance(studies: Studies, pooling: Pooling) -> Fit:
    y, v, present = studies.effect, studies.variance, studies.present
    tau2 = None
    if pooling in ("DL", "REML"):
        tau2 = tau_squared(y, v, present, "DL" if pooling == "DL" else "REML").value
    found = pooled(y, v, present, 0.0 if tau2 is None else tau2)
    return Fit(estimate=found.mean, standard_error=np.sqrt(found.variance), weights=found.weights, tau2=tau2)


def _dersimonian_laird(studies: Studies) -> Array:
    return tau_squared(studies.effect, studies.variance, studies.present, "DL").value
