"""Sheets of extractions as rows of the store's tables, and a P value for contrasts that have none."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seeded_kinds import Row

from livereview.evidence.schema import TABLES

Rows = list[Row]


def extractions(folder: Path) -> dict[str, Rows]:
    """The sheets of a folder as typed rows of the store's tables."""
    tables: dict[str, Rows] = {}
    for name in ("results", "studies", "reports"):
        columns = {column.name: column.kind for column in TABLES[name].columns}
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            lines = list(csv.DictReader(file))
        tables[name] = [
            {column: _typed(line.get(column) or "", kind) for column, kind in columns.items()}
            | {"row_id": f"{name}-{number}", "origin": f"{name}.csv row {number}"}
            for number, line in enumerate(lines, 2)
        ]
    return tables


def _typed(cell: str, kind: str) -> Any:
    if not cell:
        return None
    if kind == "integer":
        return int(float(cell))
    if kind == "level":
        return float(cell) / 100 if float(cell) > 1 else float(cell)
    return float(cell) if kind == "number" else cell


def with_p(rows: Sequence[Row]) -> Rows:
    """Contrasts that have no P get that of their estimate and interval, to two digits, as a paper would print it."""
    found: Rows = []
    for row in rows:
        p = _p(row) if row["p_value"] is None else None
        found.append({**row, "p_value": p} if p else row)
    return found


def _p(row: Row) -> str | None:
    low, high, estimate = row["ci_low"], row["ci_high"], row["estimate"]
    if low is None or high is None or row["measure"] not in ("HR", "OR", "RR", "MD", "SMD", "RD"):
        return None
    log = row["measure"] in ("HR", "OR", "RR")
    if log and min(low, estimate) <= 0:
        return None
    low, high, estimate = (math.log(value) if log else value for value in (low, high, estimate))
    z = estimate / ((high - low) / 2 / (1.96 if row["ci_level"] != 0.99 else 2.5758)) if high > low else 0.0
    p = math.erfc(abs(z) / math.sqrt(2))
    return f"{p:.2g}" if 0.001 <= p < 0.995 else None
