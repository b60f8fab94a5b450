"""Sums over studies as functions of tau², for regressions on p columns laid out as in ``designs``.

With D² = diag(1 / (v + t)) of the pivots, B the combined columns of the other studies and W their weights, M =
D⁻¹B'WBD⁻¹ and U = (I + M)⁻¹, the weighted normal equations are D(I + M)D: well conditioned by the choice of pivots. The
block of P that belongs to the pivots is D U M D, so that 1 less a leverage near 1 never has to be formed.

The likelihood in tau² has the shape that ``maximum`` relies on for any columns: with orthonormal contrasts A'X = 0 and
eigenvalues m of A'VA, y'PPy = sum c² / (m + t)² and tr P = sum 1 / (m + t).
Source: Harville 1977 (10.1080/01621459.1977.10480998).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from livereview_estimation.designs import DesignBlock
from livereview_estimation.fits import Rates
from livereview_estimation.packing import Array, Index, Mask
from livereview_estimation.small_matrices import gram, inverse, product, times


@dataclass(frozen=True, kw_only=True)
class WeightedFit:
    """Weighted regressions of n fits on the combined columns, in units of the smallest variance."""

    coefficients: Array
    """(p, n)."""
    covariance: Array
    """(p, p, n)."""
    q: Array
    """y'Py."""
    log_likelihood: Array
    """Without the constants of the number of studies."""
    log_determinants: Array
    """(log det X'X - log det X'WX) / 2, the same whatever the units of the columns."""


class DesignProfile:
    """n regressions, evaluated at a tau² of shape (n,), in units of the smallest variance of each."""

    def __init__(self, columns: Array, y: Array, v: Array, pivot_v: Array, squares: Array) -> None:
        self.columns, self.y, self.v, self.pivot_v, self._squares = columns, y, v, pivot_v, squares

    @classmethod
    def of_block(cls, block: DesignBlock) -> DesignProfile:
        """All fits of a block."""
        return cls(block.columns, block.y, block.v, block.pivot_v, block.squares)

    @property
    def size(self) -> int:
        """Number of fits."""
        return int(self.y.shape[1])

    def first(self, n: int) -> DesignProfile:
        """The first n fits, without copying."""
        return DesignProfile(
            self.columns[..., :n], self.y[:, :n], self.v[:, :n], self.pivot_v[:, :n], self._squares[:n]
        )

    def of(self, fits: Index | Mask) -> DesignProfile:
        """These fits; a fit may be asked for more than once."""
        at = np.flatnonzero(fits) if fits.dtype == np.bool_ else fits
        return DesignProfile(
            self.columns.take(at, axis=2),
            self.y.take(at, axis=1),
            self.v.take(at, axis=1),
            self.pivot_v.take(at, axis=1),
            self._squares[at],
        )

    def limit(self) -> Array:
        """Residual sum of squares without weights: where the score is positive, c² > m + t for some contrast."""
        squares, _ = self._equal_weights().generalised_q(np.ones(self.size))
        return squares

    def largest_variance(self) -> Array:
        """Of the studies present."""
        others = np.where(np.isinf(self.v), 0.0, self.v).max(axis=0, initial=0.0)
        return np.asarray(np.maximum(others, self.pivot_v.max(axis=0)))

    def squares(self) -> Array:
        """Sum of squares of the effects about their plain mean."""
        return self._squares

    def unweighted(self) -> tuple[Array, Array]:
        """y'My and tr MV, with M = I - X(X'X)⁻¹X' and V the sampling variances."""
        equal = _At(self._equal_weights(), np.ones(self.size))
        q, _ = equal.generalised_q()
        v = np.where(np.isinf(self.v), 0.0, self.v)
        others = v.sum(axis=0) - np.einsum("abn,abn->n", equal.covariance, gram(self.columns, self.columns * v))
        return q, np.asarray(others + np.einsum("aan,an->n", equal.complement, self.pivot_v))

    def generalised_q(self, t: Array) -> tuple[Array, Array]:
        """y'Py, and its fall per unit of t, y'PPy."""
        return _At(self, t).generalised_q()

    def trace(self, t: Array) -> Array:
        """tr P."""
        at = _At(self, t)
        return at.trace(gram(at.weighted, at.weighted))

    def total_weight(self, t: Array) -> Array:
        """tr W."""
        return np.asarray((1 / (self.v + t)).sum(axis=0) + (1 / (self.pivot_v + t)).sum(axis=0))

    def rates(self, t: Array, restricted: bool) -> Rates:
        """The score and the rates of fall of its terms."""
        at = _At(self, t)
        positive, cubic = at.powers()
        if restricted:
            second = gram(at.weighted, at.weighted)
            negative, square = at.trace(second), at.trace_of_square(second)
        else:
            negative = at.w.sum(axis=0) + (1 / at.pivot_total).sum(axis=0)
            square = np.einsum("kn,kn->n", at.w, at.w) + (1 / at.pivot_total**2).sum(axis=0)
        return Rates(np.log(positive / negative), 2 * cubic / positive, square / negative)

    def log_likelihood(self, t: Array, restricted: bool) -> Array:
        """(Restricted) log likelihood with the coefficients profiled out, up to a constant of the fit."""
        at = _At(self, t)
        return np.asarray((at.log_weights() - at.generalised_q()[0] - (at.log_information if restricted else 0.0)) / 2)

    def coefficients(self, t: Array) -> WeightedFit:
        """The weighted regressions at this tau²."""
        at = _At(self, t)
        information = at.log_information
        q, _ = at.generalised_q()
        return WeightedFit(
            coefficients=at.fitted,
            covariance=at.covariance,
            q=q,
            log_likelihood=(at.log_weights() - q) / 2,
            log_determinants=(_At(self._equal_weights(), np.ones(self.size)).log_information - information) / 2,
        )

    def moments(self) -> tuple[Array, Array]:
        """y'Py and tr P at tau² = 0."""
        at = _At(self, np.zeros(self.size))
        return at.generalised_q()[0], at.trace(gram(at.weighted, at.weighted))

    def _equal_weights(self) -> DesignProfile:
        """The same with v = 0, to be evaluated at t = 1."""
        v = np.where(np.isinf(self.v), np.inf, 0.0)
        return DesignProfile(self.columns, self.y, v, np.zeros_like(self.pivot_v), self._squares)


class _At:
    """The weighted least squares of fits at one tau² each."""

    def __init__(self, fits: DesignProfile, t: Array) -> None:
        self.x, self.y = fits.columns, fits.y
        self.w = 1 / (fits.v + t)
        self.weighted = self.x * self.w
        self.pivot_total = fits.pivot_v + t
        self._d = np.sqrt(self.pivot_total)
        pair = self._d[:, None] * self._d[None]
        m = gram(self.weighted, self.x) * pair
        diagonal = np.arange(m.shape[0])
        shifted = m.copy()
        shifted[diagonal, diagonal] += 1
        u, log_determinant = inverse(shifted)
        self.log_information = log_determinant - np.log(self.pivot_total).sum(axis=0)
        self.covariance = u * pair
        self._u, self._m = u, m

    @cached_property
    def complement(self) -> Array:
        """I less the leverages among the pivots, on the weighted scale."""
        return product(self._u, self._m)

    @cached_property
    def fitted(self) -> Array:
        """Coefficients of the combined columns."""
        return times(self.covariance, np.einsum("pkn,kn->pn", self.weighted, self.y))

    @cached_property
    def residual(self) -> Array:
        """Of the studies that are not pivots; theirs are the negative of ``fitted``."""
        return np.asarray(self.y - np.einsum("pkn,pn->kn", self.x, self.fitted))

    def log_weights(self) -> Array:
        """Sum of the logs of the weights of the studies present."""
        logs = np.log(self.w, out=np.zeros_like(self.w), where=self.w > 0).sum(axis=0)
        return np.asarray(logs - np.log(self.pivot_total).sum(axis=0))

    def generalised_q(self) -> tuple[Array, Array]:
        """y'Py and y'PPy."""
        weighted, own = self.w * self.residual, self.fitted / self.pivot_total
        q = np.einsum("kn,kn->n", weighted, self.residual) + np.einsum("pn,pn->n", own, self.fitted)
        return q, np.einsum("kn,kn->n", weighted, weighted) + np.einsum("pn,pn->n", own, own)

    def powers(self) -> tuple[Array, Array]:
        """y'PPy and y'PPPy, as sums of squares."""
        own = self.fitted / self.pivot_total
        weighted = self.w * self.residual
        second = np.einsum("kn,kn->n", weighted, weighted) + np.einsum("pn,pn->n", own, own)
        # P ignores what the columns explain, so Py is taken from the plane through the pivots like y itself.
        shifted = weighted + np.einsum("pkn,pn->kn", self.x, own)
        fitted = times(self.covariance, np.einsum("pkn,kn->pn", self.weighted, shifted))
        rest = shifted - np.einsum("pkn,pn->kn", self.x, fitted)
        third = np.einsum("kn,kn,kn->n", self.w, rest, rest) + np.einsum("pn,pn->n", fitted, fitted / self.pivot_total)
        return second, third

    def trace(self, second: Array) -> Array:
        """tr P; ``second`` is X'WWX of the studies that are not pivots."""
        others = self.w.sum(axis=0) - np.einsum("abn,abn->n", self.covariance, second)
        return np.asarray(others + np.einsum("aan,an->n", self.complement, 1 / self.pivot_total))

    def trace_of_square(self, second: Array) -> Array:
        """tr PP: of the block of the others, twice that between them and the pivots, and that of the pivots."""
        third = gram(self.weighted * self.w, self.weighted)
        half = product(self.covariance, second)
        others = (
            np.einsum("kn,kn->n", self.w, self.w)
            - 2 * np.einsum("abn,abn->n", self.covariance, third)
            + np.einsum("abn,ban->n", half, half)
        )
        between = np.einsum("abn,ban,an->n", half, self.covariance, 1 / self.pivot_total**2)
        scaled = self.complement / self.pivot_total[:, None]
        own = np.einsum("abn,ban->n", scaled, scaled)
        return np.asarray(others + 2 * between + own)
