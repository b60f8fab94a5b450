"""What the sources of a review have: files are read, servers are asked only where somebody wants them to be.

Each source stands alone: one that fails is told, and the others go on. What a source says is not checked here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from livereview.bound import Bound, SectionFailed, bound, section
from livereview.evidence.schema import TABLES
from livereview.evidence.store import Store
from livereview.evidence.view import Evidence
from livereview.manifest.reading import ManifestFile
from livereview.plugins import Plugins
from livereview.printing import counted
from livereview.report import Failure
from livereview.sources import DataSource, Fetched, FetchRequest, Problem, RawTable
from livereview.types import Cell, PluginError

if TYPE_CHECKING:
    from livereview.network import Asked, Run, Servers

#: Called with a label, the number done and the total.
Progress = Callable[[str, int, int], None]

#: What becomes of sources that ask servers: left alone, asked, or answered from what was kept of earlier runs.
Asking = Literal["off", "online", "offline"]

#: Tables of which a source is told what is recorded.
_KNOWN = ("studies", "reports", "ongoing", "searches")


def silent(label: str, done: int, total: int) -> None:
    """Shows nothing."""


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """On whose behalf sources are asked: the state of the evidence that they may know, when, and how far they go."""

    asking: Asking = "off"
    store: Store | None = None
    """Where answers are kept; required to ask servers."""
    current: Evidence | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    servers: Servers | None = None
    """Shared by the sources of one command, so that together they keep to the rate of each server."""


@dataclass(frozen=True, kw_only=True)
class Brought:
    """What the sources of a review returned, not yet checked."""

    tables: tuple[RawTable, ...]
    """Evidence."""
    foreign: tuple[tuple[RawTable, ...], ...]
    """Ledger rows and proposed rows, of each run of a source together, in the order of time."""
    problems: tuple[Problem, ...]
    """Of reading."""
    inputs: Mapping[str, str]
    sources: tuple[str, ...]
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]
    left_out: tuple[Problem, ...] = ()
    review: str = ""
    not_asked: tuple[str, ...] = ()
    """Sources that ask servers and were left alone."""


def brought(
    file: ManifestFile, plugins: Plugins, progress: Progress = silent, occasion: Occasion | None = None
) -> Brought:
    """What every source of a manifest has now, as it is."""
    occasion = Occasion() if occasion is None else occasion
    found: list[Fetched] = []
    names: list[str] = []
    failures: list[Failure] = []
    not_asked: list[str] = []
    for choice in file.manifest.sources:
        source = bound(plugins, DataSource, choice)
        if source.plugin.networked and occasion.asking == "off":
            not_asked.append(source.name)
            continue
        try:
            with section(f"source {source.name}", source):
                found += _fetched(source, file, progress, occasion)
        except SectionFailed as error:
            failures.append(error.failure)
            continue
        names.append(source.name)
    foreign = [tuple(table for table in one.tables if table.kind != "evidence") for one in found]
    return Brought(
        tables=tuple(table for one in found for table in one.tables if table.kind == "evidence"),
        foreign=tuple(tables for tables in foreign if tables),
        problems=tuple(problem for one in found for problem in one.problems),
        inputs={name: digest for one in found for name, digest in one.inputs.items()},
        sources=tuple(dict.fromkeys(names)),
        failures=tuple(failures),
        notes=tuple(dict.fromkeys(note for one in found for note in one.notes)),
        left_out=tuple(problem for one in found for problem in one.left_out),
        review=file.manifest.review.id,
        not_asked=tuple(dict.fromkeys(not_asked)),
    )


def _fetched(source: Bound[DataSource], file: ManifestFile, progress: Progress, occasion: Occasion) -> list[Fetched]:
    """What one source brings: of one that asks servers, offline, what each run brings whose answers were kept."""
    request = FetchRequest(
        folder=file.folder, tables=tuple(TABLES), progress=progress, today=occasion.now.astimezone(UTC).date()
    )
    if source.plugin.per_review or source.plugin.networked:
        request = replace(request, review=file.manifest.review.id, known=known(occasion.current))
    if source.plugin.networked:
        return _over_the_network(source, request, occasion)
    return [_as_promised(source.plugin.fetch(request, source.options))]


def _over_the_network(source: Bound[DataSource], request: FetchRequest, occasion: Occasion) -> list[Fetched]:
    """What servers answer now, kept so that it can be read again; offline, what they answered in every run kept."""
    from livereview.network import Answers, Asked, Recorder, Servers

    assert occasion.store is not None
    current = Evidence(()) if occasion.current is None else occasion.current
    location = occasion.store.location
    options = source.options.model_dump(mode="json", exclude_defaults=True)
    asked = Asked(
        source=source.name,
        review=request.review,
        options=options,
        today=request.today,
        snapshot=current.snapshot,
        recorded_through=current.batches[-1].recorded_at if current.batches else None,
    )
    if occasion.asking == "offline":
        return _replayed(source, request, location, asked)
    told = json.dumps(request.known, sort_keys=True, ensure_ascii=False).encode()
    asked = replace(asked, known=Answers(location).put(told))
    recorder = Recorder(location, asked, occasion.servers or Servers())
    found = _as_promised(source.plugin.fetch(replace(request, network=recorder), source.options))
    recorder.keep_run()
    return [replace(found, notes=(*found.notes, *recorder.notes))]


def _replayed(source: Bound[DataSource], request: FetchRequest, location: str, asked: Asked) -> list[Fetched]:
    """What a source brings from the answers of each run that was kept, told what it was told then."""
    from livereview.network import Answers, Replay, kept_runs

    runs = [run for run in kept_runs(location) if _is_of(run, asked)]
    if not runs:
        note = f"{source.name}: nothing was kept of this question; it was never asked online, or its options changed."
        return [Fetched(notes=(note,))]
    found = []
    for run in runs:
        told = json.loads(Answers(location).content(run.asked.known)) if run.asked.known else {}
        then = {name: tuple(rows) for name, rows in told.items()}
        again = replace(request, today=run.asked.today, known=then, network=Replay(location, run))
        found.append(_as_promised(source.plugin.fetch(again, source.options)))
    return found


def _is_of(run: Run, asked: Asked) -> bool:
    """Whether a run asked the same question for the same review, wherever the server was."""
    from livereview.network import kept_options

    theirs, mine = dict(run.asked.options), dict(kept_options(asked.options))
    return (run.asked.source, run.asked.review, theirs) == (asked.source, asked.review, mine)


def known(evidence: Evidence | None) -> dict[str, tuple[Mapping[str, Cell], ...]]:
    """What a source is told of the evidence."""
    if evidence is None:
        return {}
    return {
        name: tuple({column: row[column] for column in TABLES[name].names} for row in evidence.rows(name))
        for name in _KNOWN
    }


def _as_promised(found: Any) -> Fetched:
    """What a source returned, if it has the shape of the contract; PluginError otherwise."""
    if not isinstance(found, Fetched):
        raise PluginError(f"the source returned {type(found).__name__} instead of Fetched")
    for problem in (*found.problems, *found.left_out):
        if not isinstance(problem, Problem):
            raise PluginError(f"the source returned a problem as {type(problem).__name__} instead of Problem")
    for table in found.tables:
        if not isinstance(table, RawTable):
            raise PluginError(f"the source returned a table as {type(table).__name__} instead of RawTable")
        if len(table.rows) != len(table.row_numbers):
            numbers = counted(len(table.row_numbers), "row number")
            raise PluginError(f"{table.place}: the source returned {counted(len(table.rows), 'row')} and {numbers}")
    return found
