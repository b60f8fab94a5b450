"""The numbers of one row as the store has them, or why they are none: nothing is rounded, guessed or repaired."""

from __future__ import annotations

import math
from dataclasses import dataclass

from livereview import Cell
from livereview_revman import cells
from livereview_revman.review import Analysis, Entry

_NOTHING_TO_DO = "The row has no number that could be pooled; nothing else is lost."
_LOOK_UP = "Look the numbers up in the report of the study, and type them into a sheet."
#: People on earth.
_MOST = 1e10
_SIDES = {1: "experimental", 2: "control"}


@dataclass
class Refused(Exception):
    """Why the numbers of a row cannot enter the store."""

    message: str
    remedy: str
    found: str | None = None


def measured(analysis: Analysis) -> bool:
    """Whether it is known what the numbers of an analysis are: counts and means are, estimates by their measure."""
    return analysis.data_type not in ("contrast", "log-rank") or analysis.measure in (*cells.RATIOS, *cells.DIFFERENCES)


def whole(value: float | None, what: str) -> int | None:
    """A number of people or events; Refused where it is no whole number from 0 on."""
    if value is None:
        return None
    if value > _MOST:
        raise Refused(f"{what} is more than there are", _LOOK_UP, f"{value:g}")
    if value < 0 or value != int(value):
        remedy = "Numbers that were adjusted, as for clusters, belong into an analysis of estimates. " + _LOOK_UP
        raise Refused(f"{what} is no whole number", remedy, f"{value:g}")
    return int(value)


def arm_numbers(analysis: Analysis, entry: Entry, side: int) -> dict[str, Cell]:
    """What one arm adds: events of n, or a mean with standard deviation and n."""
    first = side == 1
    name = f"of the {_SIDES[side]} arm"
    n = whole(entry.n_1 if first else entry.n_2, f"the number of people {name}")
    if n == 0:
        raise Refused(f"nobody in the {_SIDES[side]} arm", _NOTHING_TO_DO, "0")
    if analysis.data_type == "counts":
        events = whole(entry.events_1 if first else entry.events_2, f"the number of events {name}")
        if events is None or n is None:
            raise Refused(f"{'events' if events is None else 'people'} {name} are not stated", _LOOK_UP)
        if events > n:
            raise Refused(f"more events than people {name}", _LOOK_UP, f"{events} of {n}")
        return {"events": events, "n": n}
    mean, sd = (entry.mean_1, entry.sd_1) if first else (entry.mean_2, entry.sd_2)
    if mean is None:
        raise Refused(f"the mean {name} is not stated", _LOOK_UP)
    if sd is not None and sd < 0:
        raise Refused(f"the standard deviation {name} is below 0", _LOOK_UP, f"{sd:g}")
    return {"estimate": mean, "sd": sd, "n": n}


def contrast_numbers(analysis: Analysis, entry: Entry) -> tuple[str, dict[str, Cell], str]:
    """Measure, numbers and a note of a row that compares two arms: an estimate with its standard error, or O - E, V."""
    if analysis.data_type == "unknown":
        raise Refused("what kind of numbers the row has cannot be told", "Add the file of settings to path.")
    measure = analysis.measure
    if measure == "PETO":
        measure = "OR"
    people = _people(entry, measure)
    if analysis.data_type == "log-rank":
        return measure, *_log_rank(entry, measure, people)
    return measure, *_estimate(analysis, entry, measure, people)


def _people(entry: Entry, measure: str) -> dict[str, Cell]:
    """People of both arms, and events where any are stated: 0 is also what older files write for not stated."""
    n_1, n_2 = whole(entry.n_1, "the number of people"), whole(entry.n_2, "the number of people")
    events_1, events_2 = whole(entry.events_1, "the number of events"), whole(entry.events_2, "the number of events")
    n = n_1 + n_2 if n_1 and n_2 else None
    events = events_1 + events_2 if events_1 is not None and events_2 is not None else None
    if events and n is not None and events > n and measure != "IRR":
        raise Refused("more events than people", _LOOK_UP, f"{events} of {n}")
    return {"n": n, "events": events or None}


def _estimate(analysis: Analysis, entry: Entry, measure: str, people: dict[str, Cell]) -> tuple[dict[str, Cell], str]:
    value, se = entry.contrast, entry.contrast_se
    if value is None or not se:
        what = "no estimate" if value is None else "no standard error"
        raise Refused(f"{what}, so it is not estimable", _NOTHING_TO_DO)
    if se < 0:
        raise Refused("the standard error is below 0", _LOOK_UP, f"{se:g}")
    ratio = measure in cells.RATIOS
    if ratio and analysis.log_scale is None:
        raise Refused("whether the estimate is a ratio or its logarithm cannot be told", _LOOK_UP, f"{value:g}")
    if ratio != bool(analysis.log_scale):
        scale = "the logarithm of a ratio" if analysis.log_scale else "no logarithm"
        raise Refused(f"the estimate is {scale}, which does not go with {measure}", "Correct measures in the manifest.")
    if ratio:
        value = _ratio(value)
    if measure == "RD" and not -1 <= value <= 1:
        raise Refused("a risk difference is between -1 and 1", _LOOK_UP, f"{value:g}")
    return {"estimate": value, "se": se, **people}, ""


def _log_rank(entry: Entry, measure: str, people: dict[str, Cell]) -> tuple[dict[str, Cell], str]:
    o_minus_e, variance = entry.o_minus_e, entry.variance
    if o_minus_e is None or not variance:
        raise Refused("no O - E with its variance, so it is not estimable", _NOTHING_TO_DO)
    if variance < 0:
        raise Refused("the variance of O - E is below 0", _LOOK_UP, f"{variance:g}")
    if measure == "HR":
        return {"o_minus_e": o_minus_e, "o_minus_e_variance": variance, **people}, ""
    if measure not in cells.RATIOS:
        raise Refused(f"O - E and variance do not go with {measure}", "Correct measures in the manifest.")
    how = f"exp((O - E) / V) and 1 / sqrt(V) of O - E = {o_minus_e!r}, V = {variance!r}"
    return {"estimate": _ratio(o_minus_e / variance), "se": 1 / math.sqrt(variance), **people}, how


def _ratio(log: float) -> float:
    """The ratio of a logarithm; Refused beyond what a number can be."""
    value = math.exp(log) if abs(log) < 700 else 0.0
    if not value:
        raise Refused("the logarithm is beyond what a ratio can be", _LOOK_UP, f"{log:g}")
    return value
