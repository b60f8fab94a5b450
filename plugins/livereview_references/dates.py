"""Years and days as reference files write them, as the store writes them: ``2023``, ``2023-11``, ``2023-11-04``."""

from __future__ import annotations

import re
from functools import lru_cache

from livereview import partial_date, year_in

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_NUMBERS = re.compile(r"\s*(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?![\d])")
_YEAR_FIRST = re.compile(r"\s*(\d{4})\s+([A-Za-z]{3})[a-z]*\.?(?:[ ,]+(\d{1,2})(?![\d]))?")
_MONTH_FIRST = re.compile(r"\s*([A-Za-z]{3})[a-z]*\.?(?:[ ,]+(\d{1,2}))?[ ,]+(\d{4})(?!\d)")
_DAY_FIRST = re.compile(r"\s*(\d{1,2})\s+([A-Za-z]{3})[a-z]*\.?[ ,]+(\d{4})(?!\d)")
_MONTH_ALONE = re.compile(r"\s*([A-Za-z]{3})[a-z]*\.?(?:[ ,]+(\d{1,2}))?(?=$|[^\w])")
_SUFFIX = re.compile(r"(?<!\d)(\d{4})[a-z](?![A-Za-z0-9])")


@lru_cache(maxsize=4096)
def year_of(text: str) -> int | None:
    """The year in a text such as ``2019a``, ``2014//`` or ``2020 Jun 13 [epub ahead of print]``; None if there is
    none: ``17/18`` and ``10 15`` are no years."""
    if (year := year_in(text)) is not None:
        return year
    found = _SUFFIX.search(text)
    return year_in(found[1]) if found else None


@lru_cache(maxsize=4096)
def published(text: str, year: int | None) -> str:
    """The month or day in a text, with its year; a month alone (``Oct``) takes ``year``. The year if there is no more,
    "" if there is none. Day and month in figures are read only after the year, where they cannot be mixed up."""
    parts = _parts(text, year)
    while parts:
        if found := partial_date("-".join(parts)):
            return found
        parts = parts[:-1]
    alone = year_of(text) or year
    return str(alone) if alone else ""


def _parts(text: str, year: int | None) -> list[str]:
    if found := _NUMBERS.match(text):
        return [part for part in found.groups() if part]
    if found := _YEAR_FIRST.match(text):
        return _named(found[1], found[2], found[3])
    if found := _MONTH_FIRST.match(text):
        return _named(found[3], found[1], found[2])
    if found := _DAY_FIRST.match(text):
        return _named(found[3], found[2], found[1])
    if year is not None and (found := _MONTH_ALONE.match(text)):
        return _named(str(year), found[1], found[2])
    return []


def _named(year: str, month: str, day: str | None) -> list[str]:
    number = _MONTHS.get(month.lower())
    return [year] if number is None else [year, str(number), *([day] if day else [])]
