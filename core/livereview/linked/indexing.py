"""The index of the reviews of a folder: pages above their reports, made from the newest record of each.

It belongs to no review: no record names its files. What it was made from stands in ``index.json`` beside it, written
last, so that an index that is current is left alone, and one whose making was killed is made again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from livereview.bound import Bound, SectionFailed, bound, section
from livereview.json_values import as_json
from livereview.linked.overview import indexed, newest_records
from livereview.manifest.models import RendererChoice
from livereview.plugins import Plugins
from livereview.publishing import hashes, in_place, is_plain, written
from livereview.renderers import IndexedReview, IndexRequest, RenderedFile, Renderer
from livereview.report import Failure
from livereview.types import PluginError
from livereview.verdicts.rulings import verdict_in
from livereview.writing import held, write_whole

BASIS = "index.json"
_FORMAT = 1
_MEANT = "What the index of these reviews was made from. livereview writes and reads it; it can be deleted."


@dataclass(frozen=True, kw_only=True)
class IndexMade:
    """What became of the index of a folder."""

    pages: tuple[Path, ...] = ()
    """Those of an index that was made anew; none where it was current, or nobody offers one."""
    failures: tuple[Failure, ...] = ()


def index_made(folder: Path, listed: Iterable[str], plugins: Plugins) -> IndexMade:
    """The index of the reviews whose manifests are in a folder, made anew where it is missing or out of date.

    ``listed`` are renderers that these reviews use; those that made the index before make it again.
    """
    reports, histories = folder / "reports", folder / "history"
    kept = _kept(reports)
    makers = _makers({*listed, *kept.get("made_by", {})}, plugins)
    if not makers or _current(folder, makers, kept):
        return IndexMade()
    with held(reports):
        basis = _basis(folder, makers)
        rows = _rows(folder, newest_records(histories), kept)
        files, failures = _rendered(makers, IndexRequest(reviews=tuple(rows.values())))
        if failures:
            return IndexMade(failures=tuple(failures))
        content = {
            "meaning": _MEANT,
            "format": _FORMAT,
            "basis": basis,
            "made_by": {maker.name: str(maker.provider) for maker in makers},
            "files": hashes(files),
            "reviews": {name: as_json(row) for name, row in rows.items()},
        }
        count = written(reports, files, kept.get("files", ()), clear=False)
        if {**content, "seal": _digest(content)} != {**kept, "seal": _digest(kept)}:
            write_whole(reports / BASIS, _sealed(content))
            count += 1
    return IndexMade(pages=tuple(reports / file.path for file in files) if count else ())


def _current(folder: Path, makers: Iterable[Bound[Renderer]], kept: Mapping[str, Any]) -> bool:
    """Whether the index says what it would say now; one that tells of damage is looked into each time."""
    if not kept or any(row["trouble"] for row in kept["reviews"].values()):
        return False
    return bool(kept["basis"] == _basis(folder, makers)) and in_place(folder / "reports", kept["files"])


def _makers(names: Iterable[str], plugins: Plugins) -> list[Bound[Renderer]]:
    """The renderers of these names that offer an index."""
    found = [(name, plugins.find(Renderer, name)) for name in sorted(names)]
    offering = [name for name, one in found if one is not None and one.descriptor.index is not None]
    return [bound(plugins, Renderer, RendererChoice.model_validate(name)) for name in offering]


def _basis(folder: Path, makers: Iterable[Bound[Renderer]]) -> str:
    """The hash of all that the index depends on: the newest records, the manifests there are, what makes it."""
    parts = {
        "records": newest_records(folder / "history"),
        "manifests": sorted(path.name for path in folder.glob("[!.]*.toml")),
        "made_by": {maker.name: str(maker.provider) for maker in makers},
    }
    return _digest(parts)


def _rows(folder: Path, newest: Mapping[str, tuple[str, ...]], kept: Mapping[str, Any]) -> dict[str, IndexedReview]:
    """The row of each review that has a manifest; those of records that were shown before are taken over."""
    before = kept.get("reviews", {})
    found: dict[str, IndexedReview] = {}
    for review, names in newest.items():
        data = before.get(review)
        known = data is not None and names == (data["record"],) and (folder / data["manifest"]).is_file()
        row = _row_in(data) if known else indexed(folder, review, names)
        if row is not None:
            found[review] = row
    return found


def _row_in(data: Mapping[str, Any]) -> IndexedReview:
    """A row as ``index.json`` keeps it."""
    listed = {name: tuple(data[name]) for name in ("came", "gone", "failed")}
    verdicts = tuple(verdict_in(item) for item in data["verdicts"])
    return IndexedReview(**{**data, **listed, "studies": tuple(map(tuple, data["studies"])), "verdicts": verdicts})


def _rendered(makers: Iterable[Bound[Renderer]], request: IndexRequest) -> tuple[list[RenderedFile], list[Failure]]:
    """The files of the index, and the renderers that failed: one failure, and nothing is written."""
    files: list[RenderedFile] = []
    failures: list[Failure] = []
    for maker in makers:
        try:
            files += _files(maker, request, {file.path.casefold() for file in files})
        except SectionFailed as error:
            failures.append(replace(error.failure, section=f"index by renderer {maker.name}"))
    return files, failures


def _files(maker: Bound[Renderer], request: IndexRequest, taken: set[str]) -> list[RenderedFile]:
    with section("index", maker):
        assert maker.plugin.index is not None
        files = list(maker.plugin.index(request))
        for file in files:
            if not isinstance(file, RenderedFile) or not isinstance(file.content, bytes):
                raise PluginError(f"it returned {type(file).__name__}; a RenderedFile with bytes is needed")
            if not is_plain(file.path) or "/" in file.path or file.path.startswith("."):
                raise PluginError(f"the path {file.path!r} is refused; write a plain name like index.html")
            if file.path.casefold() in {*taken, BASIS}:
                raise PluginError(f"the file {file.path} is written twice")
            taken.add(file.path.casefold())
    return files


# --- index.json ------------------------------------------------------------------------------------------------


def _kept(reports: Path) -> Mapping[str, Any]:
    """What the index was made from; nothing where it is not there, was edited, or is of another livereview."""
    try:
        found = json.loads((reports / BASIS).read_bytes())
        seal = found.pop("seal")
        return found if found["format"] == _FORMAT and seal == _digest(found) else {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _sealed(content: Mapping[str, Any]) -> bytes:
    """The content as JSON with its own hash: whoever edits it makes no page say something else."""
    whole = {**content, "seal": _digest(content)}
    return (json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
