"""Which files to read: those named, those in the folders and zip archives named, each once.

A file is never loaded whole only to be looked at: its hash and its encoding come from one pass over its bytes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from livereview import PluginError, Problem, archive_files
from livereview_references.textfile import TextFile, text_file

_MEGABYTE = 1_000_000
_LEFT_OUT = ("readme", "thumbs.db", "desktop.ini", "__macosx", "~$")


@dataclass
class Found:
    """The files that could be opened, in order, and what is wrong with the others."""

    files: list[TextFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def reference_files(folder: Path, paths: tuple[str, ...], encoding: str, max_megabytes: float) -> Found:
    """The files that the paths name: folders sorted by name, archives unpacked in memory, nothing twice."""
    found = Found()
    seen: set[str] = set()
    for path in paths:
        before = len(seen) + len(found.problems)
        target = folder / path
        for file in _files(target, folder, found.problems):
            real = os.path.realpath(file)
            if real not in seen:
                seen.add(real)
                _open(file, _name(file, folder), encoding, max_megabytes, found)
        if len(seen) + len(found.problems) == before and target.is_dir():
            remedy = "Put reference files into it, or take it out of path."
            found.problems.append(Problem(place=_name(target, folder), message="the folder is empty", remedy=remedy))
    return found


def _files(target: Path, folder: Path, problems: list[Problem]) -> Iterator[Path]:
    try:
        if target.is_dir():
            for above, folders, names in os.walk(target):
                folders[:] = sorted(name for name in folders if not _left_out(name))
                yield from (Path(above, name) for name in sorted(names) if not _left_out(name))
        elif target.is_file():
            yield target
        else:
            problems.append(_missing(target, folder))
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        problems.append(_unreadable(_name(target, folder), error))


def _left_out(name: str) -> bool:
    return name.startswith(".") or name.lower().startswith(_LEFT_OUT)


def _name(path: Path, folder: Path) -> str:
    """The path as people see it: relative to the manifest's folder, with forward slashes."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive of Windows
        return path.as_posix()


def _open(path: Path, name: str, encoding: str, max_megabytes: float, found: Found) -> None:
    try:
        size = path.stat().st_size
        if size > max_megabytes * _MEGABYTE:
            found.problems.append(_too_large(name, size, max_megabytes))
            return
        with path.open("rb") as stream:
            packed = stream.read(4) == b"PK\x03\x04"
        if packed:
            _unpack(path.read_bytes(), name, encoding, max_megabytes, found)
            return
        file = text_file(name, path, encoding)
    except OSError as error:
        found.problems.append(_unreadable(name, error))
        return
    _add(file, found)


def _unpack(content: bytes, name: str, encoding: str, max_megabytes: float, found: Found) -> None:
    try:
        members = archive_files(content, name)
    except PluginError as error:
        found.problems.append(Problem(place=name, message=str(error).removeprefix(f"{name}: "), remedy=""))
        return
    if "[Content_Types].xml" in members:
        remedy = "Save the sheet as CSV UTF-8, or export the records as RIS."
        found.problems.append(Problem(place=name, message="it is a workbook or document of Office", remedy=remedy))
        return
    for inner, data in sorted(members.items()):
        if _left_out(inner.rsplit("/", 1)[-1]) or inner.lower().startswith("__macosx"):
            continue
        if len(data) > max_megabytes * _MEGABYTE:
            found.problems.append(_too_large(f"{name}/{inner}", len(data), max_megabytes))
        else:
            _add(text_file(f"{name}/{inner}", data, encoding), found)


def _add(file: TextFile | Problem, found: Found) -> None:
    if isinstance(file, Problem):
        found.problems.append(file)
    else:
        found.files.append(file)


def _too_large(place: str, size: int, max_megabytes: float) -> Problem:
    return Problem(
        place=place,
        found=f"{size / _MEGABYTE:.1f} MB",
        message=f"the file is larger than {max_megabytes:g} MB",
        remedy="Check that it is the right file; if it is, raise max_megabytes.",
    )


def _missing(path: Path, folder: Path) -> Problem:
    remedy = "Correct path in the manifest; it starts at the manifest's folder."
    try:
        beside = {child.name.lower(): child for child in sorted(path.parent.iterdir())}
    except OSError:
        beside = {}
    near = [_name(beside[name], folder) for name in get_close_matches(path.name.lower(), beside, n=3)]
    if near:
        remedy = f"Perhaps {' or '.join(near)} is meant."
    return Problem(place=_name(path, folder), message="there is no such file or folder", remedy=remedy)


def _unreadable(place: str, error: OSError | ValueError) -> Problem:
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    return Problem(
        place=place, message=f"it cannot be read: {reason}", remedy="Check that the file is there and may be read."
    )
