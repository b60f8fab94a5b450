"""No two texts overlap and none leaves the canvas, whatever the studies are called and however many there are."""

from __future__ import annotations

import math
import string
from dataclasses import replace

import pytest
from figure_reading import boxes, clashes, line, span, texts
from hypothesis import given, settings
from hypothesis import strategies as st

import builders
from livereview import Interval, OutcomeResult, StudyResult
from livereview_figures.drawing.page import Page, Shape, Text
from livereview_figures.drawing.typeface import ELLIPSIS, balanced, width_of, wrapped
from livereview_figures.forest.forest import forest
from livereview_figures.forest.series import series
from livereview_figures.funnel.funnel import funnel

LONG = "A multinational randomised controlled phase III trial of a new drug, part two, follow-up at five years"
UNBROKEN = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def pages(outcome: OutcomeResult, size: float = 9.0) -> list[Page]:
    """Every figure of an outcome."""
    made = [forest(outcome, division, size) for division in (None, *outcome.subgroups)]
    made += [series(outcome, kind, size) for kind in ("leave-one-out", "cumulative") if len(outcome.studies) > 1]
    return [*made, funnel(outcome, size)] if len(outcome.studies) > 2 else made


def demanding(k: int, kind: str) -> OutcomeResult:
    """Long, unbroken, foreign and marked names; endless, huge and missing intervals; two subgroup divisions."""
    shown = [
        Interval(estimate=0.9, low=0.0, high=math.inf), Interval(estimate=1e5, low=1e-7, high=1e9),
        Interval(estimate=0.8, low=math.nan, high=math.nan),
    ]  # fmt: skip
    weak = (builders.source_row(0, status="unverified"),)
    studies: list[StudyResult] = []
    for i in range(k):
        label = (LONG, UNBROKEN, "Åström & Østergård", "Иванова и соавторы", "王小明", "محمد")[i % 6] + f" {i}"
        own = {"shown": shown[i % 3]} if i % 7 == 3 and kind in ("ratio", "contrast") else {}
        studies.append(builders.study(i, kind, label=label, change="new", rows=weak, **own))
    return builders.outcome(
        studies=studies, kind=kind, divisions=2, title=f"{LONG}: {UNBROKEN}", experimental=LONG, control=UNBROKEN,
        favours=(LONG, UNBROKEN), choices={"model": LONG, "prediction interval": LONG}, measure_title=LONG, unit="mg",
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["ratio", "contrast", "proportion", "difference", "rate"])
@pytest.mark.parametrize("k", [1, 3, 12, 40])
def test_texts_neither_overlap_nor_leave_the_canvas(k: int, kind: str) -> None:
    for page in pages(builders.outcome(k, kind, divisions=min(2, k - 1))):
        assert clashes(page) == []


@pytest.mark.parametrize("kind", ["ratio", "contrast", "proportion", "difference"])
@pytest.mark.parametrize("k", [1, 3, 12, 60])
def test_demanding_names_and_intervals_fit(k: int, kind: str) -> None:
    for page in pages(demanding(k, kind)):
        assert clashes(page) == []


@pytest.mark.parametrize("size", [8.0, 14.0])
def test_other_text_sizes_fit(size: float) -> None:
    for page in pages(demanding(12, "ratio"), size):
        assert clashes(page) == []


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.text(max_size=40), st.floats(-8, 8), st.floats(0.01, 20)), min_size=1, max_size=6),
    st.text(alphabet=string.printable, max_size=60),
    st.sampled_from(["ratio", "difference"]),
)
def test_any_text_and_any_number_makes_a_figure(rows: list[tuple[str, float, float]], title: str, kind: str) -> None:
    scale = builders.KINDS[kind].scale
    studies = [
        builders.study(i, kind, label=label, effect=y, variance=se**2, shown=builders.interval(y, se, scale))
        for i, (label, y, se) in enumerate(rows)
    ]
    outcome = builders.outcome(studies=studies, kind=kind, title=title)
    assert clashes(forest(outcome), 72) == []


@pytest.mark.parametrize("kind", ["ratio", "proportion", "correlation", "difference", "rate"])
@pytest.mark.parametrize("extreme", [1e-300, 1e-12, 40.0, 800.0, 1e300])
def test_extreme_numbers_make_a_figure(kind: str, extreme: float) -> None:
    shown = Interval(estimate=extreme, low=-extreme, high=extreme * 2)
    odd = builders.study(5, kind, effect=min(extreme, 20.0), variance=30.0, shown=shown)
    outcome = builders.outcome(kind=kind, studies=[*(builders.study(i, kind) for i in range(5)), odd])
    for page in pages(outcome):
        assert clashes(page) == []
        assert page.width < 1200


def test_no_text_stands_in_the_plot() -> None:
    for page in pages(demanding(12, "ratio"))[:-1]:
        left, right = span(line(page, "axis"))
        bottom = line(page, "axis").points[0][1]
        top = line(page, "null").points[0][1]
        scale, height = 100 / 72, math.ceil(page.height * 100 / 72)
        for words, (x0, y0, x1, y1) in boxes(page):
            above, below = (height - y1) / scale, (height - y0) / scale
            if above > top and below < bottom:
                assert x1 / scale <= left or x0 / scale >= right, words


def test_arrows_and_diamonds_keep_clear_of_the_columns() -> None:
    page = forest(demanding(12, "ratio"))
    columns = [m for m in page.marks if isinstance(m, Text) and m.name.split(":")[0] in ("weight", "n_2")]
    left = max(mark.x for mark in columns if mark.name.startswith("n_2"))
    right = min(mark.x - width_of(mark.words, mark.size, mark.bold) for mark in columns if mark.name[0] == "w")
    for mark in page.marks:
        if isinstance(mark, Shape):
            assert left < span(mark)[0] <= span(mark)[1] < right


def test_every_text_is_at_least_seven_points() -> None:
    for page in pages(builders.outcome(12, divisions=1), 8.0):
        assert min(mark.size for mark in page.marks if isinstance(mark, Text)) >= 7


def test_the_figure_grows_with_its_rows() -> None:
    heights = [forest(builders.outcome(k)).height for k in (3, 12, 40, 60)]
    steps = [(b - a) / n for a, b, n in zip(heights, heights[1:], (9, 28, 20), strict=False)]
    assert steps == pytest.approx([steps[0]] * 3)


def test_a_long_name_breaks_once_and_then_ends_in_an_ellipsis() -> None:
    lines = wrapped(LONG, 9, 150)
    assert len(lines) == 2
    assert lines[1].endswith(ELLIPSIS)
    assert all(width_of(words, 9) <= 150 for words in lines)
    assert wrapped("Brown 2020", 9, 150) == ["Brown 2020"]
    assert wrapped("", 9, 150) == []
    assert len(wrapped(UNBROKEN, 9, 60, lines=9)) > 3


def test_a_name_breaks_before_its_bracket_or_near_the_middle() -> None:
    name = "20120215 high-risk first relapse (Locatelli 2021)"
    assert balanced(name, 9, 190) == ["20120215 high-risk first relapse", "(Locatelli 2021)"]
    assert balanced("Survival probability,\u00a0%", 9, 100, bold=True) == ["Survival", "probability,\u00a0%"]
    assert balanced("Brown 2020", 9, 190) == ["Brown 2020"]
    assert balanced(LONG, 9, 100) == wrapped(LONG, 9, 100)


def test_a_text_exactly_as_wide_as_its_column_is_not_broken() -> None:
    for words in ("China 14-centre cohort (preprint)", "AVA To Ty WA"):
        assert wrapped(words, 9, width_of(words, 9)) == balanced(words, 9, width_of(words, 9)) == [words]


def test_signs_survive_a_shortened_name() -> None:
    outcome = builders.outcome(studies=[builders.study(0, label=f"{LONG}, {LONG}", change="new"), builders.study(1)])
    assert any(words.endswith(f"{ELLIPSIS} ▲") for words in texts(forest(outcome)))


def test_a_mark_of_an_odd_size_is_never_drawn() -> None:
    outcome = builders.outcome(3)
    zero = replace(outcome, studies=tuple(replace(s, weight=0.0) for s in outcome.studies))
    shapes = [mark for mark in forest(zero).marks if isinstance(mark, Shape)]
    assert all(math.isfinite(value) for mark in shapes for point in mark.points for value in point)
