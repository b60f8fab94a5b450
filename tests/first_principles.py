"""Invented trials pooled from first principles: plain sums that share no code with livereview."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy.optimize import brentq
from scipy.special import chdtrc, ndtr, ndtri

#: study: events and people in the experimental arm, in the control arm
COUNTS: Mapping[str, tuple[int, int, int, int]] = {
    "Adler 1999": (12, 100, 20, 98),
    "Brandt 2003": (8, 60, 15, 62),
    "Çelik 2007": (30, 210, 44, 205),
    "Dunn-Ray 2011": (0, 40, 3, 41),
    "Eco 2012": (0, 25, 0, 24),
}
#: study: mean, SD, people in the experimental arm, in the control arm
MEANS: Mapping[str, tuple[float, float, int, float, float, int]] = {
    "Adler 1999": (5.1, 2.2, 50, 6.4, 2.5, 48),
    "Brandt 2003": (4.0, 1.9, 31, 6.2, 2.1, 30),
    "Çelik 2007": (6.3, 2.8, 102, 6.1, 2.6, 99),
}
#: study: ln HR, its SE
LOGS: Mapping[str, tuple[float, float]] = {"Adler 1999": (-0.35, 0.15), "Brandt 2003": (-0.1, 0.22)}
#: study: O - E, V
LOG_RANK: Mapping[str, tuple[float, float]] = {"Adler 1999": (-4.25, 12.5), "Çelik 2007": (1.5, 9.75)}


@dataclass(frozen=True)
class Pooled:
    """A pooled result on the scale of the analysis."""

    estimate: float
    se: float
    q: float
    df: int
    tau2: float = 0.0

    @property
    def low(self) -> float:
        return self.estimate + float(ndtri(0.025)) * self.se

    @property
    def high(self) -> float:
        return self.estimate - float(ndtri(0.025)) * self.se

    @property
    def z(self) -> float:
        return abs(self.estimate / self.se)

    @property
    def p(self) -> float:
        return 2 * float(ndtr(-self.z))

    @property
    def q_p(self) -> float:
        return float(chdtrc(self.df, self.q)) if self.df else 1.0

    @property
    def i2(self) -> float:
        return max(0.0, 100 * (self.q - self.df) / self.q) if self.q else 0.0


def log_rr(a: float, n1: float, c: float, n2: float) -> tuple[float, float] | None:
    """ln RR and its variance; a half added to all cells where one is empty; None without any event."""
    if a == c == 0:
        return None
    if 0 in (a, c, n1 - a, n2 - c):
        a, c, n1, n2 = a + 0.5, c + 0.5, n1 + 1, n2 + 1
    return math.log(a / n1 / (c / n2)), 1 / a - 1 / n1 + 1 / c - 1 / n2


def inverse_variance(effects: Sequence[tuple[float, float]], tau2: float = 0.0) -> Pooled:
    """The weighted mean of effects with their variances; Q about the common-effect mean."""
    weights = [1 / (v + tau2) for _, v in effects]
    mean = sum(w * y for w, (y, _) in zip(weights, effects, strict=True)) / sum(weights)
    fixed = sum(y / v for y, v in effects) / sum(1 / v for _, v in effects)
    q = sum((y - fixed) ** 2 / v for y, v in effects)
    return Pooled(mean, sum(weights) ** -0.5, q, len(effects) - 1, tau2)


def dersimonian_laird(effects: Sequence[tuple[float, float]], q: float | None = None) -> Pooled:
    """Random effects by the moment estimator, with Q about another centre where it is given."""
    fixed = inverse_variance(effects)
    found = fixed.q if q is None else q
    w = [1 / v for _, v in effects]
    tau2 = max(0.0, (found - (len(effects) - 1)) / (sum(w) - sum(x * x for x in w) / sum(w)))
    pooled = inverse_variance(effects, tau2)
    return Pooled(pooled.estimate, pooled.se, found, len(effects) - 1, tau2)


def reml(effects: Sequence[tuple[float, float]]) -> Pooled:
    """Random effects by restricted maximum likelihood: the root of its score in tau²."""

    def score(tau2: float) -> float:
        w = [1 / (v + tau2) for _, v in effects]
        mean = sum(x * y for x, (y, _) in zip(w, effects, strict=True)) / sum(w)
        squares = sum((x * (y - mean)) ** 2 for x, (y, _) in zip(w, effects, strict=True))
        return squares - sum(w) + sum(x * x for x in w) / sum(w)

    tau2 = float(brentq(score, 0.0, 1e3, xtol=1e-15, rtol=1e-14)) if score(0.0) > 0 else 0.0
    return inverse_variance(effects, tau2)


def mantel_haenszel(trials: Sequence[tuple[int, int, int, int]]) -> Pooled:
    """The Mantel-Haenszel risk ratio (Greenland and Robins 1985), corrected cells where one is empty."""
    r = s = p = 0.0
    effects = []
    for a, n1, c, n2 in trials:
        effect = log_rr(a, n1, c, n2)
        if effect is None:
            continue
        effects.append(effect)
        half = 0.5 if 0 in (a, c, n1 - a, n2 - c) else 0.0
        e, m, f, k = a + half, n1 + 2 * half, c + half, n2 + 2 * half
        total = m + k
        r += e * k / total
        s += f * m / total
        p += (m * k * (e + f) - e * f * total) / total**2
    estimate = math.log(r / s)
    q = sum((y - estimate) ** 2 / v for y, v in effects)
    return Pooled(estimate, math.sqrt(p / (r * s)), q, len(effects) - 1)


def mantel_haenszel_random(trials: Sequence[tuple[int, int, int, int]]) -> Pooled:
    """RevMan 5's "M-H, random": DerSimonian and Laird with Q about the Mantel-Haenszel estimate."""
    effects = [effect for trial in trials if (effect := log_rr(*trial))]
    return dersimonian_laird(effects, mantel_haenszel(trials).q)


def mean_differences(trials: Sequence[tuple[float, float, int, float, float, int]]) -> list[tuple[float, float]]:
    """Differences of means with their variances."""
    return [(m1 - m2, s1**2 / n1 + s2**2 / n2) for m1, s1, n1, m2, s2, n2 in trials]
