"""Answers on their way to the store: one JSON line each, on the disk before the next question is asked.

A session writes its answers here and turns them into one batch when it ends. What a killed session leaves behind is
recorded at the next start. The folder lies beside the manifest and tells git to leave it out.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from livereview.errors import ExpectedError

try:
    from fcntl import LOCK_EX, LOCK_NB, flock
except ImportError:  # Windows: two sessions of one person at once are not told apart
    flock = None  # type: ignore[assignment]

FOLDER = ".screening"
Entry = dict[str, Any]


class Busy(ExpectedError):
    """Another session of the same person is open."""


class Journal:
    """The answers of one person in one kind of session. Holds the file while it is open."""

    def __init__(self, folder: Path, review: str, kind: str, person: str) -> None:
        self.kind, self.person = kind, person
        self.path = _path(folder, review, kind, person)
        self._handle = _opened(self.path)
        self.entries, whole = _read(self.path, self._handle)
        if not self.entries and not whole:
            os.ftruncate(self._handle, 0)
            self._write({"review": review, "kind": kind, "person": person})
        else:
            os.ftruncate(self._handle, whole)

    def put(self, entry: Entry) -> None:
        """Add one answer; it is on the disk when this returns."""
        self._write(entry)
        self.entries.append(entry)

    def discard(self) -> None:
        """Delete the file: everything in it is recorded."""
        self.path.unlink(missing_ok=True)
        self.close()

    def set_aside(self, entries: list[Entry]) -> Path:
        """Keep answers that cannot be recorded in a file of their own, where a person can look at them."""
        path = self.path.with_suffix(".refused")
        with path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
            file.flush()
            os.fsync(file.fileno())
        return path

    def close(self) -> None:
        """Let go of the file; what it holds stays."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _write(self, entry: Entry) -> None:
        data = (json.dumps(entry, ensure_ascii=False) + "\n").encode()
        try:
            os.lseek(self._handle, 0, os.SEEK_END)
            while data:
                data = data[os.write(self._handle, data) :]
            os.fsync(self._handle)
        except OSError as error:
            message = f"{self.path}: the answer cannot be kept: {error.strerror}. Mend that first."
            raise ExpectedError(message) from error


def left_behind(folder: Path, review: str) -> Iterator[Journal]:
    """The journals of a review that no running session holds, one after another; the caller closes or discards each."""
    for path in sorted((folder / FOLDER / review).glob("*.jsonl")):
        try:
            with path.open("rb") as file:
                head = json.loads(file.readline())
            yield Journal(folder, review, str(head["kind"]), str(head["person"]))
        except (ValueError, KeyError, TypeError):
            if path.stat().st_size:
                raise ExpectedError(f"{path}: this is no journal of answers. Move it out of the folder.") from None
        except (Busy, FileNotFoundError):
            continue


def _path(folder: Path, review: str, kind: str, person: str) -> Path:
    """A name of plain letters for any person; what it cannot show is told apart by a hash."""
    slug = re.sub(r"[^a-z0-9]+", "-", person.casefold()).strip("-")[:40]
    digest = hashlib.sha256(person.encode()).hexdigest()[:8]
    return folder / FOLDER / review / f"{kind}-{slug or 'person'}-{digest}.jsonl"


def _opened(path: Path) -> int:
    """The file, made and held. A session that has just ended may have deleted it meanwhile: then it is made anew."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        ignored = path.parent.parent / ".gitignore"
        if not ignored.exists():
            ignored.write_text("*\n", encoding="utf-8")
        while True:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            if flock is not None:
                try:
                    flock(handle, LOCK_EX | LOCK_NB)
                except OSError:
                    os.close(handle)
                    raise Busy(f"{path}: another session of this person is open. End it first.") from None
            if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
                return handle
            os.close(handle)
    except OSError as error:
        raise ExpectedError(f"{path}: answers cannot be kept here: {error.strerror}. Mend that first.") from error


def _read(path: Path, handle: int) -> tuple[list[Entry], int]:
    """The answers, and how many bytes of the file hold them: a last line that was cut off was never confirmed."""
    os.lseek(handle, 0, os.SEEK_SET)
    with os.fdopen(os.dup(handle), "rb") as file:
        content = file.read()
    entries: list[Entry] = []
    whole = content.rfind(b"\n") + 1
    for number, line in enumerate(content[:whole].splitlines(), start=1):
        try:
            entry = json.loads(line)
            if not isinstance(entry, dict):
                raise ValueError(line)
        except ValueError:
            os.close(handle)
            raise ExpectedError(
                f"{path}, line {number}: this is no answer as livereview writes it. Mend or delete the line; the "
                "others are recorded at the next start."
            ) from None
        if number > 1:
            entries.append(entry)
    return entries, whole
