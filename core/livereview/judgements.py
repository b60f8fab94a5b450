"""What a review team and its rules say about an outcome: certainty, verdicts, retractions. ``report`` holds them.

Text may come from outside; a renderer escapes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

CertaintyLevel = Literal["high", "moderate", "low", "very low"]
VerdictKind = Literal[
    "first", "redefined", "no-new-evidence", "not-consequential", "consequential", "undecided",
]  # fmt: skip

#: Each verdict as people read it.
IN_WORDS: Mapping[str, str] = {
    "first": "first version",
    "redefined": "definition changed",
    "no-new-evidence": "no new evidence",
    "not-consequential": "new, not consequential",
    "consequential": "consequential",
    "undecided": "undecided",
}
#: Verdicts from which later updates are measured: what an outcome said then is what readers have been told.
ANEW = ("first", "redefined", "consequential")


@dataclass(frozen=True, kw_only=True)
class Certainty:
    """How certain people are of an outcome's evidence (GRADE), as the manifest states it."""

    level: CertaintyLevel
    reasons: tuple[str, ...]
    signed_by: str
    signed_on: str
    """Day, e.g. 2026-11-25."""


@dataclass(frozen=True, kw_only=True)
class Retraction:
    """A retracted report that has a number for an outcome, which the main analysis leaves out."""

    report_id: str
    study_id: str
    label: str
    citation: str
    since: str
    """Date of the retraction, as precise as it is known; empty where it is not."""
    reason: str
    """Note of the report; empty where there is none."""
    replaced: bool
    """Whether another report of the study stands in the main analysis."""


@dataclass(frozen=True, kw_only=True)
class Fired:
    """A trigger that fired."""

    trigger: str
    """Its name, with options."""
    against: str
    """The update compared with, e.g. "update 3 of 2026-11-20"."""
    reason: str
    """In words, with the numbers."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What an update means for one outcome."""

    id: str
    title: str
    kind: VerdictKind
    before: str | None
    """Name of the record compared with; None for a first version."""
    before_title: str
    since: str | None
    """Name of the record at which the outcome was last first, redefined or consequential, where that is not ``before``:
    the triggers compare with it too, so that small steps add up."""
    since_title: str
    triggers: tuple[str, ...]
    """The rules that were asked, with their options."""
    fired: tuple[Fired, ...] = ()
    redefined: tuple[str, ...] = ()
    """Choices that changed, in words."""
    notes: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The verdict as people read it."""
        return IN_WORDS[self.kind]

    @property
    def why(self) -> tuple[str, ...]:
        """The choices that changed, the triggers that fired and the notes, a sentence each."""
        fired = (f"{item.trigger}, against {item.against}: {item.reason}" for item in self.fired)
        return (*self.redefined, *fired, *self.notes)


@dataclass(frozen=True, kw_only=True)
class ReportChange:
    """A report that was retracted or corrected, or is no longer, since the previous update."""

    report_id: str
    study_id: str | None
    study_label: str
    citation: str
    before: str
    """Status, e.g. active."""
    after: str
    since: str
    """As recorded; empty where it is not."""
    reason: str
    numbers: tuple[str, ...]
    """Each number of the report that was corrected or withdrawn with it, in words."""


@dataclass(frozen=True, kw_only=True)
class ComparedNumber:
    """One number of a published result beside ours, on the display scale."""

    name: str
    """"k", "estimate", "ci_low", "ci_high", "tau2", "q" or "i2"."""
    published: float
    ours: float | None
    """None where there is no fit."""
    agrees: bool
    """Whether it is ours to the digits that were printed."""


@dataclass(frozen=True, kw_only=True)
class PublishedComparison:
    """One pooled result of a meta-analysis that others made, beside our fit of the same rows."""

    outcome_id: str
    group: str
    """The subgroup; empty = all studies."""
    report_id: str
    locator: str
    model: str
    """How it was pooled, as published."""
    numbers: tuple[ComparedNumber, ...]

    @property
    def agrees(self) -> bool:
        """Whether every number does."""
        return all(number.agrees for number in self.numbers)
