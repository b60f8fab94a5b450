"""Trim and fill: how many studies one side of the funnel lacks, and what they would have been.

The rule: arrays are (fits, K); a fit's studies are mirrored so that the missing side is always the left one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from livereview import Array, Mask

Estimator = Literal["L0", "R0", "Q0"]
#: Rounds of trimming before a fit is left unconverged; a handful is the rule.
ROUNDS = 100
Mean = Callable[[Array, Array, Mask], Array]
"""From effects, variances and mask (fits, K) to the pooled estimate (fits,)."""


@dataclass(frozen=True, kw_only=True)
class Trimmed:
    """How many studies are missing on the left of each fit, and about where they would have been mirrored."""

    missing: Array
    """k0, a whole number; NaN where the estimator has none, or the trimming did not settle."""
    standard_error: Array
    center: Array
    """Estimate without the trimmed studies, about which they are mirrored."""
    trimmed: Mask
    """(fits, K): the k0 rightmost studies, whose mirror images are filled in."""
    settled: Mask


def trimmed(y: Array, v: Array, present: Mask, mean: Mean, estimator: Estimator) -> Trimmed:
    """Trim and fill for studies missing on the left; effects and variances (n, K), ``present`` (n, K).

    Repeated until k0 stays: the k0 rightmost studies are left out, the others pooled by ``mean``, all are ranked by
    |y - mean| (ties by the order of their effects), and k0 is estimated anew from the ranks of those to the right. With
    T the sum of these ranks, r the largest rank of the others (those at the centre included), and k studies:

    - ``L0 = (4 T - k (k + 1)) / (2 k - 1)``, ``var = 16 var(T) / (2 k - 1)²``,
      ``var(T) = (k (k + 1) (2 k + 1) + 10 k0³ + 27 k0² + 17 k0 - 18 k k0² - 18 k k0 + 6 k² k0) / 24``;
    - ``R0 = k - r - 1``, ``var = 2 max(0, k0) + 2``;
    - ``Q0 = k - 1/2 - sqrt(2 k² - 4 T + 1/4)``, ``var = 4 var(T) / (k - 1/2 - k0)²``.

    Each is rounded (halves to even) and floored at 0; the variances are those at the unrounded value. Q0 has no value
    where T is so large that the root is of a negative number. Duval and Tweedie 2000,
    doi:10.1111/j.0006-341X.2000.00455.x, doi:10.1080/01621459.2000.10473905; Duval 2005,
    doi:10.1002/0470870168.ch8.
    """
    n, k = present.shape[0], present.sum(axis=-1).astype(np.float64)
    order = np.argsort(np.where(present, y, np.inf), axis=-1, kind="stable")
    y, v = np.take_along_axis(y, order, axis=-1), np.take_along_axis(v, order, axis=-1)
    place = np.arange(present.shape[-1])
    here = place < k[:, None]
    missing, unrounded, center = np.zeros(n), np.zeros(n), np.full(n, np.nan)
    going = k > 0
    for _ in range(ROUNDS):
        at = np.flatnonzero(going)
        if not at.size:
            break
        kept = place < (k[at] - missing[at])[:, None]
        center[at] = mean(y[at], v[at], kept)
        unrounded[at] = _missing(y[at] - center[at, None], here[at], k[at], estimator)
        found = np.maximum(np.round(unrounded[at]), 0.0)
        going[at] = found != missing[at]
        missing[at] = found
        going[at] &= np.isfinite(found) & (found < k[at] - 1)
    settled = ~going & np.isfinite(missing) & (missing < np.maximum(k - 1, 1))
    missing = np.where(settled, missing, np.nan)
    out = np.zeros(present.shape, dtype=bool)
    np.put_along_axis(out, order, here & (place >= (k - np.where(settled, missing, 0))[:, None]), axis=-1)
    return Trimmed(
        missing=missing,
        standard_error=np.where(settled, _standard_error(unrounded, k, estimator), np.nan),
        center=center,
        trimmed=out,
        settled=settled,
    )


def _missing(distance: Array, here: Mask, k: Array, estimator: Estimator) -> Array:
    """k0 of each fit, neither rounded nor floored, from distances to the centre (n, K) in the order of the effects."""
    size = np.where(here, np.abs(distance), np.inf)
    rank = np.empty(size.shape)
    np.put_along_axis(rank, np.argsort(size, axis=-1, kind="stable"), np.arange(1.0, size.shape[-1] + 1), axis=-1)
    right = here & (distance > 0)
    total = np.where(right, rank, 0.0).sum(axis=-1)
    if estimator == "L0":
        return np.asarray((4 * total - k * (k + 1)) / (2 * k - 1))
    if estimator == "R0":
        return np.asarray(k - np.where(here & (distance <= 0), rank, 0.0).max(axis=-1) - 1)
    inner = 2 * k**2 - 4 * total + 0.25
    return np.asarray(np.where(inner >= 0, k - 0.5 - np.sqrt(np.maximum(inner, 0.0)), np.nan))


def _standard_error(k0: Array, k: Array, estimator: Estimator) -> Array:
    """Of k0, by the formulas in ``trimmed``."""
    if estimator == "R0":
        return np.asarray(np.sqrt(2 * np.maximum(k0, 0.0) + 2))
    cubic = 10 * k0**3 + 27 * k0**2 + 17 * k0 - 18 * k * k0**2 - 18 * k * k0 + 6 * k**2 * k0
    of_sum = (k * (k + 1) * (2 * k + 1) + cubic) / 24
    with np.errstate(invalid="ignore", divide="ignore"):
        if estimator == "L0":
            return np.asarray(np.sqrt(16 * of_sum) / (2 * k - 1))
        return np.asarray(np.sqrt(4 * of_sum) / (k - 0.5 - k0))
