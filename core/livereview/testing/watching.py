"""What a plugin does beside its work: what it prints, warns of, writes, and whom it asks.

Python tells of every file that is opened and every connection that is made through audit events (PEP 578). A hook on
them cannot be taken back, so there is one, which notes something only while a plugin is watched.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import sys
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

_CHANGES = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink")
_NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen", "os.system")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND


@dataclass
class Seen:
    """What was noted while a plugin was watched, in order."""

    printed: str = ""
    warned: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    random: bool = False
    """Whether it drew from, or set, the random numbers that all share."""


class _Watch:
    """Who is watched now; None = nobody. The hook is added with the first."""

    seen: Seen | None = None
    hooked = False


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    seen = _Watch.seen
    if seen is None:
        return
    if event == "open" and _writes(arguments) and "__pycache__" not in str(arguments[0]):
        seen.written.append(f"opens {arguments[0]!s} for writing")
    elif event in _CHANGES and "__pycache__" not in str(arguments[0]):
        seen.written.append(f"{event} {arguments[0]!s}")
    elif event in _NETWORK:
        seen.asked.append(f"{event} {arguments[1:2] if event == 'socket.connect' else arguments[:1]}")


def _writes(arguments: tuple[Any, ...]) -> bool:
    path, mode, flags = arguments
    if isinstance(path, int) or str(path) == os.devnull:
        return False
    return bool(set(mode) & set("wax+")) if isinstance(mode, str) else bool(flags & _WRITING)


@contextlib.contextmanager
def watched() -> Iterator[Seen]:
    """What is noted inside, in an empty working folder that is removed afterwards."""
    if not _Watch.hooked:
        sys.addaudithook(_note)
        _Watch.hooked = True
    seen, out, before = Seen(), io.StringIO(), os.getcwd()
    state = (random.getstate(), _numpy_state())
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        os.chdir(folder)
        _Watch.seen = seen
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
                yield seen
        finally:
            _Watch.seen = None
            os.chdir(before)
        seen.written += [f"leaves {name} in the working folder" for name in sorted(os.listdir(folder))]
    seen.printed = out.getvalue()
    seen.warned = [f"{item.category.__name__}: {item.message}" for item in warned]
    seen.random = state != (random.getstate(), _numpy_state())


def _numpy_state() -> str:
    return repr(np.random.get_state(legacy=False))  # noqa: NPY002


@contextlib.contextmanager
def random_state(seed: int) -> Iterator[None]:
    """The random numbers that all share, from a seed; put back afterwards."""
    state, numpy_state = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(state)
        np.random.set_state(numpy_state)  # noqa: NPY002
