"""Likelihood of the three-level model as a function of its two variances, for many pairs at once.

y = Xb + u_study + u_result + e, variances s1 between studies and s2 between results of a study, v known. The covariance
of a study's results is diag(v + s2) + s1 11', so that with w = 1 / (v + s2) and c the study's sum of w its inverse is
diag(w) - a ww' with a = s1 / (1 + s1 c), and its determinant prod (1 / w) (1 + s1 c): sums within studies are enough.
Source: Harville 1977 (10.1080/01621459.1977.10480998); Gilmour, Thompson and Cullis 1995 (10.2307/2533274).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview import Array
from livereview_regression.clusters import Clusters, Index


@dataclass(frozen=True, kw_only=True)
class Results:
    """Data of n fits in the order of the clusters, absent results with v = inf and 0 elsewhere."""

    y: Array
    """(n, K)."""
    v: Array
    """(n, K)."""
    columns: Array
    """(n, K, p), of about one size and independent."""
    clusters: Clusters

    def of(self, fits: Index) -> Results:
        """These fits; a fit may be asked for more than once."""
        return Results(y=self.y[fits], v=self.v[fits], columns=self.columns[fits], clusters=self.clusters)


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """Log likelihood at a pair of variances each, up to a constant, with its slopes."""

    height: Array
    """(n,)."""
    score: Array
    """(n, 2): derivatives in s1 and s2."""
    information: Array
    """(n, 2, 2): mean of observed and expected information."""
    coefficients: Array
    """(n, p)."""
    covariance: Array
    """(n, p, p): inverse of X'S⁻¹X."""


def evaluated(results: Results, pair: Array, restricted: bool) -> Evaluated:
    """At ``pair`` (n, 2), one per fit: s1, s2 >= 0.

    With P = S⁻¹ - S⁻¹X(X'S⁻¹X)⁻¹X'S⁻¹ and S_j = dS / ds_j: score (y'PS_jPy - tr PS_j) / 2, without restriction tr
    S⁻¹S_j in place of tr PS_j; information y'PS_iPS_jPy / 2.
    """
    inside = _Inside(results, pair)
    x, y = results.columns, results.y
    both = inside.solved(np.concatenate([x, y[..., None]], axis=-1))
    sx, sy = both[..., :-1], both[..., -1]
    gram = np.einsum("nkp,nkq->npq", x, sx)
    covariance = np.linalg.inv(gram)
    coefficients = np.einsum("npq,nkq,nk->np", covariance, sx, y)
    residual = sy - np.einsum("nkp,np->nk", sx, coefficients)
    fit = y - np.einsum("nkp,np->nk", x, coefficients)
    height = inside.log_determinant + np.einsum("nk,nk->n", residual, fit)
    traces = inside.traces()
    if restricted:
        height = height + np.linalg.slogdet(gram)[1]
        traces = traces - _traces_explained(results.clusters, sx, covariance)
    directions = np.stack([results.clusters.spread(results.clusters.sums(residual)), residual], axis=-1)
    directions = np.where(np.isinf(results.v)[..., None], 0.0, directions)
    projected = inside.solved(directions)
    projected = projected - np.einsum("nkp,npq,nlq,nlj->nkj", sx, covariance, sx, directions, optimize=True)
    quadratic = np.einsum("nk,nkj->nj", residual, directions)
    return Evaluated(
        height=-height / 2,
        score=(quadratic - traces) / 2,
        information=np.einsum("nki,nkj->nij", directions, projected) / 2,
        coefficients=coefficients,
        covariance=covariance,
    )


class _Inside:
    """Covariance of the results at a pair of variances, inverted study by study."""

    def __init__(self, results: Results, pair: Array) -> None:
        self._clusters = results.clusters
        between, within = pair[:, :1], pair[:, 1:]
        self._w = 1 / (results.v + within)
        self._c = self._clusters.sums(self._w)
        self._a = between / (1 + between * self._c)
        logs = np.log(self._w, out=np.zeros_like(self._w), where=self._w > 0)
        self.log_determinant = np.log1p(between * self._c).sum(axis=-1) - logs.sum(axis=-1)
        self._shrunk = 1 + between * self._c

    def solved(self, columns: Array) -> Array:
        """S⁻¹ times columns (n, K, m)."""
        weighted = columns * self._w[..., None]
        sums = np.add.reduceat(weighted, self._clusters.starts, axis=1) * self._a[..., None]
        return np.asarray(weighted - self._w[..., None] * sums[:, self._clusters.of_result])

    def traces(self) -> Array:
        """tr S⁻¹S_1 and tr S⁻¹S_2, (n, 2)."""
        between = (self._c / self._shrunk).sum(axis=-1)
        within = self._w.sum(axis=-1) - (self._a * self._clusters.sums(self._w**2)).sum(axis=-1)
        return np.stack([between, within], axis=-1)


def _traces_explained(clusters: Clusters, sx: Array, covariance: Array) -> Array:
    """tr (X'S⁻¹X)⁻¹X'S⁻¹S_jS⁻¹X for both variances, (n, 2)."""
    sums = np.add.reduceat(sx, clusters.starts, axis=1)
    between = np.einsum("ncp,npq,ncq->n", sums, covariance, sums, optimize=True)
    within = np.einsum("nkp,npq,nkq->n", sx, covariance, sx, optimize=True)
    return np.stack([between, within], axis=-1)
