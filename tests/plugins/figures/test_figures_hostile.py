"""Text from outside is shown as text in every place of a figure: never run, never markup, never in the way."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from legibility import faults

import builders
from livereview import OutcomeResult
from livereview_figures.drawing.page import Page, Text
from livereview_figures.drawing.script import legible
from livereview_figures.drawing.typeface import ELLIPSIS
from livereview_figures.forest.forest import forest
from livereview_figures.forest.series import series
from livereview_figures.funnel.funnel import funnel

HOSTILE = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "quotes": "\"' onload='x' & &amp; &lt;",
    "mathtext": r"$\frac{1}{2}$ $x^2$ \\alpha $",
    "formula": '=HYPERLINK("http://x")',
    "control": "a\x00b\x07c\x1b[31md\x7f\u202eevil\u2066x",
    "surrogate": "\ud800 lone \udfff",
    "long": "x" * 10_000,
    "long words": "word " * 2_000,
    "long Arabic": "محمد " * 2_000,
    "long Chinese": "李" * 10_000,
    "format": "%s {0} {x} ${y}",
    "cdata": "]]> <![CDATA[ <!-- --> <?xml?>",
}


def everywhere(words: str) -> OutcomeResult:
    """An outcome with these words wherever a figure takes text from outside."""
    studies = [builders.study(i, label=f"{words} {i}") for i in range(4)]
    made = builders.outcome(
        studies=studies, divisions=1, title=words, experimental=words, control=words, favours=(words, words),
        measure_title=words, choices={"model": words},
    )  # fmt: skip
    division = made.subgroups[0]
    groups = tuple((words, pooled, names) for _, pooled, names in division.groups)
    return replace(made, subgroups=(replace(division, title=words, notes=(words,), groups=groups),))


def pages(outcome: OutcomeResult) -> list[Page]:
    plots = [forest(outcome), forest(outcome, outcome.subgroups[0]), funnel(outcome)]
    return [*plots, *(series(outcome, kind) for kind in ("leave-one-out", "cumulative"))]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_drawn_as_text_and_keeps_its_place(name: str) -> None:
    words = HOSTILE[name]
    for page in pages(everywhere(words)):
        assert faults(page) == []
        assert page.width < 1200
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert page.png(72).startswith(b"\x89PNG")
        root = ElementTree.fromstring(page.svg(words, words))
        found = {node.tag.rpartition("}")[2] for node in root.iter()}
        assert found <= {"svg", "title", "rect", "path", "g", "text", "a"}
        assert not [key for node in root.iter() for key in node.attrib if key.startswith("on") or key == "style"]


@pytest.mark.parametrize("name", ["markup", "quotes", "mathtext", "formula", "format", "cdata"])
def test_what_is_shown_is_what_was_given(name: str) -> None:
    page = forest(everywhere(HOSTILE[name]))
    label = " ".join(
        mark.words for mark in page.marks if isinstance(mark, Text) and mark.name.startswith("label:adams")
    )
    given = " ".join(HOSTILE[name].split())
    squeezed = re.sub(r"\s", "", label)
    assert squeezed == re.sub(r"\s", "", f"{given} 0 2001") or squeezed.endswith(ELLIPSIS)
    assert legible(label) == label


@pytest.mark.parametrize("name", ["long", "long words", "long Arabic", "long Chinese"])
def test_what_has_no_room_is_shortened(name: str) -> None:
    for page in pages(everywhere(HOSTILE[name])):
        assert max(len(mark.words) for mark in page.marks if isinstance(mark, Text)) < 400
        titles = [mark.words for mark in page.marks if isinstance(mark, Text) and mark.name == "title"]
        assert titles[-1].rstrip("\u200f").endswith(ELLIPSIS)
