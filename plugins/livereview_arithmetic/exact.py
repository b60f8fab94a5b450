"""The conditional odds ratio of two arms and its exact interval, as Fisher's exact test gives them.

Given the margins, the events of one arm have the noncentral hypergeometric distribution (Fisher 1935, Cornfield 1956);
the estimate solves E(X; ψ) = a, the limits P(X ≥ a; ψ) = P(X ≤ a; ψ) = α/2.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from livereview_arithmetic.effects import Counts

#: Beyond so many possible tables the estimate is that of the other formulas, to any printed digit.
_MOST = 20_000
_EDGE = 40.0

Chances = np.ndarray[tuple[int], np.dtype[np.float64]]


class Conditional:
    """The distribution of the events of one arm, given the margins, at any odds ratio."""

    def __init__(self, arms: Counts) -> None:
        from scipy.special import gammaln

        self.a, events, n1, n2 = arms.a, arms.a + arms.c, arms.n1, arms.n2
        least, most = max(0.0, events - n2), min(n1, events)
        self.possible = arms.possible and least < arms.a < most and most - least <= _MOST
        """Whether estimate and limits are numbers: not where the arm has as few or as many events as it can have."""
        x = np.arange(least, most + 1) if self.possible else np.zeros(1)
        self._x = x
        self._ways = -(gammaln(x + 1) + gammaln(n1 - x + 1) + gammaln(events - x + 1) + gammaln(n2 - events + x + 1))

    def _chances(self, log_ratio: float) -> Chances:
        logs = self._ways + self._x * log_ratio
        parts = np.exp(logs - logs.max())
        return np.asarray(parts / parts.sum(), dtype=np.float64)

    def estimate(self) -> float:
        """The logarithm of the odds ratio of which the events are the expectation."""
        return _root(lambda t: float(self._chances(t) @ self._x) - self.a)

    def limits(self, level: float) -> tuple[float, float]:
        """The logarithms of the exact limits."""
        tail, x, a = (1 - level) / 2, self._x, self.a
        low = _root(lambda t: float(self._chances(t)[x >= a].sum()) - tail)
        return low, _root(lambda t: tail - float(self._chances(t)[x <= a].sum()))


def _root(rising: Callable[[float], float]) -> float:
    """Where a function that rises crosses 0, by bisection."""
    low, high = -_EDGE, _EDGE
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2
