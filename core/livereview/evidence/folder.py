"""A folder of files that are written once, complete or absent: local, or on any pyarrow filesystem.

A file is written aside, synced, renamed into place, and the folder synced. Nothing here knows what is in the files.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from pyarrow import fs

from livereview.errors import StoreError

_ASIDE = ".incoming"
_PARTIAL = ".partial"
_ABANDONED = timedelta(days=1)


class Folder:
    """Files under one folder of a store. ``location`` is a path, or a URI such as ``s3://bucket/evidence``."""

    def __init__(self, location: str | os.PathLike[str], name: str, filesystem: fs.FileSystem | None = None) -> None:
        self.location = str(location)
        if filesystem is not None:
            self._fs, root = filesystem, self.location
        elif "://" in self.location:
            self._fs, root = fs.FileSystem.from_uri(self.location)
        else:
            self._fs, root = fs.LocalFileSystem(), Path(location).absolute().as_posix()
        self._local = isinstance(self._fs, fs.LocalFileSystem)
        self._name = name
        self._files = str(PurePosixPath(root) / name)
        self._aside = str(PurePosixPath(root) / _ASIDE)

    def place(self, name: str) -> str:
        """A file's path as shown to people."""
        return f"{self.location.rstrip('/')}/{self._name}/{name}"

    def files(self) -> dict[str, int]:
        """Sizes in bytes of all files in it but hidden ones, by name in order; none if it does not exist.

        A folder in it counts as a file of no size.
        """
        try:
            found = self._fs.get_file_info(fs.FileSelector(self._files, allow_not_found=True))
        except OSError as error:
            raise StoreError(f"{self.location}: cannot be read as a folder: {error}") from error
        sizes = {info.base_name: info.size or 0 for info in found if not info.base_name.startswith(".")}
        return dict(sorted(sizes.items()))

    def contents(self, names: Iterable[str]) -> list[bytes | OSError]:
        """The bytes of each file, or why it cannot be read."""
        wanted = list(names)
        if len(wanted) < 8:
            return [self._content(name) for name in wanted]
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(self._content, wanted))

    def _content(self, name: str) -> bytes | OSError:
        try:
            with self._fs.open_input_file(f"{self._files}/{name}") as file:
                content: bytes = file.read()
                return content
        except OSError as error:
            return error

    def put(self, name: str, content: bytes) -> None:
        """Add a file. Once this returns it is there, complete and durable."""
        aside = f"{self._aside}/{uuid.uuid4().hex}{_PARTIAL}"
        try:
            for folder in (self._files, self._aside):
                self._make(folder)
            if self._local:
                _write_durably(Path(aside), content)
                os.replace(aside, f"{self._files}/{name}")
                _sync_folder(Path(self._files))
            else:
                with self._fs.open_output_stream(aside) as stream:
                    stream.write(content)
                self._fs.move(aside, f"{self._files}/{name}")
        except OSError as error:
            remedy = "Mend that and run again: nothing is recorded twice."
            raise StoreError(f"{self.place(name)}: cannot be written: {error}. {remedy}") from error
        finally:
            with suppress(OSError):  # where it was renamed, there is nothing left
                self._fs.delete_file(aside)

    def remove(self, name: str) -> None:
        """Delete a file; one that is gone already is no mistake."""
        try:
            self._fs.delete_file(f"{self._files}/{name}")
        except FileNotFoundError:
            pass
        except OSError as error:
            raise StoreError(f"{self.place(name)}: cannot be deleted: {error}.") from error

    def clear_abandoned(self) -> None:
        """Delete what writers that were killed left aside more than a day ago. Such files were never acknowledged."""
        with suppress(OSError):
            for info in self._fs.get_file_info(fs.FileSelector(self._aside, allow_not_found=True)):
                age = datetime.now(UTC) - info.mtime
                if info.type == fs.FileType.File and info.base_name.endswith(_PARTIAL) and age > _ABANDONED:
                    self._fs.delete_file(info.path)

    def _make(self, folder: str) -> None:
        """Create a folder; locally its entry in each parent that is new is made durable too."""
        if not self._local:
            self._fs.create_dir(folder, recursive=True)
            return
        path = Path(folder)
        new = [parent for parent in (path, *path.parents) if not parent.exists()]
        path.mkdir(parents=True, exist_ok=True)
        for made in new:
            _sync_folder(made.parent)


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    """Make the names in a folder durable, where the system can (Windows cannot open a folder)."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
