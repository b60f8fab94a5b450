"""Packs made, and packs proved: that they say what the batches say, neither more nor less.

A pack is written aside, compared with the batches row by row and only then given its name. Batches are only read.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pyarrow import fs

from livereview.evidence.batches import Batch, digest, whole
from livereview.evidence.columns import Integers, among, column_of, kept, numbers, plain
from livereview.evidence.pack_folder import PackFolder
from livereview.evidence.packs import Pack, decoded, encoded, together
from livereview.evidence.schema import TABLES
from livereview.evidence.store import Progress, Store


@dataclass(frozen=True, kw_only=True)
class Compacted:
    """What compacting a store did. ``pack`` is None where there was nothing to do, and then nothing was written."""

    batches: int
    rows: int
    pack: str | None
    size: int = 0
    """Bytes of the pack."""
    removed: tuple[str, ...] = ()
    """Files of packs that were deleted: those whose batches the pack in place holds too, and those cut short."""


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What was found when every batch and every pack was read."""

    batches: tuple[Batch, ...]
    """In the order of recording."""
    packs: int
    differing: tuple[str, ...]
    """A line for each pack that does not say what the batches say: it must not be read."""
    damaged: tuple[str, ...]
    """A line for each file in the folder of packs that cannot be used and is not."""

    @property
    def rows(self) -> int:
        return sum(batch.rows.num_rows for batch in self.batches)


def compacted(
    location: str | os.PathLike[str], progress: Progress | None = None, filesystem: fs.FileSystem | None = None
) -> Compacted:
    """Put the rows of all batches of a store into one pack, unless one holds just these already.

    Raises StoreError naming every batch that is damaged, or missing from the folder while a pack holds it.
    """
    folder = PackFolder(location, filesystem)
    packs = folder.packs()
    sizes = Store(location, filesystem=filesystem, packed=False).sizes()
    folder.require_members(packs, sizes)
    whole = next((pack for pack in packs if _members(pack) == sizes), None)
    if whole is not None or not sizes:
        rows = 0 if whole is None else whole.rows
        return Compacted(batches=len(sizes), rows=rows, pack=None, removed=_tidied(folder, whole))
    # What was added since the folder was listed is left to the next time.
    batches = [batch for batch in _read(location, progress, filesystem) if batch.id in sizes]
    if progress is not None:
        progress("packing", 0, 1)
    content = encoded([(batch, sizes[batch.id]) for batch in batches])
    pack = decoded(content, digest(content))
    if wrong := _differences(pack, batches):
        raise AssertionError(f"a pack that does not say what its batches say was not written: {wrong}")
    folder.put(content)
    return Compacted(
        batches=len(batches), rows=pack.rows, pack=pack.id, size=len(content), removed=_tidied(folder, pack)
    )


def verified(
    location: str | os.PathLike[str], progress: Progress | None = None, filesystem: fs.FileSystem | None = None
) -> Verified:
    """Read every batch from its file and compare each pack with them.

    Raises StoreError naming every batch that is damaged, or missing from the folder while a pack holds it.
    """
    folder = PackFolder(location, filesystem)
    packs = folder.packs()
    batches = _read(location, progress, filesystem)
    by_id = {batch.id: batch for batch in batches}
    folder.require_members(packs, by_id)
    differing = []
    for number, pack in enumerate(packs):
        if progress is not None:
            progress("comparing packs", number, len(packs))
        if wrong := _differences(pack, [by_id[name] for name in pack.batches]):
            place = folder.place(f"{pack.id}.parquet")
            differing.append(
                f"{place}: says otherwise than {wrong}. The batches are right. Delete the pack, which loses nothing, "
                "and run livereview compact."
            )
    return Verified(
        batches=batches,
        packs=len(packs),
        differing=tuple(differing),
        damaged=tuple(folder.damaged.values()),
    )


def _read(
    location: str | os.PathLike[str], progress: Progress | None, filesystem: fs.FileSystem | None
) -> tuple[Batch, ...]:
    """Every batch, read from its own file."""
    found = Store(location, filesystem=filesystem, packed=False).batches(progress)
    return tuple(batch for batch in found if isinstance(batch, Batch))


def _members(pack: Pack) -> dict[str, int]:
    return {batch.id: batch.size for batch in pack.batches.values()}


def _tidied(folder: PackFolder, pack: Pack | None) -> tuple[str, ...]:
    """Delete the packs that a pack makes superfluous, and those whose bytes are not what they are named for."""
    there = folder.packs()
    held = frozenset() if pack is None else pack.batches.keys()
    kept = None if pack is None else pack.id
    gone = [f"{other.id}.parquet" for other in there if other.id != kept and other.batches.keys() <= held]
    gone += sorted(folder.spoilt) if pack is not None else ()
    for name in gone:
        folder.remove(name)
    return tuple(folder.place(name) for name in gone)


# --- comparison ------------------------------------------------------------------------------------------------


def _differences(pack: Pack, batches: Sequence[Batch]) -> str:
    """Which of the batches of a pack say something else than it does; empty where all is the same.

    ``batches`` stand in the order of the pack's list. Every row and every cell counts; the order of rows does not.
    """
    every = together(batches)
    wrong: set[str] = set()
    for name, table in TABLES.items():
        some = kept(every, among(every["table"], {name}))
        rows, positions = pack.table(name)
        found = _in_order(plain(rows), positions)
        right = _in_order(whole(some, table), numbers(some["batch"]))
        if not found.equals(right):
            wrong |= {batches[place].id for place in range(len(batches)) if _rows(found, place) != _rows(right, place)}
    names = sorted(wrong)
    if not names:
        return ""
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
    return f"{'batch' if len(names) == 1 else 'batches'} {', '.join(names[:3])}{more}"


def _in_order(rows: pa.Table, batches: Integers) -> pa.Table:
    """The rows with the position of their batch, sorted by it and by what tells rows of a batch apart."""
    rows = rows.append_column("batch", column_of(batches, pa.int64()))
    by = ("batch", "row_id", "origin", "recorded_from")
    return rows.sort_by([(name, "ascending") for name in by]).combine_chunks()


def _rows(rows: pa.Table, batch: int) -> list[dict[str, Any]]:
    """The rows of one batch; times as microseconds."""
    some = kept(rows, numbers(rows["batch"]) == batch)
    some = some.append_column("time", some["recorded_at"].cast(pa.int64())).drop_columns(["recorded_at"])
    return list(some.to_pylist())
