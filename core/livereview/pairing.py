"""From result rows of one study to the numbers they offer: which rows can be used, which two arms belong together.

An experimental and a control arm form a pair only within one report, outcome, timepoint and population.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from livereview.arms import together
from livereview.descriptions import Row, described
from livereview.evidence.schema import STATUSES
from livereview.manifest.models import NearTimepoint, Outcome
from livereview.types import RowsNeeded

__all__ = ["DATA_NAMES", "DIRECTIONS", "Candidate", "Row", "candidates_of", "described", "unusable"]

#: Data names of measures that have another name in the results table.
_COLUMN_OF = {"mean": "estimate", "time": "person_time"}
_PER_ARM = ("events", "n", "mean", "sd", "time")
#: Months: timepoints such as 23.4 are not exact in binary.
_ROUNDING = 1e-9
_NO_ARMS = "the manifest names no arms, so which of the two is the experimental one cannot be told"
_ONE_ROW = (
    "events", "n", "mean", "sd", "time", "estimate", "se", "ci_low", "ci_high", "ci_level", "p_value", "o_minus_e",
    "o_minus_e_variance", "direction",
)  # fmt: skip
#: What a word of the column ``direction`` is as a number.
DIRECTIONS = {"lower": -1.0, "higher": 1.0}
#: Every name under which a measure may find numbers.
DATA_NAMES = frozenset({*_ONE_ROW, *(f"{name}_{side}" for name in _PER_ARM for side in (1, 2))})


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidate:
    """One number that could stand for a study at an outcome."""

    study_id: str
    rows: tuple[Row, ...]
    """One row, or the experimental and the control arm's."""
    data: Mapping[str, float]
    arm_rank: tuple[int, ...]
    """Places of its arms in the manifest's lists of arm names."""
    note: str = ""
    """What was done to make one number of the rows."""

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
        return (" and " if self.note else " against ").join(described(row) for row in self.rows)


def unusable(row: Row, outcome: Outcome, needed: RowsNeeded, report: Row | None) -> str:
    """Why a row with the right kind of number cannot be used at a resolved outcome; empty = it can.

    ``report`` is the report it was read in, None where the evidence no longer has it.
    """
    if report is None:
        return "its report is no longer in the evidence"
    if report.get("status") == "retracted":
        return "its report was retracted"
    if row["status"] not in (outcome.statuses or ()):
        return f"status {row['status']}: pooled only where the manifest asks for it"
    population = row.get("population") or ""
    if outcome.population and population not in outcome.population:
        return f"population {population or 'not stated'}"
    if not outcome.population and population.startswith("subgroup:"):
        return f"part of the study only ({population})"
    stated = row.get("timepoint_months")
    if not _timepoint_fits(stated, outcome):
        return "no timepoint stated" if stated is None else f"timepoint {stated:g} months"
    if row.get("blocked"):
        return str(row["blocked"])
    missing = [_COLUMN_OF.get(name, name) for name in needed.columns if row.get(_COLUMN_OF.get(name, name)) is None]
    if missing:
        return f"no {' and no '.join(name.replace('_', ' ') for name in missing)} stated"
    groups = [[_COLUMN_OF.get(name, name) for name in group] for group in needed.any_of]
    if groups and not any(all(row.get(name) is not None for name in group) for group in groups):
        return f"it states none of these: {'; or '.join(', '.join(group) for group in groups)}"
    return ""


def _timepoint_fits(stated: float | None, outcome: Outcome) -> bool:
    rule = outcome.timepoint
    if isinstance(rule, NearTimepoint):
        return stated is not None and abs(stated - rule.at) <= rule.within + _ROUNDING
    return stated is None if rule == "unstated" else True


def candidates_of(
    rows: Sequence[Row], outcome: Outcome, needed: RowsNeeded
) -> tuple[list[Candidate], list[tuple[Row, str]]]:
    """The numbers that usable rows of one study offer, and the rows that offer none, with the reason."""
    combined, rest = ([], list(rows)) if outcome.arms != "combine" else _combined(rows, outcome, needed)
    if needed.layout == "two-arms":
        candidates, left = _pairs(rest, outcome)
    else:
        candidates, left = _single(rest, outcome, needed)
    return [*combined, *candidates], left


def _single(rows: Sequence[Row], outcome: Outcome, needed: RowsNeeded) -> tuple[list[Candidate], list[tuple[Row, str]]]:
    """The numbers that are one row each."""
    candidates: list[Candidate] = []
    left: list[tuple[Row, str]] = []
    for row in rows:
        reason = _wrong_arm(row, outcome) if needed.layout == "one-arm" else _wrong_arms(row, outcome)
        if reason:
            left.append((row, reason))
            continue
        rank = [_place(row["arm"], outcome.experimental)]
        rank += [_place(row["comparator"], outcome.control)] if needed.layout == "contrast" else []
        data = {name: _number(row, name) for name in _ONE_ROW}
        candidates.append(Candidate(study_id=row["study_id"], rows=(row,), data=_known(data), arm_rank=tuple(rank)))
    return candidates, left


def _place(arm: str, names: tuple[str, ...] | None) -> int:
    """Where an arm stands in a list of names; 0 where the list is empty, which admits any."""
    return names.index(arm) if names else 0


def _wrong_arm(row: Row, outcome: Outcome) -> str:
    fits = not outcome.experimental or row["arm"] in outcome.experimental
    return "" if fits else f"another arm ({row['arm']})"


def _wrong_arms(row: Row, outcome: Outcome) -> str:
    """Why the two arms of a contrast do not fit; empty = they do. A contrast is never turned round."""
    arm, other = row["arm"], row.get("comparator")
    if other is None:
        return "the arm it is compared with is not stated"
    if not outcome.experimental and not outcome.control:
        return _NO_ARMS
    if _fit(arm, other, outcome):
        return ""
    if _fit(other, arm, outcome):
        return f"compares the other way round ({arm} against {other})"
    return f"another comparison ({arm} against {other})"


def _fit(first: str, second: str, outcome: Outcome) -> bool:
    """Whether two arms are an experimental and a control one; an empty list admits any arm the other does not name."""
    experimental, control = outcome.experimental or (), outcome.control or ()
    return (first in experimental if experimental else first not in control) and (
        second in control if control else second not in experimental
    )


def _pairs(rows: Sequence[Row], outcome: Outcome) -> tuple[list[Candidate], list[tuple[Row, str]]]:
    if not outcome.experimental and not outcome.control:
        return [], [(row, _NO_ARMS) for row in rows]
    candidates: list[Candidate] = []
    left: list[tuple[Row, str]] = []
    for group in _places(rows):
        pairs = [(first, second) for first in group for second in group if _belong_together(first, second, outcome)]
        pairs = [pair for pair in pairs if not _of_other_readings(pair, pairs)]
        candidates += [_pair(first, second, outcome) for first, second in pairs]
        paired = {id(row) for pair in pairs for row in pair}
        left += [(row, _unpaired(row, outcome)) for row in group if id(row) not in paired]
    return candidates, left


def _places(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows of one report, outcome, timepoint, population and measure each."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        place = tuple(row.get(key) for key in ("report_id", "outcome", "timepoint_months", "population", "measure"))
        groups.setdefault(place, []).append(row)
    return list(groups.values())


def _combined(rows: Sequence[Row], outcome: Outcome, needed: RowsNeeded) -> tuple[list[Candidate], list[Row]]:
    """Numbers for which several arms of a study are put together, and the rows that are in none of them.

    Contrasts are not, since what two of them have in common is not stated; nor rows of which a report has two readings.
    """
    if needed.layout == "contrast":
        return [], list(rows)
    candidates: list[Candidate] = []
    rest: list[Row] = []
    for group in _places(rows):
        found = None if any(row.get("variant") for row in group) else _as_one(group, outcome, needed)
        candidates += [found] if found else []
        used = {id(row) for row in found.rows} if found else set()
        rest += [row for row in group if id(row) not in used]
    return candidates, rest


def _as_one(group: Sequence[Row], outcome: Outcome, needed: RowsNeeded) -> Candidate | None:
    """The number of all arms of a group; None where no side has several, or they cannot be put together."""
    if needed.layout == "one-arm":
        sides = [[row for row in group if outcome.experimental and row["arm"] in outcome.experimental]]
    else:
        pairs = [(first, second) for first in group for second in group if _belong_together(first, second, outcome)]
        sides = [[row for row in group if any(pair[side] is row for pair in pairs)] for side in (0, 1)]
    numbers = [together([_known({name: _number(row, name) for name in _PER_ARM}) for row in side]) for side in sides]
    if max(map(len, sides)) < 2 or not all(numbers):
        return None
    names = [", ".join(str(row["arm"]) for row in side) for side in sides if len(side) > 1]
    data = numbers[0] if len(sides) == 1 else {f"{name}_{i + 1}": n[name] for i, n in enumerate(numbers) for name in n}
    return Candidate(
        study_id=group[0]["study_id"],
        rows=tuple(row for side in sides for row in side),
        data=data,
        arm_rank=tuple(0 for _ in sides),
        note=f"arms put together: {'; '.join(names)}",
    )


def _belong_together(first: Row, second: Row, outcome: Outcome) -> bool:
    readings = {first.get("variant"), second.get("variant")}
    return (
        first["arm"] != second["arm"]
        and _fit(first["arm"], second["arm"], outcome)
        and (len(readings) == 1 or None in readings)
    )


def _of_other_readings(pair: tuple[Row, Row], pairs: Sequence[tuple[Row, Row]]) -> bool:
    """Whether a pair joins a reading (``variant``) to another row although that reading has a partner of its own."""
    if pair[0].get("variant") == pair[1].get("variant"):
        return False
    reading = pair[0] if pair[0].get("variant") else pair[1]
    own = [other for other in pairs if other[0].get("variant") == other[1].get("variant")]
    return any(row is reading for other in own for row in other)


def _unpaired(row: Row, outcome: Outcome) -> str:
    where = "in the same report, at the same timepoint, in the same population"
    experimental, control = outcome.experimental or (), outcome.control or ()
    if row["arm"] in experimental:
        return f"no control arm {where}"
    if row["arm"] in control:
        return f"no experimental arm {where}"
    return f"another arm ({row['arm']})" if experimental and control else f"no arm to compare with {where}"


def _pair(first: Row, second: Row, outcome: Outcome) -> Candidate:
    data = {f"{name}_{side}": _number(row, name) for side, row in ((1, first), (2, second)) for name in _PER_ARM}
    rank = (_place(first["arm"], outcome.experimental), _place(second["arm"], outcome.control))
    return Candidate(study_id=first["study_id"], rows=(first, second), data=_known(data), arm_rank=rank)


def _number(row: Row, name: str) -> float:
    """A cell as a float; NaN where it is empty, and for a P value that is only a bound."""
    if name == "mean" and row["measure"] != "mean":
        return math.nan
    value = row.get(_COLUMN_OF.get(name, name))
    if value is None:
        return math.nan
    if name == "direction":
        return DIRECTIONS[value]
    try:
        return float(value)
    except ValueError:
        return math.nan


def _known(data: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in data.items() if not math.isnan(value)}
