"""Evidence against no effect that is safe at every look: e-processes of normal effects, and their inversion.

Studies have effects y ~ N(θ, w), w = v + τ0², and enter in order; with S = Σ (y - θ)/w and V = Σ 1/w up to a look, an
e-process is a mixture of likelihood ratios exp(δ S - δ² V/2) over effects δ. If θ is the common true effect it is a
non-negative martingale that starts at 1, so it ever reaches 1/alpha with probability at most alpha (Ville). With
heterogeneity of at most τ0² about a mean of θ it is a supermartingale, and the same holds. All in logs. Sources:
Grünwald, de Heide and Koolen 2024, 10.1093/jrsssb/qkae011; ter Schure and Grünwald 2022,
10.12688/f1000research.74223.1; Howard et al. 2021, 10.1214/20-AOS1991; Robbins 1970, 10.1214/aoms/1177696786.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from livereview import Array

Alternative = Literal["mixture", "point"]
HALVINGS = 80


@dataclass(frozen=True)
class EProcess:
    """Which effects the alternative expects: ``effect`` is the smallest one worth finding, on the analysis scale.

    mixture: θ + δ with δ ~ N(0, effect²), one-sided δ of the sign of ``effect`` only (half-normal); point: δ = ± effect
    with one half each, one-sided δ = effect.
    """

    effect: float
    alternative: Alternative
    sided: Literal[1, 2]

    def log_e(self, score: Array, information: Array) -> Array:
        """ln e where the sum of (y - θ)/w is ``score`` and that of 1/w is ``information``; any shape."""

        from scipy.special import log_ndtr

        signed, size = np.asarray(score) * np.sign(self.effect), abs(self.effect)
        if self.alternative == "mixture":
            spread = 1 + size**2 * information
            ratio: Array = -np.log(spread) / 2 + (size * signed) ** 2 / (2 * spread)
            return ratio if self.sided == 2 else ratio + np.log(2) + log_ndtr(size * signed / np.sqrt(spread))
        up = size * signed - size**2 * information / 2
        if self.sided == 1:
            return np.asarray(up)
        return np.asarray(np.logaddexp(up, -size * signed - size**2 * information / 2) - np.log(2))

    def radius(self, information: Array, alpha: float) -> Array:
        """The score (in the direction of the effect, if one-sided) at which e is 1/alpha, at each look.

        mixture, two-sided: √(2 (V + 1/effect²) ln(√(1 + effect² V)/alpha)); point, one-sided: ln(1/alpha)/effect +
        effect V/2; the others by halving.
        """
        v, size = np.asarray(information, dtype=np.float64), abs(self.effect)
        if self.alternative == "mixture" and self.sided == 2:
            return np.asarray(np.sqrt(2 * (v + size**-2) * (np.log1p(size**2 * v) / 2 - np.log(alpha))))
        if self.alternative == "point" and self.sided == 1:
            return np.asarray(-np.log(alpha) / size + size * v / 2)
        return self._halved(v, -np.log(alpha))

    def _halved(self, information: Array, target: float) -> Array:
        """The score at which ln e, rising there, is ``target``."""
        sign = np.sign(self.effect)
        low, high = np.zeros(information.shape), np.ones(information.shape)  # e of a score of 0 is at most 1
        for _ in range(HALVINGS):
            short = self.log_e(sign * high, information) < target
            if not short.any():
                break
            high = np.where(short, 2 * high, high)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            left = self.log_e(sign * middle, information) < target
            low, high = np.where(left, middle, low), np.where(left, high, middle)
        return np.asarray((low + high) / 2)


@dataclass(frozen=True)
class Monitoring:
    """What the e-process says at each look; arrays (K,), effects on the analysis scale."""

    log_e: Array
    """Of all studies so far, against no effect."""
    estimate: Array
    """Σ y/w / Σ 1/w."""
    standard_error: Array
    low: Array
    """Limits of the confidence sequence; infinite on the open side of a one-sided one."""
    high: Array

    @property
    def log_factor(self) -> Array:
        """What each study multiplies e with: its own e-value, given the studies before."""
        return np.diff(self.log_e, prepend=0.0)

    @property
    def p_value(self) -> Array:
        """1 / (largest e so far), at most 1: valid at every look."""
        return np.exp(-np.maximum(np.maximum.accumulate(self.log_e), 0.0))


def monitoring(effect: Array, variance: Array, null: float, process: EProcess, alpha: float) -> Monitoring:
    """The e-process against ``null`` and its confidence sequence, for studies (K,) in order.

    The sequence holds at each look the effects θ against which e is below 1/alpha: it holds the common true effect at
    all looks together with probability at least 1 - alpha. Two-sided: estimate ± radius/V.
    """
    information = np.cumsum(1 / variance)
    estimate = np.cumsum(effect / variance) / information
    reach = process.radius(information, alpha) / information
    low, high = estimate - reach, estimate + reach
    if process.sided == 1 and process.effect > 0:
        high = np.full(high.shape, np.inf)
    elif process.sided == 1:
        low = np.full(low.shape, -np.inf)
    return Monitoring(
        log_e=process.log_e((estimate - null) * information, information),
        estimate=estimate,
        standard_error=1 / np.sqrt(information),
        low=low,
        high=high,
    )
