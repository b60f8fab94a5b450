"""A new review: a manifest from the template, and empty extraction sheets to fill in."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from importlib.resources import files
from pathlib import Path

from livereview.errors import ExpectedError
from livereview.evidence.schema import TABLES, WITHDRAWAL
from livereview.manifest.words import printable
from livereview.writing import write_whole

#: Sheets that every review starts with.
_SHEETS = ("studies", "reports", "results")


def started(path: Path, title: str) -> list[Path]:
    """Write a manifest and the empty sheets that are not there yet; the files written. Nothing is overwritten."""
    review, name = _identifier(path.stem), printable(str(path))
    if path.suffix != ".toml" or not review:
        raise ExpectedError(f"{name}: name the new manifest like reviews/my_review.toml")
    if os.path.lexists(path):
        raise ExpectedError(f"{name}: there is already such a file; choose another name")
    if not title.strip():
        raise ExpectedError("The title is empty; give the review a title, or leave --title out.")
    template = files("livereview").joinpath("templates/review.toml").read_text(encoding="utf-8")
    text = template.format(id=review, title=_toml_text(title), file=printable(path.name))
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


def _identifier(name: str) -> str:
    """The name as the id of a review: lower-case letters without accents, digits and _."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def _toml_text(text: str) -> str:
    """The text in double quotes, with the escapes that JSON and TOML share."""
    decodable = text.encode("utf-8", "replace").decode()
    return json.dumps(decodable, ensure_ascii=False).replace("\x7f", "\\u007f")
