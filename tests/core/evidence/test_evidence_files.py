"""The files of a store: damage is named with the remedy, and nothing acknowledged is ever lost."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from evidence_sheets import result, study
from pyarrow import fs

from livereview.errors import StoreError
from livereview.evidence.batches import FORMAT, digest, snapshot
from livereview.evidence.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "evidence")
    store.add([result(outcome=f"first-{i}") for i in range(20)], source="test")
    return store


def batches(store: Store) -> Path:
    return Path(store.location) / "batches"


def only_file(store: Store) -> Path:
    (path,) = batches(store).iterdir()
    return path


def complaints(store: Store) -> tuple[str, ...]:
    """What a new reader says about the store."""
    with pytest.raises(StoreError) as refused:
        Store(store.location).evidence()
    return refused.value.messages


def put_parquet(store: Store, table: pa.Table, version: str | None = str(FORMAT)) -> str:
    """A file under its proper name; returns the name."""
    metadata = {} if version is None else {"livereview.format": version}
    sink = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(metadata), sink)
    name = f"{digest(sink.getvalue())}.parquet"
    (batches(store) / name).write_bytes(sink.getvalue())
    return name


# --- damage --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.999])
def test_a_truncated_batch_is_named_with_the_remedy(store: Store, share: float) -> None:
    path = only_file(store)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    (message,) = complaints(store)
    assert message.startswith(str(path))
    assert ("truncated or damaged" if share else "is empty") in message
    assert f"git checkout -- {path}" in message
    path.write_bytes(content)
    assert len(Store(store.location).evidence().rows("results")) == 20


@pytest.mark.parametrize("position", [10, -200])
def test_an_edited_batch_is_named(store: Store, position: int) -> None:
    path = only_file(store)
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(bytes(content))
    assert "edited or renamed" in complaints(store)[0]


def test_a_renamed_batch_is_named(store: Store) -> None:
    path = only_file(store)
    path.rename(path.with_name(f"{'0' * 64}.parquet"))
    assert "edited or renamed" in complaints(store)[0]


def test_a_pointer_of_git_lfs_is_told_apart(store: Store) -> None:
    only_file(store).write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    assert "git lfs pull" in complaints(store)[0]


@pytest.mark.parametrize(
    "name", ["notes.txt", "copy of batch.parquet", f"{'A' * 64}.parquet", f"{'a' * 64} (1).parquet"]
)
def test_a_file_with_another_name_is_named(store: Store, name: str) -> None:
    (batches(store) / name).write_bytes(b"hello")
    (message,) = complaints(store)
    assert f"{name}: is not named like a batch. Move it out of the folder." in message


def test_a_file_that_is_not_parquet_is_named(store: Store) -> None:
    (batches(store) / f"{digest(b'hello')}.parquet").write_bytes(b"hello")
    assert "is not a Parquet file" in complaints(store)[0]


def test_a_parquet_file_of_something_else_is_named(store: Store) -> None:
    name = put_parquet(store, pa.table({"x": [1]}), version=None)
    (message,) = complaints(store)
    assert f"{name}: was not written by livereview" in message


def test_a_batch_of_a_newer_format_says_so(store: Store) -> None:
    put_parquet(store, pa.table({"x": [1]}), version="2")
    assert "is in format 2, and this livereview reads up to format 1. Update livereview." in complaints(store)[0]


def test_a_batch_with_a_column_of_a_newer_schema_is_not_half_read(store: Store) -> None:
    table = pq.read_table(only_file(store))
    put_parquet(store, table.append_column("fragility", pa.array([1.0] * len(table))))
    assert "does not know: fragility. Update livereview." in complaints(store)[0]


def test_a_batch_with_missing_or_mistyped_columns_is_named(store: Store) -> None:
    table = pq.read_table(only_file(store)).drop_columns(["origin"])
    put_parquet(store, table.set_column(table.column_names.index("n"), "n", pa.array(["20"] * len(table))))
    assert "missing or mistyped columns: n, origin" in complaints(store)[0]


def test_a_batch_whose_rows_were_recorded_at_different_times_is_not_a_batch(store: Store) -> None:
    store.add([study("adams-2019")], source="test")
    put_parquet(
        store, pa.concat_tables([pq.read_table(path) for path in batches(store).iterdir()], promote_options="default")
    )
    assert "not recorded together" in complaints(store)[0]


def test_all_files_at_fault_are_named_at_once(store: Store) -> None:
    only_file(store).write_bytes(b"")
    (batches(store) / "notes.txt").write_bytes(b"hello")
    (batches(store) / f"{'0' * 64}.parquet").mkdir()
    messages = complaints(store)
    assert len(messages) == 3
    assert any("cannot be read" in message for message in messages)


def test_nothing_is_added_to_a_damaged_store(store: Store) -> None:
    only_file(store).write_bytes(b"")
    with pytest.raises(StoreError):
        Store(store.location).add([result()], source="test")
    assert len(list(batches(store).iterdir())) == 1


def test_hidden_files_of_the_system_are_ignored(store: Store) -> None:
    (batches(store) / ".DS_Store").write_bytes(b"x")
    assert len(Store(store.location).batches()) == 1


def test_a_store_that_is_a_file_or_cannot_be_made_is_an_expected_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="file"):
        Store(tmp_path / "file").add([result()], source="test")
    with pytest.raises(StoreError, match="file"):
        Store(tmp_path / "file" / "evidence").add([result()], source="test")


# --- other filesystems ---------------------------------------------------------------------------------------


def test_a_store_may_lie_on_any_filesystem_of_pyarrow(tmp_path: Path) -> None:
    remote = fs.SubTreeFileSystem(str(tmp_path), fs.LocalFileSystem())
    for events in (1, 2):
        Store("bucket/evidence", filesystem=remote).add([result(events=events)], source="test")
    assert Store("bucket/evidence", filesystem=remote).evidence().rows("results")[0]["events"] == 2
    assert Store(tmp_path / "bucket" / "evidence").snapshot == Store("bucket/evidence", filesystem=remote).snapshot


def test_a_uri_is_a_location(store: Store) -> None:
    assert Store(Path(store.location).as_uri()).snapshot == store.snapshot


# --- what is left aside --------------------------------------------------------------------------------------


def test_leftovers_are_ignored_and_cleared_only_when_surely_abandoned(store: Store) -> None:
    aside = Path(store.location) / ".incoming"
    old, fresh, other = (aside / name for name in ("a.partial", "b.partial", "c.txt"))
    for path in (old, fresh, other):
        path.write_bytes(b"half a batch")
    two_days_ago = time.time() - 2 * 86400
    os.utime(old, (two_days_ago, two_days_ago))
    os.utime(other, (two_days_ago, two_days_ago))
    assert len(Store(store.location).batches()) == 1
    store.add([result()], source="test")
    assert (old.exists(), fresh.exists(), other.exists()) == (False, True, True)


# --- being killed --------------------------------------------------------------------------------------------

WRITER = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from evidence_sheets import result
from livereview.evidence import folder
from livereview.evidence.store import Store

location, moment = sys.argv[2:4]

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def half(path, content):
    path.write_bytes(content[: len(content) // 2])
    die()

rename = os.replace
moments = {
    "while writing": (folder, "_write_durably", half),
    "before the rename": (os, "replace", die),
    "after the rename": (os, "replace", lambda *names: die(rename(*names))),
    "never": (os, "unused", die),
}
for number in range(10_000):
    if number == 3:
        setattr(*moments[moment])
    rows = [result(outcome=f"{sys.argv[4]}-{number}-{i}") for i in range(5)]
    print(Store(location).add(rows, source="writer").batch, flush=True)
    if number + 1 == int(sys.argv[5]):
        break
"""


def writer(store: Store, moment: str = "never", name: str = "w", rounds: int = 10_000) -> subprocess.Popen[str]:
    """A process that adds batches of five rows and prints the id of each when it is acknowledged."""
    arguments = [sys.executable, "-c", WRITER, str(Path(__file__).parent), store.location, moment, name, str(rounds)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def assert_whole(store: Store, acknowledged: list[str]) -> None:
    """Readable, with every acknowledged batch, no part of a batch, and open to more."""
    fresh = Store(store.location)
    found = fresh.batches()
    assert set(acknowledged) <= {batch.id for batch in found}
    assert all(batch.rows.num_rows == (20 if batch == found[0] else 5) for batch in found)
    assert len(found) - 1 - len(acknowledged) in (0, 1)
    assert len(fresh.evidence().rows("results")) == sum(batch.rows.num_rows for batch in found)
    assert fresh.add([result(outcome="after")], source="test").batch is not None


@pytest.mark.parametrize(
    ("moment", "lost"), [("while writing", True), ("before the rename", True), ("after the rename", False)]
)
def test_a_writer_killed_at_a_bad_moment_leaves_the_store_whole(store: Store, moment: str, lost: bool) -> None:
    process = writer(store, moment)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, errors
    assert len(output.split()) == 3
    assert len(list((Path(store.location) / ".incoming").iterdir())) == (1 if lost else 0)
    assert len(list(batches(store).iterdir())) == (4 if lost else 5)
    assert_whole(store, output.split())


@pytest.mark.parametrize("wait", [0.0, 0.013, 0.05])
def test_a_writer_killed_at_any_moment_leaves_the_store_whole(store: Store, wait: float) -> None:
    process = writer(store)
    assert process.stdout is not None
    acknowledged = [process.stdout.readline().strip() for _ in range(3)]
    time.sleep(wait)
    process.kill()
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert_whole(store, [*acknowledged, *(line for line in rest.split("\n") if len(line) == 64)])


def test_two_processes_adding_at_once_both_succeed(store: Store) -> None:
    processes = [writer(store, name=name, rounds=8) for name in ("left", "right")]
    outputs = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    ids = {line for output, _ in outputs for line in output.split()}
    fresh = Store(store.location)
    assert len(ids) == 16
    assert ids < {batch.id for batch in fresh.batches()}
    assert len(fresh.evidence().rows("results")) == 20 + 2 * 8 * 5


def test_two_stores_merge_by_copying_files_in_either_direction(store: Store, tmp_path: Path) -> None:
    other = Store(tmp_path / "other")
    other.add([result(outcome="other")], source="test")
    for source, target in ((store, other), (other, store)):
        for path in batches(source).iterdir():
            shutil.copy(path, batches(target))
    left, right = Store(store.location), Store(other.location)
    assert left.snapshot == right.snapshot == snapshot(batch.id for batch in left.batches())
    assert left.evidence().table("results").equals(right.evidence().table("results"))
