"""Over random ledgers: a study enters once, every row is used or listed, order means nothing."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_rows import Cells, Tables, count, ledger, report, result, trial
from livereview.report import Excluded, OutcomeResult


def reasons(found: OutcomeResult, study_id: str) -> list[str]:
    return sorted(item.reason for item in found.excluded if item.study_id == study_id)


def used(found: OutcomeResult) -> dict[str, tuple[str, ...]]:
    """Report and locator of the rows that stand for each study."""
    return {one.study_id: tuple(f"{r.report_id} {r.locator}" for r in one.rows) for one in found.studies}


POPULATIONS = ["ITT", "evaluable", "safety", "subgroup:adults", None]
rows_of_a_study = st.fixed_dictionaries(
    {
        "study_id": st.sampled_from(["a", "b", "c"]),
        "report_id": st.sampled_from(["one", "two", "three"]),
        "outcome": st.sampled_from(["cr", "cri", "os"]),
        "timepoint_months": st.sampled_from([None, 3.0, 12.0, 24.0]),
        "population": st.sampled_from(POPULATIONS),
        "arm": st.sampled_from(["drug", "drug-high", "placebo", "control"]),
        "variant": st.sampled_from([None, "central"]),
        "status": st.sampled_from(["verified", "derived", "unverified"]),
        "events": st.sampled_from([None, 0, 1, 2, 3]),
        "n": st.sampled_from([None, 3, 5]),
    }
)
KEY = ("study_id", "report_id", "outcome", "timepoint_months", "population", "arm", "variant")


@st.composite
def ledgers(draw: st.DrawFn) -> Tables:
    found = draw(st.lists(rows_of_a_study, max_size=25, unique_by=lambda cells: tuple(cells[name] for name in KEY)))
    reports = [
        report(f"{name}-{number}", name, published_on=draw(st.sampled_from([None, "2020", "2020-05", "2021-01-01"])))
        for name in ("a", "b", "c")
        for number in ("one", "two", "three")
    ]
    return ledger(
        reports, [count(**{**cells, "report_id": f"{cells['study_id']}-{cells['report_id']}"}) for cells in found]
    )


choices = st.fixed_dictionaries(
    {
        "measure": st.sampled_from(["PLO", "RR"]),
        "result": st.sampled_from([["cr"], ["cri", "cr"]]),
        "timepoint": st.sampled_from(["any", "latest", "earliest", "unstated", {"at": 12, "within": 12}]),
        "population": st.sampled_from([[], ["ITT", "evaluable"]]),
        "experimental": st.sampled_from([[], ["drug", "drug-high"]]),
        "arms": st.sampled_from(["choose", "combine"]),
        "prefer": st.sampled_from([["population", "timepoint", "status", "latest", "report"], ["latest"], []]),
    }
)


def summary(found: OutcomeResult) -> Any:
    listed = Counter((item.study_id, item.reason, item.detail) for item in found.excluded)
    return used(found), found.pooled.shown, listed, sorted(found.cautions)


@settings(max_examples=150)
@given(tables=ledgers(), chosen=choices, seed=st.integers(0, 2**16))
def test_whatever_is_extracted_a_study_enters_once_and_every_row_is_used_or_listed(
    tables: Tables, chosen: dict[str, Any], seed: int
) -> None:
    found = result(tables, analyses=[], control=["placebo", "control"], **chosen)
    ids = [one.study_id for one in found.studies]
    assert len(ids) == len(set(ids)) == found.pooled.k

    in_use = {r.row_id for one in found.studies for r in one.rows}
    for one in tables["results"]:
        if one["outcome"] not in chosen["result"] or one["row_id"] in in_use:
            continue
        assert any(mentions(item, one) for item in found.excluded), f"lost: {one}"

    shuffled = {name: random.Random(seed).sample(rows, len(rows)) for name, rows in tables.items()}
    assert summary(result(shuffled, analyses=[], control=["placebo", "control"], **chosen)) == summary(found)


def mentions(item: Excluded, one: Cells) -> bool:
    """Whether a line of what was set aside describes a row: its study, report, arm, numbers."""
    events, n = ("?" if one[name] is None else one[name] for name in ("events", "n"))
    parts = (f"{one['arm']}: {events}/{n} [{one['report_id']}", one["outcome"], one["population"] or "")
    return item.study_id == one["study_id"] and all(part in item.detail for part in parts)


def test_both_arms_of_a_trial_are_traceable() -> None:
    (found,) = result(ledger(trial("a", (3, 10), (4, 11))), measure="RR").studies
    assert [(r.report_id, r.locator, r.arm) for r in found.rows] == [
        ("a-paper", "Table 1", "drug"), ("a-paper", "Table 1", "placebo"),
    ]  # fmt: skip
    assert all(r.row_id and r.origin for r in found.rows)
