"""Numbers as people and spreadsheets write them: read where there is one reading, otherwise refused with the remedy.

Only ASCII digits, an optional sign, a decimal point and an exponent make a number.
"""

from __future__ import annotations

import math
import re
from datetime import date, time, timedelta

from livereview.evidence.schema import Column
from livereview.types import Cell

#: Up to here every whole number is exact in a spreadsheet's (and Arrow's) 64-bit floating point.
EXACT = 2**53

_PLAIN = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
_NUMBER = re.compile(rf"{_PLAIN}(?:[eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"[+-]?[0-9]+(?:\.0*)?")
_P_VALUE = re.compile(rf"(<=|>=|<|>|≤|≥)?\s*({_NUMBER.pattern})")

MISSING = frozenset(
    (
        "na", "n/a", "n.a.", "nr", "n.r.", "nd", "ne", "nan", "none", "null", "missing", "unknown",
        "inf", "-inf", "+inf", "infinity", "-infinity", "-", "--", "–", "—", ".", "..", "?", "/",
    )
)  # fmt: skip
SPREADSHEET_ERRORS = frozenset(
    ["#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"]
)
_EMPTY = "Leave the cell empty where there is no value."

#: What else people type: pattern, what it is, what to do. The first that matches the whole cell speaks.
_ODDITIES = tuple(
    (re.compile(pattern, re.IGNORECASE), message, remedy)
    for pattern, message, remedy in (
        (r"=.*", "is a formula, not its result", "Type the value itself."),
        (r"[<>≤≥~≈].*", "is a bound or an approximation", "Write one number, or leave it empty and say so in note."),
        (r"[0-9]{1,4}([-/.])[0-9]{1,2}\1[0-9]{1,4}.*", "looks like a date", "Write a number."),
        (rf"{_PLAIN}\s*(?:[-–—]|to)\s*{_PLAIN}", "is a range, two numbers in one cell", "Write one number per cell."),
        (r"[0-9]+\s*(?:/|of)\s*[0-9]+", "is two numbers in one cell", "Write the events in events, the total in n."),
        (rf"{_PLAIN}\s*[(\[].*", "is more than one number in a cell", "Write one number per cell."),
        (r"[−–—].*", "has a dash in place of the minus sign", "Write the minus as a plain hyphen: -."),
        (rf"({_PLAIN})\s*[*†‡§¶#^]+", "has a mark after the number", r"Write \1 and put the footnote in note."),
        (
            rf"({_PLAIN})(?:\s+[a-z]|[a-z]{{2}})[^0-9]*",
            "has words after the number",
            r"Write \1; the column says what unit it has.",
        ),
        (r"(?:true|false|yes|no)", "is yes or no, not a number", "Write a number."),
    )
)


class Refused(ValueError):
    """A cell that cannot be read: what is wrong ("is ...", "has ..."), and the remedy."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def number(cell: Cell) -> float:
    """A finite number."""
    if isinstance(cell, str):
        return _finite(_parsed(cell.strip(), whole=False))
    _refuse_other_types(cell)
    try:
        return _finite(float(cell))  # type: ignore[arg-type]
    except OverflowError:
        raise Refused("is too large for a number", "Check the value.") from None


def integer(cell: Cell) -> int:
    """A whole number; 12, "12", 12.0 and "12.0" are 12."""
    if isinstance(cell, str):
        text = cell.strip()
        if not _WHOLE.fullmatch(text):
            _parsed(text, whole=True)
            raise Refused("is not a whole number", "Write a whole number in plain digits.")
        found = int(text.partition(".")[0])
    else:
        _refuse_other_types(cell)
        if isinstance(cell, float) and not _finite(cell).is_integer():
            raise Refused("is not a whole number", "Write a whole number.")
        found = int(cell)  # type: ignore[arg-type]
    if abs(found) > EXACT:
        raise Refused("is too large for a count", "Check the value.")
    return found


def level(cell: Cell) -> float:
    """A confidence level as a share: 0.95 and 95 are 0.95."""
    found = number(cell)
    if 50 <= found < 100:
        return round(found / 100, 12)
    if 0.5 <= found < 1:
        return found
    raise Refused("is not a confidence level", "Write 0.95 or 95; leave it empty for 95%.")


def p_value(cell: Cell) -> str:
    """A P value as text, "0.03", or a bound, "<0.001" or ">=0.5"; digits as typed."""
    if not isinstance(cell, str):
        number(cell)
        cell = str(cell)
    match = _P_VALUE.fullmatch(cell.strip())
    if match is None:
        raise Refused("is not a P value", _p_remedy(cell.strip()))
    sign = (match[1] or "").replace("≤", "<=").replace("≥", ">=")
    size = number(match[2])
    if not 0 < size <= 1 or (sign == ">" and size == 1):
        raise Refused("is not a P value: it must be above 0 and at most 1", "Where it was printed as 0, write <0.001.")
    return sign + match[2]


def within(found: float, column: Column) -> None:
    """Refuse a number outside the limits of its column."""
    for limit, outside, word in (
        (column.minimum, column.minimum is not None and found < column.minimum, "below"),
        (column.maximum, column.maximum is not None and found > column.maximum, "above"),
    ):
        if outside:
            raise Refused(f"is {word} {limit:g}, the limit of {column.name}", f"Check it: {column.about}.")


def _parsed(text: str, *, whole: bool) -> float:
    """The number that the text writes; refuses all else by what it looks like."""
    if _NUMBER.fullmatch(text):
        found = float(text)
        if found == 0 and re.search("[1-9]", text.lower().partition("e")[0]):
            raise Refused("is too close to zero to be kept", "Check the value.")
        return found
    if text.lower() in MISSING:
        raise Refused("is not a number", _EMPTY)
    _refuse_percentage(text, whole=whole)
    _refuse_separators(text, whole=whole)
    for pattern, message, remedy in _ODDITIES:
        if match := pattern.fullmatch(text):
            raise Refused(message, match.expand(remedy))
    raise Refused("is not a number", "Write the number in digits with a decimal point, or leave the cell empty.")


def _refuse_percentage(text: str, *, whole: bool) -> None:
    match = re.fullmatch(rf"({_PLAIN})\s*%", text)
    if match and whole:
        raise Refused("is a percentage", "Write the count itself.")
    if match:
        raise Refused("is a percentage", f"Write the proportion: {round(float(match[1]) / 100, 12):g}.")


def _refuse_separators(text: str, *, whole: bool) -> None:
    """Thousands and decimal commas: 1,234 can be read in two ways."""
    thousands = re.fullmatch(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?", text)
    decimal = re.fullmatch(r"[+-]?[0-9]*,[0-9]+", text)
    if thousands and (whole or not decimal):
        raise Refused("has a comma between thousands", f"Write {text.replace(',', '')}.")
    if thousands:
        either = f"{text.replace(',', '')} or {text.replace(',', '.')}"
        raise Refused("has a comma that can be read in two ways", f"Write {either}, whichever is meant.")
    if decimal:
        raise Refused("has a decimal comma", f"Write {text.replace(',', '.')}.")
    if re.fullmatch(r"[+-]?[0-9]{1,3}(?:[\s'’][0-9]{3})+(?:[.,][0-9]*)?", text):
        joined = re.sub(r"[\s'’]", "", text)
        raise Refused("has a gap between thousands", f"Write {joined}.")


def _refuse_other_types(cell: Cell) -> None:
    if isinstance(cell, bool):
        raise Refused("is TRUE or FALSE, not a number", "Write a number.")
    if isinstance(cell, (date, time, timedelta)):
        what = "date" if isinstance(cell, date) else "time"
        raise Refused(f"was turned into a {what} by a spreadsheet", "Format the cell as a number and type it again.")
    if not isinstance(cell, (int, float)):
        raise Refused(f"is a {type(cell).__name__}, not a number", "Write a number.")


def _finite(found: float) -> float:
    if not math.isfinite(found):
        raise Refused("is not a finite number", _EMPTY)
    return found


def _p_remedy(text: str) -> str:
    if text.lower() in ("ns", "n.s.", "not significant"):
        return "Write the number, or >0.05 if no more is known."
    if text.lower() in MISSING:
        return _EMPTY
    if re.fullmatch(r"[<>]?\s*[0-9]*,[0-9]+", text):
        return f"Write {text.replace(',', '.')}."
    return "Write the number alone, 0.03, or a bound, <0.001."
