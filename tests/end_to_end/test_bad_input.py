"""Input that cannot be: refused with file, row or line, value and remedy; exit code 2, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from review_folder import DEATH, RESULTS, ReviewFolder, Row, arm, hazard_ratio, report, study

from livereview.evidence.batches import digest


def refused(folder: ReviewFolder, *said: str, manifest: str = "adults.toml") -> str:
    """The messages of ``update`` and ``check``, which must agree, after making sure that nothing was written."""
    before = folder.tree()
    ran = folder.run("update", manifest)
    assert (ran.code, ran.out) == (2, ""), ran
    assert folder.run("check", manifest).err == ran.err
    assert folder.tree() == before
    for part in said:
        assert part in ran.err
    assert "Traceback" not in ran.err
    return ran.err


# --- manifests ---------------------------------------------------------------------------------------------------


def line_of(path: Path, text: str) -> int:
    """The line of a file on which a text stands."""
    return next(number for number, line in enumerate(path.read_text().splitlines(), 1) if text in line)


@pytest.mark.parametrize(
    ("outcomes", "more", "stands", "said"),
    [
        (DEATH + "populaton = 'ITT'\n", "", "populaton", ["unknown key", 'Did you mean "population"?']),
        (DEATH + "level = 'high'\n", "", "level =", ["high", "number"]),
        (DEATH + "level = 95\n", "", "level =", ["95"]),
        (DEATH.replace('"RR"', '"RRR"'), "", '"RRR"', ['no effect-measure is called "RRR"', "RR"]),
        (DEATH + 'model = "random-efects"\n', "", "random-efects", ['Did you mean "random-effects"?']),
        (DEATH + DEATH.replace('"Death"', '"Again"'), "", 'title = "Again"', ['"death"']),
        ("outcomes = 5\n", "", "outcomes = 5", ["outcomes"]),
        (DEATH, '[[eligibility.exclude]]\nstudy = "adam-2001"\nreason = "x"', "adam-2001", ['"adams-2001"']),
        (
            DEATH,
            '[[eligibility.filters]]\nfield = "design"\nin = ["cohort"]\nreason = "x"',
            'field = "design"',
            ["no study can pass this filter", "rct"],
        ),
        (
            DEATH,
            '[[eligibility.filters]]\nfield = "desing"\nin = ["rct"]\nreason = "x"',
            "desing",
            ['Did you mean "design"?'],
        ),
    ],
)
def test_a_manifest_that_cannot_be_meant(
    folder: ReviewFolder, outcomes: str, more: str, stands: str, said: list[str]
) -> None:
    path = folder.manifest("adults", outcomes=outcomes, more=more)
    err = refused(folder, *said)
    line = line_of(path, stands)
    # The message names the line of the key, or that of the table the key stands in.
    assert any(f"adults.toml:{number}:" in err for number in (line, line - 1)), err


def test_eligibility_that_no_study_meets_leaves_the_new_evidence_out_of_the_store(folder: ReviewFolder) -> None:
    folder.manifest("adults", population="elderly")
    refused(folder, "elderly", "adult, child")
    assert not (folder.root / "evidence").exists()


def test_every_mistake_of_a_manifest_is_told_at_once(folder: ReviewFolder) -> None:
    folder.manifest("adults", outcomes=DEATH + "leval = 0.9\nmodel = 'randm'\n[[outcomes]]\nid = 'x'\n")
    err = refused(folder, "leval", "randm", "outcomes[1].title", "outcomes[1].result", "nothing was changed")
    assert len(err.splitlines()) >= 5


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[review\n", "adults.toml:1: not valid TOML"),
        (b"", "adults.toml:1:"),
        (b'[review]\nid = "\xff"\n', "adults.toml:2: byte"),
        (b"# " + b"x" * 2_100_000, "far more than any manifest"),
    ],
)
def test_a_file_that_is_no_manifest(folder: ReviewFolder, content: bytes, said: str) -> None:
    (folder.root / "adults.toml").write_bytes(content)
    refused(folder, said)


def test_a_manifest_that_is_not_there_is_told_with_the_nearest_name(folder: ReviewFolder) -> None:
    refused(folder, "adult.toml: there is no such file", 'Did you mean "adults.toml"?', manifest="adult.toml")


def test_a_folder_without_manifests(empty: ReviewFolder) -> None:
    refused(empty, "there is no manifest (.toml) in this folder", manifest=".")


# --- sheets ------------------------------------------------------------------------------------------------------


def changed(folder: ReviewFolder, **cells: object) -> None:
    folder.row("results", "brown-2004", arm="drug").update(cells)


def with_hazard_ratio(folder: ReviewFolder, *values: object, **cells: object) -> None:
    folder.sheets["results"].append(hazard_ratio("brown-2004", *values, **cells))


def repeated(folder: ReviewFolder) -> None:
    folder.sheets["results"].append(arm("brown-2004", "drug", 9, 60))


BROWN = "extractions/results.csv, row 4"
LAST = "extractions/results.csv, row 12"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda f: changed(f, events=61), [BROWN, "events", "61", "60"]),
        (lambda f: changed(f, n=-60), [BROWN, "column n", "-60"]),
        (lambda f: changed(f, events="about 8"), [BROWN, "column events", "about 8"]),
        (lambda f: changed(f, events=8.5), [BROWN, "column events", "8.5"]),
        (lambda f: changed(f, status="checked"), [BROWN, "column status", "checked", "verified"]),
        (lambda f: changed(f, locator=""), [BROWN, "column locator", "required"]),
        (lambda f: changed(f, report_id="doi:10.1/nobody"), [BROWN, "column report_id", "doi:10.1/nobody"]),
        (lambda f: changed(f, study_id="browne-2004"), [BROWN, "column study_id", "browne-2004", "brown-2004"]),
        (lambda f: with_hazard_ratio(f, 0.5, 0.6, 0.9), [LAST, "0.5", "0.6"]),
        (lambda f: with_hazard_ratio(f, 0.7, 0.9, 0.6), [LAST, "0.9", "0.6"]),
        (lambda f: with_hazard_ratio(f, -0.7, -0.9, 0.6), [LAST, "-0.7"]),
        (lambda f: with_hazard_ratio(f, 0.7, 0.6, 0.9, p_value=1.2), [LAST, "column p_value", "1.2"]),
        (repeated, [LAST, "row 4"]),
        (lambda f: changed(f, withdrawn="yes"), [BROWN, "withdrawn_reason"]),
    ],
)  # fmt: skip
def test_a_number_that_cannot_be(folder: ReviewFolder, spoil: Callable[[ReviewFolder], None], said: list[str]) -> None:
    spoil(folder)
    folder.write_sheets()
    refused(folder, *said)


def test_every_problem_of_all_sheets_is_told_at_once(folder: ReviewFolder) -> None:
    changed(folder, events=61)
    folder.row("results", "adams-2001", arm="placebo")["n"] = "many"
    folder.row("studies", "adams-2001")["year"] = 20001
    folder.write_sheets()
    refused(folder, "results.csv, row 4", "results.csv, row 3", "studies.csv, row 2", "3 mistakes; nothing was changed")


def spoiled(folder: ReviewFolder, content: bytes, name: str = "results.csv") -> None:
    (folder.root / "extractions" / name).write_bytes(content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (",".join(RESULTS[2:]).encode() + b"\n", ["results.csv", "row 1", "study_id", "required and missing"]),
        (",".join(RESULTS).replace("events", "evnts").encode() + b"\n", ["results.csv, row 1", "evnts", "events"]),
        (",".join(RESULTS).encode() + b"\nadams-2001,x\n", ["results.csv", "row 2"]),
        (",".join(RESULTS).encode() + b"\nGarc\x8fa\xff\x00,", ["results.csv"]),
        ("\ufeffstudy_id;label\n".encode("utf-16"), ["results.csv"]),
        (b"%PDF-1.7", ["results.csv", "PDF"]),
        (b"\x00" * 1000, ["results.csv"]),
    ],
)
def test_a_sheet_that_cannot_be_read(folder: ReviewFolder, content: bytes, said: list[str]) -> None:
    spoiled(folder, content)
    refused(folder, *said)


@pytest.mark.parametrize("content", [b"", b"\n\n\n", b"\xef\xbb\xbf"])
def test_an_empty_sheet_is_refused_with_the_remedy(folder: ReviewFolder, content: bytes) -> None:
    spoiled(folder, content, "results-2.csv")
    refused(folder, "results-2.csv: there is nothing in it, not even a header", "or remove the sheet")


def test_a_file_far_larger_than_any_sheet_is_not_read(folder: ReviewFolder) -> None:
    folder.manifest("adults", source='plugin = "sheets"\npath = "extractions"\nmax_megabytes = 0.5')
    spoiled(folder, b"x" * 600_000, "results-2.csv")
    refused(folder, "results-2.csv", "0.6 MB", "raise max_megabytes")


def test_an_unknown_file_in_the_folder_of_sheets_is_not_passed_over(folder: ReviewFolder) -> None:
    spoiled(folder, b"notes", "protocol.docx")
    refused(folder, "extractions/protocol.docx", "ignore")


def test_a_source_without_its_folder(empty: ReviewFolder) -> None:
    empty.manifest("adults")
    refused(empty, "extractions: there is no such file or folder")


def test_studies_that_are_named_nowhere(folder: ReviewFolder) -> None:
    rows: list[Row] = [study("new-2027", "New"), report("new-2027"), arm("newe-2027", "drug", 1, 2)]
    for table, row in zip(("studies", "reports", "results"), rows, strict=True):
        folder.write(f"new_{table}", [row], table)
    refused(folder, "new_results.csv, row 2", "newe-2027")


# --- stores ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["truncated", "empty", "foreign", "renamed", "oddly named"])
def test_a_store_with_a_file_that_is_no_batch(updated: ReviewFolder, kind: str) -> None:
    [batch] = updated.batches()
    content = batch.read_bytes()
    path = batch
    if kind in ("truncated", "empty"):
        batch.write_bytes(content[: len(content) // 2] if kind == "truncated" else b"")
    elif kind == "foreign":
        path = batch.with_name(f"{digest(b'PAR1nothingPAR1')}.parquet")
        path.write_bytes(b"PAR1nothingPAR1")
    else:
        path = batch.with_name("results.parquet" if kind == "oddly named" else f"{'0' * 64}.parquet")
        path.write_bytes(content)
    refused(updated, f"evidence/batches/{path.name}")


def test_a_place_that_cannot_be_written_is_told_without_a_trace(folder: ReviewFolder) -> None:
    (folder.root / "evidence").write_text("a file where the store should be")
    ran = folder.run("update", "adults.toml")
    assert ran.code == 2
    assert "evidence" in ran.err
    assert "Traceback" not in ran.err


def test_a_report_folder_that_cannot_be_made_is_told_without_a_trace(folder: ReviewFolder) -> None:
    (folder.root / "reports").write_text("a file where the reports should be")
    ran = folder.run("update", "adults.toml")
    assert ran.code == 2
    assert "reports/adults/report.md: cannot be written" in ran.err
    assert not folder.records()
    (folder.root / "reports").unlink()
    assert folder.run("update", "adults.toml").code == 0
    assert len(folder.batches()) == 1
