"""What happens where a cell is empty: every correction and every study left out is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from measure_records import MEASURES, effects
from pydantic import ValidationError


def two_arms(*rows: tuple[float, float, float, float]) -> dict[str, Any]:
    return dict(zip(("events_1", "n_1", "events_2", "n_2"), np.array(rows, dtype=float).T, strict=True))


def test_a_correction_is_named_with_its_reason() -> None:
    got = effects("OR", **two_arms((4, 20, 0, 20), (4, 20, 5, 20), (20, 20, 0, 20)))
    assert got.notes == {
        0: ("0.5 added to all four cells: no events in the control arm",),
        2: ("0.5 added to all four cells: only events in the experimental arm and no events in the control arm",),
    }


@pytest.mark.parametrize("measure", ["OR", "RR", "PETO", "IRR"])
def test_studies_without_events_in_either_arm_are_set_aside_with_a_reason(measure: str) -> None:
    data = two_arms((0, 20, 0, 30), (4, 20, 5, 20))
    if measure == "IRR":
        data |= {"time_1": data["n_1"], "time_2": data["n_2"]}
    got = effects(measure, **data)
    assert np.isnan(got.effect[0])
    assert np.isnan(got.variance[0])
    assert got.notes[0][0].startswith("set aside: no events in either arm")
    assert 1 not in got.notes


def test_studies_without_events_can_be_kept_and_then_say_so() -> None:
    got = effects("RR", {"drop00": False}, **two_arms((0, 20, 0, 30)))
    assert got.effect == pytest.approx(np.log((0.5 / 21) / (0.5 / 31)))
    assert got.notes[0] == (
        "0.5 added to all four cells: no events in the experimental arm and no events in the control arm",
    )


def test_only_events_in_both_arms_leave_an_odds_ratio_without_information_but_a_risk_ratio_of_one() -> None:
    data = two_arms((28, 28, 30, 30))
    assert np.isnan(effects("OR", **data).effect[0])
    got = effects("RR", **data)
    assert got.effect == 0
    # 1/28.5 - 1/29 + 1/30.5 - 1/31.
    assert got.variance == pytest.approx(1 / 28.5 - 1 / 29 + 1 / 30.5 - 1 / 31, rel=1e-12)
    assert got.notes[0][-1].startswith("risk ratio 1: only events in both arms")
    corrected = effects("RR", {"all_events": "corrected"}, **data)
    assert corrected.effect == pytest.approx(np.log((28.5 / 29) / (30.5 / 31)))
    assert np.isnan(effects("RR", {"all_events": "set-aside"}, **data).effect[0])


def test_the_risk_difference_is_corrected_in_its_variance_only_unless_asked() -> None:
    data = two_arms((0, 10, 3, 10))
    plain = effects("RD", **data)
    assert plain.effect == pytest.approx(-0.3)
    both = effects("RD", {"correct_estimate": True}, **data)
    assert both.effect == pytest.approx(0.5 / 11 - 3.5 / 11)
    assert both.variance == plain.variance == pytest.approx((0.5 * 10.5 + 3.5 * 7.5) / 11**3)
    assert plain.notes[0] == ("0.5 added to all four cells for the variance: no events in the experimental arm",)


def test_petos_method_adds_nothing() -> None:
    got = effects("PETO", **two_arms((0, 20, 3, 20)))
    assert np.isfinite(got.effect[0])
    assert got.notes == {}
    none = effects("PETO", {"drop00": False}, **two_arms((0, 20, 0, 20)))
    assert np.isnan(none.effect[0])
    assert none.notes[0][0].startswith("not estimable: no events")


def test_without_a_correction_the_effect_is_missing_with_the_reason() -> None:
    got = effects("RR", {"to": "none"}, **two_arms((0, 20, 3, 20)))
    assert np.isnan(got.effect[0])
    assert got.notes[0] == ("not estimable: no events in the experimental arm",)


def test_a_correction_of_every_study_because_of_one_says_so() -> None:
    got = effects("OR", {"to": "if0all"}, **two_arms((4, 20, 0, 20), (4, 20, 5, 20)))
    assert got.notes[1] == ("0.5 added to all four cells: an empty cell in another study (to = if0all)",)
    assert effects("OR", {"to": "if0all"}, **two_arms((4, 20, 5, 20))).notes == {}
    everyone = effects("OR", {"to": "all"}, **two_arms((4, 20, 5, 20)))
    assert everyone.notes[0] == ("0.5 added to all four cells: as for every study (to = all)",)


def test_a_study_that_was_set_aside_or_refused_does_not_change_the_others() -> None:
    rows = two_arms((0, 20, 0, 20), (0, 5, 9, 5), (4, 20, 5, 20))
    alone = two_arms((4, 20, 5, 20))
    assert effects("OR", {"to": "if0all"}, **rows).effect[2] == effects("OR", **alone).effect[0]


def test_one_arm_corrections_are_named() -> None:
    got = effects("PLO", events=[0, 18, 5], n=[12, 18, 9])
    assert got.notes == {
        0: ("0.5 added to events and to non-events: no events",),
        1: ("0.5 added to events and to non-events: only events",),
    }
    assert got.effect[0] == pytest.approx(np.log(0.5 / 12.5))
    rate = effects("IRLN", events=[0], time=[50])
    assert rate.effect == pytest.approx(np.log(0.01))
    assert rate.notes[0] == ("0.5 added to the events: no events",)


def test_a_proportion_without_variance_is_no_effect_but_keeps_its_exact_interval() -> None:
    got = effects("PR", {"to": "none"}, events=[0], n=[20])
    assert np.isnan(got.effect[0])
    assert got.notes[0] == ("not estimable: no events",)
    assert got.ci_low is not None
    assert got.ci_high is not None
    assert got.ci_low[0] == 0
    assert got.ci_high[0] == pytest.approx(1 - 0.025 ** (1 / 20), rel=1e-12)


@pytest.mark.parametrize("measure", ["PR", "PLN"])
def test_the_exact_interval_takes_no_correction_and_refuses_one(measure: str) -> None:
    got = effects(measure, {"variance": "exact-interval"}, events=[18], n=[18])
    assert got.notes == {}
    assert got.effect == (1 if measure == "PR" else 0)
    with pytest.raises(ValidationError, match="takes no zero-cell correction; leave out add"):
        MEASURES[measure].options(variance="exact-interval", add=0.5)


def test_no_events_have_no_logarithm_even_with_an_exact_interval() -> None:
    got = effects("PLN", {"variance": "exact-interval"}, events=[0], n=[18])
    assert np.isnan(got.effect[0])
    assert got.notes[0] == ("not estimable: no events",)


IMPOSSIBLE = [(21, 20, 3, 20), (-1, 20, 3, 20), (3, 20, 5, 0), (np.nan, 20, 3, 20), (np.inf, np.inf, 3, 20)]


@pytest.mark.parametrize("row", IMPOSSIBLE)
@pytest.mark.parametrize("measure", ["OR", "RR", "RD", "PETO", "AS"])
@pytest.mark.parametrize("to", ["only0", "all", "none"])
def test_impossible_counts_never_become_a_number(measure: str, to: str, row: tuple[float, float, float, float]) -> None:
    got = effects(measure, {"to": to}, **two_arms(row, (4, 20, 5, 20)))
    assert np.isnan(got.effect[0])
    assert np.isnan(got.variance[0])
    assert got.notes[0]
    assert np.isfinite(got.effect[1])


@pytest.mark.parametrize(("events", "n"), [(5, 4), (-1, 4), (0, 0), (1, np.nan), (np.nan, 4), (np.inf, np.inf)])
@pytest.mark.parametrize("measure", ["PR", "PLN", "PLO", "PAS", "PFT"])
def test_impossible_proportions_never_become_a_number(measure: str, events: float, n: float) -> None:
    got = effects(measure, {"to": "none"}, events=[events], n=[n])
    assert got.ci_low is not None
    assert np.isnan([got.effect[0], got.variance[0], got.ci_low[0]]).all()
    assert got.notes[0]


def test_what_cannot_be_is_named() -> None:
    got = effects("OR", **two_arms((21, 20, 3, 20)))
    (note,) = got.notes[0]
    assert note.startswith("21 events among 20 people in the experimental arm cannot be: events must lie between 0 and")


@pytest.mark.parametrize(("events", "time"), [(-1, 5), (3, 0), (3, -2), (np.nan, 5), (3, np.nan), (np.inf, 5)])
def test_impossible_rates_never_become_a_number(events: float, time: float) -> None:
    got = effects("IRLN", events=[events], time=[time])
    assert np.isnan(got.effect[0])
    assert got.notes[0]


@pytest.mark.parametrize(
    ("mean", "sd", "n"), [(1, -1, 9), (1, 2, 1), (np.nan, 2, 9), (1, np.nan, 9), (1, 2, np.nan), (np.inf, 2, 9)]
)
@pytest.mark.parametrize("measure", ["MD", "SMD", "ROM"])
def test_impossible_means_never_become_a_number(measure: str, mean: float, sd: float, n: float) -> None:
    got = effects(measure, mean_1=[mean], sd_1=[sd], n_1=[n], mean_2=[2], sd_2=[1], n_2=[9])
    assert np.isnan(got.effect[0])
    assert got.notes[0]
    assert np.isnan(effects("MN", mean=[mean], sd=[sd], n=[n]).effect[0])


def test_a_standard_deviation_of_zero_in_one_arm_is_refused_unless_accepted() -> None:
    data = {"mean_1": [1], "sd_1": [0], "n_1": [9], "mean_2": [2], "sd_2": [1], "n_2": [9]}
    for measure in ("MD", "SMD", "ROM"):
        assert effects(measure, **data).notes[0] == ("standard deviation 0 in the experimental arm",)
        assert np.isfinite(effects(measure, {"zero_sd": "accept"}, **data).effect[0])


def test_means_without_a_ratio_are_refused_and_negative_ones_noted() -> None:
    got = effects("ROM", mean_1=[-2, -2, 0], sd_1=[1] * 3, n_1=[9] * 3, mean_2=[1, -1, 1], sd_2=[1] * 3, n_2=[9] * 3)
    assert np.isnan(got.effect[[0, 2]]).all()
    assert got.effect[1] == pytest.approx(np.log(2))
    assert got.notes[1] == ("both means are negative: the ratio is that of their sizes",)


def test_revman_has_one_variance() -> None:
    with pytest.raises(ValidationError, match="has its own variance"):
        MEASURES["SMD"].options(variant="revman", variance="UB")
