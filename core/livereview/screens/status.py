"""What ``livereview status`` shows: a line for each review, then what needs a look. Computes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from livereview.console import say, table
from livereview.living import SearchedSource
from livereview.printing import MISSING, counted
from livereview.status import Status

_MOST_STUDIES = 6


def statuses(found: Sequence[Status]) -> None:
    """All reviews in one table, then those that need a look in sentences; a single one always."""
    headings = ["review", "status", "published", "next due", "integrated", "pending"]
    table("", headings, [_row(one) for one in found], right=(5,))
    for one in found:
        if len(found) == 1 or one.state != "active" or one.pending.rows or one.unread or one.notes:
            _sentences(one)


def _sentences(one: Status) -> None:
    say(f"{one.review}: {one.reason}.")
    if one.sources:
        say(f"  searched through: {'; '.join(_source(source) for source in one.sources)}")
    if one.not_integrated:
        say(f"  integrated through no day: {one.not_integrated}.")
    if one.pending.rows:
        say(f"  {_pending(one)}")
    if one.unread:
        say(f"  not in the store yet: {counted(one.unread, 'row')} of the sources")
    for note in one.notes:
        say(f"  {note}")


def _row(one: Status) -> list[str]:
    return [
        one.review,
        one.state,
        one.published_on or MISSING,
        one.due_on or MISSING,
        one.integrated_through or MISSING,
        f"{one.pending.rows:,}",
    ]


def _source(source: SearchedSource) -> str:
    if source.through is None:
        return f"{source.name} never"
    waiting = f" ({counted(source.awaiting, 'record')} waiting)" if source.awaiting else ""
    return f"{source.name} {source.through}{waiting}"


def _pending(one: Status) -> str:
    """How many rows of which tables, since when, of which studies."""
    rows = ", ".join(f"{number:,} in {name}" for name, number in one.pending.tables.items())
    since = f" since {one.pending.since}" if one.pending.since else ""
    labels = [label for _, label in one.pending.studies]
    more = f" and {len(labels) - _MOST_STUDIES} more" if len(labels) > _MOST_STUDIES else ""
    of = f"; of {', '.join(labels[:_MOST_STUDIES])}{more}" if labels else ""
    return f"pending{since}: {rows}{of}"
