"""Whether a review is still alive, read from its manifest, its history and the store; nothing is written.

Sources are asked only where the caller wants that: they may be far away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from livereview.changes import Tables, row_changes, tables_of
from livereview.chronology import latest_day
from livereview.evidence.schema import TABLES
from livereview.evidence.store import Store
from livereview.evidence.view import Evidence
from livereview.fetching import Occasion, brought
from livereview.flow.boxes import Ledger, ledger_of
from livereview.freshness import first_due, freshness_of, next_due
from livereview.history import History, Record
from livereview.ingest import looked_through
from livereview.living import Freshness, SearchedSource
from livereview.manifest.models import Living, Manifest
from livereview.manifest.reading import ManifestFile
from livereview.outlook import Outlook, outlook
from livereview.places import opened, places_of, require_batches
from livereview.plugins import Plugins
from livereview.printing import counted
from livereview.report import RowChange

State = Literal["active", "overdue", "suspended", "retired", "no schedule", "not updated", "unknown"]
#: The store at a place; the same object for reviews that share it, so that it is read once.
Stores = Callable[[Path | str], Store]


@dataclass(frozen=True, kw_only=True)
class Pending:
    """Rows in the store that the review can see and its last update did not."""

    rows: int
    since: str | None
    """Day on which the first of them was recorded; None where there is none, or where a row only went out of sight."""
    studies: tuple[tuple[str, str], ...]
    """Id and label of the studies they belong to."""
    tables: Mapping[str, int]
    """Number of rows by table."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """Where one review stands on a day."""

    review: str
    title: str
    on: str
    """The day, UTC, that ``state`` holds for."""
    state: State
    reason: str
    """Why, in a sentence."""
    update: int | None
    """Number of the newest update; None = there is none."""
    published_on: str | None
    due_on: str | None
    """Day of the next update."""
    overdue_after: str | None
    """The first day on which an update or the search of a source is due."""
    integrated_through: str | None
    not_integrated: str
    sources: tuple[SearchedSource, ...]
    """As the store has them now, with what the newest update integrated."""
    pending: Pending
    unread: int | None = None
    """Rows that the sources have and the store has not; None = they were not asked, or what they have is refused."""
    notes: tuple[str, ...] = ()


def status_of(path: Path, now: datetime, stores: Stores = Store, *, ask_sources: bool = False) -> Status:
    """The status of the review of a manifest. ExpectedError where manifest, history or store are not in order."""
    file, plugins = opened(path)
    manifest, places = file.manifest, places_of(file)
    store, latest = stores(places.store), History(places.history).latest()
    current = store.evidence()
    require_batches(latest, current, places)
    view = outlook(manifest, current)
    today = now.date().isoformat()
    day = today if latest is None else latest.edition.recorded_at[:10]
    fresh = freshness_of(manifest.living, _ledger(view), max(day, today))
    then, before = _seen_by(latest, manifest, store, view)
    integrated = freshness_of(manifest.living, then, day) if latest is not None else None
    due = next_due(manifest.living, day) if latest is not None else first_due(manifest.living)
    dues = _dues(due, fresh)
    state, reason = _state(manifest.living, latest, dues, now)
    pending = _pending(before, view.rows)
    unread, troubles = _unread(file, plugins, current, now) if ask_sources else (None, ())
    edited = latest is not None and latest.fingerprint["manifest"] != file.sha256
    return Status(
        review=manifest.review.id,
        title=manifest.review.title,
        on=today,
        state=state,
        reason=reason,
        update=None if latest is None else latest.number,
        published_on=None if latest is None else day,
        due_on=due,
        overdue_after=min((day for day, _ in dues), default=None),
        integrated_through=None if integrated is None else integrated.integrated_through,
        not_integrated="no update is recorded" if integrated is None else integrated.not_integrated,
        sources=_sources(fresh, integrated),
        pending=pending,
        unread=unread,
        notes=(*_notes(path, state, pending.rows + (unread or 0), fresh, edited), *troubles),
    )


def _seen_by(latest: Record | None, manifest: Manifest, store: Store, view: Outlook) -> tuple[Ledger, Tables]:
    """What the newest update saw: its ledger and its rows; nothing where there is none."""
    if latest is None:
        return _ledger(view), {name: [] for name in TABLES}
    if latest.content["snapshot"] == view.evidence.snapshot:
        return _ledger(view), view.rows
    seen = outlook(manifest, store.evidence(batches=latest.content["batches"]))
    return _ledger(seen), seen.rows


def _ledger(view: Outlook) -> Ledger:
    return ledger_of(view.rows, view.scope, (), "")


def _sources(fresh: Freshness, integrated: Freshness | None) -> tuple[SearchedSource, ...]:
    then = {source.name: source.integrated_through for source in integrated.sources} if integrated else {}
    return tuple(replace(source, integrated_through=then.get(source.name)) for source in fresh.sources)


# --- state -----------------------------------------------------------------------------------------------------


def _dues(due: str | None, fresh: Freshness) -> list[tuple[str, str]]:
    """Every day on which something is due, and what."""
    found = [(due, "the update")] if due is not None else []
    return found + [(source.due_on, f"the search of {source.name}") for source in fresh.sources if source.due_on]


def _state(living: Living, latest: Record | None, dues: list[tuple[str, str]], now: datetime) -> tuple[State, str]:
    """The state on a day, and why."""
    today = now.date().isoformat()
    if living.status != "active":
        return living.status, f"{living.status} since {living.since}: {living.reason}"
    if latest is not None and now < datetime.fromisoformat(latest.edition.recorded_at):
        moment = now.isoformat(timespec="seconds")
        return "unknown", f"the clock ({moment}) is before {latest.title}, of {latest.edition.recorded_at}: check it"
    late = [f"{what} was due on {due}, {_days(due, today)} ago" for due, what in dues if today > due]
    if late:
        return "overdue", "; ".join(late)
    day, what = min(dues, default=(None, ""))
    if latest is None:
        return "not updated", "no update is recorded yet" + (f"; {what} is due on {day}" if day else "")
    if day is None:
        return "no schedule", "the manifest gives no months between updates ([living] every_months)"
    return "active", f"{what} is due on {day}"


def _days(due: str, today: str) -> str:
    return counted((date.fromisoformat(today) - date.fromisoformat(due)).days, "day")


# --- pending ---------------------------------------------------------------------------------------------------


def _pending(before: Tables, after: Tables) -> Pending:
    """What the store has and the newest update did not see."""
    if before is after:
        return Pending(rows=0, since=None, studies=(), tables={})
    changes = row_changes(before, after)
    known = {row["row_id"] for rows in before.values() for row in rows}
    times = [row["recorded_at"] for rows in after.values() for row in rows if row["row_id"] not in known]
    studies = {change.study_id: change.study_label for change in changes if change.study_id}
    return Pending(
        rows=len(changes),
        since=min(times).date().isoformat() if times else None,
        studies=tuple(sorted(studies.items())),
        tables=_by_table(changes),
    )


def _unread(
    file: ManifestFile, plugins: Plugins, current: Evidence, now: datetime
) -> tuple[int | None, tuple[str, ...]]:
    """How many rows the sources have that the store has not, and what stands in the way of reading them."""
    found = brought(file, plugins, occasion=Occasion(current=current, now=now))
    incoming = looked_through(found, current, tables_of(current), latest_day(now))
    failed = [f"{failure.section} failed: {failure.message}" for failure in incoming.failures]
    if incoming.problems:
        mistakes = counted(len(incoming.problems), "mistake")
        return None, (*failed, f"The sources have {mistakes}: livereview check {file.path}")
    return len(incoming.identities - current.identities), tuple(failed)


def _by_table(changes: tuple[RowChange, ...]) -> dict[str, int]:
    return {name: number for name in TABLES if (number := sum(change.table == name for change in changes))}


def _notes(path: Path, state: State, waiting: int, fresh: Freshness, edited: bool) -> tuple[str, ...]:
    """What a person can do about it, a sentence each."""
    notes = []
    if waiting and state in ("suspended", "retired"):
        rows = counted(waiting, "row")
        notes.append(f"{state.capitalize()}, and {rows} of evidence came in since its last update.")
    elif waiting:
        notes.append(f"To bring in what is pending: livereview update {path}")
    if edited:
        notes.append("The manifest was edited since the last update.")
    never = [source.name for source in fresh.sources if source.searched_on is None]
    if never and any(source.searched_on for source in fresh.sources):
        notes.append(f"Never searched: {', '.join(never)}.")
    return tuple(notes)
