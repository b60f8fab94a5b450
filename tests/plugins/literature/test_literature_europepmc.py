"""Europe PMC: both forms of its records, and a search page by page that loses none of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from literature_servers import Ask, EuropePmc, result, rows, searched
from pydantic import ValidationError

from fake_sources import FakeServer, json_page
from livereview import PluginError, Reference
from livereview.network import Recorder, Replay
from livereview_literature import EuropePmcOptions
from livereview_literature.europepmc import sent
from livereview_literature.results import record_of

QUERY = "blinatumomab"


def ids(found: Any) -> list[Any]:
    return [record["record_id"] for record in rows(found, "records")]


def some(*numbers: int, **more: Any) -> EuropePmc:
    return EuropePmc(records=[result(str(number)) for number in numbers], **more)


# --- records -----------------------------------------------------------------------------------------------------

LITE = {
    "id": "31000001", "source": "MED", "pmid": "31000001", "doi": "10.1056/nejmoa0000001",
    "title": "Rare variants in &lt;i&gt;ATM&lt;/i&gt; and <i>BRCA1</i>, n &lt; 40.",
    "authorString": "Loe A, Roe BC, A Study Group.",
    "journalTitle": "N Engl J Med", "issue": "2", "journalVolume": "367", "pubYear": "2012", "pageInfo": "107-114",
    "pubType": "clinical trial, phase iii; review; journal article", "firstPublicationDate": "2012-06-04",
}  # fmt: skip
CORE = {
    "id": "42000001", "source": "MED", "pmid": "42000001", "doi": "10.1016/j.x.2026.1", "title": "Advances.",
    "authorString": "Loe A.",
    "authorList": {"author": [
        {"fullName": "Loe A", "firstName": "Ann", "lastName": "Loe", "initials": "A"}, {"collectiveName": "A Group"},
        {"fullName": "Roe B"},
    ]},
    "journalInfo": {"volume": "314", "issue": "3", "dateOfPublication": "2026 Sep", "yearOfPublication": 2026,
                    "journal": {"title": "Biosensors & bioelectronics"}},
    "pubYear": "2026", "pageInfo": "119197", "language": "ger",
    "abstractText": "<h4>Background</h4>P&lt;0.05 &amp; n<10 in NCT01207388.<h4>Methods:</h4><p>One.</p>"
                    "<p>CO<sub>2</sub></p>",
    "pubTypeList": {"pubType": ["Review", "Journal Article"]},
    "commentCorrectionList": {"commentCorrection": [
        {"id": "43000001", "source": "MED", "reference": "J. 2026 Oct;1:2.", "type": "Retraction in"},
        {"id": "PPR9", "source": "PPR", "type": "Preprint of"}, {"id": "4", "source": "MED", "type": "Comment in"},
    ]},
}  # fmt: skip
PREPRINT = {
    "id": "PPR1302423", "source": "PPR", "doi": "10.64898/2026.08.20.745440", "title": "A preprint", "pubYear": "2026",
    "pubType": "preprint", "bookOrReportDetails": {"publisher": "bioRxiv", "yearOfPublication": 2026},
    "firstPublicationDate": "2026-08-20",
}  # fmt: skip


def test_the_short_form_is_read() -> None:
    found = record_of(LITE)
    assert found == Reference(
        record_id="pmid:31000001", title="Rare variants in ATM and BRCA1, n < 40.",
        authors=("Loe A", "Roe BC", "A Study Group"), year=2012, journal="N Engl J Med", volume="367", issue="2",
        pages="107-114", doi="10.1056/nejmoa0000001", pmid="31000001", url="https://europepmc.org/article/MED/31000001",
        published_on="2012-06-04", kind="review", note="Publication types: clinical trial, phase iii; review.",
    )  # fmt: skip


def test_the_full_form_is_read() -> None:
    found = record_of(CORE)
    assert found.authors == ("Loe Ann", "A Group", "Roe B")
    assert (found.journal, found.volume, found.issue, found.pages) == (
        "Biosensors & bioelectronics",
        "314",
        "3",
        "119197",
    )
    assert (found.published_on, found.year, found.kind) == ("2026-09", 2026, "review")
    assert found.registry_ids == ("NCT01207388",)
    assert found.note.splitlines() == [
        "Retraction in: J. 2026 Oct;1:2. MED 43000001.", "Preprint of: PPR PPR9.", "Publication types: Review.",
        "Language: ger.", "Registry numbers in title or abstract only: NCT01207388.",
    ]  # fmt: skip


def test_markup_of_an_abstract_becomes_text_and_less_than_stays() -> None:
    assert record_of(CORE).abstract == "Background: P<0.05 & n<10 in NCT01207388.\nMethods: One.\nCO2"


def test_a_preprint_has_its_server_as_its_place() -> None:
    found = record_of(PREPRINT)
    assert (found.record_id, found.accession) == ("epmc:PPR-PPR1302423", "PPR PPR1302423")
    assert (found.kind, found.journal, found.pmid) == ("preprint", "bioRxiv", "")
    assert found.doi == "10.64898/2026.08.20.745440"


def test_a_record_of_another_database_has_its_number_there() -> None:
    assert record_of(result("PMC77", "PMC")).record_id == "epmc:PMC-PMC77"
    assert record_of({**result("PMC77", "PMC"), "pmid": "5"}).record_id == "pmid:5"


# --- searches ----------------------------------------------------------------------------------------------------


def test_a_search_leaves_its_row_and_a_row_for_each_record(ask: Ask, fake_server: FakeServer) -> None:
    EuropePmc(records=[LITE, CORE, PREPRINT]).serve(fake_server)
    found = ask("europe-pmc", query=QUERY)
    [search] = rows(found, "searches")
    assert (search["source"], search["kind"], search["query"], search["hits"]) == ("Europe PMC", "database", QUERY, 3)
    assert str(search["search_id"]).startswith("europe-pmc-2026-11-29-")
    assert search["through"] == "2026-11-29"
    assert "Version of the service: 6.9." in str(search["note"])
    assert ids(found) == ["pmid:31000001", "pmid:42000001", "epmc:PPR-PPR1302423"]
    assert found.left_out == ()
    [asked] = fake_server.requests
    assert asked.query == {
        "query": QUERY, "format": "json", "resultType": "core", "pageSize": "100", "synonym": "false",
        "cursorMark": "*",
    }  # fmt: skip


@pytest.mark.parametrize("endless", [False, True])
def test_pages_end_where_the_cursor_does_or_repeats(endless: bool, ask: Ask, fake_server: FakeServer) -> None:
    some(*range(1, 26), endless=endless).serve(fake_server)
    found = ask("europe-pmc", query=QUERY, page_size=10)
    assert len(set(ids(found))) == 25
    assert len(fake_server.requests) == 3
    assert all("page" not in asked.query for asked in fake_server.requests)


def test_a_cursor_that_goes_round_ends_the_search(ask: Ask, fake_server: FakeServer) -> None:
    def page(number: str, cursor: str) -> Any:
        return json_page({"hitCount": 3, "nextCursorMark": cursor, "resultList": {"result": [result(number)]}})

    fake_server.answer("/search", page("1", "A"), query={"cursorMark": "*"})
    fake_server.answer("/search", page("2", "B"), query={"cursorMark": "A"})
    fake_server.answer("/search", page("2", "A"), query={"cursorMark": "B"})
    found = ask("europe-pmc", query=QUERY)
    assert ids(found) == ["pmid:1", "pmid:2"]
    assert [problem.found for problem in found.left_out] == ["2 of 3"]


def test_an_empty_page_ends_the_search(ask: Ask, fake_server: FakeServer) -> None:
    empty = {"hitCount": 0, "nextCursorMark": "B", "resultList": {"result": []}}
    fake_server.answer("/search", json_page(empty))
    found = ask("europe-pmc", query=QUERY)
    assert (rows(found, "searches")[0]["hits"], ids(found)) == (0, [])
    assert len(fake_server.requests) == 1


def test_a_second_search_asks_for_what_was_indexed_since(ask: Ask, fake_server: FakeServer) -> None:
    EuropePmc(records=[result("1", firstIndexDate="2026-10-28"), result("2", firstIndexDate="2026-10-29")]).serve(
        fake_server
    )
    found = ask("europe-pmc", searched("2026-11-01", "Europe PMC", "a OR b"), query="a OR b")
    assert ids(found) == ["pmid:2"]
    assert fake_server.requests[0].query["query"] == "(a OR b) AND (FIRST_IDATE:[2026-10-29 TO 3000-12-31])"


def test_a_query_is_sent_as_written_at_first() -> None:
    assert sent("a  OR\n b", None) == "a OR b"
    assert sent("a", date(2026, 1, 2)) == "(a) AND (FIRST_IDATE:[2026-01-02 TO 3000-12-31])"


def test_a_long_query_is_posted(ask: Ask, fake_server: FakeServer) -> None:
    some(1).serve(fake_server)
    words = " OR ".join(f"word{number}" for number in range(300))
    ask("europe-pmc", query=words)
    [asked] = fake_server.requests
    assert (asked.method, asked.path, asked.form["query"]) == ("POST", "/searchPOST", words)


def moved_once(change: Callable[[list[dict[str, Any]]], None]) -> Callable[[EuropePmc], None]:
    done: list[bool] = []

    def between(service: EuropePmc) -> None:
        if not done:
            done.append(True)
            change(service.records)

    return between


def test_a_record_that_moves_to_a_page_already_read_is_found(ask: Ask, fake_server: FakeServer) -> None:
    # The 11th record moves to the front after the first page: the 10th comes twice, the 11th not at all.
    some(*range(1, 26), between=moved_once(lambda listed: listed.insert(0, listed.pop(10)))).serve(fake_server)
    found = ask("europe-pmc", query=QUERY, page_size=10)
    assert sorted(ids(found)) == sorted(f"pmid:{number}" for number in range(1, 26))
    assert found.left_out == ()


def test_of_a_record_that_changes_between_pages_the_later_counts(ask: Ask, fake_server: FakeServer) -> None:
    def change(listed: list[dict[str, Any]]) -> None:
        listed.insert(0, result("99"))  # the 10th comes again on the second page
        listed[10]["title"] = "Changed"

    some(*range(1, 21), between=moved_once(change)).serve(fake_server)
    found = ask("europe-pmc", query=QUERY, page_size=10)
    titles = {record["record_id"]: record["title"] for record in rows(found, "records")}
    assert titles["pmid:10"] == "Changed"
    assert len(titles) == len(ids(found)) == 21


def test_a_difference_from_its_own_count_is_named_and_asked_for_again(ask: Ask, fake_server: FakeServer) -> None:
    some(1, 2, hits=3).serve(fake_server)
    found = ask("europe-pmc", searched("2026-11-01", "Europe PMC", QUERY), query=QUERY)
    assert [problem.found for problem in found.left_out] == ["2 of 3"]
    [search] = rows(found, "searches")
    assert (search["hits"], search["through"]) == (3, "2026-11-01")
    assert len(fake_server.requests) == 2  # it looked twice


def test_two_entries_of_one_paper_are_one_record_and_that_of_medline_counts(ask: Ask, fake_server: FakeServer) -> None:
    other = {**result("PMC5", "PMC"), "pmid": "5", "title": "From PMC"}
    EuropePmc(records=[result("5", title="From MEDLINE"), other]).serve(fake_server)
    found = ask("europe-pmc", query=QUERY)
    assert [record["title"] for record in rows(found, "records")] == ["From MEDLINE"]
    assert found.left_out == ()


def test_a_record_without_a_number_is_named(ask: Ask, fake_server: FakeServer) -> None:
    EuropePmc(records=[result("1"), {"title": "Nameless", "firstIndexDate": "2026-11-01"}]).serve(fake_server)
    found = ask("europe-pmc", query=QUERY)
    assert ids(found) == ["pmid:1"]
    assert [problem.found for problem in found.left_out] == ["Nameless", "1 of 2"]


@pytest.mark.parametrize(
    "said",
    [
        "No search criteria provided. Please provide a search criteria which is less than 1500 characters.",
        "Invalid page size provided. Valid size is between 1 and 1000",
    ],
)
def test_an_error_with_status_200_that_stays_is_told_at_once(said: str, ask: Ask, fake_server: FakeServer) -> None:
    fake_server.answer("/search", json_page({"errCode": 404, "errMsg": said}))
    with pytest.raises(PluginError, match=said.split(".")[0]):
        ask("europe-pmc", query=QUERY)
    assert len(fake_server.requests) == 1


def test_an_error_with_status_200_that_may_pass_is_tried_again(ask: Ask, fake_server: FakeServer) -> None:
    service = some(1)
    busy = json_page({"errCode": 500, "errMsg": "Backend is restarting"})
    fake_server.answer("/search", busy, busy, lambda asked: json_page(service.page(asked.parameters)))
    assert ids(ask("europe-pmc", query=QUERY)) == ["pmid:1"]
    assert len(fake_server.requests) == 3


@pytest.mark.parametrize("wrong", [[], {}, {"hitCount": "3"}, {"hitCount": 3}, {"hitCount": 3, "resultList": []}])
def test_json_that_is_no_page_is_never_taken_for_an_empty_one(wrong: Any, ask: Ask, fake_server: FakeServer) -> None:
    fake_server.answer("/search", json_page(wrong))
    with pytest.raises(PluginError):
        ask("europe-pmc", query=QUERY)


def test_a_run_can_be_read_again_without_the_service(ask: Ask, fake_server: FakeServer, recorder: Recorder) -> None:
    some(*range(1, 26)).serve(fake_server)
    live = ask("europe-pmc", query=QUERY, page_size=10)
    again = ask("europe-pmc", query=QUERY, page_size=10, network=Replay(recorder.location, recorder.run))
    assert again == live
    assert recorder.run.versions == ("6.9",)


def test_a_search_needs_words() -> None:
    with pytest.raises(ValidationError, match="needs words"):
        EuropePmcOptions(query=" ")
