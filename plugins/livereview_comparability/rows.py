"""Rows of results as these checks see them: their numbers, their places, lists of them in words."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from livereview import AuditPlace, AuditRequest, EvidenceRow

#: What a result says, wherever it was read.
NUMBERS = ("events", "n", "estimate", "ci_low", "ci_high", "se", "sd", "person_time")
#: How many places of a finding are listed; the others are counted.
_LISTED = 6


def ordered(rows: Iterable[EvidenceRow], *columns: str) -> list[EvidenceRow]:
    """Rows in an order that depends on what they say alone, so that findings do not depend on that of the store."""
    return sorted(rows, key=lambda row: (*(str(row.get(name) or "") for name in columns), str(row["row_id"])))


def numbers(row: EvidenceRow) -> tuple[Any, ...]:
    """The numbers of a row, None where it has none."""
    return tuple(row.get(name) for name in NUMBERS)


def cells(row: EvidenceRow) -> tuple[str, ...]:
    """The columns that hold the numbers of a row."""
    return tuple(name for name in NUMBERS if row.get(name) is not None)


def place(row: EvidenceRow, columns: Sequence[str] = (), outcome_id: str = "") -> AuditPlace:
    """Where a result stands."""
    return AuditPlace(
        table="results", row_id=row["row_id"], columns=tuple(columns) or cells(row), study_id=row["study_id"],
        outcome_id=outcome_id,
    )  # fmt: skip


def grouped(rows: Iterable[EvidenceRow], *columns: str) -> dict[tuple[Hashable, ...], list[EvidenceRow]]:
    """Rows with the same values in some columns, in their order."""
    found: dict[tuple[Hashable, ...], list[EvidenceRow]] = {}
    for row in rows:
        found.setdefault(tuple(row.get(name) for name in columns), []).append(row)
    return found


def listed(items: Iterable[str], most: int = _LISTED) -> str:
    """Items in words, the first of them by name."""
    every = list(dict.fromkeys(items))
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def several(items: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def labels(request: AuditRequest) -> Mapping[str, str]:
    """Names of studies by ``study_id``."""
    return {row["study_id"]: str(row["label"]) for row in request.rows("studies")}


def report_kinds(request: AuditRequest) -> Mapping[str, str]:
    """Kinds of reports by ``report_id``."""
    return {row["report_id"]: row.get("kind") or "" for row in request.rows("reports")}


def pooled_in(request: AuditRequest) -> Mapping[str, tuple[str, ...]]:
    """By row: the outcomes whose main fit rests on it."""
    found: dict[str, tuple[str, ...]] = {}
    for outcome in request.outcomes:
        for study in outcome.result.studies:
            for row in study.rows:
                found[row.row_id] = (*found.get(row.row_id, ()), outcome.result.id)
    return found


def people(row: EvidenceRow) -> bool:
    """Whether a row is about people: not about cycles, or events among events."""
    population = str(row.get("population") or "")
    about_events = population.removeprefix("subgroup:").rstrip("s") in ("event", "cycle")
    return not about_events and not str(row["outcome"]).endswith("-events")
