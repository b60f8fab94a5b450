"""RIS as it is found: every record is brought or named, whatever a program wrote around, between and inside them."""

from __future__ import annotations

from pathlib import Path

import pytest
from reference_files import again, fetched, only, rows, titles

ONE = "TY  - JOUR\nTI  - Statins after stroke\nAU  - Ray, A.\nPY  - 2019\nER  - \n"


def test_a_record_has_what_its_tags_say(tmp_path: Path) -> None:
    text = (
        "TY  - JOUR\nAU  - Ray, Ana\nAU  - The BEST Group\nTI  - Statins after stroke\nT2  - J Test\nJO  - JT\n"
        "VL  - 12\nIS  - 3\nSP  - 101\nEP  - 109\nPY  - 2019\nDA  - 2019/05/04/\n"
        "DO  - https://doi.org/10.1000/ABC.1\nAN  - L123456\nDB  - Embase\nUR  - https://example.org/1\n"
        "AB  - Registered as nct01234567.\nN1  - A note\nER  - \n"
    )
    assert only(fetched(tmp_path, text)) == {
        "line": 1, "record_id": "embase:L123456", "search_id": "embase-2026-03-01", "title": "Statins after stroke",
        "authors": "Ray, Ana; The BEST Group", "year": 2019, "journal": "J Test", "volume": "12", "issue": "3",
        "pages": "101-109", "doi": "10.1000/abc.1", "registry_id": "NCT01234567", "url": "https://example.org/1",
        "abstract": "Registered as nct01234567.", "published_on": "2019-05-04", "accession": "L123456",
        "note": "A note",
    }  # fmt: skip


@pytest.mark.parametrize(
    "start",
    ["TY  - JOUR", "TY - JOUR", "TY  -JOUR", "TY-JOUR", "TY  -", "  TY  - JOUR", "TY   - JOUR", "TY - Journal Article"],
)
def test_a_record_is_read_however_its_first_tag_is_spaced(tmp_path: Path, start: str) -> None:
    dash = start.strip().partition("-")[0].removeprefix("TY") + "-"
    text = f"{start}\nTI{dash} Statins\nPY{dash} 2019\nER{dash}\n"
    found = fetched(tmp_path, text)
    assert only(found)["title"] == "Statins"
    assert rows(found)[0]["year"] == 2019
    assert found.left_out == ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_line_ends_and_unicode_encodings_make_no_difference(tmp_path: Path, end: str, encoding: str) -> None:
    text = (ONE + "\n" + ONE.replace("after stroke", "für Übergewicht")).replace("\n", end)
    found = fetched(tmp_path, text.encode(encoding))
    assert titles(found) == ["Statins after stroke", "Statins für Übergewicht"]
    assert [row["line"] for row in rows(found)] == [1, 7]
    assert found.left_out == ()


def test_windows_1252_is_read_and_said(tmp_path: Path) -> None:
    found = fetched(tmp_path, ONE.replace("stroke", "stroke – Müller’s").encode("cp1252"))
    assert titles(found) == ["Statins after stroke – Müller’s"]
    assert found.notes == ("file.txt: 1 record (RIS, Windows-1252, since it is not UTF-8)",)


def test_an_encoding_that_is_not_the_files_is_a_problem(tmp_path: Path) -> None:
    found = fetched(tmp_path, ONE.replace("stroke", "Müller").encode("cp1252"), encoding="utf-8")
    assert "not in this encoding" in found.problems[0].message
    assert rows(found) == []


def test_continuation_lines_and_blank_lines_stay_in_their_field(tmp_path: Path) -> None:
    text = (
        "TY  - JOUR\nTI  - Statins\n  after stroke\nKW  - one\nnot a title\nAB  - First line.\n"
        "IL - 6 rose; T4-cells fell.\n\n"
        "ER was measured.\nTY was not.\nN1  - a note\n\n\nthat goes on\nPY  - 2019\nER  - \n"
    )
    row = only(fetched(tmp_path, text))
    assert row["title"] == "Statins after stroke"
    assert row["abstract"] == "First line.\nIL - 6 rose; T4-cells fell.\n\nER was measured.\nTY was not."
    assert row["note"] == "a note\n\nthat goes on"
    assert row["year"] == 2019


def test_text_between_records_is_counted_and_named(tmp_path: Path) -> None:
    text = f"Record #1 of 2\nProvider: X\n1.\n{ONE}NL  - J Test\n\nLink to the text: https://example.org\n{ONE}the end"
    found = fetched(tmp_path, text)
    assert [row["line"] for row in rows(found)] == [4]
    assert found.notes == (
        "file.txt: 2 records (RIS, UTF-8), 1 stands there again",
        "file.txt: 6 lines outside of any record, the first in line 1 ('Record #1 of 2')",
    )


def test_a_record_without_its_end_ends_where_the_next_begins(tmp_path: Path) -> None:
    text = "TY  - JOUR\nTI  - One\nTY  - JOUR\nTI  - Two\nER  - \nTY  - JOUR\nTI  - Three\n"
    found = fetched(tmp_path, text)
    assert titles(found) == ["One", "Two", "Three"]
    assert "file.txt: 2 records without ER at their end, the first in line 1" in found.notes


def test_records_of_revman_that_have_only_the_name_of_a_study_are_brought(tmp_path: Path) -> None:
    found = fetched(tmp_path, "TY  - JOUR\nNS  - Ray 2019\nER  - \nNS  - Sen 2020\nER  - \n")
    assert titles(found) == ["Ray 2019", "Sen 2020"]
    assert {row["note"] for row in rows(found)} == {"The file gives only the name of the study."}


def test_a_record_without_title_and_number_is_named_with_its_line(tmp_path: Path) -> None:
    found = fetched(tmp_path, f"TY  - JOUR\nAU  - Nobody\nER  - \n\n{ONE}")
    assert titles(found) == ["Statins after stroke"]
    (problem,) = found.left_out
    assert (problem.place, problem.row) == ("file.txt", 1)
    assert "neither a title nor" in problem.message
    assert rows(found, "searches")[0]["hits"] == 2


def test_a_record_with_only_a_doi_is_brought(tmp_path: Path) -> None:
    row = only(fetched(tmp_path, "TY  - JOUR\nDO  - 10.1186/s40981-020-0316-0\nER  - \n"))
    assert (row["title"], row["doi"]) == ("[no title]", "10.1186/s40981-020-0316-0")


@pytest.mark.parametrize(
    ("written", "year", "published"),
    [
        ("10 15", None, None),
        ("17/18", None, None),
        ("2019a", 2019, "2019"),
        ("2014//", 2014, "2014"),
        ("1948/07//", 1948, "1948-07"),
        ("2020 Jun 13 [epub ahead of print]", 2020, "2020-06-13"),
        ("2018/13/45/", 2018, "2018"),
        ("2027", 2027, None),
    ],
)
def test_years_are_read_or_kept_in_the_note_never_guessed(
    tmp_path: Path, written: str, year: int | None, published: str | None
) -> None:
    row = only(fetched(tmp_path, ONE.replace("2019", written)))
    assert (row.get("year"), row.get("published_on")) == (year, published)
    assert row.get("note") == (None if year else f"Year in the file: {written}")


def test_a_date_after_the_day_of_the_request_is_not_taken(tmp_path: Path) -> None:
    assert "published_on" not in only(fetched(tmp_path, ONE.replace("ER", "DA  - 2026/12/24/\nER")))


def test_the_number_of_a_database_is_taken_and_that_of_a_program_is_not(tmp_path: Path) -> None:
    ovid = "TY  - JOUR\nID  - 2006713348\nDB  - Embase\nTI  - One\nER  - \n"
    psyc = "TY  - JOUR\nID  - 2019-65183-001\nTI  - Two\nUR  - http://ovid?AN=2019-65183-001\nER  - \n"
    endnote = "TY  - JOUR\nTI  - Three\nID  - 31\nER  - \n"
    embase = "TY  - JOUR\nTI  - Four\nU2  - L373791783\nER  - \n"
    ids = [row["record_id"] for row in rows(fetched(tmp_path, ovid + psyc + endnote + embase))]
    assert ids[:2] == ["embase:2006713348", "embase:2019-65183-001"]
    assert len(ids[2]) == len("embase:") + 16
    assert ids[3] == "embase:L373791783"


def test_a_doi_is_taken_from_an_address_of_doi_org_and_from_no_other(tmp_path: Path) -> None:
    text = "TY  - JOUR\nTI  - One\n{}\nER  - \n"
    assert only(fetched(tmp_path, text.format("L2  - http://dx.doi.org/10.4103/2303.1")))["doi"] == "10.4103/2303.1"
    assert "doi" not in only(fetched(tmp_path, text.format("LK  - http://sfx.org?id=doi:10.4103%2F2303&title=x")))


def test_registry_numbers_come_from_everything_that_names_one(tmp_path: Path) -> None:
    text = ONE.replace(
        "ER", "AN  - ClinicalTrials.gov/NCT03790358\nN1  - EudraCT 2010-018418-53\nAB  - NTR 1, NTR4567\nER"
    )
    assert only(fetched(tmp_path, text))["registry_id"] == "NCT03790358; 2010-018418-53; NTR4567"


def test_what_looks_like_markup_or_a_formula_stays_text(tmp_path: Path) -> None:
    row = only(fetched(tmp_path, ONE.replace("Statins", "=cmd|' /C calc'!A0 <script>")))
    assert row["title"] == "=cmd|' /C calc'!A0 <script> after stroke"


def test_a_file_of_another_name_is_what_its_content_says(tmp_path: Path) -> None:
    assert titles(fetched(tmp_path, ONE, name="export.bib")) == ["Statins after stroke"]


def test_what_the_file_counts_and_the_reader_does_not_is_said_loudly(tmp_path: Path) -> None:
    found = fetched(tmp_path, ONE.replace("ER", "AB  - Amino acids:\nTY - tyrosine\nER"))
    assert titles(found) == ["Statins after stroke"]
    told = "by its own marks the file has 2 records, and 1 record could be told apart"
    assert [problem.message for problem in found.left_out] == [told]
    assert f"file.txt: {told}" in found.notes


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    fetched(tmp_path, ONE)
    found = again(tmp_path, ["file.txt", "file.txt"])
    assert titles(found) == ["Statins after stroke"]
    assert found.notes == ("file.txt: 1 record (RIS, UTF-8)",)
