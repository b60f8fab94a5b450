"""The strip of two intervals shows both on one axis, at the places of their numbers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_reading import Node, reading

from livereview import Interval
from livereview_html.strip import strip


def drawn(before: Interval, after: Interval, display: str = "ratio", null: float | None = 1.0) -> Node:
    return reading(strip(before, after, display, null).markup).one("svg")


def span(line: Node) -> tuple[float, float]:
    return float(line.attributes["x1"]), float(line.attributes["x2"])


def test_ratios_lie_on_a_logarithmic_axis() -> None:
    node = drawn(Interval(estimate=0.5, low=0.25, high=1), Interval(estimate=1, low=0.5, high=4))
    null, before, after = node.all("line")
    # From 0.25 to 4 are four doublings, from 8 to 312 points: 76 a doubling.
    assert span(before) == (8, 160)
    assert span(after) == (84, 312)
    assert span(null) == (160, 160)


def test_differences_lie_on_a_straight_axis() -> None:
    node = drawn(Interval(estimate=0, low=-1, high=1), Interval(estimate=2, low=1, high=3), "difference", 0.0)
    null, before, after = node.all("line")
    assert (span(before), span(after), span(null)) == ((8, 160), (160, 312), (84, 84))


@pytest.mark.parametrize("value", [math.nan, math.inf, 0.0, -1.0])
def test_what_has_no_place_on_the_axis_is_not_drawn(value: float) -> None:
    whole = Interval(estimate=1, low=0.5, high=2)
    assert not strip(whole, Interval(estimate=1, low=value, high=2), "ratio", 1.0)
    assert not strip(None, whole, "ratio", 1.0)
    assert not strip(whole, None, "ratio", 1.0)


numbers = st.floats(1e-6, 1e6)


@given(st.tuples(numbers, numbers, numbers), st.tuples(numbers, numbers, numbers), st.sampled_from(["ratio", "rate"]))
def test_nothing_is_drawn_outside_the_strip(
    one: tuple[float, float, float], two: tuple[float, float, float], display: str
) -> None:
    before, after = (Interval(estimate=b, low=a, high=c) for a, b, c in (sorted(one), sorted(two)))
    for line in drawn(before, after, display).all("line"):
        assert all(8 <= end <= 312 for end in span(line))
