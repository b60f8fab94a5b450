"""The numbers of a funnel plot as CSV: one line for each thing drawn, in full precision."""

from __future__ import annotations

import math

from livereview import OutcomeResult
from livereview.spreadsheet import Record, written
from livereview_figures.drawing.text import clean, study_label
from livereview_figures.funnel.frame import added_to, adjusted, points_of


def funnel_data(outcome: OutcomeResult) -> bytes:
    """A line for each point, one for the pooled estimate, one for each test of small-study effects (with the effect at
    a standard error of 0 and the slope, where it has a line), then what adjustments for missing studies add."""
    records: list[Record] = [
        {
            "row": "study", "study_id": study.study_id, "label": study_label(study), "effect": study.effect,
            "standard_error": math.sqrt(study.variance), "estimate": study.shown.estimate,
        }
        for study in points_of(outcome)
    ]  # fmt: skip
    pooled = outcome.pooled
    records.append({"row": "pooled", "effect": pooled.estimate, "standard_error": pooled.standard_error,
                    "estimate": pooled.shown.estimate})  # fmt: skip
    records += [
        {
            "row": "bias-test", "label": clean(test.name), "statistic": test.statistic, "df": test.df,
            "p_value": test.p_value, "refused": clean(test.refused),
            "line_at_zero": None if test.line is None else test.line[0],
            "line_slope": None if test.line is None else test.line[1],
        }
        for test in outcome.bias
    ]  # fmt: skip
    records += [
        {"row": "added", "label": clean(series.name), "effect": float(x), "standard_error": float(y)}
        for series in added_to(outcome)
        for x, y in zip(series.x, series.y, strict=True)
    ]
    records += [
        {
            "row": "adjusted", "label": clean(found.title), "effect": found.pooled.estimate,
            "standard_error": found.pooled.standard_error, "estimate": found.pooled.shown.estimate,
        }
        for found in adjusted(outcome)
    ]  # fmt: skip
    numbers = ("effect", "standard_error", "estimate", "statistic", "df", "p_value", "line_at_zero", "line_slope")
    return written(["row", "study_id", "label", *numbers, "refused"], records)
