"""The files that the options name: on disk, in folders, in archives and archives inside them; nothing is written.

A name inside an archive is a label and never a path. What is hidden, or no file of a review, is left aside.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from livereview import PluginError, Problem, archive_files

#: Of files that may hold something to read; figures and texts of a package are left aside.
_READ = (".rm5", ".csv", ".ris", ".json", ".mtv", ".xml")
_DEEPEST = 3
#: How an archive begins, and an empty one.
_ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True, kw_only=True)
class Member:
    """One file, or one file in an archive."""

    place: str
    content: bytes

    @property
    def name(self) -> str:
        """The last part of its name."""
        return PurePosixPath(self.place.replace("\\", "/")).name

    @property
    def kind(self) -> str:
        """The ending of the name in lower case."""
        return PurePosixPath(self.name).suffix.lower()


def is_xml(member: Member) -> bool:
    """Whether it is a RevMan 5 file."""
    return member.kind == ".rm5" or (member.kind == ".xml" and b"<COCHRANE_REVIEW" in member.content[:4096])


def is_revman_4(member: Member) -> bool:
    """Whether it is a file of RevMan 4 (MetaView)."""
    return member.kind == ".mtv" or member.content.startswith(b"METAVIEW:")


def is_revman(member: Member) -> bool:
    """Whether it looks like a file of RevMan of any generation, by its name or the columns that only they have."""
    head = member.content[:4096].split(b"\n")[0].lower()
    columns = (b"analysis group,analysis number" in head) or (b"comparison number,outcome number" in head)
    package = member.name.lower().endswith(("-study-test-data.csv", "-risk-of-bias.csv", "-study-information.csv"))
    return is_xml(member) or is_revman_4(member) or columns or package


@dataclass
class Found:
    """What was found under the paths of a source."""

    members: list[Member]
    inputs: dict[str, str]
    problems: list[Problem]


def members(folder: Path, paths: tuple[str, ...], max_megabytes: float) -> Found:
    """Every file under the paths, those of archives included, each once and in the order of their names.

    A path that is missing, empty or too large is a Problem; PluginError where an archive is broken or a trap.
    """
    found = Found([], {}, [])
    for path in paths:
        target = folder / path
        before = len(found.members) + len(found.problems)
        for file in _files(target):
            _add(file, _shown(file, folder), max_megabytes, found)
        if len(found.members) + len(found.problems) == before:
            what = "no file of RevMan in it" if target.exists() else "no such file or folder"
            remedy = "Name a .rm5 file, a data package (.zip or folder), or its CSV files; paths start at the manifest."
            found.problems.append(Problem(place=path, message=f"there is {what}", remedy=remedy))
    return found


def _files(target: Path) -> Iterator[Path]:
    if target.is_file():
        yield target
    elif target.is_dir():
        for path in sorted(target.rglob("*")):
            hidden = any(part.startswith((".", "__MACOSX")) for part in path.relative_to(target).parts)
            if path.is_file() and not hidden and path.suffix.lower() in (*_READ, ".zip"):
                yield path


def _shown(file: Path, folder: Path) -> str:
    try:
        return file.relative_to(folder).as_posix()
    except ValueError:
        return file.as_posix()


def _add(file: Path, place: str, max_megabytes: float, found: Found) -> None:
    limit = int(max_megabytes * 1_000_000)
    try:
        size = file.stat().st_size
        content = file.read_bytes() if size <= limit else b""
    except OSError as error:
        remedy = "Check the file and its permissions."
        found.problems.append(Problem(place=place, message=f"it cannot be read ({error.strerror})", remedy=remedy))
        return
    if size > limit:
        remedy = "Check that it is the right file; if it is, raise max_megabytes."
        message = f"the file is larger than {max_megabytes:g} MB"
        found.problems.append(Problem(place=place, found=f"{size / 1e6:.1f} MB", message=message, remedy=remedy))
        return
    found.inputs[place] = hashlib.sha256(content).hexdigest()
    found.members += unpacked(content, place)


def unpacked(content: bytes, place: str, depth: int = 1) -> Iterator[Member]:
    """The file itself, or the files of the archive that it is, and of archives in it."""
    if not content.startswith(_ARCHIVE):
        yield Member(place=place, content=content)
        return
    if depth > _DEEPEST:
        raise PluginError(f"{place}: archives inside archives inside archives are not opened. Unpack it first.")
    for name, inner in sorted(archive_files(content, place).items()):
        parts = PurePosixPath(name).parts
        if any(part.startswith((".", "__MACOSX")) for part in parts):
            continue
        where = f"{place}, {name}"
        if name.lower().endswith(".zip"):
            yield from unpacked(inner, where, depth + 1)
        elif PurePosixPath(name).suffix.lower() in _READ:
            yield Member(place=where, content=inner)
