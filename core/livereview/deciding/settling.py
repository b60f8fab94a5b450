"""From the answers of a sitting to one batch of the store: when it ends, or at the next start if it was killed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from livereview.deciding import acceptance, doubles, screening
from livereview.deciding.desk import Desk, add, held_desk
from livereview.deciding.journal import Entry, Journal, left_behind
from livereview.evidence.rows import Row

#: From answers to rows, and to the answers that cannot be recorded, each with the reason.
Rows = Callable[[Desk, str, Sequence[Entry]], tuple[list[Row], list[tuple[Entry, str]]]]

KINDS: Mapping[str, Rows] = {
    "screening": screening.rows_of,
    "pairs": doubles.rows_of,
    "proposals": acceptance.rows_of,
}
COMMANDS = {"screening": "screen", "pairs": "screen", "proposals": "review-proposals"}


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What became of the answers of one sitting."""

    person: str
    kind: str
    recorded: int = 0
    """Rows that are new in the store."""
    refused: tuple[str, ...] = ()
    """Answers that could not be recorded, with why."""
    kept: Path | None = None
    """Where they are kept."""


def settled(desk: Desk, journal: Journal) -> Settled:
    """Record the answers of a journal as one batch and let go of it. What cannot be recorded is kept and told."""
    recorded, kept = 0, None
    refused: list[tuple[Entry, str]] = []
    if journal.entries:
        with held_desk(desk) as now:
            rows, refused = KINDS[journal.kind](now, journal.person, journal.entries)
            recorded = len(add(now, rows, COMMANDS[journal.kind]).changes) if rows else 0
        kept = journal.set_aside([entry for entry, _ in refused]) if refused else None
    journal.discard()
    return Settled(
        person=journal.person,
        kind=journal.kind,
        recorded=recorded,
        refused=tuple(why for _, why in refused),
        kept=kept,
    )


def recovered(desk: Desk) -> list[Settled]:
    """Record what sessions that were killed left behind, whoever's it is."""
    return [settled(desk, journal) for journal in left_behind(desk.folder, desk.review) if journal.kind in KINDS]
