"""Moments of the past as a person asks for them: until when evidence was recorded, until when it had been published.

A day, a month or a year means its end (UTC), a time the end of its second, since updates are listed to the second.
In place of a date an update may be named: then its own batches are meant, whatever was merged in since.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from livereview.errors import ExpectedError
from livereview.evidence.dates import last_day, moment

_SECOND = timedelta(seconds=1)
_ONE_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A past state that was asked for, in the words of the one who asked, and what they mean."""

    as_of: str = ""
    """Empty = all that is recorded."""
    published_by: str = ""
    """Empty = whenever published."""
    recorded_until: datetime | None = None
    published_until: date | None = None
    update: str = ""
    """Number or name of an update, where ``as_of`` names one."""

    @property
    def title(self) -> str:
        """``as recorded by 2026-11-25 and published by 2023-06``."""
        said = [("recorded", self.as_of), ("published", self.published_by)]
        return "evidence as " + " and ".join(f"{how} by {when}" for how, when in said if when)

    @property
    def name(self) -> str:
        """What tells its folder from others: ``2026-11-25T152527Z``, ``update-3``, ``published-2023-06``."""
        parts = (self.as_of.replace(" ", "-"), f"published-{self.published_by}" if self.published_by else "")
        return "-".join(re.sub(r"[^0-9A-Za-z-]", "", part) for part in parts if part)


def asked(as_of: str | None, published_by: str | None, now: datetime) -> Asked:
    """What the two options mean. ExpectedError with each that cannot be read or is in the future."""
    messages: list[str] = []
    until = day = None
    recorded, published = (as_of or "").strip(), (published_by or "").strip()
    named = re.fullmatch(r"update +(\S+)", recorded)
    if as_of is not None and named is None:
        try:
            until = _recorded_until(recorded, now)
        except ExpectedError as error:
            messages += error.messages
    if published_by is not None:
        try:
            day = _published_until(published, now)
        except ExpectedError as error:
            messages += error.messages
    if messages:
        raise ExpectedError(messages)
    return Asked(
        as_of=recorded,
        published_by=published,
        recorded_until=until,
        published_until=day,
        update=named[1] if named else "",
    )


def _recorded_until(text: str, now: datetime) -> datetime:
    try:
        until = moment(text)
    except ExpectedError as error:
        remedy = 'Or name an update: "update 3".'
        raise ExpectedError(f"--as-of: {message} {remedy}" for message in error.messages) from None
    if "T" in text or ":" in text:
        _refuse_future("--as-of", text, until > now, now)
        return until if until.microsecond else until + _SECOND - _ONE_TICK
    _refuse_future("--as-of", text, _first_day(text) > now.date(), now)
    return until


def _published_until(text: str, now: datetime) -> date:
    try:
        day = last_day(text)
    except ValueError as error:
        message = f"--published-by: cannot read the date {text!r}: {error}. Write 2023, 2023-06 or 2023-06-01."
        raise ExpectedError(message) from None
    _refuse_future("--published-by", text, _first_day(text) > now.date(), now)
    return day


def _first_day(partial: str) -> date:
    """The first day of a year, a month or a day that ``last_day`` can read."""
    year, month, day = (*(int(part) for part in partial.split("-")), 1, 1)[:3]
    return date(year, month, day)


def _refuse_future(option: str, text: str, is_future: bool, now: datetime) -> None:
    if is_future:
        raise ExpectedError(f"{option}: {text} is in the future; it is now {now:%Y-%m-%d %H:%M} UTC.")
