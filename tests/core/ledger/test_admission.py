"""What sources found becomes rows of the ledger: each record once, bad rows named, and nothing proposed is accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livereview import RawTable, Reference, records_table
from livereview.changes import tables_of
from livereview.evidence.ledger import RECORDS
from livereview.evidence.rows import Row
from livereview.evidence.store import Store
from livereview.evidence.view import Evidence
from livereview.ledger.admission import Admitted, admitted
from livereview.ledger.proposals import proposed_values, undecided

TODAY = date(2026, 11, 29)
STUDY = Row("studies", {"study_id": "brown-2021", "label": "Brown 2021", "registry_id": "NCT02101853"})
REPORT = Row("reports", {"report_id": "pmid:33651090", "study_id": "brown-2021", "pmid": "33651090", "year": 2021})


def raw(table: str, rows: Sequence[dict[str, Any]], place: str, kind: Any = "ledger", **more: Any) -> RawTable:
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    return RawTable(
        table=table, place=place, columns=columns, rows=tuple(tuple(row.get(name) for name in columns) for row in rows),
        row_numbers=tuple(range(1, len(rows) + 1)), kind=kind, **more,
    )  # fmt: skip


def search(search_id: str, source: str = "PubMed", day: str = "2026-11-01", **cells: Any) -> RawTable:
    row = {"search_id": search_id, "source": source, "kind": "database", "searched_on": day, "review": "a", **cells}
    return raw("searches", [row], f"{source} {day}")


def paper(number: int, **cells: Any) -> Reference:
    title = f"{['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon'][number % 5]} interferon in {number} unlike conditions"
    return Reference(
        **{
            "record_id": f"pmid:{number}", "pmid": str(number), "title": title, "authors": (f"Author{number} A",),
            "year": 2000 + number % 20, "journal": f"Journal {number}", "pages": f"{number}-{number + 3}", **cells,
        }
    )  # fmt: skip


def run(
    search_id: str, *papers: Reference, source: str = "PubMed", day: str = "2026-11-01", **cells: Any
) -> list[RawTable]:
    return [search(search_id, source, day, **cells), records_table(papers, search_id, f"{source} {day} records")]


class Ledger:
    """A store that takes what sources found, as an update does."""

    def __init__(self, folder: Path, *rows: Row) -> None:
        self.store, self._hour = Store(folder), 0
        if rows:
            self._add(rows)

    def _add(self, rows: Sequence[Row]) -> None:
        self._hour += 1
        self.store.add(rows, source="test", recorded_at=datetime(2026, 11, 1, tzinfo=UTC).replace(hour=self._hour))

    def looked_at(self, *groups: Sequence[RawTable], review: str = "a") -> Admitted:
        current = self.store.evidence()
        return admitted(groups, (), current, tables_of(current), review, TODAY)

    def take(self, *groups: Sequence[RawTable], review: str = "a") -> Admitted:
        found = self.looked_at(*groups, review=review)
        self._add(found.rows)
        return found

    def rows(self, table: str) -> list[dict[str, Any]]:
        return self.store.evidence().rows(table)

    def record(self, record_id: str) -> dict[str, Any]:
        (row,) = self.store.evidence().rows("records", record_id=record_id)
        return row


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "store", STUDY, REPORT)


# --- records -------------------------------------------------------------------------------------------------------


def test_records_enter_with_their_search(ledger: Ledger) -> None:
    found = ledger.take(run("s1", paper(1), paper(2)))
    assert [row["record_id"] for row in ledger.rows("records")] == ["pmid:1", "pmid:2"]
    assert ledger.record("pmid:1")["search_id"] == "s1"
    assert found.left_out == ()
    assert found.notes == ("2 new records. To decide on them: livereview screen.",)


def test_the_same_again_adds_nothing(ledger: Ledger) -> None:
    ledger.take(run("s1", paper(1), paper(2)))
    before = ledger.store.snapshot
    assert ledger.take(run("s1", paper(1), paper(2))).notes == ()
    assert ledger.store.snapshot == before


def test_a_later_search_of_the_source_adds_what_is_new_and_corrects_what_changed(ledger: Ledger) -> None:
    ledger.take(run("s1", paper(1), paper(2)))
    ledger.take(run("s2", paper(2, title="Beta corrected"), paper(3), day="2026-11-08"))
    assert [row["search_id"] for row in ledger.rows("records")] == ["s1", "s1", "s2"]
    assert ledger.record("pmid:2")["title"] == "Beta corrected"
    assert ledger.rows("finds") == []


def test_what_another_source_says_of_a_record_does_not_replace_it(ledger: Ledger) -> None:
    """Two sources that spell a title differently would correct each other for ever."""
    ledger.take(run("s1", paper(1)))
    other = run("e1", paper(1, title="alpha (another spelling)"), source="Europe PMC", day="2026-11-02")
    ledger.take(other)
    assert ledger.record("pmid:1")["title"].startswith("Beta")
    assert [(row["record_id"], row["search_id"]) for row in ledger.rows("finds")] == [("pmid:1", "e1")]
    before = ledger.store.snapshot
    ledger.take(run("s1", paper(1)), other)
    assert ledger.store.snapshot == before


def test_a_record_that_another_review_found_is_found_by_this_one_too(ledger: Ledger) -> None:
    ledger.take(run("b1", paper(1), review="b"), review="b")
    ledger.take(run("s1", paper(1)), review="a")
    assert ledger.record("pmid:1")["search_id"] == "b1"
    assert [(row["record_id"], row["search_id"]) for row in ledger.rows("finds")] == [("pmid:1", "s1")]


def test_a_record_of_another_source_with_the_same_doi_is_a_repeat_and_says_why(ledger: Ledger) -> None:
    ledger.take(run("s1", paper(1, doi="10.1000/x1")))
    embase = paper(1, record_id="embase:L9", pmid="", doi="https://doi.org/10.1000/X1")
    found = ledger.take(run("e1", embase, source="Embase"))
    assert ledger.record("embase:L9")["duplicate_of"] == "pmid:1"
    assert "DOI" in ledger.record("embase:L9")["duplicate_reason"]
    assert found.notes == ("1 new record, 1 of them found before. To decide on them: livereview screen.",)


def test_a_repeat_stays_one_when_its_source_is_asked_again(ledger: Ledger) -> None:
    ledger.take(run("s1", paper(1, doi="10.1000/x1")))
    embase = paper(1, record_id="embase:L9", pmid="", doi="10.1000/x1")
    ledger.take(run("e1", embase, source="Embase"))
    ledger.take(run("e1", replace(embase, journal="Another"), source="Embase"))
    assert ledger.record("embase:L9")["duplicate_of"] == "pmid:1"
    assert ledger.record("embase:L9")["journal"] == "Another"


@pytest.mark.parametrize("original", ["pmid:1", None])
def test_what_a_person_said_of_a_repeat_outlasts_another_fetch(ledger: Ledger, original: str | None) -> None:
    ledger.take(run("s1", paper(1, doi="10.1000/x1"), paper(2)))
    embase = run("e1", paper(1, record_id="embase:L9", pmid="", doi="10.1000/x1"), source="Embase")
    ledger.take(embase)
    said = {name: value for name, value in ledger.record("embase:L9").items() if name in RECORDS.names}
    said |= {"duplicate_of": original, "duplicate_reason": original and "Ana: the same"}
    ledger._add([Row("records", said)])
    ledger.take(embase)
    now = ledger.record("embase:L9")
    assert (now["duplicate_of"], now["duplicate_reason"]) == (original, original and "Ana: the same")


def test_a_record_of_a_report_that_is_known_names_it(ledger: Ledger) -> None:
    ledger.take(run("s1", paper(33651090), paper(2)))
    assert ledger.record("pmid:33651090")["report_id"] == "pmid:33651090"
    assert ledger.record("pmid:2")["report_id"] is None


def test_a_record_names_its_report_when_that_is_extracted_later(ledger: Ledger) -> None:
    report = Row("reports", {"report_id": "doi:10.1000/x1", "study_id": "brown-2021", "year": 2021})
    ledger.take(run("s1", paper(1, doi="10.1000/x1"), paper(2)), run("e1", paper(1, record_id="e:1"), source="Embase"))
    current = ledger.store.evidence()
    found = admitted([run("s1", paper(2))], [report], current, tables_of(current), "a", TODAY)
    names = {row.values["record_id"]: row.values.get("report_id") for row in found.rows if row.table == "records"}
    assert names == {"pmid:1": "doi:10.1000/x1", "pmid:2": None}
    ledger._add([report, *found.rows])
    assert ledger.record("pmid:1")["title"] == paper(1).title
    assert ledger.record("e:1")["report_id"] is None, "a repeat is no second record of the report"


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_a_record_that_cannot_be_is_left_out_and_named_and_the_others_enter(ledger: Ledger, bad: int) -> None:
    search_table, records = run("s1", paper(1), paper(2), paper(3))
    rows = list(records.rows)
    at = records.columns.index("record_id")
    rows[bad] = (*rows[bad][:at], "with a space", *rows[bad][at + 1 :])
    found = ledger.take([search_table, replace(records, rows=tuple(rows))])
    names = ["pmid:1", "pmid:2", "pmid:3"]
    assert [row["record_id"] for row in ledger.rows("records")] == names[:bad] + names[bad + 1 :]
    (problem,) = found.left_out
    assert str(problem).startswith(f"PubMed 2026-11-01 records, row {bad + 1}, column record_id: holds a space")


def test_records_of_a_search_that_cannot_be_are_left_out_with_it(ledger: Ledger) -> None:
    found = ledger.take(run("s1", paper(1), day="2027-01-01"))
    assert ledger.rows("records") == ledger.rows("searches") == []
    assert any("lies in the future" in str(problem) for problem in found.left_out)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("PEX"), st.lists(st.integers(1, 8), max_size=6)), max_size=5))
def test_however_often_and_wherever_a_record_is_found_it_is_there_once(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[str, list[int]]]
) -> None:
    ledger = Ledger(tmp_path_factory.mktemp("ledger"), STUDY)
    for day, (source, numbers) in enumerate(runs, 1):
        papers = [paper(number) for number in dict.fromkeys(numbers)]
        ledger.take(run(f"{source}{day}", *papers, source=source, day=f"2026-11-0{day}"))
    expected = {f"pmid:{number}" for _, numbers in runs for number in numbers}
    assert {row["record_id"] for row in ledger.rows("records")} == expected
    before = ledger.store.snapshot
    for day, (source, numbers) in enumerate(runs, 1):
        papers = [paper(number) for number in dict.fromkeys(numbers)]
        ledger.take(run(f"{source}{day}", *papers, source=source, day=f"2026-11-0{day}"))
    assert ledger.store.snapshot == before


def test_a_record_that_a_person_withdrew_does_not_come_back(ledger: Ledger) -> None:
    ledger.take(run("s1", paper(1), paper(2)))
    ledger._add([Row("records", {"record_id": "pmid:1", "search_id": "s1", "title": "x", "withdrawn": True})])
    ledger.take(run("s2", paper(1), paper(2), day="2026-11-08"))
    assert [row["record_id"] for row in ledger.rows("records")] == ["pmid:2"]


def test_a_record_that_stands_in_a_sheet_is_as_the_sheet_says(ledger: Ledger) -> None:
    ledger.take(run("s1", paper(1)))
    typed = Row("records", {"record_id": "pmid:1", "search_id": "s1", "title": "Typed", "report_id": "pmid:33651090"})
    current = ledger.store.evidence()
    found = admitted([run("s1", paper(1))], [typed], current, tables_of(current), "a", TODAY)
    assert [row for row in found.rows if row.table == "records"] == []


# --- decisions that come with an export ----------------------------------------------------------------------------


def decision(record_id: str, person: str = "Ana", said: str = "include") -> dict[str, Any]:
    return {"record_id": record_id, "review": "a", "stage": "title-abstract", "person": person, "decision": said}


def test_a_decision_on_a_repeat_counts_for_the_record_that_it_repeats(ledger: Ledger) -> None:
    ledger.take(run("s1", paper(1, doi="10.1000/x1")))
    export = run("r1", paper(1, record_id="rayyan:1", pmid="", doi="10.1000/x1"), source="Rayyan")
    ledger.take([*export, raw("decisions", [decision("rayyan:1")], "rayyan.csv decisions")])
    assert [(row["record_id"], row["person"]) for row in ledger.rows("decisions")] == [("pmid:1", "Ana")]


def test_two_exports_that_contradict_each_other_are_named(ledger: Ledger) -> None:
    first = [*run("s1", paper(1)), raw("decisions", [decision("pmid:1")], "one.csv")]
    found = ledger.take(first, [raw("decisions", [decision("pmid:1", said="exclude")], "two.csv")])
    assert [row["decision"] for row in ledger.rows("decisions")] == ["include"]
    assert "Ana decided otherwise on this record in one.csv, row 1" in str(found.left_out[0])


# --- proposals -----------------------------------------------------------------------------------------------------

NUMBER = {
    "study_id": "brown-2021", "report_id": "nct:NCT02101853", "outcome": "cr", "arm": "blinatumomab",
    "measure": "count", "events": "71", "n": "116", "locator": "/outcomeMeasures/0", "status": "verified",
}  # fmt: skip
POSTING = {"report_id": "nct:NCT02101853", "study_id": "brown-2021", "kind": "registry"}


def posted(*numbers: dict[str, Any], **more: Any) -> list[RawTable]:
    return [
        raw("reports", [POSTING], "NCT02101853 report", "proposed"),
        raw("results", numbers, "NCT02101853 results", "proposed", **more),
    ]


def test_a_proposed_number_enters_as_a_proposal_and_nowhere_else(ledger: Ledger) -> None:
    ledger.take(posted(NUMBER))
    assert ledger.rows("results") == []
    assert len(ledger.rows("reports")) == 1
    report, number = undecided(tables_of(ledger.store.evidence()), "a")
    assert (report["for_table"], number["for_table"]) == ("reports", "results")
    assert proposed_values(number)["events"] == 71
    assert number["locator"] == "NCT02101853 results: /outcomeMeasures/0"
    assert number["review"] == "a"


def test_what_is_accepted_already_is_not_proposed(ledger: Ledger) -> None:
    ledger.take(posted(NUMBER))
    accepted = Evidence.of([Row("results", {**NUMBER, "events": 71, "n": 116})]).rows("results")[0]["row_id"]
    ledger._add([Row("reports", POSTING), Row("results", {**NUMBER, "events": 71, "n": 116})])
    found = ledger.looked_at(posted(NUMBER))
    assert accepted not in {row.values["proposal_id"] for row in found.rows}
    assert found.rows == ()


def test_the_same_number_is_proposed_once_and_a_changed_one_again(ledger: Ledger) -> None:
    ledger.take(posted(NUMBER))
    before = ledger.store.snapshot
    ledger.take(posted(NUMBER))
    assert ledger.store.snapshot == before
    ledger.take(posted({**NUMBER, "events": "72"}))
    open_ones = undecided(tables_of(ledger.store.evidence()), "a")
    assert [proposed_values(row).get("events") for row in open_ones] == [None, 72]


def test_a_cell_that_a_person_must_set_may_be_empty_and_is_named(ledger: Ledger) -> None:
    number = {**NUMBER, "arm": None, "study_id": None}
    found = ledger.take(
        posted(number, {**number, "events": "3"}, unsettled={0: ("arm", "study_id"), 1: ("arm", "study_id")})
    )
    assert found.left_out == ()
    numbers = [row for row in undecided(tables_of(ledger.store.evidence()), "a") if row["for_table"] == "results"]
    assert {row["unsettled"] for row in numbers} == {"study_id; arm"}
    assert {proposed_values(row).get("events") for row in numbers} == {71, 3}
    assert all("arm" not in proposed_values(row) for row in numbers)


def test_a_proposed_number_that_cannot_be_is_left_out_and_named(ledger: Ledger) -> None:
    found = ledger.take(posted(NUMBER, {**NUMBER, "arm": "x", "events": "120"}, {**NUMBER, "arm": "y", "events": "NA"}))
    numbers = [row for row in undecided(tables_of(ledger.store.evidence()), "a") if row["for_table"] == "results"]
    assert [proposed_values(row)["arm"] for row in numbers] == ["blinatumomab"]
    assert [(problem.place, problem.row) for problem in found.left_out] == [
        ("NCT02101853 results", 2), ("NCT02101853 results", 3),
    ]  # fmt: skip


def test_of_an_older_fetch_of_a_document_nothing_is_proposed(ledger: Ledger) -> None:
    found = ledger.take(posted(NUMBER), posted({**NUMBER, "events": "72"}))
    numbers = [row for row in found.rows if row.values.get("for_table") == "results"]
    assert [proposed_values(row)["events"] for row in numbers] == [72]
