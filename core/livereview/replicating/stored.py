"""The replication of a review from what its store holds; nothing is fetched or written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from livereview.errors import ExpectedError
from livereview.evidence.store import Store
from livereview.fetching import Progress, silent
from livereview.manifest.mistakes import Mistake
from livereview.outlook import outlook
from livereview.places import opened, places_of
from livereview.reach import out_of_reach
from livereview.replicated import Replication
from livereview.replicating.replication import replication


def stored_replication(
    path: Path, progress: Progress = silent, *, reconstruct: bool = False, required: bool = True
) -> tuple[str, Replication] | None:
    """Title and replication of the review of a manifest; None where it names no publication and none is required.

    Raises ExpectedError for a manifest without [replication], an empty store, and a publication that is not in it.
    """
    file, plugins = opened(path)
    if file.manifest.replication is None:
        if not required:
            return None
        raise ExpectedError(f'{path}: it names no publication. Add [replication] with reports = ["..."] to it.')
    evidence = Store(places_of(file).store).evidence()
    if not evidence.batches:
        raise ExpectedError(f"{path}: the store holds no evidence yet. Bring it in: livereview update {path}")
    view = outlook(file.manifest, evidence)
    mistakes = _not_there(out_of_reach(file.manifest, view.tables, view.scope)[0], path)
    if mistakes:
        raise file.error(mistakes)
    found = replication(file.manifest, plugins, view.tables, progress)
    assert found is not None
    if reconstruct:
        from livereview.replicating.reconstruction import reconstructed

        found = reconstructed(found, file.manifest, plugins, view.tables, progress)
    return file.manifest.review.title, found


def _not_there(mistakes: list[Mistake], path: Path) -> list[Mistake]:
    """The publications that the store does not have; a sheet may, which an update brings in."""
    hint = f" If a sheet has it, bring it in: livereview update {path}"
    return [
        replace(mistake, message=mistake.message + hint) for mistake in mistakes if mistake.path[0] == "replication"
    ]
