"""From a report to files: run the renderers, check what they return, write each file whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath

from livereview.bound import Bound, SectionFailed, bound, section
from livereview.errors import ExpectedError
from livereview.fetching import Progress, silent
from livereview.manifest.models import Manifest, RendererChoice
from livereview.plugins import Plugins
from livereview.renderers import RenderedFile, Renderer, RenderRequest
from livereview.report import Report
from livereview.types import PluginError
from livereview.writing import clear_abandoned, write_whole


def rendered(
    report: Report, manifest: Manifest, plugins: Plugins, progress: Progress = silent
) -> tuple[Report, tuple[RenderedFile, ...]]:
    """The files of every renderer, assets first, and the report with the renderers' failures added."""
    renderers = [bound(plugins, Renderer, choice) for choice in manifest.renderers]
    ordered = sorted(renderers, key=lambda renderer: renderer.plugin.stage != "asset")
    files: dict[str, RenderedFile] = {}
    embedded: dict[str, Mapping[str, RenderedFile]] = {renderer.name: {} for renderer in ordered}
    for done, renderer in enumerate(ordered):
        progress(f"rendering {renderer.name}", done, len(ordered))
        for name in renderer.plugin.embeds:
            if name not in embedded:
                report, embedded[name] = _attempted(_default(name, plugins), report, {}, {})
        unwritten = {path: file for name in renderer.plugin.embeds for path, file in embedded[name].items()}
        # Numbers are linked to and not embedded: where nobody writes them there are none.
        unwritten = {path: file for path, file in unwritten.items() if file.kind != "data"}
        report, made = _attempted([renderer], report, unwritten | files, files)
        files |= made
    progress("rendering", len(ordered), len(ordered))
    return report, tuple(files.values())


def wants_timelines(manifest: Manifest, plugins: Plugins) -> bool:
    """Whether a renderer of the manifest, or one that it embeds, asks for the timelines of the outcomes."""
    listed = [plugins.find(Renderer, choice.name) for choice in manifest.renderers]
    embedded = [plugins.find(Renderer, name) for one in listed if one for name in one.descriptor.embeds]
    return any(one.descriptor.replays for one in (*listed, *embedded) if one is not None)


def _default(name: str, plugins: Plugins) -> list[Bound[Renderer]]:
    """A renderer with its default options; none where nobody supplies it."""
    if plugins.find(Renderer, name) is None:
        return []
    return [bound(plugins, Renderer, RendererChoice.model_validate(name))]


def _attempted(
    renderers: Iterable[Bound[Renderer]],
    report: Report,
    assets: Mapping[str, RenderedFile],
    before: Mapping[str, RenderedFile],
) -> tuple[Report, dict[str, RenderedFile]]:
    """What renderers return by path; nothing of one that fails, which the report then says."""
    files: dict[str, RenderedFile] = {}
    for renderer in renderers:
        try:
            files |= {file.path: file for file in _files(renderer, report, assets, before)}
        except SectionFailed as error:
            report = replace(report, failures=(*report.failures, error.failure))
    return report, files


def _files(
    renderer: Bound[Renderer], report: Report, assets: Mapping[str, RenderedFile], before: Mapping[str, RenderedFile]
) -> list[RenderedFile]:
    """What one renderer returns; all of it or, where one file is wrong, nothing. ``before`` are written already."""
    with section(f"renderer {renderer.name}", renderer):
        request = RenderRequest(report=report, assets=tuple(assets.values()))
        files = list(renderer.plugin.render(request, renderer.options))
        taken = {path.casefold() for path in before}
        for file in files:
            if not isinstance(file, RenderedFile) or not isinstance(file.content, bytes):
                raise PluginError(f"it returned {type(file).__name__}; a RenderedFile with bytes is needed")
            if not is_plain(file.path):
                remedy = "write a plain path inside the report folder, like figures/a.png"
                raise PluginError(f"the path {file.path!r} is refused; {remedy}")
            if file.path.casefold() in taken:
                raise PluginError(f"the file {file.path} is written twice")
            taken.add(file.path.casefold())
    return files


def is_plain(path: str) -> bool:
    """Whether a path names a file below a folder on every system, in one spelling only."""
    parts = PurePosixPath(path).parts
    return (
        bool(parts)
        and str(PurePosixPath(path)) == path
        and path.isprintable()
        and not any(part in ("/", "..") for part in parts)
        and not set(path) & set('\\:*?"<>|')
    )


def hashes(files: Iterable[RenderedFile]) -> dict[str, str]:
    """The SHA-256 of each file by its path."""
    return {file.path: _digest(file.content) for file in files}


def written(folder: Path, files: Iterable[RenderedFile], earlier: Iterable[str], *, clear: bool = True) -> int:
    """Write the files whose content is new and return how many; remove ``earlier`` files that are no longer made.

    The caller holds the review's history, so that nobody else is writing here; ``clear`` = False: others may be, below.
    """
    if clear:
        clear_abandoned(folder)
    names, count = set(), 0
    for file in files:
        names.add(file.path.casefold())
        path = folder / file.path
        if not _holds(path, _digest(file.content)):
            write_whole(path, file.content)
            count += 1
    for name in earlier:
        if name.casefold() not in names and is_plain(name):
            _remove(folder, name)
    return count


def in_place(folder: Path, files: Mapping[str, str]) -> bool:
    """Whether all files are there and have the SHA-256 they should have."""
    return all(_holds(folder / name, digest) for name, digest in files.items())


def _holds(path: Path, digest: str) -> bool:
    try:
        return _digest(path.read_bytes()) == digest
    except OSError:
        return False


def _remove(folder: Path, name: str) -> None:
    """Remove a file and the folders that are empty without it."""
    try:
        (folder / name).unlink(missing_ok=True)
    except OSError as error:
        message = f"{folder / name}: is no longer part of the report and cannot be removed: {error.strerror}."
        raise ExpectedError(f"{message} Remove it and run again.") from error
    for parent in PurePosixPath(name).parents:
        if parent.name:
            with suppress(OSError):
                (folder / parent).rmdir()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
