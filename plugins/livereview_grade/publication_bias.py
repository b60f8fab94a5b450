"""Publication bias: the tests for small-study effects that ran; where none did, a person must judge.

A test that was refused is no evidence of absence, so it never drafts "no concern".
"""

from __future__ import annotations

from pydantic import Field

from livereview import CertaintyDomain, CertaintyEvidence, DomainJudgement, Options


class PublicationOptions(Options):
    """When a test is taken to show small-study effects."""

    p: float = Field(
        default=0.1,
        gt=0,
        lt=1,
        description="P of a test for small-study effects below which certainty goes one level down (Egger 1997 took"
        " 0.1, since these tests have little power).",
    )


def publication_bias(evidence: CertaintyEvidence, options: PublicationOptions) -> DomainJudgement:
    """One level where the first test of the manifest that ran has P below the limit: the least of several would be
    small by chance more often."""
    rule = f"one level down where the first test for small-study effects that ran has P below {options.p:g}"
    tests = evidence.outcome.bias
    ran = [(test.name, test.p_value) for test in tests if not test.refused and test.p_value is not None]
    inputs = tuple(
        (test.name, f"not run: {test.refused}" if test.refused else _printed(test.p_value))
        for test in tests
        if test.refused or test.p_value is not None
    )
    if not ran:
        k = evidence.outcome.pooled.k
        why = "no test for small-study effects ran" if tests else "no test for small-study effects is asked for"
        reason = f"{why}; {'one study' if k == 1 else f'{k} studies'}"
        return DomainJudgement(levels=None, reason=reason, rule=rule, inputs=inputs)
    name, p = ran[0]
    reason = f"the test {name} has {_printed(p)}"
    return DomainJudgement(levels=-1 if p < options.p else 0, reason=reason, rule=rule, inputs=inputs)


def _printed(p: float | None) -> str:
    return "no P" if p is None else f"P = {p:.3f}" if p >= 0.001 else "P < 0.001"


PUBLICATION_BIAS = CertaintyDomain(
    name="publication-bias",
    title="Publication bias",
    summary="Tests for small-study effects.",
    options=PublicationOptions,
    judge=publication_bias,
    references=(
        "Guyatt et al. 2011 (GRADE 5), J Clin Epidemiol 64:1277, doi:10.1016/j.jclinepi.2011.01.011",
        "Egger et al. 1997, BMJ 315:629, doi:10.1136/bmj.315.7109.629",
    ),
)
