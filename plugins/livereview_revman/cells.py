"""Cells of RevMan files: numbers as text, the signs for nothing, HTML, and the names of measures and methods.

An empty cell and ``#N/A`` are nothing. Anything else that is no number is refused with ValueError, never guessed.
"""

from __future__ import annotations

import hashlib
import html
import math
import re
import unicodedata

from livereview import plain_text, year_in

_NOTHING = {"", "#n/a", "n/a", "na", "nan", "null", "none", "-", "[empty]"}
_NO_NAME = {
    "na", "n/a", "n.a.", "nr", "n.r.", "nd", "ne", "nan", "none", "null", "missing", "unknown", "inf", "-inf", "+inf",
    "infinity", "-infinity", "-", "--", "–", "—", ".", "..", "?", "/",
}  # fmt: skip
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_TAG_BREAK = re.compile(r"<\s*(?:br|/p|/li|/div|/tr|/h\d)\b[^>]*>", re.IGNORECASE)
#: Elements of HTML that text of a review may have; anything else in angle brackets is text and stays.
_TAG = re.compile(
    r"</?(?:p|br|a|b|i|u|s|em|strong|ul|ol|li|div|span|sub|sup|h[1-6]|table|tbody|thead|tr|td|th|img|hr|blockquote|"
    r"code|pre|tt|font|small|q|cite|ins|del)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

#: Spellings of effect measures in both generations of RevMan, without case, signs and spaces.
_MEASURES = {
    "rr": "RR", "riskratio": "RR", "relativerisk": "RR",
    "or": "OR", "oddsratio": "OR",
    "petoor": "PETO", "petooddsratio": "PETO", "peto": "PETO",
    "rd": "RD", "riskdifference": "RD",
    "md": "MD", "wmd": "MD", "meandifference": "MD", "weightedmeandifference": "MD",
    "smd": "SMD", "stdmeandifference": "SMD", "standardizedmeandifference": "SMD", "standardisedmeandifference": "SMD",
    "hr": "HR", "hazardratio": "HR",
    "irr": "IRR", "rateratio": "IRR", "incidencerateratio": "IRR",
    "rom": "ROM", "ratioofmeans": "ROM", "ratioofgeometricmeans": "ROM", "geometricmeanratio": "ROM",
}  # fmt: skip
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "AE", "œ": "oe", "đ": "d"})
RATIOS = ("RR", "OR", "PETO", "HR", "IRR", "ROM")
DIFFERENCES = ("RD", "MD", "SMD")


def number(text: str | None) -> float | None:
    """The number in a cell, None where there is none; ValueError where something else stands there."""
    cell = plain_text(text or "").replace("−", "-")
    if cell.lower() in _NOTHING:
        return None
    if _NUMBER.fullmatch(cell) is None or not math.isfinite(value := float(cell)):
        raise ValueError(cell)
    return value


def yes(text: str | None) -> bool | None:
    """Whether a cell says yes (true, YES, 1); None where it says nothing."""
    cell = plain_text(text or "").lower()
    if cell in ("true", "yes", "1", "y"):
        return True
    return False if cell in ("false", "no", "0", "n") else None


def level(text: str | None) -> float | None:
    """A confidence level such as ``95%``, ``95`` or ``0.95``; None where there is none or it cannot be."""
    try:
        value = number((text or "").replace("%", ""))
    except ValueError:
        return None
    if value is None:
        return None
    value = value / 100 if value > 1 else value
    return value if 0.5 < value < 1 else None


def words(text: str | None) -> str:
    """A name on one line, as people read it: ``&nbsp;`` a space, ``&amp;`` an ampersand; ``#N/A`` is none."""
    found = plain_text(html.unescape(text or ""))
    return "" if found.lower() == "#n/a" else found


def named(text: str | None) -> str:
    """A name that a row is known by; empty where it is a word for no value, which is no name, or an error of a
    spreadsheet."""
    found = words(text)
    return "" if found.lower() in _NO_NAME or re.fullmatch(r"#[A-Z/0]+[!?]?", found) else found


def label(text: str | None) -> str:
    """The label of a study: a name, with the hyphens U+2010 and U+2011 as the plain one, so that files agree on it."""
    return named(text).replace("\u2010", "-").replace("\u2011", "-")


def prose(text: str | None) -> str:
    """HTML as plain text: paragraphs and breaks as lines, markup and entities gone, nothing else."""
    broken = _TAG_BREAK.sub("\n", text or "")
    return plain_text(html.unescape(_TAG.sub("", broken)), prose=True)


def unescaped(identity: str) -> str:
    """An id of RevMan 5 with its escapes undone: ``STD-MRC_x002d_1`` is ``STD-MRC-1``."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), identity)


def measure(text: str | None) -> str:
    """Code of an effect measure; the file's own word where it is none that livereview knows."""
    plain = named(text)
    return _MEASURES.get(re.sub(r"[^a-z]", "", plain.lower()), plain)


def method(text: str | None) -> str:
    """MH, IV or PETO; empty where nothing is said."""
    plain = re.sub(r"[^a-z]", "", words(text).lower())
    if plain.startswith(("mh", "mantel")):
        return "MH"
    if plain.startswith("peto"):
        return "PETO"
    return "IV" if plain.startswith(("iv", "inverse", "exp")) else ""


def study_year(text: str | None) -> int | None:
    """The year in a cell such as ``2019a`` or ``2020 Jun 13 [epub]`` or ``2017.0``; None in ``17/18``."""
    plain = words(text)
    found = year_in(re.sub(r"(?<=\d)[a-z]\b", "", plain.removesuffix(".0")))
    return found if found is not None and 1900 <= found <= 2100 else None


def slug(text: str) -> str:
    """The text as an id: lower case, without accents, digits and letters joined by hyphens; a hash if none is left."""
    spelt = re.sub("[\u2010-\u2015/]", "-", text.translate(_LETTERS))
    plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    found = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    return found if found and found not in _NO_NAME else "x" + mark(text)


def mark(text: str) -> str:
    """Eight signs that tell a text apart from others: the beginning of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]
