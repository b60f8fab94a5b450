"""The same evidence, manifest and versions give the same bytes, whatever the folder, the process or the hash seed."""

from __future__ import annotations

import multiprocessing
import shutil
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from review_folder import DEATH, ReviewFolder, run_command, tree_of

from livereview.update import update
from real_manifests import with_renderers

REVIEWS = Path(__file__).parents[2] / "reviews"
MOMENT = datetime(2027, 3, 4, 5, 6, 7, tzinfo=UTC)


def contents(root: Path) -> dict[str, bytes]:
    return {name: content for name, (content, _) in tree_of(root).items()}


def copied(root: Path, to: Path) -> Path:
    shutil.copytree(root, to)
    return to


def test_two_cold_runs_at_one_moment_are_equal_to_the_byte(folder: ReviewFolder, tmp_path: Path) -> None:
    folder.manifest("adults", head='renderers = ["markdown", "png"]')
    other = copied(folder.root, tmp_path / "other place")
    for root in (folder.root, other):
        update(root / "adults.toml", now=lambda: MOMENT)
    assert contents(folder.root) == contents(other)
    assert any(name.endswith(".png") for name in contents(other))


@pytest.mark.parametrize("seed", ["0", "1", "4321"])
def test_a_cold_run_on_the_same_store_gives_the_same_report(updated: ReviewFolder, tmp_path: Path, seed: str) -> None:
    other = copied(updated.root, tmp_path / "elsewhere")
    for made in ("reports", "history"):
        shutil.rmtree(other / made)
    ran = run_command(other, "update", ".", PYTHONHASHSEED=seed, TZ="Asia/Tokyo", LC_ALL="C")
    assert (ran.code, ran.err) == (0, "")
    assert contents(other / "reports") == contents(updated.root / "reports")
    for review in ("adults", "children"):
        [mine], [theirs] = (ReviewFolder(root).records(review) for root in (updated.root, other))
        assert {**mine, "recorded_at": ""} == {**theirs, "recorded_at": ""}


def test_the_order_of_rows_and_files_does_not_matter(folder: ReviewFolder, tmp_path: Path) -> None:
    other = ReviewFolder(copied(folder.root, tmp_path / "other"))
    shutil.rmtree(other.root / "extractions")
    for table, rows in folder.sheets.items():
        other.write(f"z_{table}", rows[:2][::-1], table)
        other.write(f"a_{table}", rows[2:][::-1], table)
    results = []
    for root in (folder.root, other.root):
        done = update(root / "adults.toml", now=lambda: MOMENT)
        results.append([{**outcome, "studies": [numbers(study) for study in outcome["studies"]]}
                        for outcome in done.record.content["outcomes"]])  # fmt: skip
    assert results[0] == results[1]


def numbers(study: dict[str, object]) -> dict[str, object]:
    """A study without the places of its rows, which are those of other files."""
    return {name: value for name, value in study.items() if name != "rows"}


def test_a_process_pool_gives_what_one_process_gives(folder: ReviewFolder) -> None:
    folder.manifest("adults", outcomes=DEATH + DEATH.replace('"death"\ntitle', '"loss"\ntitle').replace("RR", "OR"))
    alone = update(folder.root / "adults.toml", now=lambda: MOMENT)
    shutil.rmtree(folder.root / "history")
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        pooled = update(folder.root / "adults.toml", executor=pool, now=lambda: MOMENT)
    assert pooled.record == alone.record


def test_a_real_review_is_the_same_again(tmp_path: Path) -> None:
    roots = []
    for name in ("one", "two"):
        root = tmp_path / name
        for sheets in ("extractions", "published"):
            shutil.copytree(REVIEWS / sheets, root / sheets)
        text = (REVIEWS / "blina_rr.toml").read_text(encoding="utf-8")
        (root / "blina_rr.toml").write_text(with_renderers(text, '"markdown"'), encoding="utf-8")
        update(root / "blina_rr.toml", now=lambda: MOMENT)
        roots.append(root)
    assert contents(roots[0]) == contents(roots[1])
