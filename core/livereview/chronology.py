"""What is odd about time in what a review stands on: the clock, batches that came late, reports without a date.

Each is said in words and nothing is changed: history is what was recorded, in the order in which it was recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from livereview.changes import seen, tables_of
from livereview.evidence.view import AnyBatch, Evidence
from livereview.history import Record
from livereview.manifest.models import Review
from livereview.printing import counted
from livereview.selection import Scope

#: Where on earth it is latest: a date is in the future only if it is so there too.
_EASTERNMOST = timedelta(hours=14)
_SHOWN = 3


def latest_day(now: datetime) -> date:
    """The day that has begun somewhere on earth: dates after it are in the future wherever they were typed."""
    return (now + _EASTERNMOST).date()


def clock_behind(current: Evidence, latest: Record | None, now: datetime) -> tuple[str, ...]:
    """A line if the clock is before what is recorded already."""
    recorded = [(batch.recorded_at, "the newest batch of the store") for batch in current.batches[-1:]]
    if latest is not None:
        recorded.append((datetime.fromisoformat(latest.edition.recorded_at), latest.title))
    when, what = max(recorded, default=(now, ""))
    if now >= when:
        return ()
    return (
        f"The clock ({now.isoformat(timespec='seconds')}) is before {what} ({when.isoformat(timespec='seconds')}). "
        "What is recorded next is dated just after it. Check the clock; if it is right, that date is wrong.",
    )


def late(review: Review, scope: Scope, current: Evidence, latest: Record | None) -> Iterator[str]:
    """Batches with rows that the review can see, recorded before its last update, which did not have them."""
    if latest is None:
        return
    had, when = set(latest.content["batches"]), datetime.fromisoformat(latest.edition.recorded_at)
    late = [batch for batch in current.batches if batch.id not in had and batch.recorded_at < when]
    found = [(batch, count) for batch in late if (count := _seen_of(batch, review, scope))]
    if found:
        named = [
            f"{batch.id[:12]} of {batch.recorded_at.date()} ({counted(count, 'row')})"
            for batch, count in found[:_SHOWN]
        ]
        more = f" and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
        what = counted(len(found), "batch", "batches")
        yield (
            f"{what} recorded before {latest.title} came into the store after it, by a merge or while it ran: "
            f"{', '.join(named)}{more}. As of a date before that update the evidence is now another; what the update "
            "saw stays named by its snapshot."
        )


def _seen_of(batch: AnyBatch, review: Review, scope: Scope) -> int:
    """How many rows of a batch the review can see."""
    return sum(map(len, seen(tables_of(Evidence((batch,))), scope, review).values()))


def undated(reports: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Reports of which nobody recorded since when the world could know them."""
    names = sorted(str(row["report_id"]) for row in reports if row["published_on"] is None)
    if names:
        more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
        count = f"{counted(len(names), 'report')} {'has' if len(names) == 1 else 'have'}"
        yield (
            f"{count} no date of publication ({', '.join(names[:_SHOWN])}{more}): a view by publication date leaves "
            "out what has none, and the results read in it. Fill in published_on; a year is enough."
        )
