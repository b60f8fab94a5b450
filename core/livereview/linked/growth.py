"""What changed between two states of a store, cut down so that each review can be asked cheaply whether it sees it.

Eligibility looks at one study at a time, and what a review sees of other rows follows from its studies. So the studies
that changed, with the rows beside them, are enough to tell whether a review sees another set of rows than before.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from livereview.changes import Tables, evidence_hash, seen
from livereview.evidence.schema import TABLES
from livereview.manifest.models import Eligibility, Review
from livereview.selection import scope_of, with_characteristics

#: Tables of which a changed row concerns nothing but itself.
_ALONE = ("ongoing", "decisions", "proposals")
_RECORDED = frozenset({"row_id", "recorded_at", "recorded_from", "origin"})
_OF_STUDIES = tuple(name for name, table in TABLES.items() if "study_id" in table.names and name not in _ALONE)


@dataclass(frozen=True, kw_only=True)
class Growth:
    """The changed studies before and after, with all that a review can see because of them."""

    before: Tables
    after: Tables
    lost: bool
    """Whether a name or value that a manifest may use is gone, so that a part of it could have lost its meaning; also
    where there was no study before, since no manifest is held to its names then."""
    found: bool
    """Whether a name or value is new, to which a misspelt one may be near."""

    def seen_by(self, eligibility: Eligibility, review: Review, replicated: Collection[str] = ()) -> bool:
        """Whether a review, which recomputes the ``replicated`` reports, sees other rows than before."""
        hashes = [
            evidence_hash(seen(tables, scope_of(tables, eligibility), review, replicated))
            for tables in (self.before, self.after)
        ]
        return hashes[0] != hashes[1]


def growth(before: Tables, after: Tables) -> Growth:
    """What changed between two states."""
    ids = [{name: {row["row_id"] for row in rows} for name, rows in tables.items()} for tables in (before, after)]
    changed = {name: ids[0][name] ^ ids[1][name] for name in TABLES}
    both = [
        {name: [row for row in tables[name] if row["row_id"] in changed[name]] for name in TABLES}
        for tables in (before, after)
    ]
    studies = {row["study_id"] for tables in both for name in _OF_STUDIES for row in tables[name]} - {None}
    reports = {row["report_id"] for tables in both for name in ("reports", "published") for row in tables[name]}
    records = {row["record_id"] for tables in both for name in ("records", "finds", "pairs") for row in tables[name]}
    records |= {row["other_id"] for tables in both for row in tables["pairs"]}
    # A review sees a report of no study of its own because a result of its studies was read in it.
    studies |= {
        row["study_id"] for tables in (before, after) for row in tables["results"] if row["report_id"] in reports
    }
    words = [_words(tables) for tables in (before, after)]
    return Growth(
        before={**_part(before, both[0], studies), **_ledger(before, both[0], records)},
        after={**_part(after, both[1], studies), **_ledger(after, both[1], records)},
        lost=bool(words[0] - words[1]) or not before["studies"],
        found=bool(words[1] - words[0]),
    )


def _part(tables: Tables, changed: Tables, studies: set[str]) -> Tables:
    """The changed rows, all rows of the changed studies, the reports these are read in."""
    results = [row for row in tables["results"] if row["study_id"] in studies]
    cited = {row["report_id"] for row in results} | {row["report_id"] for row in changed["reports"]}
    kept = {name: [row for row in tables[name] if row.get("study_id") in studies] for name in _OF_STUDIES}
    return {
        **changed,
        **kept,
        "results": results,
        "reports": [row for row in tables["reports"] if row["report_id"] in cited or row["study_id"] in studies],
    }


def _ledger(tables: Tables, changed: Tables, records: set[str]) -> Tables:
    """The changed rows of the ledger with those through which a review sees them: searches that found a changed record,
    decisions on it, the proposal of a changed acceptance."""
    kept = {name: [row for row in tables[name] if row["record_id"] in records] for name in ("records", "finds")}
    searches = {row["search_id"] for name in ("records", "finds") for row in kept[name]}
    searches |= {row["search_id"] for row in changed["searches"]}
    accepted = {row["proposal_id"] for name in ("acceptances", "proposals") for row in changed[name]}
    decided = {row["row_id"] for row in changed["decisions"]}
    return {
        **kept,
        "searches": [row for row in tables["searches"] if row["search_id"] in searches],
        "decisions": [row for row in tables["decisions"] if row["record_id"] in records or row["row_id"] in decided],
        "proposals": [row for row in tables["proposals"] if row["proposal_id"] in accepted],
    }


def _words(tables: Tables) -> set[tuple[str, object]]:
    """Every name and value that a manifest may use to say something: fields with their values, ids, codes."""
    studies = with_characteristics(tables)
    fields = {field for study in studies for field in study if field not in _RECORDED}
    found: set[tuple[str, object]] = {(field, study.get(field)) for study in studies for field in fields}
    found |= {("report", row["report_id"]) for row in tables["reports"]}
    found |= {(f"result.{name}", row[name]) for row in tables["results"] for name in ("outcome", "population", "arm")}
    return found
