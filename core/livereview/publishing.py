"""From a report to files: run the renderers, check what they return, write each file whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from livereview.bound import Bound, SectionFailed, bound, section
from livereview.history import Record, write_whole
from livereview.ingest import Progress, silent
from livereview.manifest.models import Manifest
from livereview.plugins import Plugins
from livereview.report import Failure, RenderedFile, Renderer, RenderRequest, Report
from livereview.types import PluginError


def rendered(
    report: Report, manifest: Manifest, plugins: Plugins, progress: Progress = silent
) -> tuple[Report, tuple[RenderedFile, ...]]:
    """The files of every renderer, assets first, and the report with the renderers' failures added."""
    renderers = [bound(plugins, Renderer, choice) for choice in manifest.renderers]
    ordered = sorted(renderers, key=lambda renderer: renderer.plugin.stage != "asset")
    files: dict[str, RenderedFile] = {}
    failures: list[Failure] = []
    for done, renderer in enumerate(ordered):
        progress(f"rendering {renderer.name}", done, len(ordered))
        try:
            for file in _files(renderer, replace(report, failures=(*report.failures, *failures)), files):
                files[file.path] = file
        except SectionFailed as error:
            failures.append(error.failure)
    progress("rendering", len(ordered), len(ordered))
    return replace(report, failures=(*report.failures, *failures)), tuple(files.values())


def _files(renderer: Bound[Renderer], report: Report, before: dict[str, RenderedFile]) -> tuple[RenderedFile, ...]:
    """What one renderer returns; all of it or, where one file is wrong, nothing."""
    with section(f"renderer {renderer.name}", renderer):
        request = RenderRequest(report=report, assets=tuple(before.values()))
        files = tuple(renderer.plugin.render(request, renderer.options))
        paths = [file.path for file in files]
        for path in paths:
            parts = PurePosixPath(path).parts
            if not parts or path.startswith("/") or ".." in parts or "\\" in path or ":" in path:
                raise PluginError(f"the path {path!r} does not stay inside the report folder")
            if path in before or paths.count(path) > 1:
                raise PluginError(f"the file {path} is written twice")
    return files


def written(folder: Path, files: Iterable[RenderedFile], latest: Record | None) -> None:
    """Write the files whose content is new; remove those of the last update that are no longer part of the report."""
    names = set()
    for file in files:
        names.add(file.path)
        path = folder / file.path
        if path.is_file() and path.read_bytes() == file.content:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, file.content)
    for name in latest.content["files"] if latest else ():
        if name not in names:
            (folder / name).unlink(missing_ok=True)


def missing_files(folder: Path, record: Record) -> list[str]:
    """Files of a recorded update that are not there any more."""
    return [name for name in record.content["files"] if not (folder / name).is_file()]
