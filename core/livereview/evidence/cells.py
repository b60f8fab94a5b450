"""One cell to one typed value, by the kind of its column. Never a guess: what can be read in two ways is refused.

An empty cell, or one of white space, is no value (``None``). Text is trimmed and brought to Unicode NFC, and spaces of
other widths become plain spaces; nothing else is changed. For numbers see ``figures``.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from difflib import get_close_matches

from livereview.evidence import figures
from livereview.evidence.dates import FIRST_YEAR, LAST_YEAR, last_day
from livereview.evidence.figures import Refused
from livereview.evidence.rows import Value
from livereview.evidence.schema import Column
from livereview.types import Cell

LONGEST = 10_000
_FREE = ("note", "withdrawn_reason", "abstract")  # columns of prose, where lines may break
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_INVISIBLE = frozenset("\u00ad\u200b\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The closest of the names, capitals aside, or None where none is close."""
    by_folded = {known.casefold(): known for known in names}
    close = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else None


def shown(cell: Cell) -> str:
    """A cell as quoted in a message: short, on one line."""
    text = cell.isoformat() if isinstance(cell, date) else str(cell)
    text = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
    return text if len(text) <= 60 else text[:57] + "..."


def value(cell: Cell, column: Column) -> Value | None:
    """What the cell holds, as the column's type; None for an empty cell. Raises ``Refused`` with the remedy."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, str) and cell.strip() in figures.SPREADSHEET_ERRORS:
        raise Refused("is a spreadsheet error, not a value", "Mend the formula in the spreadsheet, or type the value.")
    found = _READERS[column.kind](cell, column)
    if isinstance(found, (int, float)) and not isinstance(found, bool):
        figures.within(found, column)
    return found


def _text(cell: Cell, column: Column) -> str:
    if isinstance(cell, bool):
        raise Refused("was turned into TRUE or FALSE by a spreadsheet", "Format the cell as text and type it again.")
    if isinstance(cell, date):
        raise Refused("was turned into a date by a spreadsheet", "Format the cell as text and type it again.")
    if isinstance(cell, (int, float)):
        return _digits(cell)
    if not isinstance(cell, str):
        raise Refused(f"is a {type(cell).__name__}, not text", "Format the cell as text and type it again.")
    text = unicodedata.normalize("NFC", _SPACES.sub(" ", cell)).strip()
    if column.name in _FREE:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    _refuse_strange(text, column)
    return text


def _digits(cell: int | float) -> str:
    """A spreadsheet's number in a text column, e.g. a PubMed number: 36703737.0 is "36703737"."""
    if isinstance(cell, float):
        if not math.isfinite(cell):
            raise Refused("is not a value", "Leave the cell empty where there is no value.")
        if not cell.is_integer():
            return repr(float(cell))
    if abs(cell) > figures.EXACT:
        raise Refused("is a long number of which a spreadsheet keeps 15 digits", "Type it again in a cell of text.")
    return str(int(cell))


def _refuse_strange(text: str, column: Column) -> None:
    """Refuse characters that nobody sees, so that two names which look equal are equal."""
    if len(text) > LONGEST:
        raise Refused(f"has {len(text):,} characters, {LONGEST:,} are allowed", "Shorten the text.")
    if "\ufffd" in text:
        raise Refused("was read in the wrong encoding (it holds �)", "Save the file as UTF-8.")
    if text.isprintable():
        return
    allowed = "\n\t" if column.name in _FREE else ""
    for character in text:
        code = f"U+{ord(character):04X}"
        if character in allowed:
            continue
        if character in "\r\n\t\u2028\u2029":
            raise Refused(f"holds a line break or a tab ({code})", "Write it on one line, with spaces.")
        if unicodedata.category(character) in ("Cc", "Cs") or character in _INVISIBLE:
            raise Refused(f"holds an invisible or control character ({code})", "Delete the cell and type it again.")


def _id(cell: Cell, column: Column) -> str:
    text = _text(cell, column)
    if len(text.split()) > 1:
        raise Refused("holds a space, which a name like this must not", f"Write {'-'.join(text.split())}.")
    return text


def _partial_date(cell: Cell, column: Column) -> str:
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        cell = cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip()
    try:
        last_day(text)
    except ValueError as error:
        raise Refused(f"is no usable date: {error}", _date_remedy(text)) from None
    return text


def _date_remedy(text: str) -> str:
    if re.fullmatch(r"[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}", text):
        return "Day and month can be mixed up in this form; write year-month-day, e.g. 2023-11-04."
    if match := re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ].*", text):
        return f"Write {match[1]}."
    return f"Write a year, a month or a day between {FIRST_YEAR} and {LAST_YEAR}: 2023, 2023-11 or 2023-11-04."


def _choice(cell: Cell, column: Column) -> str:
    text = _text(cell, column)
    if text not in column.choices:
        near = nearest(text, column.choices)
        raise Refused("is not one of the values allowed", one_of(near, column.choices))
    return text


def one_of(near: str | None, names: Iterable[str]) -> str:
    meant = f"Did you mean {near}? " if near else ""
    return f"{meant}Allowed: {', '.join(names)}."


def _yes_no(cell: Cell, column: Column) -> bool:
    if isinstance(cell, bool):
        return cell
    word = cell.strip().lower() if isinstance(cell, str) else ""
    if word not in ("yes", "no", "true", "false"):
        raise Refused("is neither yes nor no", "Write yes or no, or leave the cell empty.")
    return word in ("yes", "true")


_READERS: Mapping[str, Callable[[Cell, Column], Value]] = {
    "text": _text,
    "id": _id,
    "integer": lambda cell, column: figures.integer(cell),
    "number": lambda cell, column: figures.number(cell),
    "partial-date": _partial_date,
    "p-value": lambda cell, column: figures.p_value(cell),
    "level": lambda cell, column: figures.level(cell),
    "choice": _choice,
    "yes-no": _yes_no,
}
