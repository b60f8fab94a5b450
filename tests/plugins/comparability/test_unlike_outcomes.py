"""What an outcome pools as one thing although it is not; and how much of its weight is on values that nobody read."""

from __future__ import annotations

from typing import Any

import pytest

import audit_requests as ar
import evidence_rows as ev
from livereview import AuditFinding
from livereview_comparability import IMPUTED, UNLIKE
from livereview_comparability.imputed import ImputedOptions
from livereview_comparability.imputed import findings as imputed
from livereview_comparability.unlike import denominator, findings, grade, window


def found(*rows: ar.Rows, **keys: Any) -> list[AuditFinding]:
    return list(findings(ar.request(ev.ledger(*ar.flat(rows)), keys), UNLIKE.options()))


def test_one_outcome_of_one_population_and_time_mixes_nothing() -> None:
    assert found(ev.count("a", 5, 12), ev.count("b", 8, 14)) == []


def test_all_grades_and_severe_ones_are_not_one_outcome() -> None:
    rows = [ev.count("a", 5, 12, outcome="crs-any"), ev.count("b", 2, 14, outcome="crs-grade3plus")]
    [finding] = found(rows, result=["crs-any", "crs-grade3plus"])
    assert finding.code == "grades-mixed"
    assert "any: A (" in finding.message
    assert "% of the weight); grade3plus: B (" in finding.message
    assert {place.row_id for place in finding.also} == {row["row_id"] for row in rows}


def test_endpoints_that_begin_elsewhere_are_told() -> None:
    rows = [ev.ratio("a", 0.7, 0.5, 0.98, outcome="dfs"), ev.ratio("b", 0.6, 0.4, 0.9, outcome="efs")]
    assert ar.codes(found(rows, result=["dfs", "efs"], measure="HR")) == ["endpoints-mixed"]


def test_a_cycle_is_a_part_of_the_treatment() -> None:
    rows = [ev.count("a", 5, 12, population="safety"), ev.count("b", 8, 14, population="subgroup:safety-cycle-1")]
    [finding] = found(rows, population=["safety", "subgroup:safety-cycle-1"])
    assert (finding.code, finding.severity) == ("windows-mixed", None)
    assert "all of the treatment: A" in finding.message
    assert "cycle 1: B" in finding.message


def test_those_evaluable_and_everybody_are_different_denominators() -> None:
    rows = [ev.count("a", 5, 12), ev.count("b", 8, 14, population="evaluable")]
    [finding] = found(rows)
    assert finding.code == "populations-mixed"
    assert "everybody: A" in finding.message
    assert "evaluable: B" in finding.message


def test_itt_and_safety_populations_of_a_comparison_are_a_warning() -> None:
    rows = [ev.trial("a", (5, 52), (9, 50)), ev.trial("b", (8, 54), (12, 51), population="safety")]
    [finding] = found(rows, measure="RR")
    assert (finding.code, finding.severity) == ("populations-mixed", "warning")


def test_times_are_unlike_from_half_as_long_again() -> None:
    def at(*months: float) -> list[str]:
        rows = [ev.count(f"s{i}", 5 + i, 20, timepoint_months=month) for i, month in enumerate(months)]
        return ar.codes(found(rows))

    assert at(12.0, 18.0) == []
    assert at(12.0, 24.0) == ["timepoints-mixed"]


def test_a_median_is_not_a_mean() -> None:
    rows = [ev.number("a", "mean", estimate=5.0, sd=1.0, n=20), ev.number("b", "mean", estimate=6.0, sd=1.2, n=22,
            note="median, SD from the quartiles")]  # fmt: skip
    [finding] = found(rows, measure="MN")
    assert finding.code == "median-as-mean"
    assert "B (" in finding.message


def test_people_alive_do_not_stand_where_events_are_counted() -> None:
    def study(name: str, events: int) -> list[ev.Cells]:
        curve = ev.number(name, "survival", outcome="dfs", timepoint_months=24.0, estimate=0.75)
        return [ev.count(name, events, 80, outcome="dfs"), curve]

    assert found(study("a", 20), study("b", 22), result="dfs") == []
    [finding] = found(study("a", 20), study("b", 60), result="dfs")
    assert (finding.code, dict(finding.suggestion)) == ("survivors-as-events", {"events": 20})
    assert "60/80 (75.0%) is near the survival of 0.75 at 24 months" in finding.message


@pytest.mark.parametrize(
    ("population", "whom", "part"),
    [
        ("ITT", "everybody", ""),
        ("", "not stated", ""),
        ("subgroup:blasts >=5%", "part: blasts >=5%", ""),
        ("subgroup:safety-cycle-2", "part: safety-cycle-2", "cycle 2"),
    ],
)
def test_a_population_says_whom_it_counts(population: str, whom: str, part: str) -> None:
    assert (denominator(population), window(population)) == (whom, part)


def test_the_grade_of_a_code_is_at_its_end() -> None:
    assert [grade(code) for code in ("ae-any", "crs-grade3plus", "sepsis-grade4", "company", "cr")] == [
        "any", "grade3plus", "grade4", "", "",
    ]  # fmt: skip


def test_the_real_reviews_pool_a_first_cycle_with_whole_treatments() -> None:
    told = [one for one in findings(ar.real_request("blina_rr"), UNLIKE.options()) if one.code == "windows-mixed"]
    assert {one.place.outcome_id for one in told} == {"ae3-rr", "ae3-or", "ae3"}
    assert all("cycle 1: AALL1331 high/intermediate risk (Brown 2021)" in one.message for one in told)


# --- imputed values --------------------------------------------------------------------------------------------


def weights(*rows: ar.Rows, options: ImputedOptions | None = None, **keys: Any) -> list[AuditFinding]:
    return list(imputed(ar.request(ev.ledger(*ar.flat(rows)), keys), options or ImputedOptions()))


ALL = ["verified", "reconstructed"]


def test_the_weight_of_unread_numbers_is_told_with_their_studies() -> None:
    rows = [ev.count("a", 5, 12), ev.count("b", 30, 60, status="reconstructed")]
    [finding] = weights(rows, statuses=ALL)
    share = next(s for s in ar.request(ev.ledger(*rows), {"statuses": ALL}).outcomes[0].result.studies
                 if s.study_id == "b").weight  # fmt: skip
    assert (finding.code, finding.severity) == ("weight-on-unread", "warning")
    assert finding.message.startswith(f"{share:.0f}% of the weight")
    assert [place.row_id for place in finding.also] == [rows[1]["row_id"]]


def test_an_outcome_that_is_shown_again_without_them_has_a_note() -> None:
    rows = [ev.count("a", 5, 12), ev.count("b", 30, 60, status="reconstructed")]
    [finding] = weights(rows, statuses=ALL, sensitivity=[{"title": "read", "statuses": ["verified"]}])
    assert finding.severity == "note"
    assert finding.message.endswith("a sensitivity analysis does without")


def test_less_weight_than_the_option_says_is_not_told() -> None:
    rows = [ev.count("a", 100, 200), ev.count("b", 30, 60, status="reconstructed")]
    assert weights(rows, statuses=ALL) != []
    assert weights(rows, statuses=ALL, options=ImputedOptions(share=60, most=60)) == []


def test_a_standard_error_made_from_p_is_told() -> None:
    rows = [ev.ratio("a", 0.6, p_value="0.02"), ev.ratio("b", 0.7, 0.5, 0.98)]
    [finding] = weights(rows, measure="HR")
    assert finding.code == "weight-on-imputed-se"
    assert "A (" in finding.message


def test_a_filled_cell_is_told_and_many_are_left_to_the_check_of_methods() -> None:
    events = (0, 5, 6, 7)
    rows = [ev.count(name, x, 20) for name, x in zip("abcd", events, strict=True)]
    assert ar.codes(weights(rows, options=ImputedOptions(share=1))) == ["weight-on-correction"]
    many = [ev.count(name, x, 20) for name, x in zip("abc", (0, 0, 7), strict=True)]
    assert weights(many, options=ImputedOptions(share=1)) == []


def test_the_share_of_weight_in_the_real_review_is_that_of_its_studies() -> None:
    request = ar.real_request("blina_combination")
    outcome = next(one.result for one in request.outcomes if one.result.id == "ae-any")
    weak = [study for study in outcome.studies if any(row.status == "reconstructed" for row in study.rows)]
    [told] = [one for one in imputed(request, IMPUTED.options()) if one.place.outcome_id == "ae-any"  # type: ignore[arg-type]
              and one.code == "weight-on-unread"]  # fmt: skip
    assert told.message.startswith(f"{sum(study.weight for study in weak):.0f}% of the weight")
    assert told.severity == "note"
