"""Text from outside stays text, wherever in the page it stands."""

from __future__ import annotations

import re
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_reading import Reading, reading

from hostile import poisoned
from livereview.anchors import anchor
from livereview_document.blocks import Document, Picture, bullets, folded, heading, paragraph, quote, table
from livereview_document.words import (
    LABEL_LIMIT,
    address,
    clean,
    doi_link,
    fill,
    inner_link,
    local_path,
    outer_link,
    prose,
    registry_link,
    shortened,
    strong,
    text,
)
from livereview_markdown import MarkdownOptions, render
from livereview_markdown.writer import block, inline, markdown
from living_review import asset, request
from whole_review import whole_review

HOSTILE = (
    "**bold** _it_ `code` ~~gone~~",
    "[click](https://evil.example/) ![img](https://evil.example/x.png)",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "# heading", "> quote", "- item", "+ item", "* item", "1. item", "12) item", "---", "===", "***", "```python",
    "a | b | c", "\\| a \\", "\\\\| a", "line\nbreak\r\n\n# heading\n\n| a | b |\n|---|---|", "tab\tand\x00nul\x1b[31m",
    "https://evil.example/?a=b", "www.evil.example", "http://evil.example", "write to a@b.example", "@torvalds", "#1",
    ":tada: and :+1:", "$x^2$ and $$y$$", "$`x`$", "&lt;b&gt; &amp; &#42;x&#42; &copy;", "[^1]: note",
    "[x]: https://evil.example",
    "[ ] task", "</summary></details>", "<!-- hidden", "<a id=\"outcome-os-hr\"></a>", "\u202e10 to 5\u202c",
    "a\u200bb",
    "=SUM(A1)", "\\", "`", "``", "|", "||", "{}", "{0}", "%s", "a\u2028b", "x" * 10_000, "| " * 1_000, "*" * 1_000,
    "\ud800",
)  # fmt: skip
PLAIN_TOKENS = {"inline", "text", "html_inline", "paragraph_open", "paragraph_close"}
OWN_HTML = {"<span>", "</span>"}
#: Ids, by which the parts of a report find each other, and items, whose length decides where they are spelt out.
KEPT = ("id", "study_id", "report_id", "outcome_id", "studies", "outcomes", "items")
# What GitHub does after parsing: mentions, issues, mathematics, emoji, bare addresses.
AFTERWARDS = re.compile(r"@\w|#\d|\$.*\$|:[a-z][\w+-]*:|[a-z]://|www\.", re.IGNORECASE)

TEXTS = st.one_of(
    st.sampled_from(HOSTILE), st.text(alphabet="*_`[]()<>#|!~\\&-+=.1 a@$:/\n{}\"'", max_size=40), st.text()
)


@given(TEXTS)
def test_any_text_comes_back_as_it_is_in_a_paragraph(value: str) -> None:
    seen = reading(markdown(Document("", (paragraph(value), paragraph("end")))))
    assert seen.text == ([clean(value), "end"] if clean(value) else ["end"])
    assert seen.kinds <= PLAIN_TOKENS
    assert set(seen.html) <= OWN_HTML
    assert not any(AFTERWARDS.search(piece) for piece in seen.pieces)


@given(TEXTS, TEXTS)
def test_a_table_keeps_its_columns_whatever_its_cells_hold(one: str, two: str) -> None:
    seen = reading(block(table(("A", "B"), [(prose(one), prose(two)), (prose(two), prose(one))])))
    assert seen.tables == [[["A", "B"], [clean(one), clean(two)], [clean(two), clean(one)]]]
    assert not seen.links
    assert not seen.images
    assert set(seen.html) <= OWN_HTML


@given(TEXTS)
def test_any_text_stays_inside_its_block(value: str) -> None:
    shown = clean(value)
    listed = reading(block(bullets([prose(value), "last"])))
    assert listed.text == ([shown, "last"] if shown else ["last"])
    assert listed.kinds <= PLAIN_TOKENS | {"bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"}
    quoted = reading(block(quote([prose(value), "last"])))
    assert quoted.text == ([shown, "last"] if shown else ["last"])
    assert reading(block(heading(3, prose(value), "place"))).headings == [shown]
    linked = reading(inline(inner_link(prose(value), "place")))
    assert linked.links == [(shown or "–", "#place")]


@given(TEXTS)
def test_a_name_in_bold_is_the_name(value: str) -> None:
    seen = reading(inline(fill("{} end", strong(text(value)))))
    assert seen.text == [f"{shortened(clean(value), LABEL_LIMIT)} end".strip()]
    assert seen.kinds <= PLAIN_TOKENS | {"strong_open", "strong_close"}


@given(TEXTS)
def test_an_alternative_text_is_the_text(value: str) -> None:
    seen = reading(block(Picture("figures/a", (".png",), clean(value), text("A"))))
    assert seen.images == [(clean(value), "figures/a.png")]
    assert not seen.links


def test_a_long_label_is_shortened_and_says_so() -> None:
    assert text("x" * 10_000).plain == "x" * (LABEL_LIMIT - 1) + "…"
    assert prose("x" * 10_000).plain == "x" * 10_000


def test_control_and_direction_characters_are_gone_but_digits_are_never_joined() -> None:
    assert clean("1\x000 of\r\n\u202e10\u202c\ufeff") == "1 0 of 10"


@given(TEXTS, TEXTS)
def test_texts_that_stand_together_are_no_sign_either(one: str, two: str) -> None:
    seen = reading(inline(fill("x{}{}x", prose(one), prose(two))))
    assert seen.kinds <= PLAIN_TOKENS
    assert not any(AFTERWARDS.search(piece) for piece in seen.pieces)


def test_a_folded_part_is_titled_by_us_alone() -> None:
    with pytest.raises(ValueError, match="our own words"):
        folded("</summary>", [])


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://user@evil.example/", "//evil.example",
     "https://pubmed.gov@evil.example", "http://ex ample.org", "https://exämple.org", "https://", "ftp://a.org",
     "https://a.org:port/", "https://a.org/\nx", "HTTPS:/a", "https://[::1", "x" * 3000],
)  # fmt: skip
def test_an_address_that_is_not_plain_http_is_text(url: str) -> None:
    assert address(url) is None
    seen = reading(inline(outer_link("page", url)))
    assert not seen.links
    assert seen.text[0].startswith("page (")


def test_an_address_cannot_leave_its_link() -> None:
    url = 'https://a.org/x)](y)<b>|`"*_\\?a=1&copy;=2%zz#f'
    seen = reading(block(table(("A",), [(outer_link("page", url),)])))
    assert seen.kinds & {"strong_open", "em_open", "code_inline"} == set()
    assert seen.links == [
        ("page", "https://a.org/x%29%5D%28y%29%3Cb%3E%7C%60%22%2A_%5C?a=1&copy;=2%25zz#f"),
    ]


def test_identifiers_become_links_only_in_their_own_shape() -> None:
    assert reading(inline(text(doi_link("10.1056/NEJMoa1609783")))).links == [
        ("doi:10.1056/NEJMoa1609783", "https://doi.org/10.1056/NEJMoa1609783")
    ]
    assert not reading(inline(text(doi_link("javascript:alert(1)")))).links
    assert reading(inline(registry_link("NCT02744768"))).links[0][1] == "https://clinicaltrials.gov/study/NCT02744768"
    assert reading(inline(registry_link("pmid:123"))).links[0][1] == "https://pubmed.ncbi.nlm.nih.gov/123/"
    assert not reading(inline(registry_link("NCT1](https://evil.example)"))).links


@pytest.mark.parametrize("path", ["../x.png", "/x.png", "a/../../x.png", "a\\x.png", "a\n.png", ""])
def test_a_picture_comes_from_the_report_folder_alone(path: str) -> None:
    assert local_path(path) is None


@given(st.lists(st.text(max_size=100), min_size=2, max_size=2, unique=True))
def test_two_identifiers_have_two_anchors(names: list[str]) -> None:
    one, two = (anchor("study", name) for name in names)
    assert one != two
    assert re.fullmatch(r"[A-Za-z0-9_-]+", one + two)


@cache
def read(poison: str) -> Reading:
    """The page of a review with the poison wherever text from outside may stand."""
    assets = (asset("figures/os-hr-forest.png", "forest"),)
    report = poisoned(whole_review(), poison, KEPT)
    return reading(next(iter(render(request(report, assets), MarkdownOptions()))).content)


@pytest.mark.parametrize("poison", HOSTILE)
def test_nothing_in_a_review_can_become_markup(poison: str) -> None:
    expected, seen = read("harmless"), read(poison)
    assert seen.kinds <= expected.kinds
    assert [[len(row) for row in rows] for rows in seen.tables] == [
        [len(row) for row in rows] for rows in expected.tables
    ]
    own = ("<span>", "</span>", "</a>", '<a id="', "<br>")
    assert all(tag.startswith(own) for tag in seen.html if not tag.startswith(("<details>", "</details>")))
    assert sum(tag.startswith("<a id=") for tag in seen.html) == sum(tag.startswith("<a id=") for tag in expected.html)
    assert seen.html.count("</details>") == expected.html.count("</details>")
    assert {target for _, target in seen.images} == {"figures/os-hr-forest.png"}
    foreign = {target for _, target in seen.links if not target.startswith("#")}
    allowed = {target for _, target in expected.links} | ({poison} if address(poison) else set())
    assert foreign <= allowed
    assert not any(AFTERWARDS.search(piece) for piece in seen.pieces)
