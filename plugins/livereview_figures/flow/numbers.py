"""The numbers of the flow diagram as CSV: one line for each box, or part of one, in every version."""

from __future__ import annotations

from livereview import Flow
from livereview.spreadsheet import written
from livereview_figures.drawing.text import clean


def flow_data(flow: Flow) -> bytes:
    """Every box and part, also those that the diagram has no room for; an empty cell = that version has no such box."""
    box = ""
    records = []
    for row in flow.rows:
        box = box if row.part else row.name
        records.append(
            {"column": row.column, "box": box, "part": clean(row.name) if row.part else "", "first": row.base,
             "previous": row.previous, "this": row.this, "added": row.added, "removed": row.removed}
        )  # fmt: skip
    return written(["column", "box", "part", "first", "previous", "this", "added", "removed"], records)
