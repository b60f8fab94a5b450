"""What crosses the hook of certainty domains: what is known of one outcome goes in, a drafted judgement comes out.

A draft is never a decision: people sign the certainty in the manifest. A domain that cannot tell from numbers says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from livereview.judgements import CertaintyLevel
from livereview.people import AppraisalCard, InstrumentCard
from livereview.rated import AbsoluteEffect, DomainJudgement
from livereview.report import OutcomeResult
from livereview.types import Descriptor


@dataclass(frozen=True, kw_only=True)
class CertaintyEvidence:
    """What is known of one outcome: its numbers, the designs and appraisals of its studies, what matters to people."""

    outcome: OutcomeResult
    start: CertaintyLevel
    """The level before any domain: "high" for randomised comparisons."""
    randomised: bool
    """Whether every study is."""
    designs: Mapping[str, str]
    """By study id, as recorded; empty = not recorded."""
    instruments: tuple[InstrumentCard, ...] = ()
    """How the studies of the review were appraised."""
    absolute: AbsoluteEffect | None = None
    """At the first baseline risk of the summary of findings; None = there is none."""
    important: float | None = None
    """The smallest difference that matters: of risks (0-1) where it is counted in people, else on the display scale;
    None = nobody stated one."""
    per: int = 1000
    """People that differences of risks are printed for."""

    @property
    def comparative(self) -> bool:
        """Whether the outcome compares two groups, so that there is a value of no effect."""
        return self.outcome.null_shown is not None

    @property
    def ratio(self) -> bool:
        """Whether the effect is a ratio."""
        return self.outcome.display == "ratio"

    def shares(self) -> dict[str, float]:
        """Weight of each study in the estimate, by id: they sum to 1; equal where the model gives none."""
        weights = {study.study_id: study.weight for study in self.outcome.studies}
        total = math.fsum(weights.values())
        if not weights or not math.isfinite(total) or total <= 0:
            return dict.fromkeys(weights, 1 / max(len(weights), 1))
        return {name: weight / total for name, weight in weights.items()}

    def appraisal(self, study_id: str) -> tuple[InstrumentCard, AppraisalCard] | None:
        """The appraisal of a study that fits the outcome best: of this very result, else of the study as a whole.

        Of several instruments that with an overall judgement comes first, then that with an order of severity, then by
        title.
        """
        codes = {row.outcome for study in self.outcome.studies if study.study_id == study_id for row in study.rows}
        found = [
            (not card.outcome, not instrument.overall, not instrument.scores, instrument.title, instrument, card)
            for instrument in self.instruments
            if instrument.judges == "quality"
            for card in instrument.cards
            if card.study_id == study_id and (not card.outcome or card.outcome in codes)
        ]
        if not found:
            return None
        best = min(found, key=lambda item: item[:4])
        return best[4], best[5]


@dataclass(frozen=True, kw_only=True)
class CertaintyDomain(Descriptor):
    """A reason to rate certainty down or up: ``judge(evidence, options)`` looks at one outcome that has a number."""

    kind: ClassVar[str] = "certainty-domain"
    title: str
    """As printed: "Risk of bias"."""
    judge: Callable[[CertaintyEvidence, Any], DomainJudgement]
    direction: Literal["down", "up"] = "down"
    """"up": asked of comparisons that did not start high, and counted where no domain rates down."""
