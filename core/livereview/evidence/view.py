"""The evidence as one sees it: the current rows of a set of batches, as of a moment, with their history.

A view depends on the set of rows alone. Current is the row recorded last under each key (ties by identity), unless it
withdraws the key. Tables come in the order of their key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from livereview.evidence.batches import Batch, decoded, digest, encoded, snapshot, whole
from livereview.evidence.columns import Integers, Mask, among, at, kept, newest, numbers, plain, stacked, taken
from livereview.evidence.packs import Pack, PackedBatch
from livereview.evidence.publication import Publication
from livereview.evidence.rows import Key, Row
from livereview.evidence.schema import TABLES, Table

AnyBatch = Batch | PackedBatch

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: What decides which row of a key is newer; the last two only between rows that say the same at the same time.
_IN_ORDER = ("recorded_at", "row_id", "recorded_from", "origin")


class _Rows:
    """The rows of one table, from recorded to live; each step is made when it is first asked for."""

    def __init__(self, table: Table, rows: pa.Table, visible: Mask) -> None:
        self._key, self._rows, self._visible = table.key, rows, visible

    @cached_property
    def _newest(self) -> Integers:
        return newest(self._rows, self._key, self._visible)

    def recorded(self, where: Mapping[str, Any]) -> pa.Table:
        """Every recorded row with these values."""
        return plain(kept(self._rows, self._visible & _matches(self._rows, where)))

    @cached_property
    def newest(self) -> pa.Table:
        """The row recorded last under each key."""
        return plain(taken(self._rows, self._newest))

    @cached_property
    def live(self) -> pa.Table:
        """Those that do not withdraw their key."""
        gone = among(self._rows["withdrawn"], {True})[self._newest]
        return plain(taken(self._rows, self._newest[~gone])) if gone.any() else self.newest


@dataclass(frozen=True, eq=False)
class Evidence:
    """Current evidence of some batches. Made by ``Store.evidence``; it never changes.

    ``published_by`` keeps what the world could know by the end of that day: reports published by then (with the status
    they had), results read in them, studies with such a report or result, what is said of those studies; trials
    registered, searches made, records found and decisions taken by then. A date known by its year or month counts from
    the end of it. What has no date is kept out and counted in ``undated``.
    """

    batches: tuple[AnyBatch, ...] = ()
    as_of: datetime | None = None
    published_by: date | None = None
    _rows: dict[str, _Rows] = field(default_factory=dict, init=False, repr=False)
    _tables: dict[str, pa.Table] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, rows: Sequence[Row], source: str = "memory", recorded_at: datetime = _EPOCH) -> Evidence:
        """Evidence that consists of these rows, without a store."""
        if not rows:
            return cls()
        content = encoded(rows, recorded_at=recorded_at, source=source)
        return cls((decoded(content, digest(content)),))

    @cached_property
    def snapshot(self) -> str:
        """The name of the set of batches seen."""
        return snapshot(batch.id for batch in self.batches)

    def by(self, day: date) -> Evidence:
        """The same batches as the world could know them by the end of a day; what is read of them is shared."""
        seen = Evidence(self.batches, as_of=self.as_of, published_by=day)
        object.__setattr__(seen, "_rows", self._rows)
        return seen

    def table(self, name: str) -> pa.Table:
        """The current rows of a table: its columns, ``row_id``, ``recorded_at``, ``recorded_from``, ``origin``."""
        if name not in self._tables:
            public = self._publication
            self._tables[name] = self._of(name).live if public is None else public.table(name)
        return self._tables[name]

    def rows(self, table: str, **where: Any) -> list[dict[str, Any]]:
        """Current rows as dicts, an empty cell as None. ``where`` gives a column's value, or a set of values to match.

        >>> Evidence.of([Row("studies", {"study_id": "brown-2021", "label": "Brown 2021"})]).rows("studies")[0]["label"]
        'Brown 2021'
        """
        return _dicts(_matching(self.table(table), where))

    def latest(self, table: str, **where: Any) -> list[dict[str, Any]]:
        """Like ``rows``, but with the withdrawn rows too, whenever published: what a new row is compared with."""
        return _dicts(_matching(self._of(table).newest, where))

    def history(self, table: str, key: Key | Mapping[str, Any]) -> list[dict[str, Any]]:
        """Every row recorded under a key, withdrawals included, in the order of recording."""
        names = TABLES[table].key
        wanted = dict(key) if isinstance(key, Mapping) else dict(zip(names, key, strict=True))
        found = _dicts(self._of(table).recorded({name: wanted.get(name) for name in names}))
        return sorted(found, key=lambda row: tuple(row[name] for name in _IN_ORDER))

    @cached_property
    def identities(self) -> frozenset[str]:
        """The ``row_id`` of each row recorded last under its key, withdrawn or not: what a new row is compared with."""
        return frozenset(row for name in TABLES for row in self._of(name).newest["row_id"].to_pylist())

    @cached_property
    def undated(self) -> Mapping[str, int]:
        """By table, how many current rows ``published_by`` keeps out because nobody knows since when they are known."""
        public = self._publication
        masks = {} if public is None else {name: public.masks(name)[1] for name in TABLES}
        return {name: int(mask.sum()) for name, mask in masks.items() if mask.any()}

    @cached_property
    def _publication(self) -> Publication | None:
        day = self.published_by
        return None if day is None else Publication(day, lambda name: self._of(name).live)

    @cached_property
    def _loose(self) -> pa.Table:
        """All rows of the batches that no pack holds."""
        loose = [batch.rows for batch in self.batches if isinstance(batch, Batch)]
        return pa.concat_tables(loose, promote_options="default").combine_chunks() if loose else None

    @cached_property
    def _packed(self) -> Mapping[Pack, Mask]:
        """The packs in use, and which of the batches of each are seen."""
        found: dict[Pack, list[int]] = {}
        for batch in self.batches:
            if isinstance(batch, PackedBatch):
                found.setdefault(batch.pack, []).append(batch.position)
        return {pack: at(np.array(positions), len(pack.batches)) for pack, positions in found.items()}

    def _of(self, name: str) -> _Rows:
        """All rows of a table with all its columns; KeyError if there is no such table."""
        if name not in self._rows:
            table = TABLES[name]
            parts: list[pa.Table] = []
            masks: list[Mask] = []
            for pack, seen in self._packed.items():
                rows, positions = pack.table(name)
                parts.append(rows)
                masks.append(seen[positions])
            if self._loose is not None or not parts:
                rows = self._loose if self._loose is not None else pa.table({})
                rows = kept(rows, among(rows["table"], {name})) if rows.num_rows else rows
                parts.append(whole(rows, table))
                masks.append(np.ones(rows.num_rows, np.bool_))
            self._rows[name] = _Rows(table, stacked(parts), np.concatenate(masks))
        return self._rows[name]


def _matching(rows: pa.Table, where: Mapping[str, Any]) -> pa.Table:
    """The rows whose columns have the values given, or one of the values where a set is given."""
    return kept(rows, _matches(rows, where))


def _matches(rows: pa.Table, where: Mapping[str, Any]) -> Mask:
    mask = np.ones(rows.num_rows, np.bool_)
    for name, value in where.items():
        mask &= among(rows[name], value if isinstance(value, (set, frozenset)) else {value})
    return mask


def _dicts(rows: pa.Table) -> list[dict[str, Any]]:
    """The rows as dicts; moments in UTC."""
    plain: list[dict[str, Any]] = rows.drop_columns(["recorded_at"]).to_pylist()
    for row, time in zip(plain, numbers(rows["recorded_at"]).tolist(), strict=True):
        row["recorded_at"] = _EPOCH + timedelta(microseconds=time)
    return plain


def ordered(batches: Iterable[AnyBatch]) -> tuple[AnyBatch, ...]:
    """Batches in the order of recording, ties by id."""
    return tuple(sorted(batches, key=lambda batch: (batch.recorded_at, batch.id)))
