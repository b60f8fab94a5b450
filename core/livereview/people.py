"""What a renderer receives about the people of a review: what they read and judged, and how far they agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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

    @property
    def subject(self) -> str:
        """What was read or judged, with its report or outcome."""
        where = f" [{self.report_id}]" if self.report_id else f" ({self.outcome})" if self.outcome else ""
        return self.what + where

    @property
    def fate(self) -> str:
        """What became of the cell: open, or whose value stands."""
        if self.settled is None:
            return "open" if self.state == "open" else "does not decide the number"
        who, value = self.settled
        return f"{self.state}: {value} ({who})"


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
    def about(self) -> str:
        """What was compared: a column of the results, or instrument and item."""
        return f"{self.instrument}, {self.column}" if self.instrument else self.column

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
        apart = [item for item in self.disagreements if item.table == "results" and item.state == "open"]
        return len({(item.study_id, item.subject) for item in apart})

    @property
    def summary(self) -> str:
        """The counts in one line."""
        cells, results = len(self.disagreements), self.open
        parts = [
            f"{_counted(self.read_by_several, 'result')} read by several people, {self.read_by_one} by one",
            f"{_counted(self.judged_by_several, 'item')} of appraisals scored by several",
            f"{_counted(cells, 'cell')} {'differs' if cells == 1 else 'differ'}",
            f"{_counted(results, 'result')} not pooled since readings differ",
        ]
        return "; ".join(parts) + "."


def _counted(number: int, word: str) -> str:
    # Not from printing, which imports report, which imports this module.
    return f"{number:,} {word}{'' if number == 1 else 's'}"


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
    scores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What may be scored, by item as in ``items``: of points the least first, of judgements the best first; empty where
    nobody defines the instrument."""
    outside: tuple[str, ...] = ()
    """Scores outside that order, e.g. "No information"."""
    overall: str = ""
    """The item that judges the whole, as the sheets write it; empty = there is none."""
    judges: Literal["quality", "trust"] = "quality"
    """"trust": whether the data of a study can be believed at all, which is no judgement of risk of bias."""
