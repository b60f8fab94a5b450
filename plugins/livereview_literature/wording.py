"""What databases write in words: dates, kinds of publication, markup. Only known tags are taken out of text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from livereview import partial_date, plain_text, registry_ids_in, year_in

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_REVIEWS = frozenset(("review", "systematic review", "meta-analysis", "review-article", "network meta-analysis"))
#: Publications about another one, or with no data of their own.
_OTHERS = frozenset((
    "published erratum", "erratum", "correction", "retraction of publication", "retraction notice", "retraction",
    "expression of concern", "comment", "editorial", "news", "newspaper article", "clinical trial protocol",
    "patient education handout", "biography", "historical article", "guideline", "practice guideline",
))  # fmt: skip
#: Types that say nothing of what a record is.
_PLAIN = frozenset(("journal article", "research-article", "english abstract"))
_BLOCK = r"p|h[1-6]|div|br|li|ul|ol|title|sec|tr|table"
#: Only what is spelt as attributes: in "a <b and c> d" nothing is a tag.
_ATTRIBUTES = r"(?:\s+[\w:-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'))*\s*"
_TAG = re.compile(
    rf"</?(?:{_BLOCK}|i|b|em|strong|sub|sup|u|span|sc|small|italic|bold|underline|monospace|a|font|inf)"
    rf"{_ATTRIBUTES}/?>",
    re.IGNORECASE,
)
_HEADING = re.compile(rf"<(h[1-6]){_ATTRIBUTES}>(.*?)</\1>\s*(?:<p{_ATTRIBUTES}>\s*)?", re.IGNORECASE | re.DOTALL)
_BREAKS = re.compile(rf"^</?(?:{_BLOCK})\b", re.IGNORECASE)


def month_number(text: str) -> int | None:
    """The month of a text such as ``Jul``, ``July`` or ``07``; None for a season, and for anything else."""
    text = text.strip()
    if text.isdecimal():
        return int(text) if 1 <= int(text) <= 12 else None
    start = text[:3].lower()
    return _MONTHS.index(start) + 1 if start in _MONTHS and text.isalpha() else None


def date_of(year: str, month: str = "", day: str = "") -> str:
    """A date as far as its parts are known: ``2024-07-28``, ``2024-07`` or ``2024``; "" without a year.

    A part that cannot be, such as a 31st of June, is left out with all after it.
    """
    number = month_number(month)
    parts = [year.strip()]
    if number is not None:
        parts.append(f"{number:02d}")
        if day.strip().isdecimal():
            parts.append(f"{int(day):02d}")
    while parts:
        if found := partial_date("-".join(parts)):
            return found
        parts.pop()
    return ""


def date_in(text: str) -> str:
    """The date at the beginning of a text such as ``1998 Dec-1999 Jan``, ``2024 Jul 28`` or ``Spring 1990``."""
    found = re.match(r"\s*(\d{4})(?:\s+([A-Za-z]+)\.?(?:\s+(\d{1,2})(?![\d-]))?)?", text)
    if found:
        return date_of(found[1], found[2] or "", found[3] or "")
    year = year_in(text)
    return "" if year is None else str(year)


def earlier(one: str, other: str) -> str:
    """The earlier of two dates; where one is the more exact form of the other, that one."""
    if not one or not other:
        return one or other
    shared = min(len(one), len(other))
    if one[:shared] == other[:shared]:
        return max(one, other, key=len)
    return min(one, other)


def kind_of(types: Iterable[str]) -> str:
    """The kind of report that publication types state; "" for an article of which they say no more."""
    stated = {name.strip().lower() for name in types}
    if "preprint" in stated:
        return "preprint"
    if stated & _REVIEWS:
        return "review"
    return "other" if stated & _OTHERS else ""


def told_types(types: Iterable[str]) -> str:
    """The publication types that say something, as a line of a note."""
    said = [
        name.strip() for name in types
        if name.strip() and name.strip().lower() not in _PLAIN and not name.lower().startswith("research support")
    ]  # fmt: skip
    return f"Publication types: {'; '.join(dict.fromkeys(said))}." if said else ""


def without_markup(text: str) -> str:
    """Text of which the markup of publishers is taken out, also where it was escaped a second time.

    Headings become ``Heading: text`` on a line of their own. A ``<`` that opens no known tag is the sign "less than"
    and stays.
    """
    for _ in range(2):
        text = _HEADING.sub(lambda found: f"\n{found[2].strip().rstrip(':')}: ", text)
        text = _TAG.sub(lambda found: "\n" if _BREAKS.match(found[0]) else "", text)
        text = html.unescape(text)
    return re.sub(r"\n{2,}", "\n", plain_text(text, prose=True))


def registered(stated: Iterable[str], *texts: str) -> tuple[tuple[str, ...], str]:
    """Registry numbers: those that the database states, then those in texts; and a note which were only in the text."""
    known = tuple(dict.fromkeys(stated))
    more = tuple(number for number in registry_ids_in(*texts) if number not in known)
    said = f"Registry numbers in title or abstract only: {', '.join(more)}." if more else ""
    return (*known, *more), said
