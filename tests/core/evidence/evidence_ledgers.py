"""Random ledgers for property-based tests: what is added, in which order; and what one then expects to see.

The expectation is plain Python over the list of what was recorded: no Arrow, no sorting of columns.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from evidence_sheets import result, study
from hypothesis import strategies as st

from livereview.evidence.rows import Key, Row
from livereview.evidence.schema import TABLES
from livereview.evidence.store import Store
from livereview.evidence.view import Evidence

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

Identities = dict[tuple[Any, ...], str]


@st.composite
def some_rows(draw: st.DrawFn) -> list[Row]:
    """A few rows of few keys, so that they correct and withdraw one another; no key twice."""
    withdrawal = {"withdrawn": True, "withdrawn_reason": "typo"}
    rows: dict[Key, Row] = {}
    for _ in range(draw(st.integers(0, 4))):
        withdrawn = withdrawal if draw(st.integers(0, 3)) == 0 else {}
        if draw(st.booleans()):
            time = draw(st.sampled_from([None, 12.0]))
            row = result(
                outcome=draw(st.sampled_from("ab")), timepoint_months=time, events=draw(st.integers(0, 2)), **withdrawn
            )
        else:
            row = study(draw(st.sampled_from("xy")), n_total=draw(st.integers(0, 1)), **withdrawn)
        rows.setdefault((row.table, *row.key), row)
    return list(rows.values())


ledgers = st.lists(some_rows(), max_size=6)


@contextmanager
def new_store() -> Iterator[Store]:
    """A store in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        yield Store(Path(folder) / "evidence")


def files(store: Store, kind: str = "batches") -> dict[str, bytes]:
    """Its files by name."""
    folder = Path(store.location) / kind
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def record(store: Store, ledger: Sequence[Sequence[Row]], source: str = "test") -> None:
    """Add each list of rows, an hour apart."""
    for hour, rows in enumerate(ledger):
        store.add(rows, source=source, recorded_at=START + hour * HOUR)


def merge(source: Store, target: Store) -> None:
    """What git does: the union of the files."""
    for kind in ("batches", "packs"):
        folder = Path(source.location) / kind
        if folder.exists():
            shutil.copytree(folder, Path(target.location) / kind, dirs_exist_ok=True)


def current(evidence: Evidence) -> Identities:
    """Identity of the current row by table and key."""
    return {
        (name, *(row[part] for part in table.key)): row["row_id"]
        for name, table in TABLES.items()
        for row in evidence.rows(name)
    }


def replayed(ledger: Sequence[Sequence[Row]]) -> Identities:
    """What is current after the additions, one after the other: the last row of each key, unless it withdraws it."""
    last = {(row.table, *row.key): row for rows in ledger for row in rows}
    return {key: row.row_id for key, row in last.items() if not row.withdrawn}
