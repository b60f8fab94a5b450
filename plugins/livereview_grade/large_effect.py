"""A large effect: a risk ratio beyond 2 or 0.5, or beyond 5 or 0.2, in evidence that is not randomised.

Odds ratios and hazard ratios exaggerate a risk ratio where the event is common, so they need a baseline risk.
"""

from __future__ import annotations

from pydantic import Field

from livereview import CertaintyDomain, CertaintyEvidence, DomainJudgement, Options


class LargeOptions(Options):
    """From which risk ratio an effect is large."""

    large: float = Field(
        default=2, gt=1, description="risk ratio (or its inverse) from which certainty goes one level up (GRADE 9)."
    )
    very_large: float = Field(
        default=5, gt=1, description="risk ratio (or its inverse) from which it goes two levels up (GRADE 9)."
    )
    studies: int = Field(default=2, ge=1, description="fewest studies for which it does (ours: one may be chance).")


def large_effect(evidence: CertaintyEvidence, options: LargeOptions) -> DomainJudgement:
    """Levels up by the risk ratio, where the interval does not include no effect."""
    rule = (
        f"one level up from a risk ratio of {options.large:g} or {1 / options.large:g}, two from {options.very_large:g}"
        f" or {1 / options.very_large:g}, from {options.studies} studies, where the interval does not include no effect"
    )
    ratio = _risk_ratio(evidence)
    if ratio is None:
        if evidence.ratio:
            reason = f"a {evidence.outcome.measure} needs a baseline risk to be read as a risk ratio"
            return DomainJudgement(levels=None, reason=reason, rule=rule)
        return DomainJudgement(levels=0, reason="the effect is no ratio of risks", rule=rule)
    size = max(ratio, 1 / ratio) if ratio > 0 else float("inf")
    shown, null = evidence.outcome.pooled.shown, evidence.outcome.null_shown or 0.0
    reason = f"the risk ratio is {ratio:.2f}"
    if shown.low <= null <= shown.high:
        return DomainJudgement(levels=0, reason=f"{reason}, and its interval includes no effect", rule=rule)
    few = evidence.outcome.pooled.k < options.studies
    levels = 0 if few or size < options.large else 2 if size >= options.very_large else 1
    told = f"{reason}, from too few studies" if few else reason
    return DomainJudgement(levels=levels, reason=told, rule=rule, inputs=(("Risk ratio", f"{ratio:.2f}"),))


def _risk_ratio(evidence: CertaintyEvidence) -> float | None:
    """At the baseline risk where there is one; else the ratio itself, where it is one of risks or rates."""
    if evidence.absolute is not None:
        return evidence.absolute.risk[0] / evidence.absolute.baseline
    return evidence.outcome.pooled.shown.estimate if evidence.outcome.measure in ("RR", "IRR") else None


LARGE_EFFECT = CertaintyDomain(
    name="large-effect",
    title="Large effect",
    summary="A risk ratio beyond 2 or 0.5 in evidence that is not randomised.",
    options=LargeOptions,
    judge=large_effect,
    direction="up",
    references=("Guyatt et al. 2011 (GRADE 9), J Clin Epidemiol 64:1311, doi:10.1016/j.jclinepi.2011.06.004",),
)
