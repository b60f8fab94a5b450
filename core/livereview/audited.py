"""What an audit found, as data: findings with their places, ranked, and what people acknowledged of them.

A finding is a question to a person, never a repair: no number is changed or left out because of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from livereview.further import Table

#: "error": what is written cannot be true as it stands; "warning": it is probably wrong, or a conclusion may not be
#: read as it looks; "note": a person should know.
Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, kw_only=True)
class AuditPlace:
    """Where something stands: a cell of the evidence, an outcome, a key of the manifest. What is empty is not meant."""

    table: str = ""
    """Table of the evidence store, e.g. "results"."""
    row_id: str = ""
    """Identity of the row, as the tables have it under ``row_id``."""
    columns: tuple[str, ...] = ()
    """Columns of the row that are in question."""
    study_id: str = ""
    outcome_id: str = ""
    """Outcome of the manifest."""
    key: str = ""
    """Key of the manifest, dotted: "eligibility.overlaps"."""
    origin: str = ""
    """Sheet and row as they were typed; the core fills it in from ``row_id``."""
    words: str = ""
    """The place in words; the core fills it in where it is empty."""


@dataclass(frozen=True, kw_only=True)
class AuditFinding:
    """One thing that a person should look at."""

    code: str
    """Kebab-case, one of the check's codes: "percentage-differs"."""
    message: str
    """What was found, with the numbers and what they were held against."""
    remedy: str
    """What to do: what to look up, what to correct, how to say that it is right as it is."""
    place: AuditPlace
    also: tuple[AuditPlace, ...] = ()
    """Other places that the finding rests on."""
    severity: Severity | None = None
    """None = that of the code."""
    suggestion: Mapping[str, str | int | float] = field(default_factory=dict)
    """By column of the place: the value that would be consistent with the rest, where there is just one. It is shown
    as what to look for, and is written nowhere."""


@dataclass(frozen=True, kw_only=True)
class AuditCode:
    """A kind of finding."""

    code: str
    severity: Severity
    title: str
    """A short name as printed: "Percentage differs from its count"."""


@dataclass(frozen=True, kw_only=True)
class AuditedFinding:
    """A finding as the audit lists it."""

    rank: int
    """1 = look at this first."""
    check: str
    """The check that found it."""
    title: str
    severity: Severity
    finding: AuditFinding
    outcomes: tuple[str, ...] = ()
    """Ids of the outcomes whose pooled estimate rests on the place."""
    influence: float = 0.0
    """How far a small change of the place moves a pooled estimate, in widths of its interval; 0 = not, or not known."""
    acknowledged: str = ""
    """Why a person left it as it is; empty = nobody did."""
    acknowledged_by: str = ""


@dataclass(frozen=True, kw_only=True)
class AuditChange:
    """A finding that came or went since the previous update."""

    change: Literal["new", "settled"]
    """"settled": it is found no more, or somebody acknowledged it."""
    code: str
    severity: Severity
    title: str
    where: str
    """Its place in words."""


@dataclass(frozen=True, kw_only=True)
class AuditResult:
    """All that an audit of one review found."""

    findings: tuple[AuditedFinding, ...] = ()
    """By rank, those acknowledged last."""
    checks: tuple[tuple[str, str], ...] = ()
    """Name and title of each check that ran."""
    tables: tuple[Table, ...] = ()
    """What checks list beside their findings, e.g. the cells that move conclusions most."""
    cells: int = 0
    """Cells of the evidence that were looked at: those that hold a number or a code and are not part of a key."""

    @property
    def open(self) -> tuple[AuditedFinding, ...]:
        """Those that nobody acknowledged."""
        return tuple(item for item in self.findings if not item.acknowledged)

    def count(self, severity: Severity) -> int:
        """How many open findings are of a severity."""
        return sum(item.severity == severity for item in self.open)
