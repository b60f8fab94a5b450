"""What the commands show of certainty: signed levels, drafts with their domains, and what a person must judge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from livereview.console import say, table
from livereview.history import Record


def levels(record: Record) -> None:
    """The certainty of each outcome that has a signed level or a draft; nothing where none has."""
    drafts = record.content.get("drafts", {})
    rows = []
    for name, outcome in record.outcomes.items():
        signed, draft = outcome.get("certainty"), drafts.get(name)
        if signed is None and draft is None:
            continue
        rows.append([name, _signed(signed), _drafted(draft), _open(draft)])
    if rows:
        table("Certainty", ["outcome", "signed", "draft, not signed", "a person must judge"], rows)


def domains(record: Record, outcome_id: str) -> None:
    """One outcome: its signed level, then the draft domain by domain."""
    signed, draft = record.outcomes[outcome_id].get("certainty"), record.content.get("drafts", {}).get(outcome_id)
    if signed is not None:
        say(f"certainty: {_signed(signed)}")
    if draft is None:
        return
    say(f"draft, not signed: {_drafted(draft)}; starts {draft['start'] or 'nowhere'}: {draft['start_reason']}")
    rows = [[item["title"], _change(item), item["judgement"]["reason"]] for item in draft["domains"]]
    if rows:
        table("", ["domain", "draft", "why"], rows)


def _signed(signed: Mapping[str, Any] | None) -> str:
    return "" if signed is None else f"{signed['level']} ({signed['signed_by']}, {signed['signed_on']})"


def _drafted(draft: Mapping[str, Any] | None) -> str:
    return "" if draft is None else draft["level"] or "not rated"


def _open(draft: Mapping[str, Any] | None) -> str:
    found = () if draft is None else draft["domains"]
    return ", ".join(item["title"].lower() for item in found if item["judgement"]["levels"] is None)


def _change(item: Mapping[str, Any]) -> str:
    levels = item["judgement"]["levels"]
    if levels is None:
        return "a person must judge"
    return f"{levels:+d}" + ("" if item["counted"] else " (not counted)") if levels else "no change"
