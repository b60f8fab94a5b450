"""What people decided about records: the agreed decision at each stage, and where they do not agree.

A decision is agreed where everybody who decided said the same, or where an adjudication settles it. One that is not
agreed leaves the record where it is: it awaits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from livereview.pairing import Row

#: Record and stage.
Place = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """The decision on one record at one stage; ``open`` = decided by somebody, and not agreed."""

    decision: Literal["include", "exclude", "open"]
    reason: str = ""
    """Why it was excluded; several reasons given are joined."""


@dataclass(frozen=True, kw_only=True)
class Decided:
    """All decisions of one review."""

    agreed: Mapping[Place, Agreed]
    conflicts: tuple[str, ...]
    """Include against exclude, and nobody has settled it."""
    doubts: tuple[str, ...]
    """Adjudications without the pair of decisions that they settle."""


def decided(decisions: Iterable[Row]) -> Decided:
    """The agreed decision of each record at each stage where somebody decided."""
    by_place: dict[Place, list[Row]] = {}
    for row in sorted(decisions, key=lambda row: (row["record_id"], row["stage"], row["person"])):
        by_place.setdefault((row["record_id"], row["stage"]), []).append(row)
    agreed: dict[Place, Agreed] = {}
    conflicts: list[str] = []
    doubts: list[str] = []
    for place, rows in by_place.items():
        pair = [row for row in rows if not row["adjudicates"]]
        settling = [row for row in rows if row["adjudicates"]]
        if settling and len(pair) < 2:
            # Nothing was there to settle: it counts as what one more person decided.
            doubts.append(
                f"{_named(place)}: {_said(settling)} adjudicates, but the decisions of two people are not there."
            )
            settling = []
        counted = settling or rows
        agreed[place] = _agreed(counted)
        if {"include", "exclude"} <= {row["decision"] for row in counted}:
            conflicts.append(f"{_named(place)}: {_said(counted)}.")
    return Decided(agreed=agreed, conflicts=tuple(conflicts), doubts=tuple(doubts))


def _agreed(rows: list[Row]) -> Agreed:
    said = {row["decision"] for row in rows}
    if said == {"include"}:
        return Agreed(decision="include")
    if said == {"exclude"}:
        reasons = dict.fromkeys(row["reason"] for row in rows if row["reason"])
        return Agreed(decision="exclude", reason="; ".join(reasons))
    return Agreed(decision="open")


def _named(place: Place) -> str:
    record, stage = place
    return f"record {record}, {stage}"


def _said(rows: Iterable[Row]) -> str:
    return ", ".join(f"{row['decision']} by {row['person']}" for row in rows)
