"""Newton's method for many likelihoods at once, each damped until it climbs.

A step that does not raise the likelihood is halved; where the likelihood is not concave, the step climbs along the
directions of its curvature. Fits that are done leave the batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview_estimation.packing import Array, Mask
from livereview_glmm.batch import Batch
from livereview_glmm.objective import Objective, Point, Value

#: Evaluations of the likelihood before a fit is given up. A handful is the rule.
EVALUATIONS = 60
#: Squared distance to the maximum in standard errors, as Newton's decrement has it, at which a fit is done.
DONE = 1e-20
#: Below this decrement the rounding of the likelihood hides whether a step climbs; steps are then taken as they are.
BLIND = 1e-9
#: Share of the promised gain that a step must bring.
SUFFICIENT = 1e-4
#: Largest change of any parameter at once, on the log scale of odds and rates.
LONGEST = 3.0
#: Curvature taken instead of one that is flatter, relative to the steepest of the fit.
FLATTEST = 1e-8


@dataclass(frozen=True, kw_only=True)
class Maximum(Batch):
    """Where the likelihoods of n fits are highest; see ``Point`` and ``Value`` for the parts."""

    converged: Mask
    damped: Mask
    """At least one step had to be shortened."""


@dataclass(frozen=True, kw_only=True)
class _Step(Batch):
    """A step of all parameters, and twice what it promises to gain."""

    mu: Array
    tau: Array
    intercepts: Array | None
    shared: Array | None
    decrement: Array


def maximum(objective: Objective, start: Point, *, free_tau: bool = True) -> tuple[Point, Value, Maximum]:
    """The maximum that Newton's method finds from a start; with ``free_tau`` false tau stays where it is."""
    n = start.mu.size
    point, value = start.at(np.arange(n)), objective.value(start)
    step = _step(value, free_tau)
    converged, damped, scale = step.decrement < DONE, np.zeros(n, dtype=bool), np.ones(n)
    for _ in range(EVALUATIONS):
        at = np.flatnonzero(~converged & np.isfinite(value.total))
        if not at.size:
            break
        tried_step = step.at(at)
        tried = _moved(point.at(at), value.modes[at], tried_step, scale[at])
        found = objective.at(at).value(tried)
        promised = SUFFICIENT * scale[at] * tried_step.decrement
        climbs = np.isfinite(found.total) & (
            (found.total - value.total[at] >= promised) | (tried_step.decrement < BLIND)
        )
        scale[at] = np.where(climbs, 1.0, scale[at] / 2)
        damped[at[~climbs]] = True
        good, found = at[climbs], found.at(climbs)
        following = _step(found, free_tau)
        point.put(good, tried.at(climbs))
        value.put(good, found)
        step.put(good, following)
        converged[good] = following.decrement < DONE
    return point, value, Maximum(converged=converged, damped=damped)


def _moved(point: Point, modes: Array, step: _Step, scale: Array) -> Point:
    own = None
    if point.intercepts is not None and step.intercepts is not None:
        own = point.intercepts + scale[:, None] * step.intercepts
    shared = None
    if point.shared is not None and step.shared is not None:
        shared = point.shared + scale[:, None] * step.shared
    return Point(
        mu=point.mu + scale * step.mu, tau=point.tau + scale * step.tau, intercepts=own, modes=modes, shared=shared
    )


def _step(value: Value, free_tau: bool) -> _Step:
    """Newton's step, shortened to ``LONGEST``; uphill also where the likelihood is not concave."""
    gradient, hessian = value.gradient.copy(), value.hessian.copy()
    if not free_tau:
        gradient[:, 1], hessian[:, 1], hessian[:, :, 1], hessian[:, 1, 1] = 0.0, 0.0, 0.0, -1.0
    common = _uphill(gradient, hessian) if gradient.shape[1] == 2 else _uphill_in_many(gradient, hessian)
    if not free_tau:
        common[:, 1] = 0.0
    decrement = (gradient * common).sum(axis=-1)
    longest = np.abs(common).max(axis=-1, initial=0.0)
    own = None
    if value.own_gradient is not None and value.own_curvature is not None and value.own_crossed is not None:
        pull = value.own_gradient + np.einsum("nkp,np->nk", value.own_crossed, common)
        own = -pull / value.own_curvature
        decrement += (value.own_gradient**2 / -value.own_curvature).sum(axis=-1)
        longest = np.maximum(longest, np.abs(own).max(axis=-1, initial=0.0))
    short = np.minimum(1.0, LONGEST / np.maximum(longest, LONGEST))
    own = None if own is None else own * short[:, None]
    common = common * short[:, None]
    shared = common[:, 2:] if common.shape[1] > 2 else None
    return _Step(mu=common[:, 0], tau=common[:, 1], intercepts=own, shared=shared, decrement=decrement)


def _uphill(gradient: Array, hessian: Array) -> Array:
    """-H⁻¹ g where H is negative definite; else with the curvatures of H made negative."""
    a, b, c = hessian[:, 0, 0], hessian[:, 0, 1], hessian[:, 1, 1]
    determinant = a * c - b**2
    concave = (a < 0) & (determinant > FLATTEST * a * c)
    with np.errstate(divide="ignore", invalid="ignore"):
        step = np.stack([b * gradient[:, 1] - c * gradient[:, 0], b * gradient[:, 0] - a * gradient[:, 1]], axis=-1)
        step /= determinant[:, None]
    bad = np.flatnonzero(~concave)
    if bad.size:
        step[bad] = _uphill_in_many(gradient[bad], hessian[bad], step[bad])
    return step


def _uphill_in_many(gradient: Array, hessian: Array, otherwise: Array | None = None) -> Array:
    """|H|⁻¹ g, |H| having the curvatures of H made positive: -H⁻¹ g where H is negative definite.

    Where H is not finite: ``otherwise``, NaN by default.
    """
    step = np.full(gradient.shape, np.nan) if otherwise is None else otherwise.copy()
    fine = np.flatnonzero(np.isfinite(hessian).all(axis=(1, 2)))
    if fine.size:
        curvature, directions = np.linalg.eigh(hessian[fine])
        size = np.abs(curvature)
        steep = np.maximum(size, np.maximum(FLATTEST * size.max(axis=-1, keepdims=True), np.finfo(np.float64).tiny))
        along = np.einsum("nij,ni->nj", directions, gradient[fine])
        step[fine] = np.einsum("nij,nj->ni", directions, along / steep)
    return step
