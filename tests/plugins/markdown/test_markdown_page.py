"""The renderer and its page: registered, the same bytes twice, the writer's own choices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from page_sections import page

from livereview_document.blocks import Document, Picture
from livereview_document.words import BREAK, fill, joined, place, text
from livereview_markdown import MarkdownOptions, livereview_renderers
from livereview_markdown.writer import block, inline, markdown
from living_review import living_review


def test_the_renderer_is_registered_for_the_document_stage() -> None:
    (renderer,) = livereview_renderers()
    assert (renderer.name, renderer.stage, renderer.options) == ("markdown", "document", MarkdownOptions)


def test_the_same_report_gives_the_same_bytes_whatever_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    first = page()
    versions = dict(reversed(list(living_review().provenance.versions.items())))
    shuffled = replace(living_review(), provenance=replace(living_review().provenance, versions=versions))
    assert page(shuffled) == first
    assert str(date.today().year + 1) not in first


def test_references_keep_their_numbers() -> None:
    raw = page()
    assert raw.index("\n1. <a id=") < raw.index("\n3. <a id=") < raw.index("\n14. <a id=")


@pytest.mark.parametrize(
    ("endings", "shown"),
    [((".png", ".svg"), ".png"), ((".svg", ".PNG"), ".PNG"), ((".webp", ".svg"), ".svg"), ((".webp",), ".webp")],
)
def test_of_a_figure_in_several_formats_one_is_shown(endings: tuple[str, ...], shown: str) -> None:
    figure = Picture("figures/a b", endings, "What it shows", text("A figure"), ("figures/a b.csv",))
    assert block(figure) == (f"![What it shows](figures/a%20b{shown})\n\n*A figure* · [data (CSV)](figures/a%20b.csv)")


def test_words_of_a_cell_break_within_it() -> None:
    assert inline(joined(["a", fill("**{}**", "b")], BREAK)) == "a<br>**b**"
    assert inline(fill("{}{}", place("here"), "a")) == '<a id="here"></a>a'


def test_a_document_without_blocks_is_an_empty_line() -> None:
    assert markdown(Document("", ())) == "\n"
