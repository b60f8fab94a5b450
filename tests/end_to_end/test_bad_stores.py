"""A store to which something happened: each case is detected and named by the commands, and history stays as it was."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from review_folder import Ran, ReviewFolder, trial

from livereview.evidence.rows import Row
from livereview.evidence.store import Store
from livereview.update import update

NEW = trial("fischer-2027", "Fischer 2027", "adult", 3, 40, 6, 41)
REPORT = "doi:10.1/brown-2004"


def add(folder: ReviewFolder, rows: dict[str, list[dict[str, object]]] = NEW) -> None:
    for table, some in rows.items():
        folder.sheets[table] += some
    folder.write_sheets()


def said(folder: ReviewFolder, *arguments: str, code: int = 0) -> str:
    ran: Ran = folder.run(*arguments)
    assert ran.code == code, ran.err
    assert "Traceback" not in ran.err
    return ran.err


def history_of(folder: ReviewFolder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder.root / "history").rglob("*.json")}


# --- the clock -------------------------------------------------------------------------------------------------


def test_a_clock_set_back_is_named_by_update_and_check(folder: ReviewFolder) -> None:
    ahead = datetime.now(UTC) + timedelta(days=400)
    update(folder.root / "adults.toml", now=lambda: ahead)
    before = history_of(folder)
    doubt = f"is before the newest batch of the store ({ahead.isoformat(timespec='seconds')}). What is recorded next"
    for command in ("check", "update"):
        (line,) = said(folder, command, "adults.toml").splitlines()
        assert doubt in line
    assert history_of(folder) == before
    add(folder)
    of_batch, of_update = said(folder, "update", "adults.toml").splitlines()
    assert "is not after the newest batch; recorded at" in of_batch
    assert "is before update 1" in of_update
    assert "Check the clock" in of_update
    assert history_of(folder).items() > before.items()
    assert folder.records()[1]["recorded_at"] >= ahead.isoformat(timespec="seconds")


# --- two stores merged by git ----------------------------------------------------------------------------------


@pytest.fixture
def merged(folder: ReviewFolder, tmp_path: Path) -> ReviewFolder:
    """Somebody else recorded a trial before our second update; their batch comes into our store after it."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    update(folder.root / "adults.toml", now=lambda: start)
    shutil.copytree(folder.root, tmp_path / "other")
    other = ReviewFolder(tmp_path / "other")
    other.sheets = {table: list(rows) for table, rows in folder.sheets.items()}
    add(other)
    update(other.root / "adults.toml", now=lambda: start + timedelta(days=9))
    folder.row("results", "adams-2001", arm="drug")["events"] = 13
    folder.write_sheets()
    update(folder.root / "adults.toml", now=lambda: start + timedelta(days=20))
    for path in other.batches():
        shutil.copy(path, folder.root / "evidence" / "batches")
    for table in NEW:
        shutil.copy(other.root / "extractions" / f"{table}.csv", folder.root / "extractions")
    folder.sheets = other.sheets
    folder.row("results", "adams-2001", arm="drug")["events"] = 13
    folder.write_sheets()
    return folder


def test_batches_that_came_late_are_named_with_what_they_change(merged: ReviewFolder) -> None:
    before = history_of(merged)
    late = "1 batch recorded before update 2 of 2026-01-21 came into the store after it, by a merge or while it ran: "
    for command in ("check", "update"):
        err = said(merged, command, "adults.toml")
        assert late in err
        assert "of 2026-01-10 (4 rows)" in err
        assert "As of a date before that update the evidence is now another" in err
    assert history_of(merged).items() > before.items()
    assert {study["study_id"] for study in merged.records()[-1]["studies"]} >= {"fischer-2027", "adams-2001"}
    for command in ("check", "update"):
        assert said(merged, command, "adults.toml") == "", "the update that has them is the last now"


def test_late_batches_are_not_told_to_a_review_that_sees_nothing_of_them(merged: ReviewFolder) -> None:
    update(merged.root / "children.toml", now=lambda: datetime(2026, 1, 25, tzinfo=UTC))
    path = merged.root / "evidence" / "batches"
    other = Store(merged.root.parent / "third")
    row = Row("studies", {"study_id": "grown-ups", "label": "Grown-ups", "population": "adult"})
    other.add([row], source="elsewhere", recorded_at=datetime(2026, 1, 2, tzinfo=UTC))
    shutil.copytree(Path(other.location) / "batches", path, dirs_exist_ok=True)
    assert "came into the store after it" not in said(merged, "check", "children.toml")
    assert "came into the store after it" in said(merged, "check", "adults.toml")


# --- batches deleted or edited by hand, with a pack and without --------------------------------------------------


@pytest.mark.parametrize("packed", [False, True])
def test_a_deleted_batch_is_named_by_every_command(updated: ReviewFolder, packed: bool) -> None:
    if packed:
        said(updated, "compact", "adults.toml")
    [batch] = updated.batches()
    content = batch.read_bytes()
    batch.unlink()
    commands = [["update", "adults.toml"], ["check", "adults.toml"]]
    commands += [["compact", "adults.toml"], ["compact", "--verify", "evidence"]] if packed else []
    before = updated.tree()
    for command in commands:
        err = said(updated, *command, code=2)
        assert f"evidence/batches/{batch.name}: this batch is missing" in err
        assert "Restore it from git" in err
    assert updated.tree() == before
    batch.write_bytes(content)
    assert "nothing was written" in updated.run("update", "adults.toml").out


def test_a_batch_edited_behind_a_pack_is_named_by_check_and_by_the_proof(updated: ReviewFolder) -> None:
    [batch] = updated.batches()
    said(updated, "compact", ".")
    content = bytearray(batch.read_bytes())
    content[30] ^= 1
    batch.write_bytes(bytes(content))
    for command in (["check", "adults.toml"], ["compact", "--verify", "."]):
        err = said(updated, *command, code=2)
        assert f"evidence/batches/{batch.name}: was edited or renamed" in err
        assert "Restore it from git" in err
    # An update reads the rows as they were when they were packed: the right ones.
    assert "nothing was written" in updated.run("update", "adults.toml").out


def test_a_damaged_pack_is_named_and_does_no_harm(updated: ReviewFolder) -> None:
    said(updated, "compact", ".")
    [pack] = (updated.root / "evidence" / "packs").iterdir()
    pack.write_bytes(pack.read_bytes()[:1000])
    for command in ("check", "update"):
        assert f"{pack.name}: was edited, renamed or cut short" in said(updated, command, "adults.toml")
    assert f"{pack.name}: was edited" in said(updated, "compact", "--verify", "evidence", code=1)
    assert "packed in" in updated.run("compact", "evidence").out
    assert said(updated, "update", "adults.toml") == said(updated, "compact", "--verify", "evidence") == ""


# --- compacting ------------------------------------------------------------------------------------------------


def test_compacting_changes_no_report_and_writes_once(updated: ReviewFolder) -> None:
    before = updated.tree()
    done = updated.run("compact", ".")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("evidence: 1 batch, ")
    assert " packed in packs/" in done.out
    after = updated.tree()
    assert {name for name in after if name not in before and not name.startswith("evidence/.")} == {
        "evidence/packs", next(name for name in after if name.startswith("evidence/packs/"))
    }  # fmt: skip
    assert "packed already; nothing was written" in updated.run("compact", "adults.toml", "evidence").out
    assert updated.run("compact", "adults.toml", "children.toml", "evidence").out.count("\n") == 1
    assert "nothing was written" in updated.run("update", ".").out
    assert updated.tree() == after


def test_the_proof_says_what_it_proved(updated: ReviewFolder) -> None:
    assert updated.run("compact", "--verify", ".").out.endswith("in order, 20 rows; no pack.\n")
    updated.run("compact", ".")
    assert updated.run("compact", "--verify", ".").out.endswith("1 batch in order, 20 rows; 1 pack says the same.\n")
    [found] = updated.run("compact", "--verify", "--json", ".").data
    assert found == {"store": "evidence", "errors": [], "batches": 1, "rows": 20, "packs": 1, "damaged": []}


@pytest.mark.parametrize("paths", [["nowhere.toml"], ["extractions"]])
def test_a_path_that_names_no_store_is_refused(updated: ReviewFolder, paths: list[str]) -> None:
    assert paths[0] in said(updated, "compact", *paths, code=2)


def test_a_store_without_batches_has_nothing_to_pack(folder: ReviewFolder) -> None:
    assert "no batches; nothing to pack" in folder.run("compact", "adults.toml").out
    assert not (folder.root / "evidence").exists()


# --- dates -----------------------------------------------------------------------------------------------------


def test_a_date_in_the_future_is_refused_and_nothing_is_written(updated: ReviewFolder) -> None:
    updated.row("reports", "brown-2004")["published_on"] = "2062-03"
    updated.write_sheets()
    before = updated.tree()
    for command in ("check", "update"):
        err = said(updated, command, "adults.toml", code=2)
        assert "reports.csv, row 3, column published_on" in err
        assert "2062-03" in err
        assert "lies in the future" in err
    assert updated.tree() == before


def test_reports_without_a_date_are_named_in_one_line(folder: ReviewFolder) -> None:
    for study_id in ("adams-2001", "brown-2004", "dubois-2012"):
        folder.row("reports", study_id)["published_on"] = ""
    folder.write_sheets()
    for command in ("check", "update"):
        (line,) = said(folder, command, "adults.toml").splitlines()
        assert line.startswith(f"adults.toml: 2 reports have no date of publication (doi:10.1/adams-2001, {REPORT})")
        assert "Fill in published_on" in line
