"""The information that a meta-analysis would need to find a stated effect, were it one trial; and what it has.

Totals are of both arms together, for arms of equal size; ``quantiles`` is z(1 - alpha/2) + z(power). Source:
Wetterslev et al. 2008, 10.1016/j.jclinepi.2007.03.013; diversity: Wetterslev et al. 2009, 10.1186/1471-2288-9-86.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview import Array


@dataclass(frozen=True)
class Diversity:
    """How much heterogeneity widens the pooled estimate."""

    d2: float
    """1 - (variance of the common-effect mean) / (variance of the random-effects mean); 0 to below 1."""
    tau2: float


def quantiles(alpha: float, power: float) -> float:
    """z(1 - alpha/2) + z(power): the mean of Z at the required information under the effect sought."""

    from scipy.special import ndtri

    return float(-ndtri(alpha / 2) + ndtri(power))


def required_statistical(effect: float, sought: float) -> float:
    """Inverse variance of the pooled effect that is needed: (quantiles / effect)²; ``effect`` on the analysis scale."""
    return (sought / effect) ** 2


def required_binary(control: float, treated: float, sought: float) -> float:
    """People: 4 (quantiles)² p(1 - p) / (control - treated)², with p the mean of the two risks."""
    risk = (control + treated) / 2
    return 4 * sought**2 * risk * (1 - risk) / (control - treated) ** 2


def required_mean(difference: float, sd: float, sought: float) -> float:
    """People: 4 (quantiles)² sd² / difference²."""
    return 4 * (sought * sd / difference) ** 2


def required_events(log_ratio: float, sought: float) -> float:
    """Events of a hazard ratio: 4 (quantiles)² / (log ratio)². Source: Schoenfeld 1981, 10.1093/biomet/68.1.316."""
    return 4 * (sought / log_ratio) ** 2


def treated_risk(control: float, effect: float, measure: str) -> float:
    """Risk with treatment from the risk without and the effect on the analysis scale; may lie beyond 0-1 for RR, RD."""

    from scipy.special import expit, logit

    if measure in ("OR", "PETO"):
        return float(expit(logit(control) + effect))
    return control + effect if measure == "RD" else control * float(np.exp(effect))


def effect_of_reduction(reduction: float, control: float, measure: str) -> float:
    """Effect on the analysis scale that cuts the control risk by a share of itself (negative: raises it)."""

    from scipy.special import logit

    treated = control * (1 - reduction)
    if measure in ("OR", "PETO"):
        return float(logit(treated) - logit(control))
    return treated - control if measure == "RD" else float(np.log1p(-reduction))


def diversity(variance: Array, tau2: float) -> Diversity:
    """D² of studies with these variances (K,): how much of the random-effects variance heterogeneity makes."""
    common, random = 1 / np.sum(1 / variance), 1 / np.sum(1 / (variance + tau2))
    return Diversity(d2=float(1 - common / random), tau2=tau2)


def least_trials(tau2: float, required: float) -> int:
    """The smallest number of trials that can have the required information, however large: each has below 1/tau²."""
    return int(np.floor(tau2 * required)) + 1
