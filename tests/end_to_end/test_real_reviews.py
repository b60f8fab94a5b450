"""The three reviews of this repository, copied, without figures: updated, looked at, and extended by a new trial."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest
from review_folder import ReviewFolder, run_command

from real_manifests import with_renderers

REVIEWS = Path(__file__).parents[2] / "reviews"
NAMES = ("blina_combination", "blina_frontline", "blina_rr")


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three reviews after one update by the installed command."""
    root = tmp_path_factory.mktemp("reviews")
    for sheets in ("extractions", "published"):
        shutil.copytree(REVIEWS / sheets, root / sheets)
    for name in NAMES:
        text = (REVIEWS / f"{name}.toml").read_text(encoding="utf-8")
        (root / f"{name}.toml").write_text(with_renderers(text, '"markdown"'), encoding="utf-8")
    ran = run_command(root, "update", ".")
    assert ran.code == 0, ran.err
    assert ran.out.count("Update 1 of") == 3
    return root


@pytest.fixture
def reviews(
    once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> ReviewFolder:
    root = shutil.copytree(once, tmp_path / "reviews")
    monkeypatch.chdir(root)
    return ReviewFolder(root, capsys)


def test_nothing_fails_and_every_pooled_number_is_a_number(reviews: ReviewFolder) -> None:
    for name in NAMES:
        [record] = reviews.records(name)
        assert record["failures"] == []
        for outcome in record["outcomes"]:
            assert (outcome["pooled"]["estimate"] is None) == (outcome["pooled"]["k"] == 0), outcome["id"]


def test_a_second_update_writes_nothing(reviews: ReviewFolder) -> None:
    before = reviews.tree()
    ran = reviews.run("update", ".")
    assert ran.code == 0
    assert ran.out.count("nothing was written") == 3
    assert reviews.run("check", ".").code == 0
    assert reviews.tree() == before


def test_every_outcome_can_be_shown(reviews: ReviewFolder) -> None:
    for name in NAMES:
        for outcome in reviews.records(name)[0]["outcomes"]:
            ran = reviews.run("show", f"{name}.toml", "--outcome", outcome["id"])
            assert (ran.code, ran.err) == (0, "")
            assert all(study["label"] in ran.out for study in outcome["studies"])


def test_a_new_trial_as_one_workbook_reaches_the_review_it_belongs_to(reviews: ReviewFolder) -> None:
    tables = {
        "studies": [
            ("study_id", "label", "design", "setting", "population", "ph_status", "regimen", "n_total", "year"),
            ("smith-2027", "Smith 2027", "rct", "frontline", "adult", "negative", "plus-chemotherapy", 400, 2027),
        ],
        "reports": [
            ("report_id", "study_id", "journal", "year", "published_on", "kind"),
            ("doi:10.1/smith", "smith-2027", "Lancet", 2027, "2026-02", "primary"),
        ],
        "results": [
            ("study_id", "report_id", "outcome", "population", "arm", "comparator", "measure", "estimate", "ci_low",
             "ci_high", "locator", "status"),
            ("smith-2027", "doi:10.1/smith", "os", "ITT", "blinatumomab", "chemotherapy", "HR", 0.62, 0.44, 0.87,
             "Figure 2", "verified"),
        ],
    }  # fmt: skip
    book = openpyxl.Workbook()
    book.remove(book.active)
    for table, rows in tables.items():
        sheet = book.create_sheet(table)
        for row in rows:
            sheet.append(row)
    book.save(reviews.root / "extractions/smith-2027.xlsx")
    before = {name: reviews.records(name)[0] for name in NAMES}

    ran = reviews.run("update", ".")

    assert ran.code == 0
    assert ran.out.count("+ Smith 2027") == 1
    frontline = reviews.records("blina_frontline")
    assert [record["update"] for record in frontline] == [1, 2]
    [first, second] = [outcome_of(record, "os-hr") for record in frontline]
    assert second["pooled"]["k"] == first["pooled"]["k"] + 1
    assert [outcome_of(frontline[1], "dfs-hr")] == [outcome_of(before["blina_frontline"], "dfs-hr")]
    assert reviews.records("blina_rr") == [before["blina_rr"]]
    assert "Smith 2027" in reviews.report("blina_frontline")
    assert "nothing was written" in reviews.run("update", "blina_frontline.toml").out


def outcome_of(record: dict[str, object], outcome_id: str) -> dict[str, dict[str, int]]:
    outcomes: list[dict[str, dict[str, int]]] = record["outcomes"]  # type: ignore[assignment]
    return next(outcome for outcome in outcomes if outcome["id"] == outcome_id)
