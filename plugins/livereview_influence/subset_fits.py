"""Fits of very many subsets of the same studies: the pooled estimate, Q and tau² of each.

The rule: sums over a subset are products of its mask with sums made once. Q and the trace of the projection are sums
over pairs of studies, all terms of which are positive, so that nothing cancels however far apart the variances lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from livereview import Array, Mask
from livereview_estimation import Estimator, tau_squared

Pooling = Literal["common-effect"] | Estimator

#: Numbers per array worked on at once.
ELEMENTS = 1 << 17


@dataclass(frozen=True, kw_only=True)
class SubsetFits:
    """One number for each subset; NaN for a subset without a study."""

    k: Array
    estimate: Array
    tau2: Array
    q: Array
    """Cochran's Q about the common-effect mean of the subset."""
    typical: Array
    """Variance of a typical study; NaN for one study."""


def subset_fits(effect: Array, variance: Array, masks: Mask, pooling: Pooling = "common-effect") -> SubsetFits:
    """The inverse-variance mean of every subset: effects and variances (K,), masks (..., K), results (...).

    Q = sum w w' (y - y')² / sum w and tr P = 2 sum w w' / sum w over pairs of two studies of the subset, w = 1 / v;
    typical variance (k - 1) / tr P; DL: tau² = max(0, (Q - (k - 1)) / tr P) (DerSimonian and Laird 1986,
    10.1016/0197-2456(86)90046-2); other estimators as in ``livereview_estimation.tau_squared``. One study: its own
    effect, Q = 0, tau² = 0. Memory beyond the results is bounded.
    """
    effect, variance = np.asarray(effect, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    masks = np.asarray(masks, dtype=bool)
    flat = masks.reshape(-1, masks.shape[-1])
    found = np.full((5, flat.shape[0]), np.nan)
    if pooling not in ("common-effect", *get_args(Estimator)):
        raise ValueError(f"pooling is {pooling!r}; it must be common-effect or an estimator of tau²")
    if flat.shape[-1]:
        sums = _Sums(effect, variance)
        step = max(1, ELEMENTS // flat.shape[-1])
        for start in range(0, flat.shape[0], step):
            found[:, start : start + step] = sums.of(flat[start : start + step], pooling)
    else:
        found[0] = 0.0
    k, estimate, tau2, q, typical = (row.reshape(masks.shape[:-1]) for row in found)
    return SubsetFits(k=k, estimate=estimate, tau2=tau2, q=q, typical=typical)


class _Sums:
    """Sums made once from all studies, in units of the smallest variance, effects from that study's."""

    def __init__(self, effect: Array, variance: Array) -> None:
        first = int(variance.argmin())
        self.origin, self.scale = effect[first], variance[first]
        self.effect, self.variance = effect, variance
        self.y = (effect - self.origin) / np.sqrt(self.scale)
        self.v = variance / self.scale
        w = 1 / self.v
        pairs = np.triu(np.outer(w, w), 1)
        distances = self.y[:, None] - self.y
        # Of each pair the half below the diagonal is 0: a pair counts once.
        self.pairs, self.distances = pairs, pairs * distances**2
        self.linear = np.column_stack([np.ones_like(w), w, w * self.y])

    def of(self, masks: Mask, pooling: Pooling) -> tuple[Array, Array, Array, Array, Array]:
        """k, estimate, tau², Q and typical variance of subsets (n, K)."""
        m = masks.astype(np.float64)
        k, total, weighted = (m @ self.linear).T
        with np.errstate(divide="ignore", invalid="ignore"):
            q = np.einsum("nk,nk->n", m @ self.distances, m) / total
            trace = 2 * np.einsum("nk,nk->n", m @ self.pairs, m) / total
            typical = np.where(k > 1, (k - 1) / trace, np.nan) * self.scale
            mean = weighted / total
            tau2 = np.where(k > 0, 0.0, np.nan)
            if pooling == "DL":
                tau2 = np.where(k > 1, np.maximum((q - (k - 1)) / trace, 0.0) * self.scale, tau2)
            elif pooling != "common-effect":
                tau2 = tau_squared(self.effect, self.variance, masks, pooling).value
            if pooling != "common-effect":
                w = m / (self.v + tau2[:, None] / self.scale)
                mean = (w @ self.y) / np.einsum("nk->n", w)
        return k, self.origin + np.sqrt(self.scale) * mean, tau2, np.where(k > 0, q, np.nan), typical
