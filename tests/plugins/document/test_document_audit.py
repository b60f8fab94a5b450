"""The section of the audit: what is open stands in full with its way to the sheet, the rest is folded or told apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from document_reading import links, plain_rows, tables, texts

import builders
from hostile import POISONS, poisoned
from livereview import AuditChange, AuditPlace, RenderRequest, Report
from livereview.anchors import anchor
from livereview_document.blocks import Document, Folded
from livereview_document.document import document

OUTCOME = builders.outcome(3, id="os")
STUDY = OUTCOME.studies[0]


def made(*findings: Any, **kw: Any) -> Document:
    report = builders.report([OUTCOME], audit=builders.audit(*findings, **kw))
    return document(RenderRequest(report=report))


def found(rank: int = 1, **kw: Any) -> Any:
    return builders.audited(rank, STUDY, ("os",), **kw)


def status(page: Document) -> list[str]:
    return [told for told in texts(page) if "open" in told and ("error" in told or "nothing" in told)]


@pytest.mark.parametrize(
    ("severities", "said"),
    [
        ((), "nothing open"),
        (("note",), "no error or warning open (1 note)"),
        (("error", "warning", "warning", "note"), "1 error, 2 warnings open"),
    ],
)
def test_page_one_has_a_line_that_leads_to_the_section(severities: tuple[Any, ...], said: str) -> None:
    page = made(*(found(rank, severity=severity) for rank, severity in enumerate(severities, start=1)))
    assert status(page) == [said]
    assert any(link.target == "audit" and link.inside.plain == said for link in links(page))


def test_what_was_acknowledged_is_not_open_and_stands_with_reason_and_name() -> None:
    page = made(found(acknowledged="The paper prints both.", acknowledged_by="A. Person"))
    assert status(page) == ["nothing open"]
    assert {"The paper prints both.", "A. Person", "Looked at and left as it is"} <= set(texts(page))
    assert tables(page, "audit") == []


def test_an_error_has_severity_study_outcome_sheet_message_and_what_would_fit() -> None:
    (table,) = tables(made(found()), "audit")
    rank, kind, where, what, remedy = plain_rows(table)[1]
    assert (rank, kind) == ("1", "Error: A percentage differs from its count")
    assert where == f"{STUDY.label}; os, ITT, new drug; {STUDY.rows[0].origin} pooled in {OUTCOME.title}"
    assert what == "12 of 100 is 12%, and 13% was printed"
    assert remedy == "Look it up. It would fit: events 13."
    targets = {link.target for link in links(table.rows[0][2])}
    assert targets == {anchor("study", STUDY.study_id), anchor("outcome", "os")}


def test_a_place_at_an_outcome_leads_to_the_rows_of_the_study_there() -> None:
    place = AuditPlace(study_id=STUDY.study_id, outcome_id="os", words=f"{STUDY.label}; {OUTCOME.title}")
    (table,) = tables(made(found(place=place)), "audit")
    assert plain_rows(table)[1][2] == f"{STUDY.label}; {OUTCOME.title}"
    assert {link.target for link in links(table.rows[0][2])} == {
        anchor("from", "os", STUDY.study_id), anchor("outcome", "os"),
    }  # fmt: skip


def test_of_many_outcomes_that_rest_on_a_place_the_first_are_named() -> None:
    outcomes = [builders.outcome(3, id=f"o{i}", title=f"Outcome {i}") for i in range(5)]
    item = replace(found(), outcomes=tuple(outcome.id for outcome in outcomes))
    page = document(RenderRequest(report=builders.report(outcomes, audit=builders.audit(item))))
    (table,) = tables(page, "audit")
    said = plain_rows(table)[1][2]
    assert said.endswith("pooled in Outcome 0, Outcome 1, Outcome 2 and 2 more outcomes")


def test_notes_are_folded_and_errors_are_not() -> None:
    page = made(found(1), found(2, severity="note"))
    folds = [block for block in page.blocks if isinstance(block, Folded) and block.summary == "All 1 note"]
    assert len(folds) == 1
    assert [plain_rows(table)[1][0] for table in tables(page, "audit")] == ["1", "2"]


def test_what_a_check_lists_beside_its_findings_is_shown() -> None:
    said = texts(made(found()))
    assert {"Double-check these first", "0.250", "Alone."} <= set(said)


def test_a_report_without_an_audit_has_neither_section_nor_line() -> None:
    page = document(RenderRequest(report=builders.report([OUTCOME])))
    assert "Audit" not in texts(page)
    assert not any(link.target == "audit" for link in links(page))


def test_where_every_check_failed_the_section_says_so() -> None:
    page = made(checks=(), tables=())
    assert "No check ran: see the failed sections." in texts(page)


def test_what_came_and_went_is_told_under_what_changed() -> None:
    came = AuditChange(change="new", code="x", severity="error", title="Differs", where="Adams 2001")
    went = replace(came, change="settled", severity="note", title="Odd")
    base = builders.report([OUTCOME], audit=builders.audit(found()))
    changes = replace(base.changes, first=False, previous="update 1", audit=(came, went))
    page = document(RenderRequest(report=replace(base, changes=changes)))
    said = "".join(texts(page))
    assert "Audit, new:" in said
    assert "1 finding: Differs (error, Adams 2001)" in said
    assert "1 finding: Odd (note, Adams 2001)" in said


@pytest.mark.parametrize("poison", POISONS[:4])
def test_text_from_outside_stays_text(poison: str) -> None:
    report: Report = builders.report([OUTCOME], audit=poisoned(builders.audit(found(), found(2)), poison))
    page = document(RenderRequest(report=report))
    assert any(poison[:20] in told for told in texts(page))
    assert {link.target for link in links(page) if link.kind == "web"} == web_links()


def web_links() -> set[str]:
    """Addresses in the page without the poison."""
    return {link.target for link in links(made(found(), found(2))) if link.kind == "web"}
