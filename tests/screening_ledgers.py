"""Ledgers of searches, records and decisions for tests: rows that state only what a test is about, and random ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from evidence_rows import Cells, Tables, ledger, report, row, scope, study
from livereview.flow.boxes import Ledger, ledger_of

STAGES = ("before-screening", "title-abstract", "retrieval", "full-text")


def search(name: str, kind: str = "database", **cells: Any) -> Cells:
    given = {"search_id": name, "source": name.title(), "kind": kind, "searched_on": "2026-03-01"}
    return row("searches", **{**given, **cells})


def record(name: str, found_by: str = "pubmed", **cells: Any) -> Cells:
    return row("records", record_id=name, search_id=found_by, title=f"Title of {name}", **cells)


def decision(name: str, stage: str, said: str, person: str = "Ada", **cells: Any) -> Cells:
    given = {"record_id": name, "review": "r", "stage": stage, "person": person, "decision": said}
    return row("decisions", **{**given, **cells})


def find(name: str, found_by: str) -> Cells:
    return row("finds", record_id=name, search_id=found_by)


def path(name: str, *said: str, reason: str | None = None) -> list[Cells]:
    """Decisions at title and abstract, retrieval and full text, in this order; the reason goes to the last."""
    stages = STAGES[1:]
    last = len(said) - 1
    return [decision(name, stages[i], word, reason=reason if i == last else None) for i, word in enumerate(said)]


def counted(*rows: Cells | Iterable[Cells], pooled: Iterable[str] = (), **eligibility: Any) -> Ledger:
    tables: Tables = ledger(*rows)
    return ledger_of(tables, scope(tables, **eligibility), pooled, "update 1 of 2026-03-02")


# --- any ledger ------------------------------------------------------------------------------------------------

NAMES = [f"r{i}" for i in range(6)]


@st.composite
def ledgers(draw: st.DrawFn) -> list[Cells]:
    """Up to six records, any decisions of up to three people on them, studies and reports that some became."""
    rows = [search("pubmed"), search("register", "register"), search("web", "website")]
    rows += [study("s1"), study("s2", setting="other"), report("p1", "s1"), report("p2", "s2"), report("p3", None)]
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True)):
        found_by = draw(st.sampled_from(["pubmed", "register", "web", "theirs"]))
        repeats = draw(st.none() | st.sampled_from(NAMES))
        became = draw(st.none() | st.sampled_from(["p1", "p2", "p3", "gone"]))
        rows.append(record(name, found_by, duplicate_of=repeats, report_id=became))
        again = draw(st.lists(st.sampled_from(["pubmed", "register", "web", "theirs"]), unique=True))
        rows += [find(name, other) for other in again if other != found_by]
        for stage in STAGES:
            for person in draw(st.lists(st.sampled_from(["Ada", "Ben", "Cy"]), unique=True)):
                said = draw(st.sampled_from(["include", "include", "exclude", "unsure"]))
                settles = draw(st.booleans()) if person == "Cy" else None
                rows.append(decision(name, stage, said, person, adjudicates=settles))
    return rows


ELIGIBLE = {"filters": [{"field": "setting", "not_in": ["other"], "reason": "elsewhere", "missing": "include"}]}
