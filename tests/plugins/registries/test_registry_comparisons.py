"""What posted analyses between groups become: estimates as printed, and a direction that nobody has stated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from registry_documents import fetched, made_outcome, made_study, only, results


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    saved = tmp_path / "saved"
    saved.mkdir()
    return saved


def analysis(**more: Any) -> dict[str, Any]:
    made = {
        "groupIds": ["OG000", "OG001"], "paramType": "Hazard Ratio (HR)", "paramValue": "0.71", "ciPctValue": "95",
        "ciNumSides": "TWO_SIDED", "ciLowerLimit": "0.55", "ciUpperLimit": "0.93", "pValue": "0.01",
    }  # fmt: skip
    return {**made, **more}


def analysed(unit: str = "participants", **more: Any) -> dict[str, Any]:
    return made_study(outcomes=[made_outcome("4", "5", unit=unit, analyses=[analysis(**more)])])


def contrasts(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in found if row["measure"] in ("HR", "OR", "RR", "RD", "MD")]


@pytest.mark.parametrize(
    ("parameter", "measure"),
    [
        ("Hazard Ratio (HR)", "HR"), ("Cox Proportional Hazard", "HR"), ("Odds Ratio (OR)", "OR"),
        ("Risk Ratio (RR)", "RR"), ("Mean Difference (Net)", "MD"), ("Mean Difference (Final Values)", "MD"),
        ("Difference of LS Mean", "MD"), ("LS Mean Difference", "MD"),
        ("Difference of Least Squares (LS) Mean", "MD"),
    ],
)  # fmt: skip
def test_a_parameter_that_is_known_for_sure_has_its_measure(folder: Path, parameter: str, measure: str) -> None:
    row = only(contrasts(results(fetched(folder, analysed(paramType=parameter)))))
    assert (row["measure"], row["estimate"], row["ci_low"], row["ci_high"]) == (measure, "0.71", "0.55", "0.93")
    assert (row["p_value"], row["timepoint_months"]) == ("0.01", "24")


@pytest.mark.parametrize(
    "parameter",
    [
        "Slope",
        "Gray's test statistic",
        "Difference",
        "Percentage Difference",
        "Hazard Ratio, log",
        "Log Rank Test Statistic",
    ],
)
def test_a_parameter_that_is_not_known_is_told_and_not_forced(folder: Path, parameter: str) -> None:
    brought = fetched(folder, analysed(paramType=parameter))
    assert contrasts(results(brought)) == []
    assert any(f"1 analyses whose parameter ({parameter})" in note for note in brought.notes)


def test_the_direction_is_never_taken_from_the_order_of_the_groups(folder: Path) -> None:
    first = next(
        row for row in results(fetched(folder, "NCT04280705.json"), measure="HR") if "outcome 1," in row["locator"]
    )
    assert (first["estimate"], first["ci_low"], first["ci_high"], first["p_value"]) == (
        "1.29",
        "1.12",
        "1.49",
        "<0.001",
    )
    assert (first["arm"], first["comparator"]) == ("Placebo", "Remdesivir")
    assert {"arm", "comparator"} <= first["unsettled"]


def test_whether_a_cox_model_posts_a_ratio_or_its_logarithm_is_for_a_person(folder: Path) -> None:
    row = only(contrasts(results(fetched(folder, analysed(paramType="Cox Proportional Hazard")))))
    assert "measure" in row["unsettled"]
    assert "measure" not in only(contrasts(results(fetched(folder, analysed()))))["unsettled"]


def test_a_limit_of_a_ratio_that_cannot_be_is_named_and_the_rest_stays(folder: Path) -> None:
    brought = fetched(folder, analysed(ciLowerLimit="-0.2"))
    row = only(contrasts(results(brought)))
    assert ("ci_low" in row, row["ci_high"], row["estimate"]) == (False, "0.93", "0.71")
    assert [problem.found for problem in brought.left_out] == ["-0.2"]


def test_the_direction_stays_open_where_the_manifest_names_both_arms(folder: Path) -> None:
    brought = fetched(folder, analysed(), arms={"arm 1": "drug", "arm 2": "control"})
    row = only(contrasts(results(brought)))
    assert (row["arm"], row["comparator"]) == ("drug", "control")
    assert {"arm", "comparator"} <= row["unsettled"]


@pytest.mark.parametrize("groups", [["OG000"], ["OG000", "OG001", "OG002"]])
def test_an_analysis_of_other_than_two_groups_is_told(folder: Path, groups: list[str]) -> None:
    brought = fetched(folder, analysed(groupIds=groups))
    assert contrasts(results(brought)) == []
    assert any("1 analyses of other than two groups" in note for note in brought.notes)


def test_each_interval_has_its_own_level(folder: Path) -> None:
    found = contrasts(results(fetched(folder, "NCT02210780.json")))
    assert [row["ci_level"] for row in found] == ["90"] * 4
    two = made_outcome("4", "5", analyses=[analysis(ciPctValue=level) for level in ("90", "95", "97.5")])
    levels = [row["ci_level"] for row in contrasts(results(fetched(folder, made_study(outcomes=[two]))))]
    assert levels == ["90", "95", "97.5"]


def test_limits_without_a_level_are_named_and_left_out(folder: Path) -> None:
    brought = fetched(folder, analysed(ciPctValue=None))
    row = only(contrasts(results(brought)))
    assert ("ci_low" in row, "ci_high" in row, "ci_level" in row) == (False, False, False)
    assert sum("has no confidence level" in problem.message for problem in brought.left_out) == 2


def test_of_a_one_sided_interval_only_the_side_given_is_taken(folder: Path) -> None:
    row = only(contrasts(results(fetched(folder, analysed(ciNumSides="ONE_SIDED", ciLowerLimit=None)))))
    assert ("ci_low" in row, row["ci_high"]) == (False, "0.93")
    assert "one-sided" in row["note"]


def test_a_one_sided_interval_with_two_limits_is_named(folder: Path) -> None:
    brought = fetched(folder, analysed(ciNumSides="ONE_SIDED"))
    assert "ci_low" not in only(contrasts(results(brought)))
    assert any("marked as one-sided and has two limits" in problem.message for problem in brought.left_out)


def test_an_interval_without_sides_is_read_as_it_stands(folder: Path) -> None:
    row = only(contrasts(results(fetched(folder, analysed(ciNumSides=None)))))
    assert (row["ci_low"], row["ci_high"]) == ("0.55", "0.93")


@pytest.mark.parametrize(
    ("posted", "kept"),
    [("<0.001", "<0.001"), ("=0.247", "0.247"), ("0.010", "0.010"), ("> 0.9", ">0.9"), (".03", ".03")],
)
def test_a_p_value_keeps_its_digits_and_its_bound(folder: Path, posted: str, kept: str) -> None:
    assert only(contrasts(results(fetched(folder, analysed(pValue=posted)))))["p_value"] == kept


@pytest.mark.parametrize("posted", ["NS", "1.2", "0.03 (two-sided)", "NA"])
def test_a_p_value_that_is_none_is_named_and_the_estimate_stays(folder: Path, posted: str) -> None:
    brought = fetched(folder, analysed(pValue=posted))
    assert "p_value" not in only(contrasts(results(brought)))
    assert [problem.found for problem in brought.left_out] == [posted]


@pytest.mark.parametrize("value", ["NA", "0", "-0.4", "", "1.2 to 3"])
def test_a_ratio_that_cannot_be_is_named(folder: Path, value: str) -> None:
    brought = fetched(folder, analysed(paramValue=value))
    assert contrasts(results(brought)) == []
    assert brought.left_out[0].found == value


@pytest.mark.parametrize(
    ("parameter", "dispersion", "kept"),
    [
        ("Mean Difference (Net)", "STANDARD_ERROR_OF_MEAN", "0.12"),
        ("Mean Difference (Net)", "STANDARD_DEVIATION", None),
        ("Hazard Ratio (HR)", "STANDARD_ERROR_OF_MEAN", None),
    ],
)
def test_a_standard_error_is_kept_of_differences_alone(
    folder: Path, parameter: str, dispersion: str, kept: str | None
) -> None:
    posted = analysed(paramType=parameter, dispersionType=dispersion, dispersionValue="0.12")
    assert only(contrasts(results(fetched(folder, posted)))).get("se") == kept


def test_a_risk_difference_in_per_cent_is_told_from_one_of_proportions(folder: Path) -> None:
    risk = {"paramType": "Risk Difference (RD)", "paramValue": "-12.5", "ciLowerLimit": "-20", "ciUpperLimit": "-5"}
    row = only(contrasts(results(fetched(folder, analysed("percentage of participants", **risk)))))
    assert (row["estimate"], row["ci_low"], row["ci_high"]) == ("-0.125", "-0.20", "-0.05")


def test_a_risk_difference_of_unknown_scale_is_named(folder: Path) -> None:
    risk = {"paramType": "Risk Difference (RD)", "paramValue": "0.5", "ciLowerLimit": "0.1", "ciUpperLimit": "0.9"}
    brought = fetched(folder, analysed("percentage of participants", **risk))
    assert contrasts(results(brought)) == []
    assert "per cent or 0-1 is not stated" in brought.left_out[0].message
