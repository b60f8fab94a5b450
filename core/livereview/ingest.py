"""From sources to the store: fetch, check, add. With any problem nothing is added, and every problem is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from livereview.bound import SectionFailed, bound, section
from livereview.errors import EvidenceError
from livereview.evidence.checks import Checked, checked
from livereview.evidence.schema import TABLES
from livereview.evidence.store import Added, Store
from livereview.evidence.view import Evidence
from livereview.manifest.reading import ManifestFile
from livereview.plugins import Plugins
from livereview.report import Failure
from livereview.types import DataSource, Fetched, FetchRequest, Problem, RawTable

#: Called with a label, the number done and the total.
Progress = Callable[[str, int, int], None]


def silent(label: str, done: int, total: int) -> None:
    """Shows nothing."""


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """What the sources of a review brought, checked, not yet stored."""

    checked: Checked
    problems: tuple[Problem, ...]
    """All problems: of reading and of checking."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    """Names of the sources that brought something."""
    failures: tuple[Failure, ...] = ()
    """Sources that failed; the review goes on with what the store has."""
    notes: tuple[str, ...] = ()


def fetched(file: ManifestFile, plugins: Plugins, current: Evidence, progress: Progress = silent) -> Incoming:
    """What every source of a manifest has now, checked against the store's current evidence."""
    tables: list[RawTable] = []
    problems: list[Problem] = []
    inputs: dict[str, str] = {}
    names: list[str] = []
    failures: list[Failure] = []
    notes: list[str] = []
    request = FetchRequest(folder=file.folder, tables=tuple(TABLES), progress=progress)
    for choice in file.manifest.sources:
        source = bound(plugins, DataSource, choice)
        try:
            with section(f"source {source.name}", source):
                brought: Fetched = source.plugin.fetch(request, source.options)
        except SectionFailed as error:
            failures.append(error.failure)
            continue
        tables += brought.tables
        problems += brought.problems
        inputs |= brought.inputs
        notes += brought.notes
        names.append(source.name)
    result = checked(tables, current)
    return Incoming(
        checked=result,
        problems=(*problems, *result.problems),
        inputs=inputs,
        sources=tuple(names),
        failures=tuple(failures),
        notes=tuple(notes),
    )


def ingested(store: Store, incoming: Incoming) -> Added:
    """Add what came in; EvidenceError with every problem, and nothing added, if there is one."""
    if incoming.problems:
        raise EvidenceError(incoming.problems)
    return store.add(incoming.checked.rows, source="+".join(incoming.sources))


def vanished(file: ManifestFile, incoming: Incoming, current: Evidence) -> tuple[str, ...]:
    """Warnings about rows that the store has from a sheet which no longer holds them: they are still in use."""
    there = {(row.table, row.key) for row in incoming.checked.rows}
    lost: dict[str, int] = {}
    for name, table in TABLES.items():
        for row in current.rows(name):
            place = str(row["origin"] or "").rsplit(", row ", 1)[0]
            sheet = place.split(", sheet ", 1)[0]
            key = tuple(row.get(column) for column in table.key)
            if (name, key) not in there and (sheet in incoming.inputs or not (file.folder / sheet).exists()):
                lost[place] = lost.get(place, 0) + 1
    return tuple(
        f"{place}: {count} {'row' if count == 1 else 'rows'} of the store no longer stand in it and are still used; "
        "to take a row back, keep it with withdrawn = yes and a reason"
        for place, count in sorted(lost.items())
    )
