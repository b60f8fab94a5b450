"""Scripts that the typeface lacks: Chinese, Japanese, Korean, Thai, Devanagari and others.

In a picture of pixels such characters are written in Latin letters ("李 2020" as "Li 2020"); where the reader has fonts
of his own (SVG, HTML) and in data they stand as they are. What has no spelling either becomes □.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from livereview_figures.drawing.face import advance, characters

UNDRAWABLE = "□"
_OTHER = 0.65
"""Ems of a letter of a script that is not measured: the mean of Thai, Devanagari, Tamil in common typefaces."""


@lru_cache(maxsize=1 << 14)
def legible(words: str) -> str:
    """The words as a picture shows them: in the characters of the typeface.

    A mark without a letter to stand on, such as the accent of a letter that is spelt otherwise or of an Arabic digit,
    is left out.
    """
    if words.isascii() and words.isprintable():
        return words
    known = characters()
    if all(ord(char) in known and not combines(char) for char in set(words)):
        return words
    out, based = list[str](), False
    for char in words:
        if based or not combines(char):
            out.append(_spelt(char))
        based = char in out[-1:] and not char.isspace() and unicodedata.bidirectional(char) != "AN"
    return "".join(out)


def drawable(words: str) -> bool:
    """Whether a picture can show every character, in Latin letters if need be."""
    return UNDRAWABLE not in legible(words) or UNDRAWABLE in words


def combines(char: str) -> bool:
    """Whether a character belongs to the one before it."""
    return unicodedata.category(char)[0] == "M" or char == "\u200d"


@lru_cache(maxsize=1 << 12)
def _spelt(char: str) -> str:
    """One character as a picture shows it."""
    if ord(char) in characters():
        return char
    parts = unicodedata.normalize("NFD", char)
    if all(ord(part) in characters() for part in parts):
        return parts
    from anyascii import anyascii

    letters = "".join(letter for letter in anyascii(char) if " " <= letter <= "~")
    return letters or ("" if combines(char) or unicodedata.category(char) in ("Lm", "Cf", "Cc") else UNDRAWABLE)


@lru_cache(maxsize=1 << 12)
def natural(words: str, bold: bool) -> float:
    """About how wide the words are in the reader's fonts, in ems: what the typeface lacks is estimated."""
    known = characters()
    if all(ord(char) in known for char in words):
        return advance(words, bold)
    drawn = "".join(char for char in words if ord(char) in known)
    return advance(drawn, bold) + sum(_estimated(char) for char in words if ord(char) not in known)


def _estimated(char: str) -> float:
    if combines(char) or unicodedata.category(char)[0] == "C":
        return 0.0
    return 1.0 if unicodedata.east_asian_width(char) in "WF" else _OTHER
