"""Sheets: header, rows, keys and references, each problem with its place, and all problems at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from evidence_sheets import APPRAISALS, REPORTS, RESULTS, STUDIES, everything, raw, report, result, study

from livereview.errors import EvidenceError
from livereview.evidence.checks import Checked, checked
from livereview.evidence.view import Evidence
from livereview.sources import Problem, RawTable
from livereview.types import Cell

COUNT: Mapping[str, Cell] = RESULTS[0]
RECORDED = Evidence.of(
    [
        study("adams-2019"),
        report("pmid:30000001", "adams-2019"),
        report("pmid:30000009"),
        result(report_id="pmid:30000001"),
        result(report_id="pmid:30000001", outcome="os"),
    ]
)


def only(problems: Sequence[Problem]) -> Problem:
    """The one problem there is."""
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


def result_with(**cells: Cell) -> Checked:
    """One result row, in row 2, changed by the cells given."""
    return checked([raw("studies", STUDIES), raw("reports", REPORTS), raw("results", [{**COUNT, **cells}])])


# --- what real sheets hold -----------------------------------------------------------------------------------


def test_sheets_as_people_write_them_pass() -> None:
    found = checked(everything())
    assert found.problems == ()
    assert len(found.accepted()) == sum(len(table.rows) for table in everything())


def test_values_are_typed_and_empty_cells_absent() -> None:
    rows = {row.key: row for row in checked(everything()).rows}
    hazard = rows["adams-2019", "pmid:30000001", "os", None, None, "new", "control", "HR", None, None]
    assert hazard.values["estimate"] == 0.62
    assert hazard.values["ci_level"] == 0.95
    assert hazard.values["p_value"] == "0.04"
    assert "events" not in hazard.values
    assert hazard.origin == "results.csv, row 4"
    assert rows[("pmid:30000001",)].values["pmid"] == "30000001"
    assert rows["adams-2019", "NOS", "Q1", None, None].values["score"] == "0.5"


def test_blank_rows_are_skipped() -> None:
    table = raw("studies", [STUDIES[0], {}, {"study_id": "  ", "label": ""}, STUDIES[1]])
    found = checked([table])
    assert [row.origin for row in found.accepted()] == ["studies.csv, row 2", "studies.csv, row 5"]


def test_withdrawn_no_says_the_same_as_an_empty_cell() -> None:
    plain, stated = result_with().rows[-1], result_with(withdrawn="no").rows[-1]
    assert plain.row_id == stated.row_id


# --- the header ----------------------------------------------------------------------------------------------


def test_an_unknown_table_is_named_with_the_nearest() -> None:
    problem = only(checked([raw("result", [COUNT])]).problems)
    assert "there is no table 'result'" in problem.message
    assert "Did you mean results?" in problem.remedy


def test_an_unknown_column_is_named_with_the_nearest_one_not_yet_there() -> None:
    problem = only(checked([raw("studies", [{**STUDIES[0], "Median_Age ": "9"}])]).problems[:1])
    assert (problem.row, problem.column) == (1, "Median_Age")
    row = {**STUDIES[2], "n_arm_exp": "7"}
    assert only(checked([raw("studies", [row])]).problems).remedy == "Did you mean n_arm_experimental?"


def test_a_missing_required_column_is_one_problem_not_one_for_each_row() -> None:
    rows = [{"study_id": name, "year": "2020"} for name in ("a", "b", "c")]
    problem = only(checked([raw("studies", rows)]).problems)
    assert (problem.row, problem.column) == (1, "label")
    assert "required and missing" in problem.message


def test_a_column_that_stands_twice_is_refused() -> None:
    table = RawTable(
        table="studies",
        place="s.csv",
        columns=("study_id", "label", "label"),
        rows=(("a", "A", "B"),),
        row_numbers=(2,),
    )
    problem = only(checked([table]).problems)
    assert problem.column == "label"
    assert "2 times" in problem.message


def test_a_column_without_a_name_may_be_empty_but_hold_nothing() -> None:
    def table(extra: Cell) -> RawTable:
        return RawTable(
            table="studies",
            place="s.csv",
            columns=("study_id", "label", ""),
            rows=(("a", "A", extra),),
            row_numbers=(2,),
        )

    assert checked([table(None)]).problems == ()
    assert "has no name" in only(checked([table("x")]).problems).message


def test_a_row_with_more_or_fewer_cells_than_the_header_is_refused() -> None:
    table = RawTable(
        table="studies", place="s.csv", columns=("study_id", "label"), rows=(("a", "A", "?"),), row_numbers=(2,)
    )
    assert "3 cells, the header 2" in only(checked([table]).problems).message


# --- one row -------------------------------------------------------------------------------------------------


def test_a_bad_cell_is_named_by_place_row_column_and_value() -> None:
    problem = only(result_with(events="1,234").problems)
    assert (problem.place, problem.row, problem.column, problem.found) == ("results.csv", 2, "events", "1,234")
    assert str(problem) == (
        "results.csv, row 2, column events: has a comma between thousands (found '1,234'). Write 1234."
    )


def test_an_empty_required_cell_is_a_problem() -> None:
    problem = only(result_with(locator=" ").problems)
    assert (problem.column, problem.message) == ("locator", "this cell is required and empty")


@pytest.mark.parametrize("column", ["population", "comparator", "variant"])
def test_a_word_for_no_value_is_refused_in_a_key(column: str) -> None:
    problem = only(result_with(**{column: "NA"}).problems)
    assert (problem.column, problem.remedy) == (column, "Leave the cell empty where there is no value.")


HR = {"measure": "HR", "events": None, "n": None, "estimate": "0.6", "comparator": "control"}
SURVIVAL = {"measure": "survival", "events": None, "n": "24", "estimate": "0.72"}
IMPOSSIBLE: list[tuple[dict[str, Any], str, str, str]] = [
    ({"events": "106"}, "events", "more people with the event (106) than at risk (105)", "Check"),
    ({"events": "-1"}, "events", "below 0", "people with the event"),
    ({"n": "-1"}, "n", "below 0", "people at risk"),
    ({"events": None}, "events", "no events, which measure count needs", "number of events"),
    ({"events": 0, "n": 0}, "n", "a share of nobody", "Leave the row out"),
    ({"estimate": "0.93"}, "estimate", "41 of 105 is 0.390, not 0.93", "left empty"),
    ({"estimate": "0.4"}, "estimate", "41 of 105 is 0.390, not 0.4", "left empty"),
    ({"estimate": "39"}, "estimate", "outside 0 to 1", "write 0.39"),
    ({"measure": "events", "events": None}, "events", "no events, which measure events needs", "number of events"),
    ({"measure": "rate", "events": None, "n": None}, "events", "neither events nor an estimate", "Write it"),
    ({"measure": "rate", "person_time": 0}, "person_time", "no time at risk", "Check"),
    ({"measure": "proportion"}, "estimate", "no estimate, which measure proportion needs", "measure count"),
    (HR | {"estimate": None}, "estimate", "no estimate, which measure HR needs", "o_minus_e and its variance"),
    (HR | {"estimate": None, "p_value": "0.03", "events": 60}, "estimate", "no estimate", "events and direction"),
    (HR | {"o_minus_e": "-5"}, "o_minus_e_variance", "stands without its variance", "Write V"),
    (HR | {"o_minus_e_variance": 0}, "o_minus_e_variance", "a variance is above 0", "Leave it empty"),
    (HR | {"o_minus_e_variance": -1}, "o_minus_e_variance", "below 0", "variance (V)"),
    (HR | {"direction": "higher"}, "direction", "the estimate 0.6 is not higher than 1", "Check both"),
    (HR | {"direction": "better"}, "direction", "not one of the values allowed", "lower, higher"),
    (
        HR | {"estimate": None, "o_minus_e": 3, "o_minus_e_variance": 9, "direction": "lower"},
        "direction",
        "o_minus_e 3 means the opposite of lower",
        "that of the arm",
    ),
    (HR | {"measure": "OR", "direction": "lower"}, "direction", "belongs to a hazard ratio", "measure HR"),
    (HR | {"estimate": "-0.5"}, "estimate", "a ratio is above 0", "not its logarithm"),
    (HR | {"estimate": "0"}, "estimate", "a ratio is above 0", "not its logarithm"),
    (HR | {"ci_low": "0", "ci_high": "2"}, "ci_low", "a ratio is above 0", "left empty"),
    (HR | {"se": "0"}, "se", "without any uncertainty", "Leave se empty"),
    (HR | {"ci_low": "0.6", "ci_high": "0.6"}, "ci_low", "without any uncertainty", "Check"),
    (HR | {"ci_low": "0.9", "ci_high": "0.4"}, "ci_low", "limits are reversed", "Swap"),
    (HR | {"ci_low": "0.7", "ci_high": "0.9"}, "estimate", "not within its confidence limits (0.7 to 0.9)", "Check"),
    (HR | {"ci_high": "0.5"}, "estimate", "not within its confidence limits (? to 0.5)", "Check"),
    (SURVIVAL | {"estimate": "87"}, "estimate", "outside 0 to 1", "write 0.87"),
    (SURVIVAL | {"ci_high": "87"}, "ci_high", "outside 0 to 1", "write 0.87"),
    (SURVIVAL | {"estimate": "-0.2"}, "estimate", "outside 0 to 1", "Check"),
    (SURVIVAL | {"se": "5.5"}, "se", "below 1", "write 0.055"),
    (HR | {"measure": "RD", "estimate": "-35.6"}, "estimate", "outside -1 to 1", "write -0.356"),
    ({"withdrawn": "yes"}, "withdrawn_reason", "needs a reason", "Say why"),
    ({"withdrawn_reason": "typo"}, "withdrawn", "but the row is not withdrawn", "Write yes"),
]


@pytest.mark.parametrize(("cells", "column", "message", "remedy"), IMPOSSIBLE)
def test_a_number_that_cannot_be_is_refused(cells: dict[str, Any], column: str, message: str, remedy: str) -> None:
    problem = only(result_with(**cells).problems)
    assert (problem.place, problem.row, problem.column) == ("results.csv", 2, column)
    assert message in problem.message
    assert remedy in problem.remedy


POSSIBLE: list[dict[str, Any]] = [
    {"n": None},
    {"events": 0},
    {"events": 105},
    {"estimate": "0.39"},
    {"estimate": "0.3905"},
    {"measure": "events", "events": 240},
    {"measure": "rate", "events": 240, "person_time": 12.5},
    HR,
    HR | {"estimate": None, "o_minus_e": "-5.2", "o_minus_e_variance": "20.1"},
    HR | {"estimate": None, "p_value": "0.03", "events": 60, "direction": "lower"},
    HR | {"direction": "lower", "o_minus_e": "-5.2", "o_minus_e_variance": "20.1", "events": 80},
    HR | {"ci_level": "90"},
    HR | {"ci_low": "0.4"},
    HR | {"ci_low": "0.6", "ci_high": "0.9"},
    SURVIVAL | {"estimate": 1},
    {"measure": "median-months", "events": None, "ci_low": "15.1"},
    {"events": "200", "withdrawn": "yes", "withdrawn_reason": "typo"},
    {"locator": None, "status": None, "withdrawn": "yes", "withdrawn_reason": "typo"},
]


@pytest.mark.parametrize("cells", POSSIBLE)
def test_a_number_that_can_be_is_accepted(cells: dict[str, Any]) -> None:
    """Also what cannot be, where the row is withdrawn because of it."""
    assert result_with(**cells).problems == ()


def test_an_arm_larger_than_its_study_is_refused() -> None:
    problem = only(checked([raw("studies", [{**STUDIES[0], "n_arm_control": "209"}])]).problems)
    assert problem.column == "n_arm_control"
    assert "more patients in the arm (209) than in the study (208)" in problem.message


def test_a_bad_cell_brings_no_second_complaint_about_what_it_should_have_been() -> None:
    assert only(result_with(events="forty").problems).column == "events"
    assert only(result_with(measure="Count").problems).column == "measure"


def test_all_problems_are_found_at_once_in_the_order_of_the_sheets() -> None:
    sheets = [
        raw("studies", [*STUDIES, {"study_id": "new one", "label": None}]),
        raw("reports", REPORTS),
        raw(
            "results", [{**COUNT, "events": "x", "status": "true"}, {**COUNT, "outcome": "os", "study_id": "adam-2019"}]
        ),
    ]
    found = checked(sheets)
    assert [(p.place, p.row, p.column) for p in found.problems] == [
        ("studies.csv", 5, "study_id"),
        ("studies.csv", 5, "label"),
        ("results.csv", 2, "status"),
        ("results.csv", 2, "events"),
        ("results.csv", 3, "study_id"),
    ]
    with pytest.raises(EvidenceError) as refused:
        found.accepted()
    assert refused.value.messages == tuple(map(str, found.problems))


# --- the same key twice --------------------------------------------------------------------------------------


def test_the_same_row_twice_is_taken_once() -> None:
    found = checked([raw("studies", [*STUDIES, STUDIES[0]]), raw("studies", STUDIES[:1], place="copy.csv")])
    assert len(found.accepted()) == len(STUDIES)
    assert found.repeated == 2


def test_rows_that_disagree_under_one_key_name_both_places() -> None:
    again = raw("results", [{**COUNT, "events": "40"}], place="second.csv")
    problem = only(checked([*everything(), again]).problems)
    assert (problem.place, problem.row, problem.column) == ("second.csv", 2, "events")
    assert "the same key as results.csv, row 2" in problem.message
    assert "events 40 against 41" in problem.message
    assert "variant" in problem.remedy


def test_a_bad_row_is_not_also_accused_of_disagreeing() -> None:
    again = raw("results", [{**COUNT, "events": "forty"}], place="second.csv")
    assert only(checked([*everything(), again]).problems).found == "forty"


def test_a_variant_tells_two_readings_apart() -> None:
    again = raw("results", [{**COUNT, "events": "40", "variant": "letter"}], place="second.csv")
    assert checked([*everything(), again]).problems == ()


# --- references ----------------------------------------------------------------------------------------------


def test_a_study_that_is_nowhere_is_refused_with_the_nearest_name() -> None:
    problem = only(result_with(study_id="adams-2109").problems)
    assert (problem.column, problem.found) == ("study_id", "adams-2109")
    assert "Did you mean adams-2019?" in problem.remedy


def test_a_report_that_is_nowhere_is_refused() -> None:
    problem = only(result_with(report_id="doi:10.9/z").problems)
    assert (problem.column, problem.message) == ("report_id", "there is no such report")


def test_a_result_read_in_a_report_of_another_study_is_refused() -> None:
    problem = only(result_with(report_id="news:costa").problems)
    assert problem.message == "the report belongs to study costa-2023, the result to adams-2019"


def test_a_result_may_be_read_in_a_report_of_no_single_study() -> None:
    assert result_with(report_id="pmid:30000009").problems == ()


def test_a_study_or_report_recorded_earlier_need_not_be_brought_again() -> None:
    assert checked([raw("results", [COUNT])], RECORDED).problems == ()
    assert [problem.column for problem in checked([raw("results", [COUNT])]).problems] == ["study_id", "report_id"]


def test_a_withdrawn_study_cannot_be_named() -> None:
    gone = {**STUDIES[0], "withdrawn": "yes", "withdrawn_reason": "duplicate"}
    problem = only(checked([raw("studies", [gone]), raw("appraisals", APPRAISALS[:1])]).problems)
    assert problem.message == "this study is withdrawn (studies.csv, row 2)"


def test_withdrawing_a_study_must_not_leave_recorded_rows_behind() -> None:
    gone = {**STUDIES[0], "withdrawn": "yes", "withdrawn_reason": "duplicate"}
    messages = [problem.message for problem in checked([raw("studies", [gone])], RECORDED).problems]
    assert messages == [
        "it is withdrawn, but recorded rows of reports rest on it: 1",
        "it is withdrawn, but recorded rows of results rest on it: 2",
    ]


def test_a_study_can_be_withdrawn_together_with_all_that_rests_on_it() -> None:
    gone = {"withdrawn": "yes", "withdrawn_reason": "duplicate"}
    sheets = [
        raw("studies", [{**STUDIES[0], **gone}]),
        raw("reports", [{**REPORTS[0], **gone}]),
        raw("results", [{**COUNT, **gone, "outcome": name, "population": None} for name in ("cr", "os")]),
    ]
    assert checked(sheets, RECORDED).problems == ()


def test_a_report_can_be_moved_together_with_its_results() -> None:
    gone = {"withdrawn": "yes", "withdrawn_reason": "of another study"}
    old = [{**COUNT, **gone, "outcome": name, "population": None} for name in ("cr", "os")]
    sheets = [
        raw("studies", STUDIES),
        raw("reports", [{**REPORTS[0], "study_id": "brown-2021"}]),
        raw("results", [*old, {**COUNT, "study_id": "brown-2021"}]),
    ]
    assert checked(sheets, RECORDED).problems == ()


def test_moving_a_report_must_not_leave_recorded_results_behind() -> None:
    moved = raw("reports", [{**REPORTS[0], "study_id": "brown-2021"}])
    problems = checked([raw("studies", STUDIES), moved], RECORDED).problems
    assert {problem.column for problem in problems} == {"study_id"}
    assert "a recorded result of study adams-2019 was read in this report" in problems[0].message


# --- searches, records, decisions ----------------------------------------------------------------------------

SEARCH = {"search_id": "pubmed-1", "source": "PubMed", "kind": "database", "searched_on": "2026-03-01", "hits": "3"}
RECORD = {"record_id": "pmid:9", "search_id": "pubmed-1", "title": "A trial"}
DECISION = {"record_id": "pmid:9", "review": "r", "stage": "full-text", "person": "Ada", "decision": "exclude"}


def test_a_search_its_record_and_a_decision_on_it_are_evidence() -> None:
    tables = [raw("searches", [SEARCH]), raw("records", [RECORD]), raw("decisions", [{**DECISION, "reason": "adults"}])]
    assert len(checked(tables).accepted()) == 3


def test_a_decision_on_a_record_that_is_nowhere_is_refused() -> None:
    tables = [raw("searches", [SEARCH]), raw("decisions", [{**DECISION, "reason": "adults"}])]
    problem = only(checked(tables).problems)
    assert (problem.column, problem.message) == ("record_id", "there is no such record")


def test_an_exclusion_at_full_text_needs_a_reason() -> None:
    tables = [raw("searches", [SEARCH]), raw("records", [RECORD]), raw("decisions", [DECISION])]
    assert only(checked(tables).problems).column == "reason"


def test_a_record_cannot_repeat_itself() -> None:
    tables = [raw("searches", [SEARCH]), raw("records", [{**RECORD, "duplicate_of": "pmid:9"}])]
    assert only(checked(tables).problems).column == "duplicate_of"
