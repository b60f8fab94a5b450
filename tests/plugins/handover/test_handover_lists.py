"""Lists of studies: who is on which, what a reference says in RIS and CSV; no value breaks out of its field."""

from __future__ import annotations

from typing import Any

import pytest
from handed_over import card, listed, registered, set_aside
from hypothesis import given
from hypothesis import strategies as st
from package_reading import records, rows_of

import builders
from livereview import RenderRequest, Report, plain_text
from livereview_handover import ListOptions, in_lists
from livereview_handover.ris import as_author

RIS_TAGS = {
    "TY", "AU", "TI", "T2", "PY", "DA", "VL", "IS", "SP", "EP", "DO", "AN", "DB", "UR", "AB", "NS", "N1", "ID",
}  # fmt: skip


def lists(report: Report, **options: Any) -> dict[str, bytes]:
    """The files of the lists by name."""
    files = in_lists(RenderRequest(report=report), ListOptions(**options))
    found = {file.path: file.content for file in files}
    assert all(path.startswith("study-lists/") for path in found)
    return {path.removeprefix("study-lists/"): content for path, content in found.items()}


def ids(content: bytes) -> list[str]:
    return [row["record_id"] for row in rows_of(content)]


def test_each_reference_is_on_one_list() -> None:
    report = listed([
        card("a"), card("b", "included", "report", study_id="s", study="Brown 2021", report_id="p"),
        card("c", "excluded", "excluded at full text", reason="no control"),
        card("d", "excluded", "excluded", reason="on title"), card("e", "excluded", "removed", reason="flagged"),
        card("f", "awaiting", "not retrieved", reason="nowhere to be had"),
    ])  # fmt: skip
    found = lists(report)
    assert sorted(found) == [
        "awaiting.csv", "awaiting.ris", "excluded.csv", "excluded.ris", "included.csv", "included.ris", "ongoing.csv",
    ]  # fmt: skip
    assert ids(found["included.csv"]) == ["b"]
    assert ids(found["awaiting.csv"]) == ["a", "f"]
    assert ids(found["excluded.csv"]) == ["c"]
    assert ids(lists(report, screened_out=True)["excluded.csv"]) == ["c", "d", "e"]
    assert rows_of(found["ongoing.csv"]) == []
    for name in ("included", "excluded", "awaiting"):
        assert [dict(record)["ID"] for record in records(found[f"{name}.ris"])] == ids(found[f"{name}.csv"])


def test_a_study_without_any_reference_is_on_its_list_with_its_label_alone() -> None:
    report = listed(excluded=(set_aside("roe", "Roe 2010"),), unused=(set_aside("doe", "Doe 2012"),))
    found = lists(report)
    (included,), (excluded,) = rows_of(found["included.csv"]), rows_of(found["excluded.csv"])
    assert (included["study"], included["title"], included["authors"]) == ("Doe 2012", "Doe 2012", "")
    assert (excluded["study"], excluded["reason"], excluded["stage"]) == (
        "Roe 2010", "wrong disease", "not admitted by the manifest",
    )  # fmt: skip
    (record,) = records(found["excluded.ris"])
    assert record == [
        ("TY", "GEN"), ("TI", "Roe 2010"), ("NS", "Roe 2010"), ("N1", "Exclusion reason: wrong disease"), ("ID", "roe"),
    ]  # fmt: skip


def test_every_pooled_study_is_included() -> None:
    report = builders.report()
    assert {row["study_id"] for row in rows_of(lists(report)["included.csv"])} == {
        study.study_id for study in report.studies
    }


def test_a_reference_says_all_that_is_known_of_it() -> None:
    whole = card(
        "pmid:11",
        "included",
        "report",
        study_id="s",
        study="Brown 2021",
        report_id="p",
        title="A trial",
        authors=("Brown AB", "van den Berg J", "Costa, María", "NIH Study Group", "Wu 3rd"),
        year=2021,
        journal="Lancet",
        volume="9",
        issue="3",
        pages="12-21",
        doi="10.1/x",
        pmid="11",
        registry_ids=("NCT1",),
        abstract="One.\nTwo.",
        url="https://a.org/x (free); https://b.org",
        published_on="2021-03",
        kind="primary",
        note="seen",
        source="Embase",
    )
    (record,) = records(lists(listed([whole]))["included.ris"])
    assert record == [
        ("TY", "JOUR"),
        ("AU", "Brown, AB"),
        ("AU", "van den Berg, J"),
        ("AU", "Costa, María"),
        ("AU", "NIH Study Group"),
        ("AU", "Wu 3rd"),
        ("TI", "A trial"),
        ("T2", "Lancet"),
        ("PY", "2021"),
        ("DA", "2021/03//"),
        ("VL", "9"),
        ("IS", "3"),
        ("SP", "12"),
        ("EP", "21"),
        ("DO", "10.1/x"),
        ("AN", "11"),
        ("DB", "PubMed"),
        ("UR", "https://a.org/x"),
        ("UR", "https://b.org"),
        ("AB", "One. Two."),
        ("NS", "Brown 2021"),
        ("N1", "Registered as NCT1"),
        ("N1", "seen"),
        ("N1", "(free)"),
        ("ID", "pmid:11"),
    ]
    (row,) = rows_of(lists(listed([whole]))["included.csv"])
    assert (row["authors"], row["pages"]) == (
        "Brown AB; van den Berg J; Costa, María; NIH Study Group; Wu 3rd",
        "12-21",
    )
    assert row["abstract"] == "One. Two."


def test_abstracts_can_be_left_out() -> None:
    found = lists(listed([card(abstract="long")]), abstracts=False)
    assert "abstract" not in rows_of(found["awaiting.csv"])[0]
    assert "AB" not in dict(records(found["awaiting.ris"])[0])


def test_nothing_is_made_up_for_a_report_without_a_record() -> None:
    known = card("p", "included", "report without a record", title="", study_id="s", study="Brown 2021", report_id="p")
    (record,) = records(lists(listed([known]))["included.ris"])
    assert record == [("TY", "GEN"), ("TI", "Brown 2021"), ("NS", "Brown 2021"), ("ID", "p")]


def test_a_retracted_report_says_so_in_both() -> None:
    found = lists(listed([card("p", "included", "report", study_id="s", study="S", report_id="p", status="retracted")]))
    assert rows_of(found["included.csv"])[0]["status"] == "retracted"
    assert ("N1", "The report is retracted") in records(found["included.ris"])[0]


def test_registered_trials_are_ongoing_unless_they_became_a_study_or_are_not_admitted() -> None:
    trials = (
        registered(), registered("NCT2", remark="has results: Brown 2021"),
        registered("NCT3", remark="not admitted: other drug"),
    )  # fmt: skip
    found = lists(listed(ongoing=trials))
    assert [row["registry_id"] for row in rows_of(found["ongoing.csv"])] == ["NCT01234567"]
    (record,) = records(found["ongoing.ris"])
    assert ("AN", "NCT01234567") in record
    assert dict(record)["N1"].startswith("phase: 3; regimen: new drug; planned patients: 120")
    (excluded,) = rows_of(found["excluded.csv"])
    assert (excluded["record_id"], excluded["reason"]) == ("NCT3", "not admitted: other drug")


@pytest.mark.parametrize(
    ("pages", "wanted"),
    [("12-21", ["12", "21"]), ("e12–e19", ["e12", "e19"]), ("88, 90", ["88, 90"]), ("S1-2-S9", ["S1-2-S9"]), ("", [])],
)
def test_pages_are_parted_only_where_they_are_a_range(pages: str, wanted: list[str]) -> None:
    (record,) = records(lists(listed([card(pages=pages)]))["awaiting.ris"])
    assert [value for tag, value in record if tag in ("SP", "EP")] == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Doe J", "Doe, J"),
        ("Doe JR", "Doe, JR"),
        ("de la Cruz M", "de la Cruz, M"),
        ("Doe J Jr", "Doe, J Jr"),
        ("Doe, Jane", "Doe, Jane"),
        ("Jane Doe", "Jane Doe"),
        ("WHO", "WHO"),
        ("Steering Committee A", "Steering Committee A"),
    ],
)
def test_a_comma_is_put_before_initials_and_nowhere_else(name: str, wanted: str) -> None:
    assert as_author(name) == wanted


def test_an_empty_list_is_a_csv_with_a_header_and_no_ris() -> None:
    found = lists(listed())
    assert sorted(found) == ["awaiting.csv", "excluded.csv", "included.csv", "ongoing.csv"]
    assert found["included.csv"].startswith(b"study,study_id,stage,reason,status,title")


def test_a_text_that_a_spreadsheet_would_run_is_text_in_csv_and_itself_in_ris() -> None:
    found = lists(listed([card(title='=HYPERLINK("x")', authors=("@a",), journal="-1")]))
    (row,) = rows_of(found["awaiting.csv"])
    assert (row["title"], row["authors"], row["journal"]) == ('\'=HYPERLINK("x")', "'@a", "'-1")
    (record,) = records(found["awaiting.ris"])
    assert dict(record)["TI"] == '=HYPERLINK("x")'


def test_the_same_report_gives_the_same_bytes_in_whatever_order_its_references_come() -> None:
    cards = [card(f"r{i}", year=2000 + i % 3) for i in range(20)]
    assert lists(listed(cards)) == lists(listed(cards[::-1]))


BREAKING = (
    "x\r\nER  - \r\n\r\nTY  - JOUR", "ER  - ", "TY  - GEN", "\n\n", "\x00\x1b[2J", "a" * 10_001, "TI  - x\nTI  - y",
    "\u2028ER  - ",
)  # fmt: skip
ANY = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(BREAKING)
FIELDS = ("title", "journal", "volume", "pages", "abstract", "note", "url")


@given(st.fixed_dictionaries(dict.fromkeys(FIELDS, ANY)), ANY)
def test_no_value_breaks_out_of_its_field(values: dict[str, str], author: str) -> None:
    cards = [card("r1", authors=(author,), source=author, reason=author, **values), card("r2")]
    found = lists(listed(cards))
    first, second = records(found["awaiting.ris"])
    assert second == [("TY", "GEN"), ("TI", "Title of r2"), ("ID", "r2")]
    assert {tag for tag, _ in first} <= RIS_TAGS
    assert dict(first)["TI"] == (plain_text(values["title"]) or "r1")
    assert dict(first).get("T2", "") == plain_text(values["journal"])
    assert dict(first).get("AB", "") == plain_text(values["abstract"])
    rows = rows_of(found["awaiting.csv"])
    assert [row["record_id"] for row in rows] == ["r1", "r2"]
