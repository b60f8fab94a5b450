"""Who is admitted, and which number stands for a study: each exclusion with its reason, a tie never guessed."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from evidence_rows import Cells, count, ledger, number, ratio, report, result, row, scope, study, trial
from livereview.report import OutcomeResult


def reasons(found: OutcomeResult, study_id: str) -> list[str]:
    return sorted(item.reason for item in found.excluded if item.study_id == study_id)


def used(found: OutcomeResult) -> dict[str, tuple[str, ...]]:
    """Report and locator of the rows that stand for each study."""
    return {one.study_id: tuple(f"{r.report_id} {r.locator}" for r in one.rows) for one in found.studies}


# --- eligibility -----------------------------------------------------------------------------------------------


def admitted(*rows: Cells, **eligibility: Any) -> tuple[list[str], list[tuple[str, str]]]:
    found = scope(ledger(*rows), **eligibility)
    return list(found.studies), [(item.study_id, item.reason) for item in found.excluded]


def test_a_study_that_fails_a_filter_is_excluded_with_the_reason_of_the_manifest() -> None:
    setting = {"field": "setting", "in": ["frontline"], "reason": "not first-line"}
    kept, out = admitted(study("a", setting="frontline"), study("b", setting="relapsed"), filters=[setting])
    assert (kept, out) == (["a"], [("b", "not first-line")])


def test_all_reasons_of_one_study_are_given() -> None:
    filters = [
        {"field": "setting", "in": ["frontline"], "reason": "not first-line"},
        {"field": "n_total", "min": 10, "reason": "fewer than 10 patients"},
    ]
    named = [{"study": "b", "reason": "duplicate data"}, {"study": "b", "reason": "retracted protocol"}]
    _, out = admitted(study("b", setting="relapsed", n_total=9), filters=filters, exclude=named)
    assert out == [("b", "not first-line; fewer than 10 patients; duplicate data; retracted protocol")]


@pytest.mark.parametrize(("missing", "kept"), [("exclude", []), ("include", ["a"])])
def test_a_study_without_the_field_passes_only_if_the_filter_says_so(missing: str, kept: list[str]) -> None:
    rule = {"field": "setting", "not_in": ["relapsed"], "missing": missing, "reason": "relapsed"}
    assert admitted(study("a"), filters=[rule])[0] == kept


def test_a_field_with_several_values_passes_if_one_does_and_fails_if_one_is_ruled_out() -> None:
    both = study("a", country="Italy; France")
    assert admitted(both, filters=[{"field": "country", "in": ["France"], "reason": "r"}])[0] == ["a"]
    assert admitted(both, filters=[{"field": "country", "not_in": ["France"], "reason": "r"}])[0] == []


@pytest.mark.parametrize(("n", "kept"), [(9, []), (10, ["a"]), (20, ["a"]), (21, [])])
def test_limits_of_a_filter_are_inclusive(n: int, kept: list[str]) -> None:
    rule = {"field": "n_total", "min": 10, "max": 20, "reason": "size"}
    assert admitted(study("a", n_total=n), filters=[rule])[0] == kept


def test_a_further_characteristic_can_be_filtered_by() -> None:
    value = row("characteristics", study_id="a", characteristic="mean-blasts", value="40")
    rule = {"field": "characteristics.mean-blasts", "max": 50, "reason": "many blasts"}
    assert admitted(study("a"), study("b"), value, filters=[rule])[0] == ["a"]


def test_a_study_excluded_from_one_outcome_stays_in_the_review() -> None:
    tables = ledger(count("a", 3, 10), count("b", 4, 10))
    out = [{"study": "b", "reason": "day 28", "outcomes": ["cr"]}]
    assert list(used(result(tables, eligibility={"exclude": out}))) == ["a"]
    assert reasons(result(tables, eligibility={"exclude": out}), "b") == ["day 28"]
    assert list(used(result(tables, id="other", eligibility={"exclude": out}))) == ["a", "b"]


# --- which rows can be used --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"status": "unverified"}, "status unverified: pooled only where the manifest asks for it"),
        ({"status": "reconstructed"}, "status reconstructed: pooled only where the manifest asks for it"),
        ({"population": "subgroup:adults"}, "part of the study only (subgroup:adults)"),
        ({"n": None}, "no n stated"),
        ({"n": None, "events": None}, "no events and no n stated"),
        ({"arm": "placebo"}, "another arm (placebo)"),
    ],
)
def test_a_row_that_cannot_be_used_is_listed_with_its_reason(cells: Cells, reason: str) -> None:
    found = result(ledger(count("a", **{"events": 3, "n": 10, **cells})))
    assert found.pooled.k == 0
    assert reasons(found, "a") == [reason]


def test_another_kind_of_number_is_named() -> None:
    found = result(ledger(number("a", "proportion", estimate=0.4), number("a", "survival", estimate=0.5)))
    assert reasons(found, "a") == ["another kind of number only: proportion, survival"]


def test_a_number_from_a_retracted_report_is_never_pooled() -> None:
    tables = ledger(report("a-paper", "a", status="retracted"), count("a", 3, 10), count("b", 4, 10))
    found = result(tables)
    assert list(used(found)) == ["b"]
    assert reasons(found, "a") == ["its report was retracted"]


def test_a_number_whose_report_was_withdrawn_is_never_pooled() -> None:
    tables = ledger(count("a", 3, 10))
    tables["reports"].clear()
    assert reasons(result(tables), "a") == ["its report is no longer in the evidence"]


def test_a_status_is_pooled_where_the_manifest_asks_for_it_by_name_and_then_a_caution_says_so() -> None:
    tables = ledger(count("a", 3, 10, status="unverified"), count("b", 4, 10))
    found = result(tables, statuses=["verified", "unverified"])
    assert found.statuses == {"unverified": 1, "verified": 1}
    assert "1 of 2 studies rests on unverified numbers (not seen in a source)." in found.cautions


def test_the_weaker_of_two_arms_is_the_status_of_the_pair() -> None:
    rows = [count("a", 3, 10), count("a", 4, 10, arm="placebo", status="derived")]
    assert result(ledger(rows), measure="RR").statuses == {"derived": 1}


# --- one number per study ----------------------------------------------------------------------------------------


def test_two_different_numbers_that_fit_equally_well_set_the_study_aside() -> None:
    tables = ledger(count("a", 3, 10), count("a", 4, 10, report_id="a-letter"), count("b", 5, 10))
    found = result(tables)
    assert list(used(found)) == ["b"]
    assert len(reasons(found, "a")) == 2
    (caution,) = (text for text in found.cautions if text.startswith("A:"))
    assert "2 numbers fit equally well and differ" in caution
    assert "cr, ITT, drug: 3/10 [a-paper, Table 1]" in caution
    assert "cr, ITT, drug: 4/10 [a-letter, Table 1]" in caution
    assert caution.endswith("name one under choose.")


def test_a_tie_inside_one_report_gets_a_remedy_that_can_work() -> None:
    tables = ledger(count("a", 3, 10, variant="central"), count("a", 4, 10, variant="local"))
    (caution,) = result(tables).cautions
    assert caution.endswith("withdraw all but one, or give their arms an order.")


def test_the_same_number_in_two_reports_is_one_number() -> None:
    tables = ledger(count("a", 3, 10), count("a", 3, 10, report_id="a-letter"))
    found = result(tables)
    assert used(found) == {"a": ("a-letter Table 1",)}
    assert found.cautions == ("One study: nothing is pooled, the estimate is the study's own.",)
    assert reasons(found, "a") == ["used instead: cr, ITT, drug: 3/10 [a-letter, Table 1]"]


def test_a_ratio_printed_again_with_its_p_value_or_the_usual_level_is_the_same_number() -> None:
    plain, full = ratio("a", 0.7, 0.5, 0.98), ratio("a", 0.7, 0.5, 0.98, report_id="x", p_value="0.04", ci_level=0.95)
    found = result(ledger(plain, full), measure="HR")
    assert found.pooled.k == 1
    other = ratio("a", 0.7, 0.5, 0.98, report_id="x", ci_level=0.9)
    assert result(ledger(plain, other), measure="HR").pooled.k == 0


def test_different_counts_are_two_numbers_even_where_effect_and_variance_agree() -> None:
    # Risk differences 6/8 - 4/8 and 4/8 - 2/8: both 0.25, and both with variance (0.1875 + 0.25) / 8.
    found = result(ledger(trial("a", (6, 8), (4, 8)), trial("a", (4, 8), (2, 8), report_id="x")), measure="RD")
    assert found.pooled.k == 0
    assert "2 numbers fit equally well and differ" in found.cautions[0]
    assert result(ledger(count("a", 30, 100), count("a", 3, 10, report_id="x"))).pooled.k == 0


def test_of_outcome_codes_the_one_listed_first_is_used() -> None:
    tables = ledger(count("a", 3, 10, outcome="efs"), count("a", 4, 10, outcome="dfs"))
    assert result(tables, result=["dfs", "efs"]).studies[0].data["events"] == 4
    assert result(tables, result=["efs", "dfs"]).studies[0].data["events"] == 3


def test_the_order_of_criteria_decides_which_of_two_numbers_is_used() -> None:
    tables = ledger(
        report("old", "a", published_on="2020-01-01"),
        report("new", "a", published_on="2022-01-01", kind="abstract"),
        count("a", 3, 10, report_id="old", status="derived"),
        count("a", 4, 10, report_id="new", status="from-review"),
    )
    assert list(used(result(tables, prefer=["status", "latest"])).values()) == [("old Table 1",)]
    assert list(used(result(tables, prefer=["latest", "status"])).values()) == [("new Table 1",)]
    assert list(used(result(tables, prefer=["report"])).values()) == [("old Table 1",)]
    assert result(tables, prefer=[]).pooled.k == 0


@pytest.mark.parametrize(
    ("one", "other", "later"),
    [
        ("2021", "2022", "other"),
        ("2021-03", "2021-04", "other"),
        ("2021-03-02", "2021-03-01", "one"),
        ("2021", "2021-03", None),
        ("2021-03", "2021-03-31", None),
        (None, "2021", None),
        (None, None, None),
    ],
)
def test_a_report_is_the_latest_only_where_that_is_certain(
    one: str | None, other: str | None, later: str | None
) -> None:
    tables = ledger(
        report("one", "a", published_on=one),
        report("other", "a", published_on=other),
        count("a", 3, 10, report_id="one"),
        count("a", 4, 10, report_id="other"),
    )
    expected = {} if later is None else {"a": (f"{later} Table 1",)}
    assert used(result(tables)) == expected


def test_a_review_that_quotes_the_study_has_the_date_of_the_study() -> None:
    tables = ledger(
        report("paper", "a", published_on="2021-03"),
        report("follow-up", "a", published_on="2023-03", kind="follow-up"),
        report("review", None, published_on="2025-01", kind="review"),
        count("a", 3, 10, report_id="follow-up"),
        count("a", 4, 10, report_id="review"),
    )
    assert used(result(tables)) == {"a": ("follow-up Table 1",)}
    only = [one for one in tables["results"] if one["report_id"] == "review"]
    assert result({**tables, "results": only}).studies[0].published_on == "2021-03"


def test_the_population_listed_first_is_preferred() -> None:
    tables = ledger(count("a", 3, 10), count("a", 4, 9, population="evaluable"))
    assert result(tables, population=["evaluable", "ITT"]).studies[0].data["n"] == 9
    assert result(tables, population=["ITT", "evaluable"]).studies[0].data["n"] == 10
    assert reasons(result(tables, population=["ITT"]), "a") == ["population evaluable"]
    unstated = ledger(count("a", 3, 10, population=None))
    assert reasons(result(unstated, population=["ITT"]), "a") == ["population not stated"]


TIMEPOINTS = {None: 1, 6.0: 2, 12.0: 3, 23.4: 4, 60.0: 5}


@pytest.mark.parametrize(
    ("rule", "events"),
    [
        ("latest", 5), ("earliest", 2), ("unstated", 1), (12, 3), ({"at": 24, "within": 0.6}, 4),
        ({"at": 30, "within": 18}, 4), ("any", None), (18, None),
    ],
)  # fmt: skip
def test_a_timepoint_rule_picks_one_row_or_none(rule: Any, events: int | None) -> None:
    rows = [count("a", x, 10, timepoint_months=months) for months, x in TIMEPOINTS.items()]
    found = result(ledger(rows), timepoint=rule)
    assert [one.data["events"] for one in found.studies] == ([] if events is None else [events])
    assert len(found.excluded) == 5 - len(found.studies)


def test_two_timepoints_equally_near_set_the_study_aside() -> None:
    tables = ledger(count("a", 3, 10, timepoint_months=9.0), count("a", 4, 10, timepoint_months=15.0))
    assert result(tables, timepoint={"at": 12, "within": 3}).pooled.k == 0


def test_choose_names_the_number_that_stands() -> None:
    tables = ledger(count("a", 3, 10), count("a", 4, 10, report_id="letter"))
    chosen = result(tables, choose=[{"study": "a", "report": "letter", "reason": "final data"}])
    assert used(chosen) == {"a": ("letter Table 1",)}
    assert chosen.choices["chosen by name"] == "a from letter (final data)"


def test_choose_can_tell_populations_and_timepoints_apart() -> None:
    tables = ledger(count("a", 3, 10, timepoint_months=12.0), count("a", 4, 10, timepoint_months=24.0))
    by_time = {"study": "a", "report": "a-paper", "timepoint_months": 24.0, "reason": "r"}
    assert result(tables, choose=[by_time]).studies[0].data["events"] == 4
    tables = ledger(count("a", 3, 10), count("a", 4, 10, population="evaluable"))
    by_population = {"study": "a", "report": "a-paper", "population": "evaluable", "reason": "r"}
    assert result(tables, choose=[by_population]).studies[0].data["events"] == 4


def test_a_choice_that_names_nothing_usable_is_said_and_the_criteria_decide() -> None:
    tables = ledger(count("a", 3, 10), count("a", 4, 10, report_id="letter", status="unverified"))
    found = result(tables, choose=[{"study": "a", "report": "letter", "reason": "r"}])
    assert used(found) == {"a": ("a-paper Table 1",)}
    said = "A: choose names letter, which offers no such number here; the criteria decide instead."
    assert said in found.cautions


# --- studies that share patients ---------------------------------------------------------------------------------


def overlapping(studies: list[str], *lists: list[str]) -> OutcomeResult:
    rows = [count(name, 3 + i, 10) for i, name in enumerate(studies)]
    overlaps = [{"studies": names, "reason": "one centre"} for names in lists]
    return result(ledger(rows), eligibility={"overlaps": overlaps})


def test_of_studies_that_share_patients_the_first_listed_is_kept() -> None:
    found = overlapping(["a", "b", "c"], ["b", "a"])
    assert set(used(found)) == {"b", "c"}
    assert reasons(found, "a") == ["shares patients with B, which is used: one centre"]


def test_a_study_steps_in_where_the_preferred_one_has_no_number() -> None:
    assert set(used(overlapping(["a", "c"], ["b", "a"]))) == {"a", "c"}


@pytest.mark.parametrize("order", list(itertools.permutations([["a", "b"], ["b", "c"]])))
def test_the_order_of_the_overlaps_does_not_matter(order: tuple[list[str], ...]) -> None:
    # b shares patients with a and is dropped, so that c shares patients with nobody that is used.
    assert set(used(overlapping(["a", "b", "c"], *order))) == {"a", "c"}


def test_overlaps_that_contradict_each_other_set_both_aside() -> None:
    found = overlapping(["a", "b", "c"], ["a", "b"], ["b", "a"])
    assert set(used(found)) == {"c"}
    assert any("the overlaps of the manifest contradict each other" in text for text in found.cautions)
    assert len(reasons(found, "a")) == len(reasons(found, "b")) == 1
