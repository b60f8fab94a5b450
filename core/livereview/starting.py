"""A new review: a manifest from the template, and empty extraction sheets to fill in."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from livereview.errors import ExpectedError
from livereview.evidence.schema import TABLES, WITHDRAWAL
from livereview.history import write_whole

#: Sheets that every review starts with.
_SHEETS = ("studies", "reports", "results")


def started(path: Path, title: str) -> list[Path]:
    """Write a manifest and the empty sheets that are not there yet; the files written. Nothing is overwritten."""
    name = re.sub(r"[^a-z0-9]+", "_", path.stem.lower()).strip("_")
    if path.suffix != ".toml" or not name:
        raise ExpectedError(f"{path}: name the new manifest like reviews/my_review.toml")
    if path.exists():
        raise ExpectedError(f"{path}: there is already such a file; choose another name")
    template = files("livereview").joinpath("templates/review.toml").read_text(encoding="utf-8")
    shown = title.replace("\\", "\\\\").replace('"', '\\"')
    made = [path]
    folder = path.parent / "extractions"
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(path, template.format(id=name, title=shown, file=path).encode())
    withdrawal = {column.name for column in WITHDRAWAL}
    for table in _SHEETS:
        sheet = folder / f"{table}.csv"
        if not sheet.exists():
            columns = [column for column in TABLES[table].names if column not in withdrawal]
            write_whole(sheet, (",".join(columns) + "\n").encode())
            made.append(sheet)
    return made
