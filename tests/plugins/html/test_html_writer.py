"""Blocks of a document as parts of a page: each is the element that means what it is."""

from __future__ import annotations

import base64
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from made_documents import document_of
from page_reading import Node, reading

import builders
from livereview import RenderedFile
from livereview.anchors import anchor
from livereview_document.blocks import (
    Block,
    Bullets,
    Document,
    Numbered,
    Paragraph,
    Picture,
    Table,
    folded,
    heading,
    paragraph,
    quote,
    table,
)
from livereview_document.words import fill, inner_link, place, text
from livereview_html.markup import element
from livereview_html.tables import column_styles
from livereview_html.writer import Written, written

FOREST = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><a href="#from-os-rr__study-0"><text>A</text></a></svg>'
)


def page_of(*blocks: Block, **more: object) -> Node:
    """The parts of a document of these blocks."""
    made = written(Document("Title", (heading(1, "Title"), *blocks)), **more)  # type: ignore[arg-type]
    return reading("".join([made.top.markup, *(part.markup for _, part in made.parts)]))


def whole() -> tuple[Written, Node]:
    document = document_of(builders.report())
    made = written(document, (RenderedFile(path="figures/os-rr-forest.svg", content=FOREST),))
    return made, reading("".join([made.top.markup, made.contents.markup, *(part.markup for _, part in made.parts)]))


# --- parts -----------------------------------------------------------------------------------------------------


def test_parts_are_within_each_other_and_their_places_are_ids() -> None:
    page = page_of(heading(2, "Outcomes", "outcomes"), heading(3, "OS", "os"), paragraph("x"), heading(2, "End", "end"))
    assert [node.attributes["id"] for node in page.children] == ["outcomes", "end"]
    inner = page.at("outcomes").one("section")
    assert inner.attributes["id"] == "os"
    assert inner.one("h3").text == "OS"
    assert inner.one("p").text == "x"


@given(st.lists(st.integers(2, 6), min_size=1, max_size=12))
def test_headings_skip_no_level_whatever_the_document_says(levels: list[int]) -> None:
    page = page_of(*(heading(level, f"Part {n}") for n, level in enumerate(levels)))
    found = [int(node.tag[1]) for node in page.all("h2", "h3", "h4", "h5", "h6")]
    assert len(found) == len(levels)
    assert found[0] == 2
    assert all(after <= before + 1 for before, after in pairwise(found))


def test_the_contents_list_the_parts_and_leave_out_the_documents_own_list_of_links() -> None:
    made, page = whole()
    links = [(node.text, node.attributes["href"]) for node in reading(made.contents.markup).all("a")]
    assert ("Summary of results", "#summary") in links
    assert ("Overall survival", "#" + anchor("outcome", "os-rr")) in links
    assert "What changed" not in made.top.markup
    assert all(page.at(href[1:]) for _, href in links)


def test_every_id_is_given_once_and_every_link_leads_to_one() -> None:
    _, page = whole()
    ids = [node.attributes["id"] for node in page.all() if "id" in node.attributes]
    assert len(set(ids)) == len(ids)
    targets = {node.attributes["href"][1:] for node in page.all("a") if node.attributes["href"].startswith("#")}
    assert targets
    assert targets <= set(ids)


def test_a_place_that_a_document_repeats_is_one_id() -> None:
    page = page_of(heading(2, "A", "a"), Paragraph(place("a") + text("again")), Bullets((place("b") + place("a"),)))
    assert [node.attributes["id"] for node in page.all() if "id" in node.attributes] == ["a", "b"]


# --- blocks ----------------------------------------------------------------------------------------------------


def test_alarms_are_notes_and_folded_parts_are_details() -> None:
    page = page_of(quote(["Read this first."]), folded("All 3 rows", [paragraph("inside")]))
    assert page.one("div", role="note").text.strip() == "Read this first."
    assert page.one("details").one("summary").text == "All 3 rows"
    assert page.one("details").one("p").text == "inside"


def test_items_with_numbers_of_their_own_keep_them_and_can_be_linked_to() -> None:
    page = page_of(Numbered(((4, place("report-a") + text("A 2020")), (7, text("B 2021")))))
    assert [(node.attributes["value"], node.text) for node in page.all("li")] == [("4", "A 2020"), ("7", "B 2021")]
    assert page.at("report-a").tag == "li"


# --- tables ----------------------------------------------------------------------------------------------------


def sources() -> Table:
    rows = [
        (place("from-os__a") + text("A 2020"), 12, "new"),
        (text("A 2020"), 3, ""),
        (inner_link("B 2021", "study-b"), None, "changed"),
    ]
    return table(("Study", "Events", "Change"), rows, right=(1,), role="studies")


def test_every_cell_belongs_to_headers() -> None:
    page = page_of(heading(2, "Overall survival"), heading(3, "Deaths"), sources())
    head, *body = page.all("tr")
    assert [(node.tag, node.attributes["scope"]) for node in head.children] == [("th", "col")] * 3
    assert [row.children[0].tag for row in body] == ["th"] * 3
    assert {row.children[0].attributes["scope"] for row in body} == {"row"}
    assert page.one("caption").text == "Deaths"


def test_a_table_is_named_where_it_stands_and_its_frame_can_be_reached() -> None:
    page = page_of(heading(2, "OS"), heading(3, "Deaths"), heading(4, "Studies"), folded("All rows", [sources()]))
    assert page.one("caption").text == "All rows, Studies, Deaths"
    frame = page.one("div", role="group")
    assert frame.attributes["tabindex"] == "0"
    assert page.at(frame.attributes["aria-labelledby"]).tag == "caption"


def test_numbers_stand_to_the_right_and_a_missing_one_is_a_dash() -> None:
    page = page_of(sources())
    cells = [row.children[1] for row in page.all("tr")]
    assert {cell.attributes.get("class") for cell in cells} == {"n"}
    assert [cell.text for cell in cells] == ["Events", "12", "3", "–"]


def test_a_row_is_the_place_that_links_lead_to() -> None:
    page = page_of(sources())
    assert page.at("from-os__a").tag == "tr"


def test_new_and_changed_studies_are_marked_in_words_and_by_class() -> None:
    page = page_of(sources())
    rows = list(page.all("tr"))[1:]
    assert [row.attributes.get("class") for row in rows] == ["is-new", None, "is-changed"]
    assert [row.children[2].text for row in rows] == ["new", "", "changed"]


def test_a_table_that_may_be_sorted_has_keys_where_its_words_do_not_sort() -> None:
    keyed = Table(
        headers=(text("Study"), text("Estimate")),
        rows=((text("A"), text("0.5 (0.2 to 0.9)")), (text("B"), text("–")), (text("C"), text("2"))),
        keys=(("A", 0.5), ("B", float("nan")), ("C", None)),
    )
    page = page_of(keyed)
    assert page.one("table").attributes["class"].split() == ["sortable", "k2"]
    keys = [[cell.attributes.get("data-key") for cell in row.children] for row in page.all("tr")][1:]
    assert keys == [[None, "0.5"], [None, ""], [None, ""]]


def test_a_table_of_two_rows_and_one_of_choices_are_not_for_sorting() -> None:
    page = page_of(table(("A",), [("x",)] * 2, role="studies"), table(("Choice",), [("x",)] * 9))
    assert [node.attributes.get("class") for node in page.all("table")] == ["studies", None]


# --- what changed ----------------------------------------------------------------------------------------------


def test_outcomes_are_marked_as_changed_or_not_wherever_they_stand() -> None:
    rows = [(inner_link("OS", "outcome-os"), 1), (inner_link("PFS", "outcome-pfs"), 2), ("other", 3)]
    blocks = [heading(2, "Summary"), table(("Outcome", "k"), rows), heading(3, "OS", "outcome-os")]
    changed = {"outcome-os": True, "outcome-pfs": False}
    page = page_of(*blocks, heading(3, "PFS", "outcome-pfs"), changed=changed)
    assert [row.attributes.get("data-changed") for row in page.all("tr")] == [None, "yes", "no", None]
    assert page.at("outcome-os").attributes["data-changed"] == "yes"
    assert page.at("outcome-pfs").attributes["data-changed"] == "no"


def test_a_part_may_open_with_more_than_the_document_says_and_fold_what_it_says() -> None:
    opening = {"changes": element("p", {"class": "first"}, "At a glance.")}
    blocks = (heading(2, "What changed", "changes"), paragraph("In full."))
    page = page_of(*blocks, openings=opening, folded={"changes": "Everything"})
    assert [node.tag for node in page.at("changes").children] == ["h2", "p", "details"]
    assert page.one("details").one("p").text == "In full."
    assert "details" not in {node.tag for node in page_of(*blocks, openings=opening).all()}


def test_the_analyses_of_an_outcome_are_folded_behind_their_titles_and_its_studies_are_not() -> None:
    titles = ("Studies", "Heterogeneity", "Leave-one-out")
    inner = [block for title in titles for block in (heading(4, title), paragraph(f"Of {title}"))]
    page = page_of(heading(2, "Outcomes"), heading(3, "OS", "outcome-os"), *inner, shown=["outcome-os"])
    assert [node.one("h4").text for node in page.all("summary")] == ["Heterogeneity", "Leave-one-out"]
    assert [node.text for node in page.all("h4")] == list(titles)
    assert [node.one("p").text for node in page.all("details")] == ["Of Heterogeneity", "Of Leave-one-out"]


def test_a_column_of_short_cells_is_not_broken_and_the_first_gives_way() -> None:
    rows = [("A", "0.64 (0.45 to 0.93)", "x" * 40), ("B", "2", "y")]
    page = page_of(table(("Study", "Estimate", "Note"), rows))
    assert page.one("table").attributes["class"] == "k2"
    assert ".k2 > tbody > tr > :nth-child(2)" in column_styles()


def test_a_column_with_sentences_is_no_stack_of_single_words() -> None:
    long = "The evidence is very uncertain about the effect of the drug on relapse."
    page = page_of(table(("Outcome", "Effect", "What it means"), [("A", "0.64", long), ("B", "0.7", "Short.")]))
    assert page.one("table").attributes["class"] == "k2 w3"
    (style,) = [line for line in column_styles().splitlines() if "min-width" in line]
    assert ".w3 > tbody > tr > :nth-child(3)" in style


# --- figures ---------------------------------------------------------------------------------------------------


def picture(endings: tuple[str, ...], assets: dict[str, bytes], data: tuple[str, ...] = ()) -> Node:
    block = Picture("figures/os-rr-forest", endings, "Five studies.", fill("*Forest*"), data, "forest")
    files = tuple(RenderedFile(path=path, content=content) for path, content in assets.items())
    return page_of(block, heading(2, "A", "from-os-rr__study-0"), assets=files).one("figure")


def test_a_figure_is_drawn_in_the_page_where_there_is_a_drawing() -> None:
    node = picture((".png", ".svg"), {"figures/os-rr-forest.png": b"png", "figures/os-rr-forest.svg": FOREST})
    assert node.one("svg").attributes["aria-label"] == "Five studies."
    assert node.one("a").attributes["href"] == "#from-os-rr__study-0"
    assert list(node.all("img")) == []


def test_a_figure_without_a_drawing_is_a_picture_that_the_page_holds() -> None:
    for assets in ({}, {"figures/os-rr-forest.svg": b"broken"}):
        node = picture((".png",), {"figures/os-rr-forest.png": b"\x89PNG", **assets})
        attributes = node.one("img").attributes
        assert attributes["alt"] == "Five studies."
        start, _, coded = attributes["src"].partition(",")
        assert start == "data:image/png;base64"
        assert base64.b64decode(coded) == b"\x89PNG"


def test_a_figure_that_cannot_be_shown_says_so_and_what_it_shows() -> None:
    node = picture((".pdf",), {"figures/os-rr-forest.pdf": b"%PDF"})
    assert node.one("p").text == "This figure cannot be shown here. Five studies."


def test_the_numbers_of_a_figure_are_a_file_beside_the_page() -> None:
    node = picture((".svg",), {"figures/os-rr-forest.svg": FOREST}, ("figures/os-rr-forest.csv", "../out.csv"))
    links = [(a.text, a.attributes["href"]) for a in node.one("figcaption").all("a")]
    assert links == [("data (CSV)", "figures/os-rr-forest.csv")]
    assert node.one("figcaption").text == "Forest · data (CSV)"
