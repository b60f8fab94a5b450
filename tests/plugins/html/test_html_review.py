"""The page of a whole review: everything in it, nothing from outside that runs, the same bytes each time."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from made_reviews import infected, request, review
from page_reading import Node, reading

import builders
from livereview import RenderedFile, Report
from livereview_document.document import document
from livereview_document.words import clean
from livereview_figures import Figures, render_svg
from livereview_html import PageOptions, livereview_renderers, render
from livereview_html.review import review_page


def page_of(report: Report | None = None, figures: bool = False) -> Node:
    asked = request(report)
    assets = tuple(render_svg(asked, Figures())) if figures else ()
    return reading(review_page(request(report, assets)))


# --- the renderer ------------------------------------------------------------------------------------------------


def test_the_renderer_writes_one_file_and_embeds_drawings() -> None:
    (renderer,) = livereview_renderers()
    assert (renderer.name, renderer.stage, renderer.embeds) == ("html", "document", ("svg",))
    (file,) = render(request(), PageOptions())
    assert (file.path, file.kind, file.title) == ("report.html", "document", "New drug for a disease")
    assert file.content.startswith(b'<!doctype html>\n<html lang="en">')


def test_the_same_report_has_the_same_bytes() -> None:
    assets = tuple(render_svg(request(), Figures()))
    assert review_page(request(assets=assets)) == review_page(request(assets=assets))


def test_options_reach_the_document() -> None:
    (few,) = render(request(), PageOptions(fold_above=0))
    (many,) = render(request(), PageOptions(fold_above=999))
    assert few.content.count(b"<details") > many.content.count(b"<details")


# --- structure -----------------------------------------------------------------------------------------------------


def test_a_page_has_its_landmarks_and_a_way_past_them() -> None:
    body = page_of().one("body")
    assert [node.tag for node in body.children] == ["a", "header", "div", "footer"]
    assert body.children[0].attributes["href"] == "#page-main"
    assert body.at("page-main").tag == "main"
    assert body.one("nav").attributes["aria-label"] == "Contents"
    assert body.one("h1").text == "New drug for a disease"


@pytest.mark.parametrize(
    "report", [review(), builders.report(()), infected(review(), "x")], ids=["whole", "empty", "x"]
)
def test_headings_are_in_order_ids_are_given_once_and_every_link_leads_somewhere(report: Report) -> None:
    page = page_of(report, figures=True)
    levels = [int(node.tag[1]) for node in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [node.attributes["id"] for node in page.all() if "id" in node.attributes]
    assert len(set(ids)) == len(ids)
    links = [node.attributes["href"] for node in page.all("a")]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", name) for name in ids)


def test_everything_that_the_document_says_is_in_the_page() -> None:
    text = " ".join(page_of().text.split())
    for block in document(request()).blocks:
        for words in _words(block):
            assert " ".join(words.split()) in text


def _words(block: object) -> list[str]:
    spoken = () if getattr(block, "role", "") == "contents" else ("words", "title")
    found = [getattr(block, name).plain for name in spoken if hasattr(getattr(block, name, None), "plain")]
    found += [cell.plain for row in getattr(block, "rows", ()) for cell in row]
    found += [(item[1] if isinstance(item, tuple) else item).plain for item in getattr(block, "items", ())]
    return found + [text for inner in getattr(block, "blocks", ()) for text in _words(inner)]


def test_every_figure_has_a_name_and_every_table_a_caption() -> None:
    page = page_of(figures=True)
    figures = list(page.all("figure"))
    assert figures
    assert all(figure.one("svg").attributes["aria-label"] for figure in figures)
    assert all(figure.one("figcaption").text for figure in figures)
    tables = list(page.all("table"))
    assert all(table.one("caption").text for table in tables)
    assert all(cell.attributes["scope"] in ("col", "row") for cell in page.all("th"))


def test_a_drawing_is_in_the_page_once_and_no_picture_besides() -> None:
    assets = tuple(render_svg(request(), Figures()))
    picture = RenderedFile(path="figures/os-forest.png", content=b"png", kind="forest", outcome="os")
    page = reading(review_page(request(assets=(*assets, picture))))
    drawings = [node for node in page.all("svg") if node.attributes.get("class") != "strip"]
    assert len(drawings) == sum(asset.path.endswith(".svg") for asset in assets)
    assert list(page.all("img")) == []


# --- nothing from outside runs ---------------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "]]><!--",
    "\"' onmouseover=alert(1) x='",
    "javascript:alert(1)",
    "&lt;b&gt; &amp; &#60;",
    "</title></table></svg>",
    "\u202egnp.exe \u2066 \u0000\u0007\u001b[31m\ud800",
    "שלום عربى 李",
    "y" * 10_000,
]


#: What may differ where a text has another form: a hash that is none is no code, an address that is none no link, a
#: status that nobody knows is told in a list.
FORMS = ("code", "a", "th", "td", "br", "ul", "li")


@pytest.mark.parametrize("poison", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_of_a_review_becomes_markup(poison: str) -> None:
    plain, harmless, hostile = (page_of(made) for made in (review(), *(infected(review(), x) for x in ("x", poison))))
    found, expected = (
        Counter(node.tag for node in page.all() if node.tag not in FORMS) for page in (hostile, harmless)
    )
    assert found == expected
    kinds = {(node.tag, name) for page in (plain, harmless) for node in page.all() for name in node.attributes}
    assert {(node.tag, name) for node in hostile.all() for name in node.attributes} <= kinds
    for link in (node.attributes["href"] for node in hostile.all("a")):
        assert link.startswith("#") or urlsplit(link).scheme in ("https", "http")
    assert [node.text for node in hostile.all("script", "style")] == [n.text for n in plain.all("script", "style")]


@pytest.mark.parametrize("poison", [text for text in HOSTILE if len(text) < 200], ids=lambda text: str(len(text)))
def test_hostile_text_is_shown_as_it_is(poison: str) -> None:
    text = page_of(infected(review(), poison)).text
    shown = clean(f"Overall survival{poison}")
    assert shown in " ".join(text.split())
    assert clean(f"2 rows have no date.{poison}") in " ".join(text.split())


def test_a_label_without_end_is_shortened_and_a_note_is_not() -> None:
    text = page_of(infected(review(), "y" * 10_000)).text
    assert "Overall survival" + "y" * 183 + "…" in text
    assert "2 rows have no date." + "y" * 10_000 in text


# --- whatever the report lacks ----------------------------------------------------------------------------------------


def test_reports_of_nothing_one_study_and_a_failed_outcome_are_pages() -> None:
    one = builders.outcome(1, id="one", leave_one_out=(), cumulative=())
    for report in (builders.report(()), builders.report((one,)), replace(review(), studies=())):
        assert page_of(report, figures=True).one("main").text
