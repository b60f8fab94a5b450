"""Whatever strangers wrote, wherever in a review: in the document it is text, and no link leads where it must not."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache

import pytest
from document_reading import every_block, links, places, tables, texts
from hypothesis import given, settings
from hypothesis import strategies as st

from hostile import POISONS, poisoned
from livereview import RenderedFile
from livereview_document.blocks import Document, Folded, Heading, Picture, Table
from livereview_document.document import document
from livereview_document.words import LABEL_LIMIT, clean, fill, local_path, text
from living_review import asset, request
from whole_review import whole_review

#: Fields that hold the same name in several places, so that the parts of a report find each other.
IDENTIFIERS = ("id", "study_id", "report_id", "outcome_id", "studies", "outcomes")
ADDRESSES = (
    "javascript:alert(1)", "JAVASCRIPT:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd", "//evil.example/x",
    "https://user:word@evil.example/", "https://evil.example\\@good.example/", "https://exämple.org/",
    "http://evil.example/?a=<b>&c=\"d'`|[]()", "10.1000/x\"><script>", "pmid:1)](javascript:x)", "NCT00000001\u202e",
)  # fmt: skip
WEB = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?([/?#][A-Za-z0-9%/:?#=&+,;@.~_-]*)?")


@cache
def of(poison: str, keep: tuple[str, ...] = ()) -> Document:
    figures = (
        asset("figures/os-hr-forest.png", "forest", title=poison, alt=poison),
        asset("figures/os-hr-forest.svg", "forest", title=poison, alt=poison),
        asset("figures/os-hr-forest.csv", "data"),
        asset("figures/whole.png", "risk-of-bias", None, title=poison, alt=poison),
    )
    return document(request(poisoned(whole_review(), poison, keep), figures))


def assert_clean(whole: Document) -> None:
    for shown in texts(whole):
        kinds = {unicodedata.category(sign) for sign in shown if sign not in "\u200c\u200d"}
        assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def assert_tame(whole: Document) -> None:
    there = Counter(places(whole))
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", name) for name in there)
    for link in links(whole):
        if link.kind == "web":
            assert WEB.fullmatch(link.target)
        elif link.kind == "place":
            assert link.target in there
        else:
            assert local_path(link.target) == link.target
    for block in every_block(whole.blocks):
        if isinstance(block, Picture):
            paths = [*(block.stem + ending for ending in block.endings), *block.data]
            assert all(local_path(path) is not None for path in paths)
        if isinstance(block, Folded):
            assert not set(block.summary) & set("<>&\n")


@pytest.mark.parametrize("poison", [*POISONS, *ADDRESSES])
def test_no_text_has_control_or_direction_characters_and_no_link_leaves_its_kind(poison: str) -> None:
    whole = of(poison)
    assert_clean(whole)
    assert_tame(whole)


@given(st.text())
def test_cleaning_keeps_all_that_can_be_read_and_nothing_else(value: str) -> None:
    gone = {"Cc", "Cf", "Zs", "Zl", "Zp"}
    kept = [sign for sign in value if unicodedata.category(sign) not in gone or sign in "\u200c\u200d"]
    read = ["\ufffd" if unicodedata.category(sign) == "Cs" else sign for sign in kept]
    assert clean(value).replace(" ", "") == "".join(read)


@settings(max_examples=10, deadline=None)
@given(st.text(max_size=30))
def test_any_text_in_every_field_is_text(poison: str) -> None:
    whole = of(poison)
    assert_clean(whole)
    assert_tame(whole)


@pytest.mark.parametrize("poison", [*POISONS, *ADDRESSES])
def test_no_text_changes_the_shape_of_a_document(poison: str) -> None:
    keep = (*IDENTIFIERS, "items")  # items with long names are spelt out below their table
    harmless, whole = of("harmless", keep), of(poison, keep)

    def shape(made: Document) -> list[tuple[str, object]]:
        return [
            (type(block).__name__, len(block.rows) if isinstance(block, Table) else isinstance(block, Heading))
            for block in every_block(made.blocks)
        ]

    assert shape(whole) == shape(harmless)
    assert Counter(places(whole)) == Counter(places(harmless))


def test_every_section_and_role_is_in_the_review_that_is_poisoned() -> None:
    whole = of("harmless", IDENTIFIERS)
    headings = {block.place for block in every_block(whole.blocks) if isinstance(block, Heading)}
    assert headings >= {
        "changes", "question", "findings", "summary", "outcomes", "published", "flow", "awaiting", "studies", "double",
        "excluded", "ongoing", "references", "methods", "reporting", "provenance",
    }  # fmt: skip
    roles = ("summary", "studies", "sources", "changes", "characteristics", "excluded", "ongoing", "awaiting")
    assert all(tables(whole, role) for role in roles)


def test_a_label_without_end_is_cut_where_it_is_a_name_and_kept_where_it_is_a_note() -> None:
    shown = texts(of("x" * 10_000))
    assert "x" * (LABEL_LIMIT - 1) + "…" in shown
    assert "x" * 10_000 in shown


@pytest.mark.parametrize("path", ["../x.png", "/x.png", "a\\x.png", "a\n.png", "http://evil.example/x.png"])
def test_a_figure_outside_the_folder_is_not_shown(path: str) -> None:
    made = RenderedFile(path=path, content=b"", kind="forest", outcome="os-hr")
    whole = document(request(whole_review(), (made,)))
    shown = [block for block in every_block(whole.blocks) if isinstance(block, Picture)]
    assert not shown or local_path(path) is not None


def test_a_figure_in_two_formats_is_shown_once() -> None:
    shown = [block for block in every_block(of("harmless").blocks) if isinstance(block, Picture)]
    assert [(block.stem, block.endings) for block in shown] == [("figures/whole", (".png",))]
    named = [block for block in every_block(of("harmless", IDENTIFIERS).blocks) if isinstance(block, Picture)]
    forest = named[0]
    assert (forest.stem, forest.endings, forest.data) == (
        "figures/os-hr-forest", (".png", ".svg"), ("figures/os-hr-forest.csv",),
    )  # fmt: skip


@pytest.mark.parametrize("template", ["a {}", "*a", "**a*", "a"])
def test_a_sentence_of_ours_that_does_not_add_up_is_refused(template: str) -> None:
    values = () if "{}" in template or "*" in template else ("x",)
    with pytest.raises(ValueError, match=r"gaps|partner"):
        fill(template, *values)


def test_what_is_filled_in_is_never_read_for_our_own_marks() -> None:
    assert fill("**{}** {}", "*x* {}", text("**")).plain == "*x* {} **"
