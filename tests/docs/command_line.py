"""Runs a command line of a page, and gives its exit code with what it writes to a terminal.

The rule: a line that starts with ``livereview`` has that command run in this process, since a start of Python with all
that an update imports takes longer than most commands. What follows it (a pipe, a file, another command) is bash's,
with the same text on the same stream and the same exit code. Every other line is bash's as a whole.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from livereview.cli import main

#: A command with plain or quoted words, then nothing or the first sign of the shell's that is no input.
_OURS = re.compile(r"""livereview((?: +(?:'[^']*'|"[^"$`\\]*"|[\w./:=,%+@-])+)*) *($|[|;&].*|(?<! \d)>.*)""", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Done:
    """The exit code, and stdout and stderr as a terminal shows them."""

    code: int
    text: str


class _Stream(io.StringIO):
    """A standard stream that is no terminal; keeps what is written in order with the other one's."""

    encoding = "utf-8"

    def __init__(self, number: int, written: list[tuple[int, str]]) -> None:
        super().__init__()
        self._number, self._written = number, written

    def write(self, text: str) -> int:
        length = super().write(text)  # refuses bytes
        self._written.append((self._number, text))
        return length


def run(line: str, folder: Path, environment: Mapping[str, str]) -> Done:
    """Do what the line says in a folder; ``environment`` is added to that of this process."""
    ours = _OURS.fullmatch(line)
    if ours is None:
        return by_bash(line, folder, environment)
    written: list[tuple[int, str]] = []
    with (
        chdir(folder), patch.dict(os.environ, environment), patch.object(sys, "stdin", io.StringIO()),
        redirect_stdout(_Stream(1, written)), redirect_stderr(_Stream(2, written)),
    ):  # fmt: skip
        code = main(shlex.split(ours[1]))
    if not ours[2]:
        return Done(code=code, text="".join(text for _, text in written))
    with TemporaryDirectory() as kept:
        said = []
        for stream, pieces in groupby(written, key=itemgetter(0)):
            path = Path(kept) / str(len(said))
            path.write_text("".join(text for _, text in pieces), encoding="utf-8")
            said.append(f"cat {path} >&{stream};")
        return by_bash(f"ours() {{ {' '.join(said)} return {code}; }}\nours {ours[2]}", folder, environment)


def by_bash(line: str, folder: Path, environment: Mapping[str, str]) -> Done:
    """The whole line done by bash, each command in a process of its own."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, env={**own, "PATH": path, **environment}, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    return Done(code=done.returncode, text=done.stdout)
