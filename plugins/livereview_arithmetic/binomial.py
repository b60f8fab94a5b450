"""Intervals of a proportion that are in use, of counts and of a difference of two."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from livereview_arithmetic.printed import Span, quantiles, span

#: Exact intervals of more people are those of the other scales.
_PEOPLE = 1000
Limits = tuple[str, float, float]


def binomial_intervals(share: float, n: float, level: float = 0.95) -> Iterator[Limits]:
    """Name and limits of each interval for the count nearest to ``share`` of n.

    Exact (Clopper and Pearson 1934, 10.1093/biomet/26.4.404), Wilson (1927, 10.1080/01621459.1927.10502953), Wald,
    Agresti and Coull (1998, 10.1080/00031305.1998.10480550), Jeffreys.
    """
    from scipy.special import betaincinv

    x, tail = float(round(share * n)), (1 - level) / 2
    yield (
        "exact",
        (0.0 if x == 0 else float(betaincinv(x, n - x + 1, tail))),
        1.0 if x == n else float(betaincinv(x + 1, n - x, 1 - tail)),
    )
    yield "Jeffreys", float(betaincinv(x + 0.5, n - x + 0.5, tail)), float(betaincinv(x + 0.5, n - x + 0.5, 1 - tail))
    z = quantiles(level)[0]
    p = x / n
    half = z * math.sqrt(p * (1 - p) / n)
    yield "Wald", p - half, p + half
    low, high = wilson(x, n, z)
    yield "Wilson", low, high
    middle = (x + z * z / 2) / (n + z * z)
    half = z * math.sqrt(middle * (1 - middle) / (n + z * z))
    yield "Agresti-Coull", middle - half, middle + half


def clopper_pearson_fits(share: float, low: Span, high: Span, level: float) -> bool:
    """Whether the exact interval of some count of at most 1000 people with this share has these limits."""
    from scipy.special import betaincinv

    least, most = span(share, 2)
    n = np.arange(1, _PEOPLE + 1, dtype=float)
    x = np.rint(share * n)
    inside = (x / n >= least) & (x / n <= most) & (x > 0) & (x < n)
    n, x, tail = n[inside], x[inside], (1 - level) / 2
    lower, upper = betaincinv(x, n - x + 1, tail), betaincinv(x + 1, n - x, 1 - tail)
    fits = (lower >= low[0]) & (lower <= low[1]) & (upper >= high[0]) & (upper <= high[1])
    return bool(fits.any())


def wilson(x: float, n: float, z: float) -> tuple[float, float]:
    """Wilson's limits of x of n."""
    p, whole = x / n, n + z * z
    middle = (x + z * z / 2) / whole
    half = z / whole * math.sqrt(n * p * (1 - p) + z * z / 4)
    return max(0.0, middle - half), min(1.0, middle + half)


def newcombe(a: float, n1: float, c: float, n2: float, z: float) -> tuple[float, float]:
    """Limits of a difference of proportions from Wilson's of each (Newcombe 1998, method 10)."""
    (low1, high1), (low2, high2) = wilson(a, n1, z), wilson(c, n2, z)
    p1, p2 = a / n1, c / n2
    difference = p1 - p2
    return (
        difference - math.hypot(p1 - low1, high2 - p2),
        difference + math.hypot(high1 - p1, p2 - low2),
    )
