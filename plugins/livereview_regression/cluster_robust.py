"""Cluster-robust covariance of regression coefficients: CR0, CR1, and CR2 with Satterthwaite degrees of freedom.

The rule: the working covariance of the results, a block per study, makes the weights; the robust covariance is right
whatever the true one, as long as studies are independent. Everything is done on whitened rows, L⁻¹X with LL' the block.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from livereview import Array, Mask
from livereview_regression.clusters import Clusters

Correction = Literal["CR0", "CR1", "CR2"]
#: Eigenvalues of I - leverages this small beside the largest are 0: the study alone determines a coefficient.
DETERMINED = 1e-10


@dataclass(frozen=True, kw_only=True)
class RobustFit:
    """Coefficients with cluster-robust covariance; leading axes are those of the fits."""

    coefficients: Array
    """(..., p)."""
    covariance: Array
    """(..., p, p)."""
    df: Array
    """(..., p): studies less columns, or of Satterthwaite for CR2."""
    studies: int
    determined: Mask
    """(...): a study alone determines a coefficient, so that CR2 uses a generalised inverse."""


def working_covariance(v: Array, clusters: Clusters, within: Array | float, between: Array | float) -> Array:
    """Blocks (..., C, m, m): v + ``within`` on the diagonal, ``between`` everywhere; 1 on the diagonal of padding.

    ``v`` (..., K) in the order of the clusters; ``within`` and ``between`` of the shape of the fits.
    """
    slots, filled = clusters.slots
    diagonal = np.where(filled, v[..., slots] + np.asarray(within)[..., None, None], 1.0)
    both = filled[:, :, None] & filled[:, None, :]
    blocks = np.where(both, np.asarray(between)[..., None, None, None], 0.0)
    return np.asarray(blocks + diagonal[..., None] * np.eye(slots.shape[1]))


def cluster_robust(
    y: Array, design: Array, working: Array, clusters: Clusters, correction: Correction = "CR2"
) -> RobustFit:
    """Generalised least squares with a sandwich covariance: ``y`` (..., K), ``design`` (..., K, p) in cluster order,
    ``working`` (..., C, m, m).

    b = (X'WX)⁻¹X'Wy with W the inverse of the working covariance S; covariance (X'WX)⁻¹ sum X'W A e e'A'W X (X'WX)⁻¹
    over the C studies, e = y - Xb.

    - CR0: A = I. CR1: the same times C / (C - p). df = C - p. Hedges, Tipton and Johnson 2010 (10.1002/jrsm.5).
    - CR2: A = D'(D(S - X(X'WX)⁻¹X')D')^(-1/2)D with D'D = S, unbiased where the working covariance is true; df of
      Satterthwaite. Bell and McCaffrey 2002, Surv Methodol 28:169; Tipton 2015 (10.1037/met0000011); Pustejovsky and
      Tipton 2018 (10.1080/07350015.2016.1247004).

    Needs more studies than columns; columns must be independent.
    """
    slots, filled = clusters.slots
    root = np.asarray(np.linalg.cholesky(working), dtype=np.float64)
    outer = np.broadcast_shapes(y.shape[:-1], design.shape[:-2], working.shape[:-3])
    x = np.where(filled[..., None], np.broadcast_to(design, (*outer, *design.shape[-2:]))[..., slots, :], 0.0)
    target = np.where(filled, np.broadcast_to(y, (*outer, y.shape[-1]))[..., slots], 0.0)
    white = np.linalg.solve(root, np.concatenate([x, target[..., None]], axis=-1))
    q, inverse = _orthonormal(white[..., :-1])
    rotated = np.einsum("...cmp,...cm->...p", q, white[..., -1])
    residual = white[..., -1] - np.einsum("...cmp,...p->...cm", q, rotated)
    n, p = clusters.sizes.size, q.shape[-1]
    if correction == "CR2":
        adjustment, determined = _adjustment(q, root, filled)
        adjusted = np.einsum("...cmk,...cmp->...ckp", adjustment, q)
    else:
        adjusted, determined = q, np.zeros(q.shape[:-3], dtype=bool)
    scores = np.einsum("...cmp,...cm->...cp", adjusted, residual)
    meat = np.einsum("...cp,...cq->...pq", scores, scores)
    factor = n / (n - p) if correction == "CR1" else 1.0
    directions = np.einsum("...cmp,...jp->...jcm", adjusted, inverse)
    return RobustFit(
        coefficients=np.einsum("...jp,...p->...j", inverse, rotated),
        covariance=factor * inverse @ meat @ np.swapaxes(inverse, -1, -2),
        df=_satterthwaite(directions, q) if correction == "CR2" else np.full(rotated.shape, float(n - p)),
        studies=n,
        determined=determined,
    )


def _orthonormal(x: Array) -> tuple[Array, Array]:
    """Whitened columns (..., C, m, p) as orthonormal ones times R, and the inverse of R."""
    flat = x.reshape(*x.shape[:-3], -1, x.shape[-1])
    length = np.sqrt(np.einsum("...kp,...kp->...p", flat, flat))
    q, r = np.linalg.qr(flat / length[..., None, :])
    return q.reshape(x.shape), np.linalg.inv(r) / length[..., :, None]


def _adjustment(q: Array, root: Array, filled: Mask) -> tuple[Array, Mask]:
    """CR2 of whitened residuals: (G(I - QQ')G)^(-1/2) G with G = L'L, and whether a study determines a coefficient."""
    gram = np.swapaxes(root, -1, -2) @ root
    left = np.eye(q.shape[-2]) - q @ np.swapaxes(q, -1, -2)
    value, vector = np.linalg.eigh(gram @ left @ gram)
    zero = value <= DETERMINED * value.max(axis=-1, keepdims=True)
    inverse_root = np.where(zero, 0.0, 1 / np.sqrt(np.where(zero, 1.0, value)))
    return (vector * inverse_root[..., None, :]) @ np.swapaxes(vector, -1, -2) @ gram, zero.any(axis=(-2, -1))


def _satterthwaite(directions: Array, q: Array) -> Array:
    """2 (mean)² / variance of each coefficient's variance, as a quadratic form under the working covariance.

    ``directions`` a (..., p, C, m): what each study's whitened residuals are multiplied with. The form's matrix has
    the entries [g = h] a_g'a_g - f_g'f_h with f = Q'a, and only its trace and sum of squares are needed.
    """
    own = np.einsum("...jcm,...jcm->...jc", directions, directions)
    f = np.einsum("...cmp,...jcm->...jcp", q, directions)
    length = np.einsum("...jcp,...jcp->...jc", f, f)
    outer = np.einsum("...jcp,...jcq->...jpq", f, f)
    trace = (own - length).sum(axis=-1)
    squares = (own**2 - 2 * own * length).sum(axis=-1) + np.einsum("...jpq,...jpq->...j", outer, outer)
    return np.asarray(trace**2 / squares)
