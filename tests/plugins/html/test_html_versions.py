"""How the answers moved: every state of every outcome is in the page, as a table and as data for the slider."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_reading import Node, reading

import builders
from livereview import Report, Timeline
from livereview.printing import interval
from livereview_document.blocks import Document, Heading, heading, paragraph
from livereview_document.words import text
from livereview_html.plot import LABELS, LETTERS, MARGIN, WIDTH, Axis, axis_of, drawn, fitted, rows_of, ticks
from livereview_html.versions import PLACE, days_of, versions, with_versions

HOSTILE = "</script><script>alert(1)</script>&<!--\u2028\u202e"


def section(*timelines: Timeline) -> Node:
    found = versions(report(*timelines))
    assert found is not None
    return reading(found.markup)


def report(*timelines: Timeline) -> Report:
    return builders.report([], timelines=timelines)


def data(node: Node) -> Any:
    return json.loads(node.at("versions-data").text)


def test_the_section_stands_before_the_outcomes() -> None:
    blocks = (heading(1, "Review"), heading(2, "Outcomes", "outcomes"), paragraph(text("...")))
    found = with_versions(Document("Review", blocks), report(builders.timeline()))
    assert [block.place for block in found.blocks if isinstance(block, Heading)] == ["", PLACE, "outcomes"]


def test_nothing_is_added_where_no_outcome_moved() -> None:
    still = report(builders.timeline(days=("2017-03-02",)))
    document = Document("Review", (heading(1, "Review"),))
    assert with_versions(document, still) == document
    assert versions(still) is None
    assert versions(report()) is None


def test_without_a_script_every_step_is_a_line_of_a_table() -> None:
    timeline = builders.timeline()
    table = section(timeline).one("table")
    lines = [[cell.text for cell in row.children] for row in table.one("tbody").children]
    assert [line[0] for line in lines] == ["2017-03-02", "2021-11-30", "2024-05-31", "no date"]
    for line, step in zip(lines, timeline.steps, strict=True):
        assert line[1] == interval(step.pooled.shown, "ratio")
        assert line[2] == str(step.pooled.k)
        assert line[-1] == f"+ {step.added[0]}"


def test_what_needs_the_script_is_hidden_until_it_runs() -> None:
    assert "hidden" in section(builders.timeline()).at("versions-replay").attributes


def test_the_slider_has_the_union_of_days_and_ends_today() -> None:
    one, other = builders.timeline(("2017-03-02", "2020-01-31")), builders.timeline(("2018-05-01", ""), id="cr")
    assert days_of([one, other]) == ["2017-03-02", "2018-05-01", "2020-01-31", ""]
    node = section(one, other)
    slider = node.at("versions-day").attributes
    assert (slider["min"], slider["max"], slider["value"]) == ("0", "3", "3")
    assert [[state["from"] for state in states] for states in data(node)["outcomes"]] == [[0, 2], [1, 3]]


def test_the_data_say_what_the_table_says() -> None:
    timeline = builders.timeline()
    [states] = data(section(timeline))["outcomes"]
    assert [state["result"] for state in states] == [interval(step.pooled.shown, "ratio") for step in timeline.steps]
    assert [len(state["rows"]) for state in states] == [2, 3, 4, 5]  # the studies, and the pooled result


def test_the_drawing_starts_at_the_last_step() -> None:
    node = section(builders.timeline())
    [states] = data(node)["outcomes"]
    for row in node.one("svg").all("g"):
        line, mark = states[-1]["rows"][row.attributes["data-row"]]
        assert [path.attributes["d"] for path in row.all("path")] == [line, mark]


def test_text_from_outside_ends_no_element_and_is_no_markup() -> None:
    timeline = builders.timeline(title=f"Survival{HOSTILE}")
    steps = tuple(replace(step, added=(f"Study{HOSTILE}",)) for step in timeline.steps)
    steps = (*steps[:-1], replace(steps[-1], removed=((f"Gone{HOSTILE}", HOSTILE),), changed=((HOSTILE, HOSTILE),)))
    found = versions(report(replace(timeline, steps=steps)))
    assert found is not None
    assert len(re.findall("<script", found.markup)) == 1
    assert "\u202e" not in found.markup
    node = reading(found.markup)
    assert "alert(1)" in data(node)["outcomes"][0][0]["came"]
    assert "</script><script>alert(1)</script>&" in node.one("h3").text


@pytest.mark.parametrize("kind", sorted(builders.KINDS))
def test_estimates_stand_at_their_values_on_the_axis(kind: str) -> None:
    timeline = builders.timeline(kind=kind)
    axis = axis_of(timeline)
    assert axis is not None
    for step in timeline.steps:
        paths = drawn(step, list(rows_of(timeline)), axis)
        for study in step.studies:
            x, half = (float(n) for n in re.findall(r"^M([\d.]+) .*?h([\d.]+)", paths.studies[study.study_id][1])[0])
            low, high, value = axis.low, axis.high, axis.on(study.shown.estimate)
            expected = LABELS + MARGIN + (value - low) / (high - low) * (WIDTH - LABELS - 2 * MARGIN)
            # Worst error seen: 0.15, of places printed with one decimal.
            assert x + half / 2 == pytest.approx(expected, abs=0.2)


def test_an_interval_that_leaves_the_axis_ends_in_an_arrow() -> None:
    timeline = builders.timeline()
    first = timeline.steps[0]
    wide = replace(first.pooled, shown=replace(first.pooled.shown, low=1e-6, high=1e6))
    axis = axis_of(timeline)
    assert axis is not None
    arrows, diamond = drawn(replace(first, pooled=wide), list(rows_of(timeline)), axis).pooled
    assert arrows.count("M") == 2
    assert diamond.endswith("z")


def test_a_step_without_a_number_draws_nothing_and_says_so() -> None:
    timeline = builders.timeline()
    nothing = replace(timeline.steps[1], pooled=builders.pooled([]), studies=())
    moved = replace(timeline, steps=(timeline.steps[0], nothing, *timeline.steps[2:]))
    state = data(section(moved))["outcomes"][0][1]
    assert state["result"] == "no result"
    assert state["rows"] == {"pooled": ["", ""]}


def test_an_outcome_that_never_had_a_number_has_its_table_only() -> None:
    timeline = builders.timeline()
    steps = tuple(replace(step, pooled=builders.pooled([]), studies=()) for step in timeline.steps)
    node = section(replace(timeline, steps=steps))
    assert not list(node.all("svg"))
    assert len(node.one("tbody").children) == 4


@given(st.text(max_size=80))
def test_a_label_takes_no_more_than_its_room(label: str) -> None:
    shown = fitted(label)
    assert len(shown) <= LETTERS
    assert shown == label or shown.endswith("…")


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3), st.booleans())
def test_numbers_of_the_axis_are_on_it_and_few(low: float, span: float, log: bool) -> None:
    axis = Axis(low / 100 if log else low, low / 100 + span / 100 if log else low + span, log)
    found = ticks(axis, 1.0)
    assert len(found) <= 6
    assert all(axis.low - 1e-9 <= axis.on(value) <= axis.high + 1e-9 for value in found)
    assert found == sorted(found)
    assert all(math.isfinite(value) for value in found)
