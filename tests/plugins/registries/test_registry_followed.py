"""Trials that a review knows, asked for one by one: the right one, another one, none, and what they propose."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from pydantic import ValidationError
from registry_documents import content, made_events, made_study, only, results, rows
from registry_server import QUERY, brought, number, page, serve_no_study, serve_pages, serve_study, serve_version

from fake_sources import FakeServer, json_page, moved
from livereview import FetchRequest, PluginError
from livereview.network import Recorder
from livereview_registries.options import RegistryFileOptions, RegistryOptions
from livereview_registries.source import fetch

STUDY = {"study_id": "brown-2021", "registry_id": f"{number(1)}; EudraCT 2014-002476-92"}


def paths(server: FakeServer) -> list[str]:
    return [asked.path for asked in server.requests if asked.path.startswith("/studies/")]


def test_trials_of_studies_of_ongoing_ones_and_of_the_manifest_are_followed_once(
    fake_server: FakeServer, recorder: Recorder
) -> None:
    serve_version(fake_server)
    for digits in (1, 2, 3):
        serve_study(fake_server, number(digits), made_study(number(digits), events=made_events()))
    known = {"studies": (STUDY, {**STUDY, "study_id": "hogan-2023"}), "ongoing": ({"registry_id": number(2)},)}
    fetched = brought(fake_server, recorder, known=known, ids=(number(3).lower(), number(1)))
    assert paths(fake_server) == [f"/studies/{number(digits)}" for digits in (3, 1, 2)]
    assert {row["report_id"] for row in results(fetched)} == {f"nct:{number(digits)}" for digits in (1, 2, 3)}
    assert set(fetched.inputs) == {f"ClinicalTrials.gov {number(digits)}" for digits in (1, 2, 3)}


def test_a_candidate_of_the_search_is_not_followed(fake_server: FakeServer, recorder: Recorder) -> None:
    serve_pages(fake_server, [page(8, 9, total=2)])
    serve_study(fake_server, number(9), made_study(number(9), events=made_events()))
    fetched = brought(fake_server, recorder, query=QUERY, ids=(number(9),))
    assert paths(fake_server) == [f"/studies/{number(9)}"]
    assert {row["study_id"] for row in results(fetched)} == {"nct00000009"}


def test_another_trial_than_the_one_asked_for_is_refused_and_the_others_go_on(
    fake_server: FakeServer, recorder: Recorder
) -> None:
    serve_version(fake_server)
    serve_study(fake_server, number(1), made_study(number(5), events=made_events()))
    serve_study(fake_server, number(2), made_study(number(2), events=made_events()))
    fetched = brought(fake_server, recorder, ids=(number(1), number(2)))
    assert {row["report_id"] for row in results(fetched)} == {f"nct:{number(2)}"}
    problem = fetched.left_out[0]
    assert (problem.place, problem.found) == (f"ClinicalTrials.gov {number(1)}", number(5))


@pytest.mark.parametrize("way", ["moved", "at once"])
def test_a_number_that_a_trial_had_before_leads_to_it(fake_server: FakeServer, recorder: Recorder, way: str) -> None:
    serve_version(fake_server)
    made = made_study(number(1), events=made_events())
    made["protocolSection"]["identificationModule"]["nctIdAliases"] = [number(6)]
    serve_study(fake_server, number(1), made)
    answer = moved(f"/studies/{number(1)}?format=json") if way == "moved" else json_page(made)
    fake_server.answer(f"/studies/{number(6)}", answer)
    fetched = brought(fake_server, recorder, known={"studies": ({**STUDY, "registry_id": number(6)},)})
    assert fetched.left_out == ()
    assert {row["study_id"] for row in results(fetched)} == {"brown-2021"}


def test_a_trial_under_two_of_its_numbers_is_proposed_once(fake_server: FakeServer, recorder: Recorder) -> None:
    serve_version(fake_server)
    made = made_study(number(1), events=made_events())
    made["protocolSection"]["identificationModule"]["nctIdAliases"] = [number(6)]
    for digits in (1, 6):
        serve_study(fake_server, number(digits), made)
    assert len(results(brought(fake_server, recorder, ids=(number(1), number(6))))) == 3


def test_a_number_that_the_registry_does_not_have_is_named(fake_server: FakeServer, recorder: Recorder) -> None:
    serve_version(fake_server)
    serve_no_study(fake_server, number(4))
    serve_study(fake_server, number(1), made_study(number(1), events=made_events()))
    fetched = brought(fake_server, recorder, ids=(number(4), number(1)))
    assert len(results(fetched)) == 3
    problem = only(list(fetched.left_out))  # type: ignore[arg-type]
    assert (problem.found, "404" in problem.message) == (number(4), True)  # type: ignore[attr-defined]


@pytest.mark.parametrize("answer", [{}, [], {"protocolSection": []}, {"studies": []}, {"FullStudiesResponse": {}}, 5])
def test_an_answer_that_is_no_study_is_named_and_the_others_go_on(
    fake_server: FakeServer, recorder: Recorder, answer: Any
) -> None:
    serve_version(fake_server)
    serve_study(fake_server, number(4), answer)
    serve_study(fake_server, number(1), made_study(number(1), events=made_events()))
    fetched = brought(fake_server, recorder, ids=(number(4), number(1)))
    assert len(results(fetched)) == 3
    assert [problem.place for problem in fetched.left_out] == [f"ClinicalTrials.gov {number(4)}"]


def test_the_real_record_gives_what_the_saved_one_gives(fake_server: FakeServer, recorder: Recorder) -> None:
    serve_version(fake_server)
    serve_study(fake_server, "NCT02552212", json.loads(content("NCT02552212.json")))
    fetched = brought(fake_server, recorder, ids=("NCT02552212",))
    assert len(results(fetched)) == 94
    assert all(problem.place == "ClinicalTrials.gov NCT02552212" for problem in fetched.left_out)


def test_the_state_of_a_trial_that_the_review_waits_for_is_proposed(
    fake_server: FakeServer, recorder: Recorder
) -> None:
    serve_version(fake_server)
    serve_study(fake_server, number(2), made_study(number(2), overallStatus="TERMINATED"))
    known = {"ongoing": ({"registry_id": number(2), "recruitment": "Recruiting", "source": "a paper"},)}
    fetched = brought(fake_server, recorder, known=known)
    assert only(rows(fetched, "ongoing"))["recruitment"] == "Terminated"


def test_nothing_is_followed_where_the_manifest_says_so(fake_server: FakeServer, recorder: Recorder) -> None:
    serve_version(fake_server)
    assert brought(fake_server, recorder, known={"studies": (STUDY,)}, follow=False).tables == ()
    assert paths(fake_server) == []


def test_requests_are_a_second_apart(fake_server: FakeServer, recorder: Recorder) -> None:
    serve_version(fake_server)
    for digits in (1, 2, 3):
        serve_study(fake_server, number(digits), made_study(number(digits)))
    brought(fake_server, recorder, ids=tuple(number(digits) for digits in (1, 2, 3)))
    at = [asked.at for asked in fake_server.requests]
    assert min(later - earlier for earlier, later in pairwise(at)) >= 1


def test_without_a_network_it_says_so(tmp_path: Any) -> None:
    with pytest.raises(PluginError, match="asks a server"):
        fetch(FetchRequest(folder=tmp_path, tables=()), RegistryOptions(ids=("NCT01207388",)))


# --- options ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"ids": ("NCT123",)}, "write NCT and eight digits"),
        ({"query": {}}, "would find every trial"),
        ({"query": {"condition": "x"}}, "condition"),
        ({"filter_advanced": "AREA[Phase]PHASE3"}, "add query"),
        ({"per_second": 0}, "per_second"),
        ({"page_size": 1001}, "page_size"),
        ({"outcomes": {"outcome: x": "two words"}}, "outcomes"),
    ],
)
def test_options_that_cannot_be_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        RegistryOptions(**options)


def test_a_search_of_saved_files_needs_its_day() -> None:
    with pytest.raises(ValidationError, match="add searched_on"):
        RegistryFileOptions(path="saved", query="query.cond=x")
