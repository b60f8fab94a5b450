"""The forest plot of a replay: a row for each step, and a side of the axis that has no room keeps its words."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from figure_reading import centre, clashes, has, read_off, records, shape, span, texts, words

import builders
from livereview import ForestDisplay, Interval, RenderRequest, Timeline, TimelineStep, Verdict
from livereview_figures import Pictures, livereview_renderers
from livereview_figures.forest.forest import forest
from livereview_figures.forest.replayed import replayed


def timeline(layout: str = "livereview") -> Timeline:
    """Four steps of five studies; the last brings what has no date, and one had no eligible result."""
    outcome = replace(builders.outcome(5), forest=ForestDisplay(layout=layout))  # type: ignore[arg-type]
    verdict = Verdict(
        id=outcome.id, title=outcome.title, kind="consequential", before=None, before_title="", since=None,
        since_title="", triggers=(),
    )  # fmt: skip
    steps = (
        TimelineStep(published_by="2001-06-30", pooled=builders.pooled([]), removed=(("Gone 1999", "retracted"),)),
        TimelineStep(published_by="2002-06-30", pooled=builders.pooled(outcome.studies[:2]), added=("Adams 2001",)),
        TimelineStep(
            published_by="2005-06-30", pooled=builders.pooled(outcome.studies[:4]), verdict=verdict,
            added=("Brown 2002", "Costa 2003", "Dubois 2004", "Eriksen 2005"),
        ),
        TimelineStep(published_by="", pooled=outcome.pooled, changed=(("Fischer 2006", "pmid:1"),)),
    )  # fmt: skip
    return Timeline(outcome=outcome, steps=steps)


@pytest.mark.parametrize("layout", ["livereview", "revman", "jama", "bmj", "meta"])
def test_a_replay_has_a_row_for_each_step(layout: str) -> None:
    found = timeline(layout)
    (page,) = replayed(found)
    at = read_off(page, math.log)
    for i, step in enumerate(found.steps[1:], start=1):
        assert centre(shape(page, f"square:{i}"))[0] == pytest.approx(at(step.pooled.shown.estimate), abs=1e-9)
        assert words(page, f"k:{i}") == str(step.pooled.k)
    assert [words(page, f"label:{i}") for i in range(4)] == ["2001-06-30", "2002-06-30", "2005-06-30", "no date"]
    assert words(page, "came:1") == "+\N{NO-BREAK SPACE}Adams 2001"
    assert words(page, "came:3") == "~\N{NO-BREAK SPACE}Fischer 2006"
    assert words(page, "came:2").endswith("and 1 more")
    assert "no result" in texts(page)
    assert words(page, "verdict:2") == found.steps[2].verdict.words  # type: ignore[union-attr]
    shown = found.outcome.pooled.shown
    assert span(shape(page, "diamond:overall")) == pytest.approx((at(shown.low), at(shown.high)), abs=1e-9)
    assert clashes(page) == []


def test_long_names_of_what_came_wrap_and_are_never_cut() -> None:
    found, long = timeline(), "Kantarjian 2023 (mini-Hyper-CVD+INO+/-blinatumomab, salvage)"
    step = replace(found.steps[2], added=(long, "Brown 2002 (TKI+blinatumomab, abstract)", "Costa 2003", "Dubois 2004"))
    (page,) = replayed(replace(found, steps=(*found.steps[:2], step, found.steps[3])))
    said = words(page, "came:2").replace("\N{NO-BREAK SPACE}", " ")
    lines = [mark for mark in page.marks if getattr(mark, "name", "") == "came:2"]
    assert 1 < len(lines) <= 3
    assert said.startswith(f"+ {long}")
    assert said.endswith(("and 2 more", "and 3 more"))
    assert "…" not in said
    assert clashes(page) == []


def test_its_file_stands_beside_the_timeline_with_every_name_in_the_csv() -> None:
    found = timeline()
    renderer, _ = livereview_renderers()
    report = replace(builders.report([]), timelines=(found,))
    files = {file.path: file for file in renderer.render(RenderRequest(report=report), Pictures(dpi=72))}
    start = f"figures/{found.outcome.id}-timeline-forest"
    assert f"{start}.png" in files
    lines = records(files[f"{start}.csv"].content)
    assert [line["row"] for line in lines] == ["step"] * 4 + ["overall"]
    assert "+ Eriksen 2005" in lines[2]["came"]
    assert float(lines[4]["estimate"]) == found.outcome.pooled.shown.estimate


def test_pages_have_one_csv() -> None:
    renderer, _ = livereview_renderers()
    outcome = replace(builders.outcome(61), leave_one_out=(), cumulative=())
    paths = [file.path for file in renderer.render(RenderRequest(report=builders.report([outcome])), Pictures(dpi=72))]
    assert [path for path in paths if "-forest" in path] == [
        "figures/os-rr-forest-p1.png", "figures/os-rr-forest.csv", "figures/os-rr-forest-p2.png",
    ]  # fmt: skip


def test_words_without_room_beside_the_null_stand_under_each_other() -> None:
    studies = [builders.study(i, shown=Interval(estimate=0.5, low=0.3, high=0.9)) for i in range(4)]
    made = replace(builders.outcome(studies=studies), favours=("Favours a very long name", "Favours chemotherapy"))
    page = forest(replace(made, forest=ForestDisplay(layout="revman")))
    assert words(page, "favours-right") == "Favours chemotherapy\u00a0→"
    assert words(page, "favours-left") == "←\u00a0Favours a very long name"
    assert has(page, "null")
    assert clashes(page) == []
