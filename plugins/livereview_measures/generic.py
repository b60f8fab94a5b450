"""Estimates as reported, pooled on their own scale: GEN compares two arms, GEN1 describes one.

Ratios do not belong here, since their standard errors are those of the log: see RATIO.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Array, EffectMeasure, RowsNeeded, StudyEffects
from livereview_measures.findings import quiet
from livereview_measures.ratios import NOTHING
from livereview_measures.standard_errors import ALTMAN, Reported, ReportedContrast, Scale, reading

HANDBOOK = "Higgins, Li and Deeks, Cochrane Handbook, chapter 6"
#: What an estimate of each kind can be; a percentage entered for a probability is refused, not pooled.
RANGES = {
    "RD": (-1.0, 1.0), "RMST": (-np.inf, np.inf), "MD": (-np.inf, np.inf), "SMD": (-np.inf, np.inf),
    "mean": (-np.inf, np.inf), "rate": (0.0, np.inf), "median-months": (0.0, np.inf), "survival": (0.0, 1.0),
    "proportion": (0.0, 1.0), "cumulative-incidence": (0.0, 1.0),
}  # fmt: skip


class GenericContrast(ReportedContrast):
    """Options of GEN."""

    of: Literal["MD", "SMD", "RD", "RMST"] = Field(
        default="MD", description="Which reported difference; a ratio is pooled on its log, by the measure RATIO."
    )


class GenericArm(Reported):
    """Options of GEN1."""

    of: Literal["mean", "survival", "proportion", "rate", "median-months", "cumulative-incidence"] = Field(
        default="mean", description="Which reported number of an arm."
    )


def natural(of: str, null: float | None = None) -> Scale:
    """The scale on which a number of that kind is reported."""
    low, high = RANGES[of]
    return Scale(name="natural", to=lambda x: x, slope=np.ones_like, low=low, high=high, null=null)


@quiet
def difference(data: Mapping[str, Array], options: GenericContrast) -> StudyEffects:
    """The estimate itself; variance from its se, else from (upper - lower) / (2 z), else from |estimate| / z(P)."""
    read = reading(data, natural(options.of, null=0.0), options)
    read.found.refuse(read.bare, NOTHING)
    return read.found.result(read.effect, read.standard_error**2)


@quiet
def arm_estimate(data: Mapping[str, Array], options: GenericArm) -> StudyEffects:
    """The estimate itself; variance from its se, else from (upper - lower) / (2 z)."""
    read = reading(data, natural(options.of), options)
    read.found.refuse(read.bare, "no interval or standard error")
    return read.found.result(read.effect, read.standard_error**2)


MEASURES = (
    EffectMeasure(
        name="GEN", title="Difference", summary="A reported difference with its se, interval or P.",
        options=GenericContrast, references=(HANDBOOK, ALTMAN), effects=difference, null=0.0,
        rows=lambda options: RowsNeeded(layout="contrast", measures=(options.of,), columns=("estimate",)),
        aliases=("generic",),
    ),
    EffectMeasure(
        name="GEN1", title="Estimate", summary="A reported number of one arm with its se or interval.",
        options=GenericArm, references=(HANDBOOK,), effects=arm_estimate, display="mean",
        rows=lambda options: RowsNeeded(layout="one-arm", measures=(options.of,), columns=("estimate",)),
        aliases=("generic-one-arm",),
    ),
)  # fmt: skip
