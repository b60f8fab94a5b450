"""Which documents are read, which are refused and why; and that what is odd in one never costs the others."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from registry_documents import (
    content,
    fetched,
    fetched_folder,
    made_events,
    made_outcome,
    made_study,
    only,
    results,
    rows,
    study,
)

from livereview import Fetched
from livereview_registries.documents import read_document


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    saved = tmp_path / "saved"
    saved.mkdir()
    return saved


def messages(brought: Fetched) -> list[str]:
    return [problem.message for problem in brought.left_out]


# --- formats ---------------------------------------------------------------------------------------------------------


def test_a_legacy_record_and_its_conversion_give_the_same_rows(folder: Path) -> None:
    legacy = fetched(folder, "NCT01207388.xml", adverse_events="all")
    converted = fetched(folder, "NCT01207388.derived-from-legacy.json", adverse_events="all")

    def plain(brought: Fetched) -> list[dict[str, Any]]:
        return [{k: v for k, v in row.items() if k != "locator"} for row in results(brought)]

    assert plain(legacy) == plain(converted)
    assert len(plain(legacy)) == 198
    assert [p.message for p in legacy.left_out] == [p.message for p in converted.left_out]


def test_a_legacy_record_says_when_it_was_posted(folder: Path) -> None:
    brought = fetched(folder, "NCT01207388.xml")
    report, found = only(rows(brought, "reports")), only(rows(brought, "studies"))
    assert (report["report_id"], report["kind"], report["published_on"]) == (
        "nct:NCT01207388",
        "registry",
        "2015-02-12",
    )
    assert (found["label"], found["design"], found["phase"], found["n_total"]) == (
        "BLAST (NCT01207388)", "single-arm", "2", 116,
    )  # fmt: skip


def changed(folder: Path, *changes: tuple[str, str]) -> Fetched:
    """The real legacy record with some of its text changed."""
    text = content("NCT01207388.xml").decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return with_file(folder, "legacy.xml", text.encode(), adverse_events="all")


@pytest.mark.parametrize("odd", ["NA", "7.5", "-1", "", "9" * 400])
def test_an_odd_count_of_a_legacy_record_is_named_and_nothing_else_lost(folder: Path, odd: str) -> None:
    whole = len(results(fetched(folder, "NCT01207388.xml", adverse_events="all")))
    fetched(folder)
    brought = changed(folder, ('subjects_affected="73"', f'subjects_affected="{odd}"'))
    assert len(results(brought)) == whole - 1
    assert results(brought, outcome="serious-adverse-event-total") == []
    assert any("/serious_events/category_list/category[1]/" in str(problem.column) for problem in brought.left_out)


def test_a_value_of_a_legacy_record_is_named_with_its_path(folder: Path) -> None:
    brought = changed(folder, ('group_id="O1" value="77.9"', 'group_id="O1" value="&lt;80"'))
    problem = next(problem for problem in brought.left_out if problem.found == "<80")
    assert problem.column == (
        "/clinical_study/clinical_results/outcome_list/outcome[1]/measure/class_list/class[1]/category_list/category[1]"
        "/measurement_list/measurement[1]"
    )


def test_an_earlier_number_of_a_legacy_record_is_the_same_trial(folder: Path) -> None:
    brought = changed(
        folder, ("<nct_id>NCT01207388</nct_id>", "<nct_id>NCT01207388</nct_id><nct_alias>NCT00000009</nct_alias>")
    )
    assert only(rows(brought, "studies"))["registry_id"] == "NCT01207388; NCT00000009"


@pytest.mark.parametrize(
    ("written", "date"),
    [("January 8, 2019", "2019-01-08"), ("November 2010", "2010-11"), ("in the spring", None), ("", None)],
)
def test_a_date_in_words_is_a_date_or_none(folder: Path, written: str, date: str | None) -> None:
    known = {"ongoing": ({"registry_id": "NCT01207388", "source": "x"},)}
    text = content("NCT01207388.xml").decode().replace(">February 2014<", f">{written}<")
    (folder / "legacy.xml").write_text(text, encoding="utf-8")
    assert only(rows(fetched_folder(folder, known=known), "ongoing")).get("expected_on") == date


def test_version_1_is_refused_with_advice(folder: Path) -> None:
    brought = fetched(folder, {"FullStudiesResponse": {"FullStudies": []}}, made_study(events=made_events()))
    assert len(results(brought)) == 3
    problem = brought.left_out[0]
    assert "version 1" in problem.message
    assert "/api/v2/studies/" in problem.remedy


def test_a_page_of_a_search_holds_its_studies_and_says_that_more_follow(folder: Path) -> None:
    brought = fetched(folder, "search_phelan_limit5_20260811.json", searched_on="2026-08-11", query="query.cond=Phelan")
    page = json.loads(content("search_phelan_limit5_20260811.json"))
    assert [row["registry_id"] for row in rows(brought, "records")] == sorted(
        each["protocolSection"]["identificationModule"]["nctId"] for each in page["studies"]
    )
    assert only(rows(brought, "searches"))["hits"] == len(page["studies"])
    assert any("has more pages after this one" in note for note in brought.notes)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (b"<html><body>Service unavailable</body></html>", "no XML of ClinicalTrials.gov"),
        (b"", "neither JSON nor XML"),
        (b'{"protocolSection": {"identificationModule"', "neither JSON nor XML, or it is cut off"),
        (b"[1, 2]", "no document of ClinicalTrials.gov"),
        (b'"text"', "no document of ClinicalTrials.gov"),
        (b'{"esearchresult": {}}', "no document of ClinicalTrials.gov"),
        (b"[" * 100_000, "neither JSON nor XML"),
        (b"<clinical_study><id_info>", "the XML is broken"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><clinical_study>&x;</clinical_study>', "defines an entity"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "defines an entity"),
        (b"<clinical_study/>", "no number of the registry"),
        (b'{"protocolSection": []}', "no number of the registry"),
        (b'{"protocolSection": {"identificationModule": {"nctId": "NCT000001"}}}', "no number of the registry"),
    ],
)
def test_a_bad_document_is_named_and_the_others_are_read(folder: Path, bad: bytes, message: str) -> None:
    fetched(folder, made_study(events=made_events()))
    name = "bad.xml" if bad.startswith(b"<") else "bad.json"
    brought = with_file(folder, name, bad)
    assert len(results(brought)) == 3
    assert [message in found for found in messages(brought)] == [True]
    assert brought.left_out[0].place == f"saved/{name}"


def with_file(folder: Path, name: str, data: bytes, **options: Any) -> Fetched:
    """What the folder as it stands gives with one more file."""
    (folder / name).write_bytes(data)
    return fetched_folder(folder, **options)


def test_a_packed_document_is_read_and_a_bomb_is_not(folder: Path) -> None:
    packed = gzip.compress(json.dumps(made_study(events=made_events())).encode())
    assert len(results(with_file(folder, "a.json.gz", packed))) == 3
    brought = with_file(folder, "bomb.json.gz", gzip.compress(b" " * 3_000_000), max_megabytes=1)
    assert ["larger than 1 MB" in problem.message for problem in brought.problems] == [True]
    assert len(results(brought)) == 3


def test_a_path_that_is_not_there_is_a_problem_of_the_manifest(folder: Path) -> None:
    fetched(folder)
    (problem,) = fetched(folder).problems
    assert "no .json or .xml" in problem.message


# --- pitfall 16: names and numbers -------------------------------------------------------------------------------


def test_a_file_named_after_another_trial_is_refused_and_named(folder: Path) -> None:
    brought = with_file(folder, "NCT02278341.json", content("NCT02552212.json"))
    assert brought.tables == ()
    problem = brought.left_out[0]
    assert (problem.place, problem.found) == ("saved/NCT02278341.json", "NCT02552212")


def test_a_file_named_after_an_alias_is_the_same_trial(folder: Path) -> None:
    made = made_study("NCT00000001", events=made_events())
    made["protocolSection"]["identificationModule"]["nctIdAliases"] = ["NCT00000009"]
    brought = with_file(folder, "NCT00000009.json", json.dumps(made).encode())
    assert brought.left_out == ()
    assert only(rows(brought, "studies"))["registry_id"] == "NCT00000001; NCT00000009"


def test_of_a_trial_in_two_files_the_later_update_counts(folder: Path) -> None:
    old = made_study(events=made_events())
    new = made_study(outcomes=[made_outcome("4", n=("9",))], lastUpdatePostDateStruct={"date": "2022-01-01"})
    for order in ((old, new), (new, old)):
        brought = fetched(folder, *order)
        assert only(results(brought))["events"] == 4
        assert any("stands in" in note for note in brought.notes)


def test_a_page_without_results_does_not_hide_the_full_record(folder: Path) -> None:
    full = study("NCT05594173.json")
    for order in (({"studies": [narrow(full)]}, full), (full, {"studies": [narrow(full)]})):
        assert len(results(fetched(folder, *order))) == len(results(fetched(folder, full))) > 0


def narrow(full: dict[str, Any]) -> dict[str, Any]:
    protocol = full["protocolSection"]
    return {"protocolSection": {k: protocol[k] for k in ("identificationModule", "statusModule")}}


# --- odd values --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("odd", [None, 5, "text", [], [5], {}, True, 1.5])
@pytest.mark.parametrize(
    "path",
    [
        ("protocolSection", "statusModule"),
        ("protocolSection", "statusModule", "lastUpdatePostDateStruct"),
        ("protocolSection", "identificationModule", "nctIdAliases"),
        ("protocolSection", "designModule"),
        ("resultsSection", "outcomeMeasuresModule"),
        ("resultsSection", "outcomeMeasuresModule", "outcomeMeasures"),
        ("resultsSection", "adverseEventsModule", "otherEvents"),
        ("resultsSection", "baselineCharacteristicsModule"),
    ],
)
def test_a_value_of_the_wrong_kind_costs_nothing_else(folder: Path, path: tuple[str, ...], odd: object) -> None:
    made = made_study("NCT00000002", outcomes=[made_outcome("4", n=("9",))], events=made_events())
    place = made
    for key in path[:-1]:
        place = place.setdefault(key, {})
    place[path[-1]] = odd
    brought = fetched(folder, made, made_study("NCT00000003", events=made_events()))
    assert len(results(brought, study_id="nct00000003")) == 3
    assert len(results(brought, study_id="nct00000002", outcome="deaths-total")) == 1
    if odd in (5, "text", True, 1.5) or (odd == [5] and path[-1] not in ("nctIdAliases",)):
        assert any("/" + "/".join(path) in str(problem.column) for problem in brought.left_out)


def test_text_from_outside_is_data(folder: Path) -> None:
    made = made_study(
        "NCT00000004", outcomes=[made_outcome("4", n=("9",), title='=HYPERLINK("http://x")\u202e<b>|\n../../x')]
    )
    row = only(results(fetched(folder, made)))
    assert row["outcome"] == "hyperlink-http-x-b-x"
    assert "\u202e" not in row["note"] + row["locator"]
    assert "\n" not in row["note"]


def test_a_group_without_a_title_is_told_from_others(folder: Path) -> None:
    made = made_outcome("4", "5")
    for group in made["groups"]:
        group["title"] = ""
    found = results(fetched(folder, made_study(outcomes=[made])))
    assert len({(row["arm"], row["variant"]) for row in found}) == 2
    assert all("arm" in row["unsettled"] for row in found)


def test_the_group_of_all_at_baseline_is_dropped_whatever_it_is_called() -> None:
    trial = read_document(content("NCT02552212.json"), "x").trials[0]
    assert (
        study("NCT02552212.json")["resultsSection"]["baselineCharacteristicsModule"]["groups"][2]["title"]
        == "Total Title"
    )
    assert trial.baseline == (("Placebo", "158"), ("CZP 200 mg Q2W", "159"))


def test_a_single_group_at_baseline_is_no_group_of_all() -> None:
    assert read_document(content("NCT01207388.xml"), "x").trials[0].baseline == (("Blinatumomab", "116"),)
