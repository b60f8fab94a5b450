"""The highest maximum of the likelihood of a selection model, from several starts, for any number of fits at once.

The rule: tau² and the parameters of smooth selection functions are bounded by 0, and may end there; the weights of a
step function are sought on the log scale. A weight that passes ``HIGHEST`` is taken to rise without limit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview import Array, Mask
from livereview_bias_adjustment.selection_functions import SelectionFunction
from livereview_bias_adjustment.selection_likelihood import Height, Likelihood
from livereview_estimation import pooled, tau_squared

#: Weight, or other parameter of a selection function, above which the likelihood counts as rising without limit.
HIGHEST = 1e3
ROUNDS = 200
#: Gain in log likelihood that a step still promises when it is the last; what is left then is about its square.
GAIN = 1e-10
#: Longest step in the log of a weight, or in another parameter of the selection function relative to itself plus 1.
LONGEST = 2.0
#: Longest step of the mean, in typical standard errors, and of tau² relative to itself plus the typical variance.
FARTHEST = 3.0
#: Share of a step below which the search ends: the rounding of the likelihood hides any gain.
SHORTEST = 1e-10
#: Steps after the search that are judged by what they leave to gain; two or three are taken.
POLISHES = 6
#: Distance from a bound, in the typical variance or in units of the selection function, below which it is tried.
NEAR = 1e-6
#: Smallest curvature that counts, relative to the largest of the fit.
FLATTEST = 1e-10
#: Starts: mean and tau² as shares of those without selection; parameters of the selection function as steps away from
#: no selection (1 = strong, -1 = reversed); a shift of the mean in typical standard errors.
STARTS = (
    (1.0, 1.0, 0.0, 0.0),
    (0.5, 0.5, 1.0, 0.0),
    (0.0, 1.0, 1.0, 0.0),
    (1.0, 0.0, -1.0, 0.0),
    (1.0, 3.0, -1.0, 0.0),
    (1.0, 3.0, -1.0, -3.0),
    (1.0, 3.0, -1.0, 3.0),
)


@dataclass(frozen=True, kw_only=True)
class Highest:
    """The maximum of each fit, in the units of the data."""

    parameters: Array
    """(n, 2 + m): mean, tau², delta."""
    value: Array
    """(n,): log likelihood."""
    unselected: Array
    """(n,): the highest log likelihood without selection, that of the ML random-effects model."""
    covariance: Array
    """(n, 2 + m, 2 + m): inverse of the observed information, 0 for parameters that ended at their bound of 0; NaN
    where it is not positive definite."""
    settled: Mask
    unlimited: Mask
    """The likelihood rises without limit in a parameter of the selection function."""


def highest(y: Array, v: Array, present: Mask, function: SelectionFunction) -> Highest:
    """Maximum likelihood for effects, variances and mask (n, K), each fit with studies in every step."""
    n = present.shape[0]
    unit = np.exp(np.where(present, np.log(np.where(present, v, 1.0)), 0.0).sum(-1) / np.maximum(present.sum(-1), 1))
    likelihood = Likelihood(y / np.sqrt(unit)[:, None], v / unit[:, None], present, function)
    tau2 = tau_squared(likelihood.y, likelihood.v, present, "ML").value
    mean = pooled(likelihood.y, likelihood.v, present, tau2).mean
    none = np.concatenate([np.stack([mean, tau2], -1), np.full((n, function.size), function.neutral)], axis=-1)
    unselected = likelihood.at(none).value
    starts = np.stack([_start(none, function, *shares) for shares in STARTS], axis=1)
    every = np.repeat(np.arange(n), len(STARTS))
    found, heights, _ = _climbed(likelihood.of(every), starts.reshape(every.size, -1))
    best = np.arange(n) * len(STARTS) + heights.reshape(n, -1).argmax(axis=1)
    parameters, value, settled = _climbed(likelihood, _at_bound(likelihood, found[best], heights[best]))
    parameters, value = _polished(likelihood, _at_bound(likelihood, parameters, value))
    unlimited = np.asarray((parameters[:, 2:] > HIGHEST).any(axis=-1))
    covariance = _covariance(likelihood.at(parameters), parameters)
    scale = np.concatenate([np.sqrt(unit)[:, None], unit[:, None], np.ones((n, function.size))], axis=-1)
    shift = present.sum(axis=-1) * np.log(unit) / 2
    return Highest(
        parameters=parameters * scale,
        value=value - shift,
        unselected=unselected - shift,
        covariance=covariance * scale[:, :, None] * scale[:, None, :],
        settled=settled,
        unlimited=unlimited,
    )


def _start(none: Array, function: SelectionFunction, mean: float, tau2: float, away: float, shift: float) -> Array:
    """Parameters to start from, (n, 2 + m)."""
    start = none.copy()
    start[:, 0] = start[:, 0] * mean + shift
    start[:, 1] = start[:, 1] * tau2 + (0.1 if tau2 > 1 else 0.0)
    if function.neutral == 1.0:
        start[:, 2:] = 0.3**away
    else:
        start[:, 2:] = max(away, 0.0) + 0.1
    return start


def _climbed(likelihood: Likelihood, start: Array) -> tuple[Array, Array, Mask]:
    """Parameters (n, 2 + m), log likelihood and whether the search settled, from one start each."""
    by_log = likelihood.function.shape == "step"
    theta, value = start.copy(), np.full(start.shape[0], -np.inf)
    settled, share = np.zeros(start.shape[0], dtype=bool), np.ones(start.shape[0])
    height = likelihood.at(theta)
    at = np.flatnonzero(np.isfinite(height.value))
    here, height = likelihood.of(at), Height(*(part[at] for part in height))
    value[at] = height.value
    for _ in range(ROUNDS):
        step, gain = _step(height, theta[at], by_log)
        proposed = _moved(theta[at], step * share[at, None], by_log)
        there = here.at(proposed)
        better = there.value >= value[at]
        last = (gain < GAIN) | (share[at] < SHORTEST) | (proposed[:, 2:] > HIGHEST).any(axis=-1)
        theta[at[better]], value[at[better]] = proposed[better], there.value[better]
        share[at] = np.where(better, np.minimum(1.0, share[at] * 4), share[at] / 4)
        settled[at[last]] = True
        kept = np.flatnonzero(~last)
        if not kept.size:
            break
        parts = zip(there, height, strict=True)
        height = Height(*(np.where(_like(better, new), new, old)[kept] for new, old in parts))
        at, here = at[kept], here.of(kept) if kept.size < last.size else here
    return theta, value, settled


def _at_bound(likelihood: Likelihood, theta: Array, value: Array) -> Array:
    """Parameters that came next to their bound, put on it where the likelihood is no lower there but for rounding."""
    bounded = np.full(theta.shape[1], likelihood.function.shape != "step")
    bounded[:2] = False, True
    near = np.where(bounded & (theta < NEAR), 0.0, theta)
    return np.where((likelihood.at(near).value >= value - 1e-8)[:, None], near, theta)


def _polished(likelihood: Likelihood, theta: Array) -> tuple[Array, Array]:
    """Parameters nearer to the maximum, and their log likelihood; what is at its bound stays there.

    A gain of 1e-15, which no double shows in a log likelihood of 10, still moves an estimate by 4e-8 of its standard
    error. So the search ends where rounding happens to end it; from there a step is taken where it leaves less to gain.
    """
    by_log = likelihood.function.shape == "step"
    theta, height = theta.copy(), likelihood.at(theta)
    held = theta <= 0
    held[:, 0] = False
    step, gain = _step(height, theta, by_log, held)
    for _ in range(POLISHES):
        proposed = _moved(theta, step, by_log)
        there = likelihood.at(proposed)
        further, left = _step(there, proposed, by_log, held)
        nearer = (left < gain) & (gain < GAIN)
        if not nearer.any():
            break
        theta[nearer], step[nearer], gain[nearer] = proposed[nearer], further[nearer], left[nearer]
        height.value[nearer] = there.value[nearer]
    return theta, height.value


def _like(fits: Mask, values: Array) -> Mask:
    """One truth value per fit with as many axes as ``values``."""
    return fits.reshape(-1, *[1] * (values.ndim - 1))


def _step(height: Height, theta: Array, by_log: bool, held: Mask | None = None) -> tuple[Array, Array]:
    """The uphill step of each fit, but for parameters that are ``held``, and the gain in log likelihood it promises.

    Newton's step with the absolute values of the curvatures, so that it points uphill at a saddle too (Dauphin et al.
    2014, arXiv 1406.2572). A parameter that would pass its bound goes to the bound, and the others are solved anew.
    """
    gradient, hessian = height.gradient.copy(), height.hessian.copy()
    if by_log:
        scale = np.concatenate([np.ones_like(theta[:, :2]), theta[:, 2:]], axis=-1)
        gradient, hessian = gradient * scale, hessian * scale[:, :, None] * scale[:, None, :]
        index = np.arange(2, theta.shape[1])
        hessian[:, index, index] += gradient[:, 2:]
    bounded = np.ones(theta.shape, dtype=bool)
    bounded[:, 0] = False
    bounded[:, 2:] = not by_log
    ends = bounded & (theta <= 0) & (gradient <= 0) if held is None else held
    for _ in range(1 + int(bounded[0].sum())):
        step, gain = _solved(gradient, hessian, ends, -theta)
        over = bounded & ~ends & (theta + step < 0)
        if not over.any():
            break
        ends = ends | over
    of_weights = np.full_like(theta[:, 2:], LONGEST) if by_log else LONGEST * (1 + theta[:, 2:])
    of_mean, of_tau2 = np.full_like(theta[:, :1], FARTHEST), FARTHEST * (1 + theta[:, 1:2])
    longest = np.concatenate([of_mean, of_tau2, of_weights], axis=-1)
    excess = np.maximum((np.abs(step) / longest).max(axis=-1, keepdims=True), 1.0)
    return step / excess, gain


def _solved(gradient: Array, hessian: Array, ends: Mask, to_bound: Array) -> tuple[Array, Array]:
    """Newton's step with ``ends`` moved by ``to_bound`` and the others free, and the gain it promises."""
    fixed = np.where(ends, to_bound, 0.0)
    slope = np.where(ends, 0.0, gradient + np.einsum("nij,nj->ni", hessian, fixed))
    curvature, axes = np.linalg.eigh(np.where(ends[:, :, None] | ends[:, None, :], 0.0, hessian))
    steep = np.abs(curvature)
    steep = np.maximum(steep, FLATTEST * steep.max(axis=-1, keepdims=True) + np.finfo(np.float64).tiny)
    along = np.einsum("nij,ni->nj", axes, slope)
    step = np.where(ends, fixed, np.einsum("nij,nj->ni", axes, along / steep))
    return step, (along**2 / steep).sum(axis=-1) + np.abs(fixed * gradient).sum(axis=-1)


def _moved(theta: Array, step: Array, by_log: bool) -> Array:
    """Parameters after a step, at their bounds where the step would pass them."""
    moved = theta + step
    moved[:, 1] = np.maximum(moved[:, 1], 0.0)
    moved[:, 2:] = theta[:, 2:] * np.exp(step[:, 2:]) if by_log else np.maximum(moved[:, 2:], 0.0)
    return moved


def _covariance(height: Height, theta: Array) -> Array:
    """Inverse of the observed information of the parameters that are not at their bound."""
    free = np.ones(theta.shape, dtype=bool)
    free[:, 1:] = theta[:, 1:] > 0
    both = free[:, :, None] & free[:, None, :]
    information = np.where(both, -height.hessian, np.eye(theta.shape[1]))
    definite = np.linalg.eigvalsh(information)[:, 0] > 0
    inverse = np.linalg.inv(np.where(definite[:, None, None], information, np.eye(theta.shape[1])))
    return np.where(definite[:, None, None], np.where(both, inverse, 0.0), np.nan)
