"""One search of one database on one day: from which day on it asks, and the ledger rows that it leaves.

A search asks again for the last days that the one before it covered, since databases enter records late.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from livereview import FetchRequest, Problem, RawTable, Reference, plain_text, records_table

#: Days before the end of the last search that are asked for again.
OVERLAP = 3
_LONGEST = 9_000
#: The store takes no earlier date; the year of an older record still says when it appeared.
_FIRST_DATE = "1900"
_COLUMNS = (
    "search_id", "review", "source", "kind", "query", "searched_on", "through", "hits", "locator", "note",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is asked of a database today."""

    source: str
    """As the ledger names it, e.g. ``Europe PMC``."""
    slug: str
    """As ids name it, e.g. ``europe-pmc``."""
    review: str
    query: str
    """As written, on one line."""
    today: date
    start: date | None
    """First day of entry that is asked for; None for everything."""
    again: bool
    """Whether an earlier search covered what lies before ``start``."""

    @property
    def search_id(self) -> str:
        """The same for one query of one review on one day."""
        digest = hashlib.sha256("\n".join((self.slug, self.review, self.query)).encode()).hexdigest()
        return f"{self.slug}-{self.today.isoformat()}-{digest[:8]}"

    @property
    def period(self) -> str:
        """What part of the database was asked for, in words."""
        return "the whole database" if self.start is None else f"records entered since {self.start.isoformat()}"


def search_of(request: FetchRequest, source: str, slug: str, query: str, since: date | None) -> Search:
    """The search of today: from where the last one of this review with this query ended, else from ``since``."""
    text = one_line(query)
    through = request.searched_through(source, text)
    start = since if through is None else _first_day(through) - timedelta(days=OVERLAP)
    return Search(
        source=source,
        slug=slug,
        review=request.review,
        query=text,
        today=request.today,
        start=None if start is None else min(start, request.today),
        again=through is not None,
    )


def one_line(query: str) -> str:
    """A query on one line, as the ledger records it; a very long one ends in its own hash, so that two stay two."""
    whole = " ".join(query.split())
    text = plain_text(whole)
    if len(whole) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]} [… shortened, SHA-256 {hashlib.sha256(whole.encode()).hexdigest()}]"


def _first_day(partial: str) -> date:
    """The first day of a year, a month or a day, so that nothing between is left out."""
    parts = [int(part) for part in partial.split("-")]
    return date(*[*parts, 1, 1][:3])


def ledger_tables(
    search: Search,
    references: Iterable[Reference],
    *,
    hits: int,
    complete: bool,
    kind: str = "database",
    locator: str = "",
    remarks: Iterable[str] = (),
    asked: str = "",
) -> tuple[RawTable, ...]:
    """The row of the search and the rows of its records.

    A search that is not ``complete`` covers no more than the one before it did, so that the next one asks again.
    """
    through = search.today
    if not complete and search.again and search.start is not None:
        through = min(search.start + timedelta(days=OVERLAP), search.today)
    note = "\n".join(text for text in (f"Asked for {asked or search.period}.", *remarks) if text)
    row = (
        search.search_id, search.review or None, search.source, kind, search.query, search.today.isoformat(),
        through.isoformat(), hits, locator, plain_text(note, prose=True),
    )  # fmt: skip
    place = f"{search.source} search of {search.today.isoformat()}"
    searches = RawTable(
        table="searches", place=f"{place}, {search.search_id}", columns=_COLUMNS, rows=(row,), row_numbers=(2,),
        kind="ledger",
    )  # fmt: skip
    listed = tuple(references)
    records = records_table(
        listed, search.search_id, f"{place}, records of {search.search_id}", today=search.today,
        numbers=range(2, len(listed) + 2),  # row 1 is the header, and what is wrong there is wrong with all rows
    )  # fmt: skip
    return (searches, records) if records.rows else (searches,)


def storable_date(text: str) -> str:
    """A date that the store can hold, else nothing: records reach back to the 18th century."""
    return text if text >= _FIRST_DATE else ""


def shortfall(search: Search, promised: int, came: int, what: str = "records") -> Problem:
    """The complaint that a database promised more, or fewer, records than it delivered."""
    return Problem(
        place=search.source,
        found=f"{came:,} of {promised:,}",
        message=f"the search was told of {promised:,} {what}, and {came:,} came",
        remedy="Run it again today: a second run on one day asks for the same. What came is recorded.",
    )
