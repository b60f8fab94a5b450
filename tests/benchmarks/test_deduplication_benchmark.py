"""benchmarks/deduplication.py on made-up sets: what is labelled wrong is counted as wrong, and fails the script."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "deduplication.py"
COLUMNS = ("author", "title", "year", "journal", "abstract", "doi", "number", "pages", "volume", "record_id", "source")
TITLES = ("Imatinib in chronic myeloid leukemia in Spain", "Dasatinib in acute lymphoblastic leukemia in Italy")


def line(number: int, title: str, source: str) -> dict[str, str]:
    row = dict.fromkeys(COLUMNS, "NA") | {"author": "Garcia A. B.Lopez C.", "year": "2010", "journal": "Blood"}
    return row | {"title": title, "volume": "3", "pages": "1-9", "record_id": str(number), "source": source}


def samples(folder: Path, *sources: str) -> Path:
    """Two records of each of two publications, with these labels, and sets of pairs."""
    (folder / "refs/asysd").mkdir(parents=True)
    (folder / "refs/dedupe").mkdir()
    with (folder / "refs/asysd/labelled_test_set.csv").open("w", encoding="cp1252", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(line(n, TITLES[n // 2], source) for n, source in enumerate(sources))
    twice = [{"recNumber": n, "title": TITLES[0], "authors": ["Garcia, A."], "year": "2010"} for n in (1, 101)]
    once = [
        {"recNumber": n, "title": title, "authors": "Garcia, A.,Lopez, C.", "year": "2010"}
        for n, title in enumerate(TITLES)
    ]
    for name, rows in (("dupes-obvious", twice), ("dupeissues", twice), ("isbn-false-dupe", once), ("nodupes", once)):
        (folder / f"refs/dedupe/sra_{name}.json").write_text(json.dumps(rows), encoding="utf-8")
    pair = {"record_a": {"title": TITLES[0], "author": "Garcia, A. and Lopez, C."}, "record_b": {"title": TITLES[1]}}
    cases = {"cases": [{"id": "two", "expected_duplicate": False, **pair}]}
    (folder / "refs/dedupe/bibdedupe_test_cases.json").write_text(json.dumps(cases), encoding="utf-8")
    return folder


def run(folder: Path) -> tuple[int, dict[str, list[str]]]:
    """The exit code, and the numbers of each set by its name."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(folder), "--size", "300"], capture_output=True, text=True, check=False
    )
    assert not done.stderr
    assert "BibDedupe: 1 of 1 cases as expected" in done.stdout
    return done.returncode, {text[:30].strip(): text[30:].split() for text in done.stdout.splitlines()}


def test_what_agrees_with_the_labels_is_right(tmp_path: Path) -> None:
    code, sets = run(samples(tmp_path, "unique", "duplicate", "duplicate", "unique"))
    assert sets["ASySD"][:6] == ["4", "2", "0", "0", "1.0000", "1.0000"]
    assert sets["SRA obvious"][:4] == ["2", "1", "0", "0"]
    assert code == 0


def test_what_the_labels_keep_apart_is_wrong_and_what_they_call_repeated_is_missed(tmp_path: Path) -> None:
    code, sets = run(samples(tmp_path, "unique", "unique", "duplicate", "duplicate"))
    assert sets["ASySD"][:6] == ["4", "1", "1", "1", "0.5000", "0.5000"]
    assert code == 1
