"""Probabilities over time, overall against event-free, competing risks, medians, and hazard ratios against curves."""

from __future__ import annotations

from typing import Any

import pytest
from audited_rows import codes, contrast, found, row
from hypothesis import given, settings
from hypothesis import strategies as st

from livereview_arithmetic import SURVIVAL


def curve(outcome: str, months: float, estimate: float, **values: Any) -> dict[str, Any]:
    return row("survival", outcome=outcome, timepoint_months=months, estimate=estimate, **values)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=6))
def test_a_curve_that_falls_is_let_alone(values: list[float]) -> None:
    rows = [curve("os", 6.0 * i, round(value, 2)) for i, value in enumerate(sorted(values, reverse=True), 1)]
    assert codes(SURVIVAL, rows) == []


def test_a_curve_that_rises_is_found_and_exchanged_digits_are_told() -> None:
    rows = [curve("os", 12.0, 0.53), curve("os", 24.0, 0.62)]
    (finding,) = found(SURVIVAL, rows)
    assert finding.code == "survival-rises"
    assert "0.26 for 0.62" in finding.message


def test_curves_of_two_reports_are_not_one_curve() -> None:
    assert codes(SURVIVAL, [curve("os", 12.0, 0.53), curve("os", 24.0, 0.62, report_id="r2")]) == []


def test_an_incidence_only_rises() -> None:
    rows = [
        row("cumulative-incidence", outcome="cir", timepoint_months=months, estimate=value)
        for months, value in ((12.0, 0.3), (24.0, 0.2))
    ]
    assert codes(SURVIVAL, rows) == ["survival-rises"]


@pytest.mark.parametrize(
    ("outcome", "severity"), [("efs", None), ("pfs", None), ("dfs", "warning"), ("rfs", "warning")]
)
def test_nobody_is_alive_without_an_event_who_is_not_alive(outcome: str, severity: str | None) -> None:
    (finding,) = found(SURVIVAL, [curve("os", 24.0, 0.5), curve(outcome, 24.0, 0.6)])
    assert (finding.code, finding.severity) == ("survival-order", severity)
    assert codes(SURVIVAL, [curve("os", 24.0, 0.6), curve(outcome, 24.0, 0.6)]) == []
    assert codes(SURVIVAL, [curve("os", 36.0, 0.5), curve(outcome, 24.0, 0.6)]) == []


def test_survival_and_competing_risks_add_up_to_one() -> None:
    at = {"timepoint_months": 24.0}
    rows = [
        curve("dfs", 24.0, 0.722),
        *(row("cumulative-incidence", outcome=o, estimate=e, **at) for o, e in (("cir", 0.252), ("nrm", 0.026))),
    ]
    assert codes(SURVIVAL, rows) == []
    assert codes(SURVIVAL, [*rows[:2], {**rows[2], "estimate": 0.062}]) == ["risks-do-not-add-up"]


def test_a_median_lies_where_half_are_left() -> None:
    median = row("median-months", outcome="os", estimate=14.6)
    assert codes(SURVIVAL, [median, curve("os", 12.0, 0.55), curve("os", 24.0, 0.4)]) == []
    assert codes(SURVIVAL, [median, curve("os", 24.0, 0.63)]) == ["median-against-survival"]
    assert codes(SURVIVAL, [median, curve("os", 12.0, 0.45)]) == ["median-against-survival"]


#: AALL1331: 71.3% against 58.4% at 24 months, HR for death 0.62 (0.39 to 0.98).
CURVES = (curve("os", 24.0, 0.713), curve("os", 24.0, 0.584, arm="old"))


def test_a_hazard_ratio_that_fits_its_curves_is_let_alone() -> None:
    assert codes(SURVIVAL, [*CURVES, contrast("HR", 0.62, 0.39, 0.98, outcome="os")]) == []


def test_an_inverted_hazard_ratio_is_told_by_its_curves() -> None:
    # a summary of the trial prints 1.6
    (finding,) = found(SURVIVAL, [*CURVES, contrast("HR", 1.6, 1.02, 2.56, outcome="os")])
    assert finding.code == "ratio-against-curves"
    assert "it may be inverted" in finding.message


def test_a_ratio_near_one_or_unsure_is_let_alone() -> None:
    assert codes(SURVIVAL, [*CURVES, contrast("HR", 1.1, 0.5, 2.4, outcome="os")]) == []
    crossing = (curve("os", 24.0, 0.6), curve("os", 24.0, 0.6, arm="old"))
    assert codes(SURVIVAL, [*crossing, contrast("HR", 1.6, 1.02, 2.56, outcome="os")]) == []
