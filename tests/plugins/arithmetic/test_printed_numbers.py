"""What a printed number can stand for: rounding, digits of neighbours, P values and their bounds."""

from __future__ import annotations

import doctest
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livereview_arithmetic import means as means_of
from livereview_arithmetic import printed, repairs, wholes


@pytest.mark.parametrize("module", [printed, wholes, means_of, repairs])
def test_the_examples_in_the_docstrings_hold(module: object) -> None:
    tried = doctest.testmod(module)  # type: ignore[arg-type]
    assert tried.attempted > 0
    assert tried.failed == 0


@settings(max_examples=60)
@given(st.decimals(min_value="-999", max_value="999", places=6), st.integers(0, 4))
def test_a_number_lies_in_what_its_rounding_can_stand_for(value: Decimal, digits: int) -> None:
    for how in (ROUND_HALF_UP, ROUND_HALF_EVEN):
        typed = float(value.quantize(Decimal(1).scaleb(-digits), how))
        assert printed.rounds_to(typed, float(value))
        assert printed.rounds_to(typed, float(value), digits)


def test_a_number_has_the_digits_of_its_neighbours() -> None:
    assert printed.span(0.4, 2) == pytest.approx((0.395, 0.405))


def test_numbers_of_two_significant_digits_are_no_less_precise_than_they_were_printed() -> None:
    # 0.76 (0.40 to 1.5), 28 beside 9.5
    assert printed.span(1.5, 2) == pytest.approx((1.45, 1.55))
    assert printed.span(28.0, 2) == pytest.approx((27.5, 28.5))


@pytest.mark.parametrize(
    ("written", "low", "high"), [("0.03", 0.025, 0.035), ("<0.001", 0, 0.001), (">0.5", 0.5, 1), ("<=0.05", 0, 0.05)]
)
def test_a_p_value_stands_for_an_interval(written: str, low: float, high: float) -> None:
    assert printed.p_span(written) == pytest.approx((low, high))


def test_what_is_no_p_value_stands_for_nothing() -> None:
    assert printed.p_span("") is None


def test_digits_cut_off_are_told_from_digits_rounded() -> None:
    assert printed.cut_to(0.338, 100 / 295)  # 0.33898, printed as 33.8% in a published review
    assert not printed.rounds_to(0.338, 100 / 295)
    assert not printed.cut_to(0.337, 100 / 295)
