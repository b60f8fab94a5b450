"""The radial plot of Galbraith: standardised effects against precision; the slope from the origin is the effect."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Analysed, AnalysisRequest, Array, Column, FurtherAnalysis, Options, Plot, Series, Table
from livereview_study_plots.pool import Pool, pool_of, study_names, told


class RadialOptions(Options):
    """By which variance effects are standardised."""

    variance: Literal["model", "sampling"] = Field(
        default="model",
        description="model: v + tau², as the outcome's model weights the studies; sampling: v, as Galbraith has it.",
    )


def coordinates(effect: Array, variance: Array, tau2: float) -> tuple[Array, Array]:
    """Precision ``x = 1 / s`` and standardised effect ``z = y / s`` with ``s² = v + tau²``.

    A study of effect y lies on the line of slope y through the origin; z has a standard deviation of 1 about the line
    of the true effect. Galbraith 1988, doi:10.1002/sim.4780070807.
    """
    error = np.sqrt(variance + tau2)
    return 1 / error, effect / error


def analysed(request: AnalysisRequest, options: RadialOptions) -> Analysed:
    """Coordinates and distance from the line as a table, and the plot."""
    pool = pool_of(request)
    studies = request.studies
    tau2 = pool.tau2 if options.variance == "model" else 0.0
    x, z = coordinates(studies.effect, studies.variance, tau2)
    distance = z - pool.estimate * x
    names = study_names(studies)
    columns = (
        Column(name="Study", kind="text"),
        Column(name="Precision"),
        Column(name="Standardised effect"),
        Column(name="Distance from the line"),
    )
    rows = tuple((name, float(a), float(b), float(c)) for name, a, b, c in zip(names, x, z, distance, strict=True))
    table = Table(title="Precision and standardised effect", columns=columns, rows=rows)
    return Analysed(tables=(table,), plots=(_plot(request, pool, (x, z, distance), tau2),))


def _plot(request: AnalysisRequest, pool: Pool, points: tuple[Array, Array, Array], tau2: float) -> Plot:
    from scipy.special import ndtri

    x, z, distance = points
    names, band = study_names(request.studies), float(ndtri((1 + request.level) / 2))
    ends = np.array([0.0, 1.08 * float(x.max())])
    line = pool.estimate * ends
    outside = [name for name, far in zip(names, distance, strict=True) if abs(far) > band]
    (estimate,) = told(request, pool.estimate)
    reach = [*z.tolist(), *(line + band).tolist(), *(line - band).tolist(), 0.0]
    pad = 0.04 * (max(reach) - min(reach))
    return Plot(
        name="radial",
        title="Precision and standardised effect",
        x_label="Precision (1 / standard error" + (" with tau²)" if tau2 > 0 else ")"),
        y_label="Effect / standard error",
        x_range=(0.0, float(ends[1])),
        y_range=(min(reach) - pad, max(reach) + pad),
        series=(
            Series(name=f"±{band:.2f} about the pooled effect", x=ends, y=line, style="band", low=line - band,
                   high=line + band),
            Series(name="slope 0", x=ends, y=np.zeros(2), style="line", quiet=True, inline="slope 0"),
            Series(name="slope: pooled effect", x=ends, y=line, style="line"),
            Series(name="studies", x=x, y=z, labels=names),
        ),
        alt=f"Standardised effects of {len(names)} studies; the line from the origin is the pooled effect {estimate}. "
        + (f"Beyond ±{band:.2f} of it: {', '.join(outside)}." if outside else f"None lies beyond ±{band:.2f} of it."),
    )  # fmt: skip


RADIAL = FurtherAnalysis(
    name="radial",
    title="Radial plot (Galbraith)",
    summary="Galbraith's radial plot: standardised effects against precision, with the pooled effect as slope.",
    options=RadialOptions,
    run=analysed,
    minimum_studies=1,
    references=(
        "Galbraith RF. A note on graphical presentation of estimated odds ratios from several clinical trials. "
        "Stat Med 1988;7:889. doi:10.1002/sim.4780070807",
    ),
)
