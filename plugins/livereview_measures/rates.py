"""Events over person-time: the rate of one arm (IR, IRLN), the ratio and difference of two (IRR, IRD).

Where a rate has no events, ``add`` goes to the events and the person-time stays. One arm shows its exact Poisson
interval. Rates are per unit of the person-time given.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from pydantic import Field

from livereview import Array, EffectMeasure, RowsNeeded, StudyEffects
from livereview_measures.findings import Findings, columns, quiet
from livereview_measures.transforms import exponential
from livereview_measures.zero_cells import OF_ALL, ZeroCells, correction, note_correction

COLUMNS = ("events", "time")
ONE_ARM = RowsNeeded(layout="one-arm", measures=("rate",), columns=COLUMNS)
TWO_ARMS = RowsNeeded(layout="two-arms", measures=("rate",), columns=COLUMNS)
BAGOS = "Bagos and Nikolopoulos 2009, Int J Biostat 5:21, doi:10.2202/1557-4679.1168"
GARWOOD = "Garwood 1936, Biometrika 28:437, doi:10.1093/biomet/28.3-4.437"


class Rate(ZeroCells):
    """Options of IR and IRLN."""

    level: float = Field(default=0.95, gt=0, lt=1, description="Level of the exact interval shown for each study.")


class RateContrast(ZeroCells):
    """Options of IRR."""

    drop00: bool = Field(default=True, description="Set aside studies with no events in either arm.")


class RateDifference(ZeroCells):
    """Options of IRD."""

    drop00: bool = Field(default=False, description="Set aside studies with no events in either arm.")


def check_rate(found: Findings, events: Array, time: Array, arm: str = "") -> None:
    """Refuse events or person-time that are missing or cannot be."""
    missing = np.isnan(events) | np.isnan(time)
    found.refuse(missing, f"number of events or person-time is missing{arm}")
    found.refuse((events < 0) | np.isinf(events), "{x:g} events" + arm + " cannot be", x=events)
    found.refuse((time <= 0) | np.isinf(time), "person-time {t:g}" + arm + " must be positive", t=time)


@quiet
def poisson_interval(events: Array, time: Array, level: float = 0.95) -> tuple[Array, Array]:
    """Exact limits of a rate: quantiles of Gamma(x) and Gamma(x+1) over the person-time; 0 below without events."""
    from scipy.special import gammaincinv

    tail = (1 - level) / 2
    low = np.where(events == 0, 0.0, gammaincinv(events, tail)) / time
    return low, gammaincinv(events + 1, 1 - tail) / time


def _one_arm(data: Mapping[str, Array], options: Rate) -> tuple[Findings, Array, Array, tuple[Array, Array]]:
    events, time = columns(data, "events", "time")
    found = Findings(events.shape)
    check_rate(found, events, time)
    events, time = found.kept(events, time)
    added = correction(options, events)
    note_correction(found, options, added, "the events", (events == 0, "no events"))
    return found, events + added, time, poisson_interval(events, time, options.level)


def _two_arms(
    data: Mapping[str, Array], options: RateContrast | RateDifference, of: str
) -> tuple[Findings, list[Array]]:
    given = columns(data, "events_1", "time_1", "events_2", "time_2")
    found = Findings(given[0].shape)
    check_rate(found, given[0], given[1], " in the experimental arm")
    check_rate(found, given[2], given[3], " in the control arm")
    none = (given[0] == 0) & (given[2] == 0) & options.drop00
    found.refuse(none & ~found.out, f"set aside: no events in either arm, so no information on the {of}")
    x1, t1, x2, t2 = found.kept(*given)
    added = correction(options, x1, x2)
    empty = ((x1 == 0, "no events in the experimental arm"), (x2 == 0, "no events in the control arm"))
    note_correction(found, options, added, "the events of both arms", *empty)
    return found, [x1 + added, t1, x2 + added, t2]


NO_EVENTS = "no events, and no correction asked for"


@quiet
def rate(data: Mapping[str, Array], options: Rate) -> StudyEffects:
    """x/t; variance x/t²."""
    found, x, t, (low, high) = _one_arm(data, options)
    return found.result(x / t, x / t**2, otherwise=NO_EVENTS, ci_low=low, ci_high=high)


@quiet
def log_rate(data: Mapping[str, Array], options: Rate) -> StudyEffects:
    """ln(x/t); variance 1/x."""
    found, x, t, (low, high) = _one_arm(data, options)
    return found.result(np.log(x / t), 1 / x, otherwise=NO_EVENTS, ci_low=low, ci_high=high)


@quiet
def log_rate_ratio(data: Mapping[str, Array], options: RateContrast) -> StudyEffects:
    """ln((x1/t1) / (x2/t2)); variance 1/x1 + 1/x2."""
    found, (x1, t1, x2, t2) = _two_arms(data, options, "rate ratio")
    return found.result(np.log(x1 / t1) - np.log(x2 / t2), 1 / x1 + 1 / x2, otherwise=NO_EVENTS)


@quiet
def rate_difference(data: Mapping[str, Array], options: RateDifference) -> StudyEffects:
    """x1/t1 - x2/t2; variance x1/t1² + x2/t2²."""
    found, (x1, t1, x2, t2) = _two_arms(data, options, "rate difference")
    return found.result(x1 / t1 - x2 / t2, x1 / t1**2 + x2 / t2**2, otherwise=NO_EVENTS)


MEASURES = (
    EffectMeasure(
        name="IR", title="Incidence rate", summary="Events per person-time of one arm.", options=Rate,
        references=(BAGOS, GARWOOD), rows=lambda options: ONE_ARM, effects=rate, display="rate",
        aliases=("incidence-rate",),
        expected_failures=OF_ALL,
    ),
    EffectMeasure(
        name="IRLN", title="Incidence rate", summary="Log of the events per person-time of one arm.",
        options=Rate, references=(BAGOS, GARWOOD), rows=lambda options: ONE_ARM, effects=log_rate,
        back_transform=exponential, scale="log", display="rate", aliases=("log-incidence-rate",),
        expected_failures=OF_ALL,
    ),
    EffectMeasure(
        name="IRR", title="Rate ratio", summary="Log ratio of two incidence rates.", options=RateContrast,
        references=(BAGOS,), rows=lambda options: TWO_ARMS, effects=log_rate_ratio, back_transform=exponential,
        scale="log", display="ratio", null=0.0, aliases=("rate-ratio", "incidence-rate-ratio"),
        expected_failures=OF_ALL,
    ),
    EffectMeasure(
        name="IRD", title="Rate difference", summary="Difference of two incidence rates.", options=RateDifference,
        references=(BAGOS,), rows=lambda options: TWO_ARMS, effects=rate_difference, null=0.0,
        aliases=("rate-difference", "incidence-rate-difference"),
        expected_failures=OF_ALL,
    ),
)  # fmt: skip
