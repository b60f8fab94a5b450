"""The faces of the typeface: DejaVu Sans, regular and bold, from the copy inside matplotlib.

No installed font changes a figure. Latin, Greek, Cyrillic and signs stand letter by letter, with kerning; whatever
joins, stacks or runs from right to left is laid out by the shaping engine of matplotlib. Lengths are in ems.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

_PIXELS = 1000
_RIGHT_TO_LEFT = ("R", "AL", "AN", "RLE", "RLO", "RLI")
_LEFT_TO_RIGHT_MARK = "\u200e"
_LETTER_BY_LETTER = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u1e00-\u1fff"
    "\u2010-\u2027\u2030-\u205e\u2070-\u20cf\u2100-\u2bff]*"
)
"""Blocks without combining marks, joining letters or signs of direction."""


def face(bold: bool) -> Any:
    """A face of its own, whose size may be set."""
    import matplotlib
    from matplotlib.ft2font import FT2Font

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return FT2Font(str(Path(matplotlib.get_data_path(), "fonts", "ttf", name)))


@cache
def _measuring(bold: bool) -> Any:
    made = face(bold)
    made.set_size(_PIXELS, 72)
    return made


@cache
def characters() -> frozenset[int]:
    """What both faces can draw."""
    return frozenset(_measuring(False).get_charmap()) & frozenset(_measuring(True).get_charmap())


def letter_by_letter(words: str) -> bool:
    """Whether each letter has one form and stands right of the one before it."""
    return _LETTER_BY_LETTER.fullmatch(words) is not None


def directed(words: str) -> str:
    """The words as a line of a page that is read from left to right, also where they begin with Arabic or Hebrew."""
    return _LEFT_TO_RIGHT_MARK + words if any(right_to_left(char) for char in words) else words


def right_to_left(char: str) -> bool:
    """Whether a character runs from right to left."""
    return char > "\u0590" and unicodedata.bidirectional(char) in _RIGHT_TO_LEFT


@lru_cache(maxsize=1 << 14)
def advance(words: str, bold: bool) -> float:
    """Width of words of which the typeface has every character."""
    if letter_by_letter(words):
        return sum(letter_advance(char, bold) for char in words) + sum(kerning(a, b, bold) for a, b in pairwise(words))
    from matplotlib.ft2font import LoadFlags

    measuring = _measuring(bold)
    measuring.set_text(directed(words), 0.0, flags=LoadFlags.NO_HINTING)
    return float(measuring.get_width_height()[0]) / 64 / _PIXELS


@cache
def letter_advance(char: str, bold: bool) -> float:
    """Width of one character that stands by itself."""
    from matplotlib.ft2font import LoadFlags

    glyph = _measuring(bold).load_char(ord(char), flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance) / 65536 / _PIXELS


@cache
def kerning(left: str, right: str, bold: bool) -> float:
    """How far two neighbours are moved apart: mostly together."""
    from matplotlib.ft2font import Kerning

    measuring = _measuring(bold)
    glyphs = measuring.get_char_index(ord(left)), measuring.get_char_index(ord(right))
    return float(measuring.get_kerning(*glyphs, Kerning.UNFITTED)) / 64 / _PIXELS
