"""Files written whole, by one writer at a time: what a reader finds under a name is complete.

Processes of one machine wait for each other at a folder, and a killed one releases its hold. Where the system or the
file system offers no lock nobody waits; then, as between two machines, the records of both stand side by side.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from livereview.errors import ExpectedError

try:
    from fcntl import LOCK_EX, flock
except ImportError:  # Windows
    flock = None  # type: ignore[assignment]

_PART = ".part"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Makes the folder and holds it while the block runs; the folder itself is locked, so no file is left behind."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = None if flock is None else os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise ExpectedError(f"{folder}: this folder cannot be made or opened: {error.strerror}.") from error
    try:
        if handle is not None:
            with suppress(OSError):
                flock(handle, LOCK_EX)
        yield
    finally:
        if handle is not None:
            os.close(handle)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is complete under its name or not there: aside, synced, renamed. Makes its folder."""
    aside = path.with_name(f".{path.name}.{os.getpid()}{_PART}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with aside.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ExpectedError(f"{path}: cannot be written: {error.strerror}. Mend that and run again.") from error


def clear_abandoned(folder: Path) -> None:
    """Delete what writers that were killed left aside; call it where the folder is held."""
    for path in folder.rglob(f".*{_PART}"):
        with suppress(OSError):
            path.unlink()
