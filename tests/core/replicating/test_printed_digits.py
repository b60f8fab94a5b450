"""Printed numbers: how far they are known, and what kinds of slips explain one that differs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from published_rows import printed as row

from livereview.replicating.digits import digits_of, printed_numbers, rounded
from livereview.replicating.misprints import heterogeneity_contradiction, misprints, off_centre


@settings(max_examples=50)
@given(st.floats(-100, 100), st.integers(0, 4))
def test_a_number_holds_every_value_that_is_rounded_to_it(value: float, places: int) -> None:
    number = rounded("estimate", round(value, places), places)
    assert number.holds(np.asarray(value))
    assert not number.holds(np.asarray(value + 1.01 * 10.0**-places))


def test_zeros_at_the_end_are_counted_with_the_numbers_beside_them() -> None:
    found = printed_numbers(row(estimate=0.5, ci_low=0.36, ci_high=0.6), {}, ("estimate", "ci_low", "ci_high"))
    assert not found["estimate"].holds(np.asarray(0.52))
    assert not found["ci_high"].holds(np.asarray(0.62))


def test_limits_that_are_both_shorter_than_the_estimate_keep_their_own_digits() -> None:
    # Wang 2026, Table III, all AEs: 86.3 (77-96).
    found = printed_numbers(row(estimate=0.863, ci_low=0.77, ci_high=0.96), {}, ("estimate", "ci_low", "ci_high"))
    assert found["ci_low"].holds(np.asarray(0.767))
    assert not found["estimate"].holds(np.asarray(0.866))


def test_a_bound_holds_everything_below_it() -> None:
    found = printed_numbers(row(q_p="<0.001", p_value="0.7"), {}, ("q_p", "p_value"))
    assert found["q_p"].holds(np.asarray(1e-9))
    assert not found["q_p"].holds(np.asarray(0.002))
    assert not found["p_value"].holds(np.asarray(0.74))


def test_p_of_q_has_as_many_digits_as_the_longest_of_the_publication() -> None:
    rows = [row(q_p="0.05"), row(q_p="0.792")]
    found = printed_numbers(rows[0], digits_of(rows), ("q_p",))
    assert found["q_p"].holds(np.asarray(0.0504))
    assert not found["q_p"].holds(np.asarray(0.052))


INTERVAL = ("estimate", "ci_low", "ci_high")


@pytest.mark.parametrize(
    ("printed", "values", "says"),
    [
        # Wang 2026, Table III: constipation, hyperglycemia; Chen 2023, 3.4.1: neutropenia.
        ((0.347, 0.118, 0.813), (0.3474, -0.1177, 0.8125), "lost minus sign: lower limit −0.118 printed as 0.118"),
        ((0.207, 0.035, 0.362), (0.2072, 0.0527, 0.3617), "digits exchanged: lower limit 0.053 printed as 0.035"),
        ((0.338, None, None), (0.338983, 0.0, 0.0), "cut off instead of rounded: estimate 0.338983 printed as 0.338"),
    ],
)
def test_mechanical_slips_are_named(printed: tuple[float, ...], values: tuple[float, ...], says: str) -> None:
    numbers = printed_numbers(row(**dict(zip(INTERVAL, printed, strict=True))), {}, INTERVAL)
    assert misprints(numbers, dict(zip(INTERVAL, values, strict=True))) == [says]


def test_another_number_altogether_has_no_such_explanation() -> None:
    numbers = printed_numbers(row(estimate=0.347, ci_low=0.231, ci_high=0.503), {}, INTERVAL)
    assert misprints(numbers, {"estimate": 0.3474, "ci_low": 0.279, "ci_high": 0.503}) == []


@pytest.mark.parametrize(
    ("values", "proportion", "centred"),
    [
        ((0.56, 0.45, 0.68), True, True),  # Chen 2023, abstract
        ((0.56, 0.54, 0.68), True, False),  # 3.3.1
        ((0.71, 0.58, 0.87), False, True),  # a ratio, on the log scale
        ((0.2, 0.08, 0.42), True, True),  # a proportion, on the logit scale
        ((0.99, 0.96, 1.0), True, True),  # cut at 1: nothing can be said
    ],
)
def test_an_interval_off_its_centre_on_every_scale_is_told(
    values: tuple[float, ...], proportion: bool, centred: bool
) -> None:
    numbers = printed_numbers(row(**dict(zip(INTERVAL, values, strict=True))), {}, INTERVAL)
    assert (off_centre(numbers, proportion=proportion) == "") == centred


def test_a_sign_that_would_centre_the_interval_is_named() -> None:
    # Chen 2023, 3.3.1, marrow blasts of 50 % or more: -0.64 (-1.21-.08).
    numbers = printed_numbers(row(estimate=-0.64, ci_low=-1.21, ci_high=0.08), {}, INTERVAL)
    assert off_centre(numbers, proportion=False).endswith("with an upper limit of −0.08")


@pytest.mark.parametrize(("i2", "p", "k", "possible"), [(86.6, "0.006", 2, True), (32.0, "0.196", 6, True),
                                                       (32.0, "0.296", 6, False), (0.0, "0.334", 2, True),
                                                       (0.0, "0.02", 2, False)])  # fmt: skip
def test_i2_and_p_of_q_cannot_contradict_each_other(i2: float, p: str, k: int, possible: bool) -> None:
    # Chen 2023, 3.4.2 and 3.3.4, and values that cannot be: chi² with k - 1 degrees of freedom.
    numbers = printed_numbers(row(i2=i2, q_p=p), {"i2": 1, "q_p": 3}, ("i2", "q_p"))
    assert (heterogeneity_contradiction(numbers, k) == "") == possible
