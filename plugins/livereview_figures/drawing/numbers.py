"""The numbers of a pooled result as cells of the CSV beside a figure: one line for each thing drawn, full precision.

Effects and limits are on the display scale (ratios, proportions 0-1), ``effect`` and ``standard_error`` on the analysis
scale; an empty cell = no number. ``livereview.spreadsheet`` keeps spreadsheets from reading a text as a formula.
"""

from __future__ import annotations

from livereview import Pooled
from livereview.spreadsheet import Record

#: Columns of a pooled result behind k, estimate and limits.
POOLED = ("participants", "prediction_low", "prediction_high", "tau2", "q", "q_df", "q_p", "i2_percent",
           "statistic", "df", "p_value")  # fmt: skip


def pooled_record(row: str, pooled: Pooled) -> Record:
    """One line for a fit; ``row`` names what it is."""
    low, high = pooled.prediction_shown or (None, None)
    return {
        "row": row, "k": pooled.k, "participants": pooled.participants, "estimate": pooled.shown.estimate,
        "ci_low": pooled.shown.low, "ci_high": pooled.shown.high, "prediction_low": low, "prediction_high": high,
        "tau2": pooled.tau2, "q": pooled.q, "q_df": pooled.q_df, "q_p": pooled.q_p, "i2_percent": pooled.i2,
        "statistic": pooled.statistic, "df": pooled.df, "p_value": pooled.p_value,
    }  # fmt: skip
