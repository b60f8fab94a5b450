"""A page stands alone: nothing is loaded, only what is ours runs, and it reads without a script."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest
from page_reading import Node, reading

import livereview_html
from livereview_html.markup import element
from livereview_html.page import SCRIPTS, STYLES, page, static

FOLDER = Path(livereview_html.__file__).parent / "static"


def made() -> Node:
    return reading(page("A & B", "Two <studies>.", [element("main", None, element("h1", None, "A & B"))]))


def policy(node: Node) -> dict[str, list[str]]:
    rules = node.one("meta", **{"http-equiv": "Content-Security-Policy"}).attributes["content"].split("; ")
    return {rule.split(" ")[0]: rule.split(" ")[1:] for rule in rules}


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_a_page_has_a_language_a_title_and_a_description() -> None:
    node = made()
    assert node.one("html").attributes["lang"] == "en"
    assert node.one("title").text == "A & B"
    assert node.one("meta", name="description").attributes["content"] == "Two <studies>."
    assert "width=device-width" in node.one("meta", name="viewport").attributes["content"]


def test_only_the_styles_and_scripts_of_the_page_are_allowed_and_nothing_is_loaded() -> None:
    node = made()
    assert policy(node) == {
        "default-src": ["'none'"],
        "style-src": [digest(node.one("style").text)],
        "script-src": [digest(node.one("script").text)],
        "img-src": ["data:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }


def test_the_rule_stands_before_what_it_rules() -> None:
    head = made().one("head").children
    names = [node.attributes.get("http-equiv", node.tag) for node in head]
    assert names.index("Content-Security-Policy") < min(
        names.index("style"), names.index("script"), names.index("link")
    )


def test_a_page_without_scripts_allows_none() -> None:
    node = reading(page("A", "B", [], scripts=()))
    assert "script-src" not in policy(node)
    assert list(node.all("script")) == []


def test_styles_and_scripts_name_no_address() -> None:
    for path in sorted(FOLDER.iterdir()):
        text = path.read_text(encoding="utf-8")
        addresses = re.findall(r"https?://[^\s\"')]+|@import|url\(", text)
        assert set(addresses) <= {"http://www.w3.org/2000/svg"}, path.name


def test_scripts_write_no_markup_and_keep_nothing() -> None:
    for name in SCRIPTS:
        text = static(name)
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", text)
        assert not re.search(r"localStorage|sessionStorage|indexedDB|cookie|fetch\(|XMLHttpRequest|WebSocket", text)


def test_every_file_of_the_folder_is_in_use() -> None:
    assert {*STYLES, *SCRIPTS} <= {path.name for path in FOLDER.iterdir()}


def test_the_same_page_has_the_same_bytes() -> None:
    assert page("A", "B", []) == page("A", "B", [])


@pytest.mark.parametrize("broken", ["</script>", "<!--", "</STYLE>"])
def test_a_script_that_would_end_early_is_refused(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("livereview_html.page.static", lambda name: f"x {broken}")
    with pytest.raises(ValueError, match="would end before its end"):
        page("A", "B", [])


def test_nothing_moves_and_print_and_focus_are_provided_for() -> None:
    style = made().one("style").text
    assert "@media print" in style
    # Nothing moves by itself, so that nothing has to be stopped for those whom motion makes ill.
    assert not re.search(r"\b(transition|animation|scroll-behavior)\b", style)
    assert ":focus-visible { outline: 3px" in style
