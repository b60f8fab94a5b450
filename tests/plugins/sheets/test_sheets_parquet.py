"""Parquet files: values keep their type; types that no cell has are refused by column."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sheet_folder import SheetFolder, where

NAME = "results.parquet"


def parquet(**columns: Any) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["brown-2021", None], pa.string()),
        (["brown-2021", " 24 "], pa.large_string()),
        ([24, None], pa.int64()),
        ([2**63, 0], pa.uint64()),
        ([-3, 0], pa.int8()),
        ([0.56, None], pa.float64()),
        ([True, False], pa.bool_()),
        ([date(2023, 11, 4), None], pa.date32()),
        ([datetime(2023, 11, 4, 12, 30), None], pa.timestamp("ns")),
        ([datetime(2023, 11, 4), None], pa.timestamp("s")),
        ([None, None], pa.null()),
    ],
)
def test_values_keep_their_type(folder: SheetFolder, values: list[Any], kind: pa.DataType) -> None:
    table = folder.table(parquet(study_id=["a", "b"], value=pa.array(values, kind)), NAME)
    assert (table.table, table.place, table.columns) == ("results", NAME, ("study_id", "value"))
    assert table.rows == (("a", values[0]), ("b", values[1]))
    assert [type(row[1]) for row in table.rows] == [type(value) for value in values]


def test_rows_are_counted_as_under_a_header(folder: SheetFolder) -> None:
    assert folder.table(parquet(study_id=["a", None, "c"]), NAME).row_numbers == (2, 4)


def test_categories_are_their_values(folder: SheetFolder) -> None:
    column = pa.array(["OS", "EFS", "OS"]).dictionary_encode()
    assert folder.table(parquet(outcome=column), NAME).rows == (("OS",), ("EFS",), ("OS",))


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_a_short_float_is_the_decimal_number_it_stands_for(folder: SheetFolder, kind: type) -> None:
    values: Any = np.array([0.56, 12.3], dtype=kind)
    assert folder.table(parquet(estimate=values), NAME).rows == ((0.56,), (12.3,))


def test_decimals_are_numbers_where_a_float_holds_all_their_digits(folder: SheetFolder) -> None:
    column = pa.array([Decimal("0.56"), Decimal("24.00"), None], pa.decimal128(15, 2))
    rows = folder.table(parquet(study_id=["a", "b", "c"], estimate=column), NAME).rows
    assert [row[1] for row in rows] == [0.56, 24, None]


def test_what_pandas_writes_is_read(folder: SheetFolder) -> None:
    frame = pd.DataFrame({"study_id": ["a", "b"], "n": [24.0, None], "kind": pd.Categorical(["x", "y"])})
    stream = io.BytesIO()
    frame.to_parquet(stream)
    assert folder.table(stream.getvalue(), NAME).rows == (("a", 24.0, "x"), ("b", None, "y"))


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([b"brown"], pa.binary()),
        ([[1, 2]], pa.list_(pa.int64())),
        ([{"events": 1}], pa.struct({"events": pa.int64()})),
        ([time(1, 30)], pa.time64("us")),
        ([timedelta(days=3)], pa.duration("us")),
        ([datetime(2023, 11, 4, tzinfo=UTC)], pa.timestamp("us", "UTC")),
        ([Decimal("0.1234567890123456")], pa.decimal128(16, 16)),
    ],
)
def test_a_type_that_no_cell_has_is_a_problem_of_its_column(
    folder: SheetFolder, values: list[Any], kind: pa.DataType
) -> None:
    problem = folder.problem(parquet(study_id=["a"], value=pa.array(values, kind)), NAME)
    assert (problem.place, problem.row, problem.column) == (NAME, None, "value")
    assert problem.found is not None
    assert problem.found.startswith(str(kind).split("<")[0])


def test_a_time_finer_than_a_microsecond_is_a_problem(folder: SheetFolder) -> None:
    problem = folder.problem(parquet(value=pa.array([1], pa.timestamp("ns"))), NAME)
    assert where(problem) == (NAME, None, "value", "timestamp[ns]")


@pytest.mark.parametrize(("value", "found"), [(float("nan"), "nan"), (float("inf"), "inf")])
def test_a_float_that_is_no_number_is_a_problem(folder: SheetFolder, value: float, found: str) -> None:
    problem = folder.problem(parquet(study_id=["a", "b"], estimate=[0.5, value]), NAME)
    assert where(problem) == (NAME, 3, "estimate", found)
    assert "null" in problem.remedy


def test_text_is_checked_as_everywhere(folder: SheetFolder) -> None:
    problem = folder.problem(parquet(study_id=["brown\u200b-2021"], n=[1]), NAME)
    assert where(problem) == (NAME, 2, "study_id", "brown\u200b-2021")


def test_text_of_broken_bytes_is_a_problem(folder: SheetFolder) -> None:
    column = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(np.array([0, 1], "i4")), pa.py_buffer(b"\xff")])
    assert "cannot be read as a Parquet file" in folder.problem(parquet(study_id=column), NAME).message


def test_a_file_cut_short_is_a_problem(folder: SheetFolder) -> None:
    content = parquet(study_id=["a"], n=[1])
    for length in (4, 20, len(content) // 2, len(content) - 1):
        problem = folder.problem(content[:length], NAME)
        assert problem.place == NAME
        assert "cannot be read as a Parquet file" in problem.message


def test_a_damaged_page_is_a_problem_where_the_file_has_checksums(folder: SheetFolder) -> None:
    stream = io.BytesIO()
    table = pa.table({"n": pa.array(range(1000), pa.int64())})
    pq.write_table(table, stream, compression="none", use_dictionary=False, write_page_checksum=True)
    at = stream.getvalue().index((500).to_bytes(8, "little"))
    content = bytearray(stream.getvalue())
    content[at] ^= 1
    assert "cannot be read as a Parquet file" in folder.problem(bytes(content), NAME).message


@pytest.mark.parametrize("content", [b"", b"study_id,n\n", b"PK\x03\x04"])
def test_another_kind_of_file_is_a_problem(folder: SheetFolder, content: bytes) -> None:
    assert "its name ends in .parquet" in folder.problem(content, NAME).message


def test_rows_without_end_in_a_small_file_are_refused_before_loading(folder: SheetFolder) -> None:
    content = parquet(n=pa.array(np.zeros(1_000_000, "i8")))
    assert len(content) < 100_000
    problem = folder.problem(content, NAME, max_megabytes=1)
    assert problem.found == "8.0 MB"


def test_a_table_without_rows_is_one(folder: SheetFolder) -> None:
    table = folder.table(parquet(study_id=pa.array([], pa.string())), NAME)
    assert (table.columns, table.rows) == (("study_id",), ())


def test_a_file_without_columns_is_a_problem(folder: SheetFolder) -> None:
    assert "not even a header" in folder.problem(parquet(), NAME).message
