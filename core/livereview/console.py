"""What a person sees in the terminal: tables and progress; plain aligned text where the output is not a terminal.

Results go to stdout, everything else to stderr. Text from the evidence is printed as text: no markup, and no control
character of it reaches the terminal. Whoever stops reading (``| head``) does not stop the work.
"""

from __future__ import annotations

import json
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Any, TextIO

Progress = Callable[[str, int, int], None]

#: Characters that JSON allows in a text and a terminal obeys: C1 controls, line and direction marks.
_OBEYED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """Print a table; ``right`` are the positions of columns of numbers."""
    cleaned = [[_one_line(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        _plain(title, columns, cleaned, right)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(title=Text(title) if title else None, title_justify="left", box=None, pad_edge=False, padding=(0, 1))
    for position, column in enumerate(columns):
        shown.add_column(Text(column, style="bold"), justify="right" if position in right else "left")
    for row in cleaned:
        shown.add_row(*(Text(cell) for cell in row))
    Console(highlight=False, markup=False).print(shown)


def _plain(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int]) -> None:
    """The table without colour and without cutting: columns two spaces apart."""
    lines = [list(columns), *rows]
    widths = [max(_width(line[position]) for line in lines) for position in range(len(columns))]
    if title:
        say(title)
    for line in lines:
        cells = [
            " " * (width - _width(cell)) + cell if position in right else cell + " " * (width - _width(cell))
            for position, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        say("  ".join(cells).rstrip())


def say(text: str = "") -> None:
    """A line of results, on stdout."""
    _print(_one_line(text), sys.stdout)


def paragraph(text: str, *, indent: str = "", bold: bool = False) -> None:
    """A text on stdout, wrapped at the width of the terminal (at 100 columns where it is none); lines stay lines."""
    for line in text.splitlines():
        _wrapped(_one_line(line).strip(), indent, bold)


def _wrapped(line: str, indent: str, bold: bool) -> None:
    if not sys.stdout.isatty():
        from textwrap import wrap

        for piece in wrap(line, 100, initial_indent=indent, subsequent_indent=indent) or [""]:
            _print(piece, sys.stdout)
        return
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(highlight=False, markup=False)
    shown = Text(line, style="bold" if bold else "")
    console.print(Padding(shown, (0, 0, 0, len(indent))), width=min(console.width, 100))


def ask(question: str) -> str | None:
    """A line that the person at the keyboard types, trimmed; None where there is no more to read."""
    try:
        print(_one_line(question), end=" ", flush=True)
    except BrokenPipeError:
        _discard(sys.stdout)
    line = sys.stdin.readline()
    if not sys.stdin.isatty():
        say()
    return line.strip() if line else None


def tell(text: str) -> None:
    """A line for the person at the keyboard, on stderr."""
    _print(_one_line(text), sys.stderr)


def say_script(text: str) -> None:
    """Lines for another program, on stdout, as they are."""
    _print(text, sys.stdout)


def say_data(value: Any) -> None:
    """JSON for machines, on stdout; what is not safe to print or cannot be encoded is escaped."""
    unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    text = json.dumps(value, ensure_ascii=not unicode, allow_nan=False, indent=2)
    _print(_OBEYED.sub(lambda match: f"\\u{ord(match[0]):04x}", text), sys.stdout)


def prepare() -> None:
    """Let nothing stop the output: closed streams lead nowhere, what a stream cannot encode becomes an escape. What a
    person types that is no text of the terminal's encoding becomes U+FFFD, which no answer may hold."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - open as long as we run
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - open as long as we run
    elif isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")


def finish() -> None:
    """Write out what is still held back; nobody may be reading any more."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            _discard(stream)


def _print(text: str, stream: TextIO) -> None:
    try:
        print(text, file=stream)
    except BrokenPipeError:
        _discard(stream)


def _discard(stream: TextIO) -> None:
    """From now on what is written there goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _one_line(text: str) -> str:
    """The text with a space for each control character and line break."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if _is_control(char) else char for char in text)


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _width(cell: str) -> int:
    """Columns that a text takes in a terminal."""
    if cell.isascii():
        return len(cell)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in cell)
    return len(cell) + wide - sum(unicodedata.combining(char) > 0 for char in cell)


@contextmanager
def progress(quiet: bool = False) -> Iterator[Progress]:
    """A function that shows label, done and total on stderr; it shows nothing where stderr is not a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda label, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=None)

        def show(label: str, done: int, total: int) -> None:
            bar.update(task, description=_one_line(label), completed=done, total=total)

        yield show
