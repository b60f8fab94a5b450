"""Commands on evidence stores: make them fast to read, prove that they say what was recorded."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from livereview.cli import Exit, refuse
from livereview.commands.group import JSON, PATHS, QUIET, commands
from livereview.console import progress, say, say_data, tell
from livereview.errors import ExpectedError, StoreError

if TYPE_CHECKING:
    from livereview.fetching import Progress

Found = tuple[Exit, str, dict[str, Any]]


@commands.command()
@PATHS
@click.option("--verify", is_flag=True, help="Write nothing: prove that packs say what the batches say.")
@JSON
@QUIET
def compact(paths: tuple[Path, ...], verify: bool, as_json: bool, quiet: bool) -> int:
    """Make a store of many batches fast to read.

    Puts the rows of all batches into one further file, a pack, from which they are read. Batches stay as they are, and
    packs can be deleted. PATHS are manifests, folders of manifests, or folders of stores.
    """
    act = _proved if verify else _packed
    worst, results = Exit.DONE, []
    for store in _stores(paths):
        try:
            with progress(quiet or as_json) as show:
                code, words, found = act(store, show)
            results.append({"store": str(store), "errors": [], **found})
            if not (as_json or quiet):
                say(f"{store}: {words}")
        except ExpectedError as error:
            code = Exit.NOT_STARTED
            refuse(error.messages)
            results.append({"store": str(store), "errors": list(error.messages)})
        worst = max(worst, code)
    if as_json:
        say_data(results)
    return worst


def _packed(store: Path | str, show: Progress) -> Found:
    """Pack a store."""
    from livereview.evidence.compaction import compacted
    from livereview.printing import counted

    done = compacted(store, show)
    what = f"{counted(done.batches, 'batch', 'batches')}, {counted(done.rows, 'row')}"
    words = f"{what}: packed already; nothing was written." if done.batches else "no batches; nothing to pack."
    if done.pack is not None:
        words = f"{what} packed in packs/{done.pack[:12]}... ({done.size / 1e6:,.1f} MB)."
    if done.removed:
        words += f" {counted(len(done.removed), 'older or damaged pack')} deleted."
    found = {"batches": done.batches, "rows": done.rows, "pack": done.pack, "removed": list(done.removed)}
    return Exit.DONE, words, found


def _proved(store: Path | str, show: Progress) -> Found:
    """Read every batch and compare every pack with them."""
    from livereview.evidence.compaction import verified
    from livereview.printing import counted

    proof = verified(store, show)
    if proof.differing:
        raise StoreError((*proof.differing, *proof.damaged))
    for line in proof.damaged:
        tell(line)
    what = f"{counted(len(proof.batches), 'batch', 'batches')} in order, {counted(proof.rows, 'row')}"
    says = "says" if proof.packs == 1 else "say"
    words = f"{what}; {counted(proof.packs, 'pack')} {says} the same." if proof.packs else f"{what}; no pack."
    found = {"batches": len(proof.batches), "rows": proof.rows, "packs": proof.packs, "damaged": list(proof.damaged)}
    return Exit.FAILED if proof.damaged else Exit.DONE, words, found


def _stores(paths: Iterable[Path]) -> list[Path | str]:
    """The stores meant, each once: a folder that has batches or packs is one; manifests name theirs."""
    from livereview.places import opened, places_of
    from livereview.rounds import manifests

    found: dict[str, Path | str] = {}
    for path in paths:
        if os.path.isdir(path) and any((path / name).is_dir() for name in ("batches", "packs")):
            found.setdefault(str(path.absolute()), path)
            continue
        for manifest in manifests([path]):
            store = places_of(opened(manifest)[0]).store
            found.setdefault(store if isinstance(store, str) else os.path.abspath(store), store)
    return list(found.values())
