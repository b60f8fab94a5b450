"""The flow of records, reports and studies of one review, counted from its ledger: never typed, and it adds up.

Boxes follow PRISMA 2020 (Page 2021, doi:10.1136/bmj.n71): two columns, records of databases and registers and records
found by other methods. A record stands in exactly one place: where its selection stopped, or where it awaits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from livereview.changes import Tables
from livereview.flow.fates import ASSESSED, INCLUDED, SOUGHT, Fate, Stop, fates_of
from livereview.flow.screening import decided
from livereview.living import Box, FlowColumn, FlowVersion, Search
from livereview.printing import counted
from livereview.selection import Scope

#: Kinds of search of the first column.
DATABASES = ("database", "register")
NO_REASON = "no reason recorded"


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """A review's records, each with its fate, and the version that they count up to."""

    version: FlowVersion
    fates: tuple[Fate, ...]
    searches: tuple[Search, ...]
    conflicts: tuple[str, ...]
    doubts: tuple[str, ...]


def ledger_of(rows: Tables, scope: Scope, pooled: Iterable[str], title: str) -> Ledger:
    """The ledger of a review from the rows that it can see. ``pooled`` are the ids of the studies in pooled results."""
    found = decided(rows["decisions"])
    doubts = list(found.doubts)
    fates = fates_of(rows, scope, found, doubts)
    reports = {row["report_id"] for row in rows["reports"] if row["study_id"] in scope.studies}
    ledger = bool(rows["searches"] or rows["records"])
    version = FlowVersion(
        title=title,
        databases=_column([fate for fate in fates if fate.kind in DATABASES]) if ledger else None,
        others=_column([fate for fate in fates if fate.kind not in DATABASES]) if ledger else None,
        studies=tuple(sorted(scope.studies)),
        pooled=tuple(sorted(pooled)),
        reports=tuple(sorted(reports)),
        reports_without_record=len(reports) - sum(fate.stop == "report" for fate in fates),
        not_eligible=_box(item.reason for item in scope.excluded),
    )
    searches = _searches(rows, doubts)
    return Ledger(version=version, fates=fates, searches=searches, conflicts=found.conflicts, doubts=tuple(doubts))


# --- boxes -----------------------------------------------------------------------------------------------------


def _box(parts: Iterable[str]) -> Box:
    """The number of parts, and each with its number, the most frequent first."""
    counts = Counter(part or NO_REASON for part in parts)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Box(number=sum(counts.values()), parts=tuple(ordered))


def _column(fates: list[Fate]) -> FlowColumn:
    """One column of the diagram."""
    stops = Counter(fate.stop for fate in fates)

    def reasons(stop: Stop) -> Box:
        return _box(fate.reason for fate in fates if fate.stop == stop)

    def number(among: Iterable[Stop]) -> int:
        return sum(stops[stop] for stop in among)

    return FlowColumn(
        identified=_box(fate.source for fate in fates),
        duplicates=stops["duplicate"],
        removed=reasons("removed"),
        awaiting_screening=stops["awaiting screening"],
        unscreened=sum(fate.stop in SOUGHT and not fate.screened for fate in fates),
        screened=sum(fate.screened for fate in fates),
        excluded=reasons("excluded"),
        sought=number(SOUGHT),
        not_retrieved=reasons("not retrieved"),
        awaiting_retrieval=stops["awaiting retrieval"],
        awaiting_assessment=stops["awaiting assessment"],
        assessed=number(ASSESSED),
        excluded_full_text=reasons("excluded at full text"),
        included=number(INCLUDED),
        awaiting_extraction=stops["awaiting extraction"],
        not_admitted=reasons("not admitted"),
        same_report=stops["same report"],
        reports=stops["report"],
    )


def _searches(rows: Tables, doubts: list[str]) -> tuple[Search, ...]:
    """Every search in the order of its day. Doubts name those whose hits cannot be."""
    listed = Counter(row["search_id"] for name in ("records", "finds") for row in rows[name])
    found = [
        Search(
            search_id=row["search_id"],
            source=row["source"],
            kind=row["kind"],
            searched_on=row["searched_on"],
            through=row["through"] or row["searched_on"],
            hits=row["hits"],
            records=listed[row["search_id"]],
            query=row["query"] or "",
            locator=row["locator"] or "",
        )
        for row in rows["searches"]
    ]
    found.sort(key=lambda search: (search.searched_on, search.search_id))
    first = [search for search in found if search.searched_on == found[0].searched_on]
    for search in found:
        hits, records = search.hits, search.records
        # A search lists what it found first: fewer than it returned, unless it was the only one so far.
        if hits is not None and (hits < records or (first == [search] and hits > records)):
            told = f"it returned {counted(hits, 'record')}, and {records:,} {'is' if records == 1 else 'are'} listed"
            doubts.append(f"search {search.search_id}: {told}.")
    return tuple(found)
