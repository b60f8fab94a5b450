"""Dates that may be a year, a month or a day, and moments of recording. Moments are UTC."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time

from livereview.errors import ExpectedError

_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
FIRST_YEAR, LAST_YEAR = 1900, 2100


def first_day(partial: str) -> date:
    """The first day of a year, a month or a day written 2023, 2023-11 or 2023-11-04; errors as of ``last_day``."""
    return _days(partial)[0]


def last_day(partial: str) -> date:
    """The last day of a year, a month or a day written 2023, 2023-11 or 2023-11-04.

    Raises ``ValueError`` if it is written otherwise, if there is no such day, or outside 1900-2100.
    """
    return _days(partial)[1]


def _days(partial: str) -> tuple[date, date]:
    match = _PARTIAL.fullmatch(partial)
    if match is None:
        raise ValueError("not a date written 2023, 2023-11 or 2023-11-04")
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"the year {year} is outside {FIRST_YEAR}-{LAST_YEAR}")
    if month is not None and not 1 <= month <= 12:
        raise ValueError(f"there is no month {month}")
    days = monthrange(year, month or 12)[1]
    if day is not None and not 1 <= day <= days:
        raise ValueError(f"there is no day {day} in {match[0][:7]}")
    return date(year, month or 1, day or 1), date(year, month or 12, day or days)


def moment(when: str | date | datetime) -> datetime:
    """A moment in UTC from a time with its offset, or the end of a day, a month or a year (UTC) from a date.

    Raises ``ExpectedError`` for text that is neither, and for a time without an offset.
    """
    if isinstance(when, str):
        when = _read(when.strip())
    if not isinstance(when, datetime):
        return datetime.combine(when, time.max, tzinfo=UTC)
    if when.tzinfo is None:
        raise ExpectedError(
            f"The time {when.isoformat()} has no offset from UTC. Write {when.isoformat()}Z, or a date."
        )
    return when.astimezone(UTC)


def _read(text: str) -> date | datetime:
    try:
        return last_day(text)
    except ValueError as error:
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            raise ExpectedError(
                f"Cannot read the date {text!r}: {error}. Write 2026, 2026-03, 2026-03-01 or 2026-03-01T12:00:00Z."
            ) from None
