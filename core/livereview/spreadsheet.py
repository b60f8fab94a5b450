"""Numbers as CSV, in full precision and safe to open in a spreadsheet.

A text that a spreadsheet would read as a formula (it starts with = + - @ or a tab) gets an apostrophe in front; numbers
are never changed. An empty cell = no number.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence

Value = str | int | float | None
Record = dict[str, Value]


def written(fields: Sequence[str], records: Iterable[Mapping[str, Value]], line_end: str = "\n") -> bytes:
    """The records as CSV in UTF-8 with a header line; ``line_end`` is what other programs may expect."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=line_end)
    writer.writerow([_cell(field) for field in fields])
    writer.writerows([_cell(record.get(field)) for field in fields] for record in records)
    return out.getvalue().encode()


def _cell(value: Value) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
    return repr(float(value)) if isinstance(value, float) else str(value)
