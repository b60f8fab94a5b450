"""The figures that earlier stages made, as pictures of a document: one for each figure, whatever its formats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from livereview import RenderedFile
from livereview_document.blocks import Picture
from livereview_document.words import clean, local_path, text

PICTURES = (".png", ".svg", ".jpg", ".jpeg", ".webp")
#: By id of the outcome; None = the review as a whole.
Figures = Mapping[str | None, Sequence[Picture]]


def figures_of(assets: Iterable[RenderedFile]) -> Figures:
    """The figures of each outcome in the order in which they were made, each with the CSV files of its name. What lies
    outside the report's folder is not among them."""
    made: dict[tuple[str | None, str, str], list[RenderedFile]] = {}
    data: dict[str, list[str]] = {}
    for asset in assets:
        path = PurePosixPath(asset.path)
        ending = path.suffix.lower()
        if ending not in (*PICTURES, ".csv") or local_path(asset.path) is None:
            continue
        if ending == ".csv":
            data.setdefault(path.stem, []).append(asset.path)
        else:
            made.setdefault((asset.outcome, asset.kind, str(path.with_suffix(""))), []).append(asset)
    found: dict[str | None, list[Picture]] = {}
    for (outcome, _, stem), files in made.items():
        numbers = tuple(data.get(PurePosixPath(stem).name, ()))
        found.setdefault(outcome, []).append(_picture(stem, files, numbers))
    return found


def _picture(stem: str, files: Sequence[RenderedFile], data: tuple[str, ...]) -> Picture:
    first = files[0]
    return Picture(
        stem=stem,
        endings=tuple(PurePosixPath(file.path).suffix for file in files),
        alt=clean(first.alt or first.title or first.kind),
        title=text(clean(first.title) or f"Figure: {first.kind}"),
        data=data,
        kind=first.kind,
    )
