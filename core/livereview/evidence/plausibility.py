"""Can this row be? Rules about values of one row that contradict each other, or that no such measure can take.

Each rule looks at the typed values of one row and yields what is wrong. Nothing is rounded or repaired.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from livereview.evidence.dates import first_day, last_day

RATIOS = ("HR", "OR", "RR", "IRR", "ROM")
PROBABILITIES = ("proportion", "survival", "cumulative-incidence")
#: Measures of which one limit alone is worth keeping: a median that was not reached has no estimate.
_MAY_LACK_ESTIMATE = ("median-months", "time")
#: Columns that stand for the estimate of a hazard ratio where none is printed.
_HAZARD = (("o_minus_e", "o_minus_e_variance"), ("p_value", "events", "direction"))
#: Half a per cent: what rounding to whole per cent can hide.
_ROUNDING = 0.005 + 1e-9

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Contradiction:
    """What is wrong in a row; the first column is where it is shown, all are what it rests on."""

    columns: tuple[str, ...]
    message: str
    remedy: str


def contradictions(table: str, values: Values) -> Iterator[Contradiction]:
    """Everything that cannot be in one row. A withdrawn row is only asked why: its number may be the reason."""
    withdrawn, reason = values.get("withdrawn"), values.get("withdrawn_reason")
    if withdrawn and not reason:
        yield Contradiction(("withdrawn_reason",), "a withdrawn row needs a reason", "Say why the row was taken back.")
    if reason and not withdrawn:
        message = "a reason for withdrawal is given, but the row is not withdrawn"
        yield Contradiction(("withdrawn", "withdrawn_reason"), message, "Write yes in withdrawn, or delete the reason.")
    if not withdrawn:
        for rule in _RULES.get(table, ()):
            yield from rule(values)


def _study_sizes(values: Values) -> Iterator[Contradiction]:
    total = values.get("n_total")
    for name in ("n_arm_experimental", "n_arm_control"):
        size = values.get(name)
        if total is not None and size is not None and size > total:
            message = f"more patients in the arm ({size}) than in the study ({total})"
            yield Contradiction((name, "n_total"), message, "Check both numbers.")


def _needed(values: Values) -> Iterator[Contradiction]:
    """The number that the measure is about must be there."""
    measure = values.get("measure")
    have = {name for name in ("events", "estimate", "ci_low", "ci_high") if name in values}
    if measure in ("count", "events"):
        if "events" not in have:
            yield Contradiction(
                ("events", "measure"),
                f"there are no events, which measure {measure} needs",
                "Write the number of events.",
            )
    elif measure == "rate":
        if not have & {"events", "estimate"}:
            yield Contradiction(
                ("events", "estimate"),
                "there are neither events nor an estimate, of which measure rate needs one",
                "Write it.",
            )
    elif measure is not None and "estimate" not in have and not (measure in _MAY_LACK_ESTIMATE and have):
        if measure == "HR" and any(set(names) <= set(values) for names in _HAZARD):
            return
        remedy = "Write the estimate."
        if measure == "HR":
            remedy = "Write the estimate; or o_minus_e and its variance; or p_value, events and direction."
        if "events" in have and measure in PROBABILITIES:
            remedy = "Write the estimate, or measure count for events of n."
        yield Contradiction(
            ("estimate", "measure", "events"), f"there is no estimate, which measure {measure} needs", remedy
        )


def _counts(values: Values) -> Iterator[Contradiction]:
    measure, events, n = values.get("measure"), values.get("events"), values.get("n")
    if measure == "count" and n == 0:
        yield Contradiction(("n",), "a share of nobody is no number", "Leave the row out, or check n.")
    once = measure not in ("events", "rate", "IRR")  # these count events, of which one person can have several
    if once and events is not None and n is not None and events > n:
        yield Contradiction(("events", "n"), f"more people with the event ({events}) than at risk ({n})", "Check both.")
    estimate = values.get("estimate")
    if measure != "count" or estimate is None or events is None or not n or events > n:
        return
    if not 0 <= estimate <= 1:
        yield _not_a_share("estimate", estimate)
    elif abs(estimate - events / n) > _ROUNDING:
        message = f"{events} of {n} is {events / n:.3f}, not {estimate:g}"
        yield Contradiction(("estimate", "events", "n"), message, "Check the three; estimate may be left empty.")


def _interval(values: Values) -> Iterator[Contradiction]:
    low, high, estimate = values.get("ci_low"), values.get("ci_high"), values.get("estimate")
    if low is not None and high is not None and low > high:
        yield Contradiction(("ci_low", "ci_high"), f"the limits are reversed ({low:g} to {high:g})", "Swap or check.")
        return
    outside = estimate is not None and ((low is not None and estimate < low) or (high is not None and estimate > high))
    if outside:
        limits = f"{'?' if low is None else f'{low:g}'} to {'?' if high is None else f'{high:g}'}"
        message = f"the estimate {estimate:g} is not within its confidence limits ({limits})"
        remedy = "Check all three against the report; give the estimate as many digits as the limits."
        yield Contradiction(("estimate", "ci_low", "ci_high"), message, remedy)


def _ratio(values: Values) -> Iterator[Contradiction]:
    if values.get("measure") not in RATIOS:
        return
    for name in ("estimate", "ci_low", "ci_high"):
        if name in values and values[name] <= 0:
            message = f"a ratio is above 0, not {values[name]:g}"
            remedy = "Write the ratio itself, not its logarithm; a limit printed as 0.00 is left empty, with a note."
            yield Contradiction((name, "measure"), message, remedy)
    if values.get("se") == 0:
        yield Contradiction(("se", "measure"), "a ratio without any uncertainty (se 0)", "Leave se empty, or check it.")
    low, high = values.get("ci_low"), values.get("ci_high")
    if low is not None and low == high:
        remedy = "Check both against the report."
        yield Contradiction(("ci_low", "ci_high", "measure"), "a ratio without any uncertainty (equal limits)", remedy)


def _log_rank(values: Values) -> Iterator[Contradiction]:
    """Log-rank numbers belong to a hazard ratio, come together, and point one way."""
    given = [name for name in ("o_minus_e", "o_minus_e_variance", "direction") if name in values]
    measure, direction, estimate = values.get("measure"), values.get("direction"), values.get("estimate")
    if given and measure != "HR":
        message = f"{given[0]} belongs to a hazard ratio, not to measure {measure}"
        yield Contradiction((given[0], "measure"), message, "Write measure HR, or leave it empty.")
        return
    observed, variance = values.get("o_minus_e"), values.get("o_minus_e_variance")
    if observed is not None and variance is None:
        message = "o_minus_e stands without its variance"
        yield Contradiction(("o_minus_e_variance", "o_minus_e"), message, "Write V, or leave both empty.")
    if variance == 0:
        yield Contradiction(("o_minus_e_variance",), "a variance is above 0", "Leave it empty, or check it.")
    sign = {"lower": -1, "higher": 1}.get(direction or "", 0)
    if sign and estimate is not None and sign * (estimate - 1) < 0:
        message = f"the estimate {estimate:g} is not {direction} than 1"
        yield Contradiction(("direction", "estimate"), message, "Check both; direction may be left empty.")
    if sign and observed is not None and sign * observed < 0:
        message = f"o_minus_e {observed:g} means the opposite of {direction}"
        yield Contradiction(("direction", "o_minus_e"), message, "Check both: o_minus_e is that of the arm.")


def _share(values: Values) -> Iterator[Contradiction]:
    """Proportions are 0-1 and their differences -1 to 1; a larger number is a percentage."""
    measure = values.get("measure")
    if measure not in (*PROBABILITIES, "RD"):
        return
    lowest = -1 if measure == "RD" else 0
    for name in ("estimate", "ci_low", "ci_high"):
        if name in values and not lowest <= values[name] <= 1:
            yield _not_a_share(name, values[name], lowest)
    if values.get("se", 0) > 1:
        remedy = f"If it was printed in per cent, write {values['se'] / 100:g}."
        yield Contradiction(("se", "measure"), "the standard error of a proportion is below 1", remedy)


def _not_a_share(name: str, found: float, lowest: int = 0) -> Contradiction:
    remedy = f"Percentages are written 0-1: write {found / 100:g}." if lowest * 100 <= found <= 100 else "Check it."
    return Contradiction((name, "measure"), f"lies outside {lowest} to 1", remedy)


def _time_at_risk(values: Values) -> Iterator[Contradiction]:
    if values.get("measure") in ("rate", "IRR") and values.get("person_time") == 0:
        yield Contradiction(("person_time", "measure"), "a rate over no time at risk", "Check it, or leave it empty.")


def _at_risk(values: Values) -> Iterator[Contradiction]:
    """Whoever is at risk at a time was so at the start."""
    left, n = values.get("at_risk"), values.get("n")
    if left is None:
        return
    if values.get("measure") not in ("survival", "cumulative-incidence"):
        remedy = "Write it in the row of the survival at that time."
        yield Contradiction(("at_risk", "measure"), "people at a time of a curve, and the row is of no curve", remedy)
    elif n is not None and left > n:
        message = f"more people at risk at the timepoint ({left}) than at the start ({n})"
        yield Contradiction(("at_risk", "n"), message, "Check both numbers.")


def _exclusion(values: Values) -> Iterator[Contradiction]:
    if values.get("stage") == "full-text" and values.get("decision") == "exclude" and not values.get("reason"):
        message = "an exclusion at full text needs a reason, which the flow diagram prints"
        yield Contradiction(("reason",), message, "Say why the report was excluded.")


def _declined(values: Values) -> Iterator[Contradiction]:
    if values.get("decision") == "decline" and not values.get("reason"):
        yield Contradiction(("reason",), "a declined proposal needs a reason", "Say why the row is not taken.")


def _itself(values: Values) -> Iterator[Contradiction]:
    if values.get("duplicate_of") is not None and values["duplicate_of"] == values.get("record_id"):
        message = "a record cannot repeat itself"
        yield Contradiction(("duplicate_of",), message, "Name the record that is kept, or empty the cell.")


def _status_date(values: Values) -> Iterator[Contradiction]:
    """Since when a report is corrected or retracted: not before it was published, and not of an active one."""
    since, published = values.get("status_on"), values.get("published_on")
    if since is None:
        return
    if values.get("status") not in ("corrected", "retracted"):
        message = "status_on says since when a report is corrected or retracted, and this one is neither"
        yield Contradiction(("status_on", "status"), message, "Write the status, or empty the cell.")
    elif published is not None and last_day(since) < first_day(published):
        message = f"a report published on {published} was not {values['status']} before"
        yield Contradiction(("status_on", "published_on"), message, "Check both dates.")


_RULES: Mapping[str, tuple[Callable[[Values], Iterator[Contradiction]], ...]] = {
    "studies": (_study_sizes,),
    "reports": (_status_date,),
    "results": (_needed, _counts, _interval, _ratio, _log_rank, _share, _time_at_risk, _at_risk),
    "records": (_itself,),
    "decisions": (_exclusion,),
    "acceptances": (_declined,),
}
