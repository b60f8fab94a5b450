"""The numbers of a timeline as CSV: one line for each step, in full precision."""

from __future__ import annotations

from livereview import Timeline
from livereview.spreadsheet import written
from livereview_figures.drawing.numbers import POOLED, pooled_record
from livereview_figures.drawing.text import clean


def timeline_data(timeline: Timeline) -> bytes:
    """A line for each step, numbered as in the figure."""
    records = [
        pooled_record("step", step.pooled)
        | {
            "step": number,
            "published_by": step.published_by,
            "added": clean("; ".join(step.added)),
            "removed": clean("; ".join(label for label, _ in step.removed)),
            "changed": clean("; ".join(label for label, _ in step.changed)),
        }
        for number, step in enumerate(timeline.steps, start=1)
    ]
    numbers = ["k", "estimate", "ci_low", "ci_high", *POOLED]
    return written(["row", "step", "published_by", *numbers, "added", "removed", "changed"], records)
