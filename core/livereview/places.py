"""Where a review keeps what, and what must be true of these places before an update may start."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livereview.errors import ExpectedError, StoreError
from livereview.evidence.view import Evidence
from livereview.history import Record
from livereview.manifest.mistakes import Mistake
from livereview.manifest.reading import ManifestFile, read, read_again, read_toml
from livereview.plugins import Plugins, installed


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where a review keeps what."""

    store: Path | str
    """A folder, or a URI such as ``s3://bucket/evidence``."""
    history: Path
    report: Path


def places_of(file: ManifestFile) -> Places:
    """The store named in the manifest; history and report beside the manifest, by review id."""
    return places_in(file.folder, file.manifest.review.id, file.manifest.evidence.store)


def places_in(folder: Path, review: str, store: str) -> Places:
    """The places of a review by its id, in the folder of its manifest, with its store as the manifest names it."""
    return Places(
        store=store if "://" in store else folder / store,
        history=folder / "history" / review,
        report=folder / "reports" / review,
    )


def opened(path: Path) -> tuple[ManifestFile, Plugins]:
    """A manifest, validated against the plugins that it lets load. ManifestError with every mistake otherwise."""
    plugins = _allowed(read_toml(path)[0])
    return read(path, plugins), plugins


def opened_again(path: Path, text: str) -> tuple[ManifestFile, Plugins]:
    """The manifest that a file held when its text was this, with the plugins that it let load then."""
    plugins = _allowed(tomllib.loads(text))
    return read_again(path, text, plugins), plugins


def _allowed(data: Mapping[str, Any]) -> Plugins:
    """The installed plugins but for those that a manifest disables."""
    settings = data.get("plugins")
    disable = settings.get("disable", ()) if isinstance(settings, Mapping) else ()
    names = (disable,) if isinstance(disable, str) else disable if isinstance(disable, list) else ()
    return installed(tuple(name for name in names if isinstance(name, str)))


def review_ids(folder: Path) -> dict[Path, str]:
    """The review id of each manifest of a folder, as far as it can be read."""
    found: dict[Path, str] = {}
    for path in sorted(folder.glob("[!.]*.toml")):
        try:
            part = read_toml(path)[0].get("review")
        except ExpectedError:
            continue
        if isinstance(part, Mapping) and isinstance(part.get("id"), str):
            found[path] = part["id"]
    return found


def require_own_id(file: ManifestFile, ids: Mapping[Path, str]) -> None:
    """ExpectedError if another manifest of the folder has the same review id: they would share history and report.

    ``ids`` are those of the folder.
    """
    review = file.manifest.review.id
    for other, name in ids.items():
        if name == review and not (other.exists() and other.samefile(file.path)):
            message = (
                f'{other.name} has the id "{review}" too, and history and report belong to the id; give each its own.'
            )
            raise file.error([Mistake(path=("review", "id"), message=message)])


def require_batches(latest: Record | None, current: Evidence, places: Places) -> None:
    """StoreError naming every batch that the last update rests on and the store no longer has."""
    if latest is None:
        return
    there = {batch.id for batch in current.batches}
    missing = [name for name in latest.content["batches"] if name not in there]
    if missing:
        folder = str(places.store).rstrip("/") + "/batches"
        raise StoreError(
            f"{folder}/{name}.parquet: this batch is missing, and {latest.title} rests on it. Restore it from git or a "
            f"backup. If it is lost, move {places.history} away: the review starts anew from what the store still has."
            for name in missing
        )
