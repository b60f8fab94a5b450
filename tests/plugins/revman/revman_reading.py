"""Files written to a folder and read by the source; every row that it brings is checked as the store checks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from livereview import Fetched, FetchRequest
from livereview.evidence.checks import checked
from livereview.evidence.schema import TABLES
from livereview_revman import RevmanOptions, WideTableOptions, fetch, wide

TODAY = date(2026, 11, 29)


@dataclass(frozen=True)
class Read:
    """What was fetched, and its typed rows by table."""

    fetched: Fetched
    rows: Mapping[str, list[dict[str, Any]]]

    def __getattr__(self, table: str) -> list[dict[str, Any]]:
        return self.rows.get(table, [])

    @property
    def left_out(self) -> list[str]:
        return [str(problem) for problem in self.fetched.left_out]

    @property
    def problems(self) -> list[str]:
        return [str(problem) for problem in self.fetched.problems]


def request(root: Path) -> FetchRequest:
    """What the core asks."""
    return FetchRequest(folder=root, tables=tuple(TABLES), today=TODAY)


def written(root: Path, files: Mapping[str, bytes]) -> None:
    """Write files by name."""
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)


def read(root: Path, files: Mapping[str, bytes], path: str | None = None, **options: Any) -> Read:
    """The files read by the source ``revman``; the store must accept every row."""
    written(root, files)
    return _typed(fetch(request(root), RevmanOptions(path=path or next(iter(files)), **options)))


def read_wide(root: Path, content: bytes | str, **options: Any) -> Read:
    """A table read by the source ``wide-table``; the store must accept every row."""
    written(root, {"table.csv": content.encode() if isinstance(content, str) else content})
    given = {"path": "table.csv", "outcome": "death", "report": "doi:10.1000/table"} | options
    return _typed(wide.fetch(request(root), WideTableOptions(**given)))


def _typed(fetched: Fetched) -> Read:
    accepted = checked(fetched.tables, None, fetched.problems, today=TODAY)
    assert not accepted.problems, [str(problem) for problem in accepted.problems]
    assert accepted.repeated == 0
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in accepted.rows:
        rows.setdefault(row.table, []).append(dict(row.values))
    assert sum(len(table.rows) for table in fetched.tables) == len(accepted.rows)
    return Read(fetched, rows)
