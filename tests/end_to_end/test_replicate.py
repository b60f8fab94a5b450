"""`livereview replicate` on a folder of small reviews: tables, files, refusals, and an update when a row changes."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from review_folder import ReviewFolder

#: The risk ratio of death in Adams and Brown (12/100 v 20/98, 8/60 v 15/62), DerSimonian and Laird.
PUBLISHED = """report_id,outcome,measure,model,k,estimate,ci_low,ci_high,locator
doi:10.1/pool,death,RR,random,2,{estimate},0.35,0.95,"Figure 2 | all"
"""
INCLUDED = """report_id,study_id,locator
doi:10.1/pool,adams-2001,Table 1
doi:10.1/pool,brown-2004,Table 1
"""
REPORTS = """report_id,published_on,kind
doi:10.1/pool,2020,review
"""
PART = '\n[replication]\nreports = ["doi:10.1/pool"]\n'


@pytest.fixture
def replicating(folder: ReviewFolder) -> ReviewFolder:
    """The folder, in which the review of adults replicates a publication."""
    sheets = folder.root / "published"
    sheets.mkdir()
    (sheets / "published.csv").write_text(PUBLISHED.format(estimate=0.57), encoding="utf-8")
    (sheets / "included.csv").write_text(INCLUDED, encoding="utf-8")
    (sheets / "reports.csv").write_text(REPORTS, encoding="utf-8")
    path = folder.root / "adults.toml"
    text = path.read_text(encoding="utf-8")
    source = '[[sources]]\nplugin = "sheets"\npath = "published"\n'
    path.write_text(text + "\n" + source + PART, encoding="utf-8")
    return folder


def test_a_store_without_evidence_is_told(replicating: ReviewFolder) -> None:
    ran = replicating.run("replicate", "adults.toml")
    assert (ran.code, ran.out) == (2, "")
    assert "livereview update" in ran.err


def test_a_manifest_that_names_no_publication_is_told_what_to_add(folder: ReviewFolder) -> None:
    assert folder.run("update", "adults.toml").code == 0
    ran = folder.run("replicate", "adults.toml")
    assert ran.code == 2
    assert "[replication]" in ran.err


def test_a_publication_is_recomputed_in_terminal_csv_markdown_and_json(replicating: ReviewFolder) -> None:
    assert replicating.run("update", "adults.toml").code == 0
    ran = replicating.run("replicate", "adults.toml", "--csv", "all.csv", "--markdown", "all.md")
    assert ran.code == 0, ran.err
    assert "doi:10.1/pool: 1 printed line: 1 matches." in ran.out
    rows = list(csv.DictReader(io.StringIO((replicating.root / "all.csv").read_text(encoding="utf-8"))))
    assert [(row["number"], row["printed"], row["agrees"]) for row in rows] == [
        ("estimate", "0.57", "yes"), ("ci_low", "0.35", "yes"), ("ci_high", "0.95", "yes"), ("k", "2", "yes"),
    ]  # fmt: skip
    page = (replicating.root / "all.md").read_text(encoding="utf-8")
    assert "| matches | death, RR (random) |" in page
    assert "Figure 2 \\| all" in page
    data = replicating.run("replicate", "adults.toml", "--json").data
    assert set(data) == {"manifest", "errors", "lines", "tallies", "citations"}
    assert data["lines"][0]["verdict"] == "matches"


def test_a_folder_passes_over_manifests_that_name_none(replicating: ReviewFolder) -> None:
    assert replicating.run("update", ".").code == 0
    assert [len(item["lines"]) for item in replicating.run("replicate", ".", "--json").data] == [1, 0]


def test_a_corrected_value_makes_the_report_anew(replicating: ReviewFolder) -> None:
    assert replicating.run("update", "adults.toml").code == 0
    report: Path = next((replicating.root / "reports" / "adults").glob("*.md"))
    assert "1 printed line: 1 matches." in report.read_text(encoding="utf-8")
    assert "nothing was written" in replicating.run("update", "adults.toml").out
    sheet = replicating.root / "published" / "published.csv"
    sheet.write_text(PUBLISHED.format(estimate=0.58), encoding="utf-8")
    assert "1 corrected" in replicating.run("update", "adults.toml").out
    assert "1 contradicts." in report.read_text(encoding="utf-8")


def test_nothing_is_written_but_the_files_asked_for(replicating: ReviewFolder) -> None:
    assert replicating.run("update", "adults.toml").code == 0
    before = replicating.tree()
    assert replicating.run("replicate", "adults.toml", "--reconstruct").code == 0
    assert replicating.tree() == before
