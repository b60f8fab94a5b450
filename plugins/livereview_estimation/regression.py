"""Weighted least squares for any number of fits at once, shared by tests for bias and by meta-regression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview_estimation.packing import Array, Mask

#: Part of a column, relative to its length, that must lie outside the span of the columns before it.
INDEPENDENT = 1e-12


@dataclass(frozen=True, kw_only=True)
class Regression:
    """Weighted regressions; leading axes are those of the fits. NaN where a fit has fewer studies than columns,
    or columns that depend on each other linearly."""

    coefficients: Array
    """(..., p)."""
    covariance: Array
    """(..., p, p): inverse of X'WX. Multiply by residuals / df where the weights are known up to a factor only."""
    residuals: Array
    """(...): weighted residual sum of squares."""
    df: Array
    """(...): studies less columns."""


def weighted_regression(y: Array, design: Array, weights: Array, present: Mask) -> Regression:
    """Regression of effects (..., K) on the columns of ``design`` (..., K, p) with weights (..., K).

    Minimises sum w (y - Xb)² over present studies, by QR decomposition of sqrt(w) X with columns scaled to length 1.
    """
    design = np.asarray(design, dtype=np.float64)
    shape = np.broadcast_shapes(np.shape(y), np.shape(weights), np.shape(present), design.shape[:-1])
    here = np.broadcast_to(present, shape)
    p = design.shape[-1]
    root = np.sqrt(np.where(here, weights, 0.0))
    x = np.where(here[..., None], design, 0.0) * root[..., None]
    target = np.where(here, y, 0.0) * root
    if shape[-1] < p:
        x = np.concatenate([x, np.zeros((*shape[:-1], p - shape[-1], p))], axis=-2)
        target = np.concatenate([target, np.zeros((*shape[:-1], p - shape[-1]))], axis=-1)
    length = np.sqrt(np.einsum("...kp,...kp->...p", x, x))
    df = here.sum(axis=-1) - p
    x = x / np.where(length > 0, length, 1.0)[..., None, :]
    q, r = np.linalg.qr(x)
    diagonal = np.abs(np.diagonal(r, axis1=-2, axis2=-1))
    usable = (diagonal > INDEPENDENT).all(axis=-1) & (df >= 0)
    r = np.where(usable[..., None, None], r, np.eye(p))
    inverse = np.linalg.inv(r) / np.where(length > 0, length, 1.0)[..., :, None]
    rotated = np.einsum("...kp,...k->...p", q, target)
    coefficients = np.einsum("...pq,...q->...p", inverse, rotated)
    residual = target - np.einsum("...kp,...p->...k", q, rotated)
    return Regression(
        coefficients=np.where(usable[..., None], coefficients, np.nan),
        covariance=np.where(usable[..., None, None], inverse @ np.swapaxes(inverse, -1, -2), np.nan),
        residuals=np.where(usable, np.einsum("...k,...k->...", residual, residual), np.nan),
        df=df.astype(np.float64),
    )
