"""Past states of a review, rebuilt: analysed and, for a report, rendered anew in a folder of its own.

Neither the store, the history nor the current report is touched. The report of an update is made as that update, so
that the same versions give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livereview.assembly import other_changes, record_of
from livereview.errors import ExpectedError
from livereview.execution import InProcess
from livereview.fetching import Progress, silent
from livereview.history import Record
from livereview.making import Made, made_from, reported
from livereview.past.states import Past, warnings_of
from livereview.places import Places
from livereview.publishing import written
from livereview.report import Failure
from livereview.writing import held


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """A past report as files in a folder of its own."""

    past: Past
    made: Made
    folder: Path
    identical: bool | None
    """Whether every file is, to the byte, that of the update; None where it is the report of no update."""
    differing: tuple[str, ...] = ()
    """Files that differ from those of the update, or that only one of both has."""
    reasons: tuple[str, ...] = ()
    """Why, in words."""
    explained: bool = True
    """Whether other versions can be why files differ."""

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Sections that failed, those of outcomes too."""
        return self.made.report.every_failure


def recomputed(past: Past, progress: Progress = silent) -> Record:
    """The past state analysed, as a record without files; nothing is written."""
    standing = past.standing
    report, parts = reported(standing, standing.view, past.edition, past.previous, InProcess(), progress)
    return Record(name=past.update.name if past.update else "", content=record_of(report, parts, {}))


def rebuilt(
    past: Past, folder: Path | None = None, progress: Progress = silent, executor: Executor | None = None
) -> Rebuilt:
    """The report of a past state written to a folder, by default beside the current report.

    Raises ExpectedError if the folder holds anything else: neither the current report nor other files are touched.
    """
    standing = past.standing
    review = standing.file.manifest.review.id
    target = folder or standing.places.report.with_name(f"{review}@{past.asked.name}")
    _require_apart(target, standing.places)
    made = made_from(
        standing, standing.view, past.edition, past.previous, executor or InProcess(), progress, warnings_of(past)
    )
    _require_own(target, made)
    with held(target):
        written(target, made.files, ())
    if past.update is None:
        return Rebuilt(past=past, made=made, folder=target, identical=None)
    return _compared(past, made, target, past.update.content)


def _compared(past: Past, made: Made, folder: Path, then: Mapping[str, Any]) -> Rebuilt:
    """The files made against those of the record ``then``."""
    were, are = then["files"], made.content["files"]
    differing = tuple(sorted(name for name in {*were, *are} if were.get(name) != are.get(name)))
    return Rebuilt(
        past=past,
        made=made,
        folder=folder,
        identical=not differing,
        differing=differing,
        reasons=other_changes(then, made.content) if differing else (),
        explained=not differing or any(then[key] != made.content[key] for key in ("fingerprint", "versions")),
    )


def _require_apart(folder: Path, places: Places) -> None:
    for taken, what in ((places.report, "the current report"), (places.history, "the history")):
        if taken.resolve() in (folder.resolve(), *folder.resolve().parents):
            raise ExpectedError(f"{folder}: this is where {what} of the review is. Name another folder with --to.")


def _require_own(folder: Path, made: Made) -> None:
    """Nothing but files of this very report may be there."""
    if folder.exists() and not folder.is_dir():
        raise ExpectedError(f"{folder}: this is a file. Name a folder with --to.")
    own = {file.path for file in made.files}
    there = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    foreign = sorted(name for name in there if name not in own)
    if foreign:
        listed = ", ".join(foreign[:3]) + (f" and {len(foreign) - 3} more" if len(foreign) > 3 else "")
        raise ExpectedError(f"{folder}: holds files of something else ({listed}). Name an empty folder with --to.")
