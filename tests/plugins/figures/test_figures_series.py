"""What leave-one-out and cumulative plots show."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from figure_reading import centre, has, line, read_off, shape, span, words

import builders
from livereview_figures.forest.series import SeriesKind, series, steps_of


@pytest.mark.parametrize("kind", ["leave-one-out", "cumulative"])
def test_every_fit_has_its_estimate_interval_and_numbers(kind: SeriesKind) -> None:
    outcome = builders.outcome(7)
    page = series(outcome, kind)
    at = read_off(page, math.log)
    steps = outcome.leave_one_out if kind == "leave-one-out" else outcome.cumulative
    for i, step in enumerate(steps):
        shown = step.pooled.shown
        assert centre(shape(page, f"square:{i}"))[0] == pytest.approx(at(shown.estimate), abs=1e-9)
        assert span(line(page, f"interval:{i}")) == pytest.approx((at(shown.low), at(shown.high)), abs=1e-9)
        assert words(page, f"k:{i}") == str(step.pooled.k)
        assert words(page, f"estimate:{i}") == f"{shown.estimate:.2f}"
    assert words(page, "i2:6").endswith("%")
    assert span(line(page, "estimate"))[0] == pytest.approx(at(outcome.pooled.shown.estimate), abs=1e-9)
    assert span(shape(page, "diamond:overall"))[0] == pytest.approx(at(outcome.pooled.shown.low), abs=1e-9)


def test_rows_are_named_by_the_study_that_was_left_out_or_added() -> None:
    outcome = builders.outcome(3)
    left_out, added = series(outcome, "leave-one-out"), series(outcome, "cumulative")
    assert words(left_out, "header:label") == "Study left out"
    assert words(left_out, "label:0") == "Adams 2001"
    assert words(added, "header:label") == "Study added"
    assert words(added, "published:0") == "2001-06"


def test_a_fit_without_an_estimate_is_listed() -> None:
    outcome = builders.outcome(4)
    empty = replace(outcome.cumulative[0], pooled=builders.pooled([]))
    page = series(replace(outcome, cumulative=(empty, *outcome.cumulative[1:])), "cumulative")
    assert words(page, "remark") == "not estimable"
    assert not has(page, "square:0")


def test_a_fit_that_did_not_converge_is_marked() -> None:
    outcome = builders.outcome(4)
    step = outcome.leave_one_out[1]
    poor = replace(step, pooled=replace(step.pooled, converged=False))
    page = series(replace(outcome, leave_one_out=(outcome.leave_one_out[0], poor)), "leave-one-out")
    assert words(page, "label:1").endswith(" ‡")
    assert "‡ the model did not converge" in words(page, "footnote")
    assert "‡" not in words(series(outcome, "leave-one-out"), "footnote")


def test_there_is_no_series_of_fewer_than_two_estimates() -> None:
    assert steps_of(builders.outcome(1), "leave-one-out") == ()
    assert len(steps_of(builders.outcome(2), "cumulative")) == 2
