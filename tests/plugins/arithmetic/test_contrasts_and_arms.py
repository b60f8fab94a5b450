"""A printed contrast against its two arms: formulas against published values, and what is told where they differ."""

from __future__ import annotations

import math

import pytest
from audited_rows import arms, codes, contrast, found, means
from hypothesis import given, settings
from hypothesis import strategies as st

from livereview_arithmetic import ESTIMATES
from livereview_arithmetic.binomial import binomial_intervals, newcombe
from livereview_arithmetic.effects import Counts, Means, of_counts, of_means
from livereview_arithmetic.exact import Conditional

Z = 1.959963984540054


def test_wilson_and_exact_limits_are_those_that_newcombe_printed() -> None:
    # Newcombe 1998 (10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E), table I: 81 of 263
    limits = {name: (low, high) for name, low, high in binomial_intervals(81 / 263, 263)}
    assert limits["Wilson"] == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert limits["exact"] == pytest.approx((0.2527, 0.3676), abs=5e-5)
    assert limits["Wald"] == pytest.approx((0.2522, 0.3638), abs=5e-5)


def test_limits_of_a_difference_are_those_that_newcombe_printed() -> None:
    # Newcombe 1998, method 10: 56 of 70 against 48 of 80
    assert newcombe(56, 70, 48, 80, Z) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_the_conditional_odds_ratio_is_that_of_fishers_exact_test() -> None:
    # Fisher's tea: 3 of 4 against 1 of 4; R's fisher.test prints 6.408309, which its root finder has to 1e-4
    tea = Conditional(Counts(3, 4, 1, 4))
    assert math.exp(tea.estimate()) == pytest.approx(6.408309, rel=2e-6)
    estimate, low, high = (tables_of_tea(math.exp(value)) for value in (tea.estimate(), *tea.limits(0.95)))
    assert sum(x * p for x, p in enumerate(estimate)) == pytest.approx(3, abs=1e-8)
    assert sum(low[3:]) == pytest.approx(0.025, abs=1e-8)
    assert sum(high[:4]) == pytest.approx(0.025, abs=1e-8)


def tables_of_tea(ratio: float) -> list[float]:
    """The probability of 0 to 4 events in the first arm, of four in both, by the definition."""
    weights = [math.comb(4, x) * math.comb(4, 4 - x) * ratio**x for x in range(5)]
    return [weight / sum(weights) for weight in weights]


def test_an_infinite_odds_ratio_has_no_conditional_estimate() -> None:
    assert not Conditional(Counts(4, 4, 1, 4)).possible


def test_an_odds_ratio_with_exact_limits_is_let_alone() -> None:
    # the same counts by Fisher: 6.41 (0.21 to 626.24), far off the centre of Wald's 9.00 (0.37 to 220.93)
    assert codes(ESTIMATES, [*arms((3, 1), (4, 4)), contrast("OR", 6.41, 0.21, 626.24)]) == []
    assert codes(ESTIMATES, [*arms((3, 1), (4, 4)), contrast("OR", 6.41, 0.21, 266.24)]) != []


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 300), st.integers(2, 300), st.data(), st.sampled_from(["RR", "OR", "RD"]), st.integers(2, 4))
def test_a_contrast_of_its_own_arms_is_let_alone(
    n1: int, n2: int, data: st.DataObject, measure: str, digits: int
) -> None:
    events = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    for effect in of_counts(measure, Counts(events[0], n1, events[1], n2)):
        if abs(effect.estimate) + Z * effect.error > 9:  # no report prints such a ratio
            continue
        back = float if measure == "RD" else math.exp
        numbers = [round(back(effect.estimate + side * Z * effect.error), digits) for side in (0, -1, 1)]
        if effect.error > 0 and (measure == "RD" or numbers[1] > 0):
            assert codes(ESTIMATES, [*arms(events, (n1, n2)), contrast(measure, *numbers)]) == [], effect.method


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(st.integers(100, 900), st.integers(20, 300), st.integers(3, 90)),
    st.tuples(st.integers(100, 900), st.integers(20, 300), st.integers(3, 90)),
    st.sampled_from(["MD", "SMD"]),
)
def test_a_contrast_of_its_own_means_is_let_alone(
    one: tuple[int, int, int], two: tuple[int, int, int], measure: str
) -> None:
    first, second = ((m / 10, s / 10, n) for m, s, n in (one, two))
    for effect in of_means(measure, Means(*first, *second)):
        numbers = [round(effect.estimate + side * Z * effect.error, 2) for side in (0, -1, 1)]
        assert codes(ESTIMATES, [*means(first, second), contrast(measure, *numbers)]) == [], effect.method


#: AALL1331: transplanted 74 of 105 against 44 of 103, printed OR 3.2 (1.7 to 5.9).
HSCT = ((74, 44), (105, 103))


def test_what_a_trial_printed_of_its_counts_is_let_alone() -> None:
    assert codes(ESTIMATES, [*arms(*HSCT), contrast("OR", 3.2, 1.7, 5.9)]) == []


def test_an_inverted_ratio_is_told() -> None:
    (finding,) = found(ESTIMATES, [*arms(*HSCT), contrast("OR", 0.31, 0.17, 0.59)])
    assert finding.code == "effect-differs-from-arms"
    assert "the ratio is that of old to new" in finding.message


def test_exchanged_digits_of_a_count_are_told_at_the_count() -> None:
    one, other = arms((47, 44), (105, 103))
    (finding,) = found(ESTIMATES, [one, other, contrast("OR", 3.2, 1.7, 5.9)])
    assert "new: events is 74, two digits are exchanged" in finding.message
    assert one["row_id"] in {place.row_id for place in (finding.place, *finding.also)}


def test_the_only_explanation_is_suggested_at_its_cell() -> None:
    # 126 of 357 against 83 of 348, whose n is typed as 384: 1.4798 (1.1704 to 1.8710)
    one, other = arms((126, 83), (357, 384))
    (finding,) = found(ESTIMATES, [one, other, contrast("RR", 1.4798, 1.1704, 1.8710)])
    assert (finding.place.row_id, finding.suggestion) == (other["row_id"], {"n": 348})


def test_a_risk_ratio_named_odds_ratio_is_told() -> None:
    (finding,) = found(ESTIMATES, [*arms(*HSCT), contrast("OR", 1.65, 1.27, 2.14)])
    assert "it is a ratio of risks" in finding.message


def test_an_adjusted_ratio_is_let_alone_where_the_note_says_so() -> None:
    assert codes(ESTIMATES, [*arms(*HSCT), contrast("OR", 2.4, 1.3, 4.43, note="Adjusted for risk group.")]) == []


def test_a_printed_effect_of_arms_without_events_is_found() -> None:
    assert codes(ESTIMATES, [*arms((0, 0), (11, 14)), contrast("RR", 0.42, 0.02, 9.34)]) == ["effect-differs-from-arms"]


def test_an_se_typed_as_sd_in_one_arm_is_told() -> None:
    # SD 20 of 100 people typed as 2
    first, second = means((50.0, 2.0, 100), (44.0, 21.0, 100))
    (finding,) = found(ESTIMATES, [first, second, contrast("MD", 6.0, 0.3, 11.7)])
    assert finding.code == "interval-differs-from-arms"
    assert "new: sd is 20, an SE was given as SD" in finding.message


def test_a_mean_typed_from_another_row_is_found() -> None:
    first, second = means((57.0, 20.0, 100), (44.0, 21.0, 100))
    assert codes(ESTIMATES, [first, second, contrast("MD", 6.0, 0.3, 11.7)]) == ["effect-differs-from-arms"]


@pytest.mark.parametrize("low_high", [(0.102, 0.303), (0.156, 0.525)])
def test_exact_and_score_intervals_of_a_risk_difference_are_let_alone(low_high: tuple[float, float]) -> None:
    # Locatelli 2021 prints 35.6 (15.6 to 52.5) of 44/49 against 26/48: off centre toward 0, wider than Wald's
    rows = arms((44, 26), (49, 48))
    found_codes = codes(ESTIMATES, [*rows, contrast("RD", 0.356, *low_high)])
    assert (found_codes == []) == (low_high == (0.156, 0.525))


def test_newcombes_interval_of_the_arms_is_let_alone_however_far_it_leans() -> None:
    # 10 of 10 against 0 of 10: 1.00 (0.61 to 1.00)
    low, high = newcombe(10, 10, 0, 10, Z)
    assert codes(ESTIMATES, [*arms((10, 0), (10, 10)), contrast("RD", 1.0, round(low, 2), round(high, 2))]) == []
    alone = found(ESTIMATES, [contrast("RD", 0.9, 0.3, 0.95)])
    assert [(item.code, item.severity) for item in alone] == [("interval-off-centre", "note")]


def test_arms_of_other_outcomes_reports_and_populations_are_not_compared() -> None:
    for key, value in (("outcome", "os"), ("report_id", "r2"), ("population", "safety"), ("timepoint_months", 12.0)):
        assert codes(ESTIMATES, [*arms(*HSCT), contrast("OR", 0.2, 0.1, 0.4, **{key: value})]) == []


def test_what_two_people_read_is_compared_for_each_of_them() -> None:
    rows = [*arms(*HSCT), contrast("OR", 3.2, 1.7, 5.9)]
    twice = [{**item, "extractor": who, "row_id": f"{item['row_id']} {who}"} for who in ("a", "b") for item in rows]
    assert codes(ESTIMATES, twice) == []
    twice[3] |= {"events": 47}
    assert codes(ESTIMATES, twice) == ["effect-differs-from-arms"]


def test_two_rows_of_one_arm_are_not_compared() -> None:
    # Which of the two the contrast is of is not known.
    assert codes(ESTIMATES, [*arms(*HSCT), *arms((70, 40), (105, 103)), contrast("OR", 0.2, 0.1, 0.4)]) == []
