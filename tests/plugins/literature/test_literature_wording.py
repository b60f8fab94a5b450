"""Markup, dates and words of databases: what a reader can see stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereview_literature.wording import date_in, date_of, earlier, without_markup


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a <b and c> d", "a <b and c> d"),
        ("p<0.05, n>3, I<sup>2</sup>", "p<0.05, n>3, I2"),
        ("&lt;i&gt;ATM&lt;/i&gt; &amp; n &lt; 4", "ATM & n < 4"),
        ('<a href="https://x.org">see</a><br/>two', "see\ntwo"),
        ("<h4>Aim:</h4><p>One</p><p>Two</p><h4>End</h4>Three", "Aim: One\nTwo\nEnd: Three"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),  # text, which is escaped where it is shown
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("", ""),
    ],
)
def test_known_tags_are_taken_out_and_nothing_else(written: str, read: str) -> None:
    assert without_markup(written) == read


@given(st.text(alphabet="<>abp/ =\"'&;lt123\n", max_size=60))
def test_no_text_breaks_it_and_no_letter_or_digit_outside_a_tag_is_lost(text: str) -> None:
    found = without_markup(text)
    if "<" not in text and "&" not in text:
        assert [sign for sign in found if sign.isalnum()] == [sign for sign in text if sign.isalnum()]


@pytest.mark.parametrize(
    ("one", "other", "first"),
    [
        ("2024-07", "2024-07-04", "2024-07-04"), ("2024", "2023-12-31", "2023-12-31"), ("", "2020", "2020"),
        ("2020-05", "2020-04-30", "2020-04-30"), ("2024", "2024", "2024"),
    ],
)  # fmt: skip
def test_the_earlier_date_counts_and_of_two_forms_of_one_the_more_exact(one: str, other: str, first: str) -> None:
    assert earlier(one, other) == earlier(other, one) == first


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2024 Jul 28", "2024-07-28"),
        ("2024 Jul-Aug", "2024-07"),
        ("Winter 2001", "2001"),
        ("n.d.", ""),
        ("2024 Foo", "2024"),
    ],
)
def test_a_date_in_words_is_read_as_far_as_it_goes(text: str, read: str) -> None:
    assert date_in(text) == read


def test_parts_that_cannot_be_are_left_out() -> None:
    assert date_of("2023", "13", "1") == "2023"
    assert date_of("2023", "Feb", "30") == "2023-02"
    assert date_of("", "Feb", "3") == ""
