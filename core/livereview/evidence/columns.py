"""Arrow columns as integers that numpy can sort, group and match: as fast for a million rows as for ten.

Arrow's own filters and groupings would do, but making an Arrow scalar or array from Python imports pandas (half a
second), and reading a small store must take milliseconds. So Python values never become Arrow ones here.
"""

from __future__ import annotations

from binascii import hexlify
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def combined(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """The column, of one value at least, as one array."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        (array,) = array.chunks
    return array


def numbers(column: pa.ChunkedArray) -> Integers:
    """The integers (or microseconds) of a column without empty cells."""
    if not len(column):  # to combine no chunks, Arrow makes an array from Python
        return np.empty(0, np.int64)
    array = combined(column.cast(pa.int64()))
    return np.frombuffer(array.buffers()[1], np.int64, len(array), array.offset * 8)


def column_of(values: Integers, kind: pa.DataType) -> pa.Array:
    """An Arrow column of these integers: int64, or a time in its unit."""
    values = np.ascontiguousarray(values, np.int64)
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values)])


def texts(values: Sequence[str | None]) -> pa.Array:
    """An Arrow column of these texts, None an empty cell."""
    cells = [None if value is None else value.encode() for value in values]
    offsets = np.cumsum([0, *(len(cell or b"") for cell in cells)], dtype=np.int32)
    stated = np.packbits([cell is not None for cell in cells], bitorder="little")
    data = b"".join(cell or b"" for cell in cells)
    return pa.Array.from_buffers(
        pa.string(), len(cells), [pa.py_buffer(stated), pa.py_buffer(offsets), pa.py_buffer(data)]
    )


def coded(column: pa.ChunkedArray) -> tuple[Integers, list[Any]]:
    """Each row's position in a list of the column's different values (None the last where a cell is empty).

    Of a column that is a dictionary already the list may hold values that no row has.
    """
    if not len(column):
        return np.empty(0, np.int64), []
    if column.null_count == len(column):
        return np.zeros(len(column), np.int64), [None]
    if pa.types.is_dictionary(column.type):
        encoded = combined(column.unify_dictionaries())
    else:
        encoded = combined(combined(column).dictionary_encode())
    values = encoded.dictionary.to_pylist()
    indices = encoded.indices.cast(pa.int64())
    codes = np.frombuffer(indices.buffers()[1], np.int64, len(indices), indices.offset * 8)
    if indices.null_count:
        bits = np.unpackbits(np.frombuffer(indices.buffers()[0], np.uint8), bitorder="little")
        codes = np.where(bits[indices.offset : indices.offset + len(indices)], codes, len(values))
        values.append(None)
    return codes, values


def ranks(column: pa.ChunkedArray) -> tuple[Integers, int]:
    """Each row's rank among the column's different values, empty cells last, and how many values there are."""
    codes, values = coded(column)
    stated = len(values) - (bool(values) and values[-1] is None)
    rank_of = np.empty(len(values), np.int64)
    rank_of[sorted(range(stated), key=values.__getitem__)] = np.arange(stated)
    rank_of[stated:] = stated
    return rank_of[codes], len(values)


def among(column: pa.ChunkedArray, wanted: Collection[Any]) -> Mask:
    """Which rows hold one of the wanted values; None stands for an empty cell."""
    codes, values = coded(column)
    return np.array([value in wanted for value in values], np.bool_)[codes]


def at(positions: Integers, size: int) -> Mask:
    """A mask of this size that holds at the positions."""
    mask = np.zeros(size, np.bool_)
    mask[positions] = True
    return mask


def taken(table: pa.Table, positions: Integers) -> pa.Table:
    """The rows at these positions, in their order."""
    if not len(positions) or (positions[1:] <= positions[:-1]).any():
        return table.take(column_of(positions, pa.int64()))
    # A filter is several times faster, and columns without a value need none.
    bits = np.packbits(at(positions, table.num_rows), bitorder="little")
    mask = pa.Array.from_buffers(pa.bool_(), table.num_rows, [None, pa.py_buffer(bits)])
    columns = [
        pa.nulls(len(positions), column.type) if column.null_count == len(column) else column.filter(mask)
        for column in table.columns
    ]
    return pa.Table.from_arrays(columns, table.column_names)


def kept(table: pa.Table, mask: Mask) -> pa.Table:
    """The rows where the mask holds; the table itself where it holds everywhere."""
    return table if mask.all() else taken(table, np.flatnonzero(mask))


def newest(rows: pa.Table, key: Collection[str], visible: Mask | None = None) -> Integers:
    """Of each key the position of the row recorded last among the visible ones, in the order of the key.

    Ties are decided by identity: this is a function of the set of rows.
    """
    order, last = ordered(rows, key, visible)
    return order[last]


def ordered(rows: pa.Table, key: Collection[str], visible: Mask | None = None) -> tuple[Integers, Mask]:
    """The visible rows' positions by key, then time of recording, then identity; and which are the last of their key.

    Of rows that are alike in all this, the source and the origin decide, so that no order of files does. Rows that come
    in this order already are not sorted again.
    """
    group, recorded = _groups(rows, key), numbers(rows["recorded_at"])
    order = np.arange(rows.num_rows)
    if visible is not None and not visible.all():
        order = np.flatnonzero(visible)
        group, recorded = group[order], recorded[order]
    if not len(order):
        return order, np.empty(0, np.bool_)
    if (group[1:] < group[:-1]).any():
        by_key = np.argsort(group, kind="stable")
        order, group, recorded = order[by_key], group[by_key], recorded[by_key]
    same = group[1:] == group[:-1]
    if (doubtful := same & (recorded[1:] <= recorded[:-1])).any():
        # Only the keys in which time does not rise from row to row: identities are costly to rank.
        at = np.flatnonzero(np.isin(group, group[1:][doubtful]))
        some = taken(rows.select(_TIES), order[at])
        order[at] = order[at][np.lexsort((*(ranks(some[name])[0] for name in _TIES), recorded[at], group[at]))]
    return order, np.append(~same, True)


#: What decides between rows of one key and time, the last first.
_TIES = ("origin", "recorded_from", "row_id")


def _groups(rows: pa.Table, key: Collection[str]) -> Integers:
    """A number for each row, the same within a key and rising in the order of the key."""
    group = np.zeros(rows.num_rows, np.int64)
    size = 1
    for name in key:
        rank, values = ranks(rows[name])
        if values == 1:
            continue
        if size * values >= 2**62:
            distinct, group = np.unique(group, return_inverse=True)
            size = len(distinct)
        group, size = group * values + rank, size * values
    return group


# --- columns as they lie in packs, and as they are shown ------------------------------------------------------

#: An identity as bytes, and a text column as positions in a list of its values: faster to read, sort and match.
IDENTITY = pa.binary(32)
LISTED = pa.dictionary(pa.int32(), pa.string())
_PART = 1 << 24


def stacked(parts: Sequence[pa.Table]) -> pa.Table:
    """The rows of tables with the same columns, one after the other, as one table."""
    if len(parts) == 1:
        return parts[0]
    listed = {field.name for part in parts for field in part.schema if pa.types.is_dictionary(field.type)}
    return pa.concat_tables([_alike(part, listed) for part in parts]).unify_dictionaries().combine_chunks()


def _alike(rows: pa.Table, listed: Collection[str]) -> pa.Table:
    """The rows with these columns listed and identities in hexadecimal, so that they fit to other rows."""
    for position, field in enumerate(rows.schema):
        if field.type == IDENTITY:
            rows = rows.set_column(position, field.name, _in_hexadecimal(rows[field.name]))
        elif field.name in listed and field.type != LISTED:
            rows = rows.set_column(position, field.name, rows[field.name].dictionary_encode())
    return rows


def plain(rows: pa.Table) -> pa.Table:
    """The rows with texts as texts, whatever they were read from."""
    for position, field in enumerate(rows.schema):
        if field.type == IDENTITY:
            rows = rows.set_column(position, field.name, _in_hexadecimal(rows[field.name]))
        elif pa.types.is_dictionary(field.type):
            rows = rows.set_column(position, field.name, rows[field.name].cast(pa.string()))
    return rows


def _in_hexadecimal(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The identities as text, in parts that offsets of 32 bits can count."""
    arrays = [array.slice(start, _PART) for array in column.chunks for start in range(0, len(array), _PART)]
    if not arrays:
        return pa.nulls(0, pa.string())
    parts = []
    for array in arrays:
        digits = hexlify(memoryview(array.buffers()[1])[array.offset * 32 : (array.offset + len(array)) * 32])
        offsets = np.arange(len(array) + 1, dtype=np.int32) * 64
        parts.append(
            pa.Array.from_buffers(pa.string(), len(array), [None, pa.py_buffer(offsets), pa.py_buffer(digits)])
        )
    return pa.chunked_array(parts)


def in_bytes(column: pa.ChunkedArray) -> pa.Array:
    """Identities in hexadecimal as bytes. Raises ``ValueError`` if one is not of 64 digits."""
    found = [bytes.fromhex(text) for text in column.to_pylist()]
    if any(len(one) != 32 for one in found):
        raise ValueError("an identity is 64 hexadecimal digits")
    return pa.Array.from_buffers(IDENTITY, len(found), [None, pa.py_buffer(b"".join(found))])
