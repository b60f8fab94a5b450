"""The flow diagram: the boxes of PRISMA 2020 with numbers that add up, laid out so that nothing overlaps."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from itertools import combinations, pairwise

import pytest
from figure_reading import has, records, shape, span, texts, words
from flow_ledgers import NOBODY, column, flow, living, version
from hypothesis import given, settings
from hypothesis import strategies as st
from legibility import faults

import builders
from evidence_rows import Cells
from livereview import Box, Flow, RenderedFile, RenderRequest
from livereview.living import FlowVersion
from livereview_figures import Pictures, livereview_renderers
from livereview_figures.drawing.figure import Figure
from livereview_figures.drawing.page import Line, Page, Shape, Text
from livereview_figures.drawing.typeface import width_of
from livereview_figures.flow.boxes import MOST_PARTS, Card, Content, Stream
from livereview_figures.flow.content import content
from livereview_figures.flow.figures import flows
from screening_ledgers import ELIGIBLE, counted, ledgers

LONG = tuple(f"Reason {i} in sixty characters, told as fully as a team tells it" for i in range(1, 16))
MANY = tuple(f"Database {i} with the long name of its provider" for i in range(1, 13))
HOSTILE = (
    "=HYPERLINK(1)",
    "<script>alert(1)</script>",
    "研究对象不符合",
    "مجتمع غير مناسب",
    "x" * 10_000,
    "a\x00\u202eb",
)
SMALL = flow(version(column(240)))
CASES = {
    "small": SMALL,
    "nothing found": flow(version(column(0), outside=16)),
    "both ways": flow(version(column(1200), column(60, screened=False))),
    "huge": flow(version(column(123456, sources=MANY, reasons=LONG), column(4600, sources=MANY, reasons=LONG))),
    "living": living(),
    "living and huge": living(123456, sources=MANY, reasons=LONG),
    "hostile": living(1200, sources=HOSTILE, reasons=HOSTILE),
    "no search": flow(version(None, outside=16)),
    "searches since the first version": flow(version(None, outside=16), version(column(240))),
}


def figure(found: Flow, size: float = 9.0) -> Figure:
    (made,) = flows(builders.report(flow=found), size)
    return made


def cards(shown: Content) -> list[Card]:
    return [card for stream in shown.streams for rank in stream.ranks for card in (rank.main, *rank.sides)]


def numbers_of(page: Page, box: str) -> list[str]:
    return [mark.words for mark in page.marks if isinstance(mark, Text) and mark.name == f"number:{box}"]


# --- numbers ---------------------------------------------------------------------------------------------------


def test_the_boxes_of_prisma_stand_in_its_order() -> None:
    page = figure(flow(version(column(240, waiting=False)))).page
    main = (
        "Records identified",
        "Records screened",
        "Reports sought for retrieval",
        "Reports assessed for eligibility",
    )
    aside = ("Records removed before screening", "Records excluded", "Reports not retrieved", "Reports excluded")
    bands = [mark.words for mark in page.marks if isinstance(mark, Text) and mark.name.startswith("band:")]
    assert bands == ["Identification", "Screening", "Included"]
    for column_of in (main, aside):
        keys = ("identified", "screened", "sought", "assessed") if column_of is main else (
            "removed", "excluded", "not-retrieved", "excluded-full-text")  # fmt: skip
        boxes = [f"databases:{key}" for key in keys]
        assert [words(page, f"words:{box}").startswith(title) for box, title in zip(boxes, column_of, strict=True)]
        tops = [min(y for _, y in shape(page, f"box:{box}").points) for box in boxes]
        assert tops == sorted(tops)


def test_the_numbers_of_a_small_review_are_those_that_were_counted() -> None:
    # 240 records: 48 duplicates, 6 flagged; 186 screened, of which 148 excluded; 38 sought, 1 of them not retrieved;
    # 37 assessed, of which 25 excluded; 12 included, of which 2 are not admitted: 10 reports, and 2 found elsewhere.
    page = figure(flow(version(column(240, waiting=False)))).page
    assert numbers_of(page, "databases:identified")[0] == "n\u00a0=\u00a0240"
    assert numbers_of(page, "databases:removed") == ["n\u00a0=\u00a054", "48", "6"]
    assert numbers_of(page, "databases:screened") == ["n\u00a0=\u00a0186"]
    assert numbers_of(page, "databases:excluded")[0] == "n\u00a0=\u00a0148"
    assert numbers_of(page, "databases:sought") == ["n\u00a0=\u00a038"]
    assert numbers_of(page, "databases:not-retrieved")[0] == "n\u00a0=\u00a01"
    assert numbers_of(page, "databases:excluded-full-text")[0] == "n\u00a0=\u00a025"
    assert numbers_of(page, "databases:not-admitted") == ["n\u00a0=\u00a02", "2"]
    assert numbers_of(page, "total") == ["n\u00a0=\u00a09", "8", "n\u00a0=\u00a012", "10", "2"]


def unscreened(stream: Stream, at: int) -> int:
    """Records that pass the box "screened" by, which the box below it tells."""
    (sought,) = (rank.main for rank in stream.ranks if rank.key == "sought") if stream.key != "store" else (None,)
    return sought.entries[1].numbers[at] or 0 if sought is not None and len(sought.entries) > 1 else 0


def check_sums(shown: Content) -> None:
    """What leaves a box and what goes on add up to it, in every version; so do its parts."""
    for at in range(len(shown.versions)):
        for card in cards(shown):
            first, *parts = card.full or card.entries
            if parts and not card.name.endswith(":sought") and first.numbers[at] is not None:
                assert first.numbers[at] == sum(part.numbers[at] or 0 for part in parts)
            printed = card.entries[1:]
            assert sum(part.numbers[at] or 0 for part in printed) == sum(part.numbers[at] or 0 for part in parts)
        for stream in shown.streams:
            past = unscreened(stream, at)
            for rank, after in pairwise(stream.ranks):
                here, there = (one.main.entries[0].numbers for one in (rank, after))
                left = sum(card.entries[0].numbers[at] or 0 for card in rank.sides)
                around = past if after.key == "screened" else -past if rank.key == "screened" else 0
                assert not here or (here[at] or 0) == left + (there[at] or 0) + around
        total = shown.total.entries
        if len(total) > 3:
            assert total[2].numbers[at] == sum(way.numbers[at] or 0 for way in total[3:])


@pytest.mark.parametrize("name", CASES)
def test_what_leaves_a_box_and_what_goes_on_add_up_to_it(name: str) -> None:
    check_sums(content(CASES[name]))


@settings(max_examples=20)
@given(st.lists(ledgers(), min_size=1, max_size=3))
def test_the_boxes_of_any_ledger_add_up_in_every_version(found: list[list[Cells]]) -> None:
    check_sums(content(flow(*(counted(*rows, **ELIGIBLE).version for rows in found))))


def test_what_awaits_is_dashed_and_counted() -> None:
    page = figure(flow(version(column(2400)))).page
    for key, number in (("awaiting-screening", 48), ("awaiting-retrieval", 12), ("awaiting-assessment", 9)):
        dashed = [m for m in page.marks if isinstance(m, Line) and m.name == f"box:databases:{key}"]
        assert [mark.dash for mark in dashed] == [(3, 2)]
        assert numbers_of(page, f"databases:{key}") == [f"n\u00a0=\u00a0{number}"]
    assert "Dashed: what still awaits" in words(page, "footnote")
    assert "Dashed" not in words(figure(flow(version(column(240, waiting=False)))).page, "footnote")


def test_other_methods_are_shown_where_they_found_anything() -> None:
    assert not has(figure(SMALL).page, "stream:others")
    page = figure(CASES["both ways"]).page
    assert has(page, "stream:others")
    assert not has(page, "box:others:screened")
    assert "without screening of title and abstract" in words(page, "words:others:sought")


def test_without_a_search_the_diagram_says_so_and_counts_studies() -> None:
    made = figure(CASES["no search"])
    assert "No search is recorded" in words(made.page, "words:unrecorded")
    assert numbers_of(made.page, "store") == ["n\u00a0=\u00a017"]
    assert numbers_of(made.page, "not-eligible") == ["n\u00a0=\u00a05", "3", "2"]
    assert numbers_of(made.page, "total") == ["n\u00a0=\u00a012", "11", "n\u00a0=\u00a016"]
    assert "No search is recorded" in made.alt
    assert not any(words_.startswith("Records") for words_ in texts(made.page))


def test_a_long_list_of_reasons_is_shortened_and_pointing_at_the_box_tells_all() -> None:
    page = figure(CASES["huge"]).page
    box = "databases:excluded-full-text"
    (card,) = [card for card in cards(content(CASES["huge"])) if card.name == box]
    assert len(card.entries) == MOST_PARTS + 1
    assert card.entries[-1].words == f"and {len(card.full) - MOST_PARTS} more, see the table"
    assert all(reason.split(",")[0] in shape(page, f"box:{box}").tip for reason in LONG[:12])


def test_a_reason_that_reads_like_a_part_of_ours_is_added_to_it() -> None:
    column_of = column(240, waiting=False)
    odd = Box(number=6, parts=(("Duplicate records", 6),))
    page = figure(flow(version(type(column_of)(**{**vars(column_of), "removed": odd})))).page
    assert numbers_of(page, "databases:removed") == ["n\u00a0=\u00a054", "54"]


# --- versions --------------------------------------------------------------------------------------------------


def test_three_versions_stand_side_by_side_in_every_box() -> None:
    made = figure(living())
    headings = [m.words for m in made.page.marks if isinstance(m, Text) and m.name == "version:Identification"]
    assert headings == ["First", "Prev.", "This"] * 4
    assert numbers_of(made.page, "databases:identified")[:3] == ["800", "1,000", "1,200"]
    notes = words(made.page, "footnote")
    assert "First = update 1 of 2026-03-20; Prev. = update 4 of 2026-08-20; This = update 5 of 2026-11-20" in notes


def test_a_first_version_that_is_the_previous_one_is_not_repeated() -> None:
    before, now = version(column(240)), version(column(480), title="update 2 of 2026-11-21")
    page = figure(flow(before, now)).page
    assert numbers_of(page, "databases:identified")[:2] == ["240", "480"]


def test_a_version_without_a_ledger_has_dashes() -> None:
    page = figure(CASES["searches since the first version"]).page
    assert numbers_of(page, "databases:identified")[:2] == ["–", "240"]


def test_the_previous_version_and_what_is_new_make_this_version() -> None:
    page = figure(living()).page
    before, now = living().previous, living().this
    assert before is not None
    came, went = len(set(now.studies) - set(before.studies)), len(set(before.studies) - set(now.studies))
    steps = [words(page, f"words:step:{name}") for name in ("previous", "new", "gone", "now")]
    assert steps[0].startswith(f"Previous version {len(before.studies)} studies")
    assert steps[1].startswith(f"New {came} studies")
    assert steps[2].startswith(f"No longer included {went} study ")
    assert steps[3].startswith(f"This version {len(now.studies)} studies")
    assert [words(page, f"sign:step:{name}") for name in ("new", "gone", "now")] == ["+", "−", "="]


# --- layout ----------------------------------------------------------------------------------------------------


def boxes_of(page: Page) -> list[Shape]:
    return [mark for mark in page.marks if isinstance(mark, Shape) and mark.name.startswith("box:")]


def overlap(a: Shape, b: Shape) -> bool:
    (al, ar), (bl, br) = span(a), span(b)
    (at, ab), (bt, bb) = ((min(y for _, y in s.points), max(y for _, y in s.points)) for s in (a, b))
    return min(ar, br) - max(al, bl) > 0.1 and min(ab, bb) - max(at, bt) > 0.1


def arrows(page: Page) -> Iterable[Line]:
    return [mark for mark in page.marks if isinstance(mark, Line) and mark.name.startswith(("out:", "way:"))]


@pytest.mark.parametrize("size", [9.0, 14.0])
@pytest.mark.parametrize("name", CASES)
def test_nothing_overlaps_and_nothing_leaves_its_box(name: str, size: float) -> None:
    page = figure(CASES[name], size).page
    assert faults(page) == []
    boxes = boxes_of(page)
    assert [(a.name, b.name) for a, b in combinations(boxes, 2) if overlap(a, b)] == []
    for text in (mark for mark in page.marks if isinstance(mark, Text) and mark.name.startswith(("words:", "number:"))):
        (box,) = [one for one in boxes if one.name == f"box:{text.name.partition(':')[2]}"]
        wide = width_of(text.words, text.size, text.bold)
        left = text.x - (wide if text.align == "right" else 0.0)
        low, high = span(box)
        assert low < left
        assert left + wide < high
        assert min(y for _, y in box.points) < text.y - 0.7 * text.size
        assert text.y + 0.2 * text.size < max(y for _, y in box.points)


@pytest.mark.parametrize("size", [9.0, 14.0])
@pytest.mark.parametrize("name", CASES)
def test_arrows_are_straight_and_cross_neither_text_nor_box(name: str, size: float) -> None:
    page = figure(CASES[name], size).page
    for arrow in arrows(page):
        (x0, y0), (x1, y1) = arrow.points
        assert x0 == x1 or y0 == y1
        for text in (mark for mark in page.marks if isinstance(mark, Text)):
            wide = width_of(text.words, text.size, text.bold)
            left = text.x - {"left": 0.0, "center": wide / 2, "right": wide}[text.align]
            beside = max(x0, x1) < left or min(x0, x1) > left + wide
            assert beside or max(y0, y1) < text.y - 0.75 * text.size or min(y0, y1) > text.y + 0.25 * text.size
        for box in boxes_of(page):
            low, high = span(box)
            top, bottom = min(y for _, y in box.points), max(y for _, y in box.points)
            beside = max(x0, x1) <= low + 0.1 or min(x0, x1) >= high - 0.1
            assert beside or max(y0, y1) <= top + 0.1 or min(y0, y1) >= bottom - 0.1


# --- files -----------------------------------------------------------------------------------------------------


def rendered(found: Flow | None, **options: bool) -> dict[str, RenderedFile]:
    png, svg = livereview_renderers()
    report = builders.report([], flow=found)
    first = tuple(png.render(RenderRequest(report=report), Pictures(dpi=72, **options)))
    drawn = svg.render(RenderRequest(report=report, assets=first), svg.options(**options))
    return {file.path: file for file in (*first, *drawn)}


def test_the_diagram_is_a_figure_of_the_review_as_a_whole() -> None:
    files = rendered(SMALL)
    assert list(files) == ["figures/flow.png", "figures/flow.csv", "figures/flow.svg"]
    assert {(file.kind, file.outcome) for file in files.values()} == {("flow", None), ("data", None)}


def test_a_review_whose_flow_was_not_counted_has_no_diagram_and_it_can_be_switched_off() -> None:
    assert rendered(None) == {}
    assert rendered(SMALL, flow=False) == {}


def test_the_same_flow_gives_the_same_bytes() -> None:
    assert {p: f.content for p, f in rendered(living()).items()} == {
        p: f.content for p, f in rendered(living()).items()
    }


def test_the_alternative_text_tells_every_box_and_what_changed() -> None:
    alt = figure(living()).alt
    assert "Identified in databases and registers: records identified 1,200, records removed before screening" in alt
    assert "Since the previous version: previous version 32 studies and 43 reports, new 8 studies and 10 rep" in alt


def test_the_csv_has_every_version_and_every_reason() -> None:
    data = records(figure(living(123456, reasons=LONG)).data)
    first = data[0]
    assert (first["column"], first["box"], first["part"]) == ("Databases and registers", "Records identified", "")
    assert [int(first[key]) for key in ("first", "previous", "this", "added", "removed")] == [82304, 102880, 123456,
                                                                                            20576, 0]  # fmt: skip
    assert {row["part"] for row in data if row["box"] == "Excluded at full text"} >= set(LONG[:10])


def test_hostile_reasons_stay_text_in_every_format() -> None:
    made = figure(CASES["hostile"])
    svg = made.page.svg(made.title, made.alt)
    root = ET.fromstring(svg)
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    assert b"<script" not in svg
    assert all(not row["part"].startswith("=") for row in records(made.data))
    assert "\u202e" not in "".join(texts(made.page))


def test_what_does_not_add_up_is_told_below() -> None:
    notes = words(figure(flow(version(column(240)), conflicts=("a", "b"), doubts=("c",))).page, "footnote")
    assert "2 disagreements that nobody has settled" in notes
    assert "does not add up in 1 place" in notes


def test_an_empty_reason_is_seen() -> None:
    column_of = column(240, waiting=False)
    odd = Box(number=1, parts=(("\u200b", 1),))
    found: FlowVersion = version(type(column_of)(**{**vars(column_of), "not_retrieved": odd, "removed": NOBODY}))
    assert "–" in words(figure(flow(found)).page, "words:databases:not-retrieved")
