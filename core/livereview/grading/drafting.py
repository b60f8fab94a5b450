"""The drafted certainty of an outcome: its start, each domain's judgement, the level that comes of them.

A draft never goes above high or below very low. Evidence that a domain rates down, or that started high, is not rated
up (Guyatt 2011, GRADE 9, doi:10.1016/j.jclinepi.2011.06.004). A domain that needs a person moves nothing and is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from livereview.bound import Bound, SectionFailed, section
from livereview.certainty import CertaintyDomain, CertaintyEvidence
from livereview.grading.starting import start_of
from livereview.judgements import CertaintyLevel
from livereview.manifest.models import SummaryPart
from livereview.people import InstrumentCard
from livereview.rated import LEVELS, AbsoluteEffect, DomainJudgement, DraftedCertainty, JudgedDomain
from livereview.report import Failure, OutcomeResult
from livereview.types import PluginError

NOTHING_RATED = "there is no number to rate"


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """What drafts are made with, beside an outcome: designs by study id, appraisals, domains, choices."""

    designs: Mapping[str, str]
    instruments: tuple[InstrumentCard, ...]
    domains: Sequence[Bound[CertaintyDomain]]
    part: SummaryPart


def drafted(
    outcome: OutcomeResult,
    weighed: Weighed,
    failures: list[Failure],
    absolute: AbsoluteEffect | None = None,
    important: float | None = None,
    per: int = 1000,
) -> DraftedCertainty | None:
    """The draft of an outcome; None where no domain is asked. A domain that a plugin fails needs a person."""
    if not weighed.domains:
        return None
    if not has_number(outcome):
        return DraftedCertainty(outcome_id=outcome.id, start=None, start_reason=NOTHING_RATED, level=None)
    start = start_of(outcome, weighed.designs, weighed.instruments, weighed.part)
    if start.level is None:
        return DraftedCertainty(outcome_id=outcome.id, start=None, start_reason=start.reason, level=None)
    evidence = CertaintyEvidence(
        outcome=outcome,
        start=start.level,
        randomised=start.randomised,
        designs={study.study_id: weighed.designs.get(study.study_id, "") for study in outcome.studies},
        instruments=weighed.instruments,
        absolute=absolute,
        important=important,
        per=per,
    )
    judged = [
        JudgedDomain(
            name=item.name,
            title=item.plugin.title,
            direction=item.plugin.direction,
            judgement=_judgement(evidence, item, failures),
        )
        for item in weighed.domains
        if item.plugin.direction == "down" or (start.level != "high" and evidence.comparative)
    ]
    judged = _without_raising(judged)
    return DraftedCertainty(
        outcome_id=outcome.id,
        start=start.level,
        start_reason=start.reason,
        level=moved(start.level, (item.change for item in judged)),
        domains=tuple(judged),
    )


def has_number(outcome: OutcomeResult) -> bool:
    """Whether an outcome has an estimate."""
    return outcome.pooled.k > 0 and outcome.pooled.estimate == outcome.pooled.estimate


def moved(start: CertaintyLevel, changes: Iterable[int]) -> CertaintyLevel:
    """The level after all changes together, within those there are."""
    at = LEVELS.index(start) + sum(changes)
    return LEVELS[min(max(at, 0), len(LEVELS) - 1)]


def _without_raising(judged: list[JudgedDomain]) -> list[JudgedDomain]:
    """Domains that rate up do not count where another rates down."""
    if not any(item.change < 0 for item in judged):
        return judged
    return [replace(item, counted=False) if item.change > 0 else item for item in judged]


def _judgement(evidence: CertaintyEvidence, domain: Bound[CertaintyDomain], failures: list[Failure]) -> DomainJudgement:
    try:
        with section(f"outcome {evidence.outcome.id}, certainty domain {domain.name}", domain):
            found = domain.plugin.judge(evidence, domain.options)
            wrong = _wrong(found, domain.plugin.direction)
            if wrong:
                raise PluginError(f"the domain returned {wrong}")
            return found
    except SectionFailed as error:
        failures.append(error.failure)
        return DomainJudgement(levels=None, reason="the domain failed; see the failures of this report")


def _wrong(found: object, direction: str) -> str:
    """What is wrong with an answer of a domain; empty = nothing."""
    if not isinstance(found, DomainJudgement):
        return f"{type(found).__name__}; it must return a DomainJudgement"
    levels = found.levels
    if levels is not None and (type(levels) is not int or not -3 <= levels <= 3):
        return f"levels = {levels!r}; between -3 and 3 are possible"
    if levels and (levels < 0) != (direction == "down"):
        return f"levels = {levels}, although it is a domain that rates {direction}"
    return "" if found.reason else "a judgement without a reason"
