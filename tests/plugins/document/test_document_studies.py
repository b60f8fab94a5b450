"""Included, excluded, awaiting and ongoing studies, and the references, as a review of a journal shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from document_reading import links, plain_rows, said, tables

import builders
from livereview import Ongoing, Reference, ReferenceCard, Report
from livereview.anchors import anchor
from livereview_document.blocks import Document
from livereview_document.citation import cited, identifiers
from livereview_document.document import document
from livereview_document.words import registry_link
from living_review import living_review, request

RECORD = Reference(
    record_id="pmid:28249141", title="Blinatumomab versus chemotherapy.", year=2017, journal="N Engl J Med",
    authors=tuple(f"Author {sign}" for sign in "ABCDEFGH"), volume="376", issue="9", pages="836-47",
    doi="10.1056/nejmoa1609783", pmid="28249141", registry_ids=("NCT02013167",),
)  # fmt: skip


def of(report: Report) -> Document:
    return document(request(report, ()))


def card(stage: str, number: int = 1, **fields: Any) -> ReferenceCard:
    stands = "awaiting" if stage.startswith("awaiting") or stage == "not retrieved" else "excluded"
    reference = Reference(record_id=f"r{number}", title=f"Title {number}", year=2020, journal="Journal")
    given: dict[str, Any] = {"reference": reference, "stands": stands, "stage": stage, "source": "PubMed"}
    return ReferenceCard(**(given | fields))


# --- included ------------------------------------------------------------------------------------------------------


def test_each_study_names_its_outcomes_its_reports_and_its_overall_judgement() -> None:
    plain = builders.report()
    cards = [builders.appraisal(study) for study in plain.studies[1:]]
    whole = of(replace(plain, instruments=(builders.instrument_card(cards),)))
    rows = plain_rows(tables(whole, "characteristics")[-1])
    assert rows[0] == ["Study", "Enters", "Reports", "Appraisal"]
    assert rows[1] == ["Adams 2001", "Overall survival", "ref 1", "not appraised"]
    assert rows[2] == ["Brown 2002", "Overall survival", "ref 2", "RoB 2: High"]


def test_an_outcome_that_a_study_enters_leads_to_its_row_there() -> None:
    report = builders.report()
    entered = tables(of(report), "characteristics")[-1].rows[0][1]
    assert [link.target for link in links(entered)] == [
        anchor("from", report.outcomes[0].id, report.studies[0].study_id)
    ]


def test_without_an_overall_item_the_sum_or_the_number_of_items_stands_for_it() -> None:
    plain = builders.report()
    first, second = plain.studies[:2]
    summed = builders.appraisal(first, scores={"Q1": "1", "Q2": "2"}, computed=3.0)
    counted = builders.appraisal(second, scores={"Q1": "1", "Q2": "2"}, outcome="os")
    disputed = builders.appraisal(first, scores={}, disputed=("Overall",))
    nos = builders.instrument_card([summed], title="NOS", items=(("Q1", ""), ("Q2", "")), has_total=True)
    own = builders.instrument_card([counted], title="Own", items=(("Q1", ""), ("Q2", "")))
    rows = plain_rows(
        tables(of(replace(plain, instruments=(nos, own, builders.instrument_card([disputed])))), "characteristics")[-1]
    )
    assert [row[-1] for row in rows[1:3]] == ["NOS: sum 3; RoB 2: in dispute", "Own (os): 2 items judged"]


def test_columns_of_characteristics_are_sorted_by_number_where_they_hold_numbers() -> None:
    first = tables(of(living_review()), "characteristics")[0]
    heads = [words.plain for words in first.headers]
    assert [row[heads.index("Participants")] for row in first.keys[:2]] == [120, 137]
    assert first.keys[4][heads.index("Median follow-up (months)")] is None


# --- excluded, awaiting, ongoing -------------------------------------------------------------------------------------


def test_reports_excluded_at_full_text_are_listed_by_reason_the_commonest_first() -> None:
    found = (
        card("excluded at full text", 1, reason="wrong population"),
        card("excluded at full text", 2, reason="no comparison"),
        card("excluded at full text", 3, reason="no comparison"),
        card("excluded at full text", 4),
        card("excluded", 5), card("excluded", 6),
    )  # fmt: skip
    whole = of(builders.report(references=found))
    rows = plain_rows(tables(whole, "excluded")[0])
    assert rows[1] == ["no comparison", "Title 2. Journal 2020", "–", "PubMed"]
    assert [row[0] for row in rows[1:]] == [
        "no comparison", "no comparison", "wrong population", "no reason recorded",
    ]  # fmt: skip
    counts = "no comparison (2); wrong population (1); no reason recorded (1)"
    assert f"Reports excluded at full text: 4. By reason: {counts}." in said(whole)
    assert "Excluded on title and abstract: 2 records." in said(whole)


def test_without_a_ledger_no_one_is_said_to_have_excluded_anything() -> None:
    assert "Excluded by people" not in said(of(builders.report()))


def test_a_report_that_could_not_be_had_waits_with_the_reason() -> None:
    whole = of(builders.report(references=(card("not retrieved", reason="library has no copy"),)))
    assert plain_rows(tables(whole, "awaiting")[0])[1][2] == "not retrieved (library has no copy)"


def test_ongoing_trials_have_a_role_and_lead_to_their_register() -> None:
    trial = Ongoing(
        registry_id="ISRCTN12345678", phase="III", regimen="New drug", target_enrollment=60, primary_endpoint="OS",
        source="register", expected_on="2027-03", recruitment="recruiting",
    )  # fmt: skip
    (listed,) = tables(of(builders.report(ongoing=(trial,))), "ongoing")
    assert {"Results expected", "Recruitment"} <= {words.plain for words in listed.headers}
    assert [link.target for link in links(listed.rows[0][0])] == ["https://www.isrctn.com/ISRCTN12345678"]


@pytest.mark.parametrize(
    ("identifier", "target"),
    [
        ("NCT02013167", "https://clinicaltrials.gov/study/NCT02013167"),
        ("EudraCT 2013-000536-10", "https://www.clinicaltrialsregister.eu/ctr-search/search?query=2013-000536-10"),
        ("DRKS00012345", "https://drks.de/search/en/trial/DRKS00012345"),
        ("ACTRN12605000000000", "https://www.anzctr.org.au/ACTRN12605000000000.aspx"),
        ("UMIN000012345", None), ("ISRCTN1234567", None), ("x ISRCTN12345678", None),
    ],
)  # fmt: skip
def test_a_number_of_a_known_register_is_a_link(identifier: str, target: str | None) -> None:
    words = registry_link(identifier)
    assert [link.target for link in links(words)] == ([target] if target else [])
    assert words.plain == identifier


# --- references ----------------------------------------------------------------------------------------------------


def test_a_citation_is_that_of_a_journal() -> None:
    authors = "Author A, Author B, Author C, Author D, Author E, Author F et al"
    expected = f"{authors}. Blinatumomab versus chemotherapy. N Engl J Med 2017;376(9):836-47"
    assert cited(RECORD).plain == expected
    assert cited(replace(RECORD, authors=(), volume="", issue="", pages="")).plain == (
        "Blinatumomab versus chemotherapy. N Engl J Med 2017"
    )
    assert cited(Reference(record_id="x", title="", year=2021, journal="Blood 2021")).plain == "Blood 2021"
    assert [words.plain for words in identifiers(RECORD)] == [
        "PMID 28249141", "doi:10.1056/nejmoa1609783", "NCT02013167",
    ]  # fmt: skip


def test_a_report_is_cited_as_the_record_that_became_it_with_each_way_once() -> None:
    plain = builders.report()
    first = plain.studies[0]
    own = replace(first.reports[0], report_id="pmid:28249141", doi=RECORD.doi, citation="NEJM 2017", status="retracted")
    known = ReferenceCard(
        reference=RECORD, stands="included", stage="report", report_id=own.report_id, study_id=first.study_id,
    )  # fmt: skip
    other = replace(known, stage="same report", reference=replace(RECORD, title="A second record"))
    studies = (replace(first, reports=(own,)), *plain.studies[1:])
    whole = of(replace(plain, studies=studies, references=(other, known)))
    (line,) = [text for text in said(whole) if text.startswith("RETRACTED: Author A")]
    assert "Blinatumomab versus chemotherapy. N Engl J Med 2017;376(9):836-47 (primary, 2001-06)." in line
    assert line.endswith(". doi:10.1056/nejmoa1609783 · PubMed 28249141 · NCT02013167. Used.")


def test_a_report_without_a_record_is_cited_as_its_sheet_has_it() -> None:
    (line,) = [text for text in said(of(builders.report())) if text.startswith("Lancet 2001 (primary")]
    assert line == "Lancet 2001 (primary, 2001-06). doi:10.1000/example.0 · PubMed 30000000. Used."
