"""Bodies of evidence for tests of certainty domains: an interval, weights and appraisals, each stated by the test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from builders import appraisal, instrument_card, outcome, study
from livereview import (
    AbsoluteEffect,
    CertaintyDomain,
    CertaintyEvidence,
    DomainJudgement,
    InstrumentCard,
    Interval,
    OutcomeResult,
)

SCORES = ("Low", "Some concerns", "High")


def ratio(estimate: float, low: float, high: float, information: float = 200.0, k: int = 4, **kw: Any) -> OutcomeResult:
    """A risk ratio with this interval, from ``k`` studies with so much information (sum of 1/variance) together."""
    shown = Interval(estimate=estimate, low=low, high=high)
    return made(k, "ratio", shown, information, **kw)


def made(k: int, kind: str, shown: Interval, information: float = 200.0, **kw: Any) -> OutcomeResult:
    """An outcome of a kind with this interval; variances are equal and add up to the information."""
    studies = [replace(study(i, kind), variance=k / information, shown=shown) for i in range(k)]
    found = outcome(studies=studies, kind=kind)
    fields: dict[str, Any] = {"shown": shown, "i2": 0.0, "prediction_shown": None, "participants": 5000}
    if found.scale == "log":
        fields |= {"estimate": math.log(shown.estimate)}
    pooled = replace(found.pooled, **(fields | kw.pop("pooled", {})))
    return replace(found, pooled=pooled, **kw)


def evidence(found: OutcomeResult, **kw: Any) -> CertaintyEvidence:
    """Randomised evidence that nothing else is known of."""
    fields: dict[str, Any] = {"start": "high", "randomised": True, "designs": {}}
    return CertaintyEvidence(outcome=found, **(fields | kw))


def judged(domain: CertaintyDomain, body: CertaintyEvidence, **options: Any) -> DomainJudgement:
    """The judgement of a domain."""
    return domain.judge(body, domain.options(**options))


def people(baseline: float, low: float, estimate: float, high: float) -> AbsoluteEffect:
    """An absolute effect from differences per 1,000."""
    return AbsoluteEffect(
        baseline=baseline, source="stated",
        risk=(baseline + estimate / 1000, baseline + low / 1000, baseline + high / 1000),
    )  # fmt: skip


def appraised(found: OutcomeResult, overall: Sequence[str | None], **kw: Any) -> tuple[InstrumentCard, ...]:
    """The studies of an outcome with these overall judgements of RoB 2; None = not appraised."""
    scores = kw.pop("scale", SCORES)
    cards = [
        appraisal(one, scores={"D1": "Low", "Overall": given})
        for one, given in zip(found.studies, overall, strict=True)
        if given is not None
    ]
    fields = {"overall": "Overall", "scores": {"D1": scores, "Overall": scores}}
    return (instrument_card(cards, **(fields | kw)),)
