"""Words inside a plot: beside their point or along their line, on nothing, or left out; tips and links of points."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from figure_reading import has, shape
from legibility import faults

import builders
from livereview import FurtherResult, OutcomeResult, Plot, Series
from livereview.anchors import anchor
from livereview_figures.charts.chart import chart
from livereview_figures.charts.labels import Named, Room, beside_points
from livereview_figures.drawing.page import Line, Page, Shape, Text
from livereview_figures.drawing.typeface import width_of

X = np.linspace(0, 10, 40)


def page(*series: Series, outcome: OutcomeResult | None = None, **change: object) -> Page:
    plain = Plot(name="p", title="A plot", x_label="Size", y_label="Height", series=series)
    result = FurtherResult(name="look", title="A look", options="")
    return chart(outcome or builders.outcome(4), result, replace(plain, **change))  # type: ignore[arg-type]


def crossed(drawn: Page) -> list[str]:
    """Labels and words along lines that a line of the plot runs through, by sampling the lines closely."""
    found = []
    for text in (m for m in drawn.marks if isinstance(m, Text) and m.name.startswith(("label:", "inline:"))):
        right = text.x + width_of(text.words, text.size)
        for line in (m for m in drawn.marks if isinstance(m, Line)):
            for (x0, y0), (x1, y1) in pairwise(line.points):
                at = np.linspace(0, 1, 100)
                x, y = x0 + at * (x1 - x0), y0 + at * (y1 - y0)
                inside = (text.x < x) & (x < right) & (text.y - 0.72 * text.size < y) & (y < text.y)
                if inside.any():
                    found.append(f"{text.words} by {line.name}")
    return found


@pytest.mark.parametrize("k", [3, 60])
@pytest.mark.parametrize(
    "name", ["Brown {}", "A trial with a name of about sixty characters, arm number {}", "李雷 {}", "לוי {}"]
)
def test_no_line_crosses_a_name(k: int, name: str) -> None:
    random = np.random.default_rng(k)
    names = tuple(name.format(i) for i in range(k))
    points = Series(name="studies", x=random.uniform(0, 10, k), y=random.normal(size=k), labels=names,
                    low=np.full(k, -1.0), high=np.full(k, 1.0))  # fmt: skip
    line = Series(name="fit", x=X, y=np.sin(X), style="line", inline="fit")
    level = Series(name="level", x=X[[0, -1]], y=np.array([0.5, 0.5]), style="dashed", quiet=True, inline="a level")
    drawn = page(line, level, points)
    assert crossed(drawn) == []
    assert faults(drawn) == []


def test_a_name_that_finds_no_free_place_is_left_out() -> None:
    room = Room((0.0, 0.0, 100.0, 100.0), lines=np.array([(0.0, y, 100.0, y) for y in range(0, 100, 4)]))
    assert list(beside_points([Named(x=50, y=50, radius=3, words="a name")], room, 8)) == []
    free = Room((0.0, 0.0, 100.0, 100.0))
    assert [text.words for text in beside_points([Named(x=50, y=50, radius=3, words="a name")], free, 8)] == ["a name"]


def test_a_line_named_in_the_plot_is_not_in_the_legend() -> None:
    points = Series(name="studies", x=X, y=np.zeros(40))
    drawn = page(points, Series(name="threshold", x=X[[0, -1]], y=np.array([3.0, 3.0]), style="dashed", inline="here"))
    legend = [mark.words for mark in drawn.marks if isinstance(mark, Text) and mark.name == "legend"]
    assert legend == ["studies"]
    assert has(drawn, "inline:here")


def test_words_stand_in_a_band_where_it_is_high_enough_and_else_in_the_legend() -> None:
    def band(height: float) -> Page:
        wedge = Series(name="futility", x=X, y=X, style="band", low=-height * X, high=height * X, inline="futility")
        return page(Series(name="z", x=X, y=np.linspace(-20, 20, 40)), wedge)

    assert has(band(2.0), "inline:futility")
    assert not has(band(0.001), "inline:futility")
    assert "futility" in [m.words for m in band(0.001).marks if isinstance(m, Text) and m.name == "legend"]


def test_a_point_tells_its_numbers_and_leads_to_the_study_of_its_name() -> None:
    outcome = builders.outcome(4)
    study = outcome.studies[0]
    points = Series(
        name="studies", x=np.array([1.0, 2.0]), y=np.array([study.effect, 0.1]), labels=(study.label, "not a study")
    )
    drawn = page(points, outcome=outcome, y_kind="effect")
    first, second = shape(drawn, "point:0"), shape(drawn, "point:1")
    assert first.tip == f"{study.label}: Size 1; Height {study.shown.estimate:.2f}"
    assert first.href == "#" + anchor("from", outcome.id, study.study_id)
    assert second.href == ""


def test_a_label_that_two_studies_share_leads_nowhere() -> None:
    outcome = builders.outcome(4)
    same = tuple(replace(study, label="Twins") for study in outcome.studies)
    points = Series(name="studies", x=np.array([1.0]), y=np.array([0.1]), labels=("Twins",))
    assert shape(page(points, outcome=replace(outcome, studies=same)), "point:0").href == ""


def test_what_lies_beyond_a_stated_axis_is_not_drawn() -> None:
    points = Series(name="studies", x=np.array([1.0, 50.0]), y=np.array([0.5, 0.5]))
    curve = Series(name="fit", x=np.linspace(-5, 60, 200), y=np.linspace(-1, 2, 200), style="line")
    drawn = page(points, curve, x_range=(0.0, 10.0), y_range=(0.0, 1.0))
    axis = next(m for m in drawn.marks if isinstance(m, Line) and m.name == "axis")
    left, right = axis.points[0][0], axis.points[-1][0]
    assert has(drawn, "point:0")
    assert not has(drawn, "point:1")
    for mark in drawn.marks:
        if isinstance(mark, Line) and mark.name == "line:fit":
            assert all(left - 0.01 <= x <= right + 0.01 for x, _ in mark.points)


def test_hollow_points_are_white_with_an_edge() -> None:
    mark = shape(page(Series(name="filled", x=X[:3], y=X[:3], style="hollow")), "point:0")
    assert mark.fill == "#FFFFFF"
    assert mark.edge


def test_cells_that_hold_more_are_darker_and_shared_ones_are_split() -> None:
    size = {"cell": (1.0, 1.0), "style": "cells"}
    one = Series(name="with", x=np.array([1.0, 2.0]), y=np.array([1.0, 1.0]), size=np.array([1.0, 90.0]), **size)  # type: ignore[arg-type]
    other = Series(name="without", x=np.array([2.0]), y=np.array([1.0]), size=np.array([5.0]), **size)  # type: ignore[arg-type]
    bars = Series(name="with", x=np.array([1.0, 2.0]), y=np.array([1.0, 90.0]), cell=(1.0, 1.0))
    drawn = page(one, other, x_range=(0.0, 3.0), y_range=(0.0, 2.0), above=(bars,))
    first, second = [m for m in drawn.marks if isinstance(m, Shape) and m.name == "cell:with"]
    pale, dark = (sum(int(mark.fill[i : i + 2], 16) for i in (1, 3, 5)) for mark in (first, second))
    assert pale > dark

    def wide(mark: Shape) -> float:
        return max(x for x, _ in mark.points) - min(x for x, _ in mark.points)

    assert wide(second) == pytest.approx(wide(first) / 2)
    low, high = [m for m in drawn.marks if isinstance(m, Shape) and m.name == "bar:with"]
    heights = [max(y for _, y in m.points) - min(y for _, y in m.points) for m in (low, high)]
    assert heights[0] / heights[1] == pytest.approx(1 / 90)
