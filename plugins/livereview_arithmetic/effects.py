"""The effect of two arms by the formulas that reports use: each with its name, estimate and standard error.

On the scale of analysis: ratios as logarithms. Sources: Deeks and Higgins 2010 (RevMan's algorithms); Yusuf 1985
(10.1016/s0033-0620(85)80003-7) for Peto's; Hedges 1981 (10.3102/10769986006002107) for the standardised difference.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from livereview_arithmetic.printed import Span

#: Name of the one-step method, whose estimate is not that of the other formulas.
PETO = "Peto"


@dataclass(frozen=True)
class Effect:
    """An effect as one formula gives it."""

    method: str
    estimate: float
    error: float


@dataclass(frozen=True)
class Counts:
    """Two arms with events of people."""

    a: float
    n1: float
    c: float
    n2: float

    @property
    def possible(self) -> bool:
        """Whether such counts can be."""
        return 0 <= self.a <= self.n1 and 0 <= self.c <= self.n2 and self.n1 > 0 and self.n2 > 0


@dataclass(frozen=True)
class Means:
    """Two arms with means and standard deviations."""

    m1: float
    s1: float
    n1: float
    m2: float
    s2: float
    n2: float

    @property
    def possible(self) -> bool:
        """Whether effects can be computed."""
        return self.n1 > 1 and self.n2 > 1 and self.s1 >= 0 and self.s2 >= 0 and self.s1 + self.s2 > 0


def of_counts(measure: str, arms: Counts) -> Iterator[Effect]:
    """The effect as OR, RR or RD, by each formula."""
    if not arms.possible:
        return
    a, b, c, d = arms.a, arms.n1 - arms.a, arms.c, arms.n2 - arms.c
    zero = min(a, b, c, d) == 0
    if measure == "OR":
        yield from _odds(a, b, c, d)
    elif measure == "RR":
        if a and c:
            yield Effect("log", math.log(a / arms.n1 * arms.n2 / c), _root(1 / a - 1 / arms.n1 + 1 / c - 1 / arms.n2))
        if zero:
            n1, n2 = arms.n1 + 1, arms.n2 + 1
            error = _root(1 / (a + 0.5) - 1 / n1 + 1 / (c + 0.5) - 1 / n2)
            ratio = 1.0 if not (b or d) else (a + 0.5) / n1 * n2 / (c + 0.5)
            yield Effect("0.5 added", math.log(ratio), error)
    elif measure == "RD":
        p1, p2 = a / arms.n1, c / arms.n2
        yield Effect("Wald", p1 - p2, _root(p1 * (1 - p1) / arms.n1 + p2 * (1 - p2) / arms.n2))
        if zero:
            n1, n2 = arms.n1 + 1, arms.n2 + 1
            q1, q2 = (a + 0.5) / n1, (c + 0.5) / n2
            yield Effect("0.5 added", p1 - p2, _root(q1 * (1 - q1) / n1 + q2 * (1 - q2) / n2))


def _odds(a: float, b: float, c: float, d: float) -> Iterator[Effect]:
    if min(a, b, c, d) > 0:
        yield Effect("log", math.log(a * d / (b * c)), _root(1 / a + 1 / b + 1 / c + 1 / d))
    else:
        a5, b5, c5, d5 = (cell + 0.5 for cell in (a, b, c, d))
        yield Effect("0.5 added", math.log(a5 * d5 / (b5 * c5)), _root(1 / a5 + 1 / b5 + 1 / c5 + 1 / d5))
    n, events = a + b + c + d, a + c
    variance = (a + b) * (c + d) * events * (n - events) / (n * n * (n - 1)) if n > 1 else 0.0
    if variance > 0:
        yield Effect(PETO, (a - (a + b) * events / n) / variance, 1 / math.sqrt(variance))


def _root(value: float) -> float:
    return math.sqrt(max(value, 0.0))


def of_means(measure: str, arms: Means) -> Iterator[Effect]:
    """The effect as MD, SMD or ROM, by each formula."""
    if not arms.possible:
        return
    n1, n2 = arms.n1, arms.n2
    pooled = _root(((n1 - 1) * arms.s1**2 + (n2 - 1) * arms.s2**2) / (n1 + n2 - 2))
    if measure == "MD":
        yield Effect("unequal variances", arms.m1 - arms.m2, math.hypot(arms.s1 / _root(n1), arms.s2 / _root(n2)))
        yield Effect("equal variances", arms.m1 - arms.m2, pooled * _root(1 / n1 + 1 / n2))
    elif measure == "SMD" and pooled > 0:
        d, n = (arms.m1 - arms.m2) / pooled, n1 + n2
        g = d * (1 - 3 / (4 * n - 9))
        yield Effect("Hedges g, RevMan", g, _root(n / (n1 * n2) + g * g / (2 * (n - 3.94))))
        yield Effect("Hedges g", g, _root(n / (n1 * n2) + g * g / (2 * n)))
        yield Effect("Cohen d", d, _root(n / (n1 * n2) + d * d / (2 * n)))
        yield Effect("Cohen d, RevMan", d, _root(n / (n1 * n2) + d * d / (2 * (n - 2))))
    elif measure == "ROM" and arms.m1 * arms.m2 > 0:
        error = math.hypot(arms.s1 / arms.m1 / _root(n1), arms.s2 / arms.m2 / _root(n2))
        yield Effect("log", math.log(arms.m1 / arms.m2), error)


def widened(measure: str, first: tuple[Span, Span], second: tuple[Span, Span], ns: tuple[float, float]) -> list[Effect]:
    """The effect at every corner of what means and SDs of two arms can stand for: (mean, SD) of each.

    The formulas are monotone in each number near what was printed, so that the corners hold the extremes; but the
    standard error of an SMD is smallest where the means are equal, which is added where they can be.
    """
    corners = []
    for (m1, m2), s1, s2 in product(_differences(first[0], second[0]), first[1], second[1]):
        corners += list(of_means(measure, Means(m1, max(s1, 0.0), ns[0], m2, max(s2, 0.0), ns[1])))
    return corners


def _differences(one: Span, other: Span) -> list[tuple[float, float]]:
    pairs = list(product(one, other))
    low, high = max(one[0], other[0]), min(one[1], other[1])
    return [*pairs, (low, low)] if low <= high else pairs
