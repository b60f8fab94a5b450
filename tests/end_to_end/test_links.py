"""``livereview links``: which study feeds which review, what reviews share, what they leave unused."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest
from review_folder import ReviewFolder, study

from installation import ROOT

REVIEWS = str(ROOT / "reviews")


@pytest.fixture
def linked(folder: ReviewFolder) -> ReviewFolder:
    """Three reviews of one store: adults, children, everybody."""
    folder.sheets["studies"].append(study("unread-2020", "Unread 2020"))
    folder.write_sheets()
    folder.manifest("everybody", population=None)
    assert folder.run("update", ".").code == 0
    return folder


def test_each_study_is_listed_with_its_reviews_and_outcomes(linked: ReviewFolder) -> None:
    before = linked.tree()
    data = linked.run("links", ".", "--json").data
    assert linked.tree() == before
    assert {one["review"]: one["used"] for one in data["reviews"]} == {
        "adults": ["adams-2001", "brown-2004", "costa-2008"],
        "children": ["dubois-2012", "eriksen-2015"],
        "everybody": ["adams-2001", "brown-2004", "costa-2008", "dubois-2012", "eriksen-2015"],
    }
    assert data["reviews"][0]["unused"] == {"unread-2020": "no result has been extracted"}
    assert data["outside"] == {
        "Unread 2020": {
            "adults": "no result has been extracted",
            "children": "other patients",
            "everybody": "no result has been extracted",
        }
    }
    pairs = {(pair["first"], pair["second"]): pair["overlap"] for pair in data["pairs"]}
    assert pairs["adults", "children"]["cca"] == 0
    assert pairs["adults", "everybody"]["cca"] == 3 / 5
    assert pairs["children", "everybody"]["shared"] == 2
    # N = 3 + 2 + 5, r = 5, c = 3
    assert data["overlap"]["cca"] == (10 - 5) / (5 * 3 - 5)


def test_a_review_that_is_out_of_date_is_chosen_anew_and_says_so(linked: ReviewFolder) -> None:
    linked.manifest("children", population="adult")
    linked.manifest("new", population="child")
    found = {one["review"]: one for one in linked.run("links", ".", "--json").data["reviews"]}
    assert found["adults"]["basis"].startswith("update 1 of ")
    assert found["children"]["basis"].startswith("chosen anew: another manifest and other evidence since update 1 of ")
    assert found["children"]["used"] == found["adults"]["used"]
    assert found["new"]["basis"] == "chosen anew: no update is recorded yet"
    assert found["new"]["used"] == ["dubois-2012", "eriksen-2015"]


def test_chosen_anew_is_what_an_update_chooses(tmp_path: Path, linked: ReviewFolder) -> None:
    recorded = linked.run("links", REVIEWS, "--json").data
    for path in (ROOT / "reviews").glob("*.toml"):
        shutil.copy(path, tmp_path)
    shutil.copytree(ROOT / "reviews" / "evidence", tmp_path / "evidence")
    anew = linked.run("links", str(tmp_path), "--json").data
    for one, other in zip(recorded["reviews"], anew["reviews"], strict=True):
        assert other["basis"].startswith("chosen anew")
        assert [item["used"] for item in one["outcomes"]] == [item["used"] for item in other["outcomes"]]
        assert one["unused"] == other["unused"]


def test_the_sheet_has_a_line_for_every_study_of_every_review(linked: ReviewFolder) -> None:
    assert linked.run("links", ".", "--csv", "links.csv").code == 0
    lines = list(csv.DictReader(io.StringIO((linked.root / "links.csv").read_text(encoding="utf-8-sig"))))
    assert len(lines) == 3 * 6
    assert {line["state"] for line in lines} == {"used", "admitted", "not admitted"}
    assert {line["review"]: line["reason"] for line in lines if line["state"] == "not admitted"}["children"]


def test_a_name_that_looks_like_a_formula_is_text(linked: ReviewFolder) -> None:
    linked.row("studies", "adams-2001")["label"] = '=HYPERLINK("http://example.org")'
    linked.write_sheets()
    assert linked.run("update", "adults.toml").code == 0
    assert linked.run("links", ".", "--csv", "links.csv").code == 0
    lines = list(csv.DictReader(io.StringIO((linked.root / "links.csv").read_text(encoding="utf-8-sig"))))
    assert not [cell for line in lines for cell in line.values() if cell.startswith("=")]


def test_outcomes_are_compared_where_asked(linked: ReviewFolder) -> None:
    assert "adults: death" not in linked.run("links", ".").out
    out = linked.run("links", ".", "--by-outcome").out
    assert "adults: death" in out
    assert "3 of 5" in out


def test_studies_that_share_patients_are_named_across_reviews(linked: ReviewFolder) -> None:
    overlaps = '[[eligibility.overlaps]]\nstudies = ["adams-2001", "dubois-2012"]\nreason = "one hospital"'
    linked.manifest("everybody", population=None, more=overlaps)
    data = linked.run("links", ".", "--json").data
    assert data["twice"] == [
        {
            "studies": ["adams-2001", "dubois-2012"],
            "reason": "one hospital",
            "reviews": [["adams-2001", "adults"], ["adams-2001", "everybody"], ["dubois-2012", "children"]],
        }
    ]


def test_a_refused_manifest_is_left_out_and_told(linked: ReviewFolder) -> None:
    (linked.root / "children.toml").write_text("review = 3")
    done = linked.run("links", ".")
    assert done.code == 2
    assert "children.toml: left out" in done.err
    assert "adults" in done.out
