"""Fail-safe N: how many studies without an effect would make a pooled effect negligible.

The rule: counts are whole numbers, rounded up; 0 where the pooled effect is not below the level to begin with.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from livereview import Array
from livereview_estimation import Estimator, pooled, tau_squared

#: Largest number looked for; above it the answer is infinite.
LARGEST = 10**9
#: Parts by which a count may exceed a whole number through rounding alone.
ROUNDING = 1e-9


def rosenthal(effect: Array, variance: Array, alpha: float = 0.05) -> tuple[float, float]:
    """Number of studies with z = 0 that bring Stouffer's sum of z to one-sided P = alpha, and that P now; ``(K,)``.

    ``N = (sum z / z_alpha)² - k``, P in the direction of the sum. Rosenthal 1979, doi:10.1037/0033-2909.86.3.638.
    """
    from scipy.special import ndtr, ndtri

    total, k = abs(float((effect / np.sqrt(variance)).sum())), effect.size
    p = float(ndtr(-total / math.sqrt(k)))
    return _whole((total / float(ndtri(alpha))) ** 2 - k) if p < alpha else 0.0, p


def orwin(effect: Array, variance: Array | None, target: float | None = None) -> tuple[float, float, float]:
    """Number of studies with effect 0 that bring the mean effect to ``target``; the mean, the target.

    ``N = k (mean - target) / target``, mean plain or, with variances, weighted by 1/v; target half of the mean where
    not given. Infinite for a target of 0; 0 where the mean is nearer to 0 than the target, or a target of the other
    sign. Orwin 1983, doi:10.3102/10769986008002157.
    """
    weight = np.ones(effect.shape) if variance is None else 1 / variance
    mean = float((weight * effect).sum() / weight.sum())
    goal = mean / 2 if target is None else target
    if mean == 0:
        return 0.0, mean, goal
    if goal == 0:
        return math.inf, mean, goal
    return _whole(effect.size * (mean - goal) / goal), mean, goal


def rosenberg(effect: Array, variance: Array, alpha: float = 0.05) -> tuple[float, float]:
    """Number of studies with effect 0 and mean weight that bring the common effect to two-sided P = alpha; its P now.

    ``N = k ((sum w y / z)² / sum w - 1)``, w = 1/v. Rosenberg 2005, doi:10.1111/j.0014-3820.2005.tb01004.x.
    """
    from scipy.special import ndtr, ndtri

    weight = 1 / variance
    total, sum_y = float(weight.sum()), float((weight * effect).sum())
    z = abs(sum_y) / math.sqrt(total)
    p = float(2 * ndtr(-z))
    return _whole(effect.size * ((z / float(ndtri(alpha / 2))) ** 2 - 1)) if p < alpha else 0.0, p


@dataclass(frozen=True, kw_only=True)
class Enlarged:
    """Random-effects mean of the studies together with N that average no effect."""

    mean: float
    tau2: float
    p_value: float


def enlarged(effect: Array, variance: Array, tau2: float, mean: float, n: float) -> Enlarged:
    """The studies, with their tau² and random-effects mean, together with n of mean 0; shapes ``(K,)``.

    Added studies have the harmonic mean of the variances as variance, and the same tau². tau² of all is taken as
    ``((k + n - 2) tau² + k n m² / (k + n)) / (k + n - 1)``, the variance within and between the two groups, in place of
    fitting them; all are pooled with weights ``1 / (v + tau²)``, two-sided P by z. The approximate form of metafor's
    "General".
    """
    from scipy.special import ndtr

    k, typical = effect.size, effect.size / float((1 / variance).sum())
    spread = tau2 if n == 0 else ((k + n - 2) * tau2 + k * n * mean**2 / (k + n)) / (k + n - 1)
    weight = 1 / (variance + spread)
    total, sum_y = float(weight.sum()) + n / (typical + spread), float((weight * effect).sum())
    p = float(2 * ndtr(-abs(sum_y) / math.sqrt(total)))
    return Enlarged(mean=sum_y / total, tau2=spread, p_value=p)


def general(effect: Array, variance: Array, estimator: Estimator = "REML", alpha: float = 0.05) -> tuple[float, float]:
    """Smallest number of studies averaging no effect that bring the random-effects P to alpha or more; its P now.

    See ``enlarged`` for how P is computed; infinite above 10^9. metafor prints the zero of P - alpha, rounded, plus 1:
    the same or one more.
    """
    tau2 = float(tau_squared(effect, variance, np.ones(effect.shape, dtype=bool), estimator).value)
    mean = float(pooled(effect, variance, np.ones(effect.shape, dtype=bool), tau2).mean)

    def p(n: int) -> float:
        return enlarged(effect, variance, tau2, mean, n).p_value

    now = p(0)
    if not now < alpha:
        return 0.0, now
    if p(LARGEST) < alpha:
        return math.inf, now
    low, high = 0, LARGEST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if p(middle) < alpha else (low, middle)
    return float(high), now


def _whole(count: float) -> float:
    """The next whole number, at least 0; a whole number but for rounding stays."""
    nearest = round(count)
    if abs(count - nearest) <= ROUNDING * max(1.0, abs(count)):
        return float(max(nearest, 0))
    return float(max(math.ceil(count), 0))
