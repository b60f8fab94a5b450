"""Ways back from the analysis scale to the display scale.

Each takes ``(value, n)`` of any broadcastable shape; ``n`` is ignored except by the inverse double arcsine. All but
``log_log_inverse`` increase with the value.
"""

from __future__ import annotations

import numpy as np

from livereview import Array, PluginError
from livereview_measures.findings import quiet


def identity(value: Array, n: Array | None = None) -> Array:
    """The value itself: differences, means and raw proportions. Limits are not cut at 0 or 1."""
    return value


@quiet
def exponential(value: Array, n: Array | None = None) -> Array:
    """exp(value): ratios from logs; infinite where it exceeds the largest number."""
    return np.asarray(np.exp(value))


def logistic(value: Array, n: Array | None = None) -> Array:
    """1 / (1 + exp(-value)): proportions from logits."""
    from scipy.special import expit

    return np.asarray(expit(value))


@quiet
def sine_squared(value: Array, n: Array | None = None) -> Array:
    """sin(value)²: proportions from arcsine square roots; 0 below the scale's start at 0, 1 beyond its end at pi/2."""
    return np.asarray(np.sin(np.clip(value, 0.0, np.pi / 2)) ** 2)


@quiet
def log_log_inverse(value: Array, n: Array | None = None) -> Array:
    """exp(-exp(value)): probabilities from log(-log p). It decreases, so a lower limit becomes the upper one."""
    return np.asarray(np.exp(-np.exp(value)))


@quiet
def double_arcsine_inverse(value: Array, n: Array | None = None) -> Array:
    """Proportions from the half-sum Freeman-Tukey scale, for sample size n.

    p = (1 - sgn(cos 2t) sqrt(1 - (sin 2t + (sin 2t - 1/sin 2t)/n)²)) / 2; 0 where t lies below the transform of 0 of n,
    1 where it lies above that of n of n. A pooled value belongs to no sample size: the harmonic mean is usual, and the
    result depends on it (Schwarzer et al. 2019, doi:10.1002/jrsm.1348). Raises PluginError without n. Miller 1978,
    Am Stat, doi:10.1080/00031305.1978.10479283.
    """
    if n is None:
        raise PluginError("The inverse of the Freeman-Tukey transformation needs a sample size n, and none was given")
    t, size = np.broadcast_arrays(np.asarray(value, dtype=np.float64), np.asarray(n, dtype=np.float64))
    sine = np.sin(2 * t)
    root = np.sqrt(np.clip(1 - (sine + (sine - 1 / sine) / size) ** 2, 0.0, None))
    inside = (1 - np.sign(np.cos(2 * t)) * root) / 2
    unknown = np.isnan(t) | ~(size > 0)
    p = np.where(t < double_arcsine(np.zeros_like(size), size), 0.0, inside)
    p = np.where(t > double_arcsine(size, size), 1.0, p)
    return np.where(unknown, np.nan, p)


def double_arcsine(events: Array, n: Array) -> Array:
    """(asin sqrt(x/(n+1)) + asin sqrt((x+1)/(n+1))) / 2, in radians: the half-sum form of Freeman and Tukey 1950."""
    low, high = np.arcsin(np.sqrt(events / (n + 1))), np.arcsin(np.sqrt((events + 1) / (n + 1)))
    return np.asarray((low + high) / 2)
