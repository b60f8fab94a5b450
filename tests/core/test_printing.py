"""Numbers are printed as a reader of trials expects them, and rounding never changes what they say."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereview import Interval
from livereview.printing import (
    MISSING,
    count,
    counted,
    estimate,
    fixed,
    i2,
    interval,
    level,
    limits,
    p_phrase,
    p_value,
    plain,
    recorded,
    significant,
    tau2,
    weight,
)

NAN = float("nan")


@pytest.mark.parametrize(
    ("value", "display", "printed"),
    [
        (0.714, "ratio", "0.71"), (1.0, "ratio", "1.00"), (12.3456, "ratio", "12.35"), (0.0987, "ratio", "0.099"),
        (0.00123, "ratio", "0.001"), (0.05, "ratio", "0.050"), (0.0000123, "ratio", "<0.001"),
        (999.99, "ratio", "1,000"), (99.994, "ratio", "99.99"), (1234.5, "ratio", ">1,000"),
        (0.0, "ratio", "0.00"), (math.inf, "ratio", "∞"),
        (0.4412, "proportion", "44.1%"), (0.0, "proportion", "0.0%"), (1.0, "proportion", "100.0%"),
        (0.9999, "proportion", ">99.9%"), (0.0001, "proportion", "<0.1%"), (0.005, "proportion", "0.5%"),
        (-0.138, "difference", "−0.138"), (2.5, "difference", "2.50"), (-1234.0, "difference", "−1,234"),
        (0.333, "correlation", "0.33"), (-0.001, "correlation", "0.00"), (0.0234, "rate", "0.0234"),
        (12.34, "mean", "12.3"), (NAN, "ratio", MISSING), (None, "proportion", MISSING),
    ],
)  # fmt: skip
def test_an_estimate_is_printed_by_its_scale(value: float | None, display: str, printed: str) -> None:
    assert estimate(value, display) == printed


@pytest.mark.parametrize(
    ("low", "value", "high", "display", "printed"),
    [
        (0.58, 0.71, 0.87, "ratio", "0.71 (0.58 to 0.87)"),
        (0.0123, 0.095, 0.45, "ratio", "0.095 (0.012 to 0.45)"),
        (0.3804, 0.4412, 0.5031, "proportion", "44.1% (38.0% to 50.3%)"),
        (-5.249, -2.979, -0.709, "difference", "−2.98 (−5.25 to −0.71)"),
        (-0.237, -0.138, -0.04, "difference", "−0.138 (−0.237 to −0.040)"),
        (-140.2, -20.4, 99.4, "difference", "−20 (−140 to 99)"),
        (NAN, 0.71, NAN, "ratio", "0.71 (no interval)"),
        (NAN, NAN, NAN, "ratio", MISSING),
        (0.58, 0.71, math.inf, "ratio", "0.71 (0.58 to ∞)"),
    ],
)
def test_an_interval_has_one_number_of_decimals(
    low: float, value: float, high: float, display: str, printed: str
) -> None:
    assert interval(Interval(estimate=value, low=low, high=high), display) == printed


def test_a_prediction_interval_takes_its_decimals_from_the_estimate_it_belongs_to() -> None:
    assert limits(-8.312, 2.354, "difference", 4.54) == "−8.31 to 2.35"
    assert limits(None, 2.0, "ratio") == MISSING


@pytest.mark.parametrize(
    ("value", "cell", "phrase"),
    [
        (0.034, "0.034", "P = 0.034"), (0.0495, "0.050", "P = 0.050"), (0.0009999, "<0.001", "P < 0.001"),
        (0.0, "<0.001", "P < 0.001"), (0.9996, ">0.999", "P > 0.999"), (1.0, "1.000", "P = 1.000"),
        (None, MISSING, "P = –"), (NAN, MISSING, "P = –"),
    ],
)  # fmt: skip
def test_p_is_exact_to_three_decimals(value: float | None, cell: str, phrase: str) -> None:
    assert (p_value(value), p_phrase(value)) == (cell, phrase)


def test_heterogeneity_is_never_rounded_to_nothing() -> None:
    assert [i2(value) for value in (0.0, 0.3, 55.5, 99.7, 100.0, None)] == ["0%", "<1%", "56%", ">99%", "100%", "–"]
    assert [tau2(value) for value in (0.0, 3e-7, 0.04321, 12.345, None, NAN)] == [
        "0", "<0.0001", "0.0432", "12.3", "–", "–",
    ]  # fmt: skip


def test_counts_weights_and_recorded_numbers_keep_what_was_recorded() -> None:
    assert [count(value) for value in (74.0, 12034.0, 2.5, None)] == ["74", "12,034", "2.5", "–"]
    assert weight(8.24) == "8.2%"
    assert [plain(value) for value in (11.7, -0.5, 24.0, None, 0.1234567)] == ["11.7", "−0.5", "24", "–", "0.123457"]
    assert recorded(0.723, "proportion") == "72.3%"
    assert recorded(0.62, "ratio") == "0.62"
    assert level(0.95) == "95%"
    assert [counted(n, "study", "studies") for n in (0, 1, 1234)] == ["0 studies", "1 study", "1,234 studies"]


@given(st.floats(allow_nan=True, allow_infinity=True), st.sampled_from(["ratio", "proportion", "difference", "rate"]))
def test_every_number_prints_without_a_hyphen_or_a_negative_zero(value: float, display: str) -> None:
    for printed in (estimate(value, display), fixed(value, 2), significant(value), plain(value)):
        assert "-" not in printed
        assert printed not in ("−0", "−0.00", "−0.0%", "nan", "inf")


@given(st.floats(min_value=1e-3, max_value=900), st.sampled_from(["ratio", "difference", "mean", "rate"]))
def test_a_printed_number_is_within_half_its_last_digit(value: float, display: str) -> None:
    printed = estimate(value, display)
    decimals = len(printed.partition(".")[2])
    # Half a unit of the last digit, and the double rounding of a decimal half: at most 1e-12 at this size.
    assert abs(float(printed) - value) <= 0.5 * 10**-decimals + 1e-12
