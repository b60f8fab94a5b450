"""The drafted level: where it starts, what moves it, what it never does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import appraisal, instrument_card, outcome
from livereview import CertaintyDomain, DomainJudgement, DraftedCertainty, Failure, Options, OutcomeResult, PluginError
from livereview.bound import Bound
from livereview.grading.drafting import Weighed, drafted
from livereview.grading.starting import start_of
from livereview.manifest.models import SummaryPart
from livereview.plugins import Provider
from livereview.rated import LEVELS

PROVIDER = Provider(entry_point="elsewhere", distribution="elsewhere", version="2.0")


def part(**keys: Any) -> SummaryPart:
    return SummaryPart.model_validate({"outcomes": ({"outcome": "os"},), **keys})


def domain(levels: int | None, direction: Any = "down", name: str = "own", **kw: Any) -> Bound[CertaintyDomain]:
    def judge(evidence: Any, options: Any) -> DomainJudgement:
        return DomainJudgement(levels=levels, reason=f"{name} says {levels}")

    plugin = CertaintyDomain(name=name, title=name.capitalize(), summary="Ours.", direction=direction,
                             **({"judge": judge} | kw))  # fmt: skip
    return Bound(plugin=plugin, options=Options(), provider=PROVIDER)


def draft(*domains: Bound[CertaintyDomain], design: str = "rct", found: OutcomeResult | None = None,
          failures: list[Failure] | None = None, **keys: Any) -> DraftedCertainty:  # fmt: skip
    found = outcome() if found is None else found
    designs = {study.study_id: design for study in found.studies}
    weighed = Weighed(designs=designs, instruments=(), domains=domains, part=part(**keys))
    made = drafted(found, weighed, [] if failures is None else failures)
    assert made is not None
    return made


# --- where it starts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("designs", "level", "reason"),
    [
        (("rct", "rct"), "high", "2 randomised trials"),
        (("rct", "single-arm"), "low", "1 randomised trial, 1 not randomised"),
        (("retrospective-cohort", "prospective-cohort"), "low", "2 not randomised"),
        (("rct", ""), "low", "1 randomised trial, the design of 1 is not recorded"),
    ],
)
def test_the_designs_decide_where_a_comparison_starts(designs: tuple[str, ...], level: str, reason: str) -> None:
    found = outcome(2)
    named = dict(zip((study.study_id for study in found.studies), designs, strict=True))
    start = start_of(found, named, (), part())
    assert (start.level, start.reason, start.randomised) == (level, reason, level == "high")


@pytest.mark.parametrize(("rule", "level"), [("high-with-robins", "high"), ("low", "low")])
def test_evidence_judged_with_robins_starts_high_unless_the_manifest_says_low(rule: str, level: str) -> None:
    found = outcome(2)
    designs = {study.study_id: "retrospective-cohort" for study in found.studies}
    card = instrument_card([appraisal(study) for study in found.studies], title="ROBINS-I")
    assert start_of(found, designs, (card,), part(non_randomised=rule)).level == level
    one = replace(card, cards=card.cards[:1])
    assert start_of(found, designs, (one,), part(non_randomised=rule)).level == "low"


@pytest.mark.parametrize(("rule", "level"), [("low", "low"), ("not-rated", None)])
def test_numbers_of_one_arm_start_low_or_are_not_rated(rule: str, level: str | None) -> None:
    found = draft(domain(0), design="single-arm", found=outcome(kind="proportion"), uncontrolled=rule)
    assert (found.start, found.level) == (level, level)


@pytest.mark.parametrize("found", [outcome(0), outcome(studies=())])
def test_an_outcome_without_a_number_has_no_draft(found: OutcomeResult) -> None:
    made = draft(domain(-1), found=found)
    assert (made.level, made.domains, made.start_reason) == (None, (), "there is no number to rate")


# --- what moves it ------------------------------------------------------------------------------------------------


@given(
    down=st.lists(st.integers(-3, 0) | st.none(), max_size=5),
    up=st.lists(st.integers(0, 2) | st.none(), max_size=3),
    design=st.sampled_from(("rct", "retrospective-cohort")),
)
def test_a_draft_stays_within_the_levels_and_rises_only_by_a_reason_to(
    down: list[int | None], up: list[int | None], design: str
) -> None:
    domains = [domain(levels, name=f"down-{i}") for i, levels in enumerate(down)]
    domains += [domain(levels, "up", f"up-{i}") for i, levels in enumerate(up)]
    if not domains:
        return
    made = draft(*domains, design=design)
    assert made.start is not None
    assert made.level is not None
    at, start = LEVELS.index(made.level), LEVELS.index(made.start)
    fall = sum(levels or 0 for levels in down)
    rise = sum(levels or 0 for levels in up) if design != "rct" and not fall else 0
    assert at == min(max(start + fall + rise, 0), 3)
    assert at <= start or rise
    assert len(made.reasons) == sum(item.change != 0 for item in made.domains)


def test_what_rates_up_is_not_asked_of_randomised_evidence_or_of_one_arm() -> None:
    assert draft(domain(1, "up")).domains == ()
    assert draft(domain(1, "up"), design="single-arm", found=outcome(kind="proportion")).domains == ()


def test_evidence_that_is_rated_down_is_not_rated_up() -> None:
    made = draft(domain(-1), domain(2, "up", "large"), design="cohort")
    assert made.level == "very low"
    assert made.domains[1].words == "2 levels up, not counted since another domain rates down"
    assert draft(domain(0), domain(2, "up", "large"), design="cohort").level == "high"


def test_a_domain_that_needs_a_person_moves_nothing_and_is_named() -> None:
    made = draft(domain(None, name="indirectness"), domain(-1))
    assert (made.level, made.open, made.at_most) == ("moderate", ("Indirectness",), True)
    assert not draft(domain(-1)).at_most
    assert not draft(domain(None), domain(None, "up", "dose"), design="cohort").at_most


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (None, "NoneType"), (DomainJudgement(levels=4, reason="a"), "levels = 4"),
        (DomainJudgement(levels=1, reason="a"), "rates down"),
        (DomainJudgement(levels=0, reason=""), "without a reason"),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_is_a_failure_and_needs_a_person(answer: Any, says: str) -> None:
    failures: list[Failure] = []
    made = draft(domain(0, judge=lambda evidence, options: answer), domain(-1, name="other"), failures=failures)
    assert (made.level, made.domains[0].judgement.levels) == ("moderate", None)
    assert [says in failure.message for failure in failures] == [True]
    assert failures[0].section == "outcome os-rr, certainty domain own"


def test_a_domain_that_raises_fails_alone() -> None:
    def broken(evidence: Any, options: Any) -> DomainJudgement:
        raise PluginError("the moon is full")

    failures: list[Failure] = []
    made = draft(domain(0, judge=broken), domain(-2, name="other"), failures=failures)
    assert made.level == "low"
    assert [failure.message for failure in failures] == ["the moon is full"]


def test_without_domains_there_is_no_draft() -> None:
    assert drafted(outcome(), Weighed(designs={}, instruments=(), domains=(), part=part()), []) is None
