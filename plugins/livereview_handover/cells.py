"""Cells of RevMan's CSV files: numbers in full precision, flags as true and false, texts as the HTML that RevMan keeps.

Numbers are never changed. A name that a spreadsheet would take for a formula gets an apostrophe in front, and the same
name has it in every file of the package, since RevMan joins them by name.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from livereview import plain_text
from livereview.spreadsheet import Record, Value, written

NOT_APPLICABLE = "#N/A"


def table(columns: Sequence[str], rows: Iterable[Mapping[str, Value]]) -> bytes:
    """A CSV file; what a row does not have is blank."""
    return written(columns, rows, line_end="\r\n")


def number(value: float | None) -> int | float | None:
    """A number as it is, a whole one without a point; blank where there is none."""
    if value is None or not math.isfinite(value):
        return None
    whole = float(value)
    return int(whole) if whole.is_integer() and abs(whole) < 2**53 else whole


def flag(value: bool) -> str:
    """``true`` or ``false``."""
    return "true" if value else "false"


def name(text: str) -> str:
    """A name that every file of the package spells alike and no spreadsheet takes for a formula."""
    plain = plain_text(text)
    return f"'{plain}" if plain.startswith(("=", "+", "-", "@")) else plain


def markup(text: str) -> str:
    """A title or label as HTML: RevMan shows ``&lt;`` as <, and would take < for the beginning of a tag."""
    return escape(plain_text(text), quote=False)


def paragraphs(lines: Iterable[str]) -> str | None:
    """Lines as paragraphs of HTML; blank where there are none."""
    found = "".join(f"<p>{markup(line)}</p>" for line in lines if plain_text(line))
    return found or None


def known(rows: Iterable[Record], key: str) -> float | None:
    """The sum of a column; none where a row has no number."""
    values = [row.get(key) for row in rows]
    if not values or not all(isinstance(value, int | float) for value in values):
        return None
    return math.fsum(value for value in values if isinstance(value, int | float))
