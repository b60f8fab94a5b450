"""A search of ClinicalTrials.gov from its first page to its last, on good days and on bad ones."""

from __future__ import annotations

import json
from typing import Any

import pytest
from registry_documents import content, made_study, only, rows
from registry_server import QUERY, TODAY, VERSION, brought, number, page, pages_asked, serve_pages, serve_version

from fake_sources import FakeServer, cut_json, html, json_page, plain, server_error, too_many
from livereview import Fetched, PluginError
from livereview.evidence.checks import checked
from livereview.network import Recorder, Replay

SOURCE = "ClinicalTrials.gov"


def numbers(fetched: Fetched) -> list[str]:
    return [row["registry_id"] for row in rows(fetched, "records")]


def found(server: FakeServer, recorder: Recorder, **more: Any) -> Fetched:
    return brought(server, recorder, query=QUERY, **more)


# --- pages -----------------------------------------------------------------------------------------------------------


def test_the_recorded_pages_of_a_search_are_read_to_the_end(fake_server: FakeServer, recorder: Recorder) -> None:
    pages = [json.loads(content(f"search_phelan_{name}_20260811.json")) for name in ("limit5", "next")]
    shown = [len(each["studies"]) for each in pages]
    del pages[1]["nextPageToken"]
    pages[0]["totalCount"] = sum(shown)
    serve_pages(fake_server, pages)
    fetched = found(fake_server, recorder)
    assert len(set(numbers(fetched))) == sum(shown) == 10
    assert pages_asked(fake_server) == [None, pages[0]["nextPageToken"]]
    assert fetched.left_out == ()


def test_an_empty_page_is_not_the_end(fake_server: FakeServer, recorder: Recorder) -> None:
    serve_pages(fake_server, [page(1, token="a", total=2), page(token="b"), page(2)])
    assert numbers(found(fake_server, recorder)) == [number(1), number(2)]


def test_every_page_is_asked_with_the_parameters_of_the_first(fake_server: FakeServer, recorder: Recorder) -> None:
    serve_pages(fake_server, [page(1, token="a", total=2), page(2)])
    found(fake_server, recorder, overall_status=("RECRUITING", "COMPLETED"), filter_advanced="AREA[Phase]PHASE3")
    first, second = (dict(asked.query) for asked in fake_server.requests if asked.path == "/studies")
    assert first.pop("countTotal") == "true"
    assert second.pop("pageToken") == "a"
    assert first == second
    assert {k: v for k, v in first.items() if k.startswith(("query", "filter"))} == {
        "query.cond": "acute lymphoblastic leukemia",
        "query.intr": "blinatumomab",
        "filter.overallStatus": "RECRUITING|COMPLETED",
        "filter.advanced": "AREA[Phase]PHASE3",
    }


def test_a_trial_on_two_pages_enters_once(fake_server: FakeServer, recorder: Recorder) -> None:
    serve_pages(fake_server, [page(1, 2, token="a", total=3), page(2, 3)])
    fetched = found(fake_server, recorder)
    assert numbers(fetched) == [number(1), number(2), number(3)]
    assert fetched.left_out == ()


def test_of_a_trial_that_changed_between_pages_the_later_reading_counts(
    fake_server: FakeServer, recorder: Recorder
) -> None:
    changed = made_study(number(2))
    changed["protocolSection"]["identificationModule"]["briefTitle"] = "A new title"
    serve_pages(fake_server, [page(1, 2, token="a", total=3), page(changed, 3)])
    fetched = found(fake_server, recorder)
    assert [row["title"] for row in rows(fetched, "records") if row["registry_id"] == number(2)] == ["A new title"]
    assert any("changed between pages" in note for note in fetched.notes)


def test_a_token_that_comes_twice_is_named_instead_of_going_round_for_ever(
    fake_server: FakeServer, recorder: Recorder
) -> None:
    serve_pages(fake_server, [page(1, token="a", total=9), page(2, token="b"), page(3, token="a")])
    with pytest.raises(PluginError, match="'a' of a next page a second time"):
        found(fake_server, recorder)
    assert pages_asked(fake_server) == [None, "a", "b"]


def test_a_refused_token_starts_the_search_again_once(fake_server: FakeServer, recorder: Recorder) -> None:
    serve_version(fake_server)
    fake_server.answer("/studies", json_page(page(1, token="a", total=2)), json_page(page(1, token="b", total=3)))
    fake_server.answer("/studies", plain("Invalid page token", 400), query={"pageToken": "a"})
    fake_server.answer("/studies", json_page(page(2, 3)), query={"pageToken": "b"})
    fetched = found(fake_server, recorder)
    assert numbers(fetched) == [number(1), number(2), number(3)]
    assert pages_asked(fake_server) == [None, "a", None, "b"]
    assert any("started again from its first page" in note for note in fetched.notes)
    assert only(rows(fetched, "searches"))["hits"] == 3


def test_a_token_refused_twice_fails_the_source(fake_server: FakeServer, recorder: Recorder) -> None:
    serve_pages(fake_server, [page(1, token="a", total=2), page(2)])
    fake_server.answer("/studies", plain("Invalid page token", 400), query={"pageToken": "a"})
    with pytest.raises(PluginError, match="refused its own token of a next page twice"):
        found(fake_server, recorder)
    assert pages_asked(fake_server) == [None, "a", None, "a"]


def test_a_refused_search_is_told_in_the_words_of_the_registry(fake_server: FakeServer, recorder: Recorder) -> None:
    serve_version(fake_server)
    fake_server.answer("/studies", plain("filter.advanced: unexpected end of expression", 400))
    with pytest.raises(PluginError, match=r"unexpected end of expression.*Correct query"):
        found(fake_server, recorder)


# --- what the registry counts ----------------------------------------------------------------------------------------


def test_fewer_trials_than_were_counted_are_asked_for_again_and_named(
    fake_server: FakeServer, recorder: Recorder
) -> None:
    serve_pages(fake_server, [page(1, token="a", total=4), page(2)])
    fetched = found(fake_server, recorder)
    assert pages_asked(fake_server) == [None, "a", None, "a"]
    assert [problem.found for problem in fetched.left_out] == ["4 counted, 2 came"]
    search = only(rows(fetched, "searches"))
    assert (search["hits"], search["through"]) == (4, "2000")
    assert "the next search asks for all of this again" in search["note"]


def test_an_incomplete_search_does_not_move_the_day_through_which_was_searched(
    fake_server: FakeServer, recorder: Recorder
) -> None:
    serve_pages(fake_server, [page(1, total=4)])
    known = {"searches": (searched_before("2026-02-01"),)}
    assert only(rows(found(fake_server, recorder, known=known), "searches"))["through"] == "2026-02-01"


def test_more_trials_than_were_counted_are_named_and_kept(fake_server: FakeServer, recorder: Recorder) -> None:
    serve_pages(fake_server, [page(1, token="a", total=1), page(2)])
    fetched = found(fake_server, recorder)
    assert [problem.found for problem in fetched.left_out] == ["1 counted, 2 came"]
    assert (numbers(fetched), only(rows(fetched, "searches"))["through"]) == ([number(1), number(2)], "2026-02-27")


def test_a_registry_that_does_not_count_is_told(fake_server: FakeServer, recorder: Recorder) -> None:
    serve_pages(fake_server, [page(1)])
    fetched = found(fake_server, recorder)
    assert (fetched.left_out, only(rows(fetched, "searches"))["hits"]) == ((), 1)
    assert any("did not say how many" in note for note in fetched.notes)


def test_a_study_without_a_number_is_named_and_does_not_count_as_missing(
    fake_server: FakeServer, recorder: Recorder
) -> None:
    serve_pages(fake_server, [page(1, {"protocolSection": {}}, {"hasResults": False}, total=3)])
    fetched = found(fake_server, recorder)
    assert numbers(fetched) == [number(1)]
    assert [problem.column for problem in fetched.left_out if problem.column] == [
        f"/studies/{i}/protocolSection/identificationModule/nctId" for i in (1, 2)
    ]
    assert pages_asked(fake_server) == [None]


# --- what is recorded, and what is asked the next time ------------------------------------------------------------


def searched_before(through: str | None, on: str = "2026-02-03", **more: Any) -> dict[str, Any]:
    query = "query.cond=acute lymphoblastic leukemia&query.intr=blinatumomab"
    return {"source": SOURCE, "query": query, "review": "blina", "searched_on": on, "through": through, **more}


def test_a_search_is_recorded_with_its_query_its_day_and_the_state_of_the_data(
    fake_server: FakeServer, recorder: Recorder
) -> None:
    serve_pages(fake_server, [page(1, 2, total=2)])
    row = only(rows(found(fake_server, recorder), "searches"))
    assert row == {
        "search_id": row["search_id"], "review": "blina", "source": SOURCE, "kind": "register",
        "query": "query.cond=acute lymphoblastic leukemia&query.intr=blinatumomab", "searched_on": "2026-03-01",
        "through": "2026-02-27", "hits": 2, "locator": f"{fake_server.base}/studies", "note": f"data of {VERSION}",
        "unsettled": set(),
    }  # fmt: skip
    assert row["search_id"].startswith("clinicaltrials-gov-2026-03-01-")
    assert recorder.run.versions == (VERSION,)


def test_a_record_says_what_the_registry_says(fake_server: FakeServer, recorder: Recorder) -> None:
    made = made_study(number(7))
    made["protocolSection"]["identificationModule"] |= {
        "officialTitle": "An official title",
        "orgStudyIdInfo": {"id": "AALL1331"},
        "secondaryIdInfos": [{"id": "2014-002476-92", "type": "EUDRACT_NUMBER"}, {"id": "ISRCTN12345678"}],
        "nctIdAliases": ["NCT00000017"],
    }
    made["protocolSection"]["descriptionModule"] = {"briefSummary": "First line.\n\nSecond line."}
    serve_pages(fake_server, [page(made, total=1)])
    row = only(rows(found(fake_server, recorder), "records"))
    assert {k: v for k, v in row.items() if k not in ("search_id", "unsettled")} == {
        "record_id": "nct:NCT00000007", "title": "An official title", "year": 2015, "journal": SOURCE,
        "registry_id": "NCT00000007; NCT00000017; 2014-002476-92; ISRCTN12345678",
        "url": "https://clinicaltrials.gov/study/NCT00000007", "abstract": "First line.\n\nSecond line.",
        "published_on": "2015-03-02", "kind": "registry", "found_on": "2026-03-01",
    }  # fmt: skip


def test_the_next_search_asks_for_what_changed_since_three_days_before(
    fake_server: FakeServer, recorder: Recorder
) -> None:
    serve_pages(fake_server, [page(total=0)])
    fetched = found(fake_server, recorder, known={"searches": (searched_before("2026-02-01"),)})
    asked = next(asked.query for asked in fake_server.requests if asked.path == "/studies")
    assert asked["filter.advanced"] == "AREA[LastUpdatePostDate]RANGE[2026-01-29,MAX]"
    row = only(rows(fetched, "searches"))
    assert row["query"] == searched_before(None)["query"]
    assert "RANGE[2026-01-29,MAX]" in row["note"]
    assert row["hits"] == 0


def test_a_condition_of_the_manifest_stays_beside_the_day(fake_server: FakeServer, recorder: Recorder) -> None:
    serve_pages(fake_server, [page(total=0)])
    before = searched_before("2026-02-01")
    before["query"] = "filter.advanced=A OR B&" + before["query"]
    found(fake_server, recorder, known={"searches": (before,)}, filter_advanced="A OR B")
    asked = next(asked.query for asked in fake_server.requests if asked.path == "/studies")
    assert asked["filter.advanced"] == "(A OR B) AND AREA[LastUpdatePostDate]RANGE[2026-01-29,MAX]"


@pytest.mark.parametrize(
    "other",
    [
        {"query": "query.cond=another"},
        {"source": "PubMed"},
        {"review": "another"},
        {"searched_on": "2026-03-01"},
    ],
)
def test_searches_of_another_kind_do_not_narrow_this_one(
    fake_server: FakeServer, recorder: Recorder, other: dict[str, str]
) -> None:
    serve_pages(fake_server, [page(1, total=1)])
    found(fake_server, recorder, known={"searches": ({**searched_before("2026-02-01"), **other},)})
    asked = next(asked.query for asked in fake_server.requests if asked.path == "/studies")
    assert "filter.advanced" not in asked


def test_a_search_that_covered_nothing_is_asked_again_from_the_beginning(
    fake_server: FakeServer, recorder: Recorder
) -> None:
    serve_pages(fake_server, [page(1, total=1)])
    found(fake_server, recorder, known={"searches": (searched_before("2000"),)})
    asked = next(asked.query for asked in fake_server.requests if asked.path == "/studies")
    assert asked["filter.advanced"] == "AREA[LastUpdatePostDate]RANGE[1999-12-29,MAX]"


def test_the_store_accepts_searches_and_records(fake_server: FakeServer, recorder: Recorder) -> None:
    serve_pages(fake_server, [page(1, 2, total=2)])
    assert [str(problem) for problem in checked(found(fake_server, recorder).tables, today=TODAY).problems] == []


def test_a_candidate_is_a_record_and_nothing_else(fake_server: FakeServer, recorder: Recorder) -> None:
    serve_pages(fake_server, [page(made_study(number(1), outcomes=[]), total=1)])
    assert {table.table for table in found(fake_server, recorder).tables} == {"searches", "records"}


# --- bad days ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [too_many("1"), server_error(), cut_json(), html(), json_page({"message": "busy"})])
def test_after_a_fault_each_trial_is_there_once(fake_server: FakeServer, recorder: Recorder, fault: Any) -> None:
    serve_pages(fake_server, [page(1, 2, token="a", total=3), page(3)], fault)
    assert numbers(found(fake_server, recorder)) == [number(1), number(2), number(3)]
    assert pages_asked(fake_server) == [None, None, "a"]


def test_a_search_that_broke_off_is_whole_the_next_time(fake_server: FakeServer, recorder: Recorder) -> None:
    serve_version(fake_server)
    fake_server.answer("/studies", json_page(page(1, token="a", total=2)))
    fake_server.answer("/studies", *[server_error()] * 5, json_page(page(2)), query={"pageToken": "a"})
    with pytest.raises(PluginError, match="500"):
        found(fake_server, recorder)
    assert numbers(found(fake_server, recorder)) == [number(1), number(2)]


@pytest.mark.parametrize("said", [{}, {"dataTimestamp": "yesterday, noon"}, {"dataTimestamp": "2026-02-30T09:00"}])
def test_a_registry_that_does_not_say_the_state_of_its_data_is_not_read(
    fake_server: FakeServer, recorder: Recorder, said: dict[str, str]
) -> None:
    fake_server.answer("/version", json_page({"apiVersion": "2.0.5", **said}))
    with pytest.raises(PluginError, match="dataTimestamp"):
        found(fake_server, recorder)


def test_a_kept_run_gives_the_same_without_a_server(fake_server: FakeServer, recorder: Recorder) -> None:
    serve_pages(fake_server, [page(1, 2, token="a", total=3), page(3)])
    live = found(fake_server, recorder)
    asked = len(fake_server.requests)
    again = brought(fake_server, Replay(recorder.location, recorder.run), query=QUERY)
    assert again == live
    assert len(fake_server.requests) == asked
