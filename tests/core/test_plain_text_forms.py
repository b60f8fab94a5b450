"""``plain_text`` against first principles: what it leaves is one line of visible signs with single spaces."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from livereview import plain_text


def test_every_sign_that_unicode_calls_white_space_becomes_one_space() -> None:
    spaces = [chr(code) for code in range(0x110000) if re.match(r"\s", chr(code))]
    assert len(spaces) > 20
    assert {plain_text(f"a{space}{space}b") for space in spaces} == {"a b"}


def test_no_space_stays_where_an_invisible_sign_stood() -> None:
    assert plain_text("a \u200b b") == "a b"
    assert plain_text("\x07 a") == "a"


def test_text_that_is_plain_comes_back_as_the_same_object() -> None:
    text = "".join(["An abstract, ", "plain as it is."])
    assert plain_text(text) is text
    assert plain_text(text, prose=True) is text


@given(st.text())
def test_what_is_plain_stays_as_it_is(text: str) -> None:
    once = plain_text(text)
    assert plain_text(once) == once
    assert once == once.strip()
    assert "  " not in once
