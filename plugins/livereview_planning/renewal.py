"""The outcome's own model on the studies at hand and trials to come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview import AnalysisRequest, Array, PluginError, Studies, confidence_limits


@dataclass(frozen=True, kw_only=True)
class Renewed:
    """Pooled results on the display scale, of any one shape; NaN where the model has none."""

    estimate: Array
    """On the analysis scale."""
    low: Array
    high: Array
    width: Array
    """Of the interval: for ratios on the log scale, else on the display scale."""


def today(request: AnalysisRequest) -> Renewed:
    """The outcome as it is, shape ()."""
    return _results(request, request.studies)


def renewed(request: AnalysisRequest, effects: Array, variances: Array) -> Renewed:
    """The outcome with m further trials, their effects and variances (..., m) on the analysis scale; one call of the
    model for all."""
    shape = np.broadcast_shapes(effects.shape, variances.shape)
    lead, own = shape[:-1], request.studies
    k = own.effect.size

    def joined(old: Array, new: Array) -> Array:
        return np.concatenate([np.broadcast_to(old, (*lead, k)), np.broadcast_to(new, shape)], axis=-1)

    studies = Studies(
        effect=joined(own.effect, effects),
        variance=joined(own.variance, variances),
        present=np.ones((*lead, k + shape[-1]), dtype=bool),
        measure=own.measure,
        labels=(*own.labels, *(f"planned trial {i + 1}" for i in range(shape[-1]))),
    )
    return _results(request, studies)


def _results(request: AnalysisRequest, studies: Studies) -> Renewed:
    fit = request.fit(studies)
    low, high = confidence_limits(fit, request.level)
    with np.errstate(over="ignore"):  # far out in the tails a ratio is no number of the machine
        limits = np.sort(np.stack([request.shown(low), request.shown(high)]), axis=0)
    if request.display == "proportion":
        limits = np.clip(limits, 0.0, 1.0)
    with np.errstate(invalid="ignore"):
        width = high - low if request.display == "ratio" else limits[1] - limits[0]
    return Renewed(estimate=np.asarray(fit.estimate), low=limits[0], high=limits[1], width=np.asarray(width))


def require_effects(request: AnalysisRequest) -> None:
    """PluginError where the outcome's model pools counts: the effect and variance of a trial to come are not enough."""
    own = request.studies
    bare = Studies(effect=own.effect, variance=own.variance, present=own.present, measure=own.measure)
    try:
        request.fit(bare)
    except PluginError as error:
        message = f"the model {request.model} needs more than the effect and the variance of a trial to come ({error})"
        raise PluginError(f"{message}; a model that pools effects, such as random-effects, can be asked") from None
