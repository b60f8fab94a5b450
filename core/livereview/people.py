"""What a renderer receives about the people of a review: what they read and judged, and how far they agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """One cell that several people filled differently."""

    table: Literal["results", "appraisals"]
    study_id: str
    study_label: str
    report_id: str
    """Empty for appraisals."""
    outcome: str
    what: str
    """The result without its number, or instrument and item."""
    column: str
    values: tuple[tuple[str, str], ...]
    """Person and value, as written."""
    state: Literal["open", "adjudicated", "preferred", "no matter"]
    """"no matter": the cell decides nothing about the number, e.g. its status."""
    settled: tuple[str, str] | None = None
    """Whose value stands, and the value."""
    places: tuple[str, ...] = ()
    """Sheet and row of each reading, then of the adjudication."""


@dataclass(frozen=True, kw_only=True)
class AgreementLine:
    """How far people agree on one column of the results, or one item of an instrument."""

    table: Literal["results", "appraisals"]
    instrument: str
    """Empty for results."""
    column: str
    """Column, item, or "all numbers", "all items"."""
    people: str
    """Two people, or "all"."""
    kind: Literal["number", "category"]
    compared: int
    """Cells that were compared: those that somebody filled."""
    agreed: int
    kappa: float | None = None
    """None for numbers, and where it is undefined: see ``note``."""
    kappa_low: float | None = None
    kappa_high: float | None = None
    method: str = ""
    """Which kappa."""
    note: str = ""

    @property
    def share(self) -> float:
        """Share of the compared cells that agree, 0-1."""
        return self.agreed / self.compared


@dataclass(frozen=True, kw_only=True)
class DoubleWork:
    """What several people recorded of the same things, among what a review sees."""

    rule: str
    """What the manifest does with readings that differ, in words."""
    read_by_several: int
    """Results with more than one reading."""
    read_by_one: int
    """Results that one person signed and nobody else read."""
    judged_by_several: int
    """Items of appraisals that more than one person scored."""
    lines: tuple[AgreementLine, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    doubts: tuple[str, ...] = ()
    """Adjudications that do not fit what they settle, in words."""

    @property
    def open(self) -> int:
        """Results that are not pooled since their readings differ."""
        return len({(item.study_id, item.what, item.report_id) for item in self.disagreements if _is_blocking(item)})


def _is_blocking(item: Disagreement) -> bool:
    return item.table == "results" and item.state == "open"


@dataclass(frozen=True, kw_only=True)
class AppraisalCard:
    """One study under one instrument, for one outcome or as a whole: what stands, who judged and when."""

    study_id: str
    label: str
    outcome: str
    """Outcome code; empty = the study as a whole."""
    scores: Mapping[str, str]
    """By item as written; an item on which raters differ is missing."""
    disputed: tuple[str, ...] = ()
    """Items on which raters differ and nobody has adjudicated."""
    totals: tuple[tuple[str, str], ...] = ()
    """Totals as given: name and number."""
    computed: float | None = None
    """The sum of the items; None where the instrument has none, or an item is missing."""
    people: tuple[str, ...] = ()
    """Raters by name."""
    dates: tuple[str, ...] = ()
    """When it was judged, as precise as known."""
    places: tuple[str, ...] = ()
    """Where it stands in a report, or who judged, as the sheet says."""
    doubts: tuple[str, ...] = ()
    """What the instrument does not allow, and what is missing."""


@dataclass(frozen=True, kw_only=True)
class InstrumentCard:
    """One instrument with the studies that were appraised with it."""

    title: str
    known: bool
    """Whether anybody defines it; the scores of one that nobody does are shown and not checked."""
    items: tuple[tuple[str, str], ...]
    """Items in order: name as the sheets write it, and the question in words where it is known."""
    has_total: bool
    cards: tuple[AppraisalCard, ...]
    references: tuple[str, ...] = ()
