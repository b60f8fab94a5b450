"""Studies that people flag: pooled as before, and each outcome is shown again without them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from evidence_rows import count, ledger, outcome, result, scope
from livereview.analysis import analysed
from livereview.execution import made_of, narrowed
from livereview.json_values import as_json
from livereview.plugins import installed
from livereview.report import OutcomeResult

ROWS = ledger(count("a", 3, 10), count("b", 5, 10), count("c", 6, 10))


def flagged(*studies: str) -> OutcomeResult:
    return analysed(replace(scope(ROWS), flagged=studies), outcome(), installed())


def numbers(found: Any) -> Any:
    """A fit as records keep it, in which NaN equals NaN."""
    return as_json(found)


def test_the_main_analysis_keeps_it_and_another_shows_the_result_without_it() -> None:
    found = flagged("b")
    assert numbers(found.pooled) == numbers(result(ROWS).pooled)
    [again] = [item for item in found.sensitivity if item.kind == "without-flagged"]
    assert numbers(again.pooled) == numbers(result(ledger(count("a", 3, 10), count("c", 6, 10))).pooled)
    assert (again.title, again.studies) == ("Without the flagged study: B", ("a", "c"))


def test_the_reader_of_the_outcome_is_told() -> None:
    assert flagged("b").cautions[0] == (
        "The trustworthiness of B is doubted, and the main analysis has it. A sensitivity analysis shows the result "
        "without."
    )


def test_several_are_left_out_together_and_all_of_them_leaves_no_number() -> None:
    [two] = [item for item in flagged("a", "b").sensitivity if item.kind == "without-flagged"]
    assert (two.title, two.pooled.k) == ("Without the 2 flagged studies: A; B", 1)
    [none] = [item for item in flagged("a", "b", "c").sensitivity if item.kind == "without-flagged"]
    assert none.pooled.k == 0


def test_a_flagged_study_that_the_outcome_does_not_pool_changes_nothing() -> None:
    found = flagged("elsewhere")
    assert numbers(found) == numbers(result(ROWS))


def test_an_outcome_is_analysed_anew_when_one_of_its_studies_is_flagged_and_only_then() -> None:
    plain, whole = scope(ROWS), outcome()

    def made(*studies: str) -> str:
        return made_of(narrowed(replace(plain, flagged=studies), whole), whole, installed())

    assert made("elsewhere") == made()
    assert made("b") != made()
