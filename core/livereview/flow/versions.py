"""A review's flow over its updates: as it stood at the first one, at the previous one, and now.

The record of an update keeps the version that it counted, so that the next one repeats it. Of a record from before
records had versions, it is counted from the batches of that update with today's eligibility.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from livereview.evidence.store import Store
from livereview.flow.boxes import Ledger, ledger_of
from livereview.flow.rows import flow_rows
from livereview.freshness import is_later
from livereview.history import Edition, History, Record
from livereview.living import Box, Flow, FlowColumn, FlowVersion
from livereview.manifest.models import Manifest
from livereview.outlook import outlook


def flow_of(ledger: Ledger, edition: Edition, base: FlowVersion | None, previous: FlowVersion | None) -> Flow:
    """The flow of an update from its ledger and the versions before it."""
    day = edition.recorded_at[:10]
    late = [search for search in ledger.searches if is_later(search, day)]
    doubts = [f"search {item.search_id}: dated {item.searched_on}, after this update of {day}." for item in late]
    return Flow(
        base=base,
        previous=previous,
        this=ledger.version,
        rows=flow_rows(base, previous, ledger.version),
        searches=ledger.searches,
        conflicts=ledger.conflicts,
        doubts=(*ledger.doubts, *doubts),
    )


def earlier_versions(
    previous: Record | None, history: History, manifest: Manifest, store: Store
) -> tuple[FlowVersion | None, FlowVersion | None]:
    """The version of the first update and of the previous one; None, None at the first."""
    if previous is None:
        return None, None
    kept = previous.content.get("flow")
    if kept is not None:
        this = _version(kept["this"])
        return this if kept["base"] is None else _version(kept["base"]), this
    first = previous
    while first.content["previous"] is not None:
        first = history.find(first.content["previous"])
    this = _counted(previous, manifest, store)
    return this if first is previous else _counted(first, manifest, store), this


def kept_versions(flow: Flow | None) -> dict[str, Any] | None:
    """What the record of an update keeps of its flow."""
    return None if flow is None else {"base": flow.base, "this": flow.this}


def _counted(record: Record, manifest: Manifest, store: Store) -> FlowVersion:
    then = outlook(manifest, store.evidence(batches=record.content["batches"]))
    pooled = [study["study_id"] for study in record.content["studies"]]
    return ledger_of(then.rows, then.scope, pooled, record.title).version


def _version(kept: Mapping[str, Any]) -> FlowVersion:
    """A version as a record keeps it."""
    found: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    for name in ("databases", "others"):
        found[name] = None if kept[name] is None else _column(kept[name])
    return FlowVersion(**{**found, "not_eligible": _box(kept["not_eligible"])})


def _column(kept: Mapping[str, Any]) -> FlowColumn:
    found: dict[str, Any] = {name: _box(value) if isinstance(value, Mapping) else value for name, value in kept.items()}
    return FlowColumn(**found)


def _box(kept: Mapping[str, Any]) -> Box:
    return Box(number=kept["number"], parts=tuple((name, number) for name, number in kept["parts"]))
