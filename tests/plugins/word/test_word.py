"""The renderer ``docx``: what it writes opens, says what the report says and leads where it should."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from docx import Document as opened

import builders
from hostile import POISONS, poisoned
from livereview import RenderedFile, RenderRequest, Report
from livereview_document import blocks as b
from livereview_document.document import document
from livereview_document.places import places_in, words_of
from livereview_document.words import Link, Words, fill, inner_link, place, text
from livereview_figures import livereview_renderers as figures
from livereview_word import WordOptions, livereview_renderers
from livereview_word.document import written
from livereview_word.runs import name_of

REPORT = builders.report([builders.outcome(4, divisions=1, id="a"), builders.outcome(0, id="d")])
(RENDERER,) = livereview_renderers()
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
FIELDS = ("instrText", "fldSimple", "object", "altChunk")


def pictures(report: Report) -> tuple[RenderedFile, ...]:
    png = next(renderer for renderer in figures() if renderer.name == "png")
    return tuple(png.render(RenderRequest(report=report), png.options(dpi=72)))


PICTURES = pictures(REPORT)


def made(report: Report = REPORT, assets: tuple[RenderedFile, ...] = PICTURES, **options: Any) -> bytes:
    (file,) = RENDERER.render(RenderRequest(report=report, assets=assets), WordOptions(**options))
    assert file.path == "report.docx"
    return file.content


def of_blocks(*blocks: b.Block) -> bytes:
    return written(b.Document("Title", blocks), RenderRequest(report=REPORT), "main", False, "A4")


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def body(content: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(parts(content)["word/document.xml"])


def said(content: bytes) -> str:
    return "".join(node.text or "" for node in body(content).iter(f"{W}t"))


def test_it_says_what_the_report_says_in_its_order() -> None:
    content = made(details=True)
    told, at = said(content), 0
    for block in document(RenderRequest(report=REPORT, assets=PICTURES)).blocks:
        for words in words_of(block) if isinstance(block, b.Heading | b.Table) else ():
            at = told.find(words.plain, at)
            assert at >= 0, words.plain
    assert "Overall survival" in told


def test_headings_are_words_own_so_that_an_outline_can_be_made_of_them() -> None:
    styles = [paragraph.style.name for paragraph in opened(io.BytesIO(made())).paragraphs if paragraph.style]
    assert styles[0] == "Title"
    assert {"Heading 1", "Heading 2", "Heading 3"} <= set(styles)


def test_every_link_within_the_document_leads_to_a_bookmark_and_no_bookmark_is_there_twice() -> None:
    for details in (False, True):
        root = body(made(details=details))
        marks = [mark.get(f"{W}name") for mark in root.iter(f"{W}bookmarkStart")]
        numbers = [mark.get(f"{W}id") for mark in root.iter(f"{W}bookmarkStart")]
        aims = {link.get(f"{W}anchor") for link in root.iter(f"{W}hyperlink")} - {None}
        assert aims
        assert aims <= set(marks)
        assert len(set(marks)) == len(marks)
        assert len(set(numbers)) == len(numbers)
        assert all(mark and len(mark) <= 40 for mark in marks)


def test_places_of_long_names_stay_apart() -> None:
    names = [name_of(f"study-{'x' * 60}{end}") for end in "abc"] + [name_of("a-b"), name_of("a_b")]
    assert len(set(names)) == 5


def test_a_table_repeats_its_header_breaks_no_row_and_fills_the_page() -> None:
    table = b.table(
        ("Study", "Weight"), [("Adams 2001", "12.5%"), ("A study with a very long name " * 4, "87.5%")], right=(1,)
    )
    (found,) = opened(io.BytesIO(of_blocks(table))).tables
    rows = list(found._tbl.tr_lst)
    assert [row.trPr.find(f"{W}tblHeader") is not None for row in rows] == [True, False, False]
    assert all(row.trPr.find(f"{W}cantSplit") is not None for row in rows)
    widths = [cell.width for cell in found.rows[0].cells]
    page = opened(io.BytesIO(of_blocks())).sections[0]
    whole = page.page_width - page.left_margin - page.right_margin
    assert sum(widths) == pytest.approx(whole, rel=1e-3)
    assert widths[0] > 2 * widths[1] > 0


def test_a_word_of_a_header_is_not_broken_where_the_page_has_room() -> None:
    table = b.table(("Study", "Weight", "Source"), [("Adams", "1%", "N Engl J Med 2017, Abstract, Results " * 5)])
    (found,) = opened(io.BytesIO(of_blocks(table))).tables
    assert found.rows[0].cells[1].width.pt > len("Weight") * 0.5 * 9 + 10.8


def test_numbers_stay_whole_where_a_page_has_hardly_room_for_the_columns() -> None:
    heads = ("Study", "Studentised residual", "Standardised residual", *(f"Measure {i}" for i in range(9)))
    table = b.table(heads, [("Kantarjian 2023 (mini-Hyper-CVD+INO+/-blinatumomab)", *["−0.269"] * 11)])
    (found,) = opened(io.BytesIO(of_blocks(table))).tables
    assert all(cell.width.pt > len("−0.269") * 0.55 * 6 + 4 for cell in found.rows[1].cells)
    assert found.rows[1].cells[0].width == max(cell.width for cell in found.rows[1].cells)


def test_the_header_of_a_table_is_not_left_alone_at_the_foot_of_a_page() -> None:
    (found,) = opened(io.BytesIO(of_blocks(b.table(("Study", "Weight"), [("Adams", "1%")])))).tables
    held = [[cell.paragraphs[0].paragraph_format.keep_with_next for cell in row.cells] for row in found.rows]
    assert held == [[True, True], [None, None]]


def test_main_figures_are_in_it_with_their_words_and_fit_the_page() -> None:
    file = opened(io.BytesIO(made()))
    section = file.sections[0]
    shapes = file.inline_shapes
    main = ("flow", "risk-of-bias", "forest", "funnel")
    wanted = [asset for asset in PICTURES if asset.kind in main and asset.path.endswith(".png")]
    wanted.sort(key=lambda asset: asset.outcome is None)  # those of the review stand with its studies, below
    assert [shape._inline.docPr.get("descr") for shape in shapes] == [asset.alt for asset in wanted]
    for shape in shapes:
        assert shape.width <= section.page_width - section.left_margin - section.right_margin
        assert shape.height <= section.page_height - section.top_margin - section.bottom_margin
    assert len(opened(io.BytesIO(made(figures="all"))).inline_shapes) > len(wanted)
    assert len(opened(io.BytesIO(made(figures="none"))).inline_shapes) == 0


def test_what_is_folded_is_named_where_it_is_left_out() -> None:
    fold = b.folded("All 12 rows", [b.paragraph("Inside")])
    short = said(of_blocks(fold))
    assert "All 12 rows" in short
    assert "Inside" not in short
    whole = written(b.Document("Title", (fold,)), RenderRequest(report=REPORT), "main", True, "A4")
    assert "Inside" in said(whole)


def test_a_web_link_is_a_relation_and_its_words_are_not_read_as_one() -> None:
    words = (
        Words((Link(text("doi:10.1/x"), "https://doi.org/10.1/x", "web"),))
        + inner_link("there", "here")
        + place("here")
    )
    content = of_blocks(b.Paragraph(words))
    links = list(body(content).iter(f"{W}hyperlink"))
    relations = parts(content)["word/_rels/document.xml.rels"].decode()
    assert re.search('Target="https://doi.org/10.1/x"[^>]* TargetMode="External"', relations)
    assert links[0].get(f"{R}id")
    assert links[1].get(f"{W}anchor") == name_of("here")


def test_bold_and_italics_are_set_and_nested() -> None:
    (paragraph,) = opened(io.BytesIO(of_blocks(b.Paragraph(fill("**Caution:** *{}*", "x"))))).paragraphs
    assert [(run.text, run.bold, run.italic) for run in paragraph.runs] == [
        ("Caution:", True, None), (" ", None, None), ("x", None, True),
    ]  # fmt: skip


def test_the_same_report_gives_the_same_bytes_and_no_part_has_a_time() -> None:
    first, second = made(), made()
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as file:
        assert {info.date_time for info in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    day = REPORT.provenance.published_on or "1980-01-01"
    assert day in parts(first)["docProps/core.xml"].decode()


@pytest.mark.parametrize("poison", POISONS, ids=lambda poison: repr(poison[:12]))
def test_a_hostile_text_is_a_text_and_nothing_else(poison: str) -> None:
    content = made(poisoned(REPORT, poison, keep=("id", "published_on")), assets=())
    root = body(content)
    for name, part in parts(content).items():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(part)
    assert all(not list(root.iter(f"{W}{name}")) for name in FIELDS)
    relations = ElementTree.fromstring(parts(content)["word/_rels/document.xml.rels"])
    outside = [node.get("Target", "") for node in relations if node.get("TargetMode") == "External"]
    assert outside
    assert all(re.match(r"https?://|figures/[\w.%-]+$|results/", target) for target in outside), outside
    visible = " ".join(poison.replace("\x00", " ").replace("\x07", " ").replace("\x1b", " ").split())[:30]
    if visible.isprintable():
        assert visible in said(content)


def test_a_report_of_nothing_is_a_document() -> None:
    empty = replace(REPORT, outcomes=(), studies=(), excluded=(), unused=(), ongoing=())
    assert REPORT.review.title in said(made(empty, assets=()))


def test_links_within_what_is_left_out_are_counted_as_places() -> None:
    blocks = (b.folded("More", [b.Paragraph(place("deep"))]), b.Paragraph(inner_link("to", "deep")))
    assert list(places_in(blocks)) == ["deep"]
    root = body(of_blocks(*blocks))
    assert name_of("deep") in [mark.get(f"{W}name") for mark in root.iter(f"{W}bookmarkStart")]
