"""What a trial proposes to a review: its study, its report, its results, and what a person must settle."""

from __future__ import annotations

from pathlib import Path

import pytest
from registry_documents import TODAY, fetched, made_events, made_outcome, made_study, only, results, rows

from livereview.evidence.checks import checked

BROWN = {"study_id": "brown-2021", "registry_id": "NCT02101853", "label": "Brown 2021"}
HOGAN = {"study_id": "hogan-2023", "registry_id": "EudraCT 2014-000000-11; NCT02101853", "label": "Hogan 2023"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    saved = tmp_path / "saved"
    saved.mkdir()
    return saved


def two_arms() -> dict[str, object]:
    outcome = made_outcome("12", "9", n=("105", "103"))
    outcome["groups"][0]["title"], outcome["groups"][1]["title"] = "Arm A (control)", "Arm C (low risk)"
    return made_study("NCT02101853", outcomes=[outcome])


def test_results_belong_to_the_one_study_of_that_number(folder: Path) -> None:
    brought = fetched(folder, two_arms(), known={"studies": (BROWN,)})
    assert rows(brought, "studies") == []
    assert only(rows(brought, "reports"))["study_id"] == "brown-2021"
    assert [(row["study_id"], "study_id" in row["unsettled"]) for row in results(brought)] == [
        ("brown-2021", False)
    ] * 2


def test_of_two_studies_with_one_number_a_person_says_which(folder: Path) -> None:
    brought = fetched(folder, two_arms(), known={"studies": (BROWN, HOGAN)})
    assert rows(brought, "studies") == []
    assert "study_id" not in only(rows(brought, "reports"))
    assert [(row["study_id"], "study_id" in row["unsettled"]) for row in results(brought)] == [
        ("nct02101853", True)
    ] * 2


def test_the_manifest_tells_two_studies_of_one_number_apart(folder: Path) -> None:
    patterns = {"NCT02101853 arm a*": "brown-2021", "nct02101853 Arm C (low risk)": "hogan-2023"}
    brought = fetched(folder, two_arms(), known={"studies": (BROWN, HOGAN)}, studies=patterns)
    assert [(row["study_id"], "study_id" in row["unsettled"]) for row in results(brought)] == [
        ("brown-2021", False), ("hogan-2023", False),
    ]  # fmt: skip
    assert "study_id" not in only(rows(brought, "reports"))


def test_a_trial_that_no_study_has_is_proposed_as_a_study(folder: Path) -> None:
    made = made_study("NCT00000005", events=made_events())
    made["protocolSection"]["identificationModule"] |= {"acronym": "TOWER", "officialTitle": "A long title"}
    made["protocolSection"]["designModule"] = {
        "phases": ["PHASE1", "PHASE2"],
        "designInfo": {"allocation": "RANDOMIZED"},
        "enrollmentInfo": {"count": 405, "type": "ACTUAL"},
    }
    brought = fetched(folder, made)
    found = only(rows(brought, "studies"))
    assert {k: found[k] for k in ("study_id", "label", "registry_id", "design", "phase", "n_total", "year")} == {
        "study_id": "nct00000005", "label": "TOWER (NCT00000005)", "registry_id": "NCT00000005", "design": "rct",
        "phase": "1/2", "n_total": 405, "year": "2020",
    }  # fmt: skip
    assert all("study_id" in row["unsettled"] for row in results(brought))


def test_a_posting_dated_ahead_has_no_date_and_costs_no_result(folder: Path) -> None:
    made = made_study(events=made_events(), resultsFirstPostDateStruct={"date": "2026-11-30"})
    brought = fetched(folder, made)
    assert "published_on" not in only(rows(brought, "reports"))
    assert checked(brought.tables, today=TODAY).problems == ()


def test_a_planned_number_is_no_number_of_patients(folder: Path) -> None:
    made = made_study(events=made_events())
    made["protocolSection"]["designModule"] = {"enrollmentInfo": {"count": 405, "type": "ESTIMATED"}}
    assert "n_total" not in only(rows(fetched(folder, made), "studies"))


def test_names_of_the_manifest_settle_and_the_words_of_the_registry_wait(folder: Path) -> None:
    brought = fetched(
        folder,
        two_arms(),
        known={"studies": (BROWN,)},
        arms={"arm a*": "chemotherapy"},
        outcomes={"outcome: resp*": "cr"},
    )
    settled, waiting = results(brought)
    assert (settled["arm"], settled["outcome"], settled["unsettled"]) == ("chemotherapy", "cr", set())
    assert (waiting["arm"], waiting["unsettled"]) == ("Arm C (low risk)", {"arm"})


def test_two_groups_that_one_pattern_makes_one_arm_wait_for_a_person(folder: Path) -> None:
    made = made_outcome("4", "5")
    made["groups"][0]["title"], made["groups"][1]["title"] = "Blinatumomab", "Chemotherapy, no blinatumomab"
    found = results(fetched(folder, made_study(outcomes=[made]), arms={"*blinatumomab*": "blinatumomab"}))
    assert [(row["arm"], "arm" in row["unsettled"]) for row in found] == [("blinatumomab", True)] * 2
    assert len({row["variant"] for row in found}) == 2


def test_one_group_at_two_times_is_one_arm(folder: Path) -> None:
    made = [made_outcome("4", n=("50",), timeFrame=frame) for frame in ("Day 3", "Day 5")]
    found = results(
        fetched(folder, made_study(outcomes=made), arms={"arm 1": "drug"}, outcomes={"outcome: response": "cr"})
    )
    assert [(row["arm"], "arm" in row["unsettled"]) for row in found] == [("drug", False)] * 2


def test_a_pattern_that_fits_nothing_is_told(folder: Path) -> None:
    brought = fetched(folder, two_arms(), arms={"arm x*": "drug", "*": "any"}, studies={"NCT09999999*": "x"})
    assert [note for note in brought.notes if "fits nothing" in note] == [
        'arms: the pattern "arm x*" fits nothing in the documents read',
        'studies: the pattern "NCT09999999*" fits nothing in the documents read',
    ]


@pytest.mark.parametrize("name", ["NCT02552212.json", "NCT04280705.json", "NCT02513394.json", "NCT01207388.xml"])
def test_the_store_accepts_every_row_proposed(folder: Path, name: str) -> None:
    brought = fetched(folder, name, adverse_events="all")
    assert [str(problem) for problem in checked(brought.tables, today=TODAY).problems] == []
    assert checked(brought.tables, today=TODAY).repeated == 0


@pytest.mark.parametrize("title", ["None", "N/A", "NA", "-", "", "?", "Unknown", "5"])
def test_a_group_or_outcome_called_like_an_empty_cell_is_not_lost(folder: Path, title: str) -> None:
    made = made_outcome("4", n=("50",), title=title)
    made["groups"][0]["title"] = title
    brought = fetched(folder, made_study(outcomes=[made]))
    assert [str(problem) for problem in checked(brought.tables, today=TODAY).problems] == []
    row = only(results(brought))
    assert title in row["arm"]
    assert {"arm", "outcome"} <= row["unsettled"]


def test_every_row_says_where_it_stands(folder: Path) -> None:
    for row in results(fetched(folder, "NCT02552212.json", adverse_events="all")):
        assert row["locator"].rpartition(", ")[2].startswith("/resultsSection/")
        assert row["report_id"] == "nct:NCT02552212"


def test_nothing_is_proposed_of_results_where_the_manifest_says_so(folder: Path) -> None:
    assert fetched(folder, "NCT02552212.json", results=False).tables == ()


def test_of_outcome_measures_only_those_named_can_be_asked_for(folder: Path) -> None:
    patterns = {"outcome: percentage of participants with a minimal*": "mrd-negative"}
    brought = fetched(folder, "NCT01207388.xml", outcomes=patterns, outcome_measures="mapped")
    assert [(row["outcome"], row["measure"]) for row in results(brought)][:2] == [
        ("mrd-negative", "proportion"), ("mrd-negative", "count"),
    ]  # fmt: skip
    assert len(results(brought)) == 4
    assert any("87 numbers of outcome measures that no pattern of outcomes names" in note for note in brought.notes)


def test_a_derived_count_is_not_set_aside_as_another_posted_number(folder: Path) -> None:
    made = made_study(outcomes=[made_outcome("50.0", n=("50",), unit="percentage of participants")])
    assert len(results(fetched(folder, made))) == 2
    brought = fetched(folder, made, outcome_measures="mapped")
    assert results(brought) == []
    assert any("not proposed: 1 numbers of outcome measures" in note for note in brought.notes)


# --- ongoing trials --------------------------------------------------------------------------------------------------

WAITED_FOR = {
    "registry_id": "NCT02744768; EudraCT 2016-001083-11", "phase": "II", "regimen": "Blinatumomab + dasatinib",
    "target_enrollment": 60, "recruitment": "Recruiting", "expected_on": "2027-01", "source": "Wang 2026, Table IV",
    "note": "seen in print", "withdrawn": None,
}  # fmt: skip


def registered(phases: tuple[str, ...] = ("PHASE2",), count: int = 60, **status: object) -> dict[str, object]:
    made = made_study(
        "NCT02744768",
        **{"overallStatus": "RECRUITING", "primaryCompletionDateStruct": {"date": "2027-01"}, **status},
    )
    made["protocolSection"]["designModule"] = {
        "phases": list(phases),
        "enrollmentInfo": {"count": count, "type": "ESTIMATED"},
    }
    return made


def test_a_trial_that_stands_as_it_is_known_is_not_proposed(folder: Path) -> None:
    brought = fetched(folder, registered(), known={"ongoing": (WAITED_FOR,)})
    assert rows(brought, "ongoing") == []


def test_what_changed_is_proposed_and_the_rest_of_the_row_is_kept(folder: Path) -> None:
    document = registered(
        ("PHASE2", "PHASE3"), 63, overallStatus="ACTIVE_NOT_RECRUITING",
        primaryCompletionDateStruct={"date": "2027-06-30"},
    )  # fmt: skip
    row = only(rows(fetched(folder, document, known={"ongoing": (WAITED_FOR,)}), "ongoing"))
    assert row == {
        "registry_id": WAITED_FOR["registry_id"], "phase": "2/3", "regimen": "Blinatumomab + dasatinib",
        "target_enrollment": 63, "recruitment": "Active, not recruiting", "expected_on": "2027-06-30",
        "source": "Wang 2026, Table IV",
        "note": "seen in print; as ClinicalTrials.gov stated in its update of 2021-06-07", "unsettled": set(),
    }  # fmt: skip


def test_a_second_correction_replaces_the_day_of_the_first(folder: Path) -> None:
    known = {**WAITED_FOR, "note": "seen in print; as ClinicalTrials.gov stated in its update of 2020-01-01"}
    row = only(rows(fetched(folder, registered(count=70), known={"ongoing": (known,)}), "ongoing"))
    assert row["note"] == "seen in print; as ClinicalTrials.gov stated in its update of 2021-06-07"


def test_how_many_took_part_is_no_planned_number(folder: Path) -> None:
    document = registered(count=41, overallStatus="COMPLETED")
    document["protocolSection"]["designModule"]["enrollmentInfo"]["type"] = "ACTUAL"  # type: ignore[index]
    row = only(rows(fetched(folder, document, known={"ongoing": (WAITED_FOR,)}), "ongoing"))
    assert row["target_enrollment"] == 60
    assert row["note"] == "seen in print; as ClinicalTrials.gov stated in its update of 2021-06-07 (41 took part)"
    again = fetched(folder, document, known={"ongoing": ({**WAITED_FOR, "note": row["note"], "phase": "III"},)})
    assert only(rows(again, "ongoing"))["note"] == row["note"]


def test_what_the_registry_does_not_say_is_not_emptied(folder: Path) -> None:
    document = made_study("NCT02744768", overallStatus="COMPLETED")
    row = only(rows(fetched(folder, document, known={"ongoing": (WAITED_FOR,)}), "ongoing"))
    assert (row["recruitment"], row["expected_on"], row["target_enrollment"], row["phase"]) == (
        "Completed",
        "2027-01",
        60,
        "II",
    )


def test_a_trial_without_results_stays_one(folder: Path) -> None:
    brought = fetched(folder, registered(overallStatus="COMPLETED"), known={"ongoing": (WAITED_FOR,)})
    assert {table.table for table in brought.tables} == {"ongoing"}


def test_results_of_a_trial_that_the_review_waits_for_are_proposed_with_its_study(folder: Path) -> None:
    document = made_study("NCT02744768", events=made_events())
    brought = fetched(folder, document, known={"ongoing": (WAITED_FOR,)})
    assert only(rows(brought, "studies"))["study_id"] == "nct02744768"
    became = {**WAITED_FOR, "study_id": "foa-2020"}
    found = results(fetched(folder, document, known={"ongoing": (became,)}))
    assert [(row["study_id"], "study_id" in row["unsettled"]) for row in found] == [("foa-2020", False)] * 3
