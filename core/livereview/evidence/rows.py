"""Rows of evidence in memory: one table's typed values, their key and their identity.

The identity of a row is the SHA-256 of what it says (table and values, empty ones left out), not of when or by whom
it was recorded; so it survives a new optional column and a new version of the file format.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from livereview.evidence.schema import TABLES, Column, Table

Value = str | int | float | bool
Key = tuple[Value | None, ...]

#: The Python type of each kind of column, in memory and in the store.
TYPES: Mapping[str, type[Value]] = {
    "text": str, "id": str, "choice": str, "partial-date": str, "p-value": str,
    "integer": int, "number": float, "level": float, "yes-no": bool,
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One row of one table. ``values`` holds what is stated and nothing else: an empty cell is absent.

    Raises ``ValueError`` for an unknown table or column, a missing required part of the key, or a value of the wrong
    type: whoever builds rows has checked them (see ``checks``).
    """

    table: str
    values: Mapping[str, Value]
    origin: str = ""
    """Where it was typed, e.g. ``extractions/trial.csv, row 12``; no part of the row's identity."""

    def __post_init__(self) -> None:
        table = TABLES.get(self.table)
        if table is None:
            raise ValueError(f"there is no table {self.table!r}")
        object.__setattr__(self, "values", MappingProxyType(_typed(table, self.values)))

    @cached_property
    def key(self) -> Key:
        """The values under which a later row corrects or withdraws this one, in the order of the table's key."""
        return tuple(self.values.get(name) for name in TABLES[self.table].key)

    @cached_property
    def row_id(self) -> str:
        """SHA-256, in hexadecimal, of the row's canonical JSON: ``["table",{"column":value,...}]``, columns sorted."""
        return identity(self.table, self.values)

    @property
    def withdrawn(self) -> bool:
        return self.values.get("withdrawn") is True


def identity(table: str, values: Mapping[str, Value]) -> str:
    """The identity of a row that says this: see ``Row.row_id``. The values have their types, and none is empty."""
    canonical = json.dumps(
        [table, dict(values)], sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _typed(table: Table, values: Mapping[str, Value | None]) -> dict[str, Value]:
    """The stated values, numbers as float and without a negative zero; no in a yes-no column is the same as empty."""
    typed: dict[str, Value] = {}
    for name, value in values.items():
        if name not in table.names:
            raise ValueError(f"table {table.name} has no column {name!r}")
        if value is None or value == "" or value is False:
            continue
        typed[name] = _as_kind(table.column(name), value)
    missing = [name for name in table.key if name not in typed and table.column(name).required]
    if missing:
        raise ValueError(f"a row of {table.name} needs {', '.join(missing)}")
    return typed


def _as_kind(column: Column, value: Value) -> Value:
    kind = TYPES[column.kind]
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not kind:
        raise ValueError(f"{column.name} must be {kind.__name__}, not {value!r}")
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{column.name} must be finite, not {value!r}")
        return value + 0.0  # turns -0.0 into 0.0: equal numbers, one identity
    return value
