"""Parquet files: values keep their type. Row 2 is the first row, as if the file had a header line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from livereview import Problem
from livereview_sheets.characters import Entry, Refused, shortened, text_entry
from livereview_sheets.files import too_large
from livereview_sheets.grid import Grid, Reading, Record

#: Digits that a float keeps of any decimal number.
_EXACT_DIGITS = 15


def read(content: bytes, place: str, table: str, max_megabytes: float) -> Reading:
    """The one grid of a Parquet file; a column of a type that no cell has is a Problem."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True)
        size = max(_stated_size(file.metadata), 8 * file.metadata.num_rows * file.metadata.num_columns)
        if size > max_megabytes * 1_000_000:
            return Reading(problems=[too_large(place, size, max_megabytes, " unpacked")])
        data = file.read()
        data.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        return Reading(problems=[_damaged(place, error)])
    columns: list[Sequence[Entry]] = []
    problems: list[Problem] = []
    for name, column in zip(data.column_names, data.columns, strict=True):
        values = _values(column)
        if isinstance(values, Refused):
            problems.append(
                Problem(place=place, column=name, found=values.found, message=values.message, remedy=values.remedy)
            )
            values = [None] * data.num_rows
        columns.append(values)
    header = Record(number=1, cells=data.column_names)
    rows = zip(*columns, strict=True) if columns else ()
    records = [header, *(Record(number=number, cells=cells) for number, cells in enumerate(rows, start=2))]
    labels = [str(index + 1) for index in range(len(columns))]
    return Reading(grids=[Grid(place=place, table=table, labels=labels, records=records)], problems=problems)


def _stated_size(metadata: Any) -> int:
    return sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))


def _values(column: Any) -> Sequence[Entry] | Refused:
    """The column's values as cells, or why its type has no cells."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    is_ = pa.types
    if is_.is_timestamp(kind) and kind.tz is None:
        try:
            column = column.cast(pa.timestamp("us"))
        except pa.ArrowInvalid:
            return _unknown(str(kind), "times finer than a microsecond")
    elif is_.is_decimal(kind) and kind.precision > _EXACT_DIGITS:
        return _unknown(str(kind), f"decimals of more than {_EXACT_DIGITS} digits")
    elif not any(
        fits(kind)
        for fits in (
            is_.is_null, is_.is_boolean, is_.is_integer, is_.is_floating, is_.is_decimal, is_.is_date,
            is_.is_string, is_.is_large_string, is_.is_string_view,
        )
    ):  # fmt: skip
        return _unknown(str(kind), "a type that no cell of a sheet has")
    values = column.to_pylist()
    if is_.is_float16(kind) or is_.is_float32(kind):
        values = [value if value is None else _as_written(value, kind.to_pandas_dtype()) for value in values]
    return [_entry(value) for value in values]


def _as_written(value: float, short: Any) -> float:
    """The shortest decimal number that the short float stands for: 0.56, where its exact value is 0.56000000238."""
    return float(str(short(value)))


def _entry(value: Any) -> Entry:
    if value is None or isinstance(value, bool | int | datetime | date):
        return value
    if isinstance(value, str):
        return text_entry(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if math.isfinite(value):
        return float(value)
    return Refused(found=str(value), message="not a finite number", remedy="Leave a missing number empty (null).")


def _unknown(found: str, what: str) -> Refused:
    remedy = "Store it as text, integers, floats, booleans or dates without time zone."
    return Refused(found=found, message=f"the column holds {what}", remedy=remedy)


def _damaged(place: str, error: Exception) -> Problem:
    return Problem(
        place=place,
        found=shortened(" ".join(str(error).split()), 160),
        message="it cannot be read as a Parquet file",
        remedy="Write it again; a file cut short in a download begins well and ends nowhere.",
    )
