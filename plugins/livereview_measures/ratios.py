"""Ratios as reported, each with an interval, a standard error of its log, or an exact P: RATIO, and HR.

A hazard ratio may also come from log-rank numbers (``log_rank``); which of them was used is said at the study.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Array, EffectMeasure, RowsNeeded, StudyEffects
from livereview_measures.findings import Findings, columns, quiet
from livereview_measures.log_rank import compare, log_rank
from livereview_measures.standard_errors import ALTMAN, PARMAR, TIERNEY, ReportedContrast, Scale, reading
from livereview_measures.transforms import exponential

LOG = Scale(name="log", to=np.log, slope=lambda x: 1 / np.abs(x), low=0.0, null=1.0)
NOTHING = "no interval, standard error or exact P"
NO_HAZARD = "no interval, standard error, V, exact P or number of events"
NO_ESTIMATE = "no hazard ratio: neither printed, nor O-E with V, nor an exact P with events and direction"


class Ratio(ReportedContrast):
    """Options of RATIO."""

    of: Literal["HR", "OR", "RR", "IRR", "ROM"] = Field(default="HR", description="Which reported ratio.")


@quiet
def log_ratio(data: Mapping[str, Array], options: ReportedContrast) -> StudyEffects:
    """ln(estimate); the variance is the square of the reported se of the log, else of the se from the interval or P.

    From an interval: (ln upper - ln lower) / (2 z of its level); from P: |ln estimate| / z(P). NaN, with a note,
    without any of them, and for what cannot be: a ratio that is not positive, or one outside its own interval. Parmar,
    Torri and Stewart 1998; Tierney et al. 2007, doi:10.1186/1745-6215-8-16; Altman and Bland 2011,
    doi:10.1136/bmj.d2090.
    """
    read = reading(data, LOG, options)
    read.found.refuse(read.bare, NOTHING)
    return read.found.result(read.effect, read.standard_error**2)


@quiet
def log_hazard_ratio(data: Mapping[str, Array], options: ReportedContrast) -> StudyEffects:
    """ln HR: the printed one, else (O - E) / V, else ± z(P) / sqrt V with V from the events and the direction given.

    Its standard error: as printed, else from the interval, else 1 / sqrt V, else |ln HR| / z(P), else 1 / sqrt V with V
    from the events. All but the interval is noted, and so are numbers that disagree. NaN, with a note, without any.
    Parmar, Torri and Stewart 1998; Tierney et al. 2007, doi:10.1186/1745-6215-8-16.
    """
    (printed,) = columns(data, "estimate")
    found = Findings(printed.shape)
    given = log_rank(data, found, options.p_value_sided)
    found.refuse(np.isnan(given.estimate), NO_ESTIMATE)
    read = reading(
        {**data, "estimate": given.estimate}, LOG, options, found=found,
        before_p=(given.from_variance, given.from_events_with_p), after_p=(given.from_events,),
    )  # fmt: skip
    compare(data, read)
    found.refuse(read.bare, NO_HAZARD)
    return found.result(read.effect, read.standard_error**2)


def _rows(measure: str) -> RowsNeeded:
    return RowsNeeded(layout="contrast", measures=(measure,), columns=("estimate",))


HAZARD_ROWS = RowsNeeded(
    layout="contrast", measures=("HR",), columns=(),
    any_of=(("estimate",), ("o_minus_e", "o_minus_e_variance"), ("p_value", "events", "direction")),
)  # fmt: skip

MEASURES = (
    EffectMeasure(
        name="HR", title="Hazard ratio", summary="Log of a reported hazard ratio, or of one from log-rank numbers.",
        options=ReportedContrast, references=(PARMAR, TIERNEY, ALTMAN), rows=lambda options: HAZARD_ROWS,
        effects=log_hazard_ratio, back_transform=exponential, scale="log", display="ratio", null=0.0,
        aliases=("hazard-ratio",),
    ),
    EffectMeasure(
        name="RATIO", title="Ratio", summary="Log of any reported ratio, with its interval, se or P.",
        options=Ratio, references=(PARMAR, TIERNEY, ALTMAN), rows=lambda options: _rows(options.of),
        effects=log_ratio, back_transform=exponential, scale="log", display="ratio", null=0.0,
        aliases=("generic-ratio",),
    ),
)  # fmt: skip
