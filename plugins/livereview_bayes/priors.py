"""Priors of the heterogeneity tau, by name, each as the log of its density in tau.

tau is on the analysis scale (log for ratios, standard deviations for SMD, ...). Empirical priors are stated for tau²:
what is said of the log of tau² is turned into a density of tau here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from livereview import Array, PluginError
from livereview_bayes.published import RHODES_ANY, rhodes, turner

#: Of a density that falls as 1 / (tau log tau ...): a little faster than tau to the power of -1.
_LOG_TAIL = 1.0 + 1e-9

LogDensity = Callable[[Array], Array]


@dataclass(frozen=True, kw_only=True)
class Prior:
    """A prior of tau."""

    words: str
    log_density: LogDensity
    """Of tau, from log tau; minus infinity where it cannot lie."""
    scale: float
    """A typical value of tau, to know where to look."""
    tail: float
    """The density falls as tau to the power of minus this; infinite where it falls faster."""
    highest: float = math.inf
    """Largest log tau."""
    proper: bool = True


def half_normal(scale: float) -> Prior:
    """|N(0, scale²)|. Röver et al. 2021 (10.1002/jrsm.1475): 0.5 for log ratios is weakly informative."""

    def log_density(log_tau: Array) -> Array:
        with np.errstate(over="ignore"):
            square = np.exp(2 * (log_tau - math.log(scale)))
        return np.asarray(0.5 * math.log(2 / math.pi) - math.log(scale) - 0.5 * square)

    return Prior(words=f"half-normal, scale {scale:g}", log_density=log_density, scale=scale, tail=math.inf)


def half_cauchy(scale: float) -> Prior:
    """Half of a Cauchy distribution: heavy-tailed. Gelman 2006, 10.1214/06-BA117A."""

    def log_density(log_tau: Array) -> Array:
        return np.asarray(math.log(2 / (math.pi * scale)) - np.logaddexp(0.0, 2 * (log_tau - math.log(scale))))

    return Prior(words=f"half-Cauchy, scale {scale:g}", log_density=log_density, scale=scale, tail=2.0)


def uniform(upper: float | None) -> Prior:
    """Equal density from 0 to ``upper``; None = without end (improper)."""
    height = 0.0 if upper is None else -math.log(upper)

    def log_density(log_tau: Array) -> Array:
        return np.full_like(log_tau, height)

    if upper is None:
        return Prior(words="uniform without end", log_density=log_density, scale=1.0, tail=0.0, proper=False)
    words = f"uniform from 0 to {upper:g}"
    return Prior(words=words, log_density=log_density, scale=upper / 2, tail=math.inf, highest=math.log(upper))


def log_normal(mean: float, sd: float) -> Prior:
    """log tau² ~ N(mean, sd²)."""

    def log_density(log_tau: Array) -> Array:
        z = (2 * log_tau - mean) / sd
        return np.asarray(-0.5 * z**2 - 0.5 * math.log(2 * math.pi) - math.log(sd) + math.log(2) - log_tau)

    words = f"log-normal of tau², mean {mean:g} and standard deviation {sd:g} of the log"
    return Prior(words=words, log_density=log_density, scale=math.exp(mean / 2), tail=math.inf)


def log_t(location: float, scale: float, df: float) -> Prior:
    """(log tau² - location) / scale ~ t with ``df`` degrees of freedom."""
    from scipy.special import gammaln

    constant = float(gammaln((df + 1) / 2) - gammaln(df / 2)) - 0.5 * math.log(df * math.pi) - math.log(scale)

    def log_density(log_tau: Array) -> Array:
        z = (2 * log_tau - location) / scale
        return np.asarray(constant - (df + 1) / 2 * np.log1p(z**2 / df) + math.log(2) - log_tau)

    words = f"log-t of tau², location {location:g}, scale {scale:g}, {df:g} degrees of freedom"
    return Prior(words=words, log_density=log_density, scale=math.exp(location / 2), tail=_LOG_TAIL)


def empirical(source: str, outcome: str, comparison: str, area: str) -> Prior:
    """The predictive distribution that a survey of Cochrane reviews found for such outcomes and comparisons.

    Raises ``PluginError`` with the names that there are.
    """
    if source == "turner":
        mean, sd = turner(outcome, comparison)
        found = log_normal(mean, sd)
    else:
        location, scale = rhodes(outcome, comparison, area) if outcome else RHODES_ANY
        found = log_t(location, scale, 5.0)
    about = ", ".join(part for part in (outcome or "any outcome", comparison, area) if part)
    who = "Turner et al. 2015" if source == "turner" else "Rhodes et al. 2015"
    return Prior(
        words=f"{who} ({about}): {found.words}", log_density=found.log_density, scale=found.scale, tail=found.tail
    )


def require_scale(name: str, scale: float | None) -> float:
    """The scale of a prior that has one; ``PluginError`` where it is not given."""
    if scale is None:
        raise PluginError(f"the prior {name} needs a scale; for log ratios a half-normal of 0.5 is weakly informative")
    return scale
