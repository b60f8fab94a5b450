"""Updates that run at the same time, of one review or of several on one store, leave a history that makes sense."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from review_folder import COMMAND, ReviewFolder, environment, trial

from livereview.errors import ExpectedError
from livereview.update import Updated, update


def finished(processes: list[subprocess.Popen[bytes]]) -> list[tuple[int, str, str]]:
    done = [process.communicate(timeout=60) for process in processes]
    codes = [process.returncode for process in processes]
    return [(code, out.decode(), err.decode()) for code, (out, err) in zip(codes, done, strict=True)]


def start(folder: ReviewFolder, *manifests: str) -> list[subprocess.Popen[bytes]]:
    return [
        subprocess.Popen(
            [COMMAND, "update", manifest],
            cwd=folder.root, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for manifest in manifests
    ]  # fmt: skip


def test_two_reviews_of_one_store_at_once_record_the_evidence_once(folder: ReviewFolder) -> None:
    results = finished(start(folder, "adults.toml", "children.toml"))
    assert [(code, err) for code, _, err in results] == [(0, ""), (0, "")]
    assert len(folder.batches()) == 1
    assert len(folder.records("adults")) == len(folder.records("children")) == 1
    assert folder.records("adults")[0]["snapshot"] == folder.records("children")[0]["snapshot"]


def test_one_review_updated_by_three_at_once_is_recorded_once(folder: ReviewFolder) -> None:
    results = finished(start(folder, *["adults.toml"] * 3))
    assert [(code, err) for code, _, err in results] == [(0, "")] * 3
    assert len(folder.records()) == 1
    assert len(folder.batches()) == 1
    assert sum("Update 1 of" in out and "recorded." in out for _, out, _ in results) == 1
    assert sum("Nothing changed since update 1" in out for _, out, _ in results) == 2


class Meanwhile:
    """A progress display that runs something when a step is reached for the first time."""

    def __init__(self, step: str, act: Callable[[], object]) -> None:
        self.step, self.act, self.done = step, act, 0

    def __call__(self, label: str, done: int, total: int) -> None:
        if label.startswith(self.step) and not self.done:
            self.done += 1
            self.act()


@pytest.mark.parametrize("step", ["Reading", "analysing", "rendering"])
def test_an_update_that_is_overtaken_starts_anew(folder: ReviewFolder, step: str) -> None:
    path = folder.root / "adults.toml"
    other: list[Updated] = []
    meanwhile = Meanwhile(step, lambda: other.append(update(path)))
    mine = update(path, progress=meanwhile)
    assert meanwhile.done
    assert (other[0].new, mine.new) == (True, False)
    assert mine.record == other[0].record
    assert len(folder.records()) == 1
    assert len(folder.batches()) == 1


def test_an_overtaken_update_compares_with_the_one_that_overtook_it(updated: ReviewFolder) -> None:
    path = updated.root / "adults.toml"
    for table, rows in trial("fischer-2027", "Fischer 2027", "adult", 9, 90, 18, 91).items():
        updated.write(f"fischer-2027_{table}", rows, table)

    def another_trial_comes() -> None:
        for table, rows in trial("garcia-2028", "Garcia 2028", "adult", 5, 50, 8, 50).items():
            updated.write(f"garcia-2028_{table}", rows, table)
        update(path)

    mine = update(path, progress=Meanwhile("rendering", another_trial_comes))
    assert [record["update"] for record in updated.records()] == [1, 2]
    assert not mine.new
    assert {"fischer-2027", "garcia-2028"} < {study["study_id"] for study in updated.records()[1]["studies"]}


def test_one_that_is_overtaken_for_ever_says_so(folder: ReviewFolder) -> None:
    path = folder.root / "adults.toml"

    def overtake(label: str, done: int, total: int) -> None:
        if label == "rendering":
            folder.run("update", "adults.toml")
            path.write_text(path.read_text() + "# again\n")

    with pytest.raises(ExpectedError, match="other updates of this review keep finishing first"):
        update(path, progress=overtake)


def test_histories_that_were_merged_may_have_a_number_twice(updated: ReviewFolder, tmp_path: Path) -> None:
    """Two people update the same review on two machines, and git merges the union of their files."""
    theirs = ReviewFolder(shutil.copytree(updated.root, tmp_path / "theirs"))
    for where, study in ((updated, "fischer-2027"), (theirs, "garcia-2028")):
        for table, rows in trial(study, study.capitalize(), "adult", 9, 90, 18, 91).items():
            where.write(f"{study}_{table}", rows, table)
        update(where.root / "adults.toml")
    for part in ("history", "evidence", "extractions"):
        shutil.copytree(theirs.root / part, updated.root / part, dirs_exist_ok=True)

    assert [record["update"] for record in updated.records()] == [1, 2, 2]
    ran = updated.run("update", "adults.toml")
    assert ran.code == 0
    assert "Update 3" in ran.out
    assert {study["study_id"] for study in updated.records()[3]["studies"]} > {"fischer-2027", "garcia-2028"}
    twice = updated.run("show", "adults.toml", "--update", "2")
    assert twice.code == 2
    assert '2 updates are called "2"' in twice.err
    names = [path.stem for path in (updated.root / "history/adults").glob("0002-*")]
    assert all(name in twice.err for name in names)
    assert all(updated.run("show", "adults.toml", "--update", name).code == 0 for name in names)
    assert "nothing was written" in updated.run("update", "adults.toml").out


def test_two_that_bring_different_evidence_to_one_store_at_once_both_succeed(folder: ReviewFolder) -> None:
    for review, study in (("fischer", "fischer-2027"), ("garcia", "garcia-2028")):
        for table, rows in trial(study, study.capitalize(), "adult", 9, 90, 18, 91).items():
            path = folder.write(f"{study}_{table}", rows, table)
            (folder.root / review).mkdir(exist_ok=True)
            path.rename(folder.root / review / path.name)
        folder.manifest(review, source=f'plugin = "sheets"\npath = "{review}"')
    results = finished(start(folder, "fischer.toml", "garcia.toml"))
    assert [(code, err) for code, _, err in results] == [(0, ""), (0, "")]
    assert len(folder.batches()) == 2
    assert folder.run("update", "fischer.toml").code == 0
    assert {study["study_id"] for study in folder.records("fischer")[-1]["studies"]} == {"fischer-2027", "garcia-2028"}
