"""Weighted means of effects, their variance, and what describes heterogeneity about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview_estimation.packing import ELEMENTS, Array, Mask, rows


@dataclass(frozen=True, kw_only=True)
class Pooled:
    """Weighted means; arrays of the shape of the fits, ``weights`` with the axis of studies. k = 0 gives NaN."""

    mean: Array
    variance: Array
    weights: Array
    """Sum to 1 over present studies, 0 elsewhere."""
    q: Array
    """Sum of (y - mean)² / (v + tau²): with tau² = 0 and inverse-variance weights, Cochran's Q."""


def pooled(y: Array, v: Array, present: Mask, tau2: Array | float = 0.0, weights: Array | None = None) -> Pooled:
    """Means of effects (..., K) weighted by 1 / (v + tau²), or by ``weights`` (..., K) or (K,), any positive scale.

    With shares s = weights / sum: mean = sum s y, variance = sum s² (v + tau²), which for inverse-variance weights
    is 1 / sum 1 / (v + tau²); q = 0 exactly where all effects are equal up to rounding.
    """
    shape = np.broadcast_shapes(np.shape(y), np.shape(v), np.shape(present))
    y, v, here = rows(np.asarray(y, dtype=np.float64), np.asarray(v, dtype=np.float64), np.asarray(present))
    n, studies = here.shape
    spread = np.broadcast_to(np.asarray(tau2, dtype=np.float64), shape[:-1]).reshape(-1)
    given = None if weights is None else np.broadcast_to(weights, shape).reshape(here.shape)
    mean, variance, q, shares = np.empty(n), np.empty(n), np.empty(n), np.empty((n, studies))
    step = max(1, ELEMENTS // max(studies, 1))
    for start in range(0, n, step):
        part = slice(start, start + step)
        own = None if given is None else given[part]
        mean[part], variance[part], q[part] = _pooled(y[part], v[part], here[part], spread[part], own, shares[part])
    outer = shape[:-1]
    return Pooled(
        mean=mean.reshape(outer),
        variance=variance.reshape(outer),
        weights=shares.reshape(shape),
        q=q.reshape(outer),
    )


def _pooled(
    y: Array, v: Array, here: Mask, tau2: Array, given: Array | None, shares: Array
) -> tuple[Array, Array, Array]:
    """Mean, variance and q of fits (n, K); their shares are written into ``shares``."""
    if not here.all():
        y, v = np.where(here, y, 0.0), np.where(here, v, np.inf)
    precision = v + tau2[:, None]
    np.divide(1.0, precision, out=precision)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        if given is None:
            total = np.einsum("nk->n", precision)
            np.divide(precision, total[:, None], out=shares)
            variance = 1 / total
        else:
            weight = np.where(here, given, 0.0)
            np.divide(weight, np.einsum("nk->n", weight)[:, None], out=shares)
            variance = np.einsum("nk,nk->n", shares, shares / np.where(here, precision, 1.0))
        first = np.einsum("nk,nk->n", shares, y)
        residual = y - first[:, None]
        # A second pass removes the rounding of the first where effects are large and differ little.
        if not here.all():
            residual[~here] = 0.0
        shift = np.einsum("nk,nk->n", shares, residual)
        residual -= shift[:, None]
        q = np.einsum("nk,nk,nk->n", precision, residual, residual)
        noise = np.einsum("nk,nk,nk->n", precision, y, y) * (4 * np.finfo(np.float64).eps) ** 2
    none = ~here.any(axis=-1)
    shares[none] = 0.0
    variance[none] = np.nan
    return first + shift, variance, np.where(none, np.nan, np.where(q <= noise, 0.0, q))


def present_sums(present: Mask, *terms: Array) -> tuple[Array, ...]:
    """Sums of terms (K,) over the studies of each fit, one array of the shape of the fits per term."""
    sums = np.asarray(present, dtype=np.float64) @ np.stack(terms, axis=-1)
    return tuple(sums[..., at] for at in range(len(terms)))


def hartung_knapp_scale(q: Array, k: Array) -> Array:
    """Factor on the variance of the mean: q / (k - 1), q being ``Pooled.q`` at the model's tau²; NaN for k < 2.

    Source: Hartung 1999 (10.1002/(SICI)1521-4036(199912)41:8<901::AID-BIMJ901>3.0.CO;2-W); Sidik and Jonkman 2002
    (10.1002/sim.1262); Knapp and Hartung 2003 (10.1002/sim.1482).
    """
    return np.asarray(np.where(np.greater(k, 1), q / np.maximum(np.subtract(k, 1), 1), np.nan))


def typical_variance(v: Array, present: Mask) -> Array:
    """Variance of a typical study, (k - 1) / (sum w - sum w² / sum w) with w = 1 / v; NaN for k < 2.

    Source: Higgins and Thompson 2002, 10.1002/sim.1186.
    """
    present = np.asarray(present)
    if not present.shape[-1]:
        return np.full(present.shape[:-1], np.nan)
    v = np.where(present, v, np.inf)
    # The largest weight is kept apart, so that nothing cancels where one study has all the weight.
    v = np.sort(v, axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        w = v[..., :1] / v
        others = w[..., 1:]
        rest = others.sum(axis=-1)
        trace = (2 * rest + (rest**2 - (others**2).sum(axis=-1))) / (1 + rest)
        k = present.sum(axis=-1)
        return np.asarray(np.where(k > 1, (k - 1) / trace * v[..., 0], np.nan))
