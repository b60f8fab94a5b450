"""Log-likelihoods of the counts of one study, or of one arm, as functions of one linear predictor.

Each is concave and taken relative to its own highest value, so that it is 0 where it fits the counts exactly and
-2 times it is the deviance. Arrays are (K,) until ``taken`` lays them out as fits (n, K, 1), the last axis being points
of a quadrature.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from livereview_estimation.packing import Array, Index, Mask


@dataclass(frozen=True, kw_only=True)
class Own:
    """What each study says alone, arrays (K,): its own estimate and variance, where its likelihood has a maximum."""

    estimate: Array
    variance: Array
    low: Mask
    """The likelihood only falls: its maximum is at minus infinity."""
    high: Mask
    """The likelihood only rises."""

    @property
    def interior(self) -> Mask:
        return ~self.low & ~self.high


class Likelihood(Protocol):
    """Log-likelihoods of the studies."""

    @property
    def saturated(self) -> Array:
        """Their highest values, constants included, (K,)."""

    def own(self) -> Own:
        """What each study says alone."""

    def taken(self, index: Index) -> Self:
        """The studies of fits: from an index (n, K) of studies."""

    def derivatives(self, predictor: Array, order: int) -> tuple[Array, ...]:
        """The log-likelihood and its first ``order`` derivatives (at most 4) at linear predictors."""


def _x_log(x: Array, of: Array) -> Array:
    """x log(of), 0 where x is 0."""
    from scipy import special

    return np.asarray(special.xlogy(x, of))


@dataclass(frozen=True, kw_only=True)
class Binomial:
    """x events of n with log odds predictor + offset; x from 0 to n, which need not be whole."""

    x: Array
    n: Array
    offset: Array

    @property
    def saturated(self) -> Array:
        from scipy import special

        x, n = self.x, self.n
        ways = special.gammaln(n + 1) - special.gammaln(x + 1) - special.gammaln(n - x + 1)
        return np.asarray(ways + self.highest())

    def highest(self) -> Array:
        """The highest log-likelihood without the number of ways."""
        return _x_log(self.x, self.x / self.n) + _x_log(self.n - self.x, 1 - self.x / self.n)

    def own(self) -> Own:
        rest = self.n - self.x
        with np.errstate(divide="ignore"):
            return Own(
                estimate=np.log(self.x) - np.log(rest) - self.offset,
                variance=1 / self.x + 1 / rest,
                low=self.x == 0,
                high=rest == 0,
            )

    def taken(self, index: Index) -> Binomial:
        at = index[..., None]
        return Binomial(x=self.x[at], n=self.n[at], offset=self.offset[at])

    def derivatives(self, predictor: Array, order: int) -> tuple[Array, ...]:
        x, n, logit = self.x, self.n, predictor + self.offset
        far = np.exp(-np.abs(logit))
        share = 1 / (1 + far)
        p = np.where(logit >= 0, share, far * share)
        spread = far * share**2
        value = x * logit - n * (np.maximum(logit, 0.0) + np.log1p(far)) - self.highest()
        found = [value, x - n * p, -n * spread]
        if order > 2:
            found += [-n * spread * (1 - 2 * p), -n * spread * (1 - 6 * spread)]
        return tuple(found[: order + 1])


@dataclass(frozen=True, kw_only=True)
class Poisson:
    """x events with log mean predictor + offset, the offset being the log of a person-time."""

    x: Array
    offset: Array

    @property
    def saturated(self) -> Array:
        from scipy import special

        return np.asarray(_x_log(self.x, self.x) - self.x - special.gammaln(self.x + 1))

    def own(self) -> Own:
        never = np.zeros(self.x.shape, dtype=bool)
        with np.errstate(divide="ignore"):
            return Own(estimate=np.log(self.x) - self.offset, variance=1 / self.x, low=self.x == 0, high=never)

    def taken(self, index: Index) -> Poisson:
        at = index[..., None]
        return Poisson(x=self.x[at], offset=self.offset[at])

    def derivatives(self, predictor: Array, order: int) -> tuple[Array, ...]:
        log_mean = predictor + self.offset
        with np.errstate(over="ignore"):
            mean = np.exp(log_mean)
        value = self.x * log_mean - mean - _x_log(self.x, self.x) + self.x
        return (value, self.x - mean, -mean, -mean, -mean)[: order + 1]
