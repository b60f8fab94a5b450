"""The audit check ``method``: models, intervals and bias tests against the numbers they were used on.

The rules of ``[audit.protocol]`` are the review's own. The others are conventions; each says where it comes from, and
an acknowledgement says why it was left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import Field

from livereview import AuditCheck, AuditCode, AuditedOutcome, AuditFinding, AuditPlace, AuditRequest, Options
from livereview_conduct.dependence import CURVES, SHARED, curves, shared_arms, survival_by_arm
from livereview_conduct.designs import INSTRUMENT, appraised
from livereview_conduct.intervals import NARROW, NORMAL, PREDICTION, narrow, normal, unpredicted

RULE = AuditCode(code="model-against-rule", severity="warning", title="The model is not that of the protocol's rule")
FEWER = AuditCode(code="fewer-studies-than-rule", severity="warning", title="Fewer studies than the protocol pools")
COMMON = AuditCode(
    code="common-effect-heterogeneous", severity="warning", title="A common effect although the studies disagree"
)
BIAS = AuditCode(code="bias-test-few-studies", severity="warning", title="A bias test of too few studies")
SPARSE = AuditCode(code="sparse-inverse-variance", severity="warning", title="Empty cells pooled by inverse variance")
SINGLE = AuditCode(code="one-study", severity="note", title="Outcomes that rest on one study")

#: Models that weight each study's effect by its variance.
_BY_VARIANCE = ("random-effects", "common-effect")
#: Models that fit counts as they are.
_OF_COUNTS = (
    "mantel-haenszel", "peto", "binomial-normal", "beta-binomial", "conditional-logistic", "unconditional-logistic",
    "poisson-normal", "conditional-poisson", "unconditional-poisson",
)  # fmt: skip
#: From which share of the studies on empty cells decide the result.
_MANY = 1 / 3
#: Fewest studies for a test of asymmetry (Sterne 2011, doi:10.1136/bmj.d4002).
_TESTED_FROM = 10


class MethodOptions(Options):
    """When studies disagree too much for a common effect, where the protocol has no rule of its own."""

    i2: float = Field(50, ge=0, le=100, description="I² in percent from which on studies disagree.")
    q_p: float = Field(0.1, gt=0, lt=1, description="P of Cochran's Q below which studies disagree.")


def findings(request: AuditRequest, options: MethodOptions) -> Iterator[AuditFinding]:
    """Outcome by outcome, then what concerns the review as a whole."""
    rows = {row["row_id"]: row for row in request.rows("results")}
    survival = survival_by_arm(request.rows("results"))
    for outcome in request.outcomes:
        yield from _against_rules(outcome, request.protocol)
        yield from _common(outcome, request.protocol, options)
        yield from _tested(outcome, request.protocol)
        yield from _sparse(outcome)
        for look in _INTERVALS:
            yield from look(outcome)
        yield from shared_arms(outcome, rows)
        yield from curves(outcome, rows, survival)
    yield from _single(request.outcomes)
    yield from appraised(request)


_INTERVALS: tuple[Callable[[AuditedOutcome], Iterator[AuditFinding]], ...] = (normal, narrow, unpredicted)


def _told(code: AuditCode, outcome: AuditedOutcome, key: str, message: str, remedy: str, **more: Any) -> AuditFinding:
    place = AuditPlace(outcome_id=outcome.result.id, key=f"outcomes.{key}")
    return AuditFinding(code=code.code, message=message, remedy=remedy, place=place, **more)


def _disagreement(outcome: AuditedOutcome) -> str:
    """I² and Q in words."""
    pooled = outcome.result.pooled
    q = f", Q {pooled.q:.2f} on {pooled.q_df} df, P {pooled.q_p:.3f}" if pooled.q_p is not None else ""
    return f"I² {pooled.i2:.0f}%{q}, {pooled.k} studies"


def _against_rules(outcome: AuditedOutcome, protocol: Mapping[str, Any]) -> Iterator[AuditFinding]:
    """The model that the protocol's rule names against the one that was used; studies pooled against fewest wanted."""
    pooled = outcome.result.pooled
    fewest = protocol.get("studies_from")
    if fewest is not None and 1 < pooled.k < fewest:
        message = f"{pooled.k} studies are pooled; the protocol pools from {fewest} on"
        yield _told(FEWER, outcome, "result", message, "Describe the studies, or say why they are pooled.")
    above, below = protocol.get("random_above_i2"), protocol.get("random_below_q_p")
    if pooled.k < 2 or pooled.i2 is None or (above is None and below is None):
        return
    random = (above is not None and pooled.i2 > above) or (
        below is not None and pooled.q_p is not None and pooled.q_p < below
    )
    if random != _is_random(outcome):
        rules = [f"I² above {above:g}%"] if above is not None else []
        rules += [f"P of Q below {below:g}"] if below is not None else []
        rule = " or ".join(rules)
        wanted = "random effects" if random else "a common effect"
        message = f"{outcome.result.model} is used; by the protocol's rule (random effects if {rule}) it is {wanted}: "
        remedy = "Use the model of the rule, or say in the protocol and in the outcome's note why another is used."
        yield _told(RULE, outcome, "model", message + _disagreement(outcome), remedy)


def _is_random(outcome: AuditedOutcome) -> bool:
    return outcome.result.pooled.tau2 is not None


def _common(outcome: AuditedOutcome, protocol: Mapping[str, Any], options: MethodOptions) -> Iterator[AuditFinding]:
    """A common effect of studies that disagree; where the protocol has a rule, that rule decides instead."""
    pooled = outcome.result.pooled
    ruled = protocol.get("random_above_i2") is not None or protocol.get("random_below_q_p") is not None
    if ruled or pooled.k < 2 or pooled.i2 is None or _is_random(outcome):
        return
    if pooled.i2 >= options.i2 or (pooled.q_p is not None and pooled.q_p < options.q_p):
        message = f"{outcome.result.model} assumes one effect, and the studies disagree: {_disagreement(outcome)}"
        remedy = "Pool by random effects, or look for what the studies differ in before pooling them."
        yield _told(COMMON, outcome, "model", message, remedy)


def _tested(outcome: AuditedOutcome, protocol: Mapping[str, Any]) -> Iterator[AuditFinding]:
    fewest = protocol.get("bias_tests_from") or _TESTED_FROM
    ran = [test.name for test in outcome.result.bias if not test.refused]
    k = outcome.result.pooled.k
    if ran and k < fewest:
        message = f"{', '.join(ran)} was run on {k} studies; it tells asymmetry from chance from about {fewest} on"
        yield _told(BIAS, outcome, "bias", message, "Do not read a large P as absence of bias; leave the test out.")


def _sparse(outcome: AuditedOutcome) -> Iterator[AuditFinding]:
    """Inverse variance where many studies have an empty cell: a correction then decides the result (Bradburn 2007,
    doi:10.1002/sim.2528; Stijnen 2010, doi:10.1002/sim.4040)."""
    studies = outcome.result.studies
    empty = [study for study in studies if any(" added to " in note for note in study.notes)]
    if outcome.result.model not in _BY_VARIANCE or len(studies) < 3 or len(empty) < _MANY * len(studies):
        return
    again = [(item.get("model") or {}).get("name") for item in outcome.choices.get("sensitivity") or ()]
    shown = [name for name in again if name in _OF_COUNTS]
    share = sum(study.weight for study in empty)
    message = (
        f"{len(empty)} of {len(studies)} studies ({share:.0f}% of the weight) have an empty cell that was filled in"
    )
    remedy = "Show it again with a model of the counts: mantel-haenszel, conditional-logistic or binomial-normal."
    if shown:
        message += f"; the sensitivity analysis with {shown[0]} needs none"
        remedy = "Read the model of the counts first."
    severity = "note" if shown else None
    also = tuple(
        AuditPlace(table="results", row_id=row.row_id, study_id=study.study_id, columns=("events",))
        for study in empty
        for row in study.rows
    )
    yield _told(SPARSE, outcome, "model", message, remedy, severity=severity, also=also)


def _single(outcomes: Sequence[AuditedOutcome]) -> Iterator[AuditFinding]:
    alone = [outcome for outcome in outcomes if outcome.result.pooled.k == 1]
    if alone:
        named = ", ".join(outcome.result.id for outcome in alone)
        those = "1 outcome rests" if len(alone) == 1 else f"{len(alone)} outcomes rest"
        yield AuditFinding(
            code=SINGLE.code,
            message=f"{those} on one study each, so nothing is pooled: {named}",
            remedy="Read them as results of a study. The rows that were set aside say what is missing.",
            place=AuditPlace(key="outcomes"),
            also=tuple(AuditPlace(outcome_id=outcome.result.id) for outcome in alone),
        )


METHOD = AuditCheck(
    name="method",
    title="Methods",
    summary="Models, intervals and bias tests against the review's own rules and the numbers they were used on.",
    codes=(RULE, FEWER, COMMON, BIAS, SPARSE, SHARED, CURVES, NORMAL, NARROW, PREDICTION, SINGLE, INSTRUMENT),
    options=MethodOptions,
    find=findings,
    family="method",
    references=(
        "Sterne JAC et al. BMJ 2011;343:d4002. doi:10.1136/bmj.d4002",
        "IntHout J, Ioannidis JPA, Borm GF. BMC Med Res Methodol 2014;14:25. doi:10.1186/1471-2288-14-25",
    ),
)
