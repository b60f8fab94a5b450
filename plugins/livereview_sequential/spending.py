"""Spending functions: how much of an error rate may be used by the time a share of the information is there.

``share`` is information over required information, any shape; beyond 1 everything is spent.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from livereview import Array

Spending = Literal["obrien-fleming", "pocock"]


def spent(function: Spending, error: float, share: Array) -> Array:
    """Cumulative error of one tail spent at each share, 0 at 0 and ``error`` from 1 on.

    obrien-fleming: 2 - 2 Φ(z / √t) with z the upper error/2 quantile; pocock: error log(1 + (e - 1) t). A two-sided
    alpha is spent in two tails of half of it. Source: Lan and DeMets 1983, 10.1093/biomet/70.3.659.
    """

    from scipy.special import ndtr, ndtri

    t = np.clip(np.asarray(share, dtype=np.float64), 0.0, 1.0)
    if function == "pocock":
        return np.asarray(error * np.log1p(np.expm1(1.0) * t))
    with np.errstate(divide="ignore"):
        return np.asarray(2 * ndtr(ndtri(error / 2) / np.sqrt(t)))
