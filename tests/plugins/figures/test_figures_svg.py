"""Figures as SVG: valid whatever stands in them, the same numbers as in the PNG, reachable, recoloured by a page."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import builders
from livereview_figures.drawing.colours import follows
from livereview_figures.drawing.page import ACCENT, INK, RULE, SOFT, Line, Mark, Page, Shape, Text
from livereview_figures.drawing.svg import svg
from livereview_figures.drawing.typeface import width_of
from livereview_figures.forest.forest import forest

SVG = "{http://www.w3.org/2000/svg}"
Element = ElementTree.Element
HOSTILE = (
    "<script>alert(1)</script>", "]]><!--", "&amp; &<>\"'", "\x00\x08\x1b\ufffe", "\ud800", "$\\frac{1}{2}$", "a\nb\tc",
    "javascript:alert(1)", '" onload="alert(1)', "<![CDATA[", "&#x0;", "%s {0} ${x}",
)  # fmt: skip
CORNERS = ((10.0, 10.0), (20.0, 10.0), (20.0, 20.0), (10.0, 20.0))


def parsed(page: Page, title: str = "A title", alt: str = "What it shows") -> Element:
    return ElementTree.fromstring(svg(page, title, alt))


def drawn(*marks: Mark) -> Element:
    return parsed(Page(200, 100, list(marks)))


def tags(root: Element) -> set[str]:
    return {node.tag.removeprefix(SVG) for node in root.iter()}


def corners(node: Element) -> list[tuple[float, float]]:
    """The corners of a path."""
    numbers = list(map(float, re.findall(r"-?[\d.]+", node.attrib["d"])))
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def test_squares_and_intervals_stand_where_the_ticks_say() -> None:
    outcome = builders.outcome(12)
    root = parsed(forest(outcome))
    ticks = [t for t in root.iter(f"{SVG}text") if t.get("text-anchor") == "middle" and t.text in ("0.5", "1")]
    (low, x0), (high, x1) = sorted((math.log(float(t.text or "")), float(t.attrib["x"])) for t in ticks)
    for study in outcome.studies:
        row = [node for node in root.iter(f"{SVG}path") if node.get("data-row") == study.study_id]
        square = next(corners(node) for node in row if node.attrib["d"].endswith("Z"))
        interval = next(corners(node) for node in row if not node.attrib["d"].endswith("Z"))
        xs = [(x - x0) / (x1 - x0) * (high - low) + low for x in (interval[0][0], interval[-1][0])]
        middle = (square[0][0] + square[1][0]) / 2
        # Positions have two decimals, a point of the page is 0.006 here: worst seen 0.0002.
        assert (middle - x0) / (x1 - x0) * (high - low) + low == pytest.approx(study.effect, abs=0.0005)
        assert xs == pytest.approx([math.log(study.shown.low), math.log(study.shown.high)], abs=0.0005)


def test_all_words_of_a_figure_stand_in_it_in_the_original() -> None:
    studies = [builders.study(0, label="王小明"), builders.study(1, label="محمد"), builders.study(2)]
    page = forest(builders.outcome(studies=studies))
    # What a name tells who points at it stands before the name itself.
    found = {next(reversed(list(node.itertext()))) for node in parsed(page).iter(f"{SVG}text")}
    assert found == {mark.words for mark in page.marks if isinstance(mark, Text)}
    assert any(words.startswith("王小明") for words in found)


def test_every_text_keeps_to_the_room_it_was_given() -> None:
    for words in ("Adams 2001", "王小明 2004", "おおお", "محمد", "AVATAR"):
        (node,) = drawn(Text(x=5, y=50, words=words, size=9)).iter(f"{SVG}text")
        assert float(node.attrib["textLength"]) <= width_of(words, 9) + 0.005
    joined, apart = drawn(Text(x=5, y=50, words="محمد", size=9)), drawn(Text(x=5, y=50, words="Adams", size=9))
    assert [next(root.iter(f"{SVG}text")).get("lengthAdjust") for root in (joined, apart)] == ["spacingAndGlyphs", None]


@given(st.text(), st.text(), st.text(), st.text(), st.text())
@example(*HOSTILE[:5])
def test_any_text_anywhere_is_text_and_never_markup(title: str, words: str, name: str, tip: str, href: str) -> None:
    marks = [Text(x=5, y=50, words=words, size=9, name=f"label:{name}", tip=tip, href=href),
             Shape(points=CORNERS, name=f"square:{name}", tip=tip, href=href)]  # fmt: skip
    root = parsed(Page(200, 100, list(marks)), title, words)
    assert tags(root) <= {"svg", "title", "rect", "path", "g", "text", "a"}
    allowed = {"d", "fill", "x", "y", "textLength", "lengthAdjust", "font-size", "data-row", "data-group", "href"}
    for node in list(root)[2:]:
        for inner in node.iter():
            assert set(inner.attrib) <= allowed | {"aria-hidden"}


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_is_shown_as_it_is(words: str) -> None:
    root = drawn(Text(x=5, y=50, words=words, size=9, tip=words))
    shown = re.sub("[\x00-\x08\x1b\ufffe\ud800]", "", words)
    assert "".join(root.itertext()).strip().removeprefix("A title").strip() == (shown * 2).strip()


@pytest.mark.parametrize("href", ["https://example.org", "javascript:alert(1)", "#a b", "#", "//x", "x#y", "data:,x"])
def test_a_link_leads_to_a_place_of_the_page_or_nowhere(href: str) -> None:
    assert not list(drawn(Text(x=5, y=50, words="x", size=9, href=href)).iter(f"{SVG}a"))
    place = drawn(Shape(points=CORNERS, href="#from-os__adams_2001"))
    assert [node.get("href") for node in place.iter(f"{SVG}a")] == ["#from-os__adams_2001"]


def test_what_can_be_reached_is_a_group_and_what_cannot_is_an_image() -> None:
    plain = [Text(x=5, y=50, words="Study", size=9), Line(points=((0, 0), (9, 9)))]
    image = drawn(*plain)
    assert (image.get("role"), image.get("aria-label")) == ("img", "A title. What it shows")
    assert not [node for node in image.iter() if node.get("aria-hidden")]
    for reached in (Shape(points=CORNERS, tip="0.62"), Shape(points=CORNERS, href="#a")):
        group = drawn(*plain, reached)
        assert (group.get("role"), group.get("aria-label")) == ("group", "A title. What it shows")
        (hidden,) = (node for node in group.iter() if node.get("aria-hidden"))
        assert "".join(hidden.itertext()).strip() == "Study"
    told = drawn(*plain, Text(x=5, y=70, words="Adams", size=9, tip="Adams 2001", href="#a"))
    for hidden in (node for node in told.iter() if node.get("aria-hidden")):
        assert not list(hidden.iter(f"{SVG}a"))
        assert not list(hidden.iter(f"{SVG}title"))


def test_many_figures_can_stand_in_one_page() -> None:
    root = parsed(forest(builders.outcome(5, divisions=1)))
    assert not [node for node in root.iter() if "id" in node.attrib or "class" in node.attrib or "style" in node.attrib]


def test_a_row_is_found_by_its_study() -> None:
    outcome = builders.outcome(4, divisions=1)
    study = outcome.studies[0].study_id
    plain, divided = parsed(forest(outcome)), parsed(forest(outcome, outcome.subgroups[0]))
    for root, group in ((plain, None), (divided, "group-0")):
        row = [node for node in root.iter() if node.get("data-row") == study]
        assert {node.tag.removeprefix(SVG) for node in row} == {"path", "g"}
        assert {node.get("data-group") for node in row} == {group}
        assert "Adams 2001" in {part.strip() for node in row for part in node.itertext()}
    assert "tick" not in {node.get("data-row") for node in plain.iter()}


def test_colours_are_those_of_the_print_unless_a_page_changes_them() -> None:
    content = svg(forest(builders.outcome(3)), "T", "A").decode()
    used = set(re.findall(r'(?:fill|stroke)="([^"]+)"', content)) - {"none"}
    assert used >= {INK, SOFT, ACCENT, "#FFFFFF"}
    assert all(follows(colour) for colour in used), "every colour of a forest can be changed"
    assert parsed(forest(builders.outcome(3))).get("data-colours") == "page"
    assert 'data-colours="own"' not in content


@pytest.mark.parametrize("colour", [INK, SOFT, RULE, ACCENT, "#FFFFFF", "#8C8C8C", "#E7EFF7", "#BF0000"])
def test_colours_are_in_the_file_as_every_program_reads_them(colour: str) -> None:
    edged = Shape(points=CORNERS, fill=colour, edge=colour)
    text = Text(x=60, y=17, words="High", size=9, colour=colour)
    root = drawn(edged, Line(points=((0, 0), (9, 0)), colour=colour), text)
    found = [node.get(key) for node in root.iter() for key in ("fill", "stroke") if node.get(key) not in (None, "none")]
    assert found == ["#FFFFFF", colour, colour, colour, colour]


def test_a_colour_with_a_meaning_stays_and_so_does_the_text_on_it() -> None:
    judged = Shape(points=CORNERS, fill="#BF0000")
    root = drawn(judged, Text(x=15, y=17, words="×", size=9, align="center"), Text(x=60, y=17, words="High", size=9))
    own = {"".join(node.itertext()).strip(): node.get("data-colours") for node in root.iter(f"{SVG}g")}
    assert own == {"×": "own", "High": None}
    assert not follows("#BF0000")
    white = drawn(replace(judged, fill=ACCENT), Text(x=15, y=17, words="x", size=9, align="center", colour="#FFFFFF"))
    assert next(white.iter(f"{SVG}g")).get("data-colours") == "own"


def test_marks_of_one_style_are_one_path_and_marks_without_a_place_are_not_drawn() -> None:
    ticks = [Line(points=((x, 0), (x, 5)), name="tick") for x in range(10)]
    assert len(list(drawn(*ticks).iter(f"{SVG}path"))) == 1
    nowhere = (Shape(points=((math.nan, 0), (1, 1), (0, 1))), Line(points=((0, 0), (math.inf, 1))))
    assert not list(drawn(*nowhere, Text(x=math.nan, y=1, words="x", size=9)).iter(f"{SVG}path"))


def test_a_dashed_line_has_the_dashes_of_the_png() -> None:
    (node,) = drawn(Line(points=((0, 0), (9, 0)), width=0.6, dash=(3, 2.5))).iter(f"{SVG}path")
    assert node.get("stroke-dasharray") == "1.8 1.5"


def test_a_forest_of_forty_studies_is_small() -> None:
    # Seen: 62.2 kB, 11.3 of them tips: a name tells what its square tells.
    assert len(svg(forest(builders.outcome(40)), "T", "A")) < 68_000
