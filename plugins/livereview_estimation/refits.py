"""A fit of all studies and the fits without each one, in the terms that influence diagnostics are written in.

The rule: arrays are (..., K) with p columns of a design on a further axis; row i of ``without_…`` is the fit without
study i. A pooled estimate is the regression on one column of ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview_estimation.meta_regression import Interval, MetaRegression, Residual, meta_regression
from livereview_estimation.packing import Array, Mask


@dataclass(frozen=True, kw_only=True)
class Refits:
    """K studies, p columns; leading axes are separate reviews. NaN where a fit could not be made."""

    effect: Array
    variance: Array
    present: Mask
    design: Array
    """(..., K, p)."""
    tau2: Array
    """(...); 0 for a model that has none."""
    coefficients: Array
    """(..., p)."""
    covariance: Array
    """(..., p, p), with the scale."""
    hat: Array
    """(..., K): diagonal of the matrix that turns effects into fitted values."""
    residual_variance: Array
    """(..., K): of effect less fitted value, without the scale."""
    without_tau2: Array
    """(..., K)."""
    without_coefficients: Array
    """(..., K, p)."""
    without_covariance: Array
    """(..., K, p, p), with the scale."""
    without_scale: Array
    """(..., K): factor on variances that the fit estimated (Hartung-Knapp), 1 for a model without one."""
    without_q: Array
    """(..., K): Cochran's Q."""
    reweighted: Array
    """(..., K, p): variances of the coefficients of all studies at tau² without study i, without the scale."""


def without_each(present: Mask) -> Mask:
    """Masks (..., K, K): row i holds the present studies but study i; no study where i is not present itself."""
    present = np.asarray(present, dtype=bool)
    k = present.shape[-1]
    return np.asarray(present[..., None, :] & ~np.eye(k, dtype=bool) & present[..., :, None])


def regression_refits(
    y: Array, v: Array, design: Array, present: Mask, tau2: Residual = "REML", interval: Interval = "wald"
) -> tuple[Refits, MetaRegression]:
    """Refits of a meta-regression (arguments as in ``meta_regression``), and its fit of all studies.

    Hat values are the diagonal of X(X'WX)⁻¹X'W, w = 1 / (v + tau²). The fits without a study are NaN where a column
    rests on that study alone.
    """
    present = np.asarray(present, dtype=bool)
    shape = present.shape
    y, v = np.broadcast_to(y, shape), np.broadcast_to(v, shape)
    x = np.broadcast_to(np.asarray(design, dtype=np.float64), (*shape, np.shape(design)[-1]))
    each = y[..., None, :], v[..., None, :], x[..., None, :, :]
    whole = meta_regression(y, v, x, present, tau2, interval)
    without = meta_regression(*each, without_each(present), tau2, interval)
    everyone = np.broadcast_to(present[..., None, :], (*shape, shape[-1]))
    again = meta_regression(*each, everyone, without.tau2)
    total = np.where(present, v, np.nan) + whole.tau2[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        unscaled = whole.covariance / whole.scale[..., None, None]
    hat = np.einsum("...kp,...pq,...kq->...k", x, unscaled, x) / total
    refits = Refits(
        effect=y,
        variance=v,
        present=present,
        design=x,
        tau2=whole.tau2,
        coefficients=whole.coefficients,
        covariance=whole.covariance,
        hat=hat,
        residual_variance=np.maximum(total * (1 - hat), 0.0),
        without_tau2=without.tau2,
        without_coefficients=without.coefficients,
        without_covariance=without.covariance,
        without_scale=without.scale,
        without_q=without.q,
        reweighted=np.diagonal(again.covariance, axis1=-2, axis2=-1),
    )
    return refits, whole
