"""Packs change how fast a store is read, never what it says; they are proved against the batches and can be deleted."""

from __future__ import annotations

import io
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from evidence_ledgers import HOUR, START, files, ledgers, merge, new_store, record
from evidence_sheets import report, result, study
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import fs

from livereview.errors import StoreError
from livereview.evidence import compaction, packs
from livereview.evidence.batches import digest
from livereview.evidence.compaction import compacted, verified
from livereview.evidence.folder import Folder
from livereview.evidence.rows import Row
from livereview.evidence.schema import TABLES
from livereview.evidence.store import Store
from livereview.evidence.view import AnyBatch, Evidence

# --- the same views ------------------------------------------------------------------------------------------


def everything_seen(evidence: Evidence) -> tuple[Any, ...]:
    """All that a view says: tables to the last cell and in their order, snapshot, what is undated, every history."""
    tables = {name: evidence.table(name) for name in TABLES}
    latest = {name: evidence.latest(name) for name in TABLES}
    history = [evidence.history(name, row) for name, rows in latest.items() for row in rows]
    return tables, latest, history, evidence.snapshot, evidence.undated, evidence.identities


def assert_the_same_views(packed: Store, plain: Store) -> None:
    hours = [START + hour * HOUR for hour in (1, 3)]
    ids = [batch.id for batch in plain.batches()]
    assert [(batch.id, batch.recorded_at) for batch in packed.batches()] == [
        (batch.id, batch.recorded_at) for batch in plain.batches()
    ]
    questions: list[dict[str, Any]] = [{}, {"published_by": "2022", "as_of": hours[1]}]
    questions += [{"as_of": hour} for hour in hours]
    questions.append({"batches": ids[::2]})
    for question in questions:
        assert everything_seen(packed.evidence(**question)) == everything_seen(plain.evidence(**question)), question


def some_reports(hour: int) -> list[Row]:
    return [report(f"pmid:{hour % 2}", "x", (None, "2021", "2023")[hour % 3])]


@settings(max_examples=20, deadline=None)
@given(ledgers, ledgers, st.lists(st.integers(0, 11), max_size=3), st.booleans())
def test_every_view_is_the_same_with_packs_and_without(
    mine: list[list[Row]], theirs: list[list[Row]], moments: list[int], dated: bool
) -> None:
    """Two people record in the same hours, compact at any moment, and merge packs and batches."""
    with new_store() as left, new_store() as right:
        for hour in range(6):
            for store, ledger in ((left, mine), (right, theirs)):
                rows = [*(ledger[hour] if hour < len(ledger) else ()), *(some_reports(hour) if dated else ())]
                Store(store.location).add(rows, source="test", recorded_at=START + hour * HOUR)
            if hour in moments:
                compacted(left.location)
            if hour + 6 in moments:
                compacted(right.location)
        merge(right, left)
        assert_the_same_views(Store(left.location), Store(left.location, packed=False))
        before = files(left)
        compacted(left.location)
        assert files(left) == before
        assert_the_same_views(Store(left.location), Store(left.location, packed=False))
        assert verified(left.location).differing == ()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three batches: two rows, one of them corrected, then withdrawn; a study with empty cells."""
    store = Store(tmp_path / "evidence")
    record(
        store,
        [
            [study("x", n_total=10), report("pmid:1", "x", "2021"), result(study_id="x"), result(outcome="os")],
            [result(study_id="x", events=11, note="text — with 'marks' and\nlines")],
            [result(outcome="os", withdrawn=True, withdrawn_reason="typo"), study("y")],
        ],
    )
    return store


def pack_of(store: Store) -> Path:
    (path,) = (Path(store.location) / "packs").iterdir()
    return path


def test_a_packed_store_is_read_from_the_pack_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    compacted(store.location)
    opened: list[str] = []
    content = Folder._content
    monkeypatch.setattr(Folder, "_content", lambda folder, name: (opened.append(name), content(folder, name))[1])
    assert len(Store(store.location).evidence().rows("results")) == 1
    assert opened == [pack_of(store).name]


def test_row_groups_of_any_size_say_the_same(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    record(store, [[result(outcome=f"o{i}", arm=f"a{i % 3}") for i in range(40)]], source="more")
    monkeypatch.setattr(packs, "_GROUP", 3)
    compacted(store.location)
    assert pq.ParquetFile(pack_of(store)).metadata.num_row_groups > 10
    assert_the_same_views(Store(store.location), Store(store.location, packed=False))


def test_rows_that_say_the_same_at_the_same_time_come_out_alike_from_any_order_of_files(store: Store) -> None:
    """The same row recorded by two people in the same microsecond, from different sheets."""
    other = Store(Path(store.location).parent / "other")
    row = result(outcome="same")
    for place, where in ((store, "a.csv, row 2"), (other, "b.csv, row 9")):
        place.add([Row("results", row.values, where)], source=where[0], recorded_at=START + 9 * HOUR)
    merge(other, store)
    found = Store(store.location, packed=False)
    compacted(store.location)
    assert_the_same_views(Store(store.location), found)
    assert everything_seen(Evidence(found.batches()[::-1])) == everything_seen(found.evidence())
    assert [row["origin"] for row in found.evidence().rows("results", outcome="same")] == ["b.csv, row 9"]


# --- compacting ----------------------------------------------------------------------------------------------


def test_compacting_twice_writes_nothing_the_second_time(store: Store) -> None:
    first = compacted(store.location)
    assert (first.batches, first.rows, first.removed) == (3, 7, ())
    before = files(store, "packs")
    assert digest(next(iter(before.values()))) == first.pack
    again = compacted(store.location)
    assert (again.pack, again.batches, again.rows) == (None, 3, 7)
    assert files(store, "packs") == before


def test_a_pack_does_not_depend_on_who_makes_it(store: Store, tmp_path: Path) -> None:
    other = Store(tmp_path / "other")
    merge(store, other)
    assert compacted(store.location).pack == compacted(other.location).pack


def test_a_newer_pack_takes_the_place_of_those_it_holds(store: Store) -> None:
    compacted(store.location)
    old = pack_of(store)
    store.add([result(outcome="new")], source="test")
    done = compacted(store.location)
    assert [Path(place).name for place in done.removed] == [old.name]
    assert digest(pack_of(store).read_bytes()) == done.pack


def test_a_store_without_batches_needs_no_pack(tmp_path: Path) -> None:
    done = compacted(tmp_path / "evidence")
    assert (done.pack, done.batches) == (None, 0)
    assert not (tmp_path / "evidence").exists()


def test_deleting_packs_loses_nothing(store: Store) -> None:
    seen = everything_seen(store.evidence())
    compacted(store.location)
    shutil.rmtree(Path(store.location) / "packs")
    assert everything_seen(Store(store.location).evidence()) == seen


def test_compacting_a_damaged_store_is_refused_and_writes_no_pack(store: Store) -> None:
    name, content = next(iter(files(store).items()))
    (Path(store.location) / "batches" / name).write_bytes(content[:-9])
    with pytest.raises(StoreError, match=f"{name}: was truncated"):
        compacted(store.location)
    assert files(store, "packs") == {}


def test_progress_is_told_while_batches_are_read(store: Store) -> None:
    told: list[tuple[str, int, int]] = []
    compacted(store.location, lambda *step: told.append(step))
    assert told == [("reading batches", 0, 3), ("packing", 0, 1)]


COMPACT = """
import os, signal, sys
from livereview.evidence import compaction, folder

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def half(path, content):
    path.write_bytes(content[: len(content) // 2])
    die()

rename = os.replace
moments = {
    "while reading": (compaction, "encoded", die),
    "while writing": (folder, "_write_durably", half),
    "before the rename": (os, "replace", die),
    "after the rename": (os, "replace", lambda *names: die(rename(*names))),
    "before old packs go": (folder.Folder, "remove", die),
}
setattr(*moments[sys.argv[2]])
compaction.compacted(sys.argv[1])
"""


@pytest.mark.parametrize(
    "moment", ["while reading", "while writing", "before the rename", "after the rename", "before old packs go"]
)
def test_compacting_that_is_killed_leaves_the_store_whole(store: Store, moment: str) -> None:
    compacted(store.location)
    store.add([result(outcome="new")], source="test")
    seen, before = everything_seen(Store(store.location, packed=False).evidence()), files(store)
    done = subprocess.run([sys.executable, "-c", COMPACT, store.location, moment], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert files(store) == before
    assert everything_seen(Store(store.location).evidence()) == seen
    compacted(store.location)
    assert len(files(store, "packs")) == 1
    assert everything_seen(Store(store.location).evidence()) == seen


# --- what normal reading sees, and what only a proof sees ------------------------------------------------------


def test_a_batch_that_was_deleted_is_named_though_a_pack_holds_its_rows(store: Store) -> None:
    compacted(store.location)
    name = next(iter(files(store)))
    (Path(store.location) / "batches" / name).unlink()
    for act in (Store(store.location).evidence, lambda: compacted(store.location), lambda: verified(store.location)):
        with pytest.raises(StoreError, match=f"batches/{name}: this batch is missing, and a pack holds its rows"):
            act()
    with pytest.raises(StoreError, match="this batch is missing"):
        Store(store.location).evidence(batches=[name.removesuffix(".parquet")])
    pack_of(store).unlink()
    assert len(Store(store.location).batches()) == 2


def test_all_batches_deleted_at_once_are_named_too(store: Store) -> None:
    compacted(store.location)
    shutil.rmtree(Path(store.location) / "batches")
    with pytest.raises(StoreError) as refused:
        Store(store.location).evidence()
    assert len(refused.value.messages) == 3


def test_a_batch_added_and_packed_while_a_store_is_read_is_not_missing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the listing of batches and that of packs somebody else adds a batch and compacts."""
    names, once = Store._names, [True]

    def names_then_more(reader: Store) -> dict[str, int]:
        found = names(reader)
        if reader is mine and once and once.pop():
            Store(store.location).add([result(outcome="meanwhile")], source="other")
            compacted(store.location)
        return found

    mine = Store(store.location)
    monkeypatch.setattr(Store, "_names", names_then_more)
    assert len(mine.batches()) == 3
    assert len(mine.batches()) == 4


def test_a_batch_cut_short_is_found_by_its_size(store: Store) -> None:
    compacted(store.location)
    name, content = next(iter(files(store).items()))
    (Path(store.location) / "batches" / name).write_bytes(content[:-1])
    with pytest.raises(StoreError, match=f"{name}: was truncated"):
        Store(store.location).evidence()


def test_a_batch_edited_without_changing_its_size_is_read_as_it_was_and_found_by_the_proof(store: Store) -> None:
    seen = everything_seen(store.evidence())
    compacted(store.location)
    name, content = next(iter(files(store).items()))
    edited = bytearray(content)
    edited[20] ^= 1
    (Path(store.location) / "batches" / name).write_bytes(bytes(edited))
    assert everything_seen(Store(store.location).evidence()) == seen
    with pytest.raises(StoreError, match=f"{name}: was edited"):
        verified(store.location)


def test_a_damaged_pack_is_left_aside_with_a_note_and_the_batches_are_read(store: Store) -> None:
    seen = everything_seen(store.evidence())
    compacted(store.location)
    path = pack_of(store)
    path.write_bytes(path.read_bytes()[:-7])
    reader = Store(store.location)
    assert everything_seen(reader.evidence()) == seen
    (note,) = reader.notes
    assert note.startswith(f"{path}: was edited, renamed or cut short")
    assert "Delete it, which loses nothing, and run livereview compact." in note
    assert verified(store.location).damaged == (note.removesuffix(" Until then the batches are read instead."),)
    done = compacted(store.location)
    assert done.pack is not None
    assert verified(store.location).damaged == ()


def test_files_that_are_no_packs_are_named_and_never_deleted(store: Store) -> None:
    folder = Path(store.location) / "packs"
    folder.mkdir()
    names = ["notes.txt", f"{digest(b'hello')}.parquet"]
    for name in names:
        (folder / name).write_bytes(b"hello")
    newer = files_of_a_newer_format(store)
    (folder / f"{digest(newer)}.parquet").write_bytes(newer)
    compacted(store.location)
    reader = Store(store.location)
    assert len(reader.evidence().rows("results")) == 1
    said = " ".join(reader.notes)
    assert "notes.txt: is not named like a pack" in said
    assert "is not a Parquet file" in said
    assert "is in format 2, and this livereview reads packs of format 1. Update livereview." in said
    assert len(files(store, "packs")) == 4


def files_of_a_newer_format(store: Store) -> bytes:
    read = [(batch, store.sizes()[batch.id]) for batch in Store(store.location, packed=False).batches()]
    content = packs.encoded(read)  # type: ignore[arg-type]
    table = pq.read_table(io.BytesIO(content))
    sink = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({"livereview.pack": "2"}), sink)
    return sink.getvalue()


def wrong_pack(store: Store, change: Any) -> Path:
    """A pack, under the name of its bytes, that says otherwise than the batches."""
    read: Sequence[AnyBatch] = Store(store.location, packed=False).batches()
    members = [(change(batch) if place == 1 else batch, store.sizes()[batch.id]) for place, batch in enumerate(read)]
    content = packs.encoded(members)  # type: ignore[arg-type]
    path = Path(store.location) / "packs" / f"{digest(content)}.parquet"
    path.parent.mkdir()
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "change",
    [
        lambda batch: type(batch)(batch.id, batch.recorded_at + timedelta(microseconds=1), batch.rows),
        lambda batch: type(batch)(batch.id, batch.recorded_at, batch.rows.slice(0, 0)),
        lambda batch: type(batch)(batch.id, batch.recorded_at, pa.concat_tables([batch.rows] * 2)),
        lambda batch: type(batch)(batch.id, batch.recorded_at, batch.rows.drop_columns(["note"])),
    ],
    ids=["another time", "a row less", "a row more", "another cell"],
)
def test_a_pack_that_says_otherwise_is_found_and_the_batch_is_named(store: Store, change: Any) -> None:
    path = wrong_pack(store, change)
    (line,) = verified(store.location).differing
    assert line.startswith(f"{path}: says otherwise than batch {store.batches()[1].id}. The batches are right.")


def test_a_pack_is_named_for_what_it_says_and_never_written_if_it_says_otherwise(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "encoded", lambda members: packs.encoded(members[:-1] + members[:1]))
    with pytest.raises(AssertionError, match="was not written"):
        compacted(store.location)
    assert files(store, "packs") == {}


# --- cost and places -----------------------------------------------------------------------------------------


def test_reading_a_packed_store_imports_no_pandas(store: Store) -> None:
    compacted(store.location)
    store.add([result(outcome="loose")], source="test")
    program = """
import sys
from livereview.evidence.store import Store
store = Store(sys.argv[1])
store.add([], source="nothing new")
seen = store.evidence(as_of="2100", published_by="2100")
print(len(seen.rows("results")), len(store.evidence().table("results")), "pandas" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program, store.location], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "2 2 False\n"), done.stderr


def test_a_store_on_another_filesystem_has_packs_too(store: Store, tmp_path: Path) -> None:
    remote = fs.SubTreeFileSystem(str(tmp_path), fs.LocalFileSystem())
    done = compacted("evidence", filesystem=remote)
    assert done.pack == digest(pack_of(store).read_bytes())
    assert verified("evidence", filesystem=remote).packs == 1
    assert_the_same_views(Store("evidence", filesystem=remote), Store(store.location, packed=False))
