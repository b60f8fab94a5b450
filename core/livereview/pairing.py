"""From result rows of one study to the numbers they offer: which rows can be used, which two arms belong together.

An experimental and a control arm form a pair only within one report, outcome, timepoint and population.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from livereview.evidence.schema import STATUSES
from livereview.manifest.models import NearTimepoint, Outcome
from livereview.types import RowsNeeded

Row = Mapping[str, Any]

#: Data names of measures that have another name in the results table.
_COLUMN_OF = {"mean": "estimate", "time": "person_time"}
_PER_ARM = ("events", "n", "mean", "sd", "time")
_ONE_ROW = ("events", "n", "mean", "sd", "time", "estimate", "se", "ci_low", "ci_high", "ci_level", "p_value")


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidate:
    """One number that could stand for a study at an outcome."""

    study_id: str
    rows: tuple[Row, ...]
    """One row, or the experimental and the control arm's."""
    data: Mapping[str, float]
    arm_rank: tuple[int, ...]
    """Places of its arms in the manifest's lists of arm names."""

    @property
    def report_id(self) -> str:
        return str(self.rows[0]["report_id"])

    @property
    def timepoint(self) -> float | None:
        value = self.rows[0].get("timepoint_months")
        return None if value is None else float(value)

    @property
    def population(self) -> str:
        return self.rows[0].get("population") or ""

    @property
    def status(self) -> str:
        """The weakest status among its rows."""
        return str(max((row["status"] for row in self.rows), key=STATUSES.index))

    def words(self) -> str:
        """The number in words, for lists of what was set aside."""
        return " against ".join(described(row) for row in self.rows)


def unusable(row: Row, outcome: Outcome, needed: RowsNeeded) -> str:
    """Why a row with the right kind of number cannot be used at a resolved outcome; empty = it can."""
    if row["status"] not in (outcome.statuses or ()):
        return f"status {row['status']}: pooled only where the manifest asks for it"
    population = row.get("population") or ""
    if outcome.population and population not in outcome.population:
        return f"population {population or 'not stated'}"
    if not outcome.population and population.startswith("subgroup:"):
        return f"part of the study only ({population})"
    if not _timepoint_fits(row.get("timepoint_months"), outcome):
        stated = row.get("timepoint_months")
        return "no timepoint stated" if stated is None else f"timepoint {stated:g} months"
    missing = [name for name in needed.columns if row.get(_COLUMN_OF.get(name, name)) is None]
    return f"no {' and no '.join(missing)} stated" if missing else ""


def _timepoint_fits(stated: float | None, outcome: Outcome) -> bool:
    rule = outcome.timepoint
    if isinstance(rule, NearTimepoint):
        return stated is not None and abs(stated - rule.at) <= rule.within
    return stated is None if rule == "unstated" else True


def candidates_of(
    rows: Sequence[Row], outcome: Outcome, needed: RowsNeeded
) -> tuple[list[Candidate], list[tuple[Row, str]]]:
    """The numbers that usable rows of one study offer, and the rows that offer none, with the reason."""
    if needed.layout == "two-arms":
        return _pairs(rows, outcome)
    candidates: list[Candidate] = []
    left: list[tuple[Row, str]] = []
    for row in rows:
        reason = _wrong_arms(row, outcome, needed)
        if reason:
            left.append((row, reason))
            continue
        rank = (outcome.experimental.index(row["arm"]),) if outcome.experimental else (0,)
        data = {name: _number(row, name) for name in _ONE_ROW}
        candidates.append(Candidate(study_id=row["study_id"], rows=(row,), data=_known(data), arm_rank=rank))
    return candidates, left


def _wrong_arms(row: Row, outcome: Outcome, needed: RowsNeeded) -> str:
    """Why the arms of a single row do not fit; empty = they do."""
    arm, other = row["arm"], row.get("comparator")
    if needed.layout == "one-arm":
        return "" if not outcome.experimental or arm in outcome.experimental else f"another arm ({arm})"
    if other is None:
        return "the arm it is compared with is not stated"
    if arm in (outcome.control or ()) and other in (outcome.experimental or ()):
        return f"compares the other way round ({arm} against {other})"
    fits = (not outcome.experimental or arm in outcome.experimental) and (
        not outcome.control or other in outcome.control
    )
    return "" if fits else f"another comparison ({arm} against {other})"


def _pairs(rows: Sequence[Row], outcome: Outcome) -> tuple[list[Candidate], list[tuple[Row, str]]]:
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        place = tuple(row.get(key) for key in ("report_id", "outcome", "timepoint_months", "population", "measure"))
        groups.setdefault(place, []).append(row)
    candidates: list[Candidate] = []
    left: list[tuple[Row, str]] = []
    for group in groups.values():
        firsts = [row for row in group if row["arm"] in (outcome.experimental or ())]
        seconds = [row for row in group if row["arm"] in (outcome.control or ())]
        candidates += [_pair(first, second, outcome) for first in firsts for second in seconds]
        for row in group:
            if row not in firsts and row not in seconds:
                left.append((row, f"another arm ({row['arm']})"))
            elif not firsts or not seconds:
                missing = "control" if firsts else "experimental"
                left.append((row, f"no {missing} arm in the same report, timepoint and population"))
    return candidates, left


def _pair(first: Row, second: Row, outcome: Outcome) -> Candidate:
    data = {f"{name}_{side}": _number(row, name) for side, row in ((1, first), (2, second)) for name in _PER_ARM}
    rank = ((outcome.experimental or ()).index(first["arm"]), (outcome.control or ()).index(second["arm"]))
    return Candidate(study_id=first["study_id"], rows=(first, second), data=_known(data), arm_rank=rank)


def _number(row: Row, name: str) -> float:
    """A cell as a float; NaN where it is empty, and for a P value that is only a bound."""
    if name == "mean" and row["measure"] != "mean":
        return math.nan
    value = row.get(_COLUMN_OF.get(name, name))
    if value is None:
        return math.nan
    try:
        return float(value)
    except ValueError:
        return math.nan


def _known(data: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in data.items() if not math.isnan(value)}


def described(row: Row) -> str:
    """A result row in words: what was measured in whom, the number, where it stands."""
    place = [row["outcome"], row.get("population"), row["arm"]]
    if row.get("comparator"):
        place[-1] = f"{row['arm']} against {row['comparator']}"
    if row.get("timepoint_months") is not None:
        place.insert(1, f"{row['timepoint_months']:g} months")
    return f"{', '.join(str(part) for part in place if part)}: {_value(row)} [{row['report_id']}, {row['locator']}]"


def _value(row: Row) -> str:
    if row.get("events") is not None or row["measure"] == "count":
        events, n = (("?" if row.get(name) is None else f"{row[name]}") for name in ("events", "n"))
        return f"{events}/{n}"
    if row.get("estimate") is None:
        return f"{row['measure']} not stated"
    text = f"{row['measure']} {row['estimate']:g}"
    if row.get("ci_low") is not None or row.get("ci_high") is not None:
        low, high = (("?" if row.get(name) is None else f"{row[name]:g}") for name in ("ci_low", "ci_high"))
        text += f" ({low} to {high})"
    return text
