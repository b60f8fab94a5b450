"""From a likelihood to estimates: the common effect, then tau, by a ladder of methods of which each step is reported.

1. Newton's method from the best of three starts; what it finds at tau = 0 is exactly 0.
2. Steps that do not climb are halved until they do (``damped``).
3. Where that does not settle, tau is searched: the likelihood, highest in everything else, on a grid of tau, then
   golden section about its best point (``searched``).
4. What then has no maximum with a curvature has no number (``converged`` false).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from livereview_estimation.packing import Array, Mask
from livereview_glmm.batch import Batch
from livereview_glmm.newton import Maximum, maximum
from livereview_glmm.objective import Objective, Point, Value

#: Curvature in tau at 0, relative to the information, below which its sign is rounding.
ROUNDING = 1e-12
#: Gain over tau = 0, relative to the log-likelihood, below which it is rounding.
GAIN = 1e-12
#: Where tau is searched: from what cannot be told from 0 to an odds ratio of e^60 between studies.
GRID = np.concatenate([[0.0], np.geomspace(1e-3, 30.0, 32)])
#: Steps of the golden section; each leaves 0.618 of the interval.
SECTIONS = 45


@dataclass(frozen=True, kw_only=True)
class Estimates(Batch):
    """The fits of a block, arrays (n,) but for ``information``."""

    mu: Array
    standard_error: Array
    tau: Array
    log_likelihood: Array
    """Relative to what fits all counts exactly."""
    log_likelihood_common: Array
    """The same with tau = 0."""
    information: Array
    """(n, K): what each study adds to the information on mu."""
    converged: Mask
    damped: Mask
    searched: Mask
    shared: Array | None = None
    """(n, q): see ``Point``."""


@dataclass(frozen=True, kw_only=True)
class Starts:
    """Where to begin: values of mu and tau, each (starts, n), the first with tau = 0; and all else."""

    mu: Array
    tau: Array
    modes: Array
    intercepts: Array | None
    shared: Array | None = None

    def point(self, at: int) -> Point:
        return Point(mu=self.mu[at], tau=self.tau[at], intercepts=self.intercepts, modes=self.modes, shared=self.shared)


def estimates(objective: Objective, starts: Starts, *, heterogeneity: bool) -> Estimates:
    """Maximum-likelihood estimates of the fits of a block; tau = 0 unless ``heterogeneity``."""
    point, value, reached = maximum(objective.without_heterogeneity(), starts.point(0), free_tau=False)
    common = _estimates(point, value, reached, value.total, free_tau=False)
    if not heterogeneity:
        return common
    found_point, found_value, found = maximum(objective, _best_start(objective, starts))
    result = _estimates(found_point, found_value, found, common.log_likelihood, free_tau=True)
    lost = np.flatnonzero(~result.converged & common.converged)
    if lost.size:
        result.put(lost, _searched(objective.at(lost), point.at(lost), common.log_likelihood[lost]))
    rises = value.hessian[:, 1, 1] > ROUNDING * common.information.sum(axis=-1)
    gains = result.log_likelihood - common.log_likelihood > GAIN * (1 + np.abs(common.log_likelihood))
    at_zero = np.flatnonzero(common.converged & ~rises & ~gains)
    zero = replace(common.at(at_zero), searched=result.searched[at_zero], damped=result.damped[at_zero])
    result.put(at_zero, zero)
    return result


def _best_start(objective: Objective, starts: Starts) -> Point:
    """Of the starts with tau above 0, the one with the highest likelihood."""
    best = starts.point(1).at(np.arange(len(starts.modes)))
    value = objective.value(best)
    for at in range(2, len(starts.tau)):
        other = starts.point(at)
        found = objective.value(other)
        better = ~(found.total <= value.total)
        best.put(better, other.at(better))
        value.put(better, found.at(better))
    return best


def _estimates(point: Point, value: Value, reached: Maximum, common: Array, *, free_tau: bool) -> Estimates:
    """Estimates at a maximum; without curvature there, not converged."""
    hessian = _in_mu_and_tau(value.hessian)
    a, b, c = hessian[:, 0, 0], hessian[:, 0, 1], hessian[:, 1, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = -c / (a * c - b**2) if free_tau else -1 / a
        concave = (a < 0) & ((a * c - b**2 > 0) | (not free_tau))
        error = np.sqrt(np.where(concave, variance, np.nan))
    return Estimates(
        mu=point.mu,
        standard_error=error,
        tau=np.abs(point.tau),
        log_likelihood=value.total,
        log_likelihood_common=common,
        information=value.information,
        converged=reached.converged & np.isfinite(error),
        damped=reached.damped,
        searched=np.zeros(error.shape, dtype=bool),
        shared=point.shared,
    )


def _in_mu_and_tau(hessian: Array) -> Array:
    """The Hessian of the likelihood that is highest in what is shared; NaN where that is no maximum."""
    rest = hessian[:, 2:, 2:]
    if not rest.shape[-1]:
        return hessian
    reduced = np.full((len(hessian), 2, 2), np.nan)
    finite = np.asarray(np.isfinite(hessian).all(axis=(1, 2)))
    highest = np.linalg.eigvalsh(np.where(finite[:, None, None], rest, 0.0))[:, -1]
    peaked = np.flatnonzero(finite & np.asarray(highest < 0))
    h = hessian[peaked]
    reduced[peaked] = h[:, :2, :2] - h[:, :2, 2:] @ np.linalg.solve(h[:, 2:, 2:], h[:, 2:, :2])
    return reduced


def _searched(objective: Objective, common: Point, log_likelihood: Array) -> Estimates:
    """Estimates by searching tau; begins from the common effect."""
    n = common.mu.size

    def profile(tau: Array) -> tuple[Point, Value, Maximum]:
        return maximum(objective, replace(common, tau=tau), free_tau=False)

    heights = np.stack([profile(np.full(n, tau))[1].total for tau in GRID])
    top = np.where(np.isfinite(heights), heights, -np.inf).argmax(axis=0)
    low, high = GRID[np.maximum(top - 1, 0)], GRID[np.minimum(top + 1, GRID.size - 1)]
    golden = (np.sqrt(5) - 1) / 2
    inner, outer = high - golden * (high - low), low + golden * (high - low)
    at_inner, at_outer = profile(inner)[1].total, profile(outer)[1].total
    for _ in range(SECTIONS):
        left = at_inner >= at_outer
        low, high = np.where(left, low, inner), np.where(left, outer, high)
        fresh = np.where(left, high - golden * (high - low), low + golden * (high - low))
        height = profile(fresh)[1].total
        inner, outer = np.where(left, fresh, outer), np.where(left, inner, fresh)
        at_inner, at_outer = np.where(left, height, at_outer), np.where(left, at_inner, height)
    point, value, reached = profile((low + high) / 2)
    inside = (top < GRID.size - 1) & reached.converged
    found = _estimates(point, value, replace(reached, converged=inside), log_likelihood, free_tau=True)
    return replace(found, searched=np.ones(n, dtype=bool))
