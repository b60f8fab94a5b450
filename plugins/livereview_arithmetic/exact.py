"""The conditional odds ratio of two arms and its exact interval, as Fisher's exact test gives them.

Given the margins, the events of one arm have the noncentral hypergeometric distribution (Fisher 1935, Cornfield 1956);
the estimate solves E(X; ψ) = a, the limits P(X ≥ a; ψ) = P(X ≤ a; ψ) = α/2.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from livereview_arithmetic.effects import Counts

#: Beyond so many possible tables the estimate is that of the other formulas, to any printed digit.
_MOST = 20_000
_EDGE = 40.0


def conditional_odds_ratio(arms: Counts, level: float) -> tuple[float, float, float] | None:
    """Logarithms of estimate and limits; None where the estimate is 0 or infinite, or the arms are very large."""
    from scipy.special import gammaln

    events, n1, n2 = arms.a + arms.c, arms.n1, arms.n2
    least, most = max(0.0, events - n2), min(n1, events)
    if not arms.possible or not least < arms.a < most or most - least > _MOST:
        return None
    x = np.arange(least, most + 1)
    ways = -(gammaln(x + 1) + gammaln(n1 - x + 1) + gammaln(events - x + 1) + gammaln(n2 - events + x + 1))

    def weights(log_ratio: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        logs = ways + x * log_ratio
        parts = np.exp(logs - logs.max())
        return np.asarray(parts / parts.sum(), dtype=np.float64)

    tail = (1 - level) / 2
    estimate = _root(lambda t: float(weights(t) @ x) - arms.a)
    low = _root(lambda t: float(weights(t)[x >= arms.a].sum()) - tail)
    high = _root(lambda t: tail - float(weights(t)[x <= arms.a].sum()))
    return estimate, low, high


def _root(rising: Callable[[float], float]) -> float:
    """Where a function that rises crosses 0, by bisection."""
    low, high = -_EDGE, _EDGE
    while high - low > 1e-10:
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return math.fsum((low, high)) / 2
