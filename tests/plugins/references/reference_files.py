"""Files of references made by tests, and what the source reads in them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from livereview import Fetched, FetchRequest
from livereview.evidence.schema import TABLES
from livereview_references import ReferenceOptions, fetch

SEARCH = {"source": "Embase", "searched_on": "2026-03-01"}


def options(path: str | list[str] = "file.txt", **given: Any) -> ReferenceOptions:
    """Options with a search of Embase, if the test names none."""
    return ReferenceOptions.model_validate({"path": path, "search": SEARCH, **given})


def fetched(folder: Path, content: str | bytes, name: str = "file.txt", **given: Any) -> Fetched:
    """What the source makes of one file."""
    data = content if isinstance(content, bytes) else content.encode()
    (folder / name).write_bytes(data)
    return again(folder, name, **given)


def again(folder: Path, path: str | list[str], **given: Any) -> Fetched:
    """What the source makes of files that are there."""
    request = FetchRequest(folder=folder, tables=tuple(TABLES), review="statins", today=date(2026, 6, 1))
    return fetch(request, options(path, **given))


def rows(found: Fetched, table: str = "records") -> list[dict[str, Any]]:
    """The rows of a ledger table with the line of each as ``line``, without empty cells."""
    return [
        {"line": line, **{name: cell for name, cell in zip(each.columns, row, strict=True) if cell not in (None, "")}}
        for each in found.tables
        if each.table == table
        for row, line in zip(each.rows, each.row_numbers, strict=True)
    ]


def only(found: Fetched, table: str = "records") -> dict[str, Any]:
    """The one row of a table, where nothing went wrong."""
    assert found.problems == ()
    (row,) = rows(found, table)
    return row


def titles(found: Fetched) -> list[str]:
    """The titles of the records, in their order."""
    return [row["title"] for row in rows(found)]
