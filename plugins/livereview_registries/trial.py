"""A registered trial as every format of the registry brings it: text as posted, each number with the path to it.

Nothing is converted here but counts of adverse events, which are whole numbers in every format. Ids of groups are
local: to a module, and among outcome measures to each of them; they are never compared across.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from livereview_registries.figures import people


@dataclass(frozen=True, kw_only=True)
class Group:
    """One group of participants of one outcome measure, or of the adverse events."""

    id: str
    title: str
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One posted value of one group."""

    group: str
    value: str
    spread: str = ""
    low: str = ""
    high: str = ""
    comment: str = ""
    path: str


@dataclass(frozen=True, kw_only=True)
class Category:
    """The values of one category of one class (row) of an outcome measure, for all groups."""

    class_title: str = ""
    title: str = ""
    denominators: Mapping[str, str] = field(default_factory=dict)
    """Participants of each group in this class; empty where the class has none of its own."""
    measurements: tuple[Measurement, ...] = ()
    path: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One posted analysis between groups."""

    groups: tuple[str, ...]
    description: str = ""
    method: str = ""
    p_value: str = ""
    parameter: str = ""
    """Free text such as ``Hazard Ratio (HR)``."""
    value: str = ""
    dispersion: str = ""
    spread: str = ""
    ci_percent: str = ""
    sides: str = ""
    low: str = ""
    high: str = ""
    comment: str = ""
    path: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One outcome measure. It has no id: where it stands, its title and its time frame tell it from the others."""

    index: int
    """Where it stands, counted from 0."""
    title: str
    description: str = ""
    population: str = ""
    posted: bool = True
    parameter: str = ""
    """``MEAN``, ``NUMBER``, ``COUNT_OF_PARTICIPANTS`` ...; empty where none is stated."""
    dispersion: str = ""
    """As displayed: ``95% Confidence Interval``, ``Standard Deviation`` ..."""
    unit: str = ""
    time_frame: str = ""
    units_analysed: str = ""
    """What the numbers count where it is not participants (eyes, lesions)."""
    groups: tuple[Group, ...] = ()
    denominators: Mapping[str, str] = field(default_factory=dict)
    """Participants of each group."""
    categories: tuple[Category, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    path: str


@dataclass(frozen=True, kw_only=True)
class Affected:
    """How many participants of one group were affected, of how many; each may be missing."""

    group: str
    affected: int | None
    at_risk: int | None
    occurrences: int | None = None
    """How often it happened: one participant can have several, so that this is never a number of participants."""
    path: str


@dataclass(frozen=True, kw_only=True)
class Term:
    """One adverse event in one of the two tables (serious, other)."""

    term: str
    organ: str
    counts: tuple[Affected, ...]
    path: str


@dataclass(frozen=True, kw_only=True)
class AdverseEvents:
    """The module of adverse events. It knows seriousness, and no grades."""

    threshold: str = ""
    """Other events at or below this percentage of participants are not listed."""
    time_frame: str = ""
    groups: tuple[Group, ...] = ()
    deaths: tuple[Affected, ...] = ()
    any_serious: tuple[Affected, ...] = ()
    any_other: tuple[Affected, ...] = ()
    serious: tuple[Term, ...] = ()
    other: tuple[Term, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One registered trial."""

    nct: str
    aliases: tuple[str, ...] = ()
    other_ids: tuple[str, ...] = ()
    title: str = ""
    brief_title: str = ""
    acronym: str = ""
    summary: str = ""
    state: str = ""
    """``RECRUITING``, ``COMPLETED`` ..., as the current format writes it."""
    first_posted: str = ""
    results_posted: str = ""
    updated: str = ""
    primary_completion: str = ""
    study_type: str = ""
    phases: tuple[str, ...] = ()
    allocation: str = ""
    model: str = ""
    """``PARALLEL``, ``SINGLE_GROUP`` ..., as the current format writes it."""
    enrollment: int | None = None
    enrolled: bool = False
    """Whether ``enrollment`` is the number that took part, not the number planned."""
    baseline: tuple[tuple[str, str], ...] = ()
    """Participants by group at baseline, without the group of all."""
    outcomes: tuple[Outcome, ...] = ()
    events: AdverseEvents | None = None

    @property
    def has_results(self) -> bool:
        """Whether any result is posted."""
        return self.events is not None or bool(self.outcomes)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Its own number first, then those it had before."""
        return (self.nct, *self.aliases)

    @property
    def place(self) -> str:
        """As shown to people."""
        return f"ClinicalTrials.gov {self.nct}"


def without_total(groups: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Participants by group without the group of all, which is the last one: its title begins with ``Total``, or its
    number is the sum of the two or more before it."""
    if len(groups) < 2:
        return tuple(groups)
    title, count = groups[-1]
    parts = [people(number) for _, number in groups[:-1]]
    added = None not in parts and sum(part or 0 for part in parts) == people(count)
    is_total = title.lower().startswith("total") or (len(parts) > 1 and added)
    return tuple(groups[:-1] if is_total else groups)
