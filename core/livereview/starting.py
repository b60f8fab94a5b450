"""A new review: a manifest from the template or from another review's file, and empty extraction sheets to fill in."""

from __future__ import annotations

import os
import re
import unicodedata
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from livereview.errors import ExpectedError
from livereview.evidence.schema import TABLES, WITHDRAWAL
from livereview.manifest.words import printable
from livereview.outlined import manifest_text, toml_text
from livereview.writing import write_whole

if TYPE_CHECKING:
    from livereview.outlines import Outline
    from livereview.plugins import Plugins

#: Sheets that every review starts with.
_SHEETS = ("studies", "reports", "results")
_UNTITLED = "Title of the review"


def started(path: Path, title: str | None = None) -> list[Path]:
    """Write a manifest and the empty sheets that are not there yet; the files written. Nothing is overwritten."""
    review = _new_identity(path, title)
    template = files("livereview").joinpath("templates/review.toml").read_text(encoding="utf-8")
    shown = _UNTITLED if title is None else title
    text = template.format(id=review, title=toml_text(shown), file=printable(path.name))
    made = [path]
    write_whole(path, text.encode())
    withdrawal = {column.name for column in WITHDRAWAL}
    for table in _SHEETS:
        sheet = path.parent / "extractions" / f"{table}.csv"
        if not sheet.exists():
            columns = [column for column in TABLES[table].names if column not in withdrawal]
            write_whole(sheet, (",".join(columns) + "\n").encode())
            made.append(sheet)
    return made


def started_from(file: Path, path: Path, title: str | None, plugins: Plugins) -> Outline:
    """Write a manifest from the file of a review that others made; what the file holds. Nothing is overwritten.

    ExpectedError where no source knows the file, or the one that does cannot read it.
    """
    review = _new_identity(path, title)
    if not file.exists():
        raise ExpectedError(f"{printable(str(file))}: there is no such file or folder")
    shown = Path(os.path.relpath(file.resolve(), path.parent.resolve())).as_posix()
    plugin, outline = _outline(shown, file.resolve(), plugins)
    if not outline.outcomes:
        reasons = list(outline.left_out) or ["it has no analysis"]
        raise ExpectedError([f"{printable(shown)}: no manifest can be made from it: {reason}" for reason in reasons])
    called = title or outline.title or _UNTITLED
    text = manifest_text(
        file=printable(path.name), identity=review, title=called, plugin=plugin, path=shown, outline=outline
    )
    write_whole(path, text.encode())
    return outline


def _outline(shown: str, file: Path, plugins: Plugins) -> tuple[str, Outline]:
    """The name of the source that knows a file, and its outline of it.

    It is read from its own folder: that of the manifest may not exist yet.
    """
    from livereview.sources import DataSource, FetchRequest
    from livereview.types import PluginError

    request = FetchRequest(folder=file.parent, tables=tuple(TABLES), today=date.today())
    asked = []
    for name, registered in plugins.of(DataSource).items():
        if registered.descriptor.outline is None:
            continue
        asked.append(name)
        try:
            found = registered.descriptor.outline(request, registered.options({"path": file.name or "."}))
        except PluginError as error:
            raise ExpectedError(f"source {name}: {error}") from None
        if found is not None:
            return name, found
    names = ", ".join(asked) or "none is installed"
    raise ExpectedError(
        f"{printable(shown)}: no source knows how to start a review from it (asked: {names}). `livereview new` without "
        "--from starts an empty one."
    )


def _new_identity(path: Path, title: str | None) -> str:
    """The id of a review that does not exist yet."""
    review, name = _identifier(path.stem), printable(str(path))
    if path.suffix != ".toml" or not review:
        raise ExpectedError(f"{name}: name the new manifest like reviews/my_review.toml")
    if os.path.lexists(path):
        raise ExpectedError(f"{name}: there is already such a file; choose another name")
    if title is not None and not title.strip():
        raise ExpectedError("The title is empty; give the review a title, or leave --title out.")
    return review


def _identifier(name: str) -> str:
    """The name as the id of a review: lower-case letters without accents, digits and _."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
