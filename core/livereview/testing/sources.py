"""Checks of data sources on an example of their input: rows that the store takes, once; nothing else is touched.

A source is tried on its ``SourceExample``: files, and what servers answer. Without one it cannot be tried.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from livereview.evidence.schema import TABLES
from livereview.sources import (
    Answer,
    DataSource,
    Fault,
    Fetched,
    FetchRequest,
    Problem,
    RawTable,
    SourceExample,
)
from livereview.testing.agreement import difference
from livereview.testing.check import Inapplicable, Subject, check, fail
from livereview.testing.choices import defaults
from livereview.testing.trials import Trial
from livereview.types import Options, PluginError

Source = Subject[DataSource]

TODAY = date(2026, 1, 31)
_DAMAGES: Mapping[str, Callable[[bytes], bytes]] = {
    "cut in half": lambda raw: raw[: len(raw) // 2],
    "of other bytes": lambda raw: b"\xff\x00{<",
    "empty": lambda raw: b"",
}


@dataclass(frozen=True)
class _Answering:
    """A network and a session in one, which answer from the example; a question without answer is an error of 404."""

    answers: Mapping[str, str | bytes]

    def session(self, base: str, *, per_second: float, secrets: Mapping[str, str] = {}) -> _Answering:
        return self

    def get(
        self,
        path: str,
        parameters: Mapping[str, str] = {},
        *,
        kind: Literal["json", "xml", "text"] = "json",
        fault: Fault = lambda answer: None,
        accept: tuple[int, ...] = (200,),
    ) -> Answer:
        asked = path.strip("/")
        fitting = [
            key
            for key in self.answers
            if key.partition("?")[0].strip("/") == asked
            and all(f"{name}={value}" in key.partition("?")[2].split("&") or not key.partition("?")[2]
                    for name, value in parameters.items() if name in key)
        ]  # fmt: skip
        if not fitting:
            if 404 in accept:
                return Answer(content=b"", status=404, headers={}, url=path)
            raise PluginError(f"the example has no answer to {path}")
        content = self.answers[max(fitting, key=len)]
        return Answer(content=_raw(content), status=200, headers={}, url=path)

    def post(self, path: str, form: Mapping[str, str], **given: Any) -> Answer:
        return self.get(path, form, **given)

    def note_version(self, version: str) -> None:
        """Nothing is recorded."""


@contextmanager
def _folder(example: SourceExample) -> Iterator[Path]:
    """The files of the example in a folder of their own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "reviews"
        folder.mkdir()
        _write(folder, example)
        yield folder


def _write(folder: Path, example: SourceExample) -> None:
    for path, content in example.files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_raw(content))


def _raw(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _example(source: Source) -> SourceExample:
    example = source.plugin.example if source.example is None else source.example
    if not isinstance(example, SourceExample):
        raise Inapplicable("it has no example of its input: DataSource(example=SourceExample(options=..., files=...))")
    return example


def _options(source: Source) -> Options:
    """The options of the example, with the choice that is tried."""
    return defaults(source.plugin.options, _example(source).options)


def _request(source: Source, folder: Path, example: SourceExample) -> FetchRequest:
    found = FetchRequest(folder=folder, tables=tuple(TABLES), today=TODAY)
    if source.plugin.per_review or source.plugin.networked:
        found = replace(found, review="kit", known=example.known)
    return replace(found, network=_Answering(example.answers)) if source.plugin.networked else found


def _fetched(source: Source, folder: Path) -> Fetched:
    return source.plugin.fetch(_request(source, folder, _example(source)), _options(source))


@check(DataSource, calls=False)
def example_of_input(source: Source) -> None:
    """It has an example of its input, without which nothing else can be asked."""
    if not isinstance(source.plugin.example if source.example is None else source.example, SourceExample):
        fail("there is no example: DataSource(example=SourceExample(options=..., files=...))")


@check(DataSource)
def possible_rows(source: Source) -> None:
    """The example is read without a problem, into rows of tables that exist, each as long as its columns."""
    with _folder(_example(source)) as folder:
        found = _fetched(source, folder)
    if not isinstance(found, Fetched):
        fail(f"it returned {type(found).__name__}; it must return Fetched")
    if found.problems:
        fail(f"the example has a problem: {found.problems[0]}")
    if not any(table.rows for table in found.tables):
        fail("the example brings no rows")
    for table in found.tables:
        _check_table(table)
    if not found.inputs:
        fail("inputs is empty: name each file or query, with the SHA-256 of what was read")


def _check_table(table: RawTable) -> None:
    if table.table not in TABLES:
        fail(f"{table.place}: the table {table.table!r} is none of {', '.join(TABLES)}")
    if len(table.rows) != len(table.row_numbers):
        fail(f"{table.place}: {len(table.rows)} rows and {len(table.row_numbers)} row numbers")
    for number, row in zip(table.row_numbers, table.rows, strict=True):
        if len(row) != len(table.columns):
            fail(f"{table.place}, row {number}: {len(row)} cells for {len(table.columns)} columns")
        for column, cell in zip(table.columns, row, strict=True):
            if not isinstance(cell, str | int | float | bool | date | datetime | None):
                fail(f"{table.place}, row {number}, {column}: a cell of the type {type(cell).__name__}")
    if table.kind == "evidence" and any(Path(part).is_absolute() for part in table.place.split(", ")):
        fail(f"the place {table.place!r} is an address of this machine, not relative to the manifest")


@check(DataSource)
def second_fetch_adds_nothing(source: Source) -> None:
    """The store takes the rows, and takes none of them from a second fetch."""
    from livereview.evidence.store import Store
    from livereview.evidence.view import Evidence
    from livereview.fetching import Brought
    from livereview.ingest import ingested, looked_through

    example = _example(source)
    with _folder(example) as folder:
        store = Store(str(folder.parent / "store"))
        counts: list[int] = []
        for _ in range(2):
            found = _fetched(source, folder)
            brought = Brought(
                tables=tuple(table for table in found.tables if table.kind == "evidence"),
                foreign=tuple((table,) for table in found.tables if table.kind != "evidence"),
                problems=found.problems, inputs=found.inputs, sources=(source.plugin.name,), failures=(),
                notes=found.notes, left_out=found.left_out, review="kit",
            )  # fmt: skip
            current = store.evidence() if counts else Evidence(())
            tables: dict[str, list[Mapping[str, Any]]] = {name: list(current.rows(name)) for name in TABLES}
            incoming = looked_through(brought, current, tables, TODAY)
            if incoming.problems:
                fail(f"the store refuses a row: {incoming.problems[0]}")
            counts.append(len(ingested(store, incoming, _recorded(len(counts))).changes))
    if not counts[0] or counts[1]:
        fail(f"the first fetch adds {counts[0]} rows, the second {counts[1]}")


def _recorded(number: int) -> datetime:
    return datetime(2026, 1, 30, 12, number, tzinfo=UTC)


@check(DataSource)
def folder_unchanged(source: Source) -> None:
    """The manifest's folder and what lies beside it are as they were."""
    with _folder(_example(source)) as folder:
        before = _content(folder.parent)
        _fetched(source, folder)
        after = _content(folder.parent)
    changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    if changed:
        fail(f"it changes {', '.join(changed)}")


def _content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@check(DataSource)
def missing_input(source: Source) -> None:
    """Input that is not there is an expected failure: PluginError, or a problem with its place."""
    example = _example(source)
    with _folder(SourceExample(options=example.options)) as folder:
        request = _request(source, folder, replace(example, answers={}))
        found = _expected(source, request, "with nothing to read")
    if found is not None and not found.problems and any(table.rows for table in found.tables):
        fail("it brings rows where there is nothing to read")
    if found is not None and not (found.problems or found.left_out or found.notes):
        fail("it says nothing of input that is not there")


@check(DataSource)
def damaged_input(source: Source) -> None:
    """Input cut in half, or of other bytes, gives problems or an expected failure, never another exception."""
    example = _example(source)
    for name, damage in _DAMAGES.items():
        files, answers = ({key: damage(_raw(content)) for key, content in contents.items()}
                          for contents in (example.files, example.answers))  # fmt: skip
        spoilt = replace(example, files=files, answers=answers)
        with _folder(spoilt) as folder:
            found = _expected(source, _request(source, folder, spoilt), f"input {name}")
        for problem in () if found is None else (*found.problems, *found.left_out):
            if not isinstance(problem, Problem) or not (problem.message.strip() and problem.remedy.strip()):
                fail(f"input {name}: the problem {problem!r} does not say what is wrong and what would be right")


def _expected(source: Source, request: FetchRequest, what: str) -> Fetched | None:
    """What a source brings; None where it says why it cannot."""
    try:
        return source.plugin.fetch(request, _options(source))
    except PluginError as error:
        if not str(error).strip():
            fail(f"{what}: it fails without a word")
        return None
    except Exception as error:
        fail(f"{what}: it raised {type(error).__name__}: {error}")


@check(DataSource)
def order_of_asking(source: Source) -> None:
    """Rows come in the same order, wherever the folder is."""
    with _folder(_example(source)) as one, _folder(_example(source)) as other:
        differs = difference(_fetched(source, one), _fetched(source, other))
    if differs:
        fail(f"in two folders with the same files: {differs}")


class _Prepared:
    """The example in a folder of its own, made before the source is watched; equal to another with the same files."""

    def __init__(self, example: SourceExample) -> None:
        self.example = example
        self.whole = tempfile.TemporaryDirectory()
        self.folder = Path(self.whole.name) / "reviews"
        self.folder.mkdir()
        _write(self.folder, example)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Prepared) and _content(self.folder.parent) == _content(other.folder.parent)

    __hash__ = None  # type: ignore[assignment]


def trials(source: Source) -> tuple[Trial, ...]:
    """One fetch of the example, each time from a folder of its own."""
    example = _example(source)

    def fetch(given: _Prepared) -> Fetched:
        return source.plugin.fetch(_request(source, given.folder, example), _options(source))

    return (Trial(name="the example", make=lambda: _Prepared(example), call=fetch),)
