"""Identifiers in what databases and people write, and records as every source brings them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereview import Reference, doi_in, partial_date, pmid_in, records_table, registry_ids_in, year_in
from livereview.evidence.checks import checked
from livereview.evidence.rows import Row
from livereview.evidence.view import Evidence


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1056/NEJMoa1203421", "10.1056/nejmoa1203421"),
        ("https://doi.org/10.1056/NEJMoa1203421.", "10.1056/nejmoa1203421"),
        ("doi:10.1002/(SICI)1097-0258(19980815)17:15", "10.1002/(sici)1097-0258(19980815)17:15"),
        ("(see 10.1101/2020.01.01.20000001v2)", "10.1101/2020.01.01.20000001v2"),
        ("10.64898/2026.01.02.123456; 10.1101/x", "10.64898/2026.01.02.123456"),
        ("http://dx.doi.org/10.1016%2Fj.x.2020.1", "10.1016/j.x.2020.1"),
        ("no number", ""),
        ("10.1/short", ""),
    ],
)
def test_the_doi_in_a_text(text: str, doi: str) -> None:
    assert doi_in(text) == doi
    assert doi_in(doi) == doi


@pytest.mark.parametrize(
    ("text", "pmid"),
    [("PMID: 33651090", "33651090"), ("33651090", "33651090"), ("", ""), ("1 and 2", ""), ("123456789", "")],
)
def test_the_pubmed_number_in_a_text(text: str, pmid: str) -> None:
    assert pmid_in(text) == pmid


def test_the_numbers_of_registers_in_a_text_are_spelt_as_registers_spell_them() -> None:
    text = "AALL1331 (nct02101853), ISRCTN12345678; EudraCT 2013-000536-10; chictr2000029308, NCT0210185, xNCT02101853"
    assert registry_ids_in(text, "NCT02101853") == (
        "NCT02101853", "ISRCTN12345678", "2013-000536-10", "ChiCTR2000029308",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "year"),
    [("2019a", 2019), ("17/18", None), ("10 15", None), ("2020 Jun 13 [epub ahead of print]", 2020), ("", None)],
)
def test_the_year_in_a_text(text: str, year: int | None) -> None:
    assert year_in(text) == year


@pytest.mark.parametrize(
    ("text", "day"),
    [("2023", "2023"), ("2023-11", "2023-11"), ("2023-1-4", "2023-01-04"), ("2023-13", ""), ("NA", ""), ("23", "")],
)
def test_a_date_is_one_or_nothing(text: str, day: str) -> None:
    assert partial_date(text) == day


TEXT = st.text(max_size=60)
REFERENCES = st.builds(
    Reference,
    record_id=st.integers(0, 9).map("x:{}".format),
    title=TEXT,
    authors=st.lists(TEXT, max_size=3).map(tuple),
    year=st.none() | st.integers(-10, 9999),
    journal=TEXT,
    doi=TEXT,
    pmid=TEXT,
    registry_ids=st.lists(st.just("NCT00000001"), max_size=2).map(tuple),
    abstract=TEXT,
    published_on=TEXT | st.sampled_from(["2031-01-01", "1850-02", "2025-11"]),
    note=TEXT,
)


@given(st.lists(REFERENCES, max_size=5, unique_by=lambda reference: reference.record_id))
def test_whatever_a_source_says_of_a_record_the_store_takes_it(references: list[Reference]) -> None:
    search = Row("searches", {"search_id": "s", "source": "X", "kind": "database", "searched_on": "2026-01-01"})
    raw = records_table(references, "s", "x.ris", found_on="2026-01-01", today=date(2026, 1, 2))
    found = checked([raw], Evidence.of([search]), today=date(2026, 1, 2))
    assert [str(problem) for problem in found.problems] == []
    assert [row.values["record_id"] for row in found.rows] == [reference.record_id for reference in references]
