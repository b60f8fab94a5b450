"""Inconsistency: whether studies disagree by more than chance, and whether that changes what the result says.

Three signs are counted, since I² alone misleads (Guyatt 2023, GRADE 36, doi:10.1016/j.jclinepi.2023.03.003): I², study
intervals that do not overlap, and a prediction interval that reaches where the confidence interval does not.
"""

from __future__ import annotations

import math

from pydantic import Field

from livereview import CertaintyDomain, CertaintyEvidence, DomainJudgement, Options


class InconsistencyOptions(Options):
    """When I² is a sign of inconsistency."""

    moderate: float = Field(
        default=50,
        gt=0,
        lt=100,
        description="I² in percent from which it is a sign (Cochrane Handbook 10.10.2: 50 to 90% may be substantial).",
    )
    high: float = Field(
        default=75,
        gt=0,
        lt=100,
        description="I² in percent that alone is one level, and two with the other signs (Cochrane Handbook 10.10.2:"
        " 75 to 100% is considerable).",
    )
    signs: int = Field(default=2, ge=1, le=3, description="signs that make one level (ours).")


def inconsistency(evidence: CertaintyEvidence, options: InconsistencyOptions) -> DomainJudgement:
    """One level from two signs or a considerable I²; two from all three with it."""
    rule = (
        f"signs: I² of {options.moderate:g}% or more, study intervals that do not overlap, a prediction interval that"
        f" reaches where the confidence interval does not; one level down from {options.signs} of them or from I² of"
        f" {options.high:g}%, two where both other signs come with that"
    )
    pooled = evidence.outcome.pooled
    if pooled.k < 2:
        return DomainJudgement(levels=0, reason="one study, which nothing can disagree with", rule=rule)
    i2 = pooled.i2 if pooled.i2 is not None and math.isfinite(pooled.i2) else None
    wide, said = _prediction(evidence)
    apart = _apart(evidence)
    found = {
        f"I² is {_percent(i2)}": i2 is not None and i2 >= options.moderate,
        "intervals of studies do not overlap": apart,
        said: wide is True,
    }
    signs = [text for text, is_sign in found.items() if is_sign]
    considerable = i2 is not None and i2 >= options.high
    levels = -2 if considerable and len(signs) == 3 else -1 if considerable or len(signs) >= options.signs else 0
    inputs = (
        ("I²", _percent(i2)),
        ("Tau²", "none" if pooled.tau2 is None else f"{pooled.tau2:.3g}"),
        ("Study intervals", "not all overlap" if apart else "all overlap"),
        ("Prediction interval", said.removeprefix("the prediction interval ")),
    )
    reason = "; ".join(signs) if signs else f"I² is {_percent(i2)}, and no other sign of it"
    return DomainJudgement(levels=levels, reason=reason, rule=rule, inputs=inputs)


def _percent(value: float | None) -> str:
    return "not known" if value is None else f"{value:.0f}%"


def _apart(evidence: CertaintyEvidence) -> bool:
    """Whether the intervals of two studies have no value in common."""
    known = [
        study.shown
        for study in evidence.outcome.studies
        if math.isfinite(study.shown.low) and math.isfinite(study.shown.high)
    ]
    return bool(known) and max(item.low for item in known) > min(item.high for item in known)


def _prediction(evidence: CertaintyEvidence) -> tuple[bool | None, str]:
    """Whether the prediction interval reaches where the confidence interval does not, and how, in words.

    Beyond no effect; for a number of one arm, or a difference in units, by more than what matters. None = unknown.
    """
    outcome = evidence.outcome
    limits, shown = outcome.pooled.prediction_shown, outcome.pooled.shown
    if limits is None or any(map(math.isnan, (*limits, shown.low, shown.high))):
        return None, "no prediction interval"
    low, high = limits
    null = outcome.null_shown
    if null is not None and low <= null <= high and not shown.low <= null <= shown.high:
        return True, "the prediction interval includes no effect and the confidence interval does not"
    if evidence.important is not None and evidence.absolute is None:
        if shown.low - low > evidence.important or high - shown.high > evidence.important:
            return True, "the prediction interval reaches beyond the confidence interval by more than matters"
        return False, "the prediction interval reaches no further than matters"
    if null is None:
        return None, "what difference matters is not stated, so the prediction interval is not held to it"
    return (
        False,
        "the prediction interval says no more of no effect than the confidence interval",
    )


INCONSISTENCY = CertaintyDomain(
    name="inconsistency",
    title="Inconsistency",
    summary="Studies that disagree: I², overlap of intervals, prediction interval.",
    options=InconsistencyOptions,
    judge=inconsistency,
    references=(
        "Guyatt et al. 2011 (GRADE 7), J Clin Epidemiol 64:1294, doi:10.1016/j.jclinepi.2011.03.017",
        "Guyatt et al. 2023 (GRADE 36), J Clin Epidemiol, doi:10.1016/j.jclinepi.2023.03.003",
        "Deeks et al. Cochrane Handbook, chapter 10: analysing data and undertaking meta-analyses",
    ),
)
