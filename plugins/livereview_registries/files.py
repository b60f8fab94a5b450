"""The source ``clinicaltrials-gov-files``: documents of the registry that people have saved."""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from livereview import Fetched, FetchRequest, Problem
from livereview_registries.documents import read_document
from livereview_registries.evidence import Gathered, add_trial
from livereview_registries.options import RegistryFileOptions
from livereview_registries.proposals import Wording
from livereview_registries.records import search_tables
from livereview_registries.trial import Trial

_ENDINGS = (".json", ".xml", ".json.gz", ".xml.gz")
_MEGABYTE = 1_000_000


def fetch(request: FetchRequest, options: RegistryFileOptions) -> Fetched:
    """Proposed rows of every saved trial, and records of the search that found them where the options date it."""
    gathered, wording = Gathered(), Wording.of(options)
    files = list(_files(gathered, request.folder, options))
    trials: dict[str, tuple[Trial, str]] = {}
    for done, (path, name) in enumerate(files):
        request.progress(f"Reading {name}", done, len(files))
        content = _content(gathered, path, name, options.max_megabytes)
        if content is not None:
            gathered.inputs[name] = hashlib.sha256(content).hexdigest()
            _read(gathered, content, name, trials)
    request.progress("Documents read", len(files), len(files))
    if options.searched_on:
        gathered.tables += search_tables(
            [trial for _, (trial, _) in sorted(trials.items())],
            review=request.review,
            query=options.query,
            searched_on=options.searched_on,
            through=options.searched_on,
            hits=len(trials),
            today=request.today,
            locator=", ".join(options.paths),
        )
    for _, (trial, name) in sorted(trials.items()):
        add_trial(gathered, trial, f"{name}, {trial.nct}", request, options, wording)
    return Fetched(
        tables=tuple(gathered.tables),
        problems=tuple(gathered.problems),
        inputs=gathered.inputs,
        notes=(*gathered.notes, *(wording.unused() if options.results else ())),
        left_out=tuple(gathered.left_out),
    )


def _read(into: Gathered, content: bytes, name: str, trials: dict[str, tuple[Trial, str]]) -> None:
    document = read_document(content, name)
    into.left_out += document.left_out
    if document.next_page:
        into.notes.append(f"{name}: the search has more pages after this one; save them too")
    for trial in document.trials:
        told = re.search(r"NCT\d{8}", name.rpartition("/")[2].upper())
        if told and not document.is_page and told[0] not in trial.numbers:
            message = f"the file is named after {told[0]} and holds another trial, of which nothing is taken"
            remedy = "Save the right trial, or name the file after the one it holds."
            into.left_out.append(Problem(place=name, found=trial.nct, message=message, remedy=remedy))
            continue
        before = trials.get(trial.nct)
        if before is None:
            trials[trial.nct] = (trial, name)
            continue
        later = (trial.updated, trial.has_results) > (before[0].updated, before[0].has_results)
        trials[trial.nct] = (trial, name) if later else before
        kept = trials[trial.nct][1]
        why = "what was updated later counts, or of one day what has results"
        into.notes.append(f"{trial.nct} stands in {before[1]} and in {name}; {why}: {kept}")


# --- files ---------------------------------------------------------------------------------------------------------


def _files(into: Gathered, folder: Path, options: RegistryFileOptions) -> Iterator[tuple[Path, str]]:
    """The files that the options name, with their names relative to the folder, each once and sorted in a folder."""
    seen: set[Path] = set()
    for given in options.paths:
        target = folder / given
        if target.is_dir():
            found = sorted(path for path in target.rglob("*") if path.is_file() and not _is_hidden(path, target))
            wanted = [path for path in found if path.name.lower().endswith(_ENDINGS)]
            if not wanted:
                _problem(into, given, "the folder has no .json or .xml file", "Put documents into it, or correct path.")
            others = [path.name for path in found if path not in wanted and not path.name.lower().startswith("readme")]
            if others:
                into.notes.append(f"{given}: not read, neither .json nor .xml: {', '.join(others[:5])}")
        elif target.is_file():
            wanted = [target]
        else:
            _problem(
                into, given, "there is no such file or folder", "Correct path; it starts at the manifest's folder."
            )
            wanted = []
        for path in wanted:
            if path.resolve() not in seen:
                seen.add(path.resolve())
                yield path, _name(path, folder)


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()


def _content(into: Gathered, path: Path, name: str, max_megabytes: float) -> bytes | None:
    limit = int(max_megabytes * _MEGABYTE)
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
        if len(content) <= limit and content.startswith(b"\x1f\x8b"):
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
                content = packed.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        _problem(into, name, f"it cannot be read: {str(error).lower()}", "Check the file, or save it again.")
        return None
    if len(content) > limit:
        _problem(
            into, name, f"it is larger than {max_megabytes:g} MB", "Check it; if it is right, raise max_megabytes."
        )
        return None
    return content


def _problem(into: Gathered, place: str, message: str, remedy: str) -> None:
    into.problems.append(Problem(place=place, message=message, remedy=remedy))
