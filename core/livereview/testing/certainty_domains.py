"""Checks of certainty domains: the levels that a judgement can have, a reason for it, and an outcome without detail."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from functools import cache

from livereview.certainty import CertaintyDomain, CertaintyEvidence
from livereview.rated import AbsoluteEffect, DomainJudgement
from livereview.testing import builders
from livereview.testing.check import Subject, check, fail
from livereview.testing.trials import Trial

Domain = Subject[CertaintyDomain]


@cache
def _evidence() -> list[tuple[str, CertaintyEvidence]]:
    """Outcomes of every kind, with and without appraisals, absolute effects and what matters to people."""
    found = []
    for kind in ("ratio", "contrast", "proportion", "difference", "mean", "rate"):
        for k in (1, 3, 12):
            made = builders.outcome(k, kind)
            designs = {study.study_id: "rct" for study in made.studies}
            found.append((f"{k} studies, {kind}", CertaintyEvidence(outcome=made, start="high", randomised=True,
                                                                    designs=designs)))  # fmt: skip
    made = builders.outcome(5, "ratio")
    cards = (builders.instrument_card([builders.appraisal(study) for study in made.studies]),)
    absolute = AbsoluteEffect(baseline=0.4, source="stated", risk=(0.3, 0.2, 0.41))
    known = CertaintyEvidence(outcome=made, start="low", randomised=False, designs={}, instruments=cards,
                              absolute=absolute, important=0.05)  # fmt: skip
    bare = replace(made, bias=(), pooled=replace(made.pooled, i2=None, tau2=None, q=None, participants=None,
                                                 prediction_shown=None, prediction_low=None,
                                                 prediction_high=None))  # fmt: skip
    unknown = replace(known, outcome=bare, instruments=(), absolute=None, important=None)
    return [*found, ("5 studies, everything known", known), ("5 studies, little known", unknown)]


@check(CertaintyDomain, every_choice=True)
def possible_levels(domain: Domain) -> None:
    """It answers with whole levels from -3 to 3 in its direction, or None, and always with a reason."""
    for name, evidence in _evidence():
        said = domain.plugin.judge(evidence, domain.options)
        if not isinstance(said, DomainJudgement):
            fail(f"{name}: it returned {type(said).__name__}; it must return a DomainJudgement")
        levels = said.levels
        if levels is not None and (type(levels) is not int or not -3 <= levels <= 3):
            fail(f"{name}: levels is {levels!r}")
        if levels and (levels < 0) != (domain.plugin.direction == "down"):
            fail(f"{name}: levels is {levels}, although it rates {domain.plugin.direction}")
        if not isinstance(said.reason, str) or not said.reason.strip():
            fail(f"{name}: the reason is {said.reason!r}")
        if any(not (isinstance(key, str) and isinstance(value, str)) for key, value in said.inputs):
            fail(f"{name}: inputs are {said.inputs!r}; name and value are texts")


@check(CertaintyDomain, every_choice=True)
def order_of_studies(domain: Domain) -> None:
    """The order of the studies does not move the levels."""
    for name, evidence in _evidence():
        outcome = evidence.outcome
        turned = replace(evidence, outcome=replace(outcome, studies=outcome.studies[::-1]))
        was, said = (domain.plugin.judge(item, domain.options).levels for item in (evidence, turned))
        if was != said:
            fail(f"{name}: levels is {was}, in the opposite order {said}")


def trials(domain: Domain) -> tuple[Trial, ...]:
    """The judgement of each outcome."""

    def trial(index: int, name: str) -> Trial:
        return Trial(
            name=name,
            make=lambda: deepcopy(_evidence()[index][1]),
            call=lambda evidence: domain.plugin.judge(evidence, domain.options),
        )

    return tuple(trial(index, name) for index, (name, _) in enumerate(_evidence()) if index % 4 == 0)
