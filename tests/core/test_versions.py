"""Versions of a flow in the records of updates: what one update counted, the next one repeats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_rows import Cells, real_manifest
from livereview.evidence.store import Store
from livereview.flow.versions import earlier_versions, flow_of, kept_versions
from livereview.history import Edition, History, Record
from livereview.json_values import as_json
from livereview.living import Flow, FlowVersion
from screening_ledgers import ELIGIBLE, counted, ledgers

MANIFEST = real_manifest("blina_rr")
NOWHERE = History(Path("nowhere")), MANIFEST, Store("nowhere")


def recorded(flow: Flow, number: int) -> Record:
    """The record of an update as it is read from its file."""
    content = {"update": number, "recorded_at": "2026-11-25T09:30:00+00:00", "flow": as_json(kept_versions(flow))}
    return Record(name=f"{number:04d}-x", content=json.loads(json.dumps(content)))


def updated(rows: list[Cells], number: int, previous: Record | None) -> Flow:
    """The flow of an update that sees these rows."""
    base, before = earlier_versions(previous, *NOWHERE)
    ledger = counted(rows, pooled=["s1"], **ELIGIBLE)
    return flow_of(ledger, Edition(number=number, recorded_at="2026-11-25T09:30:00+00:00"), base, before)


@settings(max_examples=60)
@given(st.lists(ledgers(), min_size=3, max_size=3))
def test_what_an_update_counted_is_the_previous_version_of_the_next(states: list[list[Cells]]) -> None:
    previous: Record | None = None
    seen: list[FlowVersion] = []
    for number, rows in enumerate(states, start=1):
        flow = updated(rows, number, previous)
        assert flow.previous == (seen[-1] if seen else None)
        assert flow.base == (seen[0] if seen else None)
        seen.append(flow.this)
        previous = recorded(flow, number)


def test_the_numbers_of_the_rows_are_those_of_the_versions() -> None:
    first = updated([], 1, None)
    second = updated([], 2, recorded(first, 1))
    studies: Any = next(row for row in second.rows if row.name == "Studies included")
    assert (studies.base, studies.previous, studies.this, studies.added) == (0, 0, 0, 0)
    assert [row.base for row in first.rows] == [None] * len(first.rows)
