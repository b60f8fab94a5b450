"""An axis of time: days as years since the beginning of the calendar, ticks at the beginnings of years and months."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from livereview_figures.drawing.axis import Axis, Tick, apart
from livereview_figures.drawing.typeface import width_of

_DAYS = 365.25
_EVERY = (1, 3, 12, 24, 60, 120, 300)
"""Months from tick to tick."""
_MOST = 12


def years(day: str) -> float:
    """A day written 2021-03-31, in years."""
    return date.fromisoformat(day).toordinal() / _DAYS


def calendar(axis: Axis, size: float) -> tuple[Tick, ...]:
    """Beginnings of months, quarters or years: as many as have room."""
    first, last = (date.fromordinal(round(end * _DAYS)) for end in (axis.low, axis.high))
    room = (axis.right - axis.left) / (axis.high - axis.low)
    for months in _EVERY:
        ticks = tuple(tick for tick in _beginnings(first, last, months) if _inside(axis, tick, size))
        if len(ticks) <= _MOST and apart(ticks, room, size):
            return ticks
    return ()


def _inside(axis: Axis, tick: Tick, size: float) -> bool:
    """Whether the label ends where the axis does, since something else may stand beside it."""
    return axis.at(tick[0]) + width_of(tick[1], size) / 2 <= axis.right


def _beginnings(first: date, last: date, months: int) -> Iterator[Tick]:
    for month in range(first.year * 12, last.year * 12 + 12):
        day = date(month // 12, month % 12 + 1, 1)
        if month % months == 0 and first <= day <= last:
            yield day.toordinal() / _DAYS, f"{day:%Y}" if months >= 12 else f"{day:%Y-%m}"
