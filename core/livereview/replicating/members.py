"""Which studies a published result pooled, as far as is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from livereview.pairing import Row

#: How sure an attribution of solved counts may be for them to be recomputed with.
ATTRIBUTED = ("certain", "inferred", "conditional", "ambiguous", "not-unique")
#: Counts that need a study which nobody included.
CANDIDATE_ONLY = "candidate-only"
#: As a published row names the comparison of its own pool with something else, and the model of a single trial.
COMPARISON, TRIAL = "comparison", "trial"
_DESIGN = "design_group"
_ALL_DESIGNS = (None, "both")


@dataclass(frozen=True, kw_only=True)
class Publication:
    """One published meta-analysis as the store holds it."""

    report_id: str
    rows: Sequence[Row]
    """What it printed: rows of ``published``."""
    included: Sequence[Row]
    inputs: Sequence[Row]

    def solved(self, outcome: str) -> list[Row]:
        """Counts of an outcome that were solved from its results and can be used."""
        return [row for row in self.inputs if row["outcome"] == outcome and row["attribution"] in ATTRIBUTED]

    def solutions(self, outcome: str) -> dict[str, list[Row]]:
        """Counts that are one solution of one line, by the name of the solution."""
        found: dict[str, list[Row]] = {}
        for row in self.inputs:
            if row["outcome"] == outcome and row["attribution"] not in ATTRIBUTED:
                found.setdefault(str(row["attribution"]), []).append(row)
        return found


def publication(report_id: str, rows: dict[str, Sequence[Row]]) -> Publication:
    """A publication out of the tables ``published``, ``included`` and ``inputs``."""
    own = {name: [row for row in rows[name] if row["report_id"] == report_id] for name in rows}
    printed = sorted(own["published"], key=_place)
    return Publication(report_id=report_id, rows=printed, included=own["included"], inputs=own["inputs"])


def _place(row: Row) -> tuple[int, str]:
    """The place of a row in its sheet, so that lines keep the order in which they were typed."""
    number = str(row.get("origin") or "").rpartition("row ")[2]
    return int(number) if number.isdigit() else 0, str(row.get("origin"))


def members(source: Publication, row: Row) -> list[str] | None:
    """The studies that a published row pools, by id or as they are attributed; None where its group is not known.

    Where counts were solved for the outcome, they say which; else the rows of ``included`` for the outcome, else those
    for every outcome. A subgroup, and a group of designs where studies are grouped by design, holds those said to be
    in it.
    """
    solved = source.solved(row["outcome"])
    if solved and _grouping(source, row) == []:
        return list(dict.fromkeys(str(item["study"]) for item in solved))
    found = list(dict.fromkeys(str(item["study"]) for item in solved)) or _listed(source.included, row["outcome"])
    for by, value in _grouping(source, row):
        group = [item for item in source.included if item["subgroup_by"] == by]
        own = [item for item in group if item["outcome"] == row["outcome"]] or group
        if not any(item["subgroup"] == value for item in own):
            return None
        inside = {item["study_id"] for item in own if item["subgroup"] == value}
        found = [study for study in found if study in inside]
    return found


def _grouping(source: Publication, row: Row) -> list[tuple[str, str]]:
    wanted = [(row["subgroup_by"], row["subgroup"])] if row["subgroup"] else []
    by_design = any(item["subgroup_by"] == _DESIGN for item in source.included)
    if by_design and row[_DESIGN] not in _ALL_DESIGNS:
        wanted.append((_DESIGN, row[_DESIGN]))
    return wanted


def _listed(included: Iterable[Row], outcome: str) -> list[str]:
    rows = list(included)
    own = [row for row in rows if row["outcome"] == outcome and not row["subgroup_by"]]
    whole = own or [row for row in rows if row["outcome"] is None and not row["subgroup_by"]]
    return list(dict.fromkeys(str(row["study_id"]) for row in whole or rows))
