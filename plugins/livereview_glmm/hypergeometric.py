"""The exact conditional likelihood of a two-by-two table: Fisher's non-central hypergeometric distribution.

Given m events in both arms, those a of the first arm have probability proportional to C(n1, a) C(n2, m - a) e^(a x), x
being the log odds ratio. The log of the sum over all possible a costs a term for each; so it is summed once on a grid
of x and interpolated. As a polynomial in e^x that sum is a Jacobi polynomial, whose roots are all real and negative
(Szegö 1939, Orthogonal Polynomials), so that the log has no singularity nearer than pi to any real x: polynomials of
degree 9 between grid points ``STEP`` apart, with the same value and four derivatives at both ends, are as good as it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from livereview_estimation.packing import Array, Index
from livereview_glmm.likelihoods import Own

#: Distance of grid points in the log odds ratio.
STEP = 0.25
#: Beyond the outermost ratio of neighbouring terms by this much, in logs, one term is all of the sum.
BEYOND = 37.0
#: Terms summed at a time; bounds memory.
TERMS = 1 << 17
#: Newton steps to the conditional maximum-likelihood estimate of a study; each halves a bracket where it fails.
STEPS = 100


@dataclass(frozen=True, kw_only=True)
class Hypergeometric:
    """Conditional log-likelihoods of log odds ratios, relative to their highest value."""

    low: float
    """The first grid point."""
    pieces: Array
    """(10, K, intervals): coefficients of the polynomials in u = (x - left end) / STEP, lowest first."""
    study: Index
    """Which studies: (K,), or (n, K, 1) for fits."""
    saturated: Array
    alone: Own

    def own(self) -> Own:
        """What each study says alone: the conditional maximum-likelihood estimate."""
        return self.alone

    def taken(self, index: Index) -> Hypergeometric:
        return Hypergeometric(
            low=self.low,
            pieces=self.pieces,
            study=self.study[index][..., None],
            saturated=self.saturated,
            alone=self.alone,
        )

    def derivatives(self, predictor: Array, order: int) -> tuple[Array, ...]:
        """Log-likelihood and derivatives; beyond the grid the straight line that it is there."""
        intervals = self.pieces.shape[-1]
        place = (predictor - self.low) / STEP
        cell = np.clip(np.floor(place), 0, intervals - 1)
        u = np.clip(place - cell, 0.0, 1.0)
        columns = self.pieces.reshape(10, -1)
        at = (self.study * intervals + cell).astype(np.intp)
        found = [np.zeros(at.shape) for _ in range(order + 1)]
        for power in range(9, -1, -1):
            for d in range(order, 0, -1):
                found[d] = found[d] * u + d * found[d - 1]
            found[0] = found[0] * u + columns[power].take(at)
        outside = STEP * (place - cell - u)
        scaled = [value / STEP**d for d, value in enumerate(found)]
        if order:
            scaled[0] += outside * scaled[1]
        return tuple(scaled)


def hypergeometric(a: Array, n1: Array, c: Array, n2: Array) -> Hypergeometric:
    """The likelihoods of tables with a events of n1 and c of n2, all whole numbers, arrays (K,).

    A study that can have no other table (no event, or only events, in both arms) has the likelihood 1 everywhere.
    """
    sums = _Sums(a, n1, c, n2)
    saturated, alone = sums.alone()
    edge = STEP * np.ceil((sums.reach() + BEYOND) / STEP)
    grid = np.arange(-edge, edge + STEP / 2, STEP)
    table = sums.derivatives(np.broadcast_to(grid, (a.size, grid.size)))
    table[0] -= saturated[:, None]
    return Hypergeometric(low=-edge, pieces=_pieces(table), study=np.arange(a.size), saturated=saturated, alone=alone)


def _pieces(table: Array) -> Array:
    """Coefficients of the polynomials with these values and four derivatives (5, K, grid) at both ends."""
    scale = STEP ** np.arange(5)[:, None, None] / np.array([1, 1, 2, 6, 24])[:, None, None]
    taylor = table * scale
    left, right = taylor[:, :, :-1], taylor[:, :, 1:]
    binomial = np.array([[_choose(power, d) for power in range(10)] for d in range(5)], dtype=np.float64)
    short = right - np.einsum("dp,pkg->dkg", binomial[:, :5], left)
    high = np.einsum("pd,dkg->pkg", np.linalg.inv(binomial[:, 5:]), short)
    return np.concatenate([left, high])


def _choose(n: int, k: int) -> int:
    from math import comb

    return comb(n, k)


class _Sums:
    """The sums over all possible tables, the terms of all studies one after another."""

    def __init__(self, a: Array, n1: Array, c: Array, n2: Array) -> None:
        from scipy import special

        m = a + c
        least = np.maximum(0.0, m - n2)
        size = (np.minimum(n1, m) - least + 1).astype(np.intp)
        self.start = np.cumsum(size) - size
        self.size = size
        own = np.repeat(np.arange(a.size), size)
        cell = np.arange(own.size) - self.start[own] + least[own]
        logs = [special.gammaln(value + 1) for value in (cell, n1[own] - cell, m[own] - cell, n2[own] - m[own] + cell)]
        weight = -sum(logs)
        self.weight = weight - weight[(self.start + a - least).astype(np.intp)][own]
        self.surplus = cell - a[own]
        self.own = own
        ways = [special.gammaln(value + 1) for value in (n1, n2, a, n1 - a, c, n2 - c)]
        total = special.gammaln(n1 + n2 + 1) - special.gammaln(m + 1) - special.gammaln(n1 + n2 - m + 1)
        self.central = ways[0] + ways[1] - sum(ways[2:]) - total
        self.low, self.high = a == least, a == np.minimum(n1, m)

    def reach(self) -> float:
        """The largest log ratio, in size, of neighbouring terms: the range in which a sum is not one term."""
        inner = np.diff(self.own) == 0
        return float(np.abs(np.diff(self.weight)[inner]).max(initial=0.0))

    def derivatives(self, x: Array) -> Array:
        """-log sum exp(weight + surplus x) and four derivatives, (5, K, points), at points (K, points)."""
        found = np.empty((5, *x.shape))
        for part in self._parts(x.shape[1]):
            found[:, :, part] = self._summed(x[:, part])
        return found

    def _parts(self, points: int) -> Iterator[slice]:
        step = max(1, TERMS // max(self.own.size, 1))
        return (slice(start, start + step) for start in range(0, points, step))

    def _summed(self, x: Array) -> Array:
        terms = self.weight[:, None] + self.surplus[:, None] * x[self.own]
        top = np.maximum.reduceat(terms, self.start, axis=0)
        share = np.exp(terms - top[self.own])
        total = np.add.reduceat(share, self.start, axis=0)
        share /= total[self.own]
        mean = np.add.reduceat(share * self.surplus[:, None], self.start, axis=0)
        apart = self.surplus[:, None] - mean[self.own]
        share *= apart
        moments = []
        for _ in range(3):
            share *= apart
            moments.append(np.add.reduceat(share, self.start, axis=0))
        fourth = moments[2] - 3 * moments[0] ** 2
        return -np.stack([top + np.log(total), mean, moments[0], moments[1], fourth])

    def alone(self) -> tuple[Array, Own]:
        """Highest log-likelihood of each study, constants included, and the estimate that has it."""
        interior = ~self.low & ~self.high
        x, low, high = self._bracket()
        value = self.derivatives(x)
        for _ in range(STEPS):
            low, high = np.where(value[1] > 0, x, low), np.where(value[1] > 0, high, x)
            with np.errstate(divide="ignore", invalid="ignore"):
                step = x - value[1] / value[2]
            inside = (step > low) & (step < high)
            step = np.where(inside, step, (low + high) / 2)
            settled = np.abs(step - x) <= 1e-12 * (1 + np.abs(x))
            x = step
            value = self.derivatives(x)
            if (settled[:, 0] | ~interior).all():
                break
        with np.errstate(divide="ignore"):
            variance = np.where(interior, -1 / value[2][:, 0], np.inf)
        limits = np.where(self.low & self.high, 0.0, np.where(self.low, -np.inf, np.inf))
        estimate = np.where(interior, x[:, 0], limits)
        # At infinity one table has all the probability.
        highest = np.where(interior, value[0][:, 0], 0.0)
        return highest, Own(estimate=estimate, variance=variance, low=self.low, high=self.high)

    def _bracket(self) -> tuple[Array, Array, Array]:
        """Log odds ratios to begin with, and limits between which each interior estimate lies, (K, 1)."""
        reach = np.full((self.size.size, 1), self.reach() + BEYOND)
        return np.zeros_like(reach), -reach, reach
