"""Known reports that PubMed calls retracted or corrected: proposed, with nothing changed that PubMed does not state."""

from __future__ import annotations

from datetime import date

import pytest
from literature_servers import Ask, Pubmed, article, link, recorded, report, rows

from fake_sources import FakeServer
from livereview.evidence.schema import REPORTS, WITHDRAWAL
from livereview_literature.notices import stated_status
from livereview_literature.watching import COLUMNS

RETRACTED = link("RetractionIn", "J Trials. 2026 Mar;9(1):77.", "900")
CORRECTED = link("ErratumIn", "J Trials. 2025 Jan 7;8(2):5.", "901")
NOTICE_DAY = "<Year>2026</Year><Month>Feb</Month><Day>27</Day>"


def pubmed(**records: bytes) -> Pubmed:
    found = Pubmed()
    for name, record in records.items():
        found.put(name.removeprefix("p"), record, date(2020, 1, 1))
    return found


def test_every_column_of_a_known_report_is_carried() -> None:
    assert (*COLUMNS, *(column.name for column in WITHDRAWAL)) == REPORTS.names


def test_a_retraction_is_proposed_with_the_day_of_its_notice(ask: Ask, fake_server: FakeServer) -> None:
    pubmed(p100=article("100", links=RETRACTED), p900=article("900", date=NOTICE_DAY)).serve(fake_server)
    known = report(
        "pmid:100", pmid="100", study_id="doe-2020", year=2020, published_on="2020-05", journal="J", kind="primary",
        url="https://example.org", note="Read twice.", doi="10.1000/x",
    )  # fmt: skip
    found = ask("pubmed", {"reports": (known,)})
    [table] = found.tables
    assert (table.table, table.kind, dict(table.unsettled)) == ("reports", "proposed", {})
    assert "PMID 100" in table.place
    assert found.notes == ()  # an open proposal is told by every update; one that was declined is not
    [row] = rows(found, "reports")
    changed = {"status": "retracted", "status_on": "2026-02-27"}
    note = "Read twice. Retracted in: J Trials. 2026 Mar;9(1):77. PMID 900."
    assert {**row, "note": " ".join(str(row["note"]).split())} == {**known, **changed, "note": note}


def test_a_correction_is_proposed(ask: Ask, fake_server: FakeServer) -> None:
    pubmed(p38147649=recorded("38147649.xml")).serve(fake_server)
    found = ask("pubmed", {"reports": (report("pmid:38147649", status="active"),)})
    [row] = rows(found, "reports")
    assert (row["status"], row["status_on"]) == (
        "corrected",
        "2025-01-07",
    )  # as cited: PubMed has no record of the notice
    assert "PMID 39705317" in str(row["note"])


@pytest.mark.parametrize(
    ("links", "types", "status"),
    [
        (RETRACTED + CORRECTED, "", "retracted"),
        (link("RetractedandRepublishedIn", "J. 2026"), "", "retracted"),
        ("", "<PublicationType>Retracted Publication</PublicationType>", "retracted"),
        (link("CorrectedandRepublishedIn", "J. 2026"), "", "corrected"),
        (link("PartialRetractionIn", "J. 2026"), "", "corrected"),
        (link("ExpressionOfConcernIn", "J. 2026"), "", ""),
        (link("CommentIn", "J. 2026") + link("Cites", "J. 2026"), "", ""),
        (link("RetractionOf", "J. 2026") + link("ErratumFor", "J. 2026"), "", ""),
    ],
)
def test_only_what_pubmed_states_changes_a_status(
    links: str, types: str, status: str, ask: Ask, fake_server: FakeServer
) -> None:
    pubmed(p100=article("100", links=links, types=types)).serve(fake_server)
    found = ask("pubmed", {"reports": (report("r", pmid="100"),)})
    assert [row["status"] for row in rows(found, "reports")] == ([status] if status else [])


def test_a_notice_that_is_dated_ahead_is_proposed_without_a_day(ask: Ask, fake_server: FakeServer) -> None:
    ahead = link("RetractionIn", "J. 2026 Dec;1:2.", "900") + link("RetractionIn", "J. 2027;1:2.")
    pubmed(p100=article("100", links=ahead), p900=article("900", date="<Year>2026</Year><Month>Dec</Month>")).serve(
        fake_server
    )
    [row] = rows(ask("pubmed", {"reports": (report("r", pmid="100"),)}), "reports")
    assert (row["status"], row["status_on"]) == ("retracted", None)


def test_a_status_that_is_recorded_is_not_proposed_again(ask: Ask, fake_server: FakeServer) -> None:
    pubmed(p100=article("100", links=RETRACTED + CORRECTED), p101=article("101", links=CORRECTED)).serve(fake_server)
    known = (
        report("a", pmid="100", status="retracted", note="Retracted in PMID 900"),
        report("b", pmid="101", status="retracted", note="seen by us, PMID 901"),
    )
    found = ask("pubmed", {"reports": known})
    assert found.tables == ()
    assert found.notes == ()


def test_a_corrected_report_that_is_retracted_is_proposed(ask: Ask, fake_server: FakeServer) -> None:
    pubmed(p100=article("100", links=RETRACTED)).serve(fake_server)
    found = ask("pubmed", {"reports": (report("a", pmid="100", status="corrected", status_on="2024-01"),)})
    [row] = rows(found, "reports")
    assert (row["status"], row["status_on"]) == ("retracted", "2026-03")


def test_a_second_correction_is_told(ask: Ask, fake_server: FakeServer) -> None:
    pubmed(p100=article("100", links=CORRECTED)).serve(fake_server)
    found = ask("pubmed", {"reports": (report("a", pmid="100", status="corrected"),)})
    assert found.tables == ()
    assert any("PMID 901" in note for note in found.notes)


def test_a_record_with_another_doi_must_be_settled_by_a_person(ask: Ask, fake_server: FakeServer) -> None:
    doi = '<ELocationID EIdType="doi" ValidYN="Y">10.1000/OTHER</ELocationID>'
    pubmed(p100=article("100", links=RETRACTED, more=doi)).serve(fake_server)
    found = ask("pubmed", {"reports": (report("a", pmid="100", doi="10.1000/ours"),)})
    [table] = found.tables
    assert table.unsettled == {0: ("pmid",)}
    assert any("is it the same paper?" in note for note in found.notes)
    same = ask("pubmed", {"reports": (report("a", pmid="100", doi="https://doi.org/10.1000/Other"),)})
    assert same.tables[0].unsettled == {}


def test_a_concern_and_a_published_version_are_told(ask: Ask, fake_server: FakeServer) -> None:
    links = link("ExpressionOfConcernIn", "J. 2026 Jan", "902") + link("UpdateIn", "Blood. 2026 Feb", "903")
    pubmed(p100=article("100", links=links)).serve(fake_server)
    found = ask("pubmed", {"reports": (report("a", pmid="100"),)})
    assert found.tables == ()
    assert found.notes == (
        "Report a: Expression of concern in: J. 2026 Jan. PMID 902.",
        "Report a: Updated in: Blood. 2026 Feb. PMID 903.",
    )  # fmt: skip
    seen = ask("pubmed", {"reports": (report("a", pmid="100", note="PMID 902, PMID 903"),)})
    assert seen.notes == ()


def test_a_number_that_pubmed_does_not_know_is_named(ask: Ask, fake_server: FakeServer) -> None:
    pubmed(p100=article("100")).serve(fake_server)
    found = ask("pubmed", {"reports": (report("a", pmid="100"), report("b", pmid="404"))})
    [problem] = found.left_out
    assert (problem.place, problem.column, problem.found) == ("report b", "pmid", "404")


def test_reports_without_a_number_are_not_asked_for(ask: Ask, fake_server: FakeServer) -> None:
    assert ask("pubmed", {"reports": (report("doi:10.1000/x"), report("nct:NCT01207388"))}).tables == ()
    assert fake_server.requests == []


def test_reports_are_looked_up_in_batches(ask: Ask, fake_server: FakeServer) -> None:
    found = Pubmed()
    for number in range(1, 302):
        found.put(str(number), article(str(number)), date(2020, 1, 1))
    found.serve(fake_server)
    ask("pubmed", {"reports": tuple(report(f"pmid:{number}") for number in range(1, 302))})
    assert [len(asked.form["id"].split(",")) for asked in fake_server.requests] == [200, 101]


def test_watching_can_be_left_to_others(ask: Ask, fake_server: FakeServer) -> None:
    Pubmed().serve(fake_server)
    ask("pubmed", {"reports": (report("pmid:1"),)}, query="x", watch_reports=False)
    assert "/efetch.fcgi" not in {asked.path for asked in fake_server.requests}


def test_a_record_that_says_nothing_has_no_status() -> None:
    assert stated_status((), ("Journal Article",)) == ("", ())


def test_a_preprint_and_its_article_that_are_both_reports_are_told(ask: Ask, fake_server: FakeServer) -> None:
    pubmed(p36156117=recorded("36156117.xml"), p35794888=article("35794888")).serve(fake_server)
    both = ask("pubmed", {"reports": (report("a", pmid="36156117"), report("b", pmid="35794888"))})
    assert len(both.notes) == 1
    assert both.notes[0].startswith("Report a: Update of: Res Sq. 2022 Jun 29")
    assert both.notes[0].endswith("PMID 35794888. Both are reports of the evidence.")
    assert ask("pubmed", {"reports": (report("a", pmid="36156117"),)}).notes == ()


def test_a_notice_is_named_by_its_whole_number(ask: Ask, fake_server: FakeServer) -> None:
    pubmed(p100=article("100", links=link("ExpressionOfConcernIn", "J. 2026", "902"))).serve(fake_server)
    found = ask("pubmed", {"reports": (report("a", pmid="100", note="See PMID 19025."),)})
    assert len(found.notes) == 1
