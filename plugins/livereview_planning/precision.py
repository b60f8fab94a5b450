"""How precise a trial to come will be, from its planned size: what a participant tells, by the studies at hand.

Variances are taken at the current pooled effect, as for the design of a trial; that of a trial of n people is
``unit`` / n.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from livereview import AnalysisRequest, Array, PluginError

ONE_TO_ONE = "two arms of one size"


@dataclass(frozen=True, kw_only=True)
class Precision:
    """What one participant tells."""

    unit: float
    """Variance of a trial times its participants, on the analysis scale."""
    source: str
    """Where that comes from, as a sentence."""


def precision(request: AnalysisRequest, estimate: float) -> Precision:
    """The precision of a trial to come, by the first of these that the studies allow.

    - Counts of two arms of n/2, with the risk p2 of all control arms together and p1 from the pooled effect:
      RR 2 ((1 - p1)/p1 + (1 - p2)/p2), OR and PETO 2 (1/(p1 (1 - p1)) + 1/(p2 (1 - p2))),
      RD 2 (p1 (1 - p1) + p2 (1 - p2)).
    - A proportion p as pooled: PR p (1 - p), PLN (1 - p)/p, PLO 1/(p (1 - p)), PAS and PFT 1/4.
    - HR: 4 over the events per participant of the studies that state both (Schoenfeld 1983, 10.2307/2531021).
    - Else participants over information, sum n / sum (1/v), of the studies whose size is known.

    PluginError where no study states its size.
    """
    measure = request.studies.measure
    found = _two_arms(request, estimate) or _proportion(request, estimate)
    if measure == "HR":
        found = found or _events(request)
    return found or _information(request)


Risks = Callable[[float, float], float]
#: By measure: the risk in the experimental arm at a control risk and an effect, and the unit variance from both risks.
TWO_ARMS: Mapping[str, tuple[Risks, Risks]] = {
    "RR": (lambda p2, y: p2 * np.exp(y), lambda p1, p2: 2 * ((1 - p1) / p1 + (1 - p2) / p2)),
    "OR": (lambda p2, y: _from_odds(p2, y), lambda p1, p2: 2 * (1 / (p1 * (1 - p1)) + 1 / (p2 * (1 - p2)))),
    "PETO": (lambda p2, y: _from_odds(p2, y), lambda p1, p2: 2 * (1 / (p1 * (1 - p1)) + 1 / (p2 * (1 - p2)))),
    "RD": (lambda p2, y: p2 + y, lambda p1, p2: 2 * (p1 * (1 - p1) + p2 * (1 - p2))),
}
PROPORTIONS: Mapping[str, Callable[[float], float]] = {
    "PR": lambda p: p * (1 - p),
    "PLN": lambda p: (1 - p) / p,
    "PLO": lambda p: 1 / (p * (1 - p)),
    "PAS": lambda p: 0.25,
    "PFT": lambda p: 0.25,
}


def _from_odds(p2: float, y: float) -> float:
    return float(1 / (1 + (1 - p2) / p2 * np.exp(-y)))


def _two_arms(request: AnalysisRequest, estimate: float) -> Precision | None:
    events, n = _column(request, "events_2"), _column(request, "n_2")
    known = np.isfinite(events) & (n > 0)
    if request.studies.measure not in TWO_ARMS or not known.any():
        return None
    control = float(events[known].sum() / n[known].sum())
    if not 0 < control < 1:
        return None
    risk, unit = TWO_ARMS[request.studies.measure]
    treated = float(risk(control, estimate))
    if not 0 < treated < 1:
        return None
    source = (
        f"The variance of a new trial is that of counts in {ONE_TO_ONE}, with a risk of {control:.1%} in the control "
        f"arm (the control arms of {_studies(known.sum())} together) and of {treated:.1%} in the other, by the pooled "
        "effect."
    )
    return Precision(unit=float(unit(treated, control)), source=source)


def _proportion(request: AnalysisRequest, estimate: float) -> Precision | None:
    if request.studies.measure not in PROPORTIONS:
        return None
    p = float(request.shown(np.asarray(estimate)))
    if not 0 < p < 1:
        return None
    source = f"The variance of a new trial is that of a count of one arm at the pooled proportion, {p:.1%}."
    return Precision(unit=float(PROPORTIONS[request.studies.measure](p)), source=source)


def _events(request: AnalysisRequest) -> Precision | None:
    events, people = _column(request, "events"), _people(request)
    known = (events > 0) & (people > 0)
    if not known.any():
        return None
    share = float(events[known].sum() / people[known].sum())
    source = (
        f"The variance of a new trial is 4 over its events, of {ONE_TO_ONE}; {share:.1%} of the participants "
        f"are expected to have one, as in {_studies(known.sum())} of {request.studies.effect.size} that state their "
        "events."
    )
    return Precision(unit=4 / share, source=source)


def _information(request: AnalysisRequest) -> Precision:
    people = _people(request)
    known = people > 0
    if not known.any():
        raise PluginError(
            "no study of the outcome states how many participants it has, so what a participant tells is not known; "
            "record n with the results, or the sizes of the arms with the studies"
        )
    unit = float(people[known].sum() / (1 / request.studies.variance[known]).sum())
    source = (
        f"The variance of a new trial is that of the studies at hand, by size: {people[known].sum():,.0f} "
        f"participants of {_studies(known.sum())} for the information (1/variance) that they have together."
    )
    return Precision(unit=unit, source=source)


def _people(request: AnalysisRequest) -> Array:
    stated = request.participants or (None,) * request.studies.effect.size
    return np.array([np.nan if n is None else n for n in stated], dtype=np.float64)


def _column(request: AnalysisRequest, name: str) -> Array:
    missing = np.full(request.studies.effect.size, np.nan)
    return np.asarray(request.studies.data.get(name, missing), dtype=np.float64)


def _studies(number: int) -> str:
    return f"{number} study" if number == 1 else f"{number} studies"
