"""Risk of bias: how much of the weight of the estimate comes from studies at high risk, and how much from low risk.

A judgement is placed between the best (0) and the worst (1) score of its instrument. From two thirds on it is high
risk: "High" of RoB 1 and RoB 2, "Serious" and "Critical" of ROBINS-I, "High" and "Very high" of ROBINS-E. Points that
add up (the Newcastle-Ottawa scale, MINORS) have no published cut between risks, so that a person must judge them.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from livereview import (
    AppraisalCard,
    CertaintyDomain,
    CertaintyEvidence,
    DomainJudgement,
    InstrumentCard,
    Options,
)

HIGH = 2 / 3
#: Instruments with so many grades have one that is worse than high: critical, very high.
GRADES = 4


class RiskOptions(Options):
    """How much weight makes a concern. GRADE gives no numbers; these are ours."""

    serious: float = Field(
        default=0.25,
        gt=0,
        le=1,
        description="share of the weight at high risk from which certainty goes one level down (ours; GRADE: enough to"
        " affect how the result is read).",
    )
    very_serious: float = Field(
        default=0.75,
        gt=0,
        le=1,
        description="share of the weight at high risk from which it goes two levels down (ours).",
    )
    critical: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="share of the weight at the worst of four grades (critical, very high) from which evidence that is"
        " not randomised goes three levels down where it started high (ours).",
    )
    low: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="share of the weight at low risk below which certainty goes one level down (ours; GRADE: most"
        " information).",
    )
    unjudged: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="share of the weight without a judgement above which a person must judge (ours).",
    )


def severity(instrument: InstrumentCard, card: AppraisalCard) -> float | None:
    """A judgement between the best (0) and the worst (1) score: the overall one, else the worst item.

    None where it is in dispute, missing, outside the order, or points that add up.
    """
    items = [instrument.overall] if instrument.overall else [name for name, _ in instrument.items]
    if any(item in card.disputed for item in items):
        return None
    places = [_place(instrument.scores.get(item, ()), card.scores.get(item, "")) for item in items]
    known = [place for place in places if place is not None]
    return max(known) if known and len(known) == len([item for item in items if item in card.scores]) else None


def _place(scores: tuple[str, ...], given: str) -> float | None:
    order = [score.casefold() for score in scores]
    if len(order) < 2 or given.casefold() not in order or all(score.replace(".", "").isdigit() for score in order):
        return None
    return order.index(given.casefold()) / (len(order) - 1)


def risk_of_bias(evidence: CertaintyEvidence, options: RiskOptions) -> DomainJudgement:
    """Levels down by the share of the weight at high and at low risk."""
    rule = (
        f"one level down from {options.serious:.0%} of the weight at high risk or below {options.low:.0%} at low risk,"
        f" two from {options.very_serious:.0%} at high risk; a person judges where more than {options.unjudged:.0%} has"
        " no judgement"
    )
    found = {name: evidence.appraisal(name) for name in evidence.shares()}
    placed = {name: severity(*item) for name, item in found.items() if item is not None}
    judged = {name: place for name, place in placed.items() if place is not None}
    used = sorted({item[0].title for name, item in found.items() if item is not None})
    if not judged:
        return DomainJudgement(levels=None, reason=_nobody(used), rule=rule)
    share = _shares(evidence, judged)
    inputs = (
        ("Instruments", ", ".join(used)),
        *((name, f"{value:.0%} of the weight") for name, value in share.items()),
    )
    if share["Not judged"] > options.unjudged:
        reason = f"{share['Not judged']:.0%} of the weight is from studies without a judgement that can be ordered"
        return DomainJudgement(levels=None, reason=reason, rule=rule, inputs=inputs)
    levels = _levels(share, options, worst=evidence.start == "high" and not evidence.randomised)
    reason = f"{share['High risk']:.0%} of the weight is from studies at high risk, {share['Low risk']:.0%} at low risk"
    return DomainJudgement(levels=levels, reason=reason, rule=rule, inputs=inputs)


def _levels(share: Mapping[str, float], options: RiskOptions, *, worst: bool) -> int:
    if worst and share["Worst grade"] >= options.critical:
        return -3
    if share["High risk"] >= options.very_serious:
        return -2
    return -1 if share["High risk"] >= options.serious or share["Low risk"] < options.low else 0


def _shares(evidence: CertaintyEvidence, judged: Mapping[str, float]) -> dict[str, float]:
    """The weight at low, middle and high risk, that at the worst of four grades, and that without a judgement."""
    share = dict.fromkeys(("Low risk", "Some concerns", "High risk", "Worst grade", "Not judged"), 0.0)
    for name, weight in evidence.shares().items():
        place = judged.get(name)
        if place is None:
            share["Not judged"] += weight
            continue
        share["Low risk" if place == 0 else "High risk" if place >= HIGH - 1e-9 else "Some concerns"] += weight
        appraisal = evidence.appraisal(name)
        if place == 1 and appraisal is not None and _grades(appraisal[0]) >= GRADES:
            share["Worst grade"] += weight
    return {name: round(value, 12) for name, value in share.items()}


def _grades(instrument: InstrumentCard) -> int:
    return max((len(scores) for scores in instrument.scores.values()), default=0)


def _nobody(used: list[str]) -> str:
    if not used:
        return "no study was appraised"
    return f"studies were appraised with {', '.join(used)}, whose scores have no published cut between risks"


RISK_OF_BIAS = CertaintyDomain(
    name="risk-of-bias",
    title="Risk of bias",
    summary="Weight of the estimate from studies at high risk of bias.",
    options=RiskOptions,
    judge=risk_of_bias,
    references=(
        "Guyatt et al. 2011 (GRADE 4), J Clin Epidemiol 64:407, doi:10.1016/j.jclinepi.2010.07.017",
        "Schünemann et al. 2019 (GRADE 18), J Clin Epidemiol 111:105, doi:10.1016/j.jclinepi.2018.01.012",
    ),
)
