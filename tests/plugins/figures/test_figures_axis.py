"""Which range an axis shows and where its ticks are."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livereview_figures.drawing.axis import Axis, data_range, linear_ticks, percent_ticks, ticks_of

LENGTH, SIZE = 200.0, 8.0


def labels(low: float, high: float, display: str = "ratio") -> list[str]:
    if display == "ratio":
        low, high = math.log(low), math.log(high)
    return [label for _, label in ticks_of(display, low, high, LENGTH, SIZE)]


def test_ratio_axes_have_the_ticks_that_readers_expect() -> None:
    assert labels(0.1, 5) == ["0.1", "0.2", "0.5", "1", "2", "5"]
    assert labels(0.4, 1.6) == ["0.5", "0.7", "1", "1.5"]
    assert labels(0.01, 100) == ["0.01", "0.1", "1", "10", "100"]
    assert labels(0.88, 1.12) == ["0.90", "0.95", "1.00", "1.05", "1.10"]
    assert "1" in labels(1e-6, 1e6)


def test_linear_axes_have_round_ticks() -> None:
    assert labels(-8.2, 1.9, "difference") == ["−8", "−6", "−4", "−2", "0"]
    assert labels(-0.34, 0.17, "difference") == ["−0.3", "−0.2", "−0.1", "0.0", "0.1"]
    assert labels(0, 100, "difference") == ["0", "20", "40", "60", "80", "100"]
    assert [label for _, label in linear_ticks(0, 0.26, 1000, SIZE)] == ["0.00", "0.05", "0.10", "0.15", "0.20", "0.25"]


def test_proportions_have_the_whole_range() -> None:
    assert data_range("proportion", [0.3], [0.2, 0.4], []) == (0.0, 1.0)
    assert labels(0, 1, "proportion") == ["0", "20", "40", "60", "80", "100"]


def test_percentages_stand_where_the_transformation_puts_them() -> None:
    ticks = {label: at for at, label in percent_ticks("logit", -4, 4, 40, SIZE)}
    assert ticks["50"] == pytest.approx(0, abs=1e-12)
    assert ticks["10"] == pytest.approx(-math.log(9), abs=1e-12)
    narrow = {label: at for at, label in percent_ticks("arcsine", 0.5, 0.7, 1000, SIZE)}
    assert math.sin(narrow["30"]) ** 2 == pytest.approx(0.30, abs=1e-12)


def test_one_endless_interval_does_not_squeeze_the_others() -> None:
    estimates = [math.log(v) for v in (0.6, 0.7, 0.8, 0.9, 1.1)]
    limits = [math.log(0.4), math.log(1.4), -math.inf, math.inf, math.log(1e-5), math.log(1e5)]
    low, high = data_range("ratio", estimates, limits, [0.0])
    assert math.exp(low) > 0.2
    assert math.exp(high) < 3


def test_a_far_outlier_does_not_decide_the_range_but_the_pool_and_the_null_do() -> None:
    estimates = [math.log(v) for v in (0.6, 0.7, 0.8, 0.9, 1e6)]
    low, high = data_range("ratio", estimates, [], [math.log(3.0), 0.0])
    assert low < math.log(0.6)
    assert math.log(3.0) < high < math.log(10)


def test_a_single_point_still_has_a_range() -> None:
    for display in ("ratio", "difference", "rate", "mean", "correlation"):
        low, high = data_range(display, [0.5], [0.5, 0.5], [])
        assert low < 0.5 < high


def test_a_correlation_axis_ends_at_one() -> None:
    low, high = data_range("correlation", [0.1, 0.98], [-0.9, 0.999], [0.0])
    assert low >= -1
    assert high <= 1


@settings(max_examples=200)
@given(
    st.sampled_from(["ratio", "difference", "rate", "mean"]),
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8),
    st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=8),
)
def test_every_range_is_finite_and_its_ticks_lie_inside(
    display: str, estimates: list[float], limits: list[float]
) -> None:
    if display == "ratio":
        estimates = [e / 1e5 for e in estimates]
        limits = [v / 1e5 if abs(v) < 1e7 else math.inf for v in limits]
    low, high = data_range(display, estimates, limits, [0.0])
    assert math.isfinite(low)
    assert math.isfinite(high)
    assert low < high
    axis = Axis(low, high, 10.0, 10.0 + LENGTH, ticks_of(display, low, high, LENGTH, SIZE))
    assert len(axis.ticks) <= 12
    assert all(9.9 <= axis.at(value) <= 10.1 + LENGTH for value, _ in axis.ticks)
