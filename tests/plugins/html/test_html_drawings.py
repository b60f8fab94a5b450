"""A drawing in the page: what draws is taken over, what could run or lead away is not."""

from __future__ import annotations

import re

import pytest
from page_reading import Node, reading

from livereview_html.drawings import drawing

PLACES = frozenset({"from-os__a", "study-a"})


def svg(inside: str, more: str = "") -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50" {more}>{inside}</svg>'.encode()


def drawn(inside: str, more: str = "", alt: str = "Two studies.") -> Node:
    made = drawing(svg(inside, more), "os-forest", alt, PLACES)
    assert made is not None
    return reading(made.markup).one("svg")


def test_marks_keep_their_place_and_words() -> None:
    node = drawn('<polyline points="1,2 3,4" stroke="#191919"/><text x="5.25" y="6">A &lt; B</text>')
    assert node.one("polyline").attributes == {"points": "1,2 3,4", "stroke": "#191919"}
    assert node.one("text").attributes == {"x": "5.25", "y": "6"}
    assert node.one("text").text == "A < B"


def test_a_drawing_is_named_by_what_it_shows() -> None:
    node = drawn("<title>Forest</title><rect x='1' y='1' width='2' height='2'/>", 'aria-label="other" role="none"')
    assert node.attributes["role"] == "img"
    assert node.attributes["aria-label"] == "Two studies."
    # The browser would show the title of the whole wherever the reader points.
    assert list(node.all("title")) == []


HOSTILE = [
    "<script>alert(1)</script>",
    "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'><img src='x' onerror='alert(1)'/></p></foreignObject>",
    "<rect onload='alert(1)' onclick='alert(1)' width='1' height='1'/>",
    "<a href='javascript:alert(1)'><text>x</text></a>",
    "<a href='https://evil.example'><text>x</text></a>",
    "<a xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='data:text/html,x'><text>x</text></a>",
    "<image href='https://evil.example/x.png'/>",
    "<use href='https://evil.example/x.svg#a'/>",
    "<style>@import url(https://evil.example/x.css);</style>",
    "<rect style='fill:url(https://evil.example)' width='1' height='1'/>",
    "<rect fill='url(https://evil.example/#a)' width='1' height='1'/>",
    "<rect filter='url(#x)' mask='url(//evil.example)' width='1' height='1'/>",
    "<animate attributeName='href' to='javascript:alert(1)'/><set attributeName='onload' to='x'/>",
    "<text>&lt;/svg&gt;&lt;script&gt;alert(1)&lt;/script&gt;</text>",
    "<rect width='1' height='1'><title>&lt;img src=x onerror=alert(1)&gt;</title></rect>",
    "<svg><script>alert(1)</script></svg>",
    "<handler xmlns='http://www.w3.org/2001/xml-events'>alert(1)</handler>",
]


@pytest.mark.parametrize("inside", HOSTILE)
def test_nothing_in_a_drawing_runs_or_leads_away(inside: str) -> None:
    node = drawn(inside)
    allowed = {"svg", "g", "a", "rect", "text", "title", "use"}
    for found in (node, *node.all()):
        assert found.tag in allowed
        assert not [name for name in found.attributes if name.startswith("on") or name in ("style", "src", "filter")]
        values = " ".join(value for name, value in found.attributes.items() if name != "aria-label")
        assert "evil" not in values
        assert "javascript" not in values
        assert not found.attributes.get("href", "").strip("#").count(":")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no xml",
        b"<svg",
        b"<html><svg/></html>",
        b"\xff\xfe\x00",
        b"<!DOCTYPE svg [<!ENTITY a 'x'>]><svg>&a;</svg>",
    ],
)
def test_a_file_that_is_no_drawing_is_not_taken_over(content: bytes) -> None:
    assert drawing(content, "x", "x", PLACES) is None


def test_a_link_leads_to_a_place_of_the_page_or_is_none() -> None:
    node = drawn("<a href='#from-os__a'><rect width='1' height='1'/></a><a href='#nowhere'><text>B</text></a>")
    assert [link.attributes["href"] for link in node.all("a")] == ["#from-os__a"]
    assert node.one("g").text == "B"


def test_links_are_reached_and_named_and_each_place_is_one_stop_of_the_keyboard() -> None:
    square = "<a href='#from-os__a'><rect width='1' height='1'><title>A 2020: 0.5 (0.2 to 0.9)</title></rect></a>"
    node = drawn(square + "<a href='#from-os__a'><text>A 2020</text></a><a href='#study-a'><text>A</text></a>")
    assert node.attributes["role"] == "group"
    first, again, other = node.all("a")
    assert first.attributes == {"href": "#from-os__a", "aria-label": "A 2020: 0.5 (0.2 to 0.9)"}
    assert again.attributes == {"href": "#from-os__a", "aria-label": "A 2020", "tabindex": "-1"}
    assert "tabindex" not in other.attributes


def test_a_mark_that_says_something_can_be_reached() -> None:
    node = drawn("<polygon points='0,0 1,1 2,0'><title>Pooled:\n 0.6</title></polygon>")
    assert node.attributes["role"] == "group"
    said = {"points": "0,0 1,1 2,0", "tabindex": "0", "role": "img", "aria-label": "Pooled: 0.6"}
    assert node.one("polygon").attributes == said


def test_ids_of_two_drawings_do_not_meet() -> None:
    clip = "<defs><clipPath id='c'><rect width='9' height='9'/></clipPath></defs>"
    inside = f"{clip}<g clip-path='url(#c)'><use href='#c'/></g>"
    one, two = (drawing(svg(inside), name, "x", PLACES) for name in ("os-forest", "os-funnel"))
    assert one is not None
    assert two is not None
    assert set(re.findall(r'id="([^"]+)"', one.markup)) == {"os-forest--c"}
    assert 'clip-path="url(#os-forest--c)"' in one.markup
    assert 'href="#os-forest--c"' in one.markup
    assert "os-forest" not in two.markup


def test_a_drawing_that_does_not_follow_the_colours_of_the_page_stays_on_white_paper() -> None:
    stays = drawn("<text fill='#191919'>A</text>")
    assert stays.attributes["class"] == "paper"
    assert stays.one("text").attributes["fill"] == "#191919"


def followed(inside: str) -> str:
    found = drawing(svg(inside, " data-colours='page'"), "x", "y", PLACES)
    assert found is not None
    assert 'class="paper"' not in found.markup
    assert "data-colours" not in found.markup
    return found.markup


@pytest.mark.parametrize(
    ("colour", "name"),
    [("#191919", "ink"), ("#525252", "soft"), ("#195a9c", "accent"), ("#FFFFFF", "paper"), ("#8C8C8C", "prediction"),
     ("#E7EFF7", "pale-e7eff7")],
)  # fmt: skip
@pytest.mark.parametrize("key", ["fill", "stroke"])
def test_a_drawing_that_follows_the_page_has_its_colours_by_name(colour: str, name: str, key: str) -> None:
    assert f'{key}="var(--lr-{name}, {colour})"' in followed(f"<path d='M0 0' {key}='{colour}'/>")


@pytest.mark.parametrize("colour", ["#BF0000", "#CBFFFF", "none", "url(#c)", "#1919", "red", "#191919;x"])
def test_a_colour_with_a_meaning_or_no_colour_stays(colour: str) -> None:
    assert "var(" not in followed(f"<path id='c' d='M0 0' fill='{colour}'/>")


def test_a_part_that_keeps_its_own_colours_keeps_them() -> None:
    markup = followed("<g fill='#191919' data-colours='own'><text>x</text></g><text fill='#191919'>y</text>")
    assert markup.count("var(--lr-ink, #191919)") == 1
    assert '<g fill="#191919"><text>x</text></g>' in markup


def test_the_same_file_gives_the_same_markup() -> None:
    content = svg("<g data-row='a'><text x='1'>A</text> tail</g>")
    made = [drawing(content, "x", "y", PLACES) for _ in range(2)]
    assert made[0] == made[1]
