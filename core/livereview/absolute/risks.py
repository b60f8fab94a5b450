"""The risk with treatment that a relative effect gives at a baseline risk. All formulas increase with the effect.

Effects are on the analysis scale (logs of ratios, a difference as it is), risks 0-1. Every formula takes the relative
effect to be the same at every baseline risk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from livereview.absolute.measures import Relative
from livereview.types import Array


def by_risk_ratio(baseline: npt.ArrayLike, effect: npt.ArrayLike) -> Array:
    """p x RR; above 1 where a ratio does not fit the baseline (see ``risks_with_treatment``)."""
    return np.asarray(baseline * np.exp(effect))


def by_odds_ratio(baseline: npt.ArrayLike, effect: npt.ArrayLike) -> Array:
    """OR p / (1 - p + OR p), computed as the inverse logit of logit p + ln OR: never beyond 0 or 1."""
    from scipy.special import expit, logit

    return np.asarray(expit(logit(baseline) + effect))


def by_hazard_ratio(baseline: npt.ArrayLike, effect: npt.ArrayLike) -> Array:
    """1 - (1 - p)^HR: both risks by the same time, hazards proportional until then.

    Altman and Andersen 1999, BMJ, doi:10.1136/bmj.319.7223.1492.
    """
    return np.asarray(-np.expm1(np.exp(effect) * np.log1p(-np.asarray(baseline))))


def by_risk_difference(baseline: npt.ArrayLike, effect: npt.ArrayLike) -> Array:
    """p + RD; may lie beyond 0 or 1."""
    return np.asarray(np.asarray(baseline) + effect)


RISK_FORMULAS: Mapping[Relative, tuple[Callable[[npt.ArrayLike, npt.ArrayLike], Array], str]] = {
    "RR": (by_risk_ratio, "baseline risk × RR"),
    "OR": (by_odds_ratio, "OR × p / (1 − p + OR × p) with the baseline risk p"),
    "HR": (by_hazard_ratio, "1 − (1 − p)^HR with the baseline risk p by the time stated"),
    "RD": (by_risk_difference, "baseline risk + RD"),
}


def risks_with_treatment(
    baseline: npt.ArrayLike, effect: npt.ArrayLike, relative: Relative
) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Risks with treatment, cut at 0 and 1, and where they were cut. Shapes broadcast; NaN where the effect is NaN."""
    with np.errstate(over="ignore"):
        risk = RISK_FORMULAS[relative][0](baseline, effect)
    risk = np.where(np.equal(effect, 0), baseline, risk)  # no effect changes nothing, not even the last bit
    return np.clip(risk, 0.0, 1.0), (risk < 0) | (risk > 1)
