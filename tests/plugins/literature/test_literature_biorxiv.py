"""bioRxiv and medRxiv: every preprint of a period looked at once, versions made one record, publications linked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from literature_servers import Ask, Biorxiv, posting, publication, report, rows, searched
from pydantic import ValidationError

from fake_sources import FakeServer, json_page
from livereview import Fetched, PluginError
from livereview.network import Recorder, Replay
from livereview_literature import BiorxivOptions
from livereview_literature.preprints import Wanted, fault, page_in, posting_of, publication_of, records

SINCE = date(2026, 11, 1)
PERIOD = "biorxiv/2026-11-01/2026-11-29"
FIRST = "10.1101/2026.02.03.000001"
SECOND = "10.64898/2026.11.18.745440"


def serve(service: Biorxiv, server: FakeServer, period: str = PERIOD, name: str = "biorxiv") -> None:
    cursors = range(0, 400)
    paths = [f"/{listed}/{period}/{cursor}/json" for listed in ("details", "pubs") for cursor in cursors]
    dois = {each["doi"] for each in service.postings} | {FIRST, SECOND, "10.1101/404"}
    service.serve(server, (*paths, *(f"/details/{name}/{doi}/na/json" for doi in dois)))


def search(ask: Ask, **more: Any) -> Fetched:
    return ask("biorxiv", **{"query": ("blinatumomab",), "since": SINCE, **more})


def ids(found: Fetched) -> list[Any]:
    return [record["record_id"] for record in rows(found, "records")]


# --- reading -----------------------------------------------------------------------------------------------------


def test_a_posting_is_a_record_and_what_is_na_is_missing() -> None:
    entry = posting(FIRST.upper(), title="T cells in <i>ALL</i>", abstract="NA", authors="NA, K.; Roe, B.")
    [found] = records([each for each in [posting_of(entry)] if each], [], "bioRxiv")
    assert (found.record_id, found.doi, found.kind, found.journal) == (f"doi:{FIRST}", FIRST, "preprint", "bioRxiv")
    assert (found.title, found.abstract, found.authors) == ("T cells in ALL", "", ("NA, K.", "Roe, B."))
    assert (found.published_on, found.year) == ("2026-11-20", 2026)
    assert found.url == f"https://www.biorxiv.org/content/{FIRST}v1"
    assert found.note == "Version 1, posted on 2026-11-20.\nType: new results. Subject: hematology."


def test_versions_are_one_record_the_latest_known_since_the_first() -> None:
    entries = [posting(FIRST, 2, "2026-11-20", title="New"), posting(FIRST, 1, "2026-02-03", title="Old")]
    found = records([each for each in map(posting_of, entries) if each], [], "bioRxiv")
    assert [(each.title, each.published_on, each.url[-2:]) for each in found] == [("New", "2026-02-03", "v2")]


def test_a_publication_links_the_preprint_with_its_article() -> None:
    printed = publication_of(publication(FIRST, "10.1182/BLOOD.2026"))
    posted = posting_of(posting(FIRST, published="10.1182/blood.2026"))
    assert printed
    assert posted
    sentence = "Published as doi:10.1182/blood.2026 in Blood on 2026-11-21."
    assert records([posted], [printed], "bioRxiv")[0].note.startswith(sentence)
    assert records([posted], [], "bioRxiv")[0].note.startswith("Published as doi:10.1182/blood.2026.")
    alone = records([], [printed], "bioRxiv")[0]
    assert (alone.record_id, alone.published_on, alone.note) == (f"doi:{FIRST}", "2026-02-03", sentence)


@pytest.mark.parametrize(
    ("words", "match", "text", "stand"),
    [
        (("blinatumomab",), "all", "On Blinatumomab.", True),
        (("ALL",), "all", "small trials", False),
        (("ALL",), "all", "adults with ALL", True),
        (("b-cell",), "all", "mature B cell and B\u2010cell lines", True),
        (("acute lymphoblastic",), "all", "acute\n  lymphoblastic", True),
        (("leuk*",), "all", "leukaemia", True),
        (("leuk",), "all", "leukaemia", False),
        (("a", "b"), "all", "a c", False),
        (("a", "b"), "any", "a c", True),
        (("C++",), "all", "in C++ code", True),
    ],
)
def test_words_match_whole_words_capitals_and_hyphens_aside(words: Any, match: Any, text: str, stand: bool) -> None:
    assert Wanted(words, match).stand_in(text) is stand


def test_words_may_stand_apart_in_title_and_abstract_but_a_phrase_may_not() -> None:
    assert Wanted(("one", "two"), "all").stand_in("one", "two")
    assert Wanted(("one two",), "all").stand_in("one two", "")


@pytest.mark.parametrize(
    "status", ["no posts found", "No posts found.", "no articles found for 10.1101/1", "DOI not found"]
)
def test_nothing_found_is_said_in_words(status: str) -> None:
    data = {"messages": [{"status": status}], "collection": []}
    assert fault(data) is None
    assert page_in(data).total == 0


@pytest.mark.parametrize(
    "data",
    [
        [], {}, {"collection": []}, {"messages": [], "collection": []}, {"messages": "busy", "collection": []},
        {"messages": [{"status": "error: server busy"}], "collection": []},
        {"messages": [{"status": "ok"}], "collection": {}},
        {"messages": [{"status": "ok", "count": 30}], "collection": [posting("10.1101/1")]},
        {"messages": [{"status": "ok", "count": 1, "cursor": "60"}], "collection": [posting("10.1101/1")]},
    ],
)  # fmt: skip
def test_what_is_no_page_is_a_fault(data: Any) -> None:
    assert fault(data, 30)


# --- searches ----------------------------------------------------------------------------------------------------


def test_preprints_of_a_period_are_looked_through_and_counted(ask: Ask, fake_server: FakeServer) -> None:
    others = [posting(f"10.1101/{number}", abstract="On mice.") for number in range(80)]
    serve(Biorxiv(postings=[*others, posting(FIRST), posting(SECOND)]), fake_server)
    found = search(ask)
    [row] = rows(found, "searches")
    assert (row["source"], row["kind"], row["query"], row["hits"]) == ("bioRxiv", "database", '"blinatumomab"', 2)
    assert (row["searched_on"], row["through"]) == ("2026-11-29", "2026-11-29")
    assert str(row["search_id"]).startswith("biorxiv-2026-11-29-")
    assert "Preprints posted: looked through 82, of which 2 match." in str(row["note"])
    assert "bioRxiv: Preprints posted: looked through 82, of which 2 match." in found.notes
    assert ids(found) == [f"doi:{FIRST}", f"doi:{SECOND}"]
    asked = [each.path for each in fake_server.requests]
    assert asked == [f"/details/{PERIOD}/{cursor}/json" for cursor in (0, 30, 60)] + [f"/pubs/{PERIOD}/0/json"]
    assert found.left_out == ()


def test_the_step_is_what_a_page_holds(ask: Ask, fake_server: FakeServer) -> None:
    service = Biorxiv(
        postings=[posting(f"10.1101/{number}") for number in range(25)], sizes={"details": 7, "pubs": 100}
    )
    serve(service, fake_server)
    assert len(ids(search(ask))) == 25


def test_medrxiv_is_asked_by_its_own_name(ask: Ask, fake_server: FakeServer) -> None:
    serve(Biorxiv(postings=[posting(FIRST, server="medRxiv")]), fake_server, "medrxiv/2026-11-01/2026-11-29", "medrxiv")
    found = search(ask, server="medrxiv")
    assert rows(found, "searches")[0]["source"] == "medRxiv"
    assert rows(found, "records")[0]["url"] == f"https://www.medrxiv.org/content/{FIRST}v1"


def test_a_period_without_preprints_is_recorded(ask: Ask, fake_server: FakeServer) -> None:
    serve(Biorxiv(), fake_server)
    found = search(ask)
    assert rows(found, "searches")[0]["hits"] == 0
    assert found.left_out == ()


def test_a_second_search_goes_on_three_days_before_the_end_of_the_first(ask: Ask, fake_server: FakeServer) -> None:
    serve(Biorxiv(postings=[posting(FIRST)]), fake_server, "biorxiv/2026-11-17/2026-11-29")
    assert ids(search(ask, known=searched("2026-11-20", "bioRxiv", '"blinatumomab"'))) == [f"doi:{FIRST}"]


def test_a_later_version_brings_the_day_of_the_first(ask: Ask, fake_server: FakeServer) -> None:
    serve(Biorxiv(postings=[posting(FIRST, 1, "2026-02-03"), posting(FIRST, 2, "2026-11-20")]), fake_server)
    [record] = rows(search(ask), "records")
    assert (record["published_on"], record["year"]) == ("2026-02-03", 2026)
    assert str(record["url"]).endswith("v2")
    assert fake_server.requests[-1].path == f"/details/biorxiv/{FIRST}/na/json"


def test_a_preprint_that_appears_in_a_journal_is_a_record_that_says_so(ask: Ask, fake_server: FakeServer) -> None:
    serve(Biorxiv(publications=[publication(FIRST, "10.1182/blood.2026")]), fake_server)
    [record] = rows(search(ask), "records")
    assert record["record_id"] == f"doi:{FIRST}"
    assert "Published as doi:10.1182/blood.2026 in Blood on 2026-11-21." in str(record["note"])


def test_a_known_preprint_that_appears_in_a_journal_is_told(ask: Ask, fake_server: FakeServer) -> None:
    serve(
        Biorxiv(publications=[publication(FIRST, "10.1182/b", preprint_title="X", preprint_abstract="Y")]), fake_server
    )
    known = {"reports": (report(f"doi:{FIRST}"), report("other", doi=SECOND))}
    found = search(ask, known=known)
    assert ids(found) == []
    assert any(f"report doi:{FIRST} is a preprint that has appeared" in note for note in found.notes)


def test_publications_can_be_left_aside(ask: Ask, fake_server: FakeServer) -> None:
    serve(Biorxiv(postings=[posting(FIRST)]), fake_server)
    search(ask, publications=False)
    assert not any(asked.path.startswith("/pubs") for asked in fake_server.requests)


def test_preprints_are_looked_up_by_doi_of_either_prefix(ask: Ask, fake_server: FakeServer) -> None:
    serve(Biorxiv(postings=[posting(FIRST, 1), posting(FIRST, 2), posting(SECOND, abstract="On mice.")]), fake_server)
    found = ask("biorxiv", dois=(f"https://doi.org/{FIRST}", SECOND))
    assert ids(found) == [f"doi:{FIRST}", f"doi:{SECOND}"]
    assert rows(found, "searches")[0]["query"] == f"DOIs: {FIRST}, {SECOND}"


def test_a_doi_that_the_server_does_not_have_is_named(ask: Ask, fake_server: FakeServer) -> None:
    serve(Biorxiv(postings=[posting(FIRST)]), fake_server)
    found = ask("biorxiv", dois=("10.1101/404", FIRST))
    assert ids(found) == [f"doi:{FIRST}"]
    assert [problem.message for problem in found.left_out] == ["there is no 10.1101/404"]


def test_a_preprint_that_is_not_the_one_asked_for_is_refused(ask: Ask, fake_server: FakeServer) -> None:
    other = {"messages": [{"status": "ok", "count": 1, "total": "1"}], "collection": [posting(SECOND)]}
    fake_server.answer(f"/details/biorxiv/{FIRST}/na/json", json_page(other))
    found = ask("biorxiv", dois=(FIRST,))
    assert ids(found) == []
    assert [problem.found for problem in found.left_out] == [SECOND]


def test_entries_that_come_twice_or_change_between_pages_are_one(ask: Ask, fake_server: FakeServer) -> None:
    def between(service: Biorxiv) -> None:
        if service.postings[0]["doi"] != SECOND:
            service.postings.insert(0, posting(SECOND))
            service.postings[30]["title"] = "Changed"

    service = Biorxiv(postings=[posting(f"10.1101/{number}") for number in range(45)], between=between)
    serve(service, fake_server)
    found = search(ask)
    titles = {record["record_id"]: record["title"] for record in rows(found, "records")}
    assert titles["doi:10.1101/29"] == "Changed"
    assert len(titles) == len(ids(found)) == 45
    assert [problem.found for problem in found.left_out] == ["45 of 46"]  # the new one stands on a page already read


def test_what_does_not_come_is_asked_for_again(ask: Ask, fake_server: FakeServer) -> None:
    serve(Biorxiv(postings=[posting(FIRST)], total=5), fake_server, "biorxiv/2026-11-17/2026-11-29")
    found = search(ask, known=searched("2026-11-20", "bioRxiv", '"blinatumomab"'))
    assert rows(found, "searches")[0]["through"] == "2026-11-20"
    assert [problem.found for problem in found.left_out] == ["1 of 5"]


def test_a_server_that_gives_the_first_page_for_ever_ends(ask: Ask, fake_server: FakeServer) -> None:
    page = {"messages": [{"status": "ok", "count": 1, "total": "3"}], "collection": [posting(FIRST)]}
    for cursor in range(3):
        fake_server.answer(f"/details/{PERIOD}/{cursor}/json", json_page(page))
    found = search(ask, publications=False)
    assert ids(found) == [f"doi:{FIRST}"]
    assert [problem.found for problem in found.left_out] == ["1 of 3"]
    assert len(fake_server.requests) == 2


def test_an_entry_without_a_doi_is_named(ask: Ask, fake_server: FakeServer) -> None:
    serve(Biorxiv(postings=[posting("NA", title="Nameless blinatumomab"), posting(FIRST)]), fake_server)
    found = search(ask)
    assert ids(found) == [f"doi:{FIRST}"]
    assert [problem.found for problem in found.left_out] == ["Nameless blinatumomab"]


def test_an_outage_is_no_empty_period(ask: Ask, fake_server: FakeServer) -> None:
    fake_server.answer(f"/details/{PERIOD}/0/json", json_page({"messages": [{"status": "error"}], "collection": []}))
    with pytest.raises(PluginError, match="the server says 'error'"):
        search(ask)


def test_a_run_can_be_read_again_without_the_server(ask: Ask, fake_server: FakeServer, recorder: Recorder) -> None:
    serve(Biorxiv(postings=[posting(f"10.1101/{number}", 2) for number in range(40)]), fake_server)
    assert search(ask) == search(ask, network=Replay(recorder.location, recorder.run))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "nothing to look for"), ({"query": ("a",)}, "needs since"), ({"dois": ("x",)}, "is no DOI"),
        ({"query": (" * ",), "since": SINCE}, "holds no word"),
    ],
)  # fmt: skip
def test_what_to_look_for_must_be_something(options: Any, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        BiorxivOptions(**options)
