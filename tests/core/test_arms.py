"""Several arms of one study put together, against the patients themselves and the Handbook's formula."""

from __future__ import annotations

import math
import statistics
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_rows import count, ledger, number, ratio, report, result
from livereview.arms import together

values = st.lists(st.integers(-50, 50).map(float), min_size=2, max_size=8)


def summary(arm: list[float]) -> dict[str, float]:
    return {"n": float(len(arm)), "mean": statistics.fmean(arm), "sd": statistics.stdev(arm)}


@given(arms=st.lists(values, min_size=1, max_size=4))
def test_means_of_arms_are_those_of_all_their_patients(arms: list[list[float]]) -> None:
    # Worst error seen: 4e-15 of the largest value, the rounding of sums of squares.
    found, everybody = together([summary(arm) for arm in arms]), [value for arm in arms for value in arm]
    assert found["n"] == len(everybody)
    assert found["mean"] == pytest.approx(statistics.fmean(everybody), rel=1e-12, abs=1e-12)
    assert found["sd"] == pytest.approx(statistics.stdev(everybody), rel=1e-7, abs=1e-6)


def test_two_groups_by_the_formula_of_the_handbook() -> None:
    n1, m1, s1, n2, m2, s2 = 25, 4.2, 1.3, 40, 5.0, 2.1
    found = together([{"n": n1, "mean": m1, "sd": s1}, {"n": n2, "mean": m2, "sd": s2}])
    assert found["mean"] == pytest.approx((n1 * m1 + n2 * m2) / (n1 + n2), rel=1e-14)
    between = n1 * n2 / (n1 + n2) * (m1 - m2) ** 2
    squared = ((n1 - 1) * s1**2 + (n2 - 1) * s2**2 + between) / (n1 + n2 - 1)
    assert found["sd"] == pytest.approx(math.sqrt(squared), rel=1e-14)


def test_counts_add_up_and_what_is_not_stated_of_every_arm_is_not_made_up() -> None:
    assert together([{"events": 3.0, "n": 10.0}, {"events": 4.0, "n": 12.0}]) == {"events": 7.0, "n": 22.0}
    assert together([{"events": 3.0, "n": 10.0}, {"events": 4.0}]) == {"events": 7.0}
    assert together([{"events": 3.0, "n": 10.0}, {"n": 12.0}]) == {}


THREE = [count("a", 3, 30, arm="drug"), count("a", 5, 31, arm="drug-high"), count("a", 9, 32, arm="placebo")]
BOTH: dict[str, Any] = {"experimental": ["drug", "drug-high"], "control": ["placebo"], "analyses": []}


def test_the_arms_of_a_study_are_one_group_where_the_manifest_asks() -> None:
    (found,) = result(ledger(THREE), measure="RR", arms="combine", **BOTH).studies
    assert found.data == {"events_1": 8.0, "n_1": 61.0, "events_2": 9.0, "n_2": 32.0}
    assert [row.arm for row in found.rows] == ["drug", "drug-high", "placebo"]
    assert found.notes[0] == "arms put together: drug, drug-high"
    assert found.effect == pytest.approx(math.log(8 / 61 / (9 / 32)), rel=1e-14)


def test_without_that_one_arm_is_chosen_and_the_other_is_listed() -> None:
    found = result(ledger(THREE), measure="RR", **BOTH)
    assert found.studies[0].data == {"events_1": 3.0, "n_1": 30.0, "events_2": 9.0, "n_2": 32.0}
    assert any("drug-high: 5/31" in item.detail and item.reason.startswith("used instead") for item in found.excluded)


def test_the_arms_of_a_proportion_are_one_group_too() -> None:
    (found,) = result(ledger(THREE), measure="PLO", arms="combine", **BOTH).studies
    assert found.data == {"events": 8.0, "n": 61.0}


def test_a_report_with_both_arms_is_ranked_like_any_other() -> None:
    later = [count("a", 2, 29, arm="drug", report_id="later"), count("a", 8, 30, arm="placebo", report_id="later")]
    found = result(ledger(THREE, later), measure="RR", arms="combine", prefer=[], **BOTH)
    assert not found.studies
    assert any("numbers fit equally well and differ" in text for text in found.cautions)


def test_contrasts_are_chosen_and_arms_with_missing_cells_are_not_put_together() -> None:
    ratios = [ratio("a", 0.7, 0.5, 0.98), ratio("a", 0.8, 0.6, 1.07, arm="drug-high")]
    assert result(ledger(ratios), measure="HR", arms="combine", **BOTH).studies[0].rows[0].arm == "drug"
    means = [
        number("a", "mean", estimate=4.0, sd=1.0, n=20),
        number("a", "mean", estimate=5.0, n=20, arm="drug-high"),
        number("a", "mean", estimate=6.0, sd=1.0, n=20, arm="placebo"),
    ]
    found = result(ledger(means), measure="MD", arms="combine", **BOTH)
    assert [row.arm for row in found.studies[0].rows] == ["drug", "placebo"]
    assert any("drug-high" in item.detail for item in found.excluded)


def test_a_follow_up_supersedes_for_its_own_timepoint_and_no_other() -> None:
    rows = [
        report("first", "a", published_on="2020-01"),
        report("follow-up", "a", published_on="2023-01", kind="follow-up"),
        *(count("a", events, 40, report_id="first", timepoint_months=months) for events, months in ((5, 12), (9, 24))),
        count("a", 11, 40, report_id="follow-up", timepoint_months=24),
    ]
    at = {months: result(ledger(rows), timepoint=months) for months in (12, 24)}
    assert at[12].studies[0].data["events"] == 5
    assert at[24].studies[0].data["events"] == 11
    assert any(item.detail.startswith("cr, 24 months") and "9/40" in item.detail for item in at[24].excluded)
    kept = result(ledger(rows), timepoint=24, prefer=["report"])
    assert kept.studies[0].data["events"] == 9
