"""The typeface: what it can draw, how wide a text is, where a text breaks.

DejaVu Sans, from the copy inside matplotlib, so that no installed font changes a figure. It has Latin, Greek, Cyrillic,
Arabic, Hebrew and signs, but no Chinese, Japanese or Korean: a character that it lacks becomes □.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

ELLIPSIS = "…"
UNDRAWABLE = "□"
_SLACK = 0.01
"""Points by which a text may be too wide: sums of the same advances differ in their last digits."""


@cache
def font(size: float, bold: bool) -> FontProperties:
    """The typeface at that size, for drawing."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=_font_file(bold), size=size)


def _font_file(bold: bool) -> Path:
    import matplotlib

    return Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")


@cache
def _face(bold: bool) -> Any:
    from matplotlib.ft2font import FT2Font

    face = FT2Font(str(_font_file(bold)))
    face.set_size(1000, 72)
    return face


@cache
def _characters() -> frozenset[int]:
    return frozenset(_face(False).get_charmap()) & frozenset(_face(True).get_charmap())


@cache
def _advance(char: str, bold: bool) -> float:
    """Width of a character in ems; that of □ if the typeface lacks it."""
    drawn = char if ord(char) in _characters() else UNDRAWABLE
    return float(_face(bold).load_char(ord(drawn)).linearHoriAdvance) / 65536 / 1000


@cache
def _kerning(left: str, right: str, bold: bool) -> float:
    """How far two neighbours are moved apart, in ems: mostly together."""
    from matplotlib import ft2font

    face = _face(bold)
    # Before matplotlib 3.10 the mode was a number.
    mode: Any = ft2font.Kerning.UNFITTED if hasattr(ft2font, "Kerning") else 1
    glyphs = face.get_char_index(ord(left)), face.get_char_index(ord(right))
    return float(face.get_kerning(*glyphs, mode)) / 64 / 1000


def drawable(words: str) -> bool:
    """Whether the typeface has every character, regular and bold."""
    return all(ord(char) in _characters() for char in words)


def legible(words: str) -> str:
    """The words with □ for every character that the font lacks."""
    return words if drawable(words) else "".join(c if ord(c) in _characters() else UNDRAWABLE for c in words)


def width_of(words: str, size: float, bold: bool = False) -> float:
    """Width of a text in points: its characters' advances and the kerning between them."""
    advances = sum(_advance(char, bold) for char in words)
    return size * (advances + sum(_kerning(a, b, bold) for a, b in pairwise(words)))


def wrapped(words: str, size: float, width: float, *, lines: int = 2, bold: bool = False) -> list[str]:
    """The words on at most so many lines of that width; what does not fit ends in an ellipsis."""
    words = legible(words)
    out: list[str] = []
    while words and len(out) < lines:
        fits = _fitting(words, size, width, bold)
        if fits == len(words) or len(out) == lines - 1:
            break
        space = words.rfind(" ", 1, fits + 1)
        cut = space if space > 0 else fits
        out.append(words[:cut].rstrip())
        words = words[cut:].lstrip()
    return [*out, _shortened(words, size, width, bold)] if words else out


def balanced(words: str, size: float, width: float, *, lines: int = 2, bold: bool = False) -> list[str]:
    """The words on two lines, broken before a bracket or else near the middle, where both halves fit.

    Where they do not, the words fill at most so many lines.
    """
    words = legible(words)
    breaks = [i for i, char in enumerate(words) if char == " "]
    halves = [(words[:i], words[i + 1 :]) for i in breaks]
    fitting = [pair for pair in halves if all(width_of(half, size, bold) <= width + _SLACK for half in pair)]
    if width_of(words, size, bold) <= width + _SLACK or not fitting:
        return wrapped(words, size, width, lines=lines, bold=bold)
    before_bracket = [pair for pair in fitting if pair[1].startswith(("(", "["))]
    first, second = min(before_bracket or fitting, key=lambda pair: abs(len(pair[0]) - len(pair[1])))
    return [first, second]


def _shortened(words: str, size: float, width: float, bold: bool) -> str:
    if _fitting(words, size, width, bold) == len(words):
        return words
    return words[: _fitting(words, size, width - width_of(ELLIPSIS, size, bold), bold)].rstrip() + ELLIPSIS


def _fitting(words: str, size: float, width: float, bold: bool) -> int:
    """How many of the first characters fit in the width, at least 1."""
    room = (width + _SLACK) / size
    for i, char in enumerate(words):
        room -= _advance(char, bold) + (_kerning(words[i - 1], char, bold) if i else 0.0)
        if room < 0:
            return max(i, 1)
    return len(words)
