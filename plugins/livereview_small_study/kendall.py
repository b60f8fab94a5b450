"""Kendall's rank correlation: score, tie-corrected variance, tau-b, exact and normal P.

The rule: P is two-sided, and the exact distribution holds only without ties.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from livereview import Array

#: 1/170! is the smallest of these probabilities that a double holds in full.
LARGEST_EXACT = 170


@dataclass(frozen=True, kw_only=True)
class RankCorrelation:
    """Agreement in order between two lists of k numbers."""

    k: int
    score: int
    """S: concordant minus discordant pairs."""
    variance: float
    """Of S when the lists are independent, corrected for ties; 0 where a list is all one value."""
    tau: float
    """Kendall's tau-b; NaN where a list is all one value."""
    ties: bool


def rank_correlation(first: Array, second: Array, tolerance: tuple[float, float] = (0.0, 0.0)) -> RankCorrelation:
    """Kendall's S, its variance and tau-b of two arrays of shape ``(K,)``, K >= 3.

    ``tolerance``: neighbours in the one and the other list that differ by no more are ties, since a difference made by
    rounding is no order. With t and u the sizes of the tied groups (Kendall 1970, Rank Correlation Methods):
    ``18 var(S) = k(k-1)(2k+5) - sum t(t-1)(2t+5) - sum u(u-1)(2u+5) + 9 sum t(t-1) sum u(u-1) / (k(k-1))
    + 2 sum t(t-1)(t-2) sum u(u-1)(u-2) / (k(k-1)(k-2))``.
    """
    k = first.size
    ranks = [_dense_ranks(values, width) for values, width in zip((first, second), tolerance, strict=True)]
    order = [np.sign(rank[:, None] - rank[None, :]) for rank in ranks]
    score = int((order[0] * order[1]).sum()) // 2
    t, u = (np.bincount(rank).astype(np.float64) for rank in ranks)
    pairs = k * (k - 1) / 2
    untied = [pairs - float((size * (size - 1)).sum()) / 2 for size in (t, u)]
    by_pairs = float((t * (t - 1)).sum() * (u * (u - 1)).sum()) / (k * (k - 1))
    by_triples = float((t * (t - 1) * (t - 2)).sum() * (u * (u - 1) * (u - 2)).sum()) / (k * (k - 1) * (k - 2))
    spread = k * (k - 1) * (2 * k + 5) - sum(float((size * (size - 1) * (2 * size + 5)).sum()) for size in (t, u))
    comparable = min(untied) > 0
    return RankCorrelation(
        k=k,
        score=score,
        variance=(spread + 9 * by_pairs + 2 * by_triples) / 18 if comparable else 0.0,
        tau=score / float(np.sqrt(untied[0] * untied[1])) if comparable else float("nan"),
        ties=bool(max(t.max(), u.max()) > 1),
    )


def exact_p(correlation: RankCorrelation) -> float:
    """Two-sided P from the distribution of S over all k! orders: twice the smaller tail, at most 1.

    For lists without ties and k up to ``LARGEST_EXACT``. Kendall 1938, Biometrika 30:81, doi:10.1093/biomet/30.1-2.81.
    """
    pairs = correlation.k * (correlation.k - 1) // 2
    rarer = (pairs - abs(correlation.score)) // 2
    return min(1.0, 2 * float(inversion_probabilities(correlation.k)[: rarer + 1].sum()))


def normal_z(correlation: RankCorrelation, correction: Literal[0, 1] = 0) -> float:
    """z = S / sqrt(var(S)), or with ``correction=1`` the continuity-corrected (|S| - 1) / sqrt(var(S)), not below 0."""
    size = max(abs(correlation.score) - correction, 0)
    return float(np.sign(correlation.score)) * size / float(np.sqrt(correlation.variance))


def normal_p(z: float) -> float:
    """Two-sided P of a standard normal z."""
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(z)))


@lru_cache(maxsize=LARGEST_EXACT)
def inversion_probabilities(k: int) -> Array:
    """Probability of 0, 1, ... k(k-1)/2 inversions in a random order of k things, read-only.

    The k-th thing adds 0 to k-1 inversions, each as likely: the distribution for k-1 averaged over k shifts. All terms
    are positive, so that the far tail keeps its relative precision.
    """
    probabilities = np.ones(1) if k == 1 else np.convolve(inversion_probabilities(k - 1), np.full(k, 1 / k))
    probabilities.setflags(write=False)
    return probabilities


def _dense_ranks(values: Array, tolerance: float) -> npt.NDArray[np.int64]:
    """0, 1, 2, ... by size; neighbours within ``tolerance`` share a rank."""
    order = np.argsort(values, kind="stable")
    steps = np.diff(values[order]) > tolerance
    ranks = np.empty(values.size, dtype=np.int64)
    ranks[order] = np.concatenate([[0], np.cumsum(steps)])
    return ranks
