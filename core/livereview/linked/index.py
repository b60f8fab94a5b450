"""Reviews as they were last found current, so that the next run can tell without opening them: a cache, as git has one.

It lies in the person's cache folder, never beside the reviews, and can be deleted at any time. It is believed only
where manifest, record and files are untouched; whatever is in doubt is opened and looked at in full.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import livereview
from livereview.errors import ExpectedError
from livereview.writing import write_whole

#: Folder of the cache; "off" = none.
VARIABLE = "LIVEREVIEW_CACHE"
_FORMAT = 2
#: A file changed within this time of being looked at could change again with the same time stamp (2 s on FAT).
_TICK_NS = 2_000_000_000

#: Size, times of change (content, entry) in nanoseconds, number of the file: differ whenever its content was changed.
Seal = tuple[int, int, int, int]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One review as it was last found current: what must still be so."""

    manifest: str
    """SHA-256 of the manifest, as records have it."""
    installation: str
    """Hash of livereview's version and of all plugins that the manifest lets load."""
    disable: tuple[str, ...]
    sources: tuple[str, ...]
    """Its sources with their options, as JSON."""
    store: str
    snapshot: str
    """Of the store when it was found current."""
    record: str
    """Name of its last record."""
    review: str
    eligibility: str
    """The parts of the manifest that say what it sees, as JSON."""
    replicated: tuple[str, ...]
    """The published meta-analyses that it recomputes."""
    strange: bool
    """Whether it uses a name that nothing in the store has."""
    lost: str
    """Hash of the rows of the store that the sheets no longer hold."""
    warnings: tuple[str, ...]
    """Its own, not those of its sources or of one run."""
    hinted: bool
    """Whether some of them rest on more than the rows that it sees."""
    history: Mapping[str, Seal]
    report: Mapping[str, Seal]
    looked_at: int
    """When the seals were taken, in nanoseconds of the clock."""

    def doubtful(self, seal: Seal) -> bool:
        """Whether a file could have changed since without its seal telling."""
        return max(seal[1], seal[2]) >= self.looked_at - _TICK_NS


class Index:
    """The entries of the manifests of one folder, by file name, and the batches of the snapshots they name."""

    def __init__(self, folder: Path) -> None:
        self._path = _place(folder)
        self.entries: dict[str, Entry] = {}
        self.snapshots: dict[str, frozenset[str]] = {}
        self._changed = False
        if self._path is not None:
            with suppress(OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
                self._load(json.loads(self._path.read_bytes()))

    def _load(self, data: Mapping[str, Any]) -> None:
        if data["format"] != _FORMAT:
            return
        names = {item.name for item in fields(Entry)}
        self.entries = {name: _entry(item) for name, item in data["entries"].items() if item.keys() == names}
        self.snapshots = {name: frozenset(batches) for name, batches in data["snapshots"].items()}

    def put(self, manifest: str, entry: Entry, batches: Iterable[str]) -> None:
        """Keep how a review was found."""
        if self.entries.get(manifest) != entry:
            self.entries[manifest] = entry
            self._changed = True
        self.snapshots.setdefault(entry.snapshot, frozenset(batches))

    def save(self) -> None:
        """Write the index if anything in it is new. Where that is not possible the next run looks again."""
        if self._path is None or not self._changed:
            return
        used = {entry.snapshot for entry in self.entries.values()}
        data = {
            "format": _FORMAT,
            "entries": {name: asdict(entry) for name, entry in self.entries.items()},
            "snapshots": {name: sorted(batches) for name, batches in self.snapshots.items() if name in used},
        }
        with suppress(ExpectedError):
            write_whole(self._path, json.dumps(data).encode())
        self._changed = False


def _entry(data: Mapping[str, Any]) -> Entry:
    seals = {
        name: {file: (int(a), int(b), int(c), int(d)) for file, (a, b, c, d) in data[name].items()}
        for name in ("history", "report")
    }
    listed = {name: tuple(data[name]) for name in ("disable", "sources", "warnings", "replicated")}
    return Entry(**{**data, **seals, **listed})


def _place(folder: Path) -> Path | None:
    """The file of the index of a folder of manifests; None where there is to be none."""
    wanted = os.environ.get(VARIABLE, "")
    if wanted == "off":
        return None
    try:
        cache = Path(wanted) if wanted else _cache_folder()
        return cache / "index" / f"{hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:32]}.json"
    except (RuntimeError, ValueError):  # no home folder, or a path that cannot be one
        return None


def _cache_folder() -> Path:
    """Where programs of this system keep what can be made again."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "livereview" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "livereview"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "livereview"


# --- what is looked at -----------------------------------------------------------------------------------------


def now_ns() -> int:
    """The clock with which times of files are compared."""
    return time.time_ns()


def seal(path: Path) -> Seal | None:
    """The seal of a file; None if it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def seals(folder: Path, names: Iterable[str]) -> dict[str, Seal] | None:
    """The seals of files in a folder, by name; None if one is not there."""
    found = {name: seal(folder / name) for name in names}
    there = {name: one for name, one in found.items() if one is not None}
    return there if len(there) == len(found) else None


def record_files(folder: Path) -> list[str]:
    """The names of the records in a folder of history."""
    return sorted(path.name for path in folder.glob("[!.]*.json"))


def hashed(*parts: str) -> str:
    """One name for some texts."""
    return hashlib.sha256("\n".join((livereview.__version__, *parts)).encode()).hexdigest()
