"""What a person sees in the terminal: tables and progress; plain aligned text where the output is not a terminal.

Results go to stdout, everything else to stderr. Text from the evidence is printed as it is, never as markup.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

Progress = Callable[[str, int, int], None]


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """Print a table; ``right`` are the positions of columns of numbers."""
    cleaned = [[_one_line(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        _plain(title, columns, cleaned, right)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(title=Text(title) if title else None, title_justify="left", box=None, pad_edge=False, padding=(0, 2))
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
    print(text)


def tell(text: str) -> None:
    """A line for the person at the keyboard, on stderr."""
    print(text, file=sys.stderr)


def _one_line(cell: str) -> str:
    return "".join(char if unicodedata.category(char)[0] != "C" else " " for char in cell)


def _width(cell: str) -> int:
    """Columns that a text takes in a terminal."""
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
            bar.update(task, description=label, completed=done, total=total)

        yield show
