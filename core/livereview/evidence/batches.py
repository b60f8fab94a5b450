"""A batch: the bytes of one Parquet file that holds rows of all tables recorded together, and its name.

A batch is named by the SHA-256 of its bytes. All its rows have one ``recorded_at`` (microseconds, UTC). Columns in
which no row has a value are left out of the file and read back as empty.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq

from livereview.evidence.columns import numbers
from livereview.evidence.rows import TYPES, Row
from livereview.evidence.schema import TABLES, Table

#: Version of the file format, written into each file. A reader refuses files of a newer one.
FORMAT = 1
_FORMAT_KEY = b"livereview.format"
_ARROW = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: What every row has besides the columns of its table.
RECORD: Mapping[str, pa.DataType] = {
    "table": pa.string(),
    "row_id": pa.string(),
    "recorded_at": pa.timestamp("us", "UTC"),
    "recorded_from": pa.string(),
    "origin": pa.string(),
}
#: All columns that a batch can have.
COLUMNS: Mapping[str, pa.DataType] = {
    **RECORD,
    **{column.name: _ARROW[TYPES[column.kind]] for table in TABLES.values() for column in table.columns},
}


class Unreadable(Exception):
    """Bytes that are not a batch this version can read: what is wrong, and the remedy."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


@dataclass(frozen=True)
class Batch:
    """One batch, read: its id, when it was recorded and its rows (columns of ``COLUMNS``, without the empty ones)."""

    id: str
    recorded_at: datetime
    rows: pa.Table


def whole(rows: pa.Table, table: Table) -> pa.Table:
    """Rows of one table with all its columns and those of ``RECORD`` but ``table``; empty where there was none."""
    wanted = [*table.names, *(column for column in RECORD if column != "table")]
    have, size = set(rows.column_names), rows.num_rows
    filled = [rows[column] if column in have else pa.nulls(size, COLUMNS[column]) for column in wanted]
    return pa.Table.from_arrays(filled, wanted)


def digest(content: bytes) -> str:
    """The id of the batch with these bytes."""
    return hashlib.sha256(content).hexdigest()


def snapshot(ids: Iterable[str]) -> str:
    """The name of a set of batches: SHA-256 of their sorted ids, one a line. The empty set has one too."""
    return digest("\n".join(sorted(ids)).encode())


def encoded(rows: Sequence[Row], *, recorded_at: datetime, source: str) -> bytes:
    """The bytes of a batch of these rows. Rows are sorted by identity, so that their order does not matter."""
    ordered = sorted(rows, key=lambda row: (row.row_id, row.origin))
    data: dict[str, list[object]] = {
        "table": [row.table for row in ordered],
        "row_id": [row.row_id for row in ordered],
        "recorded_at": [recorded_at] * len(ordered),
        "recorded_from": [source] * len(ordered),
        "origin": [row.origin for row in ordered],
    }
    for name in sorted({name for row in ordered for name in row.values}):
        data[name] = [row.values.get(name) for row in ordered]
    schema = pa.schema([(name, COLUMNS[name]) for name in data], metadata={_FORMAT_KEY: str(FORMAT)})
    sink = io.BytesIO()
    # Without statistics and with light compression a small batch is read twice as fast; there are many small batches.
    pq.write_table(pa.table(data, schema=schema), sink, compression="snappy", write_statistics=False)
    return sink.getvalue()


def decoded(content: bytes, name: str) -> Batch:
    """The batch that these bytes are, if they are the ones it was named for. Raises ``Unreadable`` otherwise."""
    if digest(content) != name:
        raise _damaged(content)
    try:
        file = pq.ParquetFile(pa.BufferReader(content))
    except pa.ArrowInvalid:
        raise Unreadable("is not a Parquet file", "Move it out of the folder.") from None
    _require_ours(file.schema_arrow)
    table = file.read(use_threads=False).replace_schema_metadata(None)
    times = numbers(table["recorded_at"])
    if not len(times) or (times != times[0]).any() or any(table[name].null_count for name in RECORD):
        raise Unreadable("is not a batch: its rows were not recorded together", "Move it out of the folder.")
    return Batch(id=name, recorded_at=_EPOCH + timedelta(microseconds=int(times[0])), rows=table)


def _require_ours(schema: pa.Schema) -> None:
    """Refuse files of others, and those of a newer livereview, whose rows could mean more than this one understands."""
    version = (schema.metadata or {}).get(_FORMAT_KEY, b"").decode(errors="replace")
    if not version.isdigit():
        raise Unreadable("was not written by livereview", "Move it out of the folder; add evidence through a source.")
    if int(version) > FORMAT:
        message = f"is in format {version}, and this livereview reads up to format {FORMAT}"
        raise Unreadable(message, "Update livereview.")
    unknown = [field.name for field in schema if field.name not in COLUMNS]
    if unknown:
        raise Unreadable(f"has columns that this livereview does not know: {', '.join(unknown)}", "Update livereview.")
    wrong = [field.name for field in schema if field.type != COLUMNS[field.name]]
    wrong += [name for name in RECORD if name not in schema.names]
    if wrong:
        raise Unreadable(f"has missing or mistyped columns: {', '.join(wrong)}", "Move it out of the folder.")


def _damaged(content: bytes) -> Unreadable:
    if not content:
        return Unreadable("is empty", _RESTORE)
    if content.startswith(b"version https://git-lfs"):
        return Unreadable("is a Git LFS pointer, not the file", "Fetch the file: git lfs pull.")
    whole = content[:4] == b"PAR1" and content[-4:] == b"PAR1"
    how = "edited or renamed" if whole else "truncated or damaged"
    return Unreadable(f"was {how}: its {len(content):,} bytes are not those it is named for", _RESTORE)


_RESTORE = (
    "Restore it from git (git checkout -- FILE) or a backup; or move it out of the folder, and its rows are not used."
)
