"""The interval of H² and I² from the distribution of log H, as most programs print it beside I².

The rule: it is about Q alone; it knows nothing of tau² and can disagree with the intervals from tau².
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from livereview import Array


class HigginsThompson(NamedTuple):
    """I² in percent with its limits; H² = 100 / (100 - I²)."""

    i2: Array
    low: Array
    high: Array


def higgins_thompson(q: Array, k: Array, level: float = 0.95) -> HigginsThompson:
    """I² = (H² - 1) / H² with H² = max(1, Q / (k - 1)), and limits exp(log H ± z SE), none below H = 1.

    SE = (log Q - log(k - 1)) / (2 (sqrt(2Q) - sqrt(2k - 3))) where Q > k, else
    sqrt((1 - 1 / (3 (k - 2)²)) / (2 (k - 2))). NaN for k < 2; no limits where k = 2 and Q <= 2.
    Source: Higgins and Thompson 2002, 10.1002/sim.1186.
    """
    from scipy.special import ndtri

    q, k = np.asarray(q, dtype=np.float64), np.asarray(k, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        large = (np.log(q) - np.log(k - 1)) / (2 * (np.sqrt(2 * q) - np.sqrt(2 * k - 3)))
        small = np.sqrt((1 - 1 / (3 * (k - 2) ** 2)) / (2 * (k - 2)))
        error = np.where(q > k, large, np.where(k > 2, small, np.nan))
        log_h = np.where(k > 1, np.log(np.maximum(q / (k - 1), 1.0)) / 2, np.nan)
    z = ndtri((1 + level) / 2)
    # 1 - 1 / H² by expm1, which keeps its digits near 0.
    i2, low, high = (-100 * np.expm1(-2 * np.maximum(log_h + side * z * error, 0.0)) for side in (0.0, -1.0, 1.0))
    return HigginsThompson(i2=np.where(np.isnan(error), -100 * np.expm1(-2 * log_h), i2), low=low, high=high)
