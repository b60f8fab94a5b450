"""Ratios as reported, each with an interval, a standard error of its log, or an exact P: HR, RATIO."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Array, EffectMeasure, RowsNeeded, StudyEffects
from livereview_measures.findings import quiet
from livereview_measures.standard_errors import ALTMAN, PARMAR, TIERNEY, ReportedContrast, Scale, reading
from livereview_measures.transforms import exponential

LOG = Scale(name="log", to=np.log, slope=lambda x: 1 / np.abs(x), low=0.0, null=1.0)
NOTHING = "no interval, standard error or exact P"


class Ratio(ReportedContrast):
    """Options of RATIO."""

    of: Literal["HR", "OR", "RR", "IRR"] = Field(default="HR", description="Which reported ratio.")


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


def _rows(measure: str) -> RowsNeeded:
    return RowsNeeded(layout="contrast", measures=(measure,), columns=("estimate",))


MEASURES = (
    EffectMeasure(
        name="HR", title="Hazard ratio", summary="Log of a reported hazard ratio, with its interval, se or P.",
        options=ReportedContrast, references=(PARMAR, TIERNEY, ALTMAN), rows=lambda options: _rows("HR"),
        effects=log_ratio, back_transform=exponential, scale="log", display="ratio", null=0.0,
        aliases=("hazard-ratio",),
    ),
    EffectMeasure(
        name="RATIO", title="Ratio", summary="Log of any reported ratio, with its interval, se or P.",
        options=Ratio, references=(PARMAR, TIERNEY, ALTMAN), rows=lambda options: _rows(options.of),
        effects=log_ratio, back_transform=exponential, scale="log", display="ratio", null=0.0,
        aliases=("generic-ratio",),
    ),
)  # fmt: skip
