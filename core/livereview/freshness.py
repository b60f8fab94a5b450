"""How fresh a review is: up to when its sources were searched, up to when that is integrated, when it is due again.

Days are compared as they are written: of a date known by its year or month, nothing later than its first day counts.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from livereview.flow.boxes import DATABASES, Ledger
from livereview.flow.fates import AWAITING
from livereview.living import Freshness, Search, SearchedSource
from livereview.manifest.models import Living


def freshness_of(living: Living, ledger: Ledger, published_on: str) -> Freshness:
    """The freshness of the update that was recorded on a day and saw this ledger."""
    awaiting = Counter(fate.record["search_id"] for fate in ledger.fates if fate.stop in AWAITING)
    every = living.search_every_months or living.every_months
    searches = [search for search in ledger.searches if not is_later(search, published_on)]
    sources = tuple(
        _source(name, [search for search in searches if _same(search.source, name)], awaiting, every, living)
        for name in _names(living.sources, searches)
    )
    missing, due = _not_integrated(sources), next_due(living, published_on)
    days = [day for day in (due, *(source.due_on for source in sources)) if day is not None]
    return Freshness(
        published_on=published_on,
        sources=sources,
        integrated_through=None if missing else min(s.integrated_through or "" for s in sources if s.scheduled),
        not_integrated=missing,
        status=living.status,
        reason=living.reason,
        since=living.since,
        every_months=living.every_months,
        search_every_months=every,
        due_on=due,
        overdue_after=min(days, default=None),
        rationale=living.rationale,
        retirement=living.retirement,
    )


def next_due(living: Living, published_on: str) -> str | None:
    """The day of the next update after one of a day; None where none is planned.

    The manifest's own day holds until an update has been recorded on it or later; then the schedule does.
    """
    if living.status != "active":
        return None
    if living.due_on is not None and living.due_on > published_on:
        return living.due_on
    return None if living.every_months is None else months_later(published_on, living.every_months)


def first_due(living: Living) -> str | None:
    """The day of the first update, which only the manifest can set."""
    return living.due_on if living.status == "active" else None


def months_later(day: str, months: int) -> str:
    """The day so many months later; the last of the month where that has no such day.

    >>> months_later("2026-11-30", 3)
    '2027-02-28'
    """
    start = date.fromisoformat(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])).isoformat()


def is_later(search: Search, published_on: str) -> bool:
    """Whether a search is dated after the update that saw it; a day is allowed for the turn of the earth."""
    latest = (date.fromisoformat(published_on) + timedelta(days=1)).isoformat()
    return max(search.searched_on, search.through) > latest


def _names(planned: Iterable[str], searches: Iterable[Search]) -> list[str]:
    """The sources of the manifest in its order, then further ones that were searched."""
    names = list(planned)
    for found in sorted({search.source for search in searches}):
        if not any(_same(found, name) for name in names):
            names.append(found)
    return names


def _same(source: str, name: str) -> bool:
    return source.casefold() == name.casefold()


def _source(
    name: str, searches: list[Search], awaiting: Counter[str], every: int | None, living: Living
) -> SearchedSource:
    # A search whose records wait holds back every day from its own on.
    held = min((search.through for search in searches if awaiting[search.search_id]), default="9999")
    searched = max((search.searched_on for search in searches), default=None)
    named = any(_same(source, name) for source in living.sources)
    scheduled = named or (not living.sources and any(search.kind in DATABASES for search in searches))
    due = None
    if scheduled and every is not None and living.status == "active" and searched is not None and len(searched) == 10:
        due = months_later(searched, every)
    return SearchedSource(
        name=name,
        searched_on=searched,
        through=max((search.through for search in searches), default=None),
        integrated_through=max((search.through for search in searches if search.through < held), default=None),
        awaiting=sum(awaiting[search.search_id] for search in searches),
        scheduled=scheduled,
        due_on=due,
    )


def _not_integrated(sources: Sequence[SearchedSource]) -> str:
    """Why there is no day through which every scheduled source is integrated; empty where there is one."""
    found = [source for source in sources if source.scheduled]
    if not any(source.searched_on for source in sources):
        return "no search is recorded"
    if not found:
        return "no database or register was searched"
    never = [source.name for source in found if source.searched_on is None]
    waiting = [source.name for source in found if source.searched_on is not None and source.integrated_through is None]
    told = [f"{', '.join(never)} {'was' if len(never) == 1 else 'were'} never searched"] if never else []
    told += [f"records of {', '.join(waiting)} await a decision or extraction"] if waiting else []
    return "; ".join(told)
