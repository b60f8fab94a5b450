"""From sources to the store: fetch, check, add. With any problem nothing is added, and every problem is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path, PurePosixPath

from livereview.changes import Tables
from livereview.errors import EvidenceError
from livereview.evidence.checks import Checked, checked
from livereview.evidence.rows import Key, Row
from livereview.evidence.schema import TABLES
from livereview.evidence.store import Added, Store
from livereview.evidence.view import Evidence
from livereview.fetching import Brought, Progress, silent
from livereview.ledger.admission import admitted
from livereview.pairing import Row as Current
from livereview.printing import counted
from livereview.report import Failure
from livereview.sources import Problem
from livereview.writing import held

#: Tables that grow with every search and bear on no number.
_LEDGER = ("searches", "records", "finds", "decisions", "proposals")
#: How many rows that were left out are named on the screen.
_NAMED = 20
_LATER_THAN_ALL = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, eq=False)
class Incoming:
    """What the sources of a review brought, checked, not yet stored."""

    checked: Checked
    problems: tuple[Problem, ...]
    """All problems: of reading and of checking."""
    ledger: tuple[Row, ...] = ()
    """What was found and is not evidence: searches, records, decisions, proposals."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    """Names of the sources that brought something."""
    failures: tuple[Failure, ...] = ()
    """Sources that failed; the review goes on with what the store has."""
    notes: tuple[str, ...] = ()
    left_out: tuple[Problem, ...] = ()
    """What could not be used of what strangers wrote: it is told, and nothing else is lost."""
    not_asked: tuple[str, ...] = ()
    """Sources that ask servers and were left alone."""
    exports: frozenset[str] = frozenset()
    """Places of ledger and proposed rows: what was found once stays found, although a later export leaves it out."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is to be said of what came in: notes, and the first things that were left out."""
        named = [f"left out: {problem}" for problem in self.left_out[:_NAMED]]
        if len(self.left_out) > _NAMED:
            named.append(f"left out: {len(self.left_out) - _NAMED:,} more; --json names them all.")
        return (*self.notes, *named)

    @cached_property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.checked.rows) + len(self.ledger)

    def slim(self) -> Incoming:
        """The same without its ledger rows, which are recorded: what is known of them stays."""
        if not self.ledger:
            return self
        found = replace(self, ledger=())
        found.__dict__.update(identities=self.identities, keys=self.keys, count=self.count)
        return found

    @cached_property
    def identities(self) -> frozenset[str]:
        """The identity of each row."""
        return frozenset(row.row_id for rows in (self.checked.rows, self.ledger) for row in rows)

    @cached_property
    def keys(self) -> frozenset[tuple[str, Key]]:
        """Table and key of each row."""
        return frozenset((row.table, row.key) for rows in (self.checked.rows, self.ledger) for row in rows)


def looked_through(
    found: Brought, current: Evidence, tables: Tables, today: date, progress: Progress = silent
) -> Incoming:
    """What sources returned, checked against the store's current evidence, of which ``tables`` are the rows.

    ``today`` is the last day that has begun: evidence of a later one is refused.
    """
    result = checked(found.tables, current, found.problems, today=today)
    foreign = admitted(found.foreign, result.rows, current, tables, found.review, today, progress)
    return Incoming(
        checked=result,
        ledger=foreign.rows,
        problems=(*found.problems, *result.problems),
        inputs=found.inputs,
        sources=found.sources,
        failures=found.failures,
        notes=(*found.notes, *foreign.notes),
        left_out=(*found.left_out, *foreign.left_out),
        exports=frozenset(table.place for group in found.foreign for table in group),
        not_asked=found.not_asked,
    )


def merged(current: Evidence, incoming: Incoming) -> Evidence:
    """The evidence as it will be with what came in, without its ledger; ``current`` itself where nothing is new.

    Raises EvidenceError with every problem if there is one.
    """
    if incoming.problems:
        raise EvidenceError(incoming.problems)
    if all(row.row_id in current.identities for row in incoming.checked.rows):
        return current
    return Evidence((*current.batches, *Evidence.of(incoming.checked.rows, recorded_at=_LATER_THAN_ALL).batches))


def ingested(store: Store, incoming: Incoming, recorded_at: datetime | None = None) -> Added:
    """Add what came in; EvidenceError with every problem, and nothing added, if there is one."""
    if incoming.problems:
        raise EvidenceError(incoming.problems)
    # Of two updates at once the second sees what the first has added, and does not add it again.
    with nullcontext() if "://" in store.location else held(Path(store.location)):
        return store.add(
            (*incoming.checked.rows, *incoming.ledger), source="+".join(incoming.sources), recorded_at=recorded_at
        )


def without_ledger(added: Added) -> Added:
    """The same, with changes of the ledger counted and no longer listed."""
    further = Counter(str(change.change) for change in added.changes if change.row.table in _LEDGER)
    listed = tuple(change for change in added.changes if change.row.table not in _LEDGER)
    return replace(added, changes=listed, further=further)


def nothing_added(incoming: Incoming) -> Added:
    """What is to be said of rows that the store has already."""
    return Added(batch=None, recorded_at=None, changes=(), unchanged=incoming.count)


def lost(folder: Path, incoming: Incoming, used: Tables) -> list[tuple[str, str, Current]]:
    """The rows among ``used`` that a sheet no longer holds: sheet, table, row.

    A sheet counts if it was read now, or if it is gone from a folder in which sheets were read. A proposal that is
    made no longer was accepted or declined, or replaced by another: nothing uses it.
    """
    folders = {PurePosixPath(name).parent for name in incoming.inputs if (folder / name).is_file()}
    read: dict[str, bool] = {}

    def counts(sheet: str) -> bool:
        gone = PurePosixPath(sheet).parent in folders and not (folder / sheet).exists()
        return sheet not in incoming.exports and (sheet in incoming.inputs or gone)

    found: list[tuple[str, str, Current]] = []
    for name, rows in used.items():
        if name == "proposals" or name not in TABLES:
            continue
        key = TABLES[name].key
        for row in rows:
            place = str(row["origin"] or "").rsplit(", row ", 1)[0]
            sheet = _file_of(place, incoming.inputs)
            if sheet not in read:
                read[sheet] = counts(sheet)
            if read[sheet] and (name, tuple(row.get(column) for column in key)) not in incoming.keys:
                found.append((place, name, row))
    return found


def _file_of(place: str, inputs: Mapping[str, str]) -> str:
    """The file of a place: the input that it begins with, as where a table stands inside an archive; else what stands
    before the sheet."""
    within = (name for name in inputs if place == name or place.startswith(f"{name}, "))
    return max(within, key=len, default=place.split(", sheet ", 1)[0])


def vanished(rows: Iterable[tuple[str, str, Current]]) -> tuple[str, ...]:
    """Warnings about rows in use that a sheet no longer holds, as ``lost`` finds them."""
    counts = Counter(place for place, _, _ in rows)
    return tuple(
        f"{place}: {counted(count, 'row')} of the store no longer {'stands' if count == 1 else 'stand'} in it and "
        f"{'is' if count == 1 else 'are'} still used. To take a row back, keep it with withdrawn = yes and a reason."
        for place, count in sorted(counts.items())
    )
