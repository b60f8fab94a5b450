"""What crosses the hook of audit checks: a review's evidence and results go in, findings come out.

A check reads; it changes nothing, decides nothing, and asks no server. It sees rows as the store has them, numbers as
they were typed: whether 0.5 was printed as 0.50 is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from livereview.audited import AuditCode, AuditFinding
from livereview.further import Table
from livereview.people import InstrumentCard
from livereview.report import OutcomeResult
from livereview.types import Array, Descriptor

#: A row of a table: its columns by name (None where empty), with ``row_id``, ``recorded_at`` and ``origin``.
EvidenceRow = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Repooled:
    """The outcome under M changed sets of numbers; arrays of shape (M,), NaN where there is no number."""

    estimate: Array
    """On the display scale, like the limits."""
    ci_low: Array
    ci_high: Array
    p_value: Array
    """NaN where the measure has no null."""
    k: Array
    """Studies in each fit."""


@dataclass(frozen=True, kw_only=True)
class AuditedOutcome:
    """One outcome as an audit sees it."""

    result: OutcomeResult
    """Its analysis, with every study and the rows it came from."""
    choices: Mapping[str, Any]
    """The outcome as the manifest has it, defaults filled in: keys as in the manifest's reference."""
    layout: Literal["two-arms", "one-arm", "contrast"]
    data: Mapping[str, Array] = field(default_factory=dict)
    """Raw columns of the K studies of ``result.studies``, shape (K,): ``events_1, n_1, ...``; NaN where none is."""
    repooled: Callable[[Mapping[str, Array]], Repooled] | None = None
    """The outcome pooled again by its own measure and model with other data, M sets at once: columns of shape (M, K);
    columns that are not given are as they are. None where that cannot be done."""
    most_sets: int | None = None
    """Most sets that ``repooled`` takes in one call, where its model is fitted to one after the other; None = any
    number."""
    not_repooled: str = ""
    """Why ``repooled`` is None."""


@dataclass(frozen=True, kw_only=True)
class AuditRequest:
    """What one review rests on and says."""

    tables: Mapping[str, Sequence[EvidenceRow]]
    """The current rows that the review can see, by table; a table may be missing."""
    outcomes: tuple[AuditedOutcome, ...] = ()
    eligibility: Mapping[str, Any] = field(default_factory=dict)
    """``[eligibility]`` of the manifest: overlaps, distinct, exclude, filters."""
    protocol: Mapping[str, Any] = field(default_factory=dict)
    """``[audit.protocol]`` of the manifest: the rules that the review set itself, those that it states."""
    instruments: tuple[InstrumentCard, ...] = ()
    """How the admitted studies were appraised."""

    def rows(self, table: str) -> Sequence[EvidenceRow]:
        """The rows of a table; none where it is missing."""
        return self.tables.get(table, ())


@dataclass(frozen=True, kw_only=True)
class Audited:
    """What a check found."""

    findings: tuple[AuditFinding, ...] = ()
    tables: tuple[Table, ...] = ()
    """Lists to read beside the findings; cells are as they are, none is transformed."""
    influence: Mapping[str, float] = field(default_factory=dict)
    """By ``row_id``: how far a small change of the row moves a pooled estimate, in widths of its confidence interval.
    Of findings of one severity, those at rows that move more are listed first, whichever check they are of."""


@dataclass(frozen=True, kw_only=True)
class AuditCheck(Descriptor):
    """Something that an audit looks for: ``find(request, options)``."""

    kind: ClassVar[str] = "audit-check"
    title: str
    """As printed: "Counts and percentages"."""
    codes: tuple[AuditCode, ...]
    """Every kind of finding that it can return."""
    find: Callable[[AuditRequest, Any], Audited | Iterable[AuditFinding]]
    family: Literal["arithmetic", "comparability", "method", "influence", "trust"] = "arithmetic"
