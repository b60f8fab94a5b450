"""Which evidence table a file or a sheet of a workbook holds: its name says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from livereview import Problem

_SEPARATOR = re.compile(r"[\W_]+")


def tables_in(name: str, tables: Sequence[str]) -> list[str]:
    """The tables whose name is a word of this name; words are letters and digits between other signs."""
    words = set(_SEPARATOR.split(name.lower()))
    return [table for table in tables if table.lower() in words]


def table_of(name: str, tables: Sequence[str], place: str, what: str) -> str | Problem:
    """The one table of that name, or the Problem that it has none or several; ``what`` is "file" or "sheet"."""
    named = tables_in(name, tables)
    if len(named) == 1:
        return named[0]
    if named:
        return Problem(
            place=place,
            found=name,
            message=f"the name of the {what} has the names of {len(named)} tables in it: {', '.join(named)}",
            remedy=f"Keep one of them in the name, as in {_example(named[0], what)}.",
        )
    near = [table for word in _SEPARATOR.split(name.lower()) for table in get_close_matches(word, tables, n=1)]
    remedy = f"Put one of these words in its name: {', '.join(tables)}"
    if near:
        remedy += f" (perhaps {near[0]})"
    unless = "add it to ignore" if what == "file" else 'begin its name with "_"'
    return Problem(
        place=place,
        found=name,
        message=f"the name of the {what} does not say which table it holds",
        remedy=f"{remedy}; if it holds no evidence, {unless}.",
    )


def _example(table: str, what: str) -> str:
    return f"{table}-2025" if what == "file" else f'"{table}"'
