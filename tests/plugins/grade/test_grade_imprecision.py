"""Imprecision against first principles and the published example of GRADE 6; more data never makes it worse."""

from __future__ import annotations

import math

import pytest
from bodies import evidence, judged, made, people, ratio
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from livereview import Interval
from livereview_grade import IMPRECISION
from livereview_grade.imprecision import ImprecisionOptions, information

ENOUGH = 500.0


@pytest.mark.parametrize(
    ("low", "high", "levels"),
    [
        (0.60, 0.95, 0),  # no effect is not within
        (0.80, 1.20, 0),  # no effect, but no appreciable benefit or harm
        (0.70, 1.10, -1),  # appreciable benefit
        (0.90, 1.30, -1),  # appreciable harm
        (0.70, 1.30, -2),  # both
        (0.75, 1.25, 0),  # a limit at the guide is not beyond it
        (0.74, 1.26, -2),
    ],
)
def test_without_a_stated_difference_the_rough_guide_of_grade_6_decides(low: float, high: float, levels: int) -> None:
    # Guyatt 2011 (GRADE 6): "RR of under 0.75 or over 1.25 as a rough guide", where the interval includes 1.
    body = evidence(ratio(math.sqrt(low * high), low, high, ENOUGH))
    assert judged(IMPRECISION, body).levels == levels


@pytest.mark.parametrize(("important", "levels"), [(5, 0), (10, -1)])
def test_the_published_example_of_strokes(important: float, levels: int) -> None:
    # GRADE 6: 1.3 % fewer strokes (0.6 % to 2.0 %) is precise where 0.5 % matters, and not where 1 % does.
    body = evidence(
        ratio(0.7, 0.55, 0.86, ENOUGH), absolute=people(0.05, -20, -13, -6), important=important / 1000
    )  # fmt: skip
    assert judged(IMPRECISION, body).levels == levels


@pytest.mark.parametrize(
    ("low", "estimate", "high", "levels"),
    [
        (-90, -70, -60, 0),  # all of it matters
        (-30, 5, 40, 0),  # none of it does
        (-60, 5, 40, -1),
        (-60, 5, 60, -2),
        (-160, 5, 60, -3),  # one side by far: beyond three times 50
        (-400, -200, 60, -2),  # far on the side of the estimate is no second crossing
        (-400, -200, 160, -3),
    ],
)
def test_stated_differences_count_by_how_many_lie_within(low: float, estimate: float, high: float, levels: int) -> None:
    body = evidence(ratio(0.9, 0.6, 1.4, ENOUGH), absolute=people(0.5, low, estimate, high), important=0.05)
    assert judged(IMPRECISION, body).levels == levels


def test_the_optimal_information_of_a_hazard_ratio_is_a_quarter_of_schoenfelds_events() -> None:
    # Schoenfeld 1983: events = 4 (z_0.975 + z_0.8)² / (ln HR)²; for 0.75: 379.3.
    _, need = information(evidence(ratio(0.7, 0.5, 0.9)), ImprecisionOptions())
    events = 4 * (ndtri(0.975) + ndtri(0.8)) ** 2 / math.log(0.75) ** 2
    assert 4 * need == pytest.approx(events, rel=1e-12)
    assert round(events, 1) == 379.4


def test_the_optimal_information_of_a_risk_ratio_is_the_usual_sample_size() -> None:
    # Per group, from the variance of a log risk ratio at 0.4 against 0.3, and from the two proportions themselves.
    _, need = information(evidence(ratio(0.7, 0.5, 0.9)), ImprecisionOptions())
    z, p, q = ndtri(0.975) + ndtri(0.8), 0.4, 0.3
    by_logs = need * ((1 - p) / p + (1 - q) / q)
    by_difference = z**2 * (p * (1 - p) + q * (1 - q)) / (p - q) ** 2
    assert by_logs == pytest.approx(by_difference, rel=0.05)  # 363.6 against 353.2: 3 % apart


@pytest.mark.parametrize(("share", "levels"), [(1.01, 0), (0.99, -1), (0.31, -1), (0.29, -2)])
def test_too_little_information_counts_by_how_far_it_is_below(share: float, levels: int) -> None:
    _, need = information(evidence(ratio(0.5, 0.4, 0.6)), ImprecisionOptions())
    judgement = judged(IMPRECISION, evidence(ratio(0.5, 0.4, 0.6, share * need)))
    assert judgement.levels == levels
    assert f"{share:.0%} of the optimal information size" in dict(judgement.inputs)["Information"]


@settings(max_examples=150, deadline=None)
@given(
    estimate=st.floats(0.3, 3), width=st.floats(0.05, 3), less=st.floats(0.01, 1), info=st.floats(1, 400),
    more=st.floats(1, 20), important=st.none() | st.floats(0.01, 0.3),
)  # fmt: skip
def test_more_events_never_make_it_worse(
    estimate: float, width: float, less: float, info: float, more: float, important: float | None
) -> None:
    def levels(width: float, info: float) -> int:
        low, high = estimate * math.exp(-width), estimate * math.exp(width)
        absolute = None
        if important is not None:
            absolute = people(0.3, *(1000 * 0.3 * (value - 1) for value in (low, estimate, high)))
        body = evidence(ratio(estimate, low, high, info), absolute=absolute, important=important)
        found = judged(IMPRECISION, body).levels
        assert found is not None
        assert -3 <= found <= 0
        return found

    assert levels(width * less, info * more) >= levels(width, info)


def test_a_mean_difference_needs_a_person_until_somebody_says_what_matters() -> None:
    # (z_0.975 + z_0.8)² / 0.5² = 7.849 / 0.25 = 31.4.
    shown = Interval(estimate=-2.0, low=-3.0, high=-1.0)
    assert judged(IMPRECISION, evidence(made(4, "difference", shown, 32))).levels is None
    assert judged(IMPRECISION, evidence(made(4, "difference", shown, 32), important=0.5)).levels == 0
    assert judged(IMPRECISION, evidence(made(4, "difference", shown, 31), important=0.5)).levels == -1


def test_few_people_are_a_concern_where_no_information_size_can_be_computed() -> None:
    found = made(4, "difference", Interval(estimate=-2.0, low=-3.0, high=-1.0), pooled={"participants": 399})
    judgement = judged(IMPRECISION, evidence(found))
    assert (judgement.levels, judgement.reason) == (-1, "399 people, fewer than 400")


@pytest.mark.parametrize(("important", "levels"), [(None, None), (0.11, 0), (0.09, -1), (0.04, -2)])
def test_a_number_of_one_arm_is_held_to_the_width_of_its_interval(important: float | None, levels: int | None) -> None:
    found = made(4, "proportion", Interval(estimate=0.5, low=0.4, high=0.58))
    assert judged(IMPRECISION, evidence(found, start="low", randomised=False, important=important)).levels == levels


def test_an_estimate_without_an_interval_needs_a_person() -> None:
    found = made(4, "ratio", Interval(estimate=0.5, low=math.nan, high=math.nan))
    assert judged(IMPRECISION, evidence(found)).levels is None
