"""What the module of adverse events becomes: participants, never occurrences; no grades, no invented zeros."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from registry_documents import DOCUMENTS, event, fetched, made_events, made_study, only, results, study


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    saved = tmp_path / "saved"
    saved.mkdir()
    return saved


@pytest.mark.parametrize("name", ["NCT01207388.xml", "NCT01207388.derived-from-legacy.json"])
def test_the_events_of_blast_are_those_of_its_table(folder: Path, name: str) -> None:
    with (DOCUMENTS / "NCT01207388_adverse_events.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    found = results(fetched(folder, name, adverse_events="all"), measure="count")
    for section, expected in (("serious", 76), ("other", 31)):
        mark = "serious adverse event, " if section == "serious" else ', "adverse event, '
        terms = [row for row in found if mark in row["locator"] and "total" not in row["outcome"]]
        wanted = [
            (row["term"], int(row["num_affected"]), int(row["num_at_risk"])) for row in table if row["table"] == section
        ]
        got = [(r["locator"].split("event, ")[1].split('"')[0], r["events"], r["n"]) for r in terms]
        assert (got, len(got)) == (wanted, expected)


def test_the_totals_of_blast_are_posted_by_themselves(folder: Path) -> None:
    found = results(fetched(folder, "NCT01207388.xml"))
    totals = {row["outcome"]: (row["events"], row["n"]) for row in found if "event-total" in row["outcome"]}
    assert totals == {"serious-adverse-event-total": (73, 116), "adverse-event-total": (111, 116)}


def test_grade_3_of_blast_comes_from_an_outcome_measure_and_not_from_seriousness(folder: Path) -> None:
    pattern = {
        "outcome: number of participants with adverse events: adverse events of at least CTC grade 3": "ae-grade3plus"
    }
    row = only(results(fetched(folder, "NCT01207388.xml", outcomes=pattern), outcome="ae-grade3plus"))
    assert (row["events"], row["n"], row["status"]) == (71, 116, "verified")
    assert "outcome" not in row["unsettled"]


def test_denominators_may_differ_within_one_trial(folder: Path) -> None:
    found = results(fetched(folder, "NCT04280705.json"))
    deaths = [(row["events"], row["n"]) for row in found if row["outcome"] == "deaths-total"]
    serious = [(row["events"], row["n"]) for row in found if row["outcome"] == "serious-adverse-event-total"]
    assert (deaths, serious) == ([(77, 521), (59, 541)], [(163, 516), (131, 532)])


def test_nobody_at_risk_is_missing_and_named(folder: Path) -> None:
    brought = fetched(folder, "NCT00716976.json")
    found = results(brought)
    serious = [row for row in found if row["outcome"] == "serious-adverse-event-total"]
    assert [(row["arm"], row["events"], row["n"]) for row in serious] == [
        ("STS Arm (Sodium Thiosulfate Treatment)", 21, 59)
    ]
    assert len([row for row in found if row["outcome"] == "adverse-event-total"]) == 2
    problem = next(problem for problem in brought.left_out if "nobody was at risk" in problem.message)
    assert problem.column == "/resultsSection/adverseEventsModule/eventGroups/1/seriousNumAffected"


def test_deaths_that_are_not_posted_are_no_zero(folder: Path) -> None:
    group = study("NCT00716976.json")["resultsSection"]["adverseEventsModule"]["eventGroups"][0]
    assert "deathsNumAffected" not in group
    assert not any(row["outcome"].startswith("deaths") for row in results(fetched(folder, "NCT00716976.json")))


def test_a_module_without_tables_is_read(folder: Path) -> None:
    found = results(fetched(folder, made_study(events=made_events())))
    assert [(row["outcome"], row["events"], row["n"]) for row in found] == [
        ("deaths-total", 3, 41), ("serious-adverse-event-total", 9, 40), ("adverse-event-total", 30, 40),
    ]  # fmt: skip


def test_single_events_are_proposed_only_where_a_pattern_names_them(folder: Path) -> None:
    events = made_events(
        seriousEvents=[event("Tremor", {"numAffected": 8, "numAtRisk": 40}), event("Headache", {"numAffected": 2})]
    )
    brought = fetched(folder, made_study(events=events), outcomes={"serious adverse event: tremor": "tremor-serious"})
    row = only(results(brought, outcome="tremor-serious"))
    assert (row["events"], row["n"]) == (8, 40)
    assert any("1 counts of single serious adverse events" in note for note in brought.notes)


def test_a_term_in_both_tables_is_never_added_up(folder: Path) -> None:
    found = results(fetched(folder, "NCT01207388.xml", adverse_events="all"))
    tremor = [(row["outcome"], row["events"]) for row in found if row["outcome"].endswith("event-tremor")]
    assert tremor == [("serious-adverse-event-tremor", 8), ("adverse-event-tremor", 28)]


def test_occurrences_are_never_participants(folder: Path) -> None:
    counts = event("Fever", {"numEvents": 12, "numAffected": 5, "numAtRisk": 40}), event("Rash", {"numEvents": 7})
    brought = fetched(folder, made_study(events=made_events(otherEvents=list(counts))), adverse_events="all")
    fever = only(results(brought, outcome="adverse-event-fever"))
    assert fever["events"] == 5
    assert "occurrences: 12" in fever["note"]
    assert results(brought, outcome="adverse-event-rash") == []
    assert any(problem.found == "7 occurrences" for problem in brought.left_out)


def test_the_number_at_risk_of_the_table_stands_in_where_a_term_has_none(folder: Path) -> None:
    events = made_events(seriousEvents=[event("Fever", {"numAffected": 5})])
    row = only(
        results(fetched(folder, made_study(events=events), adverse_events="all"), outcome="serious-adverse-event-fever")
    )
    assert (row["events"], row["n"]) == (5, 40)


@pytest.mark.parametrize("threshold", ["5", "0"])
def test_a_term_that_is_not_listed_is_no_zero(folder: Path, threshold: str) -> None:
    events = made_events(
        frequencyThreshold=threshold, otherEvents=[event("Fever", {"numAffected": 0, "numAtRisk": 40})]
    )
    patterns = {"adverse event: fever": "fever", "adverse event: rash": "rash"}
    brought = fetched(folder, made_study(events=events), outcomes=patterns)
    assert only(results(brought, outcome="fever"))["events"] == 0
    assert results(brought, outcome="rash") == []
    assert any('"adverse event: rash" fits nothing' in note for note in brought.notes)


def test_a_group_that_a_listed_term_does_not_have_is_named(folder: Path) -> None:
    groups = [{"id": "EG000", "title": "Drug"}, {"id": "EG001", "title": "Placebo"}]
    events = {"eventGroups": groups, "otherEvents": [event("Fever", {"numAffected": 2, "numAtRisk": 40})]}
    brought = fetched(folder, made_study(events=events), adverse_events="all")
    assert only(results(brought))["arm"] == "Drug"
    assert [(problem.found, "no zero" in problem.message) for problem in brought.left_out] == [("Placebo", True)]


@pytest.mark.parametrize(
    ("affected", "kept"),
    [("8", 8), (8, 8), ("9" * 5000, None), ("8.5", None), ("NA", None), (-1, None), (True, None), (41, None)],
)
def test_counts_as_text_are_read_and_what_is_no_count_is_named(
    folder: Path, affected: object, kept: int | None
) -> None:
    events = made_events(seriousEvents=[event("Fever", {"numAffected": affected, "numAtRisk": 40})])
    brought = fetched(folder, made_study(events=events), adverse_events="all")
    found = results(brought, outcome="serious-adverse-event-fever")
    assert [row["events"] for row in found] == ([] if kept is None else [kept])
    assert bool(brought.left_out) == (kept is None)
    assert len(results(brought)) == 3 + len(found)


def test_the_longest_record_is_read_whole(folder: Path) -> None:
    module = study("NCT02513394.json")["resultsSection"]["adverseEventsModule"]
    listed = sum(len(each["stats"]) for each in (*module["seriousEvents"], *module["otherEvents"]))
    assert len(module["otherEvents"]) == 1688
    found = results(fetched(folder, "NCT02513394.json", adverse_events="all"))
    assert sum("adverse events, " in row["locator"] and ', total"' not in row["locator"] for row in found) == listed
