"""The analysis ``baujat``: which studies make the heterogeneity, and which of them move the result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview import Analysed, AnalysisRequest, Array, Column, FurtherAnalysis, Options, Plot, Series, Table
from livereview_estimation import Refits
from livereview_influence.influence import refits
from livereview_influence.naming import study_names


@dataclass(frozen=True, kw_only=True)
class Baujat:
    """The coordinates of each study, (..., K)."""

    heterogeneity: Array
    """(y - x b)² / (v + tau²): the study's part of Q about the model's own estimate."""
    influence: Array
    """(x b - x b₋ᵢ)² / Var(x b₋ᵢ)."""


def coordinates(fits: Refits) -> Baujat:
    """Part in the heterogeneity and influence on the estimate, by the formulas at the fields.

    NaN where a fit is missing or has no standard error. Source: Baujat et al. 2002, 10.1002/sim.1221.
    """
    effect = np.where(fits.present, fits.effect, np.nan)
    variance = np.where(fits.present, fits.variance, np.nan)
    fitted = np.einsum("...kp,...p->...k", fits.design, fits.coefficients)
    change = fitted - np.einsum("...kp,...kp->...k", fits.design, fits.without_coefficients)
    spread = np.einsum("...kp,...kpq,...kq->...k", fits.design, fits.without_covariance, fits.design)
    usable = (spread > 0) & fits.present
    return Baujat(
        heterogeneity=(effect - fitted) ** 2 / (variance + fits.tau2[..., None]),
        influence=np.where(usable, change**2 / np.where(usable, spread, 1.0), np.nan),
    )


def analysed(request: AnalysisRequest, options: Options) -> Analysed:
    """The coordinates as a table and a plot."""
    found = coordinates(refits(request)[0])
    names = study_names(request.studies)
    first = names[int(np.nanargmax(found.heterogeneity))]
    columns = (Column(name="Study", kind="text"), Column(name="Part in Q"), Column(name="Influence"))
    rows = tuple(
        (name, float(x), float(y)) for name, x, y in zip(names, found.heterogeneity, found.influence, strict=True)
    )
    lost = [name for name, y in zip(names, found.influence, strict=True) if np.isnan(y)]
    notes = (f"No influence: without {', '.join(lost)} the model has no result or no standard error.",) if lost else ()
    plot = Plot(
        name="baujat",
        title="Baujat plot",
        x_label="Part in the heterogeneity (squared Pearson residual)",
        y_label="Influence on the pooled effect",
        series=(Series(name="studies", x=found.heterogeneity, y=found.influence, labels=names),),
        alt=f"The largest part in the heterogeneity has {first}.",
    )
    return Analysed(
        tables=(Table(title="Heterogeneity and influence", columns=columns, rows=rows),), plots=(plot,), notes=notes
    )


BAUJAT = FurtherAnalysis(
    name="baujat",
    title="Sources of heterogeneity (Baujat plot)",
    summary="Each study's part in the heterogeneity against its influence on the pooled effect.",
    run=analysed,
    minimum_studies=2,
    references=(
        "Baujat B, Mahé C, Pignon J-P, Hill C. A graphical method for exploring heterogeneity in meta-analyses. "
        "Stat Med 2002;21:2641. doi:10.1002/sim.1221",
    ),
)
