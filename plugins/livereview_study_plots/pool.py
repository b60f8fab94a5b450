"""The pooled result that a plot shows: estimate, standard error, intervals and the spread of true effects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview import AnalysisRequest, Array, Fit, PluginError, Studies


@dataclass(frozen=True, kw_only=True)
class Pool:
    """The outcome's own result, on the analysis scale."""

    estimate: float
    standard_error: float
    df: float
    """Of the t distribution of the estimate; inf = normal."""
    low: float
    high: float
    """Limits at the outcome's level: the model's own, else by t or normal quantiles."""
    own: bool
    """Whether the limits are the model's own."""
    tau2: float
    """0 for a model without one."""
    weights: Array
    """Shares of the K studies, 0-1."""

    @property
    def spread(self) -> float:
        """Standard error of the true effect of a new study: sqrt(se² + tau²)."""
        return float(np.sqrt(self.standard_error**2 + self.tau2))


def pool_of(request: AnalysisRequest) -> Pool:
    """The pooled result; ``PluginError`` where the model has none for these studies."""
    from scipy.special import ndtri, stdtrit

    fit: Fit = request.fit(request.studies)
    estimate, error = float(fit.estimate), float(fit.standard_error)
    if not np.isfinite(estimate) or not error > 0:
        raise PluginError(f"the model {request.model} has no estimate with a standard error; choose another model")
    df = np.inf if fit.df is None else float(fit.df)
    tail = (1 + request.level) / 2
    margin = float(ndtri(tail) if np.isinf(df) else stdtrit(df, tail)) * error
    own = fit.ci_low is not None and fit.ci_high is not None
    low, high = (float(fit.ci_low), float(fit.ci_high)) if own else (estimate - margin, estimate + margin)  # type: ignore[arg-type]
    tau2 = 0.0 if fit.tau2 is None or not np.isfinite(fit.tau2) else float(fit.tau2)
    weights = np.nan_to_num(np.asarray(fit.weights, dtype=np.float64))
    return Pool(estimate=estimate, standard_error=error, df=df, low=low, high=high, own=own, tau2=tau2, weights=weights)


def study_names(studies: Studies) -> tuple[str, ...]:
    """The labels, or "study 1", "study 2" ... where there are none."""
    return studies.labels or tuple(f"study {i + 1}" for i in range(studies.present.shape[-1]))


def told(request: AnalysisRequest, *values: float) -> list[str]:
    """Effects as a reader knows them: on the display scale, proportions in percent, three significant digits."""
    shown = np.asarray(request.shown(np.asarray(values, dtype=np.float64)))
    times, sign = (100, "%") if request.display == "proportion" else (1, "")
    return [f"{times * value:.3g}{sign}" for value in shown]


def area(weights: Array) -> Array:
    """Sizes of points by weight; all alike where a model gives no positive weight."""
    positive = np.maximum(weights, 0.0)
    return positive if positive.max(initial=0.0) > 0 else np.ones(weights.shape)
