"""Text enters a page as text, whatever it is; only elements that are built are markup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_reading import reading

from livereview_document.words import Break, Link, Place, Plain, Words, fill, joined, outer_link, text
from livereview_html.markup import NOTHING, Html, element, escaped, lines
from livereview_html.phrasing import linked_place, phrasing, places

ANY = st.text(alphabet=st.characters(exclude_categories=()), max_size=60) | st.text(
    alphabet="<>&\"'/=!-a ]", max_size=30
)
REFUSED = [*range(0, 9), *range(11, 32), *range(127, 160), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]


def readable(value: str) -> str:
    """The text as a page can hold it."""
    return "".join("\ufffd" if ord(sign) in REFUSED else sign for sign in value)


@given(ANY)
def test_a_text_in_an_element_is_read_back_as_it_is(value: str) -> None:
    page = reading(element("p", None, value).markup)
    assert [node.tag for node in page.all()] == ["p"]
    assert page.text == readable(value)


@given(ANY)
def test_an_attribute_is_read_back_on_one_line(value: str) -> None:
    page = reading(element("p", {"title": value}).markup)
    assert page.one("p").attributes == {"title": readable(value).replace("\n", " ")}


@given(st.text(alphabet="<script>/style]-!&;", max_size=40))
def test_no_text_starts_or_ends_an_element(value: str) -> None:
    assert "<" not in escaped(value).markup
    assert "]]>" not in escaped(value).markup


def test_an_attribute_that_is_false_is_left_out_and_one_that_is_true_stands_alone() -> None:
    made = element("details", {"open": True, "hidden": False, "id": None, "tabindex": 0})
    assert made.markup == '<details open tabindex="0"></details>'


@pytest.mark.parametrize("name", ["", "a b", "p><script", "on=x", '"'])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        element(name)
    with pytest.raises(ValueError, match="no name"):
        element("p", {name: "x"})


def test_an_element_that_holds_nothing_is_not_given_anything() -> None:
    with pytest.raises(ValueError, match="br holds nothing"):
        element("br", None, "x")


def test_what_is_nothing_makes_no_line() -> None:
    assert lines([NOTHING, element("p"), None, Html("")]).markup == "<p></p>"


# --- words ---------------------------------------------------------------------------------------------------------


@given(ANY)
def test_words_keep_their_text(value: str) -> None:
    words = fill("**Study {}:** *{}* {}", value, value, value)
    page = reading(phrasing(words).markup)
    assert page.text == words.plain
    assert {node.tag for node in page.all()} <= {"strong", "em"}


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "http://user@evil.example/",
        "vbscript:x",
        "\x01java",
    ],
)
def test_an_address_that_is_not_plain_is_text_and_no_link(target: str) -> None:
    for words in (outer_link("there", target), Words((Link(text("there"), target, "web"),))):
        page = reading(phrasing(words).markup)
        assert list(page.all("a")) == []
        assert "there" in page.text


def test_a_file_outside_the_folder_is_no_link() -> None:
    page = reading(phrasing(Words((Link(text("data"), "../../etc/passwd", "file"),))).markup)
    assert list(page.all("a")) == []


def test_a_link_to_the_web_opens_nothing_of_ours_and_names_its_address_where_the_words_do_not() -> None:
    page = reading(phrasing(joined([outer_link("CT.gov", "https://a.example/?x=1&y=2"), text("end")])).markup)
    assert page.one("a").attributes == {"href": "https://a.example/?x=1&y=2", "rel": "noopener", "class": "web"}
    told = reading(phrasing(Words((Link(text("doi:10.1/x"), "https://doi.org/10.1/x", "web"),))).markup)
    assert "class" not in told.one("a").attributes


def test_a_break_is_one_in_the_page() -> None:
    assert phrasing(Words((Plain("a"), Break(), Plain("b")))).markup == "a<br>b"


def test_places_and_the_first_link_to_one_are_found_within_words() -> None:
    inside = Words((Place("a"), Link(Words((Place("b"), Plain("x"))), "there", "place")))
    assert places(inside) == ["a", "b"]
    assert linked_place(fill("**{}** tail", inside)) == "there"
    assert linked_place(text("none")) == ""
