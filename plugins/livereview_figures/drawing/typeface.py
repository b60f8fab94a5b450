"""The typeface: how wide a text is, where a text breaks.

A text is given the room that it needs in a picture, or in the reader's own fonts where those need more: see
``script``. Lines keep the characters of the original; only what is drawn is spelt otherwise.
"""

from __future__ import annotations

from livereview_figures.drawing.face import advance, right_to_left
from livereview_figures.drawing.script import UNDRAWABLE, combines, drawable, legible, natural

__all__ = ["ELLIPSIS", "UNDRAWABLE", "balanced", "drawable", "drawn_width", "legible", "width_of", "wrapped"]

ELLIPSIS = "…"
_RIGHT_TO_LEFT_MARK = "\u200f"
_SLACK = 0.01
"""Points by which a text may be too wide: sums of the same advances differ in their last digits."""


def drawn_width(words: str, size: float, bold: bool = False) -> float:
    """Width in points of a text as a picture shows it."""
    return size * advance(legible(words), bold)


def width_of(words: str, size: float, bold: bool = False) -> float:
    """Room in points that a text needs, in a picture and in the reader's own fonts."""
    shown = legible(words)
    wide = advance(shown, bold)
    return size * (wide if shown == words else max(wide, natural(words, bold)))


def wrapped(words: str, size: float, width: float, *, lines: int = 2, bold: bool = False) -> list[str]:
    """The words on at most so many lines of that width; what does not fit ends in an ellipsis."""
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
    most = _fitting(words, size, width, bold)
    if most == len(words) or _fitting(words, size, 2.2 * width, bold) < len(words):
        return wrapped(words, size, width, lines=lines, bold=bold)
    halves = [(words[:i], words[i + 1 :]) for i in range(most + 1) if words[i] == " "]
    fitting = [pair for pair in halves if all(width_of(half, size, bold) <= width + _SLACK for half in pair)]
    if not fitting:
        return wrapped(words, size, width, lines=lines, bold=bold)
    before_bracket = [pair for pair in fitting if pair[1].startswith(("(", "["))]
    first, second = min(before_bracket or fitting, key=lambda pair: abs(len(pair[0]) - len(pair[1])))
    return [first, second]


def _shortened(words: str, size: float, width: float, bold: bool) -> str:
    if _fitting(words, size, width, bold) == len(words):
        return words
    kept = words[: _fitting(words, size, width - width_of(ELLIPSIS, size, bold), bold)].rstrip()
    return kept + ELLIPSIS + (_RIGHT_TO_LEFT_MARK if kept and right_to_left(kept[-1]) else "")


def _fitting(words: str, size: float, width: float, bold: bool) -> int:
    """How many of the first characters fit in the width, at least 1; a character and its marks stay together."""

    def fits(count: int) -> bool:
        return width_of(words[:count], size, bold) <= width + _SLACK

    low, high = 0, min(len(words), max(int(width / size), 4))
    while high < len(words) and fits(high):
        low, high = high, min(2 * high, len(words))
    if fits(high):
        return _whole(words, high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return _whole(words, low)


def _whole(words: str, count: int) -> int:
    """The count, less what would part a character from its marks; at least one character with its marks."""
    while 0 < count < len(words) and combines(words[count]):
        count -= 1
    if count == 0 and words:
        count = 1
        while count < len(words) and combines(words[count]):
            count += 1
    return count
