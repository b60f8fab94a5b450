"""The numbers of a funnel plot as CSV: one line for each thing drawn, in full precision."""

from __future__ import annotations

import math

from livereview import OutcomeResult
from livereview.spreadsheet import Record, written
from livereview_figures.drawing.text import clean, study_label
from livereview_figures.funnel.funnel import points_of


def funnel_data(outcome: OutcomeResult) -> bytes:
    """A line for each point, one for the pooled estimate, one for each test of small-study effects."""
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
        }
        for test in outcome.bias
    ]  # fmt: skip
    numbers = ("effect", "standard_error", "estimate", "statistic", "df", "p_value")
    return written(["row", "study_id", "label", *numbers, "refused"], records)
