"""Nobody is counted twice in a fit: arms under two studies, by what the manifest says and by what the rows show."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from evidence_rows import Cells, Tables, count, ledger, report, result
from livereview.manifest.models import Eligibility
from livereview.report import OutcomeResult


def shared_control(**cells: Any) -> list[Cells]:
    """A trial with two drugs and one control arm that stands under two studies, read in one paper."""
    paper = {"report_id": "paper", **cells}
    return [
        report("paper", None),
        count("a", 12, 60, arm="drug", **paper),
        count("b", 15, 62, arm="drug", **paper),
        *(count(name, 22, 61, arm="placebo", **paper) for name in ("a", "b")),
    ]


def reasons(found: OutcomeResult, study_id: str) -> list[str]:
    return [item.reason for item in found.excluded if item.study_id == study_id]


def ids(found: OutcomeResult) -> list[str]:
    return sorted(one.study_id for one in found.studies)


def analysed(rows: list[Cells], **eligibility: Any) -> OutcomeResult:
    return result(ledger(rows), measure="RR", analyses=[], eligibility=eligibility)


def test_a_control_arm_under_two_studies_is_counted_once() -> None:
    found = analysed(shared_control())
    assert ids(found) == ["a"]
    assert reasons(found, "b") == [
        "shares patients with A, which is used: both rest on one row of one report (cr, ITT, placebo: 22/61 [paper, "
        "Table 1])"
    ]
    assert any("the first is used. Name them under overlaps" in text for text in found.cautions)


def test_the_manifest_says_which_of_them_is_used() -> None:
    found = analysed(shared_control(), overlaps=[{"studies": ["b", "a"], "reason": "one control arm"}])
    assert ids(found) == ["b"]
    assert reasons(found, "a") == ["shares patients with B, which is used: one control arm"]


def test_the_manifest_says_that_they_share_nobody() -> None:
    found = analysed(shared_control(), distinct=[{"studies": ["a", "b"], "reason": "a misprint, confirmed"}])
    assert ids(found) == ["a", "b"]


def test_small_counts_and_tables_of_reviews_may_agree_by_chance() -> None:
    few = [count(name, 1, 9, report_id="paper", arm=arm) for name in ("a", "b") for arm in ("drug", "placebo")]
    assert ids(analysed([report("paper", None), *few])) == ["a", "b"]
    relayed = [
        {**one, "kind": "review"} if "kind" in one and one["kind"] == "primary" else one for one in shared_control()
    ]
    assert ids(analysed(relayed)) == ["a", "b"]


def test_studies_cannot_share_patients_and_not() -> None:
    both = {"studies": ["a", "b"], "reason": "x"}
    with pytest.raises(ValidationError, match="a and b are named under overlaps and under distinct; keep one"):
        Eligibility.model_validate({"overlaps": [both], "distinct": [both]})


arms = st.fixed_dictionaries(
    {
        "study_id": st.sampled_from(["a", "b", "c", "d"]),
        "report_id": st.sampled_from(["paper", "other"]),
        "arm": st.sampled_from(["drug", "drug-high", "placebo", "control"]),
        "timepoint_months": st.sampled_from([None, 12.0]),
        "events": st.sampled_from([10, 11]),
        "n": st.sampled_from([30, 31]),
    }
)


@st.composite
def ledgers(draw: st.DrawFn) -> Tables:
    key = ("study_id", "report_id", "arm", "timepoint_months")
    found = draw(st.lists(arms, max_size=16, unique_by=lambda cells: tuple(cells[name] for name in key)))
    return ledger([report("paper", None), report("other", None)], [count(**cells) for cells in found])


@settings(max_examples=150)
@given(tables=ledgers(), measure=st.sampled_from(["RR", "PLO"]), overlaps=st.sampled_from([[], ["c", "a"], ["b", "d"]]))
def test_no_row_of_a_report_counts_twice_whatever_is_extracted(
    tables: Tables, measure: str, overlaps: list[str]
) -> None:
    eligibility = {"overlaps": [{"studies": overlaps, "reason": "one centre"}]} if overlaps else {}
    found = result(tables, measure=measure, analyses=[], eligibility=eligibility, control=["placebo", "control"])
    by_id = {one["row_id"]: one for one in tables["results"]}
    said = [by_id[row.row_id] for one in found.studies for row in one.rows]
    columns = ("report_id", "arm", "timepoint_months", "events", "n")
    times = Counter(tuple(one[name] for name in columns) for one in said)
    assert not [row for row, number in times.items() if number > 1]
    assert len(ids(found)) == len(set(ids(found)))
    assert not set(overlaps) or not set(overlaps) <= set(ids(found))
    # Whoever is dropped is listed, and whoever could be kept is.
    assert {one["study_id"] for one in tables["results"]} == {*ids(found), *(item.study_id for item in found.excluded)}
