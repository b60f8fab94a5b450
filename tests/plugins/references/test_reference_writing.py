"""What is written is read back to the same record, and what was decided elsewhere comes back to it."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st
from reference_files import again, fetched, rows

from livereview import Reference, plain_text, records_table
from livereview.evidence.tables import REPORT_KINDS
from livereview_references import csv_text, ris_text
from livereview_references.entry import KINDS, Entry, reference_of
from livereview_references.formats import FORMATS
from livereview_references.textfile import TextFile, text_file

TEXT = st.text(max_size=60) | st.sampled_from(
    [
        "ER  - ",
        "TY  - JOUR",
        "a\nER  - \nTY  - JOUR\nTI  - other",
        "a\r\rTI  - x",
        "=1+1",
        "livereview",
        "\ufeff",
        " - ",
    ]
)
IDS = st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1, max_size=30)
REFERENCES = st.builds(
    Reference,
    record_id=IDS | st.sampled_from(["pmid:1", "embase:L1.", "doi:10.1000/(a)b;c,d|e", "x:%2E..."]),
    title=TEXT,
    authors=st.lists(TEXT.filter(plain_text), max_size=3).map(tuple),
    year=st.none() | st.integers(1600, 2099),
    journal=TEXT,
    volume=TEXT,
    issue=TEXT,
    pages=TEXT,
    doi=st.sampled_from(["", "10.1000/abc", "https://doi.org/10.1000/ABC(1)2"]),
    pmid=st.sampled_from(["", "33651090"]),
    registry_ids=st.sampled_from([(), ("NCT01234567",), ("NCT01234567", "ISRCTN12345678")]),
    url=TEXT,
    abstract=TEXT,
    published_on=st.sampled_from(["", "2023", "2023-11", "2023-11-04"]),
    kind=st.sampled_from(["", *REPORT_KINDS]),
    accession=TEXT,
    note=TEXT,
)


def test_the_kinds_of_report_are_those_of_the_store() -> None:
    assert KINDS == REPORT_KINDS


def stored(references: list[Reference]) -> list[dict[str, object]]:
    """The references as rows of the store, without empty cells."""
    table = records_table(references, "s", "p")
    return [{k: v for k, v in zip(table.columns, row, strict=True) if v not in (None, "")} for row in table.rows]


@settings(max_examples=100, deadline=None)
@given(st.lists(REFERENCES, max_size=3))
@example([Reference(record_id="a", title="", abstract="x\n\n\ny\nER  - \n\nz", note="livereview:b")])
def test_every_ris_that_is_written_is_read_back_to_the_same_records(references: list[Reference]) -> None:
    text = ris_text(references)
    file = text_file("written", text.encode(), "auto")
    assert isinstance(file, TextFile)
    assert FORMATS["ris"].records(file) == len(references)
    parts = list(FORMATS["ris"].parts(file))
    assert all(isinstance(part, Entry) for part in parts)
    assert stored([reference_of(part) for part in parts if isinstance(part, Entry)]) == stored(references)


@settings(max_examples=50, deadline=None)
@given(st.lists(REFERENCES, max_size=3))
def test_no_cell_of_the_csv_is_a_formula_and_all_are_read_back(references: list[Reference]) -> None:
    text = csv_text(references)
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    file = text_file("written", text.encode(), "auto")
    assert isinstance(file, TextFile)
    back = [reference_of(part) for part in FORMATS["csv"].parts(file) if isinstance(part, Entry)]
    assert [each.record_id for each in back] == [each.record_id for each in references]
    assert [row.get("doi") for row in stored(back)] == [row.get("doi") for row in stored(references)]


SENT = Reference(record_id="embase:L1/(x).", title="Statins", authors=("Ray, A.",), year=2019, note="Ours")


def test_a_record_that_comes_back_from_rayyan_has_its_own_id(tmp_path: Path) -> None:
    # Rayyan keeps what stood in N1 at the beginning of its notes
    notes = [line[6:] for line in ris_text([SENT]).splitlines() if line.startswith("N1  - ")]
    decided = 'RAYYAN-INCLUSION: {"Ana"=>"Excluded"} | RAYYAN-EXCLUSION-REASONS: no trial'
    written = io.StringIO(newline="")
    csv.writer(written).writerows(
        [["key", "title", "authors", "notes"], ["rayyan-9", "Statins!", "", f"{'; '.join(notes)} | {decided}"]]
    )
    found = fetched(tmp_path, written.getvalue(), search=None)
    assert found.problems == found.left_out == ()
    assert rows(found) == rows(found, "searches") == []
    assert rows(found, "decisions") == [
        {
            "line": 2, "record_id": SENT.record_id, "review": "statins", "stage": "title-abstract", "person": "Ana",
            "decision": "exclude", "reason": "no trial",
        }
    ]  # fmt: skip
    assert "1 record of this store came back: they are not taken again, what was decided is" in found.notes


def test_a_record_that_comes_back_from_covidence_has_its_own_id(tmp_path: Path) -> None:
    (number,) = (line[6:] for line in ris_text([SENT]).splitlines() if line.startswith("AN  - "))
    columns = "Title,Accession Number,DOI,Ref,Covidence #,Notes"
    found = fetched(tmp_path, f"{columns}\nStatins,{number},,,#7,Exclusion reason: No trial; \n", search=None)
    assert [(row["record_id"], row["reason"]) for row in rows(found, "decisions")] == [(SENT.record_id, "No trial")]
    assert rows(found) == []


def test_what_livereview_did_not_write_needs_a_search(tmp_path: Path) -> None:
    found = fetched(tmp_path, ris_text([SENT]) + "TY  - JOUR\nTI  - Foreign\nER  - \n", search=None)
    assert "no search that found them" in found.problems[0].message
    assert found.problems[0].found == "Foreign"


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["auto", *FORMATS]),
    st.binary(max_size=200)
    | st.lists(
        st.sampled_from(
            [
                b"TY  - JOUR\n", b"TI  - a\n", b"ER  - \n", b"PMID- 1\n", b"PT J\n", b"ER\n", b"@article{a, title={",
                b"}}\n", b"<xml><records><record>", b"</record>", b"[{", b'"title": 1}]', b"title,authors,year\n",
                b'"', b"\xff\xfe", b"\xef\xbb\xbf", b"\0", b"\r", b"RAYYAN-INCLUSION: {", b"\\", b"a,b,c,d\n",
                b"title,Covidence #,Notes\n",
            ]
        ),
        max_size=12,
    ).map(b"".join),
)  # fmt: skip
def test_arbitrary_bytes_never_raise(form: str, content: bytes) -> None:
    with TemporaryDirectory() as folder:
        found = fetched(Path(folder), content, format=form)
    assert found.inputs or found.problems
    assert found.problems or rows(found) or found.left_out
    for table in found.tables:
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert len(table.rows) == len(table.row_numbers)


def test_records_keep_their_ids_in_another_order_and_with_more_rows(tmp_path: Path) -> None:
    texts = [f"TY  - JOUR\nTI  - Statins {n}\nAU  - Ray, A.\nPY  - 201{n}\nER  - \n" for n in range(5)]
    texts += [f"TY  - JOUR\nTI  - Other {n}\nAN  - L{n}\nER  - \n" for n in range(3)]
    first = {row["title"]: row["record_id"] for row in rows(fetched(tmp_path, "".join(texts[1:7])))}
    later = {row["title"]: row["record_id"] for row in rows(fetched(tmp_path, "".join(reversed(texts))))}
    assert len(set(later.values())) == 8
    assert first.items() <= later.items()


def test_a_number_that_stands_at_two_different_records_identifies_neither(tmp_path: Path) -> None:
    one, two = (f"TY  - JOUR\nTI  - {title}\nAN  - 12345\nER  - \n" for title in ("One", "Two"))
    found = fetched(tmp_path, one + two + one)
    assert len(rows(found)) == 2
    assert not {"embase:12345"} & {row["record_id"] for row in rows(found)}
    assert any("gave one number to different records (embase:12345)" in note for note in found.notes)
    assert {row["title"]: row["record_id"] for row in rows(fetched(tmp_path, two + one))} == {
        row["title"]: row["record_id"] for row in rows(found)
    }


def test_of_exact_repeats_the_fullest_is_kept_whatever_the_order(tmp_path: Path) -> None:
    thin = "TY  - JOUR\nTI  - Statins\nAN  - L1\nER  - \n"
    full = thin.replace("ER", "AB  - An abstract\nER")
    for text in (thin + full, full + thin):
        found = fetched(tmp_path, text)
        (row,) = rows(found)
        assert row["abstract"] == "An abstract"
        assert found.notes == ("file.txt: 2 records (RIS, UTF-8), 1 stands there again",)
        assert rows(found, "searches")[0]["hits"] == 1


def test_the_search_is_what_the_manifest_says(tmp_path: Path) -> None:
    search = {
        "source": "Ovid MEDLINE", "kind": "database", "query": "statin*\n.ti.", "searched_on": date(2026, 3, 1),
        "hits": 9, "locator": "appendix 1",
    }  # fmt: skip
    found = fetched(tmp_path, "TY  - JOUR\nTI  - Statins\nER  - \n", search=search)
    assert rows(found, "searches") == [
        {
            "line": 1, "search_id": "ovid-medline-2026-03-01", "review": "statins", "source": "Ovid MEDLINE",
            "kind": "database", "query": "statin* .ti.", "searched_on": "2026-03-01", "hits": 9,
            "locator": "appendix 1",
        }
    ]  # fmt: skip
    assert {table.kind for table in found.tables} == {"ledger"}
    assert len({table.place for table in found.tables}) == len(found.tables)


def test_files_that_are_missing_too_large_or_empty_folders_are_problems(tmp_path: Path) -> None:
    (tmp_path / "refs").mkdir()
    (tmp_path / "embase.ris").write_bytes(b"x" * 2_000_000)
    found = again(tmp_path, ["embas.ris", "embase.ris", "refs", "no\0name"], max_megabytes=1)
    said = [str(problem) for problem in found.problems]
    assert "embas.ris: there is no such file or folder. Perhaps embase.ris is meant." in said
    assert any("larger than 1 MB" in text for text in said)
    assert any("refs: the folder is empty" in text for text in said)
    assert len(said) == 4


def test_a_folder_is_read_with_its_folders_and_without_hidden_files(tmp_path: Path) -> None:
    for name in ("refs/b.ris", "refs/a/c.json", "refs/.hidden.ris", "refs/README.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        title = name.rsplit("/", 1)[-1]
        text = json.dumps([{"title": title}]) if name.endswith("json") else f"TY  - JOUR\nTI  - {title}\nER  - \n"
        (tmp_path / name).write_text(text)
    found = again(tmp_path, "refs")
    assert sorted(row["title"] for row in rows(found)) == ["b.ris", "c.json"]
    assert sorted(found.inputs) == ["refs/a/c.json", "refs/b.ris"]
