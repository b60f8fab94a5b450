"""People at risk fall at least as far as the curve: no curve of people is flagged, too many people are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from audited_rows import codes, found, row
from hypothesis import given, settings
from hypothesis import strategies as st

from livereview.evidence.plausibility import contradictions
from livereview_arithmetic import SURVIVAL


def curve(months: float, estimate: float, at_risk: int | None, n: int = 40, **values: Any) -> dict[str, Any]:
    given = {"measure": "survival", "outcome": "os", **values}
    return row(given.pop("measure"), timepoint_months=months, estimate=estimate, at_risk=at_risk, n=n, **given)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(5, 60))
def test_no_curve_of_real_people_is_flagged(seed: int, n: int) -> None:
    """Kaplan-Meier counted person by person, with censoring, and printed to two digits."""
    random = np.random.default_rng(seed)
    time, event = random.exponential(20, n), random.random(n) < random.uniform(0.2, 0.9)
    looks = np.sort(random.uniform(1, 40, 4)).round(1)
    rows = []
    for look in looks:
        free = np.prod([1 - 1 / (time >= one).sum() for one in time[event & (time < look)]])
        rows.append(curve(float(look), round(float(free), 2), int((time >= look).sum()), n))
    assert codes(SURVIVAL, rows) == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([curve(24, 0.25, 12)], "12 of 40 at risk at 24 months, and 0.25 leaves 10.2 at most"),
        ([curve(12, 0.6, 20), curve(24, 0.6, 21)], "20 at risk at 12 months and 21 at 24"),
        ([curve(12, 0.6, 20), curve(24, 0.3, 12)], "leaves 10.25 at most"),
        (
            [curve(24, 0.75, 12, measure="cumulative-incidence", outcome="cir")],
            "12 of 40 at risk at 24 months, and 0.75 leaves 10.2 at most",
        ),
    ],
    ids=["start", "more than before", "faster than the people", "incidence"],
)
def test_more_people_than_the_curve_leaves_are_found(rows: list[dict[str, Any]], said: str) -> None:
    (finding,) = found(SURVIVAL, rows)
    assert finding.code == "at-risk-above-curve"
    assert said in finding.message
    assert finding.place.columns == ("at_risk", "estimate")


def test_rounding_is_no_finding_and_the_curves_of_two_arms_are_two() -> None:
    assert codes(SURVIVAL, [curve(24, 0.25, 10)]) == []
    assert codes(SURVIVAL, [curve(12, 0.6, 20, arm="a"), curve(24, 0.6, 21, arm="b")]) == []
    assert codes(SURVIVAL, [curve(12, 0.6, 20), curve(24, 0.5, None)]) == []


def test_a_row_refuses_people_of_no_curve_and_more_than_there_were() -> None:
    told = [item.message for item in contradictions("results", {"measure": "survival", "estimate": 0.5, "n": 20,
                                                                "at_risk": 21})]  # fmt: skip
    assert told == ["more people at risk at the timepoint (21) than at the start (20)"]
    told = [
        item.message for item in contradictions("results", {"measure": "count", "events": 3, "n": 20, "at_risk": 5})
    ]
    assert told == ["people at a time of a curve, and the row is of no curve"]
