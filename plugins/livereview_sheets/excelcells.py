"""One cell of an Excel sheet: its value as the person at the screen means it, or why what it stores is not that."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from livereview_sheets.characters import Entry, Refused, shortened, text_entry
from livereview_sheets.numberformats import date_difference, difference

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell

#: How a workbook writes control characters; the carriage return of a pasted line break is the usual one.
_ESCAPED = re.compile("_x(00[01][0-9A-Fa-f])_")
_TYPE_AGAIN = "Format the cell as Text and type the value again"


def entry(cell: Cell | MergedCell, computed: Cell | MergedCell | None) -> Entry:
    """The cell's value, text checked; ``computed`` is the same cell in the workbook read for stored results.

    Formulas count by the result that was stored with them. Refused: formulas without one, errors, text struck through,
    small raised digits, numbers and dates that the format shows as something else, times of day.
    """
    value: Any = cell.value
    if value is None:
        return None
    if cell.data_type == "f":
        formula = str(getattr(value, "text", value))
        if computed is None or computed.value is None:
            return Refused(
                found=formula,
                message="a formula whose result is empty or was not stored",
                remedy="Open the file in Excel, let it calculate and save it, or replace the formula by its value.",
            )
        cell, value = computed, computed.value
    if cell.data_type == "e":
        return text_entry(str(value))
    if cell.font.strike:
        return _struck(str(value))
    if isinstance(value, list):
        return _rich_text(value)
    if isinstance(value, str):
        return text_entry(_unescaped(value))
    return _typed(value, cell)


def _typed(value: Any, cell: Cell | MergedCell) -> Entry:
    """A boolean, number or date, where the format shows it for what it is."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value, cell)
    if isinstance(value, date):
        if how := date_difference(str(cell.number_format)):
            return Refused(
                found=value.date().isoformat() if isinstance(value, datetime) else value.isoformat(),
                message=f"a date {how}: Excel may have made it of other text",
                remedy=f"{_TYPE_AGAIN} (2023-11 for a month), or show the whole date.",
            )
        return value
    message = "a time of day or a duration, which no table holds"
    return Refused(found=str(value), message=message, remedy=f"{_TYPE_AGAIN}.")


def _number(value: float, cell: Any) -> Entry:
    from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE

    if not math.isfinite(value):
        return Refused(found=str(value), message="not a finite number", remedy="Write the number itself.")
    number_format = cell._style.numFmtId
    if number_format < BUILTIN_FORMATS_MAX_SIZE and number_format not in BUILTIN_FORMATS:
        return Refused(
            found=str(value),
            message=f"in format {number_format}, which is a date in some languages of Excel and a number in others",
            remedy=f"{_TYPE_AGAIN}, or choose the format General.",
        )
    code = str(cell.number_format)
    how = difference(value, code)
    if how is None:
        return value
    return Refused(
        found=f"{value * 100:.12g}%" if "percentage" in how else str(value),
        message=f"the cell stores {value!r}, {how} (format {shortened(code, 40)})",
        remedy="Choose the format General and write the number as it is meant.",
    )


def _rich_text(runs: list[Any]) -> Entry:
    """Text of several fonts: raised or lowered letters and digits change its meaning, and so does a line through it."""
    for run in runs:
        font = getattr(run, "font", None)
        text = str(run)
        if font is None or not text.strip():
            continue
        if font.strike:
            return _struck(str(runs))
        if font.vertAlign in ("superscript", "subscript") and any(map(str.isalnum, text)):
            return Refused(
                found=str(runs),
                message=f'"{shortened(text)}" is raised or lowered, as in a power or a footnote; read plainly it would '
                "be part of the value",
                remedy="Write the cell in plain text, e.g. 10^9, and footnotes in note.",
            )
    return text_entry(_unescaped(str(runs)))


def _struck(found: str) -> Refused:
    return Refused(
        found=found,
        message="struck through, which does not take it back",
        remedy="Take the line out if the value holds; to take the row back, write yes in its column withdrawn "
        "and why in withdrawn_reason.",
    )


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
