"""What a report says of a review as a living one: how fresh it is, where its studies came from, which items of
PRISMA-LSR it answers. ``report`` imports these; a renderer prints them and counts nothing.

Dates are as precise as they were recorded: 2026, 2026-11 or 2026-11-04. No reading of a clock is among them, so that
the same evidence gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from livereview.bibliography import Reference

# --- freshness -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class SearchedSource:
    """One source of records: up to when it has been searched."""

    name: str
    searched_on: str | None
    """When it was last searched; None = never."""
    through: str | None
    """Up to when its searches cover it."""
    integrated_through: str | None
    """Up to when they do and none of the records they found awaits anything."""
    awaiting: int
    """Records of it that await a decision or extraction."""
    scheduled: bool = True
    """Whether it is searched again and again: the manifest names it or, where it names none, it is a database or a
    register. What is searched once (a reference list) does not count for ``integrated_through``."""
    due_on: str | None = None
    """Day on which it is to be searched again, where the manifest has a schedule and the last search a date."""


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """How fresh a review is as of one of its updates."""

    published_on: str
    """Day on which the update was recorded."""
    sources: tuple[SearchedSource, ...]
    """Those that were searched, and those that the manifest names."""
    integrated_through: str | None
    """The earliest day among the scheduled sources' ``integrated_through``; None where one has none."""
    not_integrated: str
    """Why there is no such day, in words; empty = there is one."""
    status: Literal["active", "suspended", "retired"]
    reason: str
    since: str | None
    every_months: int | None
    search_every_months: int | None
    due_on: str | None
    """Day of the next update; None = not scheduled, suspended or retired."""
    overdue_after: str | None = None
    """The first day on which an update or the search of a source is due: after it the review is overdue."""
    rationale: str = ""
    retirement: str = ""


# --- references ------------------------------------------------------------------------------------------------

#: What a team calls the four lists of a review; ongoing trials are told by registers and have cards of their own.
Stands = Literal["included", "excluded", "awaiting"]


@dataclass(frozen=True, kw_only=True)
class ReferenceCard:
    """A record that a search found, or a report of an admitted study that no record describes, and where it stands."""

    reference: Reference
    """As the record has it; what it lacks of identifiers, journal and date is taken from the report that it became. Of
    a report without a record the title and the authors are not known and empty."""
    stands: Stands
    """"awaiting": a decision, its full text or its extraction; also where the full text could not be had."""
    stage: str
    """Where its selection stopped, e.g. "excluded at full text"; "report without a record" where nothing was found."""
    reason: str = ""
    """Why it was excluded, as people or the manifest said."""
    source: str = ""
    """What was searched."""
    report_id: str = ""
    """The report it became."""
    study_id: str = ""
    """The study of that report; empty for a report of several."""
    study: str = ""
    """Its label."""
    status: str = ""
    """Of the report: corrected or retracted; empty = active, or no report."""


@dataclass(frozen=True, kw_only=True)
class ProposalCard:
    """A row that a source proposes and nobody has decided on. It is in no pooled result."""

    proposal_id: str
    table: str
    """The table it is for, e.g. "results"."""
    study_id: str
    """Empty where that must be settled."""
    study: str
    """Its label, or the id where the study is not in the store."""
    what: str
    """What it is about, without the number."""
    proposed: str
    """The number, or the cells that differ."""
    accepted: str
    """What is accepted under the same key now; empty = nothing."""
    unsettled: tuple[str, ...]
    """Columns that a person must set before it can be accepted."""
    locator: str


# --- flow of records, reports and studies ------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Box:
    """One box of a flow diagram: a number, and its parts by source or reason, which sum to it."""

    number: int
    parts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class FlowColumn:
    """The way of records through the selection. Each sum holds:

    - identified = duplicates + removed + awaiting_screening + unscreened + screened
    - screened = excluded + passed; sought = unscreened + passed
    - sought = awaiting_retrieval + not_retrieved + awaiting_assessment + assessed
    - assessed = excluded_full_text + included
    - included = awaiting_extraction + not_admitted + same_report + reports
    """

    identified: Box
    """By source."""
    duplicates: int
    removed: Box
    """Other removals before screening, by reason."""
    awaiting_screening: int
    unscreened: int
    """Passed on to retrieval without a decision on title and abstract."""
    screened: int
    excluded: Box
    """On title and abstract, by reason."""
    sought: int
    not_retrieved: Box
    """By reason."""
    awaiting_retrieval: int
    awaiting_assessment: int
    assessed: int
    excluded_full_text: Box
    """By reason."""
    included: int
    """Records that people included."""
    awaiting_extraction: int
    """Included, and no report in the store yet."""
    not_admitted: Box
    """Included, but the manifest does not admit the study of their report, by reason."""
    same_report: int
    """Further records of a report that is counted already."""
    reports: int
    """Reports of the review's studies that these records became."""


@dataclass(frozen=True, kw_only=True)
class FlowVersion:
    """The whole ledger as it stood at one update of the review."""

    title: str
    """E.g. "update 3 of 2026-11-20"."""
    databases: FlowColumn | None
    """Records found in databases and registers; None for both columns = no search and no record is in the ledger."""
    others: FlowColumn | None
    """Records found by other methods: websites, organisations, citations."""
    studies: tuple[str, ...]
    """Ids of the studies that the review includes: its eligibility admits them."""
    pooled: tuple[str, ...]
    """Ids of those that enter at least one pooled result."""
    reports: tuple[str, ...]
    """Ids of the reports of the included studies."""
    reports_without_record: int
    """Those found outside recorded searches."""
    not_eligible: Box
    """Studies in the store that the manifest does not admit, by reason."""


@dataclass(frozen=True, kw_only=True)
class FlowRow:
    """One box, or one part of a box, in every version: what a table of the flow prints."""

    column: str
    """"Databases and registers", "Other methods" or "The review"."""
    name: str
    part: bool
    """Whether it is a part of the box before it, by source or reason."""
    base: int | None
    """None = that version has no such box."""
    previous: int | None
    this: int | None
    added: int | None
    """What this version has more than the previous one; None = there is none to compare with."""
    removed: int | None
    """What it no longer has."""


@dataclass(frozen=True, kw_only=True)
class Search:
    """One search that the ledger holds."""

    search_id: str
    source: str
    kind: str
    searched_on: str
    through: str
    hits: int | None
    """What the source returned, as recorded."""
    records: int
    """Rows of the ledger that this search found first."""
    query: str
    locator: str


@dataclass(frozen=True, kw_only=True)
class Flow:
    """Where the studies of a review came from: at its first update, at the previous one, and now."""

    base: FlowVersion | None
    """The first update; None = this one is the first."""
    previous: FlowVersion | None
    this: FlowVersion
    rows: tuple[FlowRow, ...] = ()
    """The boxes of the versions side by side; those that are empty in all of them are left out where they may be."""
    searches: tuple[Search, ...] = ()
    conflicts: tuple[str, ...] = ()
    """Records on which people disagree, one each."""
    doubts: tuple[str, ...] = ()
    """Where the ledger contradicts itself or does not add up."""


# --- reporting items -------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ReportingItem:
    """One item of PRISMA-LSR, in words of our own."""

    number: str
    item: str
    answer: str
    """What the review's data say; empty = open, the team must answer it."""
    section: str = ""
    """Part of the report that has more, e.g. "changes"."""
