"""Timelines: every step where its day and its numbers say, every study named, nothing over anything else."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from datetime import date

import pytest
from figure_reading import clashes, has, line, named, records, shape, span, texts
from hypothesis import given
from hypothesis import strategies as st

import builders
from livereview import RenderRequest, Timeline, TimelineStep
from livereview_figures import Pictures, render_png
from livereview_figures.drawing.axis import Axis
from livereview_figures.drawing.calendar_axis import calendar, years
from livereview_figures.drawing.page import Page, Text
from livereview_figures.timelines.timeline import has_history, in_words, moved_apart, timeline

DAYS = ("2017-03-02", "2021-11-30", "2021-12-12", "2024-05-31", "")


def found(days: tuple[str, ...] = DAYS, kind: str = "ratio", **change: object) -> Timeline:
    """A timeline that gains one study a step."""
    outcome = builders.outcome(len(days), kind)
    steps = [
        TimelineStep(
            published_by=day,
            pooled=builders.pooled(outcome.studies[: at + 1], kind),
            added=(outcome.studies[at].label,),
        )
        for at, day in enumerate(days)
    ]
    return replace(Timeline(outcome=replace(outcome, studies=()), steps=tuple(steps)), **change)  # type: ignore[arg-type]


def left(page: Page, number: int) -> float:
    return min(x for x, _ in line(page, f"estimate:{number}").points)


def height_of(page: Page, value: float) -> float:
    """Where an effect must stand, by the outermost two labelled ticks of the vertical axis, on a log scale."""
    marks = {float(m.words): m.y - 0.36 * m.size for m in page.marks if isinstance(m, Text) and m.name.startswith("y:")}
    low, high = min(marks), max(marks)
    share = (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))
    return marks[low] + share * (marks[high] - marks[low])


# --- numbers ------------------------------------------------------------------------------------------------------


def test_steps_stand_in_proportion_to_their_days_and_hold_until_the_next() -> None:
    page = timeline(found())
    at = [left(page, number) for number in range(1, 5)]
    days = [date.fromisoformat(day).toordinal() for day in DAYS[:4]]
    for number in (1, 2):
        share = (days[number] - days[0]) / (days[3] - days[0])
        assert at[number] == pytest.approx(at[0] + share * (at[3] - at[0]))
    for number in (1, 2, 3):
        assert span(line(page, f"estimate:{number}"))[1] == pytest.approx(at[number])
    undated = line(page, "undated").points[0][0]
    assert span(line(page, "estimate:4"))[1] == pytest.approx(undated)
    assert left(page, 5) > undated


def test_years_stand_at_their_first_of_january() -> None:
    page = timeline(found())
    ticks = {m.words: m.x for m in page.marks if isinstance(m, Text) and m.name.startswith("tick:2")}
    days = (date(2021, 11, 30) - date(2018, 1, 1)).days, (date(2024, 1, 1) - date(2018, 1, 1)).days
    assert left(page, 2) == pytest.approx(ticks["2018"] + days[0] / days[1] * (ticks["2024"] - ticks["2018"]))


def test_estimates_and_intervals_stand_at_their_values() -> None:
    drawn = found()
    page = timeline(drawn)
    for number, step in enumerate(drawn.steps, start=1):
        shown = step.pooled.shown
        assert line(page, f"estimate:{number}").points[0][1] == pytest.approx(height_of(page, shown.estimate))
        if not has(page, f"arrow-low:{number}") and not has(page, f"arrow-high:{number}"):
            ys = sorted(y for _, y in line(page, f"limits:{number}").points)
            assert ys == pytest.approx([height_of(page, shown.high), height_of(page, shown.low)])
    assert line(page, "null").points[0][1] == pytest.approx(height_of(page, 1.0))


def test_an_interval_that_goes_on_beyond_the_frame_has_an_arrow() -> None:
    drawn = found()
    wide = replace(drawn.steps[1].pooled.shown, low=1e-4, high=1e4)
    second = replace(drawn.steps[1], pooled=replace(drawn.steps[1].pooled, shown=wide))
    page = timeline(replace(drawn, steps=(drawn.steps[0], second, *drawn.steps[2:])))
    assert has(page, "arrow-low:2")
    assert has(page, "arrow-high:2")
    frame = line(page, "y-axis").points
    ys = [y for _, y in shape(page, "confidence:2").points]
    assert (max(ys), min(ys)) == pytest.approx((frame[0][1], frame[1][1]))


def test_the_csv_has_the_numbers_of_every_step() -> None:
    drawn = found()
    files = render_png(RenderRequest(report=replace(builders.report([]), timelines=(drawn,))), Pictures())
    picture, data, *_ = files
    assert (picture.path, data.path) == (
        f"figures/{drawn.outcome.id}-timeline.png",
        f"figures/{drawn.outcome.id}-timeline.csv",
    )
    assert picture.alt.endswith(in_words(drawn))
    for row, step in zip(records(data.content), drawn.steps, strict=True):
        assert float(row["estimate"]) == step.pooled.shown.estimate
        assert row["published_by"] == step.published_by
        assert row["added"] == step.added[0]


# --- words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["ratio", "proportion", "difference"])
def test_every_study_is_named_and_nothing_covers_anything(kind: str) -> None:
    drawn = found(kind=kind)
    more = replace(
        drawn.steps[3],
        added=("One of several with a long name (in brackets)", "Another 2021"),
        removed=(("Gone 2019", "shares patients"),),
        changed=(("Changed 2020", "doi:10.1/x"),),
    )
    page = timeline(replace(drawn, steps=(*drawn.steps[:3], more, drawn.steps[4])))
    told = " ".join(texts(page)).replace("\u00a0", " ")
    first = [f"+ {step.added[0]}" for step in drawn.steps[:3]]
    for words in ("+ Another 2021", "− Gone 2019", "~ Changed 2020", "+ One of several", *first):
        assert words in told
    assert clashes(page) == []
    assert all(0 <= m.x <= page.width for m in page.marks if isinstance(m, Text))


def test_text_of_a_study_is_only_text() -> None:
    drawn = found()
    odd = replace(drawn.steps[0], added=("$\\frac{1}{2}$ <b>\x1b[31m\n=1+1",))
    page = timeline(replace(drawn, steps=(odd, *drawn.steps[1:])))
    assert any("$\\frac{1}{2}$" in words for words in texts(page))
    assert all(words.isprintable() or "\u00a0" in words for words in texts(page))
    assert page.png(72)


def test_a_step_without_a_result_says_so() -> None:
    drawn = found()
    nothing = builders.pooled([])
    empty = replace(drawn.steps[2], pooled=nothing, added=(), removed=(("Adams", "its report was retracted"),))
    page = timeline(replace(drawn, steps=(*drawn.steps[:2], empty, *drawn.steps[3:])))
    assert not has(page, "estimate:3")
    assert named(page, "remark")
    assert "no result" in in_words(replace(drawn, steps=(empty,)))


def test_one_step_is_no_history() -> None:
    assert not has_history(replace(found(), steps=found().steps[:1]))
    assert not has_history(replace(found(), steps=()))
    assert has_history(found())


def test_the_same_numbers_give_the_same_bytes() -> None:
    assert timeline(found()).png(100) == timeline(found()).png(100)


# --- positions ----------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.floats(0, 500), st.floats(1, 60)), max_size=30))
def test_numbers_that_are_moved_apart_never_overlap_and_keep_their_order(things: list[tuple[float, float]]) -> None:
    things.sort()
    wanted, widths = [want for want, _ in things], [width for _, width in things]
    places = moved_apart(wanted, widths)
    assert len(places) == len(wanted)
    for (a, one), (b, other) in itertools.pairwise(zip(places, widths, strict=True)):
        assert b - a >= (one + other) / 2 - 1e-6


def test_numbers_that_have_room_stay_where_they_are() -> None:
    assert moved_apart([10.0, 50.0], [8.0, 8.0]) == [10.0, 50.0]
    assert moved_apart([10.0, 10.0], [8.0, 8.0]) == [6.0, 14.0]


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(1, 30_000))
def test_ticks_of_time_lie_on_the_axis_and_apart(first: date, length: int) -> None:
    low = first.toordinal() / 365.25
    axis = Axis(low, low + length / 365.25, 60.0, 480.0, ())
    ticks = calendar(axis, 8.0)
    assert all(axis.low <= value <= axis.high for value, _ in ticks)
    assert len(ticks) <= 12
    assert all(years(f"{label}-01-01"[:10]) == value for value, label in ticks)
    if length > 400:
        assert ticks
