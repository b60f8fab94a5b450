"""Sums over the studies of a block as functions of tau²: generalised Q, and the score of the (restricted) likelihood.

With P = W - W 1 1'W / 1'W 1 and W = diag(1 / (v + t)), the derivative of the restricted log likelihood is
(y'PPy - tr P) / 2, that of the full one (y'PPy - tr W) / 2. Both terms are positive, fall as t rises, and so do
their relative rates of fall; the search for the highest maximum rests on that. All is computed from the
differences to the most precise study, so that nothing cancels when that study has all the weight.

Source: Harville 1977 (10.1080/01621459.1977.10480998); Viechtbauer 2005 (10.3102/10769986030003261).
"""

from __future__ import annotations

import numpy as np

from livereview_estimation.fits import Rates
from livereview_estimation.packing import Array, Index, Mask


class Profile:
    """n fits as laid out in ``packing.Block``, evaluated at a tau² of shape (n,), in units of the smallest variance."""

    def __init__(self, y: Array, v: Array, scratch: tuple[Array, Array] | None = None) -> None:
        self.y, self.v = y, v
        self._weight, self._residual = scratch or (np.empty_like(v), np.empty_like(v))

    @property
    def size(self) -> int:
        """Number of fits."""
        return int(self.y.shape[1])

    def first(self, n: int) -> Profile:
        """The first n fits, without copying."""
        return Profile(self.y[:, :n], self.v[:, :n], (self._weight[:, :n], self._residual[:, :n]))

    def of(self, fits: Index | Mask) -> Profile:
        """These fits; a fit may be asked for more than once."""
        return Profile(self.y[:, fits], self.v[:, fits])

    def limit(self) -> Array:
        """Half the square of the largest less the smallest effect; that of the most precise study is 0."""
        return np.asarray((np.maximum(self.y.max(axis=0), 0) - np.minimum(self.y.min(axis=0), 0)) ** 2 / 2)

    def largest_variance(self) -> Array:
        """Of the studies present; that of the most precise is 1."""
        return np.asarray(np.where(np.isinf(self.v), 1.0, self.v).max(axis=0))

    def squares(self) -> Array:
        """Sum of squares of the effects about their plain mean."""
        mean = self.y.sum(axis=0) / self._k()
        residual = np.where(np.isinf(self.v), 0.0, self.y - mean)
        return np.asarray(np.einsum("kn,kn->n", residual, residual) + mean**2)

    def unweighted(self) -> tuple[Array, Array]:
        """The same, and k - 1 times the mean of the variances."""
        k = self._k()
        total = np.where(np.isinf(self.v), 0.0, self.v).sum(axis=0) + 1
        return self.squares(), total * (k - 1) / k

    def _k(self) -> Array:
        return np.asarray(np.isfinite(self.v).sum(axis=0) + 1.0)

    def generalised_q(self, t: Array) -> tuple[Array, Array]:
        """y'Py, and its fall per unit of t, y'PPy."""
        first, _, _, mean = self._means(t)
        w, e = self._weight, self._residual
        q = first * mean**2 + np.einsum("kn,kn,kn->n", w, e, e)
        return q, (first * mean) ** 2 + np.einsum("kn,kn,kn,kn->n", w, w, e, e)

    def trace(self, t: Array) -> Array:
        """tr P."""
        first, others, total, _ = self._means(t)
        return _trace(first, others, total, np.einsum("kn,kn->n", self._weight, self._weight))

    def total_weight(self, t: Array) -> Array:
        """tr W."""
        return self._means(t)[2]

    def rates(self, t: Array, restricted: bool) -> Rates:
        """The score and the rates of fall of its terms."""
        a, r, total, mean = self._means(t)
        w, e = self._weight, self._residual
        e *= w
        s, q = np.einsum("kn,kn->n", w, w), np.einsum("kn,kn,kn->n", w, w, w)
        own = a * mean  # the weighted residual of the most precise study, sign reversed
        positive = own * own + np.einsum("kn,kn->n", e, e)
        g, h = np.einsum("kn,kn->n", w, e), np.einsum("kn,kn,kn->n", w, e, e)
        rise = 2 * ((a * r * own * own + 2 * a * own * g - g * g) / total + h) / positive
        if restricted:
            negative = _trace(a, r, total, s)
            square = (a * a * (r * r + 3 * s) + 2 * a * (r * s - q) + r * (r * s - 2 * q) + s * s) / (total * total)
        else:
            negative, square = total, a * a + s
        return Rates(np.log(positive / negative), rise, square / negative)

    def log_likelihood(self, t: Array, restricted: bool) -> Array:
        """(Restricted) log likelihood with the mean profiled out, up to a constant of the fit."""
        first, _, total, mean = self._means(t)
        w, e = self._weight, self._residual
        q = first * mean**2 + np.einsum("kn,kn,kn->n", w, e, e)
        logs = np.log(w, out=np.zeros_like(w), where=w > 0).sum(axis=0) + np.log(first)
        return np.asarray((logs - q - (np.log(total) if restricted else 0.0)) / 2)

    def _means(self, t: Array) -> tuple[Array, Array, Array, Array]:
        """Weight of the most precise study, of the others, of all; the mean. Weights and residuals stay in scratch."""
        w, e = self._weight, self._residual
        np.add(self.v, t, out=w)
        np.divide(1.0, w, out=w)
        first, others = 1.0 / (1.0 + t), w.sum(axis=0)
        total = first + others
        mean = np.einsum("kn,kn->n", w, self.y) / total
        np.subtract(self.y, mean, out=e)
        return first, others, total, mean


def _trace(first: Array, others: Array, total: Array, squares: Array) -> Array:
    return (2 * first * others + (others * others - squares)) / total
