"""From rows to numbers: which two arms belong together, which way a contrast points, what a row says in words."""

from __future__ import annotations

import pytest

from evidence_rows import Cells, count, ledger, number, ratio, result, study, trial
from livereview.pairing import described
from livereview.report import OutcomeResult


def pooled(*rows: Cells | list[Cells], measure: str = "RR", **keys: object) -> OutcomeResult:
    return result(ledger(*rows), measure=measure, **keys)


def reasons(found: OutcomeResult) -> list[str]:
    return sorted(item.reason for item in found.excluded)


WHERE = "in the same report, at the same timepoint, in the same population"


@pytest.mark.parametrize(
    "apart",
    [{"report_id": "letter"}, {"timepoint_months": 12.0}, {"population": "evaluable"}, {"outcome": "cri"}],
)
def test_arms_that_were_not_reported_together_are_not_compared(apart: Cells) -> None:
    found = pooled(count("a", 3, 10), count("a", 4, 10, **{"arm": "placebo", **apart}), result=["cr", "cri"])
    assert found.pooled.k == 0
    assert reasons(found) == [f"no control arm {WHERE}", f"no experimental arm {WHERE}"]


def test_the_control_arm_may_have_another_name_in_each_trial() -> None:
    rows = [count("b", 3, 10), count("b", 4, 10, arm="control")]
    found = pooled(trial("a", (3, 10), (4, 10)), rows, control=["placebo", "control"])
    assert [one.study_id for one in found.studies] == ["a", "b"]


def test_a_trial_with_two_experimental_arms_uses_its_control_arm_once() -> None:
    rows = [*trial("a", (3, 10), (6, 12)), count("a", 5, 11, arm="drug-high")]
    found = pooled(rows, experimental=["drug-high", "drug"])
    (one,) = found.studies
    assert [r.arm for r in one.rows] == ["drug-high", "placebo"]
    assert found.pooled.participants == 23
    (other,) = found.excluded
    assert other.reason.startswith("used instead: cr, ITT, drug-high: 5/11")
    assert other.detail.startswith("cr, ITT, drug: 3/10")


def test_two_experimental_arms_without_an_order_set_the_trial_aside() -> None:
    rows = [*trial("a", (3, 10), (6, 12)), count("a", 5, 11, arm="drug-high")]
    found = pooled(rows, experimental=[])
    assert found.pooled.k == 0
    assert "2 numbers fit equally well and differ" in found.cautions[0]


def test_without_a_list_of_controls_every_other_arm_is_one() -> None:
    found = pooled(trial("a", (3, 10), (6, 12)), control=[])
    assert found.studies[0].data == {"events_1": 3, "n_1": 10, "events_2": 6, "n_2": 12}


def test_without_any_arm_in_the_manifest_nothing_is_compared() -> None:
    said = "the manifest names no arms, so which of the two is the experimental one cannot be told"
    assert reasons(pooled(trial("a", (3, 10), (6, 12)), experimental=[], control=[])) == [said, said]
    assert reasons(pooled(ratio("a", 0.7, 0.5, 0.98), measure="HR", experimental=[], control=[])) == [said]


def test_a_reading_is_paired_with_its_own_reading() -> None:
    rows = [
        count("a", 3, 10, variant="central"), count("a", 4, 12, arm="placebo", variant="central"),
        count("a", 5, 10), count("a", 6, 12, arm="placebo"),
    ]  # fmt: skip
    found = pooled(rows)
    assert found.pooled.k == 0
    assert "2 numbers fit equally well" in found.cautions[0]
    assert "3/10 [a-paper, Table 1] against cr, ITT, placebo: 4/12" in found.cautions[0]
    assert pooled(rows[:2]).pooled.k == 1


def test_two_readings_of_one_arm_are_a_tie_not_a_guess() -> None:
    rows = [count("a", 3, 10), count("a", 4, 10, variant="central"), count("a", 6, 12, arm="placebo")]
    assert pooled(rows).pooled.k == 0


def test_readings_of_different_names_are_not_compared() -> None:
    rows = [count("a", 3, 10, variant="central"), count("a", 6, 12, arm="placebo", variant="local")]
    assert reasons(pooled(rows)) == [f"no control arm {WHERE}", f"no experimental arm {WHERE}"]


@pytest.mark.parametrize("lists", [{}, {"control": []}, {"experimental": []}])
def test_a_contrast_the_other_way_round_is_set_aside_never_turned(lists: Cells) -> None:
    turned = ratio("a", 1.43, 1.02, 2.0, arm="placebo", comparator="drug")
    found = pooled(turned, ratio("b", 0.7, 0.5, 0.98), measure="HR", **lists)
    assert [one.study_id for one in found.studies] == ["b"]
    assert reasons(found) == ["compares the other way round (placebo against drug)"]


def test_a_contrast_of_other_arms_or_without_a_comparator_is_set_aside() -> None:
    other = ratio("a", 0.7, 0.5, 0.98, arm="responders", comparator="others")
    bare = ratio("b", 0.7, 0.5, 0.98, comparator=None)
    assert reasons(pooled(other, bare, measure="HR")) == [
        "another comparison (responders against others)", "the arm it is compared with is not stated",
    ]  # fmt: skip


def test_the_comparator_listed_first_is_preferred() -> None:
    rows = [ratio("a", 0.7, 0.5, 0.98), ratio("a", 0.6, 0.4, 0.9, comparator="observation")]
    found = pooled(rows, measure="HR", control=["observation", "placebo"])
    assert found.studies[0].data["estimate"] == 0.6


def test_an_arm_row_that_names_its_comparator_is_still_the_number_of_the_arm() -> None:
    found = pooled(count("a", 3, 10, comparator="placebo"), measure="PLO")
    assert found.studies[0].data == {"events": 3, "n": 10}


def test_a_p_value_that_is_only_a_bound_gives_no_standard_error() -> None:
    bound, exact = ratio("a", 0.7, p_value="<0.001"), ratio("b", 0.7, p_value="0.04")
    found = pooled(bound, exact, measure="HR")
    assert [one.study_id for one in found.studies] == ["b"]
    assert found.studies[0].notes == ("standard error from P = 0.04 (two-sided)",)
    assert reasons(found) == ["no interval, standard error, V, exact P or number of events"]


def test_log_rank_numbers_reach_the_measure_with_the_arms_of_their_study() -> None:
    given = {"p_value": "0.03", "events": 60, "direction": "lower"}
    unequal = study("a", n_arm_experimental=80, n_arm_control=40)
    found = pooled(unequal, ratio("a", None, **given), ratio("b", None, o_minus_e=-5.0, o_minus_e_variance=12.5),
                   ratio("c", None, **given | {"population": "subgroup:old"}), measure="HR",
                   population=["ITT", "subgroup:old"])  # fmt: skip
    first, second, third = found.studies
    assert first.variance == pytest.approx(1 / (60 * 2 / 9), rel=1e-15)
    assert "arms of 80 and 40" in first.notes[1]
    assert second.effect == pytest.approx(-0.4, rel=1e-15)
    assert third.variance == pytest.approx(4 / 60, rel=1e-15)
    assert "arms taken to be of one size" in third.notes[1]
    assert first.data == {"p_value": 0.03, "events": 60.0, "direction": -1.0}


def test_a_hazard_ratio_without_any_of_what_it_can_come_from_says_what_that_is() -> None:
    found = pooled(ratio("a", None, p_value="0.03", events=60), measure="HR")
    assert reasons(found) == [
        "it states none of these: estimate; or o_minus_e, o_minus_e_variance; or p_value, events, direction"
    ]
    bound = pooled(ratio("a", None, p_value="<0.03", events=60, direction="lower"), measure="HR")
    assert reasons(bound)[0].startswith("no hazard ratio: neither printed")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"measure": "count", "events": 3, "n": 10}, "cr, ITT, drug: 3/10 [a-paper, Table 1]"),
        ({"measure": "count", "events": 3}, "cr, ITT, drug: 3/? [a-paper, Table 1]"),
        ({"measure": "survival", "estimate": 0.5, "timepoint_months": 24.0, "se": 0.05},
         "cr, 24 months, ITT, drug: survival 0.5 (SE 0.05) [a-paper, Table 1]"),
        ({"measure": "HR", "estimate": 0.7, "ci_low": 0.5, "ci_high": 0.98, "comparator": "placebo"},
         "cr, ITT, drug against placebo: HR 0.7 (0.5 to 0.98) [a-paper, Table 1]"),
        ({"measure": "HR", "estimate": 0.7, "ci_low": 0.5, "comparator": "placebo"},
         "cr, ITT, drug against placebo: HR 0.7 (0.5 to ?) [a-paper, Table 1]"),
        ({"measure": "HR", "p_value": "<0.001", "comparator": "placebo"},
         "cr, ITT, drug against placebo: HR not stated [a-paper, Table 1]"),
        ({"measure": "HR", "estimate": 0.7, "events": 60, "n": 90, "p_value": "0.03", "comparator": "placebo"},
         "cr, ITT, drug against placebo: HR 0.7 (P 0.03) [a-paper, Table 1]"),
        ({"measure": "HR", "o_minus_e": -5.0, "o_minus_e_variance": 12.5, "comparator": "placebo"},
         "cr, ITT, drug against placebo: HR not stated, O-E -5, V 12.5 [a-paper, Table 1]"),
        ({"measure": "HR", "p_value": "0.03", "events": 60, "direction": "lower", "comparator": "placebo"},
         "cr, ITT, drug against placebo: HR not stated, lower, P 0.03, 60 events [a-paper, Table 1]"),
        ({"measure": "rate", "events": 3, "person_time": 120.5},
         "cr, ITT, drug: rate 3 in 120.5 of person-time [a-paper, Table 1]"),
        ({"measure": "mean", "estimate": 4.5, "sd": 1.5, "n": 10, "population": None},
         "cr, drug: mean 4.5 (SD 1.5) [a-paper, Table 1]"),
    ],
)  # fmt: skip
def test_a_row_in_words_says_what_was_measured_in_whom_and_where_it_stands(cells: Cells, words: str) -> None:
    assert described(number("a", **cells)) == words


def test_means_and_person_time_reach_the_measure_under_its_own_names() -> None:
    means = [
        number("a", "mean", estimate=5.0, sd=2.0, n=20), number("a", "mean", estimate=4.0, sd=2.0, n=20, arm="placebo"),
    ]  # fmt: skip
    (one,) = pooled(means, measure="MD").studies
    assert one.data == {"mean_1": 5, "sd_1": 2, "n_1": 20, "mean_2": 4, "sd_2": 2, "n_2": 20}
    assert (one.effect, one.variance) == (1.0, 0.4)
    (one,) = pooled(number("a", "rate", events=4, person_time=100.0), measure="IRLN").studies
    assert one.variance == 0.25


def test_an_estimate_that_is_no_mean_is_not_taken_for_one() -> None:
    found = pooled(number("a", "survival", estimate=0.5, se=0.1, n=20), measure="SURV")
    assert set(found.studies[0].data) == {"estimate", "se", "n"}


def test_a_missing_column_is_named_as_the_sheet_names_it() -> None:
    found = pooled(number("a", "rate", events=4), measure="IRLN")
    assert reasons(found) == ["no person time stated"]
