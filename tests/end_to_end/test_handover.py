"""A review handed over by the commands: package and lists of an update, from sheets with records and decisions."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from review_folder import ReviewFolder

RENDERERS = 'renderers = [{ plugin = "revman-package", id = "CD000001" }, "study-lists"]'
SEARCHES = """search_id,source,kind,searched_on
pubmed-1,PubMed,database,2026-03-01
"""
RECORDS = """record_id,search_id,title,authors,year,journal,doi,abstract,duplicate_of,report_id
pmid:1,pubmed-1,A trial of a drug,Adams A; Roe R,2001,Lancet,10.1/adams-2001,"=1+1, and more",,doi:10.1/adams-2001
pmid:2,pubmed-1,A trial of something else,Doe J,2002,BMJ,,,,
pmid:3,pubmed-1,Nobody looked yet,,2003,,,,,
pmid:4,pubmed-1,A trial of a drug (reprint),Adams A,2001,,,,pmid:1,
"""
DECISIONS = """record_id,review,stage,person,decision,reason
pmid:1,adults,title-abstract,Ada,include,
pmid:1,adults,full-text,Ada,include,
pmid:2,adults,title-abstract,Ada,include,
pmid:2,adults,full-text,Ada,exclude,no control
"""


@pytest.fixture
def handed(empty: ReviewFolder) -> ReviewFolder:
    """A review of three trials with a search of four records, updated."""
    empty.write_sheets()
    for name, text in (("searches", SEARCHES), ("records", RECORDS), ("decisions", DECISIONS)):
        (empty.root / "extractions" / f"{name}.csv").write_text(text, encoding="utf-8")
    empty.manifest("adults", head=RENDERERS)
    ran = empty.run("update", "adults.toml")
    assert ran.code == 0, ran.err
    return empty


def written(folder: ReviewFolder) -> dict[str, bytes]:
    report = folder.root / "reports" / "adults"
    return {path.relative_to(report).as_posix(): path.read_bytes() for path in report.rglob("*") if path.is_file()}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_an_update_writes_the_package_and_the_lists(handed: ReviewFolder) -> None:
    files = written(handed)
    assert sorted(files) == [
        "CD000001-data-package.zip", "study-lists/awaiting.csv", "study-lists/awaiting.ris",
        "study-lists/excluded.csv", "study-lists/excluded.ris", "study-lists/included.csv",
        "study-lists/included.ris", "study-lists/ongoing.csv",
    ]  # fmt: skip
    included = rows(files["study-lists/included.csv"])
    assert [(row["study"], row["title"], row["authors"], row["pmid"]) for row in included] == [
        ("Adams 2001", "A trial of a drug", "Adams A; Roe R", ""),
        ("Brown 2004", "Brown 2004", "", ""),
        ("Costa 2008", "Costa 2008", "", ""),
    ]
    assert included[0]["abstract"] == "'=1+1, and more"
    excluded = rows(files["study-lists/excluded.csv"])
    assert [(row["record_id"], row["reason"]) for row in excluded if row["record_id"].startswith("pmid")] == [
        ("pmid:2", "no control")
    ]
    assert {row["study"] for row in excluded if not row["record_id"].startswith("pmid")} == {
        "Dubois 2012",
        "Eriksen 2015",
    }
    assert [row["record_id"] for row in rows(files["study-lists/awaiting.csv"])] == ["pmid:3"]
    assert b"AU  - Adams, A\r\nAU  - Roe, R\r\n" in files["study-lists/included.ris"]


def test_the_package_holds_the_pooled_numbers_of_the_update(handed: ReviewFolder) -> None:
    with zipfile.ZipFile(io.BytesIO(written(handed)["CD000001-data-package.zip"])) as archive:
        (settings,) = rows(archive.read("CD000001-analysis-data/CD000001-overall-estimates-and-settings.csv"))
        data = rows(archive.read("CD000001-analysis-data/CD000001-data-rows.csv"))
    assert [(row["Study"], row["Experimental cases"], row["Control N"]) for row in data] == [
        ("Adams 2001", "12", "98"), ("Brown 2004", "8", "62"), ("Costa 2008", "30", "205"),
    ]  # fmt: skip
    assert (settings["Experimental cases"], settings["Control cases"]) == ("50", "79")


def test_nothing_new_writes_nothing_and_a_lost_file_comes_back_the_same(handed: ReviewFolder) -> None:
    before = written(handed)
    assert handed.run("update", "adults.toml").code == 0
    assert written(handed) == before
    (handed.root / "reports" / "adults" / "CD000001-data-package.zip").unlink()
    assert handed.run("update", "adults.toml").code == 0
    assert written(handed) == before


def test_the_rebuilt_report_of_an_update_hands_over_the_same_bytes(handed: ReviewFolder) -> None:
    ran = handed.run("update", "adults.toml", "--as-of", "update 1")
    assert ran.code == 0, ran.err
    (past,) = (handed.root / "reports").glob("adults@*")
    assert {name: (past / name).read_bytes() for name in written(handed)} == written(handed)
