"""Out to Rayyan or Covidence as RIS, back with what was decided: every decision finds its record."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from deciding_folder import DecidingFolder, record, search

_IDS = ("pmid:33651090", "embase:L1/(x),y", "doi:10.1000/a|b%c")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> DecidingFolder:
    found = DecidingFolder(tmp_path, monkeypatch, capsys)
    found.add(search(), *(record(name, title=f"Drug {number}", pmid=None) for number, name in enumerate(_IDS)))
    return found


def records_in(text: str) -> list[dict[str, list[str]]]:
    """The records of a RIS file, tag by tag, without our own reader."""
    found: list[dict[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("TY  - "):
            found.append({})
        elif line[2:6] == "  - ":
            found[-1].setdefault(line[:2], []).append(line[6:])
    return found


def taken_back(folder: DecidingFolder, rows: list[list[str]]) -> dict[tuple[str, str, str], str]:
    """What is recorded once an export has come back: record, stage, person."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    (folder.root / "back.csv").write_text(written.getvalue(), encoding="utf-8")
    done = folder.run("screen", "--person", "Ada", "--from", "back.csv")
    assert done.code == 0, done.err
    return folder.decided()


def sent(folder: DecidingFolder) -> list[dict[str, list[str]]]:
    assert folder.run("screen", "--person", "Ada", "--to", "out.ris").code == 0
    return records_in((folder.root / "out.ris").read_text(encoding="utf-8"))


def test_decisions_come_back_from_rayyan_to_our_records(folder: DecidingFolder) -> None:
    rows = [["key", "title", "authors", "notes"]]
    for number, each in enumerate(sent(folder)):
        notes = "; ".join(each["N1"]) + ' | RAYYAN-INCLUSION: {"Ana"=>"Included", "Ben"=>"Excluded"}'
        rows.append([f"rayyan-{number}", "changed by hand", "", notes])
    people = {"Ana": "include", "Ben": "exclude"}
    expected = {(name, "title-abstract", person): said for name in _IDS for person, said in people.items()}
    assert taken_back(folder, rows) == expected


def test_decisions_come_back_from_covidence_to_our_records(folder: DecidingFolder) -> None:
    rows = [["Title", "Authors", "Accession Number", "DOI", "Covidence #", "Notes"]]
    rows += [
        ["changed", "", each["AN"][0], "", f"#{number}", "Exclusion reason: No trial; "]
        for number, each in enumerate(sent(folder))
    ]
    assert taken_back(folder, rows) == {(name, "full-text", "Ada"): "exclude" for name in _IDS}
