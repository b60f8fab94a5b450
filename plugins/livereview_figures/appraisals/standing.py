"""What stands for each study under one instrument: of the review as a whole, and at one outcome.

At an outcome a judgement of that result goes before one of the study as a whole, item by item; one of another outcome
is never used. Shares are of studies, or of the weights that the outcome's model gave them: nothing else is computed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from livereview import AppraisalCard, InstrumentCard, OutcomeResult, Report, StudyResult
from livereview_figures.drawing.judgements import Judgement, judgement_of
from livereview_figures.drawing.text import clean, known, study_label


@dataclass(frozen=True, kw_only=True)
class Appraised:
    """One study, or one result of it, under an instrument."""

    study_id: str
    label: str
    cards: tuple[AppraisalCard, ...]
    """Those that count here, the most particular first; none = not judged."""
    weight: float = math.nan
    """Percent of the model's weights; NaN = none."""

    def card(self, item: str) -> AppraisalCard | None:
        """The card that an item's judgement is taken from."""
        return next((card for card in self.cards if item in card.scores or item in card.disputed), None)

    @property
    def own(self) -> bool:
        """Whether any judgement was made for this result and not for the study as a whole."""
        return any(card.outcome for card in self.cards)


@dataclass(frozen=True)
class Appraisal:
    """An instrument with what stands for each study."""

    instrument: InstrumentCard
    rows: tuple[Appraised, ...]
    outcome: OutcomeResult | None = None
    """The outcome whose results are judged; None = the review."""
    elsewhere: int = 0
    """Studies of the outcome that were judged with another instrument alone."""

    @property
    def title(self) -> str:
        """Name of the instrument."""
        return clean(self.instrument.title) or "–"

    @property
    def items(self) -> tuple[tuple[str, str], ...]:
        """Items but the one that judges the whole: name and question."""
        return tuple(item for item in self.instrument.items if item[0] != self.instrument.overall)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of the items, the one that judges the whole last."""
        whole = [name for name, _ in self.instrument.items if name == self.instrument.overall]
        return (*(name for name, _ in self.items), *whole)

    def judgement(self, row: Appraised, item: str) -> Judgement:
        """What stands for a row and an item."""
        return judgement_of(self.instrument, row.card(item), item)

    @cached_property
    def weighted(self) -> bool:
        """Whether shares are of weights: an outcome whose model weighed the studies."""
        return self.outcome is not None and sum(row.weight for row in self.rows if known(row.weight)) > 0

    def share_of(self, row: Appraised) -> float:
        """What a row counts for."""
        if not self.weighted:
            return 1.0
        return row.weight if known(row.weight) else 0.0

    def shares(self, item: str) -> list[tuple[Judgement, int, float]]:
        """Each judgement of an item with its studies and its share, 0-1, the best first."""
        found: dict[tuple[str, str, str], tuple[Judgement, int, float]] = {}
        whole = math.fsum(self.share_of(row) for row in self.rows)
        for row in self.rows:
            one = self.judgement(row, item)
            key = (one.symbol, one.fill, one.words.casefold())
            first, studies, share = found.get(key, (one, 0, 0.0))
            found[key] = (first, studies + 1, share + self.share_of(row) / whole)
        return sorted(found.values(), key=lambda part: (part[0].rank, part[0].words))


def of_review(report: Report) -> Iterator[Appraisal]:
    """Each instrument with everything that was judged with it."""
    for instrument in report.instruments:
        rows = [
            Appraised(study_id=card.study_id, label=_label(card), cards=(card,))
            for card in instrument.cards
        ]  # fmt: skip
        if rows and instrument.items:
            yield Appraisal(instrument, tuple(rows))


def _label(card: AppraisalCard) -> str:
    label = clean(card.label) or clean(card.study_id)
    return f"{label} ({clean(card.outcome)})" if card.outcome else label


def of_outcome(report: Report, outcome: OutcomeResult) -> Iterator[Appraisal]:
    """Each instrument with which a result of this outcome was judged."""
    every = [(instrument, [standing(instrument, study) for study in outcome.studies])
             for instrument in report.instruments]  # fmt: skip
    judged = {row.study_id for _, rows in every for row in rows if row.cards}
    for instrument, rows in every:
        if any(row.own for row in rows) and instrument.items:
            kept = tuple(row for row in rows if row.cards or row.study_id not in judged)
            yield Appraisal(instrument, kept, outcome, len(rows) - len(kept))


def standing(instrument: InstrumentCard, study: StudyResult) -> Appraised:
    """What an outcome sees of a study: the judgements of the result codes that its number comes from, then those of the
    study as a whole."""
    codes = [*dict.fromkeys(row.outcome for row in study.rows if row.outcome), ""]
    mine: Sequence[AppraisalCard] = [card for card in instrument.cards if card.study_id == study.study_id]
    cards = tuple(card for code in codes for card in mine if card.outcome == code)
    return Appraised(study_id=study.study_id, label=study_label(study), cards=cards, weight=study.weight)
