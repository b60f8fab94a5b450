"""The log likelihood of a selection model with its gradient and Hessian, for any number of fits at once.

The rule: parameters are (mean, tau², delta_1 ... delta_m) on the last axis; arrays of studies are (fits, K), already
scaled, with absent studies marked.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from livereview import Array, Mask
from livereview_bias_adjustment.selection_functions import Cells, SelectionFunction
from livereview_estimation.packing import Index

ROOT_2_PI = float(np.sqrt(2 * np.pi))


class Height(NamedTuple):
    """Log likelihood (n,), gradient (n, 2 + m), Hessian (n, 2 + m, 2 + m)."""

    value: Array
    gradient: Array
    hessian: Array


class Likelihood:
    """n fits of up to K studies: ``sum log w(p) - log A + log phi(y; mean, v + tau²)``, A the chance to be published.

    ``A = integral of w(p(y)) phi(y; mean, v + tau²) dy = sum W K`` over the cells of the selection function. Vevea and
    Hedges 1995, 10.1007/BF02294384, equation 4.
    """

    def __init__(self, y: Array, v: Array, present: Mask, function: SelectionFunction) -> None:
        self.function, self.cells = function, function.cells()
        self.present = present
        self.y, self.v = np.where(present, y, 0.0), np.where(present, v, 1.0)
        self.error = np.sqrt(self.v)
        self.p = function.p_values(self.y / self.error)
        self.step = function.step_of(self.p)

    def of(self, fits: Index) -> Likelihood:
        """These fits; a fit may be asked for more than once."""
        part = object.__new__(Likelihood)
        part.function, part.cells = self.function, self.cells
        for name in ("present", "y", "v", "error", "p", "step"):
            setattr(part, name, getattr(self, name)[fits])
        return part

    def at(self, parameters: Array) -> Height:
        """The log likelihood at parameters (n, 2 + m)."""
        mean, tau2, delta = parameters[:, 0:1], parameters[:, 1:2], parameters[:, 2:]
        m, here = delta.shape[-1], self.present
        spread = self.v + tau2
        log, by_mean = _normal(self.y - mean, spread)
        own = self.function.weights(delta, self.p, self.step)
        cell = self.function.weights(delta, self.cells.p, self.cells.step)
        top = cell.log.max(axis=-1, keepdims=True)
        weight = np.exp(cell.log - top)
        chance = _Chances(self.cells, self.error, mean, spread)
        # A chance too small for a double: far from any maximum, but the search may pass there.
        total = np.maximum(np.einsum("nkq,nq->nk", chance.value, weight), np.finfo(np.float64).tiny)
        # Derivatives of A by mean and tau², then by delta, then mixed; all over A.
        a = np.einsum("nkqi,nq->nki", chance.first, weight) / total[..., None]
        aa = np.einsum("nkqij,nq->nkij", chance.second, weight) / total[..., None, None]
        w1 = weight[..., None] * cell.first
        w2 = weight[..., None, None] * (cell.second + cell.first[..., :, None] * cell.first[..., None, :])
        d = np.einsum("nkq,nqj->nkj", chance.value, w1) / total[..., None]
        dd = np.einsum("nkq,nqij->nkij", chance.value, w2) / total[..., None, None]
        ad = np.einsum("nkqi,nqj->nkij", chance.first, w1) / total[..., None, None]
        first = np.concatenate([a, d], axis=-1)
        second = np.concatenate(
            [np.concatenate([aa, ad], axis=-1), np.concatenate([np.swapaxes(ad, -1, -2), dd], axis=-1)], axis=-2
        )
        gradient, hessian = -first, -(second - first[..., :, None] * first[..., None, :])
        gradient[..., :2] += by_mean.first
        gradient[..., 2:] += own.first
        hessian[..., :2, :2] += by_mean.second
        hessian[..., 2:, 2:] += own.second
        value = log + own.log - np.log(total) - top
        return Height(
            value=np.where(here, value, 0.0).sum(axis=-1),
            gradient=np.where(here[..., None], gradient, 0.0).sum(axis=-2),
            hessian=np.where(here[..., None, None], hessian, 0.0).sum(axis=-3).reshape(-1, 2 + m, 2 + m),
        )


class _Slopes(NamedTuple):
    first: Array
    second: Array


def _normal(residual: Array, spread: Array) -> tuple[Array, _Slopes]:
    """Log density of the normal distribution (n, K), with its derivatives by mean and variance."""
    r = residual / spread
    log = -0.5 * (np.log(2 * np.pi * spread) + residual * r)
    first = np.stack([r, 0.5 * (r * r - 1 / spread)], axis=-1)
    by_both = -r / spread
    by_tau2 = 0.5 / spread**2 - r * r / spread
    second = np.stack([np.stack([-1 / spread, by_both], -1), np.stack([by_both, by_tau2], -1)], -2)
    return log, _Slopes(first, second)


class _Chances:
    """K: chance of each study's z to lie in each cell, (n, K, Q), with derivatives by mean and tau²."""

    def __init__(self, cells: Cells, error: Array, mean: Array, spread: Array) -> None:
        sd = np.sqrt(spread)[..., None]
        node = cells.factor > 0
        shape = (*error.shape, cells.low.size)
        self.value, self.first = np.empty(shape), np.empty((*shape, 2))
        self.second = np.empty((*shape, 2, 2))
        self._intervals(~node, cells, error[..., None], mean[..., None], sd)
        if node.any():
            self._densities(node, cells, error[..., None], mean[..., None], sd)

    def _intervals(self, at: Mask, cells: Cells, error: Array, mean: Array, sd: Array) -> None:
        from scipy.special import ndtr

        low, high = (np.clip((edge[at] * error - mean) / sd, -1e8, 1e8) for edge in (cells.low, cells.high))
        flip = low > 0  # the smaller tail is kept in full precision
        self.value[..., at] = np.where(flip, ndtr(-low) - ndtr(-high), ndtr(high) - ndtr(low))
        # Phi(u) with u = (c - mean)/sd: derivatives by mean and by variance.
        ends = [_cumulated(u, sd) for u in (high, low)]
        self.first[..., at, :] = ends[0].first - ends[1].first
        self.second[..., at, :, :] = ends[0].second - ends[1].second

    def _densities(self, at: Mask, cells: Cells, error: Array, mean: Array, sd: Array) -> None:
        log, slopes = _normal(cells.low[at] * error - mean, sd**2 + np.zeros(int(at.sum())))
        value = np.exp(log) * error * cells.factor[at]
        self.value[..., at] = value
        self.first[..., at, :] = value[..., None] * slopes.first
        outer = slopes.first[..., :, None] * slopes.first[..., None, :]
        self.second[..., at, :, :] = value[..., None, None] * (slopes.second + outer)


def _cumulated(u: Array, sd: Array) -> _Slopes:
    """Derivatives of Phi(u), u = (c - mean) / sd, by mean and variance."""
    density = np.exp(-0.5 * u * u) / ROOT_2_PI
    by_mean, by_variance = -density / sd, -0.5 * density * u / sd**2
    mean_mean = -u * density / sd**2
    mean_variance = 0.5 * density * (1 - u * u) / sd**3
    variance_variance = 0.25 * density * u * (3 - u * u) / sd**4
    second = np.stack([np.stack([mean_mean, mean_variance], -1), np.stack([mean_variance, variance_variance], -1)], -2)
    return _Slopes(np.stack([by_mean, by_variance], axis=-1), second)
