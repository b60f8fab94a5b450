"""What changed in the evidence that a review can see: rows added, corrected or withdrawn between two states of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from livereview.cards import citation
from livereview.descriptions import described
from livereview.evidence.schema import TABLES
from livereview.evidence.view import Evidence
from livereview.judgements import ReportChange
from livereview.manifest.models import Review
from livereview.pairing import Row
from livereview.replicating.titles import title_of
from livereview.report import RowChange
from livereview.selection import Scope

#: Rows by table.
Tables = Mapping[str, list[Row]]


#: What replication alone reads: rows of studies that a replicated publication pooled and the review does not admit.
#: They count as seen, but a change in them is none in the evidence of the review.
REPLICATED_ONLY = "replicated only"


def tables_of(evidence: Evidence) -> Tables:
    """All current rows by table."""
    return {name: list(evidence.rows(name)) for name in TABLES}


def seen(tables: Tables, scope: Scope, review: Review, replicated: Collection[str] = ()) -> Tables:
    """The rows that a review can see: of its studies, the reports it reads, registered trials if it lists them, the
    searches made for it with their records, its decisions, and further records that it decided on.

    Of the ``replicated`` reports also what they printed and pooled, and under a name of their own the rows of the
    studies that they pooled and the review does not admit.
    """
    results = [row for rows in scope.results.values() for row in rows]
    cited = {row["report_id"] for row in results}
    searched = {row["search_id"] for row in tables["searches"] if row.get("review") in (None, review.id)}
    listed = {row["record_id"] for row in tables["decisions"] if row["review"] == review.id}
    listed |= {
        row["record_id"] for name in ("records", "finds") for row in tables[name] if row["search_id"] in searched
    }
    proposed = {row["proposal_id"] for row in tables["proposals"] if row["review"] == review.id}

    pooled = {row["study_id"] for row in tables["included"] if row["report_id"] in replicated}

    def of_study(row: Row) -> bool:
        return row.get("study_id") in scope.studies

    def of_replicated(row: Row) -> bool:
        return row["report_id"] in replicated

    keep: Mapping[str, Callable[[Row], bool]] = {
        "reports": lambda row: of_study(row) or row["report_id"] in cited or of_replicated(row),
        "ongoing": lambda row: review.ongoing,
        "searches": lambda row: row["search_id"] in searched,
        "records": lambda row: row["record_id"] in listed,
        "finds": lambda row: row["search_id"] in searched,
        "pairs": lambda row: {row["record_id"], row["other_id"]} <= listed,
        "decisions": lambda row: row["review"] == review.id,
        "proposals": lambda row: row["review"] == review.id,
        "acceptances": lambda row: row["proposal_id"] in proposed,
        "published": lambda row: row["report_id"] in cited or of_replicated(row),
        "included": of_replicated,
        "inputs": of_replicated,
    }
    own = {name: [row for row in rows if keep.get(name, of_study)(row)] for name, rows in tables.items()}
    others = pooled - set(scope.studies)
    read = [row for name in ("studies", "results") for row in tables[name] if row["study_id"] in others]
    return {**own, REPLICATED_ONLY: read} if read else own


def evidence_hash(rows: Tables) -> str:
    """SHA-256 of the sorted identities of the rows."""
    ids = sorted(str(row["row_id"]) for table in rows.values() for row in table)
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()


def recorded_through(rows: Tables) -> datetime | None:
    """The newest recording time among the rows."""
    return max((row["recorded_at"] for table in rows.values() for row in table), default=None)


def withdrawn(evidence: Evidence) -> Tables:
    """The rows that withdraw a key, by table: they hold the reason."""
    return {name: list(evidence.latest(name, withdrawn=True)) for name in TABLES}


def row_changes(before: Tables, after: Tables, withdrawals: Tables | None = None) -> tuple[RowChange, ...]:
    """Rows added, corrected and withdrawn between two states, by table and key.

    ``withdrawals`` are the rows that withdraw a key in the later state, for their reasons.
    """
    labels = _labels(before, after)
    found: list[RowChange] = []
    for name, table in TABLES.items():
        old, new = _by_key(before[name], table.key), _by_key(after[name], table.key)
        taken_back = None if withdrawals is None else _by_key(withdrawals[name], table.key)
        for key in sorted({*old, *new}, key=str):
            was, now = old.get(key), new.get(key)
            if was is None or now is None or was["row_id"] != now["row_id"]:
                change = _row_change(name, was, now, labels)
                if now is None and taken_back is not None:
                    change = replace(change, reason=_why_gone(taken_back.get(key)))
                found.append(change)
    return tuple(found)


def _labels(*states: Tables) -> dict[str, str]:
    """Names of studies, the newest last."""
    return {row["study_id"]: str(row["label"]) for tables in states for row in tables["studies"]}


def _why_gone(withdrawal: Row | None) -> str:
    if withdrawal is None:
        return "still in the evidence, but not of a study or report that the review admits"
    return str(withdrawal["withdrawn_reason"] or "no reason recorded")


def report_changes(before: Tables, after: Tables) -> tuple[ReportChange, ...]:
    """Reports whose status changed between two states, with their numbers that changed; new ones if retracted."""
    labels, key = _labels(before, after), TABLES["reports"].key
    old, new = _by_key(before["reports"], key), _by_key(after["reports"], key)
    found: list[ReportChange] = []
    for name, now in sorted(new.items(), key=str):
        was = old.get(name)
        earlier = "not recorded" if was is None else was.get("status") or "active"
        status = now.get("status") or "active"
        if status == earlier or (was is None and status != "retracted"):
            continue
        study_id = now.get("study_id")
        found.append(
            ReportChange(
                report_id=now["report_id"],
                study_id=study_id,
                study_label=labels.get(study_id or "", study_id or ""),
                citation=citation(now),
                before=earlier,
                after=status,
                since=now.get("status_on") or "",
                reason=now.get("note") or "",
                numbers=tuple(_numbers_changed(before, after, now["report_id"])),
            )
        )
    return tuple(found)


def _numbers_changed(before: Tables, after: Tables, report_id: str) -> Iterable[str]:
    key = TABLES["results"].key
    old, new = (_by_key((row for row in state["results"] if row["report_id"] == report_id), key)
                for state in (before, after))  # fmt: skip
    for place, was in old.items():
        now = new.get(place)
        if now is None:
            yield f"withdrawn: {described(was)}"
        elif now["row_id"] != was["row_id"]:
            yield f"{described(was)} became {described(now)}"


def _by_key(rows: Iterable[Row], key: tuple[str, ...]) -> dict[tuple[object, ...], Row]:
    return {tuple(row.get(name) for name in key): row for row in rows}


def _row_change(table: str, was: Row | None, now: Row | None, labels: Mapping[str, str]) -> RowChange:
    row = now if now is not None else was
    assert row is not None
    study_id = row.get("study_id")
    before, after = _differences(table, was, now) if was is not None and now is not None else ("", "")
    return RowChange(
        change="added" if was is None else "withdrawn" if now is None else "corrected",
        table=table,
        study_id=study_id,
        study_label=labels.get(study_id or "", study_id or ""),
        what=in_words(table, row),
        before=before,
        after=after,
    )


def _differences(table: str, was: Row, now: Row) -> tuple[str, str]:
    """The cells that differ, before and after, in words."""
    names = [name for name in TABLES[table].names if was.get(name) != now.get(name)]
    return _cells(names, was), _cells(names, now)


def _cells(names: list[str], row: Row) -> str:
    return "; ".join(f"{name} {'empty' if row.get(name) is None else row[name]}" for name in names)


def in_words(table: str, row: Row) -> str:
    """A row in words: what it says, without its origin."""
    if table == "results":
        return described(row) + (f", read by {row['extractor']}" if row.get("extractor") else "")
    if table == "reports":
        return f"report {row['report_id']}: {citation(row)}"
    if table == "appraisals":
        outcome = f" ({row['outcome']})" if row.get("outcome") else ""
        who = f", judged by {row['rater']}" if row.get("rater") else ""
        return f"{row['instrument']}, {row['item']}{outcome}: {row['score']}{who}"
    if table == "characteristics":
        return f"{row['characteristic']}: {row['value']}"
    if table == "ongoing":
        return f"registered trial {row['registry_id']}"
    if table == "searches":
        return f"search of {row['source']} on {row['searched_on']}"
    if table == "records":
        return f"record {row['record_id']}: {row['title']}"
    if table == "decisions":
        return f"record {row['record_id']}, {row['stage']}: {row['decision']}"
    if table == "finds":
        return f"record {row['record_id']}, found again by {row['search_id']}"
    if table == "pairs":
        return f"records {row['record_id']} and {row['other_id']}: {row['verdict']}"
    if table == "proposals":
        return f"proposed row of {row['for_table']}, {row['locator']}"
    if table == "acceptances":
        return f"proposal {row['proposal_id'][:12]}: {row['decision']} by {row['person']}"
    if table == "published":
        return f"published result of {row['report_id']}: {title_of(row)}"
    if table == "included":
        return f"study pooled by {row['report_id']}"
    if table == "inputs":
        return f"counts solved from {row['report_id']}: {row['study']}, {row['outcome']}"
    return f"study {row['study_id']}"
