"""What a funnel plot shows: effect against standard error, limits, contours, tests."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from figure_reading import centre, clashes, has, line, read_off, shape, span, words

import builders
from livereview import FurtherResult, OutcomeResult, SensitivityResult, Series, SubgroupResult
from livereview.anchors import anchor
from livereview_figures.drawing.page import Page, Text
from livereview_figures.funnel.funnel import bias_phrase, funnel, in_words

Z95 = 1.959963984540054
BACK = {"ratio": math.log, "contrast": math.log, "correlation": math.atanh, "difference": float}


def depth(page: Page) -> dict[str, float]:
    """The y of each labelled standard error."""
    return {m.words: m.y - 0.36 * m.size for m in page.marks if isinstance(m, Text) and m.name.startswith("se:")}


def y_of(page: Page, se: float) -> float:
    """Where a standard error must stand, from the outermost two labels."""
    marks = depth(page)
    first, last = min(marks, key=float), max(marks, key=float)
    return marks[first] + (se - float(first)) / (float(last) - float(first)) * (marks[last] - marks[first])


@pytest.mark.parametrize("kind", ["ratio", "contrast", "difference", "correlation"])
def test_points_stand_at_effect_and_standard_error(kind: str) -> None:
    outcome = builders.outcome(10, kind)
    page = funnel(outcome)
    at = read_off(page, BACK[kind])
    for study in outcome.studies:
        x, y = centre(shape(page, f"point:{study.study_id}"))
        assert x == pytest.approx(at(study.shown.estimate), abs=1e-9)
        assert y == pytest.approx(y_of(page, math.sqrt(study.variance)), abs=1e-9)


def test_precise_studies_are_at_the_top() -> None:
    page = funnel(builders.outcome(10))
    marks = depth(page)
    assert marks["0.00"] == min(marks.values())


def test_proportions_stand_on_the_scale_of_the_analysis_with_percentages() -> None:
    outcome = builders.outcome(8, "proportion")
    page = funnel(outcome)
    at = read_off(page, lambda percent: math.log(percent / (100 - percent)))
    for study in outcome.studies:
        assert centre(shape(page, f"point:{study.study_id}"))[0] == pytest.approx(
            at(100 * study.shown.estimate), abs=1e-9
        )
    assert not has(page, "band:0")
    assert not has(page, "null")


def test_the_limits_are_straight_lines_from_the_estimate() -> None:
    outcome = builders.outcome(10)
    page, pooled = funnel(outcome), outcome.pooled
    at = read_off(page, math.log)
    for name, z in (("limit-low", -Z95), ("limit-high", Z95)):
        (x0, y0), (x1, y1) = line(page, name).points
        assert (x0, y0) == pytest.approx((at(pooled.shown.estimate), y_of(page, 0.0)), abs=1e-9)
        slope = (at(math.exp(pooled.estimate + z)) - x0) / (y_of(page, 1.0) - y0)
        # Read off two ticks and far beyond them; worst difference seen 2e-13.
        assert (x1 - x0) / (y1 - y0) == pytest.approx(slope, rel=1e-9)


def test_contours_fan_out_from_the_null_at_the_quantiles_of_p() -> None:
    page = funnel(builders.outcome(10))
    at = read_off(page, math.log)
    axis = span(line(page, "axis"))
    for name, z in (("band:0.05", 2.5758293035489), ("band:0.1", Z95), ("band:1", 1.6448536269514722)):
        points = shape(page, name).points
        assert points[0] == pytest.approx((at(1.0), y_of(page, 0.0)), abs=1e-9)
        x, y = points[-1]
        slope = (at(math.exp(-z)) - points[0][0]) / (y_of(page, 1.0) - points[0][1])
        assert (x - points[0][0]) / (y - points[0][1]) == pytest.approx(slope, rel=1e-9)
        assert all(axis[0] - 1e-9 <= x <= axis[1] + 1e-9 for x, _ in points)


def test_nothing_leaves_the_frame_when_one_standard_error_is_huge() -> None:
    outcome = builders.outcome(studies=[*(builders.study(i) for i in range(5)), builders.study(5, variance=400.0)])
    page = funnel(outcome)
    left, right = span(line(page, "axis"))
    bottom = line(page, "axis").points[0][1]
    for mark in page.marks:
        if mark.name.startswith(("band", "limit", "point")):
            assert not isinstance(mark, Text)
            assert left - 4 <= span(mark)[0] <= span(mark)[1] <= right + 4
            assert max(y for _, y in mark.points) <= bottom + 4


def test_a_pool_that_failed_leaves_points_and_contours() -> None:
    outcome = builders.outcome(5)
    failed: OutcomeResult = replace(outcome, pooled=builders.pooled([]))
    page = funnel(failed)
    assert has(page, "band:0")
    assert not has(page, "limit-low")
    assert "pseudo" not in words(page, "footnote")


def test_tests_are_reported_with_their_p_or_their_refusal() -> None:
    notes = words(funnel(builders.outcome(5)), "footnote")
    assert "Egger test: t(8) = 1.24 (P = 0.250); estimate 0.61, SE 0.49" in notes
    assert "Begg test: not run; 5 studies: below 10 the test says little" in notes
    assert bias_phrase(builders.bias("thompson-sharp", estimate=None, df=None, statistic_name="z")) == (
        "Thompson sharp test: z = 1.24 (P = 0.250)"
    )


def test_a_test_on_another_measure_than_the_plot_says_so() -> None:
    elsewhere = builders.bias(notes=("On PLN (variance = exact-interval).", "limit estimate: 0.3"))
    assert bias_phrase(elsewhere).startswith("Egger test on PLN (variance = exact-interval): t(8) = 1.24")


def test_tests_refused_for_the_same_reason_share_a_line() -> None:
    refused = [builders.bias(name, refused="too few") for name in ("egger", "begg")]
    notes = words(funnel(builders.outcome(5, bias=tuple(refused))), "footnote")
    assert "Egger, Begg test: not run; too few" in notes
    assert notes.count("too few") == 1


@pytest.mark.parametrize("scale", ["freeman-tukey", "log-log"])
def test_a_scale_without_a_plain_inverse_is_named(scale: str) -> None:
    page = funnel(replace(builders.outcome(5, "proportion"), scale=scale))
    assert words(page, "axis-title").endswith("scale")


# --- tests, subgroups and adjustments in the plot --------------------------------------------------------------------


def test_the_line_of_a_test_runs_where_its_numbers_say() -> None:
    at_zero, slope = -0.2, -0.4
    page = funnel(builders.outcome(10, bias=(builders.bias(line=(at_zero, slope)),)))
    at = read_off(page, math.log)
    (x0, y0), (x1, y1) = line(page, "test:egger").points
    assert (x0, y0) == pytest.approx((at(math.exp(at_zero)), y_of(page, 0.0)), abs=1e-9)
    per_error = (y_of(page, 1.0) - y_of(page, 0.0), at(math.exp(at_zero + slope)) - at(math.exp(at_zero)))
    assert (x1 - x0) / (y1 - y0) == pytest.approx(per_error[1] / per_error[0], rel=1e-9)
    assert "line of the Egger test" in words(page, "legend")


def test_a_refused_test_has_no_line_and_its_reason_is_printed() -> None:
    page = funnel(builders.outcome(10, bias=(builders.bias(line=(0.0, 0.1), refused="too few studies"),)))
    assert not has(page, "test:egger")
    assert "not run; too few studies" in words(page, "footnote")


def filled() -> tuple[Series, ...]:
    return (
        Series(name="filled in", x=np.array([0.9]), y=np.array([0.25]), style="hollow", labels=("mirror image of A",)),
        Series(name="estimate with filled studies", x=np.full(2, -0.1), y=np.array([0.0, 0.3]), style="dashed"),
    )


def test_filled_studies_are_hollow_where_they_would_have_been() -> None:
    found = FurtherResult(name="t", title="T", options="", funnel=filled())
    page = funnel(builders.outcome(10, further=(found,)))
    at = read_off(page, math.log)
    mark = shape(page, "filled:0")
    assert mark.fill == "#FFFFFF"
    assert mark.tip == "filled in: mirror image of A"
    # A circle of 32 corners is a little lower than wide only by rounding.
    assert centre(mark) == pytest.approx((at(math.exp(0.9)), y_of(page, 0.25)), abs=1e-9)
    xs = [x for x, _ in line(page, "added:estimate with filled studies").points]
    assert xs == pytest.approx([at(math.exp(-0.1))] * 2, abs=1e-9)


def test_adjusted_estimates_are_marks_on_the_axis_with_their_numbers_in_the_legend() -> None:
    outcome = builders.outcome(10)
    selection = SensitivityResult(title="Selection model", choice="", pooled=outcome.pooled, studies=(), adjusted=True)
    other = replace(selection, title="Common effect", adjusted=False)
    page = funnel(replace(outcome, sensitivity=(selection, other)))
    at = read_off(page, math.log)
    assert centre(shape(page, "point:adjusted-0"))[0] == pytest.approx(at(outcome.pooled.shown.estimate), abs=1e-9)
    assert not has(page, "point:adjusted-1")
    assert "a: Selection model, " in words(page, "legend")
    assert "Common effect" not in words(page, "legend")


def test_subgroups_differ_in_shape() -> None:
    outcome = builders.outcome(10)
    halves = tuple(
        (name, outcome.pooled, tuple(study.study_id for study in outcome.studies[part]))
        for name, part in (("Adults", slice(0, 5)), ("Children", slice(5, 10)))
    )
    grouped = SubgroupResult(title="Age", groups=halves, q_between=None, df_between=None, p_between=None)
    page = funnel(replace(outcome, subgroups=(grouped,)))
    first, last = (shape(page, f"point:{outcome.studies[i].study_id}") for i in (0, 9))
    assert (len(first.points), len(last.points)) == (32, 3)
    assert words(page, "legend").endswith("Adults Children")


def test_without_contours_the_line_of_no_effect_stays() -> None:
    page = funnel(builders.outcome(10), contours=False)
    assert not has(page, "band:0")
    assert has(page, "null")


def test_a_point_tells_its_numbers_and_leads_to_its_study() -> None:
    outcome = builders.outcome(10)
    study = outcome.studies[0]
    mark = shape(funnel(outcome), f"point:{study.study_id}")
    assert mark.tip.endswith(f": {study.shown.estimate:.2f}, standard error {math.sqrt(study.variance):.3f}")
    assert mark.href == "#" + anchor("from", outcome.id, study.study_id)


@pytest.mark.parametrize("k", [3, 12, 40, 120])
def test_no_text_of_a_funnel_covers_another(k: int) -> None:
    long = "An author with a rather long name and others, group {}"
    studies = [builders.study(i, label=long.format(i)) for i in range(k)]
    found = FurtherResult(name="t", title="T", options="", funnel=filled())
    page = funnel(builders.outcome(studies=studies, further=(found,), bias=(builders.bias(line=(-0.2, 0.3)),)))
    assert clashes(page) == []


def test_equal_standard_errors_give_a_funnel() -> None:
    studies = [builders.study(i, variance=0.04) for i in range(5)]
    page = funnel(builders.outcome(studies=studies))
    assert len({centre(shape(page, f"point:{study.study_id}"))[1] for study in studies}) <= 5
    assert clashes(page) == []


def test_the_words_of_a_funnel_say_what_it_shows() -> None:
    told = in_words(builders.outcome(10))
    assert told.startswith("10 studies, standard errors from ")
    assert "left of the pooled estimate of " in told
    assert "Egger test: t(8) = 1.24 (P = 0.250)" in told
