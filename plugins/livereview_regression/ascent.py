"""The highest point of the likelihood of the three-level model: a grid of starts, each climbed until nothing is gained.

The rule: far from a top a step is taken only if the likelihood rises, halved until it does, so that no climb diverges;
near it, where the likelihood is level to rounding, full steps towards a slope of 0 give the variances all their digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview import Array, Mask
from livereview_regression.variance_components import Evaluated, Results, evaluated

#: Values of each variance in the grid of starts beside 0.
GRID = 9
#: Climbing steps; a handful is the rule.
STEPS = 500
#: Halvings of a step before the point counts as the top.
HALVINGS = 40
#: Gain expected of a step, in log likelihood, below which the top is near.
NEAR = 1e-7
#: Gain expected of the last step: one of 1e-10 standard errors of the variances.
LEVEL = 1e-20
#: Part of the information on both variances below which only their sum is known.
SINGULAR = 1e-12
#: Tops closer than this, relative to the variances plus the smallest sampling variance, are one.
SAME = 1e-4


@dataclass(frozen=True, kw_only=True)
class Top:
    """The pair of variances (n, 2) of the highest top of each fit."""

    pair: Array
    at: Evaluated
    settled: Mask
    """Climbing ended by itself."""
    several: Mask
    """Different tops were found; the highest was taken."""


def highest(results: Results, restricted: bool) -> Top:
    """Over s1, s2 >= 0, for effects less a regression on the columns and variances in units of the smallest.

    The likelihood is evaluated on a grid of both, up to the sum of squares of the effects, and climbed from every point
    that no neighbour exceeds.
    """
    n = results.y.shape[0]
    scale = np.maximum(np.einsum("nk,nk->n", results.y, results.y), 1.0)
    axis = np.concatenate([np.zeros((n, 1)), np.geomspace(0.01, scale, GRID, axis=-1)], axis=-1)
    size = axis.shape[1]
    first, second = (index.reshape(-1) for index in np.meshgrid(np.arange(size), np.arange(size), indexing="ij"))
    fit = np.repeat(np.arange(n), size * size)
    start = np.stack([axis[:, first].reshape(-1), axis[:, second].reshape(-1)], axis=-1)
    height = evaluated(results.of(fit), start, restricted).height.reshape(n, size, size)
    chosen = np.flatnonzero(_unexceeded(height))
    fit, (pair, at, settled) = fit[chosen], climbed(results.of(fit[chosen]), start[chosen], restricted)
    order = np.lexsort((at.height, fit))
    best = np.zeros(n, dtype=np.intp)
    best[fit[order]] = order  # of several climbs of one fit, the last stays: the highest
    apart = np.abs(pair - pair[best[fit]]) > SAME * (1 + pair[best[fit]])
    away = apart.any(axis=-1) & settled
    return Top(
        pair=pair[best],
        at=evaluated(results, pair[best], restricted),
        settled=settled[best],
        several=np.bincount(fit[away], minlength=n) > 0,
    )


def _unexceeded(height: Array) -> Mask:
    """Points of a grid (n, a, b) that none of their eight neighbours exceeds."""
    a, b = height.shape[1:]
    padded = np.pad(height, ((0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
    around = [padded[:, i : i + a, j : j + b] for i in range(3) for j in range(3)]
    return np.asarray(height >= np.max(around, axis=0))


def climbed(
    results: Results, start: Array, restricted: bool, free: tuple[bool, bool] = (True, True)
) -> tuple[Array, Evaluated, Mask]:
    """From ``start`` (n, 2) to a top over the variances that are ``free``: the pair, what is there, and whether the
    climb ended by itself."""
    pair, settled = start.copy(), np.zeros(start.shape[0], dtype=bool)
    at = np.arange(start.shape[0])
    here = evaluated(results, pair, restricted)
    for _ in range(STEPS):
        step = _step(pair[at], here, np.asarray(free))
        gain = (here.score * step).sum(axis=-1)
        near = gain <= NEAR
        moved, gained = _halved(results.of(at), pair[at], here.height, np.where(near[:, None], 0.0, step), restricted)
        moved = np.where(near[:, None], np.maximum(pair[at] + step, 0.0), moved)
        going = np.where(near, gain > LEVEL, gained)
        pair[at] = moved
        settled[at[~going]] = True
        at = at[going]
        if not at.size:
            break
        here = evaluated(results.of(at), pair[at], restricted)
    return pair, evaluated(results, pair, restricted), settled


def _step(pair: Array, here: Evaluated, free: Mask) -> Array:
    """A Newton step with the averaged information; a variance at 0 that the slope pushes down, or not free, stays."""
    moving = free & ~((pair <= 0) & (here.score <= 0))
    both = moving[:, :, None] & moving[:, None, :]
    information = np.where(both, here.information, 0.0) + np.where(moving, 0.0, 1.0)[:, :, None] * np.eye(2)
    size = np.sqrt(np.einsum("njj->nj", information))
    # Where the data know only the sum of the variances, the shortest of the steps that do.
    inverse = np.linalg.pinv(information / (size[:, :, None] * size[:, None]), rcond=SINGULAR, hermitian=True)
    step = np.einsum("nij,nj->ni", inverse, np.where(moving, here.score, 0.0) / size) / size
    return np.where(moving, step, 0.0)


def _halved(results: Results, pair: Array, height: Array, step: Array, restricted: bool) -> tuple[Array, Mask]:
    """The first of the halved steps that gains height, and where one does; none: where it stands."""
    taken, gained = pair.copy(), np.zeros(pair.shape[0], dtype=bool)
    waiting = np.flatnonzero(step.any(axis=-1))
    for halving in range(HALVINGS):
        if not waiting.size:
            break
        tried = np.maximum(pair[waiting] + step[waiting] / 2**halving, 0.0)
        higher = evaluated(results.of(waiting), tried, restricted).height > height[waiting]
        taken[waiting[higher]], gained[waiting[higher]] = tried[higher], True
        waiting = waiting[~higher]
    return taken, gained
