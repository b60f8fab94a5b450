"""A search of PubMed from the first request to the ledger: complete, repeatable, and honest about what did not come."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from itertools import pairwise

import pytest
from literature_servers import TODAY, Ask, Pubmed, article, article_set, document, recorded, rows, searched
from pydantic import ValidationError

from fake_sources import FakeServer, json_page, xml_page
from livereview import PluginError
from livereview.network import Recorder, Replay
from livereview_literature import EuropePmcOptions, PubmedOptions
from livereview_literature.entrez import found_in
from livereview_literature.pubmed import term

QUERY = "blinatumomab"


def full(*numbers: int, entered: date = TODAY) -> Pubmed:
    pubmed = Pubmed()
    for number in numbers:
        pubmed.put(str(number), article(str(number)), entered)
    return pubmed


def test_a_search_leaves_its_row_and_a_row_for_each_record(ask: Ask, fake_server: FakeServer) -> None:
    pubmed = Pubmed()
    for number in ("22663011", "36156117", "38962805"):
        pubmed.put(number, recorded(f"{number}.xml"), date(2026, 11, 1))
    pubmed.serve(fake_server)
    found = ask("pubmed", query="blinatumomab OR remdesivir")
    [search] = rows(found, "searches")
    assert (search["source"], search["kind"], search["review"]) == ("PubMed", "database", "blina")
    assert (search["query"], search["hits"]) == ("blinatumomab OR remdesivir", 3)
    assert (search["searched_on"], search["through"]) == ("2026-11-29", "2026-11-29")
    assert str(search["search_id"]).startswith("pubmed-2026-11-29-")
    assert "PubMed read it as: blinatumomab OR remdesivir[All Fields]" in str(search["note"])
    assert "Build-2026.11.28.22.01, updated 2026/11/28 22:01" in str(search["note"])
    records = rows(found, "records")
    assert [record["record_id"] for record in records] == ["pmid:22663011", "pmid:36156117", "pmid:38962805"]
    assert {record["search_id"] for record in records} == {search["search_id"]}
    assert records[0]["registry_id"] == "NCT01245062"
    assert (found.left_out, found.problems) == ((), ())
    assert {table.kind for table in found.tables} == {"ledger"}


def test_every_request_names_the_program_and_the_address_of_who_asks(ask: Ask, fake_server: FakeServer) -> None:
    full(5).serve(fake_server)
    ask("pubmed", query=QUERY, email="team@example.org")
    for asked in fake_server.requests:
        assert asked.parameters["tool"] == "livereview"
        assert asked.parameters["email"] == "team@example.org"
        assert asked.parameters["db"] == "pubmed"


def test_a_key_comes_from_the_environment_and_is_kept_nowhere(
    ask: Ask, fake_server: FakeServer, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAM_KEY", "s3cret0123456789")
    full(5).serve(fake_server)
    found = ask("pubmed", query=QUERY, api_key_env="TEAM_KEY")
    assert {asked.parameters["api_key"] for asked in fake_server.requests} == {"s3cret0123456789"}
    assert "s3cret" not in repr(found)
    assert "s3cret" not in repr(recorder.run)


@pytest.mark.parametrize(("key", "seconds"), [("", 1 / 3), ("k3y0123456789", 1 / 10)])
def test_pubmed_is_asked_three_times_a_second_and_ten_with_a_key(
    key: str, seconds: float, ask: Ask, fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NCBI_API_KEY", key) if key else monkeypatch.delenv("NCBI_API_KEY", raising=False)
    full(5).serve(fake_server)
    ask("pubmed", query=QUERY)
    times = [asked.at for asked in fake_server.requests]
    assert len(times) == 3
    assert min(later - one for one, later in pairwise(times)) >= seconds - 1e-9


def test_a_second_search_asks_for_what_entered_since_three_days_before_the_first(
    ask: Ask, fake_server: FakeServer
) -> None:
    pubmed = full(1, entered=date(2026, 10, 28))
    pubmed.put("2", article("2"), date(2026, 10, 29))
    pubmed.put("3", article("3"), date(2026, 11, 20))
    pubmed.serve(fake_server)
    found = ask("pubmed", searched("2026-11-01", "PubMed", QUERY), query=QUERY)
    assert [record["record_id"] for record in rows(found, "records")] == ["pmid:2", "pmid:3"]
    assert "since 2026-10-29" in str(rows(found, "searches")[0]["note"])


def test_a_paper_that_pubmed_enters_years_late_is_found(ask: Ask, fake_server: FakeServer) -> None:
    # Its day of entry is set back to the day of publication (NLM Tech Bull 2008;365:e1); that of creation is not.
    pubmed = Pubmed()
    pubmed.put("7", article("7"), entered=date(2019, 5, 1), created=date(2026, 11, 20))
    pubmed.serve(fake_server)
    found = ask("pubmed", searched("2026-11-01", "PubMed", QUERY), query=QUERY)
    assert [record["record_id"] for record in rows(found, "records")] == ["pmid:7"]


def test_a_paper_that_is_given_its_headings_after_a_search_is_found(ask: Ask, fake_server: FakeServer) -> None:
    # A query of headings finds nothing of it before; its day of entry lies before the period by then.
    pubmed = full(8, entered=date(2026, 8, 1))
    pubmed.indexed["8"] = date(2026, 11, 20)
    pubmed.serve(fake_server)
    found = ask("pubmed", searched("2026-11-01", "PubMed", QUERY), query=QUERY)
    assert [record["record_id"] for record in rows(found, "records")] == ["pmid:8"]


def test_a_first_search_may_begin_at_a_day(ask: Ask, fake_server: FakeServer) -> None:
    pubmed = full(1, entered=date(2025, 12, 31))
    pubmed.put("2", article("2"), date(2026, 1, 1))
    pubmed.serve(fake_server)
    found = ask("pubmed", query=QUERY, since=date(2026, 1, 1))
    assert [record["record_id"] for record in rows(found, "records")] == ["pmid:2"]


def test_a_limited_query_is_bracketed() -> None:
    assert term("a OR b", None) == "a OR b"
    assert term("a OR b", date(2026, 1, 2)) == (
        '(a OR b) AND (("2026/01/02"[Date - Entry] : "3000"[Date - Entry]) OR '
        '("2026/01/02"[Date - Create] : "3000"[Date - Create]) OR '
        '("2026/01/02"[Date - MeSH] : "3000"[Date - MeSH]))'
    )


def test_the_same_search_has_the_same_id_and_another_review_another(ask: Ask, fake_server: FakeServer) -> None:
    full(5).serve(fake_server)
    first, second = ask("pubmed", query="a  b\n OR c"), ask("pubmed", query="a b OR c")
    assert rows(first, "searches") == rows(second, "searches")
    digest = hashlib.sha256(b"pubmed\nblina\na b OR c").hexdigest()[:8]
    assert rows(first, "searches")[0]["search_id"] == f"pubmed-2026-11-29-{digest}"


def test_a_query_over_several_lines_is_one_line_and_is_found_again(ask: Ask, fake_server: FakeServer) -> None:
    full(1, entered=date(2020, 1, 1)).serve(fake_server)
    known = searched("2026-11-01", "PubMed", "a OR b")
    assert rows(ask("pubmed", known, query="a\n  OR b\n"), "records") == []


def test_two_very_long_queries_stay_two(ask: Ask, fake_server: FakeServer) -> None:
    full(5).serve(fake_server)
    words = " OR ".join(f"word{number}" for number in range(2_000))
    one, other = (rows(ask("pubmed", query=f"{words} OR {end}"), "searches")[0]["query"] for end in ("x", "y"))
    assert one != other
    sent = [asked for asked in fake_server.requests if asked.path == "/esearch.fcgi"]
    assert [asked.method for asked in sent] == ["POST", "POST"]
    assert [asked.form["term"] for asked in sent] == [f"{words} OR x", f"{words} OR y"]


def test_records_are_fetched_in_batches_of_two_hundred_by_post(ask: Ask, fake_server: FakeServer) -> None:
    full(*range(1, 402)).serve(fake_server)
    found = ask("pubmed", query=QUERY)
    sent = [asked for asked in fake_server.requests if asked.path == "/efetch.fcgi"]
    assert [len(asked.form["id"].split(",")) for asked in sent] == [200, 200, 1]
    assert {asked.method for asked in sent} == {"POST"}
    assert len({record["record_id"] for record in rows(found, "records")}) == 401


def test_numbers_that_come_page_by_page_all_come(ask: Ask, fake_server: FakeServer) -> None:
    pubmed = full(*range(1, 26))
    pubmed.page = 10
    pubmed.serve(fake_server)
    found = ask("pubmed", query=QUERY)
    starts = [asked.parameters["retstart"] for asked in fake_server.requests if asked.path == "/esearch.fcgi"]
    assert starts == ["0", "10", "20"]
    assert len(rows(found, "records")) == 25
    assert found.left_out == ()


def test_more_than_9999_records_are_asked_for_in_parts_by_day_of_entry(
    ask: Ask, fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    pubmed = Pubmed()
    for number in range(12_000):
        pubmed.put(str(number + 1), article(str(number + 1)), date(2020, 1, 1) + timedelta(days=number // 10))
    pubmed.serve(fake_server)
    monkeypatch.setattr("livereview_literature.entrez.BATCH", 100_000)  # a page of 12,000 records is not the subject
    monkeypatch.setattr(
        pubmed, "fetch", lambda asked: article_set(*(pubmed.records[n] for n in asked["id"].split(",")))
    )
    found = ask("pubmed", query=QUERY)
    [search] = rows(found, "searches")
    assert search["hits"] == 12_000
    [records] = [table for table in found.tables if table.table == "records"]
    assert len({row[0] for row in records.rows}) == len(records.rows) == 12_000
    assert found.left_out == ()
    asked = [each.parameters for each in fake_server.requests if each.path == "/esearch.fcgi"]
    assert all(int(each["retstart"]) <= 9_998 for each in asked)
    assert all(each["datetype"] == "edat" and each["mindate"] and each["maxdate"] for each in asked[1:])


def test_more_than_9999_records_of_one_day_are_an_error_that_says_so(ask: Ask, fake_server: FakeServer) -> None:
    full(*range(1, 10_002), entered=date(2026, 11, 5)).serve(fake_server)
    with pytest.raises(PluginError, match=r"entered 10,001 records .* on 2026-11-05.* Narrow the query"):
        ask("pubmed", query=QUERY)


def test_a_number_whose_record_does_not_come_is_named_and_stands_in_the_ledger(
    ask: Ask, fake_server: FakeServer
) -> None:
    pubmed = full(1, 2, 3)
    pubmed.lost = {"2"}
    pubmed.serve(fake_server)
    found = ask("pubmed", query=QUERY)
    [problem] = found.left_out
    assert problem.found == "2"
    assert "1 of 3 numbers" in problem.message
    records = {record["record_id"]: record for record in rows(found, "records")}
    assert set(records) == {"pmid:1", "pmid:2", "pmid:3"}
    assert records["pmid:2"]["title"] == "[no title]"
    assert "look it up" in str(records["pmid:2"]["note"])
    fetched = [asked.form["id"] for asked in fake_server.requests if asked.path == "/efetch.fcgi"]
    assert fetched == ["1,2,3", "2"]  # asked for once more


def test_a_record_that_was_not_asked_for_is_left_out_and_named(ask: Ask, fake_server: FakeServer) -> None:
    pubmed = full(1)
    pubmed.extra = article("99")
    pubmed.serve(fake_server)
    found = ask("pubmed", query=QUERY)
    assert [record["record_id"] for record in rows(found, "records")] == ["pmid:1"]
    assert [problem.found for problem in found.left_out] == ["the record of PMID 99, which was not asked for"]


def test_fewer_numbers_than_pubmed_counts_are_named_and_asked_for_again_next_time(
    ask: Ask, fake_server: FakeServer
) -> None:
    pubmed = full(1, 2)
    pubmed.errors = {"count": "3"}
    pubmed.serve(fake_server)
    found = ask("pubmed", searched("2026-11-01", "PubMed", QUERY), query=QUERY)
    assert [problem.found for problem in found.left_out] == ["2 of 3"]
    [search] = rows(found, "searches")
    assert (search["hits"], search["through"]) == (3, "2026-11-01")


def test_a_phrase_that_pubmed_leaves_out_is_told(ask: Ask, fake_server: FakeServer) -> None:
    pubmed = full(1)
    pubmed.errors = {
        "errorlist": {"phrasesnotfound": ["p.E1317Q"], "fieldsnotfound": []},
        "warninglist": {
            "phrasesignored": [],
            "quotedphrasesnotfound": ['"a b"'],
            "outputmessages": ["No items found."],
        },
    }
    pubmed.serve(fake_server)
    found = ask("pubmed", query=QUERY)
    assert any("left it out of the query: p.E1317Q" in note for note in found.notes)
    assert any("No items found." in note for note in found.notes)
    assert "p.E1317Q" in str(rows(found, "searches")[0]["note"])


def test_a_search_that_finds_nothing_is_recorded(ask: Ask, fake_server: FakeServer) -> None:
    Pubmed().serve(fake_server)
    found = ask("pubmed", query=QUERY)
    [search] = rows(found, "searches")
    assert (search["hits"], search["through"]) == (0, "2026-11-29")
    assert rows(found, "records") == []
    assert [asked.path for asked in fake_server.requests] == ["/einfo.fcgi", "/esearch.fcgi"]


def test_recorded_answers_of_esearch_are_read() -> None:
    three = found_in(json.loads(document("esearch_json_3hits.json")))
    assert (three.count, three.pmids) == (3, ("32150788", "29373119", "17427195"))
    many = found_in(json.loads(document("esearch_json_40362hits.json")))
    assert (many.count, len(many.pmids)) == (40_362, 100)
    assert many.remarks == ("PubMed found nothing for a phrase and left it out of the query: p.E1317Q",)
    with pytest.raises(PluginError, match="retstart"):
        found_in(json.loads(document("error_retstart_9999.json")))


def test_an_error_with_status_200_is_tried_again_and_the_caller_is_not_named(ask: Ask, fake_server: FakeServer) -> None:
    limit = json_page({"error": "API rate limit exceeded", "api-key": "192.0.2.7", "count": "4", "limit": "3"})
    pubmed = full(1)
    pubmed.serve(fake_server)
    fake_server.answer("/esearch.fcgi", limit, lambda asked: json_page(pubmed.search(asked.parameters)))
    assert len(rows(ask("pubmed", query=QUERY), "records")) == 1
    fake_server.answer("/esearch.fcgi", limit)
    with pytest.raises(PluginError, match="API rate limit exceeded") as error:
        ask("pubmed", query=QUERY)
    assert "192.0.2.7" not in str(error.value)


@pytest.mark.parametrize("wrong", [[], {}, {"esearchresult": []}, {"esearchresult": {"count": "many"}}, 5])
def test_json_that_is_no_answer_to_a_search_is_never_taken_for_nothing_found(
    wrong: object, ask: Ask, fake_server: FakeServer
) -> None:
    full(1).serve(fake_server)
    fake_server.answer("/esearch.fcgi", json_page(wrong))
    with pytest.raises(PluginError):
        ask("pubmed", query=QUERY)


def test_xml_that_is_no_set_of_records_is_never_taken_for_an_empty_one(ask: Ask, fake_server: FakeServer) -> None:
    full(1).serve(fake_server)
    fake_server.answer(
        "/efetch.fcgi", xml_page(b"<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>")
    )
    with pytest.raises(PluginError, match="Unable to obtain query"):
        ask("pubmed", query=QUERY)


def test_a_state_that_pubmed_does_not_tell_stops_nothing(ask: Ask, fake_server: FakeServer) -> None:
    full(1).serve(fake_server)
    fake_server.answer("/einfo.fcgi", json_page({"einforesult": {}}))
    assert len(rows(ask("pubmed", query=QUERY), "records")) == 1


def test_a_run_can_be_read_again_without_pubmed(ask: Ask, fake_server: FakeServer, recorder: Recorder) -> None:
    full(*range(1, 250)).serve(fake_server)
    live = ask("pubmed", query=QUERY)
    count = len(fake_server.requests)
    again = ask("pubmed", query=QUERY, network=Replay(recorder.location, recorder.run))
    assert again == live
    assert len(fake_server.requests) == count


def test_what_is_to_be_done_must_be_something() -> None:
    with pytest.raises(ValidationError, match="there is nothing to do"):
        PubmedOptions(query="  ", watch_reports=False)


@pytest.mark.parametrize(
    ("query", "said"),
    [("(a OR b", "brackets"), ("a OR b)", "brackets"), (")a(", "brackets"), ('"a b', "quotation marks")],
)
def test_a_query_whose_brackets_do_not_match_is_refused(query: str, said: str) -> None:
    # In brackets, so that it can be limited to what is new, it would be another query.
    for options in (PubmedOptions, EuropePmcOptions):
        with pytest.raises(ValidationError, match=f"the {said} of the query do not match"):
            options(query=query)
    assert PubmedOptions(query='"a (b" AND (c OR "d)")').query
