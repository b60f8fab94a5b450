"""Proposed rows and what people decide: seen beside what is recorded, entered as accepted, never behind one's back."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import openpyxl
import pytest

from deciding_folder import DecidingFolder, count, report, study
from livereview.deciding import proposal_sheets
from livereview.deciding.dockets import Docket, document_of
from livereview.deciding.journal import Journal
from livereview.evidence.rows import Row
from livereview.evidence.schema import TABLES
from livereview.evidence.tables import PROPOSED_TABLES
from livereview.ledger.proposals import proposal, proposal_of

DOCUMENT = "ClinicalTrials.gov NCT02101853"
BROWN = {"study_id": "brown-2025", "report_id": "nct:NCT02101853"}
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def proposed(row: Row, *unsettled: str, path: str = "outcomes/1", document: str = DOCUMENT) -> Row:
    return proposal_of(row, "r", f"{document}{', ' if path.startswith('row') else ': '}{path}", unsettled)


NEW_STUDY = proposed(study("brown-2025"), path="identification")
NEW_REPORT = proposed(report("nct:NCT02101853", "brown-2025", kind="registry"), path="identification")
NEW_COUNT = proposed(count("drug", 7, 50, **BROWN))
CORRECTION = proposed(count("drug", 13, 100))
WITHOUT_OUTCOME = proposal(
    "results",
    {name: value for name, value in count("drug", 3, 50, **BROWN).values.items() if name != "outcome"},
    "r",
    f"{DOCUMENT}: outcomes/2",
    ["outcome"],
)


@pytest.fixture
def known(folder: DecidingFolder) -> DecidingFolder:
    """A review with one trial."""
    folder.add(study(), report(), count("drug", 12, 100), count("placebo", 20, 98))
    return folder


def examine(folder: DecidingFolder, *typed: str, person: str = "Ada", **options: str) -> Any:
    more = [f"--{name}={value}" for name, value in options.items()]
    return folder.run("review-proposals", "--person", person, *more, typed=typed)


def events(folder: DecidingFolder) -> dict[tuple[str, str], int]:
    return {(row["study_id"], row["arm"]): row["events"] for row in folder.rows("results")}


def verdicts(folder: DecidingFolder) -> dict[str, str]:
    return {row["proposal_id"]: row["decision"] for row in folder.rows("acceptances")}


# --- what is shown -------------------------------------------------------------------------------------------------


def test_a_correction_is_shown_cell_by_cell(known: DecidingFolder) -> None:
    known.add(CORRECTION)
    [card] = Docket(known.desk()).cards
    assert [(cell.column, cell.recorded, cell.proposed) for cell in card.cells() if cell.mark != "same"] == [
        ("events", 12, 13)
    ]
    ran = known.run("review-proposals")
    assert (ran.code, ran.err) == (0, "")
    assert re.search(r"~ +events +12 +13", ran.out)
    assert "correction of results: death, ITT, drug" in ran.out


def test_numbers_of_the_same_outcome_from_other_reports_are_shown(known: DecidingFolder) -> None:
    known.add(proposed(count("drug", 13, 100, report_id="nct:NCT02101853")))
    [card] = Docket(known.desk()).cards
    assert {row["arm"] for row in card.elsewhere} == {"drug", "placebo"}
    assert "12/100 [pmid:1, Table 2], verified" in known.run("review-proposals").out


def test_what_the_store_does_not_have_is_named(known: DecidingFolder) -> None:
    known.add(NEW_COUNT)
    [card] = Docket(known.desk()).cards
    assert set(card.missing) == {("studies", "brown-2025"), ("reports", "nct:NCT02101853")}


def test_json_says_what_would_change(known: DecidingFolder) -> None:
    known.add(CORRECTION, WITHOUT_OUTCOME)
    first, second = known.run("review-proposals", "--json").data
    assert first["changes"] == [["events", 12, 13]]
    assert first["recorded"]["events"] == 12
    assert (second["unsettled"], second["document"]) == (["outcome"], DOCUMENT)
    assert known.run("review-proposals", "--json", "--study", "adams-2024").data == [first]


def test_every_digit_is_shown(known: DecidingFolder) -> None:
    known.add(proposed(count("drug", 13, 100, estimate=0.123456789012, ci_low=1e-7)))
    out = known.run("review-proposals").out
    assert "0.123456789012" in out
    assert "1e-07" in out


def test_text_from_outside_commands_nothing(known: DecidingFolder) -> None:
    known.add(proposed(study("evil", label="[bold]x[/] \x1b[31m\x9b2J", note="\x07bell"), document="D\x1b[0m"))
    for ran in (known.run("review-proposals"), examine(known, "q")):
        assert not CONTROL.search(ran.out)
        assert "[bold]x[/]" in ran.out


@pytest.mark.parametrize(
    ("locator", "document"),
    [("ClinicalTrials.gov NCT1: a/b", "ClinicalTrials.gov NCT1"), ("x.rm5, analysis 1.1: row 2", "x.rm5"), ("x", "x")],
)
def test_a_document_is_what_stands_before_the_path(locator: str, document: str) -> None:
    assert document_of(locator) == document


# --- deciding in the terminal --------------------------------------------------------------------------------------


def test_an_accepted_row_enters_its_table_with_who_accepted_it(known: DecidingFolder) -> None:
    known.add(CORRECTION)
    assert examine(known, "a").code == 0
    assert events(known)["adams-2024", "drug"] == 13
    [row] = [row for row in known.rows("results") if row["arm"] == "drug"]
    [signed] = known.rows("acceptances")
    assert (signed["decision"], signed["person"], signed["accepted_row"]) == ("accept", "Ada", row["row_id"])
    assert signed["proposal_id"] == row["row_id"]
    assert row["origin"] == f".screening/r/Ada, accepted from {DOCUMENT}: outcomes/1"
    assert known.batches() == 3
    assert "No proposed row is open." in known.run("review-proposals").out


def test_a_declined_row_needs_a_reason_and_does_not_come_back(known: DecidingFolder) -> None:
    known.add(CORRECTION)
    ran = examine(known, "d", "", "another population")
    assert "needs a reason" in ran.out
    assert events(known)["adams-2024", "drug"] == 12
    known.add(CORRECTION)
    assert known.run("review-proposals", "--json").data == []
    known.add(proposed(count("drug", 14, 100)))
    assert len(known.run("review-proposals", "--json").data) == 1


def test_a_changed_cell_is_checked_at_once_and_the_change_is_what_enters(known: DecidingFolder) -> None:
    known.add(CORRECTION)
    ran = examine(known, "c", "events many", "c", "evnts 5", "c", "events 15", "a")
    assert "events is not a number" in ran.out
    assert "Did you mean events?" in ran.out
    assert re.search(r"\* +events +12 +15", ran.out)
    assert events(known)["adams-2024", "drug"] == 15
    [signed] = known.rows("acceptances")
    [row] = [row for row in known.rows("results") if row["arm"] == "drug"]
    assert signed["accepted_row"] == row["row_id"] != signed["proposal_id"]


def test_a_row_that_cannot_be_is_not_accepted(known: DecidingFolder) -> None:
    known.add(CORRECTION)
    ran = examine(known, "c", "events 130", "a", "q")
    assert ran.code == 0
    assert "130" in ran.out
    assert verdicts(known) == {}
    assert events(known)["adams-2024", "drug"] == 12


def test_what_the_source_cannot_know_must_be_set_first(known: DecidingFolder) -> None:
    known.add(NEW_STUDY, NEW_REPORT, WITHOUT_OUTCOME)
    ran = examine(known, "a", "a", "a", "c", "outcome cr", "a")
    assert "outcome: must be set first" in ran.out
    assert {row["outcome"] for row in known.rows("results") if row["study_id"] == "brown-2025"} == {"cr"}


def test_setting_the_key_shows_the_row_that_it_would_replace(known: DecidingFolder) -> None:
    values = {name: value for name, value in count("drug", 3, 100).values.items() if name != "outcome"}
    known.add(proposal("results", values, "r", f"{DOCUMENT}: outcomes/3", ["outcome"]))
    ran = examine(known, "c", "outcome death", "q")
    assert re.search(r"~ +events +12 +3", ran.out)


@pytest.fixture
def tentative(known: DecidingFolder) -> DecidingFolder:
    """Two rows of one document whose study and arm the source only guesses."""
    for outcome in ("death", "relapse"):
        row = count("Arm A: drug", 3, 50, report_id="pmid:1", outcome=outcome)
        known.add(proposal_of(row, "r", f"{DOCUMENT}: {outcome}", ["study_id", "arm"]))
    return known


def test_a_guess_of_the_source_must_be_confirmed_by_a_person(tentative: DecidingFolder) -> None:
    ran = examine(tentative, "a", "k", "a", "q")
    assert "study_id: must be set first" in ran.out
    assert [row["arm"] for row in tentative.rows("results") if row["n"] == 50] == ["Arm A: drug"]


def test_a_cell_is_set_in_all_rows_of_the_document_that_say_the_same_if_the_person_wants(
    tentative: DecidingFolder,
) -> None:
    ran = examine(tentative, "c", "study_id =", "yes", "c", "arm drug-a", "yes", "A", "yes")
    assert "Set it in 1 more row of this document that say the same there?" in ran.out
    assert {row["arm"] for row in tentative.rows("results") if row["n"] == 50} == {"drug-a"}
    assert len(verdicts(tentative)) == 2


def test_a_cell_is_set_in_one_row_only_where_the_person_does_not_want_more(tentative: DecidingFolder) -> None:
    examine(tentative, "k", "c", "arm drug-a", "no", "A", "yes", "q")
    assert len(verdicts(tentative)) == 1


def test_a_sheet_shows_the_guess_and_takes_it_only_if_a_person_types_it(tentative: DecidingFolder) -> None:
    rows = written(tentative)
    assert [row["to_set"] for row in rows] == ["study_id (adams-2024); arm (Arm A: drug)"] * 2
    assert {row["arm"] for row in rows} == {""}
    rows[0]["decision"] = "accept"
    assert given_back(tentative, rows).code == 2
    rows[0] |= {"study_id": "adams-2024", "arm": "Arm A: drug"}
    assert given_back(tentative, rows).code == 0


def test_a_result_brings_its_study_and_report_only_if_the_person_says_so(known: DecidingFolder) -> None:
    known.add(NEW_STUDY, NEW_REPORT, NEW_COUNT)
    ran = examine(known, "s", "s", "a", "no", "q")
    assert "This rests on a row that is not in the store:" in ran.out
    assert verdicts(known) == {}
    examine(known, "s", "s", "a", "yes")
    assert set(verdicts(known).values()) == {"accept"}
    assert events(known)["brown-2025", "drug"] == 7
    assert known.batches() == 3


def test_a_result_whose_study_nobody_proposes_is_not_accepted(known: DecidingFolder) -> None:
    known.add(NEW_COUNT)
    ran = examine(known, "a", "q")
    assert "brown-2025 is not in studies" in ran.out
    assert verdicts(known) == {}


def test_all_rows_of_a_document_are_accepted_after_a_question(known: DecidingFolder) -> None:
    other = proposed(count("drug", 13, 100), document="Other review")
    known.add(NEW_STUDY, NEW_REPORT, NEW_COUNT, WITHOUT_OUTCOME, other)
    ran = examine(known, "s", "A", "n", "A", "yes", "q")
    assert "Accept 4 rows of ClinicalTrials.gov NCT02101853?" in ran.out
    assert "left open, 1 row: outcome: must be set first" in ran.out
    assert len(verdicts(known)) == 3
    assert events(known)["adams-2024", "drug"] == 12
    assert len(known.run("review-proposals", "--json").data) == 2


def test_accepting_all_says_how_many_recorded_rows_would_be_replaced(known: DecidingFolder) -> None:
    known.add(CORRECTION, proposed(count("placebo", 21, 98)))
    assert "Accept 2 rows of" in (ran := examine(known, "A", "no", "q")).out
    assert "2 of them instead of a recorded row" in ran.out


def test_all_rows_of_a_document_are_declined_with_one_reason(known: DecidingFolder) -> None:
    known.add(NEW_STUDY, NEW_REPORT, NEW_COUNT)
    examine(known, "D", "not our question", "yes")
    assert {row["reason"] for row in known.rows("acceptances")} == {"not our question"}
    assert len(verdicts(known)) == 3


def test_an_answer_can_be_changed_before_the_end(known: DecidingFolder) -> None:
    known.add(CORRECTION, proposed(count("placebo", 21, 98)))
    examine(known, "a", "b", "d", "mistyped", "q")
    assert events(known)["adams-2024", "drug"] == 12
    assert set(verdicts(known).values()) == {"decline"}


def test_two_proposals_of_one_key_are_not_both_accepted(known: DecidingFolder) -> None:
    known.add(CORRECTION, proposed(count("drug", 14, 100), document="Other review"))
    ran = examine(known, "a", "a", "q")
    assert "the rows disagree" in ran.out
    assert list(verdicts(known).values()) == ["accept"]
    [open_one] = known.run("review-proposals", "--json").data
    assert open_one["recorded"]["events"] in (13, 14)


def test_a_row_that_stands_in_a_sheet_is_corrected_there(known: DecidingFolder) -> None:
    (known.root / "results.csv").write_text("study_id\n")
    typed = Row("results", count("drug", 11, 100).values, "results.csv, row 2")
    known.add(typed)
    known.add(CORRECTION)
    ran = examine(known, "a", "q")
    assert "typed in results.csv, row 2, from where the next update would bring it back" in ran.out
    assert events(known)["adams-2024", "drug"] == 11


def test_a_row_accepted_from_a_file_is_no_row_of_a_sheet(known: DecidingFolder) -> None:
    (known.root / "others.csv").write_text("a file of a source")
    known.add(proposed(count("drug", 13, 100), path="row 3", document="others.csv"))
    examine(known, "a")
    known.add(proposed(count("drug", 14, 100), path="row 3", document="others.csv"))
    examine(known, "a")
    assert events(known)["adams-2024", "drug"] == 14


# --- what happens meanwhile ----------------------------------------------------------------------------------------


def left_by(folder: DecidingFolder, person: str, *entries: dict[str, Any]) -> None:
    journal = Journal(folder.root, "r", "proposals", person)
    for entry in entries:
        journal.put({"reason": "", "changes": {}, "decided_on": "2026-03-10", **entry})
    journal.close()


def test_a_row_that_changed_meanwhile_is_not_replaced_and_shown_again(known: DecidingFolder) -> None:
    known.add(CORRECTION)
    seen = Docket(known.desk()).cards[0].seen
    left_by(known, "Ada", {"proposal_id": str(CORRECTION.values["proposal_id"]), "decision": "accept", "seen": seen})
    known.add(count("drug", 99, 100))
    ran = examine(known, "q", person="Ben")
    assert "another row is recorded than was shown" in ran.err
    assert events(known)["adams-2024", "drug"] == 99
    assert re.search(r"~ +events +99 +13", ran.out)


def test_what_somebody_decided_meanwhile_is_not_decided_again(known: DecidingFolder) -> None:
    known.add(CORRECTION)
    seen = Docket(known.desk()).cards[0].seen
    left_by(known, "Ada", {"proposal_id": str(CORRECTION.values["proposal_id"]), "decision": "accept", "seen": seen})
    decline = {"proposal_id": CORRECTION.values["proposal_id"], "decision": "decline", "person": "Ben", "reason": "no"}
    known.add(Row("acceptances", decline))
    ran = examine(known, "q", person="Ben")
    assert "Ben decided: decline." in ran.err
    assert events(known)["adams-2024", "drug"] == 12


def test_a_session_that_was_killed_after_it_recorded_says_nothing_twice(known: DecidingFolder) -> None:
    known.add(CORRECTION)
    seen = Docket(known.desk()).cards[0].seen
    examine(known, "a")
    left_by(known, "Ada", {"proposal_id": str(CORRECTION.values["proposal_id"]), "decision": "accept", "seen": seen})
    before = known.batches()
    ran = examine(known, "q", person="Ben")
    assert "is not open any more" not in ran.err
    assert known.batches() == before


@pytest.mark.parametrize("decision", ["perhaps", "", None])
def test_an_answer_that_is_none_is_refused(known: DecidingFolder, decision: str | None) -> None:
    known.add(CORRECTION)
    left_by(known, "Ada", {"proposal_id": str(CORRECTION.values["proposal_id"]), "decision": decision, "seen": ""})
    ran = examine(known, "q", person="Ben")
    assert "kept in" in ran.err
    assert verdicts(known) == {}


def test_what_rests_on_an_answer_that_cannot_be_recorded_is_not_recorded_either(known: DecidingFolder) -> None:
    known.add(NEW_STUDY, NEW_REPORT, NEW_COUNT)
    ids = [str(one.values["proposal_id"]) for one in (NEW_STUDY, NEW_REPORT, NEW_COUNT)]
    left_by(known, "Ada", *({"proposal_id": name, "decision": "accept", "seen": ""} for name in ids[1:]))
    ran = examine(known, "q", person="Ben")
    assert ran.err.count("there is no such study") == 2
    assert verdicts(known) == {}
    assert len(known.run("review-proposals", "--json").data) == 3


# --- sheets --------------------------------------------------------------------------------------------------------


def written(folder: DecidingFolder, name: str = "x.csv") -> list[dict[str, str]]:
    assert folder.run("review-proposals", "--to", name).code == 0
    return list(csv.DictReader(io.StringIO((folder.root / name).read_text(encoding="utf-8-sig"))))


def given_back(folder: DecidingFolder, rows: list[dict[str, str]]) -> Any:
    with (folder.root / "back.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder.run("review-proposals", "--from", "back.csv", "--person", "Ada")


def test_no_column_of_a_sheet_has_two_meanings() -> None:
    columns = {name for table in PROPOSED_TABLES for name in TABLES[table].names}
    assert not columns & set(proposal_sheets._FIRST)


def test_a_sheet_goes_out_and_its_decisions_come_back(known: DecidingFolder) -> None:
    known.add(NEW_STUDY, NEW_REPORT, NEW_COUNT, WITHOUT_OUTCOME, CORRECTION)
    rows = written(known)
    correction, [unsettled] = rows[0], [row for row in rows if row["to_set"]]
    assert correction["recorded"] == "events: 12"
    assert unsettled["outcome"] == ""
    for row in rows:
        row["decision"] = "Accept"
    correction["events"] = "14"
    unsettled["outcome"] = "cr"
    ran = given_back(known, rows)
    assert (ran.code, ran.err) == (0, "")
    assert "5 decisions recorded" in ran.out
    assert events(known)["adams-2024", "drug"] == 14
    assert len([row for row in known.rows("results") if row["study_id"] == "brown-2025"]) == 2
    assert known.batches() == 3
    assert "0 decisions recorded" in given_back(known, rows).out


def test_a_workbook_goes_out_and_its_decisions_come_back(known: DecidingFolder) -> None:
    known.add(proposed(count("drug", 13, 100, timepoint_months=1.1)), NEW_STUDY)
    known.run("review-proposals", "--to", "x.xlsx")
    book = openpyxl.load_workbook(known.root / "x.xlsx")
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        row[header.index("decision")].value = "accept"
    book.save(known.root / "x.xlsx")
    assert known.run("review-proposals", "--from", "x.xlsx", "--person", "Ada").code == 0
    accepted = {row["accepted_row"] for row in known.rows("acceptances")}
    assert accepted == set(verdicts(known))  # nothing was changed on the way


def test_every_mistake_is_named_with_its_row_and_nothing_is_recorded(known: DecidingFolder) -> None:
    known.add(NEW_STUDY, NEW_REPORT, NEW_COUNT, WITHOUT_OUTCOME, CORRECTION)
    rows = written(known)
    by_table = {row["table"]: row for row in rows}
    rows[0] |= {"decision": "accept", "events": "1300"}
    by_table["studies"] |= {"decision": "perhaps"}
    by_table["reports"] |= {"decision": "decline"}
    [unsettled] = [row for row in rows if row["to_set"]]
    unsettled |= {"decision": "accept"}
    rows.append({**rows[0], "proposal_id": "0" * 64})
    rows.append({**rows[0]})
    ran = given_back(known, rows)
    assert ran.code == 2
    for said in (
        "back.csv, row 2, column events: ",
        "back.csv, row 3, column decision: is not one of the values allowed (found 'perhaps')",
        "back.csv, row 4, column reason: a declined proposal needs a reason",
        f"back.csv, row {rows.index(unsettled) + 2}, column outcome: must be set first",
        "back.csv, row 7, column proposal_id: the review has no such open proposal",
        "back.csv, row 8, column proposal_id: this proposal stands in row 2 too",
    ):  # fmt: skip
        assert said in ran.err, said
    assert known.batches() == 2
    assert verdicts(known) == {}


def test_a_sheet_written_before_the_recorded_row_changed_is_refused(known: DecidingFolder) -> None:
    known.add(CORRECTION)
    rows = written(known)
    rows[0]["decision"] = "accept"
    known.add(count("drug", 99, 100))
    ran = given_back(known, rows)
    assert ran.code == 2
    assert "another row is recorded than was shown" in ran.err
    assert events(known)["adams-2024", "drug"] == 99


def test_a_key_set_in_a_sheet_never_replaces_a_row_that_was_not_shown(known: DecidingFolder) -> None:
    values = {name: value for name, value in count("drug", 3, 100).values.items() if name != "outcome"}
    known.add(proposal("results", values, "r", f"{DOCUMENT}: outcomes/3", ["outcome"]))
    rows = written(known)
    rows[0] |= {"decision": "accept", "outcome": "death"}
    ran = given_back(known, rows)
    assert ran.code == 2
    assert events(known)["adams-2024", "drug"] == 12
    rows[0]["outcome"] = "cr"
    assert given_back(known, rows).code == 0


def test_a_file_that_is_no_such_sheet_is_an_expected_error(known: DecidingFolder) -> None:
    (known.root / "x.csv").write_text("a,b\n1,2\n")
    assert known.run("review-proposals", "--from", "x.csv", "--person", "Ada").code == 2
    assert known.run("review-proposals", "--to", "x.ris").code == 2
