"""A pack: the rows of many batches in one Parquet file, read as fast as one table; named by the SHA-256 of its bytes.

A pack is made from batches and says nothing of its own: without it the batches are read. Its metadata list each batch
with its size in bytes and when it was recorded; each row has its batch's position in that list. Rows stand by table,
in the order of key, recording and identity; a row group holds rows of one table.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from livereview.evidence.batches import COLUMNS, RECORD, Batch, Unreadable, digest, whole
from livereview.evidence.columns import (
    IDENTITY,
    Integers,
    among,
    coded,
    column_of,
    in_bytes,
    kept,
    numbers,
    ordered,
    taken,
)
from livereview.evidence.schema import TABLES

#: Version of the format of packs, written into each. A pack of another version is not used; its batches are read.
FORMAT = 1
_FORMAT_KEY, _LISTING_KEY = "livereview.pack", "livereview.batches"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_GROUP = 1 << 20
_OWN = ("table", "recorded_at")  # stand elsewhere: first of the columns, and in the list of batches
_NEW = "Delete it, which loses nothing, and run livereview compact."


class PackedBatch(NamedTuple):
    """A batch whose rows are in a pack: its id, when it was recorded, its size in bytes, its place in the pack."""

    id: str
    recorded_at: datetime
    size: int
    position: int
    pack: Pack


class Pack:
    """A pack, read. The rows of a table are decoded when they are first asked for."""

    def __init__(self, name: str, file: pq.ParquetFile, listing: Sequence[tuple[str, int, int]]) -> None:
        self.id, self._file = name, file
        self._times = np.array([time for _, _, time in listing], np.int64)
        self._tables: dict[str, tuple[pa.Table, Integers]] = {}
        self.batches: Mapping[str, PackedBatch] = {
            batch: PackedBatch(batch, _EPOCH + time * _TICK, size, position, self)
            for position, (batch, size, time) in enumerate(listing)
        }

    def table(self, name: str) -> tuple[pa.Table, Integers]:
        """The rows of a table, with all its columns, and the position of each row's batch."""
        if name not in self._tables:
            wanted = {"batch", *RECORD, *TABLES[name].names} - {"table"}
            columns = [column for column in self._file.schema_arrow.names if column in wanted]
            rows = self._file.read_row_groups(self._groups.get(name, []), columns=columns).unify_dictionaries()
            positions = numbers(rows["batch"])
            times = column_of(self._times[positions], COLUMNS["recorded_at"])
            self._tables[name] = whole(rows.append_column("recorded_at", times), TABLES[name]), positions
        return self._tables[name]

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return int(self._file.metadata.num_rows)

    @cached_property
    def _groups(self) -> Mapping[str, list[int]]:
        """The row groups of each table."""
        found: dict[str, list[int]] = {}
        place = self._file.schema_arrow.names.index("table")
        for number in range(self._file.metadata.num_row_groups):
            statistics = self._file.metadata.row_group(number).column(place).statistics
            found.setdefault(statistics.min, []).append(number)
        return found


def encoded(batches: Sequence[tuple[Batch, int]]) -> bytes:
    """The bytes of a pack of these batches, each with its size. A function of the set of batches."""
    members = sorted(batches, key=lambda member: (member[0].recorded_at, member[0].id))
    listing = [(batch.id, size, (batch.recorded_at - _EPOCH) // _TICK) for batch, size in members]
    rows = together([batch for batch, _ in members])
    names = ["table", "batch", *(name for name in COLUMNS if name in rows.column_names and name not in _OWN)]
    schema = pa.schema([_field(name) for name in names])
    listed = [name for name in names if _is_listed(rows[name])]
    sink = io.BytesIO()
    with pq.ParquetWriter(
        sink,
        schema,
        compression={name: "none" if name == "row_id" else "snappy" for name in names},
        use_dictionary=listed,
        dictionary_pagesize_limit=1 << 30,
        write_statistics=["table"],
        store_schema=False,
    ) as writer:
        writer.add_key_value_metadata({_FORMAT_KEY: str(FORMAT), _LISTING_KEY: json.dumps(listing)})
        for name, table in TABLES.items():
            some = kept(rows, among(rows["table"], {name}))
            if some.num_rows:
                some = taken(some, ordered(whole(some, table), table.key)[0])
                some = some.set_column(some.column_names.index("row_id"), "row_id", in_bytes(some["row_id"]))
                writer.write_table(some.select(names).cast(schema), row_group_size=_GROUP)
    return sink.getvalue()


def together(batches: Sequence[Batch]) -> pa.Table:
    """All rows of batches with a column ``batch`` more: the position of each row's batch."""
    rows = pa.concat_tables([batch.rows for batch in batches], promote_options="default").combine_chunks()
    positions = np.repeat(np.arange(len(batches)), [batch.rows.num_rows for batch in batches])
    return rows.append_column("batch", column_of(positions, pa.int64()))


def _field(name: str) -> pa.Field:
    if name == "batch":
        return pa.field(name, pa.int32(), nullable=False)
    return pa.field(name, IDENTITY if name == "row_id" else COLUMNS[name], nullable=name not in RECORD)


def _is_listed(column: pa.ChunkedArray) -> bool:
    """Whether a text column is read as a list of its values: where these are few."""
    return column.type == pa.string() and 8 * len(coded(column)[1]) <= len(column)


def decoded(content: bytes, name: str) -> Pack:
    """The pack that these bytes are, if they are the ones it was named for. Raises ``Unreadable`` otherwise."""
    if digest(content) != name:
        raise Unreadable("was edited, renamed or cut short: its bytes are not those it is named for", _NEW)
    try:
        file = pq.ParquetFile(pa.BufferReader(content))
    except pa.ArrowInvalid:
        raise Unreadable("is not a Parquet file", "Move it out of the folder.") from None
    metadata = file.metadata.metadata or {}
    version = metadata.get(_FORMAT_KEY.encode(), b"").decode(errors="replace")
    if not version.isdigit():
        raise Unreadable("was not written by livereview", "Move it out of the folder.")
    if int(version) != FORMAT:
        message = f"is in format {version}, and this livereview reads packs of format {FORMAT}"
        raise Unreadable(message, f"Update livereview. {_NEW}")
    if not {"table", "batch", "row_id"} <= set(file.schema_arrow.names) or _LISTING_KEY.encode() not in metadata:
        raise Unreadable("is not a pack", "Move it out of the folder.")
    if unknown := [column for column in file.schema_arrow.names if column not in COLUMNS and column != "batch"]:
        message = f"has columns that this livereview does not know: {', '.join(unknown)}"
        raise Unreadable(message, "Update livereview.")
    file = pq.ParquetFile(pa.BufferReader(content), metadata=file.metadata, read_dictionary=_listed(file))
    return Pack(name, file, json.loads(metadata[_LISTING_KEY.encode()]))


def _listed(file: pq.ParquetFile) -> list[str]:
    """The columns that were written as a list of their values."""
    chunks = [file.metadata.row_group(0).column(place) for place in range(file.metadata.num_columns)]
    return [chunk.path_in_schema for chunk in chunks if "RLE_DICTIONARY" in chunk.encodings]
