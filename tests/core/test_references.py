"""The references of a review: each record once with where it stands, and the reports that no record describes."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from evidence_rows import Cells, ledger, report, scope, study
from livereview import ReferenceCard
from livereview.flow.boxes import ledger_of
from livereview.flow.references import reference_cards
from screening_ledgers import ELIGIBLE, decision, ledgers, path, record, search


def cards(*rows: Any, **eligibility: Any) -> dict[str, ReferenceCard]:
    tables = ledger(*rows)
    seen = scope(tables, **eligibility)
    fates = ledger_of(tables, seen, [], "update 1").fates
    found = reference_cards(fates, tables, seen)
    assert len({card.reference.record_id for card in found}) == len(found)
    return {card.reference.record_id: card for card in found}


def test_a_record_stands_where_its_selection_stopped_with_the_reason_given() -> None:
    found = cards(
        search("pubmed"), *(record(name) for name in "abcef"), record("d", duplicate_of="a"),
        path("a", "exclude", reason="no trial"), path("b", "include", "include", "exclude", reason="no control"),
        path("c", "include", "exclude", reason="nowhere to be had"), path("e", "include", "include", "include"),
        decision("f", "before-screening", "exclude", reason="flagged"),
    )  # fmt: skip
    assert {name: (card.stands, card.stage, card.reason) for name, card in found.items()} == {
        "a": ("excluded", "excluded", "no trial"),
        "b": ("excluded", "excluded at full text", "no control"),
        "c": ("awaiting", "not retrieved", "nowhere to be had"),
        "e": ("awaiting", "awaiting extraction", ""),
        "f": ("excluded", "removed", "flagged"),
    }
    assert found["a"].source == "Pubmed"


def test_a_record_gives_its_report_title_and_authors_and_takes_what_it_lacks() -> None:
    rows: list[Cells | list[Cells]] = [search("pubmed"), study("brown", label="Brown 2021")]
    rows += [report("p1", "brown", journal="Lancet", doi="10.1000/of-report", pmid="11", kind="primary")]
    rows += [record("a", authors="Brown, A; Costa, B", doi="10.1000/of-record", volume="9", report_id="p1")]
    found = cards(*rows, path("a", "include", "include", "include"))
    assert list(found) == ["a"]  # and not the report again
    card = found["a"]
    assert (card.stands, card.study_id, card.study, card.report_id) == ("included", "brown", "Brown 2021", "p1")
    reference = card.reference
    assert (reference.title, reference.authors) == ("Title of a", ("Brown, A", "Costa, B"))
    assert (reference.doi, reference.pmid, reference.journal) == ("10.1000/of-record", "11", "Lancet")
    assert reference.volume == "9"


def test_a_report_without_a_record_has_no_title_and_no_authors() -> None:
    found = cards(study("brown", label="Brown 2021"), report("p1", "brown", journal="Lancet", year=2021))
    reference = found["p1"].reference
    assert (reference.title, reference.authors, reference.journal, reference.year) == ("", (), "Lancet", 2021)
    assert (found["p1"].stands, found["p1"].study) == ("included", "Brown 2021")
    assert found["p1"].stage == "report without a record"


def test_what_the_manifest_does_not_admit_is_excluded_with_its_reason() -> None:
    rows = [search("pubmed"), record("a", report_id="p1"), study("brown", label="Brown 2021"), report("p1", "brown")]
    reason = {"exclude": [{"study": "brown", "reason": "wrong disease"}]}
    found = cards(*rows, path("a", "include", "include", "include"), **reason)
    assert list(found) == ["a"]  # the report is of no study of the review
    assert (found["a"].stands, found["a"].reason, found["a"].study) == ("excluded", "wrong disease", "Brown 2021")


def test_a_second_record_of_one_report_is_a_reference_too() -> None:
    rows = [search("pubmed"), record("a", report_id="p1"), record("b", report_id="p1"), study("s"), report("p1", "s")]
    found = cards(*rows, path("a", "include", "include", "include"), path("b", "include", "include", "include"))
    assert {name: (card.stands, card.report_id) for name, card in found.items()} == {
        "a": ("included", "p1"),
        "b": ("included", "p1"),
    }


@settings(deadline=None, max_examples=60)
@given(ledgers())
def test_every_record_but_the_duplicates_and_every_report_of_an_admitted_study_is_there(rows: list[Cells]) -> None:
    tables = ledger(*rows)
    seen = scope(tables, **ELIGIBLE)
    fates = ledger_of(tables, seen, [], "update 1").fates
    found = reference_cards(fates, tables, seen)
    ids = [card.reference.record_id for card in found if card.stage != "report without a record"]
    assert ids == [fate.record["record_id"] for fate in fates if fate.stop != "duplicate"]
    listed = {card.report_id for card in found if card.stands == "included"}
    assert listed == {row["report_id"] for row in tables["reports"] if row["study_id"] in seen.studies}


def test_a_retracted_report_says_so() -> None:
    found = cards(study("s"), report("p", "s", status="retracted"), report("q", "s", status="active"), report("r", "s"))
    assert {name: card.status for name, card in found.items()} == {"p": "retracted", "q": "", "r": ""}
