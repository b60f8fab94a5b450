"""Which files to read: those named and those in the folders named, sorted, each once; and their bytes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from livereview import Problem
from livereview_sheets.options import SheetOptions

_MEGABYTE = 1_000_000
_LEFT_OUT = (".*", "~$*", "readme*", "thumbs.db", "desktop.ini", "__macosx")


@dataclass(frozen=True, kw_only=True)
class SheetFile:
    """A file to read, and its name as people see it: relative to the manifest's folder, with forward slashes."""

    path: Path
    name: str

    @property
    def kind(self) -> str:
        """The ending of the name in lower case, e.g. ``.csv``."""
        return self.path.suffix.lower()


def sheet_files(folder: Path, options: SheetOptions) -> tuple[list[SheetFile], list[Problem]]:
    """The files that the options name, each once, in the order of the paths and sorted within a folder.

    Hidden files, README files, lock files and what ``ignore`` names are left out of folders; a file that is named
    itself is always read. Whatever is missing, unreadable or leads in a circle is a Problem.
    """
    search = _Search(root=folder, ignore=options.ignore)
    for path in options.paths:
        before = len(search.files) + len(search.problems) + search.repeated
        target = folder / path
        search.visit(target)
        if len(search.files) + len(search.problems) + search.repeated == before:
            remedy = "Put sheets into it, or take it out of path."
            search.problems.append(Problem(place=search.name(target), message="the folder has no sheet", remedy=remedy))
    return search.files, search.problems


def content_of(file: SheetFile, max_megabytes: float) -> bytes | Problem:
    """The bytes of the file, or the Problem that it is too large or cannot be read."""
    limit = int(max_megabytes * _MEGABYTE)
    try:
        with file.path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            content = stream.read(limit + 1) if size <= limit else b""
    except OSError as error:
        return _unreadable(file.name, error)
    if max(size, len(content)) > limit:
        return too_large(file.name, max(size, len(content)), max_megabytes)
    return content


def too_large(place: str, size: int, max_megabytes: float, unpacked: str = "") -> Problem:
    """The Problem of a file over the limit; ``size`` in bytes."""
    return Problem(
        place=place,
        found=f"{size / _MEGABYTE:.1f} MB",
        message=f"the file is{unpacked} larger than {max_megabytes:g} MB, far more than a sheet people fill in",
        remedy="Check that it is the right file; if it is, raise max_megabytes.",
    )


@dataclass
class _Search:
    root: Path
    ignore: tuple[str, ...]
    files: list[SheetFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    repeated: int = 0
    """Files and folders that were met again by another way."""
    seen: set[str] = field(default_factory=set)
    """Real paths, so that links do not bring a file twice."""

    def name(self, path: Path) -> str:
        """The path as people see it."""
        try:
            relative = os.path.relpath(path, self.root)
        except ValueError:  # another drive of Windows
            relative = str(path)
        return Path(relative).as_posix()

    def visit(self, path: Path, above: tuple[str, ...] = ()) -> None:
        """Add the file, or the files in the folder; ``above`` are the real paths of the folders that led here."""
        try:
            mode = path.stat().st_mode
            real = os.path.realpath(path)
            if real in above:
                self._circle(path)
            elif real in self.seen:
                self.repeated += 1
            elif stat.S_ISDIR(mode):
                self.seen.add(real)
                for child in self._children(path):
                    self.visit(child, (*above, real))
            elif stat.S_ISREG(mode):
                self.seen.add(real)
                self.files.append(SheetFile(path=path, name=self.name(path)))
            else:
                message, remedy = "neither a file nor a folder", "Put a file in its place, or add it to ignore."
                self.problems.append(Problem(place=self.name(path), message=message, remedy=remedy))
        except FileNotFoundError:
            self._missing(path)
        except (OSError, ValueError) as error:  # ValueError: a null character in the path
            self.problems.append(_unreadable(self.name(path), error))

    def _children(self, folder: Path) -> Iterator[Path]:
        for child in sorted(folder.iterdir(), key=lambda path: path.name):
            if not self._left_out(child):
                yield child

    def _left_out(self, path: Path) -> bool:
        if any(fnmatchcase(path.name.lower(), pattern) for pattern in _LEFT_OUT):
            return True
        whole = self.name(path)
        return any(fnmatchcase(whole if "/" in pattern else path.name, pattern) for pattern in self.ignore)

    def _missing(self, path: Path) -> None:
        if path.is_symlink():
            message, remedy = "the link leads to a file that is not there", "Correct the link or remove it."
            self.problems.append(Problem(place=self.name(path), message=message, remedy=remedy))
            return
        near = [self.name(name) for name in _near(path)]
        remedy = "Correct path in the manifest; it starts at the manifest's folder."
        if near:
            remedy = f"Perhaps {' or '.join(near)} is meant."
        self.problems.append(Problem(place=self.name(path), message="there is no such file or folder", remedy=remedy))

    def _circle(self, path: Path) -> None:
        message = "the link leads back to a folder that it stands in"
        remedy = "Remove the link, or add it to ignore."
        self.problems.append(Problem(place=self.name(path), message=message, remedy=remedy))


def _near(path: Path) -> list[Path]:
    """Files and folders with names like the first part of the path that is missing, beside which they stand."""
    missing = path
    while not missing.parent.exists():
        missing = missing.parent
    try:
        beside = {child.name.lower(): child for child in sorted(missing.parent.iterdir())}
    except OSError:
        return []
    return [beside[name] for name in get_close_matches(missing.name.lower(), beside, n=3)]


def _unreadable(place: str, error: OSError | ValueError) -> Problem:
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    return Problem(
        place=place,
        message=f"it cannot be read: {reason}",
        remedy="Check that the file is there, is not a link in a circle, and may be read.",
    )
