"""Generalised Q with given weights, which do not depend on tau²: estimators and an interval of tau² from it.

With weights a, sum A, and the weighted mean m: Q = sum a (y - m)² = y'Py with P = diag(a) - aa' / A, and
E Q = tr PV + tau² tr P. The distribution of Q at any tau² is exact (``quadratic_form``).
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from livereview_estimation.packing import Array, Index, Mask
from livereview_estimation.quadratic_form import lower_tail
from livereview_estimation.roots import falling_zero

QWeights = Literal["inverse-variance", "inverse-standard-error"]

#: Probabilities are kept so far from 0 and 1 before they are turned into quantiles.
SMALLEST, LARGEST = 1e-280, 1 - 1e-15


class WeightedQ:
    """n fits as laid out in ``packing.Block``: the most precise study, with effect 0 and variance 1, is the first row.

    Weights are 1 / v or 1 / sqrt(v); their scale does not matter.
    """

    def __init__(self, y: Array, v: Array, weights: QWeights) -> None:
        absent = np.isinf(v)
        first = np.zeros((1, v.shape[1]))
        root = np.sqrt(v)
        inverse = weights == "inverse-variance"
        self.a = np.concatenate([first + 1, 1 / v if inverse else 1 / root])
        self.av = np.concatenate([first + 1, np.where(absent, 0.0, 1.0 if inverse else root)])
        others = self.a[1:]
        rest = others.sum(axis=0)
        total = 1 + rest
        mean = np.einsum("kn,kn->n", others, y) / total
        self.q = mean**2 + np.einsum("kn,kn->n", others, (y - mean) ** 2)
        self.trace = (2 * rest + (rest**2 - np.einsum("kn,kn->n", others, others))) / total
        self.trace_v = (rest + np.einsum("kn,kn->n", self.av[1:], total - others)) / total
        self.df = np.count_nonzero(self.a, axis=0) - 1.0

    def of(self, fits: Index | Mask) -> WeightedQ:
        """These fits; a fit may be asked for more than once."""
        chosen = object.__new__(WeightedQ)
        for name, value in vars(self).items():
            setattr(chosen, name, value[..., fits])
        return chosen

    def moment(self) -> Array:
        """(Q - tr PV) / tr P, which may be negative. DerSimonian and Kacker 2007, 10.1016/j.cct.2006.04.004."""
        return np.asarray((self.q - self.trace_v) / self.trace)

    def tau2_at(self, probability: float) -> tuple[Array, Mask]:
        """tau² at which P(Q <= the observed) is this, 0 where it is less at once; and which fits were bisected.

        That probability falls in tau². Where all d = a (v + tau²) are equal Q / d is chi² with k - 1 degrees of
        freedom; the solver works on the chi² quantile of the probability, which is then exactly proportional to 1 / d.
        """
        t, bisected = np.zeros(self.q.shape), np.zeros(self.q.shape, dtype=bool)
        above = self.probability_at_zero() > probability
        if not above.any():
            return t, bisected
        fits = self.of(above)
        target = _quantile(fits.df, np.full(fits.df.shape, probability))
        # P(Q <= q) <= P(c chi²_1 <= q), c being the second largest weight times tau².
        second = np.sort(fits.a, axis=0)[-2]
        high = fits.q / (second * _quantile(np.ones(1), np.full(1, probability)))
        start = np.clip((fits.q * fits.df / target - fits.trace_v) / fits.trace, 0, high)

        def excess(fits: WeightedQ, at: Index, t: Array) -> tuple[Array, Array]:
            below, slope = fits.probability(t)
            below = np.clip(below, SMALLEST, LARGEST)
            quantile = _quantile(fits.df, below)
            return np.log(quantile / target[at]), slope / (_density(fits.df, quantile) * quantile)

        t[above], bisected[above] = falling_zero(excess, fits, np.zeros(target.shape), high, start)
        return t, bisected

    def probability_at_zero(self) -> Array:
        """P(Q <= the observed) at tau² = 0; 0 where all effects are equal."""
        found, positive = np.zeros(self.q.shape), self.q > 0
        found[positive] = self.of(positive).probability(found[positive])[0]
        return found

    def probability(self, t: Array) -> tuple[Array, Array]:
        """P(Q <= the observed) at tau² = t, and its slope; the observed must be above 0."""
        found = lower_tail(self.q, self.a, self.av + self.a * t)
        return found.probability, found.slope


def _quantile(df: Array, probability: Array) -> Array:
    """Of chi², by its lower tail."""
    from scipy.special import gammaincinv

    return np.asarray(2 * gammaincinv(df / 2, probability))


def _density(df: Array, x: Array) -> Array:
    """Of chi²."""
    from scipy.special import gammaln

    return np.asarray(np.exp((df / 2 - 1) * np.log(x / 2) - x / 2 - gammaln(df / 2)) / 2)
