"""What posted outcome measures become, against real documents and small ones; the pitfalls of the format by number."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from registry_documents import (
    content,
    fetched,
    made_outcome,
    made_study,
    measurements,
    only,
    outcomes_of,
    results,
    study,
)

from livereview import Fetched
from livereview_registries.documents import read_document
from livereview_registries.drafts import Drafting
from livereview_registries.options import RegistryFileOptions
from livereview_registries.proposals import Wording, proposed

REAL = (
    "NCT00567567.json", "NCT00716976.json", "NCT02210780.json", "NCT02513394.json", "NCT02552212.json",
    "NCT04280705.json", "NCT05594173.json",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    saved = tmp_path / "saved"
    saved.mkdir()
    return saved


def of_measure(folder: Path, outcome: dict[str, object], measure: str) -> list[dict[str, object]]:
    return results(fetched(folder, made_study(outcomes=[outcome])), measure=measure)


def said(brought: Fetched) -> str:
    return "\n".join([*map(str, brought.left_out), *brought.notes])


def drafted(name: str) -> Drafting:
    options = RegistryFileOptions(path="x")
    trial = read_document(content(name), name).trials[0]
    return proposed(trial, name, options, Wording.of(options), ()).drafting


@pytest.mark.parametrize("name", REAL)
def test_every_posted_value_is_proposed_once_or_named(name: str) -> None:
    posted = sum(1 for _ in measurements(study(name)))
    drafting = drafted(name)
    rows = [d.path for d in drafting.drafts if d.status == "verified" and "/measurements/" in d.path]
    aside = [path for paths in drafting.aside.values() for path in paths if "/measurements/" in path]
    unread = [problem.column for problem in drafting.left_out if "/measurements/" in str(problem.column)]
    assert len(rows) + len(aside) + len(unread) == len({*rows, *aside, *unread}) == posted > 0


@pytest.mark.parametrize("name", REAL)
def test_every_posted_analysis_is_proposed_or_named(name: str) -> None:
    posted = sum(len(outcome.get("analyses", [])) for outcome in outcomes_of(study(name)))
    drafting = drafted(name)
    rows = [d.path for d in drafting.drafts if "/analyses/" in d.path]
    aside = [path for paths in drafting.aside.values() for path in paths if "/analyses/" in path]
    assert len(rows) + len(aside) == len({*rows, *aside}) == posted


@pytest.mark.parametrize("name", REAL)
def test_what_is_set_aside_is_told_with_its_number(folder: Path, name: str) -> None:
    drafting = drafted(name)
    told = "\n".join(note for note in fetched(folder, name).notes if "not proposed" in note)
    for reason, paths in drafting.aside.items():
        assert f"{len(paths)} {reason} ({paths[0]}" in told


# --- pitfall 1: ids of groups are local --------------------------------------------------------------------------


def test_a_group_is_that_of_its_own_outcome_not_of_another_with_the_same_id(folder: Path) -> None:
    second = made_outcome("7", n=("9",), title="Safety")
    second["groups"][0]["title"] = "Open label"
    brought = fetched(folder, made_study(outcomes=[made_outcome("4", n=("50",)), second]))
    assert [(row["arm"], row["events"], row["n"]) for row in results(brought)] == [
        ("Arm 1", 4, 50),
        ("Open label", 7, 9),
    ]


def test_the_five_groups_of_one_outcome_keep_their_own_titles(folder: Path) -> None:
    outcome = outcomes_of(study("NCT02552212.json"))[28]
    brought = fetched(folder, "NCT02552212.json")
    arms = [row["arm"] for row in results(brought, measure="proportion") if "outcome 29," in row["locator"]]
    assert arms == [group["title"] for group in outcome["groups"]]
    assert len(arms) == 5


# --- pitfalls 6 to 8: counts, percentages, proportions -----------------------------------------------------------


@pytest.mark.parametrize("unit", ["participants", "Participants", "Patients", "number of subjects"])
def test_a_number_of_people_is_a_count(folder: Path, unit: str) -> None:
    found = of_measure(folder, made_outcome("12", "0", unit=unit), "count")
    assert [(row["events"], row["n"], row["status"]) for row in found] == [(12, 50, "verified"), (0, 50, "verified")]


def test_a_percentage_stays_a_proportion_digit_for_digit(folder: Path) -> None:
    outcome = made_outcome(
        {"value": "77.90", "lowerLimit": "69.1", "upperLimit": "85.1"}, n=("113",), unit="percentage of participants",
        dispersionType="95% Confidence Interval",
    )  # fmt: skip
    row = only(of_measure(folder, outcome, "proportion"))
    assert (row["estimate"], row["ci_low"], row["ci_high"], row["ci_level"]) == ("0.7790", "0.691", "0.851", "95")
    assert (row["n"], row["timepoint_months"], row["status"]) == (113, "24", "verified")


def test_a_proportion_is_not_divided_by_a_hundred(folder: Path) -> None:
    row = only(of_measure(folder, made_outcome("0.12", n=("521",), unit="Proportion of participants"), "proportion"))
    assert row["estimate"] == "0.12"


@pytest.mark.parametrize("value", ["100.1", "-1", "1000"])
def test_a_percentage_of_more_than_all_is_named_and_not_proposed(folder: Path, value: str) -> None:
    brought = fetched(folder, made_study(outcomes=[made_outcome(value, "50", unit="percentage of patients")]))
    assert len(results(brought, measure="proportion")) == 1
    problem = brought.left_out[0]
    assert (problem.found, str(problem.column).split("/")[-2:]) == (value, ["measurements", "0"])


def test_a_true_proportion_of_blast_becomes_the_only_count_that_rounds_to_it(folder: Path) -> None:
    brought = fetched(folder, "NCT01207388.xml")
    title = "percentage-of-participants-with-a-minimal-residual-di"
    share, count = (row for row in results(brought) if row["outcome"].startswith(title))
    assert (share["measure"], share["estimate"], share["n"]) == ("proportion", "0.779", 113)
    assert (count["measure"], count["events"], count["n"], count["status"]) == ("count", 88, 113, "derived")
    assert round(100 * 88 / 113, 1) == 77.9


def test_a_percentage_that_two_counts_round_to_becomes_none(folder: Path) -> None:
    outcome = made_outcome("15", n=("521",), unit="percentage of participants")
    assert sum(round(100 * k / 521) == 15 for k in range(522)) > 1
    assert of_measure(folder, outcome, "count") == []


def test_a_percentage_that_no_count_rounds_to_becomes_none(folder: Path) -> None:
    assert not any(round(100 * k / 7, 1) == 50.0 for k in range(8))
    assert of_measure(folder, made_outcome("50.0", n=("7",), unit="% of patients"), "count") == []


@pytest.mark.parametrize(
    "telling",
    [
        {"description": "The Kaplan-Meier estimate at 18 months is reported."},
        {"title": "Relapse-free survival"},
        {"title": "Cumulative incidence of relapse"},
        {"populationDescription": "Participants without the event were censored."},
        {"title": "100-Day Mortality"},
        {"analyses": [{"groupIds": ["OG000", "OG001"], "statisticalMethod": "Log Rank", "pValue": "0.3"}]},
    ],
)
def test_what_may_be_an_estimate_over_time_never_becomes_a_count(folder: Path, telling: dict[str, object]) -> None:
    outcome = made_outcome("54", "60", unit="percentage of participants", **telling)
    brought = fetched(folder, made_study(outcomes=[outcome]))
    assert [row["estimate"] for row in results(brought)] == ["0.54", "0.60"]
    assert all("measure" in row["unsettled"] for row in results(brought))


def test_the_relapse_free_survival_of_blast_is_no_count(folder: Path) -> None:
    row = only(results(fetched(folder, "NCT01207388.xml"), outcome="hematological-relapse-free-survival-rfs"))
    assert (row["measure"], row["estimate"], row["ci_low"], row["ci_high"]) == ("survival", "0.54", "0.33", "0.70")
    assert (row["n"], row["timepoint_months"]) == (110, "18")


def test_the_estimates_at_four_years_of_pallas_are_no_counts(folder: Path) -> None:
    brought = fetched(folder, "NCT02513394.json")
    found = [row for row in results(brought) if "outcome 1," in row["locator"] and row["measure"] != "HR"]
    assert [(row["estimate"], row["measure"], row["timepoint_months"]) for row in found] == [
        ("0.842", "survival", "48"), ("0.845", "survival", "48"),
    ]  # fmt: skip


@pytest.mark.parametrize("unit", ["% body mass", "percentage of lymphocytes", "units on a scale", "percentage", "%"])
def test_a_unit_that_counts_no_people_makes_no_count_and_no_proportion(folder: Path, unit: str) -> None:
    brought = fetched(folder, made_study(outcomes=[made_outcome("12", "14", unit=unit)]))
    assert results(brought) == []
    assert "2 numbers whose unit counts no people" in said(brought)


def test_eyes_are_no_participants(folder: Path) -> None:
    outcome = made_outcome("12", "14", typeUnitsAnalyzed="Eyes", denomUnitsSelected="Eyes")
    brought = fetched(folder, made_study(outcomes=[outcome]))
    assert results(brought) == []
    assert "2 numbers of Eyes, which are no people" in said(brought)


def test_the_denominator_of_a_class_comes_before_that_of_the_outcome(folder: Path) -> None:
    outcome = made_outcome("5", n=("50",))
    outcome["classes"][0]["denoms"] = [{"units": "Participants", "counts": [{"groupId": "OG000", "value": "44"}]}]
    assert only(of_measure(folder, outcome, "count"))["n"] == 44


def test_markdown_of_the_registry_is_read_as_plain_text(folder: Path) -> None:
    outcome = made_outcome("4", n=("50",), populationDescription=r"Patients aged \>=18 \[all\], R&D\_1, C:\x")
    assert "population: Patients aged >=18 [all], R&D_1, C:\\x" in only(of_measure(folder, outcome, "count"))["note"]


def test_of_denominators_in_several_units_that_of_participants_counts(folder: Path) -> None:
    outcome = made_outcome("4", n=("50",))
    eyes = {"units": "Eyes", "counts": [{"groupId": "OG000", "value": "97"}]}
    outcome["denoms"].insert(0, eyes)
    assert only(of_measure(folder, outcome, "count"))["n"] == 50
    outcome["denoms"] = [eyes]
    assert "n" not in only(of_measure(folder, outcome, "count"))


# --- pitfalls 9 to 12: values, missing groups, outcomes without values, titles ------------------------------------


@pytest.mark.parametrize(
    "value", ["<0.001", "=0.247", "1,234", "12 (24%)", "about 5", "5.5", "-3", "9" * 5000, "", "１２"]
)
def test_a_count_that_is_no_whole_number_is_named_with_its_path(folder: Path, value: str) -> None:
    brought = fetched(folder, made_study(outcomes=[made_outcome(value, "4")]))
    assert [row["events"] for row in results(brought)] == [4]
    problem = brought.left_out[0]
    assert problem.found == value[:60]
    assert problem.column == (
        "/resultsSection/outcomeMeasuresModule/outcomeMeasures/0/classes/0/categories/0/measurements/0"
    )
    assert "NCT00000001" in problem.place


def test_a_value_that_is_not_available_is_told_and_no_zero(folder: Path) -> None:
    brought = fetched(folder, made_study(outcomes=[made_outcome({"value": "NA", "comment": "not assessed"}, "4")]))
    assert [row["events"] for row in results(brought)] == [4]
    assert "1 values posted as not available (NA)" in said(brought)


def test_a_negative_mean_keeps_its_sign(folder: Path) -> None:
    outcome = made_outcome(
        {"value": "-2.0", "spread": "29.1"}, n=("9",), parameter="MEAN", unit="U/L", dispersionType="Standard Deviation"
    )
    row = only(of_measure(folder, outcome, "mean"))
    assert (row["estimate"], row["sd"], row["n"]) == ("-2.0", "29.1", 9)


def test_a_median_with_one_limit_keeps_that_limit_alone(folder: Path) -> None:
    found = results(fetched(folder, "NCT01207388.xml"), measure="median-months")
    survival, relapse = (
        row for row in found if row["outcome"] in ("overall-survival", "time-to-hematological-relapse")
    )
    assert (survival["estimate"], survival["ci_low"], "ci_high" in survival) == ("36.5", "19.2", False)
    assert ("estimate" in relapse, relapse["ci_low"]) == (False, "7.1")


@pytest.mark.parametrize("unit", ["days", "weeks", "years", "Months since birth"])
def test_a_median_in_another_unit_than_months_is_told_and_not_converted(folder: Path, unit: str) -> None:
    brought = fetched(folder, made_study(outcomes=[made_outcome("12", "14", parameter="MEDIAN", unit=unit)]))
    assert results(brought) == []
    assert "2 medians that are not in months" in said(brought)


def test_a_range_is_no_confidence_interval(folder: Path) -> None:
    value = {"value": "12", "lowerLimit": "3", "upperLimit": "20"}
    outcome = made_outcome(value, n=("9",), parameter="MEDIAN", unit="months", dispersionType="Full Range")
    row = only(of_measure(folder, outcome, "median-months"))
    assert "ci_low" not in row
    assert "3 to 20, Full Range" in row["note"]


def test_a_standard_error_is_no_standard_deviation(folder: Path) -> None:
    value = {"value": "9.0", "spread": "4.2"}
    outcome = made_outcome(value, n=("9",), parameter="MEAN", unit="points", dispersionType="Standard Error")
    row = only(of_measure(folder, outcome, "mean"))
    assert (row["se"], "sd" in row) == ("4.2", False)


def test_a_least_squares_mean_waits_for_a_person(folder: Path) -> None:
    outcome = made_outcome("9.0", n=("9",), parameter="LEAST_SQUARES_MEAN", unit="points")
    assert "measure" in only(of_measure(folder, outcome, "mean"))["unsettled"]


def test_a_geometric_mean_is_no_mean(folder: Path) -> None:
    brought = fetched(folder, "NCT02552212.json")
    posted = [o for o in outcomes_of(study("NCT02552212.json")) if o.get("paramType") == "GEOMETRIC_MEAN"]
    assert len(posted) == 8
    assert not any("Plasma Concentration" in row["locator"] for row in results(brought))
    assert "geometric means" in said(brought)


def test_groups_without_a_value_are_named(folder: Path) -> None:
    problems = fetched(folder, "NCT02552212.json").left_out
    assert sum("no value of this group is posted" in problem.message for problem in problems) == 3


def test_an_outcome_without_values_is_named_and_the_others_go_on(folder: Path) -> None:
    empty = made_outcome(n=())
    del empty["classes"], empty["paramType"], empty["denoms"], empty["groups"]
    brought = fetched(folder, made_study(outcomes=[empty, made_outcome("4", "5", title="Other")]))
    assert len(results(brought)) == 2
    assert "marked as posted and holds no values" in brought.left_out[0].message


def test_an_outcome_that_is_not_posted_yet_is_told(folder: Path) -> None:
    brought = fetched(folder, "NCT01207388.derived-from-legacy.json")
    assert "1 outcome measures whose results are not posted yet" in said(brought)


def test_titles_that_differ_in_the_last_words_have_names_of_their_own(folder: Path) -> None:
    posted = [o for o in outcomes_of(study("NCT04280705.json")) if "Clinical Status Using Ordinal Scale" in o["title"]]
    assert len({(o["title"], o["timeFrame"]) for o in posted}) == 8
    rows = results(fetched(folder, "NCT04280705.json"))
    keys = Counter(
        tuple(
            row.get(c) for c in ("study_id", "outcome", "timepoint_months", "arm", "comparator", "measure", "variant")
        )
        for row in rows
    )
    assert (max(keys.values()), len(rows) > 400) == (1, True)


def test_rows_that_a_pattern_gives_one_outcome_differ_in_variant(folder: Path) -> None:
    outcomes = [made_outcome("4", n=("50",), timeFrame=frame) for frame in ("Day 3", "Day 5")]
    found = results(fetched(folder, made_study(outcomes=outcomes), outcomes={"outcome: response": "cr"}))
    assert [(row["outcome"], row["variant"]) for row in found] == [("cr", "day-3"), ("cr", "day-5")]


@pytest.mark.parametrize(
    ("frame", "months"),
    [
        ("24 months", "24"), ("2 years", "24"), ("1 year", "12"), ("18-month", "18"), ("Week 52", None),
        ("6 weeks", None), ("Up to 24 months", None), ("2 year/end of study", None), ("12 and 24 months", None),
        ("Day 1 through Day 29", None),
    ],
)  # fmt: skip
def test_a_time_is_taken_only_from_one_plain_duration(folder: Path, frame: str, months: str | None) -> None:
    row = only(of_measure(folder, made_outcome("4", n=("50",), timeFrame=frame), "count"))
    assert row.get("timepoint_months") == months
    assert frame in row["note"]


def test_a_group_of_nobody_is_missing_not_zero(folder: Path) -> None:
    brought = fetched(folder, made_study(outcomes=[made_outcome("0", "4", n=("0", "50"))]))
    assert [row["events"] for row in results(brought)] == [4]
    assert "nobody of the group was analysed" in brought.left_out[0].message


def test_more_people_than_were_analysed_are_named(folder: Path) -> None:
    brought = fetched(folder, made_study(outcomes=[made_outcome("51", "4")]))
    assert [row["events"] for row in results(brought)] == [4]
    assert "more participants than the 50 analysed" in brought.left_out[0].message
