"""The figures of a replay: drawn by the review's renderers of assets, written beside its report.

They have a folder of their own, ``reports/REVIEW@replay``, in which an update neither writes nor removes anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from livereview.assembly import Parts, fingerprint_of, report_of
from livereview.fetching import Progress, silent
from livereview.history import Edition
from livereview.manifest.models import Manifest
from livereview.past.replay import Replay
from livereview.plugins import Plugins
from livereview.publishing import rendered, written
from livereview.renderers import RenderedFile, Renderer
from livereview.report import Failure, Report
from livereview.writing import held


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """The files of a replay, not yet written, and the renderers that failed."""

    folder: Path
    files: tuple[RenderedFile, ...]
    failures: tuple[Failure, ...]


def drawn(replay: Replay, progress: Progress = silent) -> Drawn:
    """A figure for each timeline that has a step, by every renderer of assets that draws timelines."""
    manifest = replay.file.manifest
    drawing = manifest.model_copy(update={"renderers": _assets(manifest, replay.plugins)})
    report, files = rendered(_report(replay), drawing, replay.plugins, progress)
    return Drawn(folder=folder_of(replay), files=files, failures=report.failures)


def folder_of(replay: Replay) -> Path:
    """Where the figures of a review's replay are."""
    return replay.places.report.with_name(f"{replay.file.manifest.review.id}@replay")


def save(found: Drawn, whole: bool) -> None:
    """Write the figures; after a replay of the ``whole`` review those of outcomes that are gone are removed."""
    if not found.files:
        return
    with held(found.folder):
        there = [path for kind in ("png", "svg", "csv") for path in found.folder.glob(f"figures/*-timeline*.{kind}")]
        names = [path.relative_to(found.folder).as_posix() for path in there]
        written(found.folder, found.files, names if whole else ())


def _assets(manifest: Manifest, plugins: Plugins) -> tuple[object, ...]:
    found = [(choice, plugins.find(Renderer, choice.name)) for choice in manifest.renderers]
    return tuple(choice for choice, plugin in found if plugin is not None and plugin.descriptor.stage == "asset")


def _report(replay: Replay) -> Report:
    """A report that holds the timelines and no results."""
    view = replay.view
    parts = Parts(
        file=replay.file,
        plugins=replay.plugins,
        evidence=view.evidence,
        rows=view.rows,
        scope=view.scope,
        fingerprint=fingerprint_of(replay.file, view.rows, replay.plugins),
        edition=Edition(number=0),
        previous=None,
    )
    return replace(report_of(parts, (), (), ()), timelines=tuple(one for one in replay.timelines if one.steps))
