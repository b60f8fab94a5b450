"""What awaits a decision: at which stage, for whom, and where people disagree.

A person is shown what they have not decided, and nobody else's decision but where a third person is to settle two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from livereview.deciding.desk import Desk, standing_in_a_sheet
from livereview.flow.fates import INCLUDED, Fate, fates_of
from livereview.flow.screening import Decided, decided
from livereview.pairing import Row

Stage = Literal["title-abstract", "retrieval", "full-text"]
STAGES: tuple[Stage, ...] = ("title-abstract", "retrieval", "full-text")

_AWAITING: Mapping[str, str] = {
    "title-abstract": "awaiting screening",
    "retrieval": "awaiting retrieval",
    "full-text": "awaiting assessment",
}
#: Where a record may stand for one more person to decide on it at a stage: it has not moved on further than that.
_OPEN: Mapping[str, tuple[str, ...]] = {
    "title-abstract": ("awaiting screening", "excluded", "awaiting retrieval"),
    "retrieval": ("awaiting retrieval",),
    "full-text": ("awaiting assessment", "excluded at full text", *INCLUDED),
}


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One record that awaits a person at a stage."""

    record: Row
    source: str
    """Of the search that found it first."""
    stage: Stage
    own: Row | None = None
    """What the person said of it before: unsure."""
    others: tuple[Row, ...] = ()
    """The decisions to settle; empty where the person decides for themselves."""


@dataclass(frozen=True, eq=False)
class Selecting:
    """The selection of a review's records as it stands."""

    desk: Desk

    @cached_property
    def _decided(self) -> Decided:
        return decided(self.desk.rows["decisions"])

    @cached_property
    def fates(self) -> tuple[Fate, ...]:
        """Where each record stands."""
        return fates_of(self.desk.rows, self.desk.view.scope, self._decided, [])

    @cached_property
    def decisions(self) -> Mapping[tuple[str, str], list[Row]]:
        """By record and stage, in the order of people."""
        found: dict[tuple[str, str], list[Row]] = {}
        for row in sorted(self.desk.rows["decisions"], key=lambda row: str(row["person"])):
            found.setdefault((row["record_id"], row["stage"]), []).append(row)
        return found

    def waiting(self, stage: Stage, person: str, people: int = 2, unretrieved: bool = False) -> list[Waiting]:
        """What awaits a person: records that they and ``people`` others have not decided, then those of which they
        are unsure, unless they typed that in a sheet, where they may change it.

        With ``unretrieved`` the full texts include those of which nobody has said that they were retrieved. One person
        is enough to say that.
        """
        needed = 1 if stage == "retrieval" else people
        allowed = (*_OPEN[stage], *(("awaiting retrieval",) if unretrieved and stage == "full-text" else ()))
        fresh, unsure = [], []
        for fate in self.fates:
            said = self.decisions.get((fate.record["record_id"], stage), [])
            if fate.stop not in allowed or any(row["adjudicates"] for row in said):
                continue
            own = next((row for row in said if row["person"] == person), None)
            if own is None and len(said) < needed:
                fresh.append(Waiting(record=fate.record, source=fate.source, stage=stage))
            elif own is not None and own["decision"] == "unsure" and not standing_in_a_sheet(self.desk, own["origin"]):
                unsure.append(Waiting(record=fate.record, source=fate.source, stage=stage, own=own))
        return [*fresh, *unsure]

    def conflicts(self, stage: Stage) -> list[Waiting]:
        """Records on which two people or more have decided, and do not agree."""
        found = []
        for fate in self.fates:
            said = self.decisions.get((fate.record["record_id"], stage), [])
            if fate.stop == _AWAITING[stage] and len(said) > 1 and not any(row["adjudicates"] for row in said):
                found.append(Waiting(record=fate.record, source=fate.source, stage=stage, others=tuple(said)))
        return found

    def first_stage(self, person: str, people: int = 2) -> Stage | None:
        """The first stage at which something awaits a person."""
        return next((stage for stage in STAGES if self.waiting(stage, person, people)), None)

    def reasons(self, stage: str) -> list[str]:
        """Reasons given at a stage, the most frequent first."""
        counts = Counter(row["reason"] for row in self.desk.rows["decisions"] if row["stage"] == stage)
        return [reason for reason, _ in sorted(counts.items(), key=lambda item: (-item[1], str(item[0]))) if reason]

    def status(self) -> dict[str, Any]:
        """For machines: how many await at each stage, how many conflict, and what each person decided."""
        stops = Counter(str(fate.stop) for fate in self.fates)
        people: dict[str, dict[str, Counter[str]]] = {}
        for row in self.desk.rows["decisions"]:
            people.setdefault(row["person"], {}).setdefault(row["stage"], Counter())[row["decision"]] += 1
        return {
            "review": self.desk.review,
            "records": len(self.fates),
            "duplicates": stops["duplicate"],
            "stages": {
                stage: {
                    "awaiting": stops[_AWAITING[stage]],
                    "decided_by_one": self._by_one(stage),
                    "conflicts": len(self.conflicts(stage)),
                }
                for stage in STAGES
            },
            "awaiting_extraction": stops["awaiting extraction"],
            "people": {
                name: {stage: dict(counts) for stage, counts in sorted(of.items())}
                for name, of in sorted(people.items())
            },
        }

    def _by_one(self, stage: Stage) -> int:
        """Records that one person alone has decided and a second may still look at."""
        return sum(
            fate.stop in _OPEN[stage] and len(self.decisions.get((fate.record["record_id"], stage), ())) == 1
            for fate in self.fates
        )
