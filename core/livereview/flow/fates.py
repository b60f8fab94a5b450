"""Where each record of a review stands in the selection: the one place at which it stopped, or where it awaits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from livereview.changes import Tables
from livereview.flow.screening import Agreed, Decided
from livereview.pairing import Row
from livereview.selection import Scope

Stop = Literal[
    "duplicate", "removed", "awaiting screening", "excluded", "awaiting retrieval", "not retrieved",
    "awaiting assessment", "excluded at full text", "awaiting extraction", "not admitted", "same report", "report",
]  # fmt: skip

AWAITING: tuple[Stop, ...] = (
    "awaiting screening", "awaiting retrieval", "awaiting assessment", "awaiting extraction",
)  # fmt: skip
#: Where a record stops whose report is, or will be, part of the review.
INCLUDED: tuple[Stop, ...] = ("awaiting extraction", "not admitted", "same report", "report")
ASSESSED: tuple[Stop, ...] = ("excluded at full text", *INCLUDED)
SOUGHT: tuple[Stop, ...] = ("awaiting retrieval", "not retrieved", "awaiting assessment", *ASSESSED)
#: The source of a record that was found by a search which the review cannot see.
ELSEWHERE = "another review of this store"


@dataclass(frozen=True, kw_only=True)
class Fate:
    """Where one record stands."""

    record: Row
    source: str
    kind: str
    """Of its search; "" where another review made it."""
    stop: Stop
    reason: str = ""
    screened: bool = False
    """Whether there is an agreed decision on its title and abstract."""


def fates_of(rows: Tables, scope: Scope, found: Decided, doubts: list[str]) -> tuple[Fate, ...]:
    """Every record once, in the order of ids, with where it stands; and as a duplicate for each other source of the
    review that found it again under the same id."""
    searches = {row["search_id"]: row for row in rows["searches"]}
    records = {row["record_id"]: row for row in sorted(rows["records"], key=lambda row: str(row["record_id"]))}
    loops = _loops(records)
    counted: set[str] = set()
    again = _found_again(rows, searches)
    fates = []
    for record in records.values():
        stop, reason, screened = _stop(record, records, loops, found, doubts)
        if stop == "report":  # people included it
            stop, reason = _included(record, scope, counted, doubts)
        finders = again.get(record["record_id"], [])
        first = searches.get(record["search_id"]) or (finders.pop(0) if finders else None)
        source, kind = (ELSEWHERE, "") if first is None else (first["source"], first["kind"])
        fates.append(Fate(record=record, source=source, kind=kind, stop=stop, reason=reason, screened=screened))
        for search in finders:
            repeated = {**record, "search_id": search["search_id"]}
            fates.append(Fate(record=repeated, source=search["source"], kind=search["kind"], stop="duplicate"))
    in_review = {row["report_id"] for row in rows["reports"] if row["study_id"] in scope.studies}
    for fate in fates:
        report = fate.record["report_id"]
        if fate.stop not in INCLUDED and report in in_review - counted:
            doubts.append(f"record {fate.record['record_id']}: {fate.stop}, yet {report}, which it became, is used.")
    circles = sorted({", ".join(sorted(loop)) for loop in loops.values()})
    doubts += [f"records {circle}: each is named a duplicate of another of them." for circle in circles]
    return tuple(fates)


def _found_again(rows: Tables, searches: Mapping[str, Row]) -> dict[str, list[Row]]:
    """The further searches of the review that found each record, by day; of one source the first alone."""
    sources = {row["record_id"]: {(searches.get(row["search_id"]) or {}).get("source")} for row in rows["records"]}
    found: dict[str, list[Row]] = {}
    mine = [(searches[row["search_id"]], row["record_id"]) for row in rows["finds"] if row["search_id"] in searches]
    for search, record in sorted(mine, key=lambda pair: (pair[0]["searched_on"], pair[0]["search_id"])):
        if record in sources and search["source"] not in sources[record]:
            sources[record].add(search["source"])
            found.setdefault(record, []).append(search)
    return found


def _loops(records: Mapping[str, Row]) -> dict[str, frozenset[str]]:
    """Records that are, along ``duplicate_of``, duplicates of themselves, each with all of its circle."""
    found: dict[str, frozenset[str]] = {}
    for name in records:
        path: list[str] = []
        at = name
        while at in records and at not in path:
            path.append(at)
            at = records[at]["duplicate_of"] or ""
        if at == name:
            found[name] = frozenset(path)
    return found


def _stop(
    record: Row, records: Mapping[str, Row], loops: Mapping[str, frozenset[str]], found: Decided, doubts: list[str]
) -> tuple[Stop, str, bool]:
    """Where the decisions leave a record, why, and whether title and abstract were decided; "report" = included."""
    name, original = record["record_id"], record["duplicate_of"]
    if name in loops:
        return "awaiting screening", "", False
    if original in records:
        return "duplicate", "", False
    if original is not None:
        doubts.append(f"record {name}: repeats {original}, which is no record of this review; it is counted itself.")
    before, first, retrieval, full = (
        found.agreed.get((name, stage)) for stage in ("before-screening", "title-abstract", "retrieval", "full-text")
    )
    if before is not None and before.decision != "include":
        return ("removed", before.reason, False) if before.decision == "exclude" else ("awaiting screening", "", False)
    later = retrieval is not None or full is not None
    if first is None and not later:
        return "awaiting screening", "", False
    if first is not None and first.decision != "include":
        if later:
            state = "excluded" if first.decision == "exclude" else "not agreed"
            doubts.append(f"record {name}: {state} on title and abstract, yet there is a decision of a later stage.")
        stopped = first.decision == "exclude"
        return ("excluded", first.reason, True) if stopped else ("awaiting screening", "", False)
    return *_assessment(retrieval, full), first is not None


def _assessment(retrieval: Agreed | None, full: Agreed | None) -> tuple[Stop, str]:
    """Where a record stands that was passed on from title and abstract."""
    if retrieval is not None and retrieval.decision == "exclude":
        return "not retrieved", retrieval.reason
    if (retrieval is None and full is None) or (retrieval is not None and retrieval.decision == "open"):
        return "awaiting retrieval", ""
    if full is None or full.decision == "open":
        return "awaiting assessment", ""
    return ("excluded at full text", full.reason) if full.decision == "exclude" else ("report", "")


def _included(record: Row, scope: Scope, counted: set[str], doubts: list[str]) -> tuple[Stop, str]:
    """What became of a record that people included. ``counted`` are the reports met before."""
    report = record["report_id"]
    if report is None or report not in scope.reports:
        return "awaiting extraction", ""
    if report in counted:
        doubts.append(f"record {record['record_id']}: became {report}, as an earlier record did; is it a duplicate?")
        return "same report", ""
    study = scope.reports[report]["study_id"]
    if study not in scope.studies:
        why = {item.study_id: item.reason for item in scope.excluded}
        nobody = "its report is of no single study"
        return "not admitted", nobody if study is None else why.get(study, "its study is not in the store")
    counted.add(report)
    return "report", ""
