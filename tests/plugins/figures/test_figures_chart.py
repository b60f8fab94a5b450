"""The plots of further analyses: points, lines and bands where their numbers say, labels that cover nothing."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from figure_reading import centre, clashes, has, named, read_off, shape, texts, words

import builders
from livereview import FurtherResult, OutcomeResult, Plot, RenderRequest, Series
from livereview_figures import Pictures, render_png
from livereview_figures.charts.chart import chart, drawable
from livereview_figures.charts.numbers import plot_data
from livereview_figures.drawing.page import Line, Page, Shape, Text

X, Y = np.array([1.0, 2.0, 3.0, 4.0]), np.array([-0.5, 0.2, math.nan, 0.8])


def plot(*series: Series, **change: object) -> Plot:
    plain = Plot(name="p", title="A plot", x_label="Year", y_label="Risk ratio", series=series, y_kind="effect")
    return replace(plain, **change)  # type: ignore[arg-type]


def page(*series: Series, outcome: OutcomeResult | None = None, **change: object) -> Page:
    result = FurtherResult(name="look", title="A look", options="", notes=("Read this.",))
    return chart(outcome or builders.outcome(4), result, plot(*series, **change))


POINTS = Series(name="studies", x=X, y=Y, labels=("A", "B", "C", "D"), size=np.array([1.0, 4.0, 1.0, 2.0]))


def test_points_stand_where_their_numbers_say() -> None:
    drawn = page(POINTS)
    at = read_off(drawn, float)
    marks = {m.words: m.y - 0.36 * m.size for m in drawn.marks if isinstance(m, Text) and m.name.startswith("y:")}
    low, high = min(marks, key=float), max(marks, key=float)
    for i in (0, 1, 3):
        x, y = centre(shape(drawn, f"point:{i}"))
        assert x == pytest.approx(at(X[i]), abs=1e-6)
        share = (Y[i] - math.log(float(low))) / (math.log(float(high)) - math.log(float(low)))
        assert y == pytest.approx(marks[low] + share * (marks[high] - marks[low]), abs=1e-6)


def test_what_has_no_number_is_not_drawn() -> None:
    assert not has(page(POINTS), "point:2")
    assert not drawable(plot(Series(name="none", x=X, y=np.full(4, math.nan))))


def test_the_area_of_a_point_is_its_size() -> None:
    drawn = page(POINTS)

    def area(name: str) -> float:
        points = np.array(shape(drawn, name).points)
        return float(np.ptp(points[:, 0]) * np.ptp(points[:, 1]))

    assert area("point:1") / area("point:0") == pytest.approx(4.0)


def test_no_effect_is_a_line_on_an_axis_of_effects_and_nowhere_else() -> None:
    assert has(page(POINTS), "null")
    assert not has(page(POINTS, y_kind="number"), "null")
    assert not has(page(POINTS, outcome=builders.outcome(4, "proportion")), "null")


def test_a_line_has_a_gap_where_a_number_is_missing_and_a_path_has_none() -> None:
    gap = np.array([0.1, 0.2, math.nan, 0.3, 0.4])
    x = np.arange(5.0)
    drawn = page(Series(name="limits", x=x, y=gap, style="dashed"), Series(name="steps", x=x, y=gap, style="path"))
    dashed = [mark for mark in drawn.marks if isinstance(mark, Line) and mark.name == "line:limits"]
    assert [len(mark.points) for mark in dashed] == [2, 2]
    assert all(mark.dash for mark in dashed)
    path = named(drawn, "line:steps")
    assert isinstance(path, Line)
    assert (len(path.points), path.dash) == (4, ())
    assert [has(drawn, f"point:{i}") for i in range(5)] == [True, True, False, True, True]


def test_a_band_lies_below_what_is_named_before_it() -> None:
    line = Series(name="fit", x=X, y=np.linspace(-0.5, 0.5, 4), style="line")
    band = Series(name="wedge", x=X, y=Y, style="band", low=np.full(4, -0.7), high=np.full(4, 0.7))
    names = [mark.name for mark in page(line, band).marks]
    assert names.index("band:wedge") < names.index("line:fit")


def test_an_axis_of_counts_has_whole_ticks() -> None:
    few = Series(name="e", x=np.array([0.0, 1.0, 2.0]), y=np.array([0.0, 0.2, 0.4]))
    marks = [
        mark.words for mark in page(few, x_kind="count").marks if isinstance(mark, Text) and mark.align == "center"
    ]
    assert [words for words in marks if words.isdigit()] == ["0", "1", "2"]
    assert not any("." in words for words in marks)


def test_a_label_does_not_lie_on_a_path() -> None:
    flat = Series(name="steps", x=np.array([0.0, 5.0, 10.0]), y=np.zeros(3), style="path", labels=("", "a study", ""))
    drawn = page(flat)
    (label,) = [mark for mark in drawn.marks if isinstance(mark, Text) and mark.name == "label:a study"]
    path = named(drawn, "line:steps")
    assert isinstance(path, Line)
    assert not label.y - 0.8 * label.size < path.points[0][1] < label.y + 0.2 * label.size


def test_lines_bands_and_intervals_are_drawn() -> None:
    line = Series(name="fit", x=X, y=np.linspace(-0.5, 0.5, 4), style="line")
    band = Series(name="95% CI", x=X, y=Y, style="band", low=np.full(4, -0.7), high=np.full(4, 0.7))
    bars = replace(POINTS, low=Y - 0.1, high=Y + 0.1)
    drawn = page(band, line, bars)
    assert isinstance(named(drawn, "line:fit"), Line)
    assert isinstance(named(drawn, "band:95% CI"), Shape)
    assert has(drawn, "interval:0")
    assert not has(drawn, "interval:2")
    assert [mark.words for mark in drawn.marks if isinstance(mark, Text) and mark.name == "legend"] == [
        "95% CI", "fit", "studies",
    ]  # fmt: skip


def test_one_series_needs_no_legend() -> None:
    assert not has(page(POINTS), "legend")


@pytest.mark.parametrize("k", [3, 12, 40, 60])
def test_no_text_covers_another(k: int) -> None:
    spread = np.random.default_rng(k).normal(size=(2, k))
    labels = tuple(f"An author with a rather long name et al. {2000 + i}" for i in range(k))
    drawn = page(Series(name="s", x=spread[0], y=spread[1], labels=labels))
    assert clashes(drawn) == []


def test_titles_axes_and_notes_are_there() -> None:
    drawn = page(POINTS)
    assert words(drawn, "x-title") == "Year"
    assert words(drawn, "y-title") == "Risk ratio"
    assert words(drawn, "subtitle") == "A look. A plot"
    assert "Read this." in texts(drawn)


def test_the_numbers_stand_beside_the_figure() -> None:
    lines = plot_data(plot(replace(POINTS, labels=("=SUM(A1)", "B", "C", "D")))).decode().splitlines()
    assert lines[0] == "series,style,label,x,y,low,high,size"
    assert lines[1] == "studies,points,'=SUM(A1),1.0,-0.5,,,1.0"
    assert lines[3] == "studies,points,C,3.0,,,,1.0"


def test_an_analysis_done_twice_has_two_files() -> None:
    result = FurtherResult(name="look", title="A look", options="", plots=(plot(POINTS),))
    outcome = replace(builders.outcome(4), further=(result, result))
    made = render_png(RenderRequest(report=builders.report([outcome])), Pictures())
    own = [file.path for file in made if "look" in file.path and file.path.endswith(".png")]
    assert own == [f"figures/{outcome.id}-look-p.png", f"figures/{outcome.id}-look-2-p.png"]


def test_thousands_of_points_are_drawn() -> None:
    spread = np.random.default_rng(1).normal(size=(2, 3000))
    drawn = page(Series(name="subsets", x=spread[0], y=spread[1]))
    assert sum(mark.name.startswith("point:") for mark in drawn.marks) == 3000
