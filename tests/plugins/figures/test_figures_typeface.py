"""Every script is drawn, in its own direction, and is as wide as it was measured."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from legibility import ink

from livereview_figures.drawing.lettering import bitmap
from livereview_figures.drawing.page import Page, Text
from livereview_figures.drawing.raster import pixels
from livereview_figures.drawing.text import clean
from livereview_figures.drawing.typeface import (
    ELLIPSIS,
    UNDRAWABLE,
    balanced,
    drawable,
    drawn_width,
    legible,
    width_of,
    wrapped,
)

SIZE, DPI, LEFT = 9.0, 200, 20.0
PIXEL = 72 / DPI
ARABIC, HEBREW = "محمد", "שלום"
SCRIPTS = (
    "Brown 2020", "0.62 [0.39, 0.98]", "AVAToTyWA", "office ﬁ", "Åström & Østergård", "Иванова", "Ωμέγα", "c̈ḧx̌",
    f"{ARABIC} 2020", f"{HEBREW} (2020)", f"{HEBREW} et al. 2020 ▲", "王小明", "Müller/李 2020", "さくら", "김철수",
    "สวัสดี", "नमस्ते", "தமிழ்", "አማርኛ", "ខ្មែរ", "Việt Nam", "գրիգոր", "ქართული", "ພາສາລາວ",
)  # fmt: skip
ALPHABETS = (
    (0x20, 0x17F), (0x370, 0x3FF), (0x400, 0x4FF), (0x530, 0x58F), (0x590, 0x5FF), (0x600, 0x6FF), (0x900, 0x97F),
    (0xE00, 0xE7F), (0x10A0, 0x10FF), (0x1200, 0x137F), (0x1E00, 0x1FFF), (0x2010, 0x2BFF), (0x3040, 0x30FF),
    (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xFB50, 0xFDFF), (0x1F300, 0x1F64F),
)  # fmt: skip
WORDS = st.sampled_from(ALPHABETS).flatmap(
    lambda block: st.text(st.characters(min_codepoint=block[0], max_codepoint=block[1]), max_size=12)
)
PHRASES = st.lists(WORDS, max_size=3).map(lambda words: clean(" ".join(words)))


def inked(words: str, bold: bool = False) -> tuple[float, float]:
    """Left and right of what is drawn, in points from the start of the text."""
    page = Page(
        LEFT * 2 + width_of(words, SIZE, bold) + 10, 40, [Text(x=LEFT, y=25, words=words, size=SIZE, bold=bold)]
    )
    columns = np.flatnonzero((pixels(page, DPI)[..., :3] < 200).any(axis=(0, 2)))
    return columns[0] * PIXEL - LEFT, (columns[-1] + 1) * PIXEL - LEFT


def end_of_drawing(words: str, bold: bool) -> float:
    """Where a text ends, in points, by the stroke that is drawn behind it."""
    stroke = ink(Text(x=0, y=0, words="|", size=SIZE, bold=bold))
    return inked(f"{words}\u200e|" if legible(words) == words else f"{legible(words)}|", bold)[1] - stroke[2]


def check(words: str, bold: bool) -> None:
    # A text starts at a whole pixel, its stroke ends in one, letters are at quarters of one. Worst seen: 1.4 pixels,
    # over 2,500 texts.
    assert drawn_width(words, SIZE, bold) == pytest.approx(end_of_drawing(words, bold), abs=1.5 * PIXEL)


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("words", SCRIPTS)
def test_a_text_of_any_script_is_drawn_as_wide_as_it_was_measured(words: str, bold: bool) -> None:
    check(words, bold)


@settings(max_examples=60, deadline=None)
@given(PHRASES, st.booleans())
@example("אa", False)
def test_any_text_is_drawn_as_wide_as_it_was_measured(words: str, bold: bool) -> None:
    check(words, bold)
    assert width_of(words, SIZE, bold) >= drawn_width(words, SIZE, bold) - 1e-9


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=24), st.sampled_from([7.0, 11.0]))
def test_any_text_at_all_is_drawn_and_broken_into_lines_that_fit(words: str, size: float) -> None:
    page = Page(100, 30, [Text(x=50, y=20, words=words, size=size, align="center")])
    assert pixels(page, 72).shape == (30, 100, 4)
    for broken in (wrapped(words, size, 40, lines=3), balanced(words, size, 40, lines=3)):
        assert len(broken) <= 3
        for line in broken:
            letters = sum(unicodedata.category(char)[0] != "M" for char in line.rstrip(ELLIPSIS))
            assert width_of(line, size) <= 40.02 or letters <= 1


def test_a_script_that_the_typeface_lacks_is_written_in_latin_letters() -> None:
    spelt = {
        "李 2020": "Li 2020",
        "Müller/李": "Müller/Li",
        "データ": "deta",
        "김철수": "GimCheolSu",
        "Ωμέγα, č, ½": "Ωμέγα, č, ½",
    }
    assert {words: legible(words) for words in spelt} == spelt
    assert all(UNDRAWABLE not in legible(words) and drawable(words) for words in SCRIPTS)


def test_a_character_without_any_spelling_is_shown_as_missing() -> None:
    assert legible("a\u39dd b") == "a□ b"
    assert not drawable("\u39dd")


def test_a_mark_without_its_letter_is_left_out() -> None:
    assert legible("\u05c1x") == "x"
    assert legible("李\u0301 e\u0331") == "Li e\u0331"


def test_a_line_keeps_the_original_and_has_room_for_it_in_the_fonts_of_the_reader() -> None:
    assert wrapped("李小龙 2020", 9, 400) == ["李小龙 2020"]
    # Three characters of an em each are wider than "o" three times.
    assert width_of("おおお", 9) == pytest.approx(27)
    assert drawn_width("おおお", 9) == pytest.approx(width_of("ooo", 9))


def test_arabic_letters_join_and_words_of_hebrew_run_from_right_to_left() -> None:

    def gaps(words: str) -> int:
        inked_columns = np.flatnonzero(bitmap(words, SIZE, False, 4).covered.any(axis=0))
        return int((np.diff(inked_columns) > 1).sum())

    assert (gaps(ARABIC), gaps(HEBREW)) == (0, 3), "one stroke runs through all letters of the Arabic name"
    covered = bitmap("של", 40, False, 2).covered
    lamed = bitmap("ל", 40, False, 2).covered
    # Lamed is the second letter and the only one that rises above the others: it stands at the left.
    top = np.flatnonzero((covered[: lamed.shape[0] // 5] > 128).any(axis=0))
    assert top.max() < covered.shape[1] / 2


def test_a_line_begins_at_the_left_whatever_its_first_letter() -> None:
    arrow = bitmap("←", 20, False, 2)
    line = bitmap(f"← {HEBREW}", 20, False, 2)
    row = line.covered[line.above - arrow.above // 2 : line.above, : arrow.covered.shape[1]]
    assert row.any(), "the arrow points out at the left"
    sign = bitmap(f"{HEBREW} 2020 ▲", 20, False, 2)
    assert (sign.covered[:, -bitmap("▲", 20, False, 2).covered.shape[1] // 2 :] > 200).any(), "signs end the line"


def test_a_shortened_name_of_hebrew_ends_at_its_left() -> None:
    (words,) = wrapped(f"{HEBREW} {HEBREW} {HEBREW}", 9, 60, lines=1)
    assert words.rstrip("\u200f").endswith(ELLIPSIS)
    drawn = bitmap(words, 40, False, 2)
    dots = drawn.covered[:, : bitmap(ELLIPSIS, 40, False, 2).covered.shape[1]]
    # An ellipsis has ink at the baseline only.
    assert not (dots[: drawn.above - 20] > 128).any()


def test_a_letter_and_its_accent_stay_together() -> None:
    for words in ("c̈" * 30, "नि" * 20, "สั" * 20):
        for line in wrapped(words, 9, 31, lines=9):
            assert unicodedata.category(line[0])[0] != "M"


def test_a_name_of_ten_thousand_letters_is_shortened_at_once() -> None:
    for words in ("word " * 2000, "x" * 10000, f"{ARABIC} " * 2000, "李" * 10000):
        lines = balanced(words, 9, 150, lines=3)
        assert len(lines) == 3
        assert lines[-1].rstrip("\u200f").endswith(ELLIPSIS)


@pytest.mark.parametrize(("x", "y"), [(-30, 20), (500, 20), (50, -30), (50, 500), (-5, 5), (95, 33), (-500, -500)])
def test_what_lies_beyond_the_edge_is_cut(x: float, y: float) -> None:
    whole = pixels(Page(300, 130, [Text(x=x + 100, y=y + 50, words="HHHHH", size=9)]), 72)
    part = pixels(Page(100, 30, [Text(x=x, y=y, words="HHHHH", size=9)]), 72)
    assert (part == whole[50:80, 100:200]).all()
