"""A retracted report: out of the main analysis, shown with it besides, whatever takes its place."""

from __future__ import annotations

from typing import Any

from evidence_rows import Cells, Tables, count, ledger, ratio, report, result
from livereview.json_values import as_json
from livereview.report import Pooled

GONE = {"status": "retracted", "status_on": "2026-10-02", "note": "Data were fabricated.", "year": 2020}


def rows(*more: Cells) -> Tables:
    return ledger(count("a", 3, 10), count("b", 5, 10), count("c", 6, 10), *more)


def numbers(pooled: Pooled) -> Any:
    """A fit as records keep it, in which NaN equals NaN."""
    return as_json(pooled)


def test_the_main_analysis_is_that_without_the_study_and_the_last_other_one_that_with_it() -> None:
    found = result(rows(report("b-paper", "b", **GONE)))
    without, whole = result(ledger(count("a", 3, 10), count("c", 6, 10))), result(rows())
    assert numbers(found.pooled) == numbers(without.pooled)
    [again] = [item for item in found.sensitivity if item.kind == "with-retracted"]
    assert numbers(again.pooled) == numbers(whole.pooled)
    assert set(again.studies) == {study.study_id for study in whole.studies}
    assert found.sensitivity[-1] is again


def test_it_is_labelled_with_date_and_reason() -> None:
    found = result(rows(report("b-paper", "b", **GONE)))
    [gone] = found.retracted
    assert (gone.report_id, gone.study_id, gone.since, gone.reason) == (
        "b-paper", "b", "2026-10-02", "Data were fabricated.",
    )  # fmt: skip
    assert not gone.replaced
    again = found.sensitivity[-1]
    assert again.title == "With the retracted report: B, 2020"
    assert again.choice == "as if not retracted: b-paper, retracted since 2026-10-02 (Data were fabricated)"
    assert found.cautions[0] == (
        "A report of B was retracted: b-paper, retracted since 2026-10-02 (Data were fabricated). The main analysis "
        "leaves it out, and the study with it. A sensitivity analysis shows the result with it."
    )


def test_what_is_not_recorded_of_a_retraction_is_said_to_be_missing() -> None:
    found = result(rows(report("b-paper", "b", status="retracted")))
    assert "retracted, date not recorded (no reason recorded)" in found.sensitivity[-1].choice


def test_another_report_of_the_study_takes_its_place_and_both_results_are_shown() -> None:
    old = report("b-paper", "b", published_on="2020-01-01", **GONE)
    new = [report("b-second", "b", published_on="2018-01-01"), count("b", 2, 10, report_id="b-second")]
    found = result(rows(old, *new))
    assert {study.study_id: study.rows[0].report_id for study in found.studies}["b"] == "b-second"
    assert found.retracted[0].replaced
    assert "another report of the study takes its place" in found.cautions[0]
    assert numbers(found.sensitivity[-1].pooled) == numbers(result(rows()).pooled)


def test_a_retracted_report_that_would_not_be_used_anyway_is_said_to_change_nothing() -> None:
    old = report("b-old", "b", published_on="2018-01-01", **GONE)
    later = report("b-paper", "b", published_on="2020-01-01")
    found = result(rows(old, later, count("b", 2, 10, report_id="b-old")))
    assert numbers(found.sensitivity[-1].pooled) == numbers(found.pooled)
    assert found.sensitivity[-1].notes[0] == (
        "B, 2020: not used, since another number of the study comes first or the study is set aside."
    )


def test_several_retracted_reports_are_counted_back_together() -> None:
    found = result(rows(report("a-paper", "a", **GONE), report("b-paper", "b", **GONE)))
    assert [item.study_id for item in found.retracted] == ["a", "b"]
    [again] = [item for item in found.sensitivity if item.kind == "with-retracted"]
    assert again.title == "With the 2 retracted reports: A, 2020; B, 2020"
    assert numbers(again.pooled) == numbers(result(rows()).pooled)


def test_an_outcome_that_no_retracted_report_has_a_number_for_says_nothing() -> None:
    assert result(rows()).retracted == ()
    unrelated = result(rows(report("d-paper", "a", **GONE)))
    assert (unrelated.retracted, unrelated.sensitivity) == ((), ())


def test_a_retracted_number_without_an_interval_touches_nothing() -> None:
    bare = [ratio("b", 0.55), report("b-paper", "b", **GONE)]
    found = result(ledger(ratio("a", 0.7, 0.5, 0.9), *bare), measure="HR")
    assert (found.retracted, found.sensitivity) == ((), ())


def test_a_study_that_the_outcome_leaves_out_is_not_brought_back_by_a_retraction() -> None:
    left_out = {"exclude": [{"study": "b", "reason": "not ours", "outcomes": ["cr"]}]}
    assert result(rows(report("b-paper", "b", **GONE)), eligibility=left_out).retracted == ()
