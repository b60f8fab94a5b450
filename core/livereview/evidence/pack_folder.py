"""The packs of a store: read with care, since any of them can be done without.

    <store>/packs/<SHA-256 of the file>.parquet

A pack that is damaged is left aside with a note, and the batches are read instead: packs decide how fast a store is
read, never what it says.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable

from pyarrow import fs

from livereview.errors import StoreError
from livereview.evidence.batches import Unreadable, digest
from livereview.evidence.folder import Folder
from livereview.evidence.packs import Pack, decoded

_NAME = re.compile(r"([0-9a-f]{64})\.parquet")


class PackFolder:
    """The packs beside the batches of a store. The folder need not exist."""

    def __init__(self, location: str | os.PathLike[str], filesystem: fs.FileSystem | None = None) -> None:
        self._folder = Folder(location, "packs", filesystem)
        self._read: dict[str, Pack] = {}
        self.damaged: dict[str, str] = {}
        """What is wrong with each file that is no pack this version can read, by name."""
        self.spoilt: set[str] = set()
        """Those of them that are named like packs and whose bytes are not those they are named for."""

    def packs(self) -> tuple[Pack, ...]:
        """The packs, that of the most batches first; each is read and verified once in the life of this object."""
        files = self._folder.files()
        unread = [name for name in files if name not in self._read]
        self.damaged, self.spoilt = {}, set()
        for name, content in zip(unread, self._folder.contents(unread), strict=True):
            if isinstance(content, FileNotFoundError):
                continue  # a newer pack took its place since the folder was listed
            try:
                if isinstance(content, OSError):
                    raise Unreadable(f"cannot be read: {content}", "Check the file and its permissions.")
                if not _NAME.fullmatch(name):
                    raise Unreadable("is not named like a pack", "Move it out of the folder.")
                self._read[name] = decoded(content, name.removesuffix(".parquet"))
            except Unreadable as error:
                if _NAME.fullmatch(name) and isinstance(content, bytes) and digest(content) != name[:64]:
                    self.spoilt.add(name)
                self.damaged[name] = f"{self.place(name)}: {error.message}. {error.remedy}"
        found = (pack for name, pack in self._read.items() if name in files)
        return tuple(sorted(found, key=lambda pack: (-len(pack.batches), pack.id)))

    @property
    def notes(self) -> tuple[str, ...]:
        """A line for each file that was left aside when the packs were last read."""
        return tuple(f"{line} Until then the batches are read instead." for line in self.damaged.values())

    def require_members(self, packs: Iterable[Pack], there: Collection[str]) -> None:
        """StoreError naming every batch that one of the packs holds and that is not among those in the folder."""
        missing = {batch: pack.id for pack in packs for batch in pack.batches if batch not in there}
        if missing:
            folder = f"{self._folder.location.rstrip('/')}/batches"
            raise StoreError(
                f"{folder}/{batch}.parquet: this batch is missing, and a pack holds its rows. Restore it from git or a "
                f"backup; or, if it must go, delete {self.place(f'{pack}.parquet')}."
                for batch, pack in sorted(missing.items())
            )

    def place(self, name: str) -> str:
        """A file's path as shown to people."""
        return self._folder.place(name)

    def put(self, content: bytes) -> str:
        """Add a pack, complete and durable; returns its id."""
        name = digest(content)
        self._folder.put(f"{name}.parquet", content)
        return name

    def remove(self, name: str) -> None:
        """Delete a pack, from which nothing is lost."""
        self._folder.remove(name)
        self._read.pop(name, None)
