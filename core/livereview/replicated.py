"""Published meta-analyses recomputed, value by value: what a report holds of it.

Numbers are on the natural scale of the table ``published``: ratios, proportions 0-1, I² in percent. Text may come from
outside; a renderer escapes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Replicability = Literal["matches", "matches-otherwise", "cannot-be-checked", "contradicts"]
#: In the order in which they are counted and printed.
REPLICABILITY: tuple[Replicability, ...] = ("matches", "matches-otherwise", "cannot-be-checked", "contradicts")
#: What part of a published row a line is about.
PrintedPart = Literal["pooled", "bias tests", "comparison", "patients", "proportion", "trial", "arithmetic"]


@dataclass(frozen=True, kw_only=True)
class PrintedNumber:
    """One number of a published row, and what was recomputed."""

    name: str
    """Column of the table ``published``: estimate, ci_low, i2, q_p, ..."""
    printed: str
    """With its bound and the zeros at its end that the numbers beside it show: "0.50", "<0.001"."""
    recomputed: float | None
    """None where nothing could be computed."""
    agrees: bool | None
    """Whether it is the printed number to every printed digit; None where nothing was computed to hold it against."""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class PooledInput:
    """The number with which a study entered a recomputed pool."""

    study: str
    """Id of the study, or what it is attributed to."""
    label: str
    numbers: str
    """E.g. "74/105 v 44/103"."""
    origin: str
    """The report that it was read in, or "solved from printed results (certain)"."""
    remarks: tuple[str, ...] = ()
    """Outcome, population, time and status where they matter."""
    solved: bool = False
    """Whether it was solved from printed results, so that agreement is no independent check."""


@dataclass(frozen=True, kw_only=True)
class Reconstruction:
    """Integer counts that would give a printed line; labelled reconstructed, never stored, never pooled."""

    recipe: str
    space: str
    """What was searched, in words."""
    tried: int
    found: int
    """Solutions in the space that was searched."""
    complete: bool
    """Whether the whole space was searched."""
    solutions: tuple[str, ...]
    """The first of them, in words."""

    @property
    def unique(self) -> bool:
        """Whether the space was searched whole and holds one solution."""
        return self.complete and self.found == 1


@dataclass(frozen=True, kw_only=True)
class ReplicatedLine:
    """One printed line, with the verdict and all that it rests on."""

    report_id: str
    locator: str
    outcome: str
    part: PrintedPart
    title: str
    """Outcome with time, group and measure, in words."""
    verdict: Replicability
    numbers: tuple[PrintedNumber, ...]
    recipe: str = ""
    """How it was recomputed; empty where it was not pooled."""
    departures: tuple[str, ...] = ()
    """What differs from the choices that the publication states, or from one outcome and one population per study."""
    inputs: tuple[PooledInput, ...] = ()
    reasons: tuple[str, ...] = ()
    """Why it cannot be checked, how it differs, and what else a reader must know."""
    tried: int = 0
    """Combinations of numbers and choices that were tried."""
    matched: int = 0
    """How many of them give every printed digit: the more, the more may be chance."""
    reconstruction: Reconstruction | None = None

    @property
    def solved(self) -> bool:
        """Whether a number of the pool was itself solved from printed results."""
        return any(item.solved for item in self.inputs)


@dataclass(frozen=True, kw_only=True)
class RecipeTally:
    """How many of a publication's pooled lines one way of computing gives."""

    report_id: str
    recipe: str
    lines: int
    of: int
    """Lines that it was tried on."""


@dataclass(frozen=True, kw_only=True)
class Replication:
    """Everything that was recomputed for a review."""

    lines: tuple[ReplicatedLine, ...]
    tallies: tuple[RecipeTally, ...] = ()
    """By publication, the way that gives most lines first."""
    citations: Mapping[str, str] = field(default_factory=dict)
    """By report id."""

    @property
    def reports(self) -> tuple[str, ...]:
        """The publications, in their order."""
        return tuple(dict.fromkeys(line.report_id for line in self.lines))

    def counts(self, report_id: str) -> dict[Replicability, int]:
        """How many lines of a publication have each verdict."""
        verdicts = [line.verdict for line in self.lines if line.report_id == report_id]
        return {verdict: verdicts.count(verdict) for verdict in REPLICABILITY}
