"""The evidence store: immutable batches in a folder, to which rows are added and from which any past state is read.

    <store>/batches/<SHA-256 of the file>.parquet
    <store>/packs/<SHA-256 of the file>.parquet      rows of many batches, to read them fast (see ``packs``)

No batch is ever edited or deleted. Two stores merge as the union of their files. The store knows no statistics.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from pyarrow import fs

from livereview.errors import EvidenceError, StoreError
from livereview.evidence.batches import Unreadable, decoded, digest, encoded, snapshot
from livereview.evidence.dates import moment
from livereview.evidence.folder import Folder
from livereview.evidence.pack_folder import PackFolder
from livereview.evidence.rows import Key, Row
from livereview.evidence.schema import TABLES
from livereview.evidence.view import AnyBatch, Evidence, ordered
from livereview.sources import Problem

_NAME = re.compile(r"([0-9a-f]{64})\.parquet")
_TICK = timedelta(microseconds=1)
_AT_ONCE = 256  # files read between two reports of progress

#: Called with a label, the number done and the total.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one recorded row did to its key. A key that comes back after a withdrawal is added."""

    change: Literal["added", "corrected", "withdrawn"]
    row: Row
    before: Row | None
    """The row that was current; None where there was none."""


@dataclass(frozen=True, kw_only=True)
class Added:
    """What ``Store.add`` did. ``batch`` is None where there was nothing new, and then nothing was written."""

    batch: str | None
    recorded_at: datetime | None
    changes: tuple[Change, ...]
    unchanged: int
    notes: tuple[str, ...] = ()
    further: Mapping[str, int] = field(default_factory=dict)
    """Changes that are not listed, by sort: a hundred thousand records need not be kept to be counted."""

    @property
    def counts(self) -> dict[str, int]:
        """Rows added, corrected and withdrawn."""
        found = Counter(change.change for change in self.changes) + Counter(self.further)
        return {name: found[name] for name in ("added", "corrected", "withdrawn")}


class Store:
    """A store at a path or URI. It need not exist yet: a missing folder is an empty store, made when rows are added.

    A batch that a pack holds is read from there: its file must be in the folder, with the size it had, but is not
    opened. Without ``packed`` every batch is read from its own file and verified.
    """

    def __init__(
        self, location: str | os.PathLike[str], *, filesystem: fs.FileSystem | None = None, packed: bool = True
    ) -> None:
        self._folder = Folder(location, "batches", filesystem)
        self.location = self._folder.location
        self._packs = PackFolder(location, filesystem) if packed else None
        self._read: dict[str, AnyBatch] = {}

    def batches(self, progress: Progress | None = None) -> tuple[AnyBatch, ...]:
        """All batches, in the order of recording. Raises ``StoreError`` naming every file that is not in order."""
        return self._whole(progress)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of how the store was read: packs that were left aside."""
        return () if self._packs is None else self._packs.notes

    def sizes(self) -> dict[str, int]:
        """The ids of all batches, with the size of each file in bytes."""
        return {name.removesuffix(".parquet"): size for name, size in self._names().items()}

    @property
    def snapshot(self) -> str:
        """The name of the set of batches: changes with any batch, the same wherever the same files are."""
        return snapshot(self.sizes())

    def evidence(
        self,
        as_of: str | date | datetime | None = None,
        batches: Iterable[str] | None = None,
        published_by: str | date | None = None,
    ) -> Evidence:
        """The current evidence, or that of a moment of recording, of a set of batches, of a day of publication.

        ``as_of`` keeps batches recorded by then; a date means its end, UTC. ``batches`` are ids: only they are read,
        and each must be there. ``published_by`` may be a year or a month, and means its end (see ``Evidence``).
        """
        seen = self._whole() if batches is None else self._batches(self._named(batches))
        until = None if as_of is None else moment(as_of)
        if until is not None:
            seen = tuple(batch for batch in seen if batch.recorded_at <= until)
        day = None if published_by is None else moment(published_by).date()
        return Evidence(seen, as_of=until, published_by=day)

    def add(self, rows: Iterable[Row], *, source: str, recorded_at: datetime | None = None) -> Added:
        """Record the rows that differ from the current row of their key, as one batch; skip the others.

        ``recorded_at`` (default: now) is moved, with a note, where it is not after all that is recorded: a later row
        must win. Raises ``EvidenceError`` if two of the rows have one key and disagree.
        """
        self._folder.clear_abandoned()
        seen = self.batches()
        unique, repeated = _unique(rows)
        changes = _changes(unique, Evidence(seen))
        unchanged = repeated + len(unique) - len(changes)
        if not changes:
            return Added(batch=None, recorded_at=None, changes=(), unchanged=unchanged)
        when, notes = _after(recorded_at, seen)
        content = encoded([change.row for change in changes], recorded_at=when, source=source)
        name = digest(content)
        self._folder.put(f"{name}.parquet", content)
        return Added(batch=name, recorded_at=when, changes=changes, unchanged=unchanged, notes=notes)

    # --- reading ---------------------------------------------------------------------------------------------

    def _names(self) -> dict[str, int]:
        files = self._folder.files()
        odd = [name for name in files if not _NAME.fullmatch(name)]
        if odd:
            # Files with a proper name are verified too, so that all that is wrong is said at once.
            self._batches({name: size for name, size in files.items() if name not in odd}, odd)
        return files

    def _named(self, ids: Iterable[str]) -> dict[str, int]:
        files = self._folder.files()
        wanted = {f"{name}.parquet" for name in ids}
        missing = sorted(wanted - files.keys())
        if missing:
            remedy = "Fetch it from where the report was made, or from the history of git."
            raise StoreError(f"{self._folder.place(name)}: this batch is missing. {remedy}" for name in missing)
        return {name: size for name, size in files.items() if name in wanted}

    def _whole(self, progress: Progress | None = None) -> tuple[AnyBatch, ...]:
        """All batches: none that a pack holds may be missing from the folder."""
        # Packs are listed first: of one that is made meanwhile the newest batch would seem to be missing.
        packs = () if self._packs is None else self._packs.packs()
        files = self._names()
        seen = self._batches(files, progress=progress)
        if self._packs is not None:
            self._packs.require_members(packs, {name.removesuffix(".parquet") for name in files})
        return seen

    def _batches(
        self, files: Mapping[str, int], odd: Sequence[str] = (), progress: Progress | None = None
    ) -> tuple[AnyBatch, ...]:
        """The batches in these files, each read and verified once in the life of this object."""
        if self._packs is not None and not files.keys() <= self._read.keys():
            self._take_from_packs(files)
        unread = [name for name in files if name not in self._read]
        place = self._folder.place
        problems = [f"{place(name)}: is not named like a batch. Move it out of the folder." for name in odd]
        for first in range(0, len(unread), _AT_ONCE):
            some = unread[first : first + _AT_ONCE]
            if progress is not None:
                progress("reading batches", first, len(unread))
            for name, content in zip(some, self._folder.contents(some), strict=True):
                if isinstance(content, OSError):
                    problems.append(f"{place(name)}: cannot be read: {content}. Check the file and its permissions.")
                    continue
                try:
                    self._read[name] = decoded(content, name.removesuffix(".parquet"))
                except Unreadable as error:
                    problems.append(f"{place(name)}: {error.message}. {error.remedy.replace('FILE', place(name))}")
        if problems:
            raise StoreError(problems)
        return ordered(self._read[name] for name in files)

    def _take_from_packs(self, files: Mapping[str, int]) -> None:
        """Take from packs the batches whose files have the size they had when they were packed."""
        assert self._packs is not None
        for pack in self._packs.packs():
            for batch in pack.batches.values():
                name = f"{batch.id}.parquet"
                if files.get(name) == batch.size:
                    self._read.setdefault(name, batch)


# --- adding --------------------------------------------------------------------------------------------------


def _unique(rows: Iterable[Row]) -> tuple[list[Row], int]:
    """The rows, each key once, and how many repeated one of them."""
    by_key: dict[tuple[str, Key], Row] = {}
    problems: list[Problem] = []
    repeated = 0
    for row in rows:
        first = by_key.setdefault((row.table, row.key), row)
        if first is row:
            continue
        repeated += 1
        if first.row_id != row.row_id:
            message = f"the same key as {first.origin or 'an earlier row'}, but the rows disagree"
            place = row.origin or f"a row of {row.table}"
            problems.append(Problem(place=place, message=message, remedy="Keep the right one."))
    if problems:
        raise EvidenceError(problems)
    return list(by_key.values()), repeated


def _changes(rows: Sequence[Row], evidence: Evidence) -> tuple[Change, ...]:
    """What each row changes; rows that say what is current already are left out."""
    latest = {table: _latest(table, [row for row in rows if row.table == table], evidence) for table in TABLES}
    changes = []
    for row in rows:
        recorded = latest[row.table].get(row.key)
        if recorded is not None and recorded["row_id"] == row.row_id:
            continue
        before = None
        if recorded is not None and not recorded["withdrawn"]:
            before = Row(row.table, {name: recorded[name] for name in TABLES[row.table].names}, recorded["origin"])
        kind: Literal["added", "corrected"] = "added" if before is None else "corrected"
        changes.append(Change(change="withdrawn" if row.withdrawn else kind, row=row, before=before))
    return tuple(changes)


def _latest(table: str, rows: Sequence[Row], evidence: Evidence) -> dict[Key, dict[str, Any]]:
    """What was recorded last under each key that the rows may share, withdrawn or not."""
    if not rows:
        return {}
    key = TABLES[table].key
    recorded = evidence.latest(table, **{key[0]: {row.values[key[0]] for row in rows}})
    return {tuple(row[name] for name in key): row for row in recorded}


def _after(wanted: datetime | None, seen: Sequence[AnyBatch]) -> tuple[datetime, tuple[str, ...]]:
    """The time to record at: as wanted (default: now), but after all batches seen."""
    when = datetime.now(UTC) if wanted is None else moment(wanted)
    if not seen or when > seen[-1].recorded_at:
        return when, ()
    later = seen[-1].recorded_at + _TICK
    note = f"The clock ({when.isoformat()}) is not after the newest batch; recorded at {later.isoformat()}."
    return later, (note,)
