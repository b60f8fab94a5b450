"""Tables of results: their columns with types, scales and units, and the rows of a report.

A table says of every column what it holds; ``package`` prints that as a Table Schema, so that what is documented is
what is written. A cell is a text, a number, a truth value or None; None and NaN are empty cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from livereview import Pooled, Report
from livereview.spreadsheet import Record

Kind = Literal["string", "integer", "number", "boolean"]


@dataclass(frozen=True)
class Column:
    """One column: its name, what it holds, of which type."""

    name: str
    about: str
    kind: Kind = "string"


@dataclass(frozen=True, kw_only=True)
class Table:
    """One file of the folder ``results``."""

    name: str
    about: str
    columns: tuple[Column, ...]
    rows: Callable[[Report], Iterable[Record]]
    key: tuple[str, ...] = ()
    """Columns that name a row; empty = a row has no name."""
    refers: tuple[tuple[str, str], ...] = ()
    """Columns that hold the key of another table, with its name."""


def text(name: str, about: str) -> Column:
    """A column of texts."""
    return Column(name, about)


def number(name: str, about: str) -> Column:
    """A column of numbers."""
    return Column(name, about, "number")


def count(name: str, about: str) -> Column:
    """A column of whole numbers."""
    return Column(name, about, "integer")


def truth(name: str, about: str) -> Column:
    """A column of true and false."""
    return Column(name, about, "boolean")


OUTCOME = text("outcome", "id of the outcome, as the manifest has it")
STUDY = text("study_id", "id of the study")
LABEL = text("label", "name of the study as printed")

#: Columns of a pooled result.
POOLED = (
    count("k", "studies in the fit"),
    count("participants", "people in these studies, where known"),
    number("estimate", "pooled estimate on the display scale (ratio, proportion 0-1, ...)"),
    number("ci_low", "lower limit of its confidence interval, display scale"),
    number("ci_high", "upper limit, display scale"),
    number("prediction_low", "lower limit of the prediction interval, display scale"),
    number("prediction_high", "upper limit of the prediction interval, display scale"),
    number("effect", "pooled estimate on the analysis scale (log of a ratio, logit, ...)"),
    number("standard_error", "standard error on the analysis scale"),
    number("df", "degrees of freedom of the estimate's t distribution; empty = normal"),
    number("statistic", "z or t of no effect"),
    number("p_value", "P of no effect; empty where the measure has no null"),
    number("tau2", "between-study variance on the analysis scale"),
    number("q", "Cochran's Q"),
    count("q_df", "its degrees of freedom"),
    number("q_p", "its P"),
    number("i2_percent", "I², percent"),
    number("h2", "H²"),
    truth("converged", "whether the model converged"),
    text("notes", "notes on the fit, separated by semicolons"),
)


def pooled_cells(pooled: Pooled) -> Record:
    """The cells of a pooled result; a fit of no study has its number of studies alone."""
    low, high = pooled.prediction_shown or (None, None)
    return {
        "k": pooled.k,
        "participants": pooled.participants,
        "estimate": pooled.shown.estimate,
        "ci_low": pooled.shown.low,
        "ci_high": pooled.shown.high,
        "prediction_low": low,
        "prediction_high": high,
        "effect": pooled.estimate,
        "standard_error": pooled.standard_error,
        "df": pooled.df,
        "statistic": pooled.statistic,
        "p_value": pooled.p_value,
        "tau2": pooled.tau2,
        "q": pooled.q,
        "q_df": pooled.q_df,
        "q_p": pooled.q_p,
        "i2_percent": pooled.i2,
        "h2": pooled.h2,
        "converged": said(pooled.converged),
        "notes": listed(pooled.notes),
    }


def said(value: bool) -> str:
    """A truth value as the files have it."""
    return "true" if value else "false"


def listed(values: Iterable[str]) -> str:
    """Texts in one cell."""
    return "; ".join(values)
