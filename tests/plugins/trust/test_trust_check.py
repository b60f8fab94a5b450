"""The check ``trust``: notices about reports, concerns about studies, trials that nobody appraised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from evidence_rows import count, ledger, result
from livereview import AppraisalCard, AuditedOutcome, AuditFinding, AuditRequest, InstrumentCard
from livereview.evidence.schema import TABLES
from livereview_instruments import INSPECT_SR, TRACT
from livereview_trust import TRUST
from livereview_trust.judging import concern_of

POOLED = result(ledger(count("a", 3, 10), count("b", 5, 10), count("c", 6, 10)))
OUTCOME = AuditedOutcome(result=POOLED, choices={}, layout="one-arm")


def row(table: str, **cells: Any) -> dict[str, Any]:
    return {**dict.fromkeys(TABLES[table].names), "row_id": f"{table}-{cells}", **cells}


def card(study: str, **scores: str) -> AppraisalCard:
    return AppraisalCard(study_id=study, label=study.upper(), outcome="", scores=scores)


def inspected(*cards: AppraisalCard, **change: Any) -> InstrumentCard:
    items = (*INSPECT_SR.items, INSPECT_SR.overall)
    known = {item.name: item.scores for item in items if item is not None}
    made: dict[str, Any] = {
        "title": "INSPECT-SR", "known": True, "items": tuple((item.name, item.title) for item in INSPECT_SR.items),
        "has_total": False, "cards": cards, "scores": known, "outside": INSPECT_SR.outside, "overall": "Overall",
        "judges": "trust",
    }  # fmt: skip
    return InstrumentCard(**{**made, **change})


def found(
    tables: Mapping[str, Sequence[dict[str, Any]]] | None = None,
    instruments: Sequence[InstrumentCard] = (),
    **options: Any,
) -> list[AuditFinding]:
    request = AuditRequest(tables=tables or {}, outcomes=(OUTCOME,), instruments=tuple(instruments))
    findings = TRUST.find(request, TRUST.options(**options))
    assert not hasattr(findings, "findings")
    return list(findings)


def codes(findings: Sequence[AuditFinding]) -> list[str]:
    return [item.code for item in findings]


@pytest.mark.parametrize("status", ["retracted", "corrected"])
def test_a_report_that_numbers_were_read_in_is_named_with_date_and_reason(status: str) -> None:
    reports = [row("reports", report_id="r1", study_id="a", status=status, status_on="2026-10", note="Wrong dose")]
    [finding] = found({"reports": reports, "results": [row("results", report_id="r1", study_id="a")]})
    assert finding.code == f"{status}-report"
    assert finding.message == f"r1 was {status} on 2026-10: Wrong dose; results were read in it"
    assert (finding.place.table, finding.place.row_id) == ("reports", reports[0]["row_id"])


def test_a_retracted_report_that_no_number_was_read_in_is_no_finding() -> None:
    assert found({"reports": [row("reports", report_id="r1", status="retracted")], "results": []}) == []


def test_serious_concerns_about_a_pooled_study_ask_for_a_decision() -> None:
    judged = inspected(card("a", Overall="Serious concerns"), card("b", Overall="No concerns"))
    [finding] = found(instruments=[judged])
    assert (finding.code, finding.place.study_id) == ("serious-trust-concerns", "a")
    assert finding.message == f"INSPECT-SR: Overall is Serious concerns; the study is pooled in {POOLED.id}"
    assert "flagged" in finding.remedy


def test_a_study_that_no_outcome_pools_is_no_concern() -> None:
    assert found(instruments=[inspected(card("elsewhere", Overall="Serious concerns"))]) == []


def test_instruments_of_quality_say_nothing_about_trust() -> None:
    assert found(instruments=[inspected(card("a", Overall="Serious concerns"), judges="quality")]) == []


def test_trials_without_an_appraisal_are_named_once_and_single_arms_are_not_asked_for_one() -> None:
    studies = [row("studies", study_id=name, design=design) for name, design in
               (("a", "rct"), ("b", "rct"), ("c", "single-arm"), ("d", "rct"))]  # fmt: skip
    [finding] = found({"studies": studies}, [inspected(card("a", Overall="No concerns"))])
    assert finding.code == "trust-not-appraised"
    assert finding.message == "of 2 pooled randomised trials 1 have no appraisal of trustworthiness: b"
    assert codes(found({"studies": studies}, randomised=("single-arm",))) == ["trust-not-appraised"]


@pytest.mark.parametrize(
    ("scores", "concern"),
    [
        ({"D1": "No concerns", "D2": "No concerns"}, "none"),
        ({"D1": "No concerns", "D2": "some concerns"}, "some"),
        ({"D1": "Serious concerns", "D2": "Not assessed"}, "serious"),
        ({"D1": "Serious concerns", "Overall": "Some concerns"}, "some"),
        ({"D1": "Some concerns", "Overall": "Not assessed"}, "some"),
        ({"D1": "Not assessed"}, None),
        ({}, None),
    ],
)
def test_the_overall_judgement_decides_and_without_it_the_worst_domain(scores: dict[str, str], concern: Any) -> None:
    judged = concern_of(inspected(), card("a", **scores))
    assert (judged and judged.concern) == concern


def test_a_judgement_in_dispute_says_nothing() -> None:
    disputed = AppraisalCard(study_id="a", label="A", outcome="", scores={"D1": "Serious concerns"}, disputed=("D1",))
    assert concern_of(inspected(), disputed) is None


def test_the_two_checklists_have_the_domains_and_judgements_of_their_papers() -> None:
    """INSPECT-SR: four domains and overall, three judgements. TRACT: seven domains, three judgements, none overall."""
    assert [len(item.items) for item in (INSPECT_SR, TRACT)] == [4, 7]
    assert INSPECT_SR.overall is not None
    assert TRACT.overall is None
    assert {len(item.scores) for tool in (INSPECT_SR, TRACT) for item in tool.items} == {3}
    assert {tool.judges for tool in (INSPECT_SR, TRACT)} == {"trust"}
