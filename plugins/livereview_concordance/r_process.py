"""The one place where R is run: a script, its tables in a folder of its own, a limit of time.

The rule: numbers and texts go to R in files and never as code, and what R does wrong is one message.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

#: Kept of what R says when it fails.
LONGEST_MESSAGE = 300


class RMissing(Exception):
    """There is no Rscript."""


class RFailed(Exception):
    """R ended with an error, took too long or wrote nothing; the message says which."""


@dataclass(frozen=True, kw_only=True)
class RanScript:
    """What a script printed, and the content of the file of results that it wrote."""

    printed: str
    results: str


def r_is_there() -> bool:
    """Whether there is an Rscript on the PATH."""
    return shutil.which("Rscript") is not None


def found_rscript() -> str:
    """The Rscript on the PATH; RMissing where there is none."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        raise RMissing("Rscript is not on the PATH")
    return rscript


def table_text(columns: Mapping[str, Any]) -> str:
    """A table of numbers as CSV: columns by name, of one length, whole numbers as such, others to 17 digits."""
    flat = {name: np.ravel(column) for name, column in columns.items()}
    formats = ["%d" if column.dtype.kind in "iub" else "%.17g" for column in flat.values()]
    written = io.StringIO()
    np.savetxt(
        written, np.column_stack(list(flat.values())), delimiter=",", header=",".join(flat), comments="", fmt=formats
    )
    return written.getvalue()


def rows_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows of texts as CSV."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows(rows)
    return written.getvalue()


def ran_script(
    script: Path, tables: Sequence[str], arguments: Sequence[str] = (), timeout: float | None = None
) -> RanScript:
    """The script run by ``Rscript script table... results argument...`` in a temporary folder that is then removed.

    ``tables`` are the contents of CSV files; ``results`` is the file that the script is to write. R reads no profile of
    the user or the site and no saved workspace; its library paths are the user's. Raises RMissing and RFailed. After
    ``timeout`` seconds R and what it started are ended.
    """
    rscript = found_rscript()
    with tempfile.TemporaryDirectory(prefix="livereview-r-") as folder:
        paths = [Path(folder, f"data-{number}.csv") for number in range(len(tables))]
        for path, text in zip(paths, tables, strict=True):
            path.write_text(text, encoding="utf-8")
        results = Path(folder, "results.csv")
        options = ["--no-init-file", "--no-site-file", "--no-restore", "--no-save"]
        command = [rscript, *options, str(script), *map(str, paths), str(results), *arguments]
        said, complaint, code = _ended(command, Path(folder), timeout)
        if code != 0:
            raise RFailed(f"R ended with exit code {code}: {_last_line(complaint) or 'it said nothing'}")
        if not results.is_file():
            raise RFailed(f"R wrote no results: {_last_line(complaint or said) or 'it said nothing'}")
        return RanScript(printed=said, results=results.read_text(encoding="utf-8", errors="replace"))


def _ended(command: list[str], folder: Path, timeout: float | None) -> tuple[str, str, int]:
    """What a command says on its two streams, and its exit code. The streams are files: a process that outlives its
    parent cannot keep a reader waiting."""
    said, complaint = folder / "stdout.txt", folder / "stderr.txt"
    try:
        with said.open("wb") as out, complaint.open("wb") as err:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=folder, start_new_session=True,
                env={**os.environ, "LANGUAGE": "en"},
            )  # fmt: skip
    except OSError as error:
        raise RFailed(f"{command[0]} could not be started: {error.strerror}") from None
    try:
        code = process.wait(timeout)
    except subprocess.TimeoutExpired:
        raise RFailed(f"R took longer than {timeout:g} seconds and was ended") from None
    finally:
        _end(process)
    said_text, complaint_text = (path.read_text(encoding="utf-8", errors="replace") for path in (said, complaint))
    return said_text, complaint_text, code


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process that still runs, with all that it started."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()
        process.wait()


def _last_line(text: str) -> str:
    """The last line that says something, without characters that no text has."""
    lines = [line for line in ("".join(c for c in raw if c.isprintable()).strip() for raw in text.splitlines()) if line]
    return lines[-1][:LONGEST_MESSAGE] if lines else ""
