"""Imprecision: whether the interval leaves open if the effect is important, and whether there is enough information.

Thresholds and interval are those of the absolute effect where the manifest states a baseline and an important
difference, as GRADE 34 has it; else of the ratio, with the rough guide of GRADE 6. The optimal information size is
(z_{1-alpha/2} + z_{power})² / delta², held against the sum of 1/variance of the studies: for a hazard ratio a quarter
of Schoenfeld's number of events, for counts the usual sample size in other units.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from pydantic import Field

from livereview import CertaintyDomain, CertaintyEvidence, DomainJudgement, Options

_Span = tuple[float, float, float]


class ImprecisionOptions(Options):
    """Thresholds where no important difference is stated, and the optimal information size."""

    below: float = Field(
        default=0.75, gt=0, lt=1, description="ratio below which an effect is appreciable (GRADE 6, a rough guide)."
    )
    above: float = Field(
        default=1.25, gt=1, description="ratio above which an effect is appreciable (GRADE 6, a rough guide)."
    )
    appreciably: float = Field(
        default=3,
        ge=1,
        description="an interval that reaches this many times the important difference, on a side where the estimate is"
        " not, counts twice (GRADE 34: crosses appreciably; the number is ours).",
    )
    standardised: float = Field(
        default=0.5,
        gt=0,
        description="standardised mean difference beyond which an effect is appreciable (ours: Cohen's medium effect).",
    )
    reduction: float = Field(
        default=0.25,
        gt=0,
        lt=1,
        description="relative reduction that the optimal information size is for, of ratios (ours: that of `below`).",
    )
    alpha: float = Field(default=0.05, gt=0, lt=0.5, description="two-sided error of the optimal information size.")
    power: float = Field(default=0.8, gt=0.5, lt=1, description="power of the optimal information size.")
    far_below: float = Field(
        default=0.3,
        ge=0,
        lt=1,
        description="share of the optimal information size below which it is two levels (GRADE 34: far less; the"
        " number is ours).",
    )
    participants: int = Field(
        default=400,
        ge=1,
        description="people below whom certainty goes one level down where no information size can be computed (a rule"
        " of thumb of GRADE users for continuous outcomes).",
    )


@dataclass(frozen=True, kw_only=True)
class Scale:
    """An interval with the thresholds on the same scale."""

    span: _Span
    """Estimate, lower and upper limit."""
    null: float
    low: float
    high: float
    far_low: float
    far_high: float
    """Beyond them a crossing counts twice."""
    stated: bool
    """Whether the important difference is that of the manifest."""
    words: str

    @property
    def within(self) -> int:
        """Important differences that lie within the interval, so that it leaves open whether the effect is important;
        by a rough guide only where the interval includes no effect."""
        _, low, high = self.span
        if not self.stated and not low <= self.null <= high:
            return 0
        return (low < self.low < high) + (low < self.high < high)

    @property
    def levels(self) -> int:
        """Levels down, at most three: one for each important difference within, one more for each that the interval
        passes by far on a side where the estimate is not."""
        estimate, low, high = self.span
        far = (low < self.far_low and estimate > self.low) + (high > self.far_high and estimate < self.high)
        return min(self.within + far, 3) if self.within else 0


def imprecision(evidence: CertaintyEvidence, options: ImprecisionOptions) -> DomainJudgement:
    """Levels by the thresholds that the interval crosses and by the information there is, whichever is more.

    GRADE 34 turns to the information where the interval crosses nothing. Taken so, more data could rate an outcome
    lower: an interval that no longer includes no effect would be held to the information for the first time.
    """
    shown = evidence.outcome.pooled.shown
    if any(map(math.isnan, (shown.estimate, shown.low, shown.high))):
        return DomainJudgement(levels=None, reason="the estimate has no interval")
    if not evidence.comparative:
        return _of_one_arm(evidence)
    rule = (
        "by interval, one level down for each important difference within it (by a rough guide only where it includes"
        f" no effect), and one more where it reaches beyond {options.appreciably:g} times that difference on a side"
        " where the estimate is not; by information, one level below the optimal size, two below"
        f" {options.far_below:.0%} of it; the larger of both, at most three"
    )
    scale, enough = scale_of(evidence, options), _information(evidence, options)
    crossed = 0 if scale is None else -scale.levels
    inputs = (*((("Thresholds", scale.words),) if scale else ()), enough.input)
    if scale is None and not enough.levels:
        return DomainJudgement(levels=None, reason="what difference matters is not stated", rule=rule, inputs=inputs)
    if enough.levels is None and not crossed:
        return DomainJudgement(levels=None, reason="how many people is not known", rule=rule, inputs=inputs)
    levels = min(crossed, enough.levels or 0)
    said = [_reach(scale)] if scale is not None and (crossed or not levels) else []
    said += [enough.words] if enough.levels else []
    return DomainJudgement(levels=levels, reason="; ".join(said), rule=rule, inputs=inputs)


@dataclass(frozen=True, kw_only=True)
class _Enough:
    """Levels by information; None = nobody can tell."""

    levels: int | None
    words: str
    input: tuple[str, str]


def _information(evidence: CertaintyEvidence, options: ImprecisionOptions) -> _Enough:
    have, need = information(evidence, options)
    if math.isfinite(need):
        share = f"{have / need:.0%} of the optimal information size"
        levels = 0 if have >= need else -2 if have < options.far_below * need else -1
        return _Enough(levels=levels, words=f"the studies have {share}", input=("Information", share))
    people = evidence.outcome.pooled.participants
    if people is None:
        return _Enough(levels=None, words="", input=("Participants", "not known"))
    few = people < options.participants
    told = f"{people:,} people" + (f", fewer than {options.participants:,}" if few else "")
    return _Enough(levels=-1 if few else 0, words=told, input=("Participants", f"{people:,}"))


def scale_of(evidence: CertaintyEvidence, options: ImprecisionOptions) -> Scale | None:
    """The interval with its thresholds; None where nobody stated what matters and no rough guide fits."""
    outcome, important, far = evidence.outcome, evidence.important, options.appreciably
    shown, null = outcome.pooled.shown, outcome.null_shown or 0.0
    span = (shown.estimate, shown.low, shown.high)

    def around(span: _Span, null: float, size: float, words: str, stated: bool) -> Scale:
        low, high, far_low, far_high = null - size, null + size, null - far * size, null + far * size
        return Scale(
            span=span, null=null, low=low, high=high, far_low=far_low, far_high=far_high, stated=stated, words=words
        )

    if important is not None and evidence.absolute is not None:
        words = f"{important * evidence.per:g} fewer and more of {evidence.per:,} people, as stated"
        return around(evidence.absolute.difference, 0, important, words, True)
    if evidence.ratio:
        return Scale(
            span=span,
            null=null,
            low=options.below,
            high=options.above,
            far_low=options.below**far,
            far_high=options.above**far,
            stated=False,
            words=f"{outcome.measure} {options.below:g} and {options.above:g}",
        )
    if important is not None:
        unit = f" {outcome.unit}" if outcome.unit else ""
        return around(span, null, important, f"{important:g}{unit} less and more, as stated", True)
    if outcome.measure == "SMD":
        size = options.standardised
        return around(span, null, size, f"SMD of −{size:g} and {size:g}", False)
    return None


def _reach(scale: Scale) -> str:
    """What the interval says, in words."""
    _, low, high = scale.span
    includes = low <= scale.null <= high
    if not scale.within:
        if includes:
            return "the interval includes no effect, and no important difference"
        return "no important difference lies within the interval" if scale.stated else "the interval excludes no effect"
    found = "both important differences lie" if scale.within == 2 else "an important difference lies"
    start = "" if scale.stated else "the interval includes no effect, and "
    far = ", one of them passed by far" if scale.levels > scale.within == 2 else ""
    far = ", passed by far" if scale.levels > scale.within == 1 else far
    return f"{start}{found} within the interval{far}"


def information(evidence: CertaintyEvidence, options: ImprecisionOptions) -> tuple[float, float]:
    """Information that the studies have (the sum of 1/variance), and the optimal one; NaN where no size is stated."""
    from scipy.special import ndtri

    outcome = evidence.outcome
    variances = [study.variance for study in outcome.studies if math.isfinite(study.variance) and study.variance > 0]
    have = math.fsum(1 / variance for variance in variances)
    size = math.nan
    if evidence.ratio and outcome.scale == "log":
        size = -math.log1p(-options.reduction)
    elif outcome.display == "difference" and evidence.important is not None:
        size = evidence.important
    elif outcome.measure == "SMD":
        size = options.standardised
    return have, float((ndtri(1 - options.alpha / 2) + ndtri(options.power)) ** 2) / size**2


def _of_one_arm(evidence: CertaintyEvidence) -> DomainJudgement:
    """A number of one arm by the width of its interval."""
    rule = "one level down where a limit is further from the estimate than what matters, two where it is twice as far"
    shown, important = evidence.outcome.pooled.shown, evidence.important
    reach = max(shown.estimate - shown.low, shown.high - shown.estimate)
    if important is None:
        return DomainJudgement(levels=None, reason="what difference matters is not stated", rule=rule)
    proportion = evidence.outcome.display == "proportion"
    size, matters = (
        (f"{value * evidence.per:.3g} of {evidence.per:,} people" if proportion else f"{value:.3g}")
        for value in (reach, important)
    )
    levels = -2 if reach > 2 * important else -1 if reach > important else 0
    reason = f"the limit further away is {size} from the estimate, and {matters} matter"
    return DomainJudgement(levels=levels, reason=reason, rule=rule, inputs=(("Reach of the interval", size),))


IMPRECISION = CertaintyDomain(
    name="imprecision",
    title="Imprecision",
    summary="Interval against no effect and the important difference; optimal information size.",
    options=ImprecisionOptions,
    judge=imprecision,
    references=(
        "Guyatt et al. 2011 (GRADE 6), J Clin Epidemiol 64:1283, doi:10.1016/j.jclinepi.2011.01.012",
        "Zeng et al. 2022 (GRADE 34), J Clin Epidemiol 150:216, doi:10.1016/j.jclinepi.2022.07.014",
        "Schoenfeld 1983, Biometrics 39:499, doi:10.2307/2531021",
    ),
)
