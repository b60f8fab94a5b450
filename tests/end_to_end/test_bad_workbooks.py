"""What spreadsheets do to numbers, and sheets that cannot be read: one message for each mistake, and no false ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook
from review_folder import COLUMNS, ReviewFolder

from livereview.evidence.schema import TABLES

EVENTS = COLUMNS["results"].index("events") + 1
BROWN = "extractions/trial.xlsx, sheet results, row 4, column events: "


def refused(folder: ReviewFolder) -> list[str]:
    """The messages of an update that was refused and wrote nothing, without the count at the end."""
    before = folder.tree()
    ran = folder.run("update", "adults.toml")
    assert (ran.code, ran.out) == (2, ""), ran
    assert folder.tree() == before
    return [line for line in ran.err.splitlines() if "nothing was changed" not in line]


def workbook(folder: ReviewFolder) -> Workbook:
    """The three sheets as one workbook, not yet saved; the sheets of the folder are gone."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for table, rows in folder.sheets.items():
        sheet = book.create_sheet(table)
        sheet.append(COLUMNS[table])
        for row in rows:
            sheet.append([row.get(column) for column in COLUMNS[table]])
        (folder.root / "extractions" / f"{table}.csv").unlink()
    return book


def saved(folder: ReviewFolder, book: Workbook) -> None:
    book.save(folder.root / "extractions" / "trial.xlsx")


@pytest.mark.parametrize(
    ("value", "shown_as", "said"),
    [
        (datetime(2024, 3, 8), "yyyy-mm-dd", ["turned into a date", "2024-03-08", "Format the cell as a number"]),
        (8, "yyyy-mm-dd", ["turned into a date", "Format the cell as a number"]),
        (0.13, "0%", ["stores 0.13, shown as a percentage", "13%", "Choose the format General"]),
        ("13%", "General", ["is a percentage", "13%", "Write the count itself"]),
        ("1,008", "General", ["comma between thousands", "1,008", "Write 1008"]),
        ("1 008", "General", ["gap between thousands", "1 008", "Write 1008"]),
        ("=4+4", "General", ["formula", "=4+4", "replace the formula by its value"]),
        (61, "General", ["more people with the event (61) than at risk (60)", "Check both"]),
    ],
)
def test_what_a_spreadsheet_does_to_a_number_is_one_mistake(
    folder: ReviewFolder, value: Any, shown_as: str, said: list[str]
) -> None:
    book = workbook(folder)
    cell = book["results"].cell(4, EVENTS)
    cell.value, cell.number_format = value, shown_as
    saved(folder, book)
    [message] = refused(folder)
    assert message.startswith(BROWN)
    for part in said:
        assert part in message


def test_blank_rows_are_nothing_and_the_rows_below_keep_their_numbers(folder: ReviewFolder) -> None:
    book = workbook(folder)
    book["results"].insert_rows(4, 3)
    book["results"].cell(7, EVENTS).value = 61
    saved(folder, book)
    [message] = refused(folder)
    assert message.startswith("extractions/trial.xlsx, sheet results, row 7, column events:")
    book["results"].cell(7, EVENTS).value = 8
    saved(folder, book)
    assert folder.run("update", "adults.toml").code == 0
    assert folder.records()[0]["outcomes"][0]["pooled"]["k"] == 3


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b"Adams", b"Ad\x8fams", "extractions/studies.csv, row 2: byte"),
        (b"study_id,label", b"%PDF-1.7", "extractions/studies.csv: its name ends in .csv, but it is a PDF"),
        (b"adult,2001,,,\nbrown", b"adult\nbrown", "extractions/studies.csv, row 2: the row has 4 cells, the header 8"),
    ],
)
def test_studies_that_could_not_be_read_are_not_said_to_be_missing(
    folder: ReviewFolder, before: bytes, after: bytes, said: str
) -> None:
    path = folder.root / "extractions" / "studies.csv"
    content = path.read_bytes()
    assert before in content
    path.write_bytes(content.replace(before, after, 1))
    [message] = refused(folder)
    assert message.startswith(said)


def test_a_key_that_a_spreadsheet_spoilt_is_one_mistake(folder: ReviewFolder) -> None:
    book = workbook(folder)
    book["studies"].cell(3, 1).value, book["studies"].cell(3, 1).number_format = 0.13, "0%"
    saved(folder, book)
    [message] = refused(folder)
    assert message.startswith("extractions/trial.xlsx, sheet studies, row 3, column study_id:")


def test_a_header_without_the_key_is_told_and_not_every_row_that_needs_it(folder: ReviewFolder) -> None:
    path = folder.root / "extractions" / "studies.csv"
    path.write_bytes(path.read_bytes().replace(b"study_id", b"studyid", 1))
    unknown, missing = sorted(refused(folder), key=lambda message: "required" in message)
    assert "Did you mean study_id?" in unknown
    assert "row 1, column study_id: this column is required and missing" in missing


def test_every_key_that_rows_refer_to_is_required_so_that_its_absence_is_told() -> None:
    for name in {column.refers_to for table in TABLES.values() for column in table.columns if column.refers_to}:
        assert all(TABLES[name].column(key).required for key in TABLES[name].key)


def test_other_mistakes_are_told_beside_a_sheet_that_cannot_be_read(folder: ReviewFolder) -> None:
    folder.row("results", "brown-2004", arm="drug")["events"] = 61
    folder.write_sheets()
    (folder.root / "extractions" / "studies.csv").write_bytes(b"%PDF-1.7")
    assert [message.split(":")[0] for message in refused(folder)] == [
        "extractions/studies.csv", "extractions/results.csv, row 4, column events",
    ]  # fmt: skip
