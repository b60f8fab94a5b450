"""Domains that no number answers: a person must judge whether the evidence fits the question, and two reasons to rate
up."""

from __future__ import annotations

from livereview import CertaintyDomain, CertaintyEvidence, DomainJudgement, Options


def indirectness(evidence: CertaintyEvidence, options: Options) -> DomainJudgement:
    """Never drafted: whether people, treatments and outcomes are those of the question is read, not computed."""
    return DomainJudgement(
        levels=None,
        reason="whether the people, the treatments and the outcome of the studies are those of the question",
    )


def dose_response(evidence: CertaintyEvidence, options: Options) -> DomainJudgement:
    """Never drafted."""
    return DomainJudgement(levels=None, reason="whether the effect grows with the dose")


def opposing_confounding(evidence: CertaintyEvidence, options: Options) -> DomainJudgement:
    """Never drafted."""
    return DomainJudgement(
        levels=None, reason="whether all plausible confounding would make the effect look smaller than it is"
    )


_RATING_UP = ("Guyatt et al. 2011 (GRADE 9), J Clin Epidemiol 64:1311, doi:10.1016/j.jclinepi.2011.06.004",)

INDIRECTNESS = CertaintyDomain(
    name="indirectness",
    title="Indirectness",
    summary="Whether the evidence is about the question asked: a person must judge.",
    judge=indirectness,
    references=("Guyatt et al. 2011 (GRADE 8), J Clin Epidemiol 64:1303, doi:10.1016/j.jclinepi.2011.04.014",),
)
DOSE_RESPONSE = CertaintyDomain(
    name="dose-response",
    title="Dose response",
    summary="Whether the effect grows with the dose: a person must judge.",
    judge=dose_response,
    direction="up",
    references=_RATING_UP,
)
OPPOSING_CONFOUNDING = CertaintyDomain(
    name="opposing-confounding",
    title="Opposing confounding",
    summary="Whether confounding would hide the effect: a person must judge.",
    judge=opposing_confounding,
    direction="up",
    references=_RATING_UP,
)
