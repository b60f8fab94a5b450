"""One update, readable as the list of its steps: fetch, check, store, analyse, compare, render, write, record.

An update whose manifest, evidence and versions are those of the last one writes nothing. What it writes, it writes
whole; the record comes last, so that an update that was killed is simply done again.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from livereview.errors import ExpectedError
from livereview.evidence.store import Added
from livereview.execution import InProcess
from livereview.fetching import Progress, silent
from livereview.history import Edition, History, Record
from livereview.linked.currency import Current
from livereview.linked.shared import Clock, Shared
from livereview.places import Places
from livereview.publishing import in_place, written
from livereview.report import Failure, Report
from livereview.sources import Problem
from livereview.standing import Standing, standing_of
from livereview.writing import clear_abandoned, held

if TYPE_CHECKING:
    from livereview.making import Made

#: How often an update starts anew because another one of the same review finished before it.
_STARTS = 5


@dataclass(frozen=True, kw_only=True)
class Updated:
    """What an update did."""

    standing: Standing | None
    """What the review stands on; None where it was found current without opening it."""
    record: Record
    """The newest record: of this update, or of an earlier one where nothing was new."""
    new: bool
    """Whether a record was written."""
    report: Report | None
    """None where nothing was re-analysed."""
    added: Added
    places: Places
    left_out: tuple[Problem, ...] = ()
    """What could not be used of what strangers wrote."""
    not_asked: tuple[str, ...] = ()
    """Sources that ask servers and were left alone."""
    files_written: int = 0
    """Files of the report whose content was not there already."""
    failures: tuple[Failure, ...] = ()
    warnings: tuple[str, ...] = ()


def update(
    path: Path,
    *,
    again: bool = False,
    progress: Progress = silent,
    executor: Executor | None = None,
    now: Clock = lambda: datetime.now(UTC),
    shared: Shared | None = None,
) -> Updated:
    """Bring what is new, pool it, say what changed, write the report. ``again`` re-analyses unchanged evidence;
    ``shared`` is what the reviews of one command have in common.

    Raises ExpectedError (manifest, evidence, store or history) before anything is written.
    """
    for _ in range(_STARTS):
        standing = standing_of(path, progress, now, shared)
        done = _unchanged(standing, again) or _made_and_written(standing, executor or InProcess(), progress, now)
        if done is not None:
            return done
    raise ExpectedError(f"{path}: other updates of this review keep finishing first. Run it again when they are done.")


def _unchanged(standing: Standing, again: bool) -> Updated | None:
    """Nothing to do: made from the same as the last update, of which no section failed and every file is in place."""
    latest = standing.latest
    if again or latest is None or latest.fingerprint != standing.fingerprint or latest.content["failures"]:
        return None
    if not in_place(standing.places.report, latest.content["files"]):
        return None
    return _updated(standing, latest, new=False, failures=standing.failures)


def unopened(found: Current) -> Updated:
    """A review that was found current without opening it."""
    return Updated(
        standing=None,
        record=found.record,
        new=False,
        report=None,
        added=found.added,
        places=found.places,
        warnings=found.warnings,
    )


def _made_and_written(standing: Standing, executor: Executor, progress: Progress, now: Clock) -> Updated | None:
    """The review analysed and published; None if another update of it has finished in the meantime."""
    from livereview.making import made_from  # an update with nothing to do makes nothing

    latest, view = standing.latest, standing.view
    if latest is not None and latest.fingerprint == standing.fingerprint:
        # The same as last time is made from the batches of last time, so that it comes out the same to the byte.
        batches = standing.shared.evidence(standing.store, latest.content["batches"])
        before = standing.shared.outlook(standing.file.manifest, batches)
        made = made_from(standing, before, latest.edition, _before(standing, latest), executor, progress)
        if latest.holds(made.content):
            return _written(standing, made, latest)
    edition, notes = _next_edition(latest, now())
    done = _written(standing, made_from(standing, view, edition, latest, executor, progress), None)
    return None if done is None else replace(done, warnings=(*done.warnings, *notes))


def _next_edition(latest: Record | None, at: datetime) -> tuple[Edition, tuple[str, ...]]:
    """Number and time of a new update. Where the clock was set back, it is recorded just after the last one."""
    if latest is None:
        return Edition(number=1, recorded_at=at.isoformat(timespec="seconds")), ()
    last = datetime.fromisoformat(latest.edition.recorded_at)
    notes: tuple[str, ...] = ()
    if at < last:
        later = last + timedelta(seconds=1)
        clock = f"The clock ({at.isoformat(timespec='seconds')}) is before {latest.title}, of {last.isoformat()}"
        at, notes = later, (f"{clock}: this update is recorded at {later.isoformat()}. Check the clock.",)
    return Edition(number=latest.number + 1, recorded_at=at.isoformat(timespec="seconds")), notes


def _before(standing: Standing, record: Record) -> Record | None:
    """The record that a record was compared with."""
    name = record.content["previous"]
    return None if name is None else History(standing.places.history).find(name)


def _written(standing: Standing, made: Made, kept: Record | None) -> Updated | None:
    """Write the files, then the record unless ``kept`` is it already; None if another update came in between."""
    history = History(standing.places.history)
    with held(history.folder):
        newest = history.latest()
        if (newest and newest.name) != (standing.latest and standing.latest.name):
            return None
        clear_abandoned(history.folder)
        earlier = {name for record in history.records() for name in record.content["files"]}
        count = written(standing.places.report, made.files, sorted(earlier))
        record = kept or history.add(made.content)
    failures = made.report.every_failure
    return _updated(standing, record, new=kept is None, failures=failures, report=made.report, count=count)


def _updated(
    standing: Standing,
    record: Record,
    *,
    new: bool,
    failures: tuple[Failure, ...],
    report: Report | None = None,
    count: int = 0,
) -> Updated:
    return Updated(
        standing=standing,
        record=record,
        new=new,
        report=report,
        added=standing.added,
        places=standing.places,
        files_written=count,
        failures=failures,
        warnings=standing.warnings,
        left_out=standing.incoming.left_out,
        not_asked=standing.incoming.not_asked,
    )
