"""The funnel with its filled studies, and the pooled effect with and without them, as a further analysis.

The rule: the plot has precision (1 / standard error) upwards, so that large studies stand at the top as in any funnel.
"""

from __future__ import annotations

import numpy as np

from livereview import Analysed, AnalysisRequest, Array, Column, Fit, FurtherAnalysis, Plot, PluginError, Series, Table
from livereview_bias_adjustment.trim_and_fill import (
    FILLED,
    FILLED_SE,
    TRIM_AND_FILL,
    Filled,
    TrimAndFillOptions,
    filled,
    trim_and_fill,
)

CAUTION = (
    "Filled studies are mirror images of others and no evidence. Asymmetry has other causes than missing studies, and "
    "with heterogeneity trim and fill fills in too many or too few (Peters 2007, doi:10.1002/sim.2889): a sensitivity "
    "analysis, not a correction."
)


def funnel(request: AnalysisRequest, options: TrimAndFillOptions) -> Analysed:
    """The outcome's own result, that of trim and fill, the filled studies, and the funnel of both.

    ``PluginError`` where the number of missing studies cannot be estimated.
    """
    studies = request.studies
    adjusted = trim_and_fill(studies, options)
    if not np.isfinite(adjusted.estimate):
        raise PluginError(
            f"Trim and fill by {options.estimator} did not settle for these studies, or has no value. Choose another "
            'estimator ("L0", "R0", "Q0") or side.'
        )
    added = filled(studies.effect[None], studies.variance[None], studies.present[None], options)
    own = request.fit(studies)
    k, more = studies.effect.size, int(adjusted.parameters[FILLED])
    results = Table(
        title="With and without filled studies",
        columns=(
            Column(name="", kind="text"),
            Column(name="studies", kind="count"),
            Column(name="effect", kind="effect"),
        ),
        rows=(
            ("observed studies, the outcome's model", k, _interval(own, request.level)),
            (
                f"with {more} filled studies (tau² {options.tau2}, {options.interval})",
                k + more,
                _interval(adjusted, request.level),
            ),
        ),
        notes=(f"Standard error of the number of missing studies: {float(adjusted.parameters[FILLED_SE]):.2g}.",),
    )
    notes = (CAUTION, *(note for note, where in adjusted.notes.items() if np.any(where)))
    return Analysed(
        tables=(results, *_images(added, studies.labels)),
        plots=(_plot(added, k, float(own.estimate), float(adjusted.estimate)),),
        notes=notes,
        funnel=_in_funnel(added, studies.labels, float(adjusted.estimate)),
    )


def _in_funnel(added: Filled, labels: tuple[str, ...], adjusted: float) -> tuple[Series, ...]:
    """What is drawn in the outcome's own funnel: the filled studies and the estimate with them; nothing without any."""
    k = added.effect.shape[-1] // 2
    at = np.flatnonzero(added.present[0, k:])
    if not at.size:
        return ()
    error = np.sqrt(added.variance[0])
    mirrored = tuple(f"mirror image of {labels[i]}" if i < len(labels) else "" for i in at)
    ends = np.array([0.0, float(error.max())])
    return (
        Series(name="filled in (trim and fill)", x=added.effect[0, k:][at], y=error[at], style="hollow",
               labels=mirrored),
        Series(name="estimate with filled studies", x=np.full(2, adjusted), y=ends, style="dashed"),
    )  # fmt: skip


def _interval(fit: Fit, level: float) -> tuple[float, float, float]:
    """Estimate and limits: the model's own, else by t or normal quantiles."""
    from scipy.special import ndtri, stdtrit

    estimate, tail = float(fit.estimate), (1 + level) / 2
    if fit.ci_low is not None and fit.ci_high is not None:
        return estimate, float(fit.ci_low), float(fit.ci_high)
    df = np.inf if fit.df is None else float(fit.df)
    margin = float(ndtri(tail) if np.isinf(df) else stdtrit(df, tail)) * float(fit.standard_error)
    return estimate, estimate - margin, estimate + margin


def _images(added: Filled, labels: tuple[str, ...]) -> tuple[Table, ...]:
    """The filled studies; no table where there are none."""
    k = added.effect.shape[-1] // 2
    at = np.flatnonzero(added.present[0, k:])
    if not at.size:
        return ()
    rows = tuple(
        (
            labels[i] if i < len(labels) else f"study {i + 1}",
            float(added.effect[0, k + i]),
            float(added.variance[0, i]) ** 0.5,
        )
        for i in at
    )
    columns = (
        Column(name="mirror image of", kind="text"),
        Column(name="effect", kind="effect"),
        Column(name="standard error"),
    )
    return (Table(title="Filled studies", columns=columns, rows=rows),)


def _plot(added: Filled, k: int, own: float, adjusted: float) -> Plot:
    precision: Array = 1 / np.sqrt(added.variance[0])
    images = added.present[0, k:]
    ends = np.array([0.0, float(precision.max())])

    def line(name: str, at: float) -> Series:
        return Series(name=name, x=np.full(2, at), y=ends, style="line")

    series = [Series(name="studies", x=added.effect[0, :k], y=precision[:k])]
    if images.any():
        series.append(Series(name="filled", x=added.effect[0, k:][images], y=precision[k:][images], style="hollow"))
    series.append(line("pooled", own))
    if images.any():
        series.append(line("pooled with filled studies", adjusted))
    side = "right" if added.right[0] else "left"
    filled_in = f"{int(images.sum())} filled in on the {side}" if images.any() else "none filled in"
    estimates = f"Pooled {own:.3g}" + (f", with them {adjusted:.3g}" if images.any() else "")
    return Plot(
        name="trim-and-fill",
        title="Funnel with filled studies",
        x_label="Effect",
        y_label="Precision (1 / standard error)",
        x_kind="effect",
        series=tuple(series),
        alt=f"Funnel of {k} studies, {filled_in}. {estimates} on the scale of the analysis.",
    )


TRIM_AND_FILL_FUNNEL = FurtherAnalysis(
    name="trim-and-fill-funnel",
    title="Trim and fill",
    summary="The funnel with the studies that trim and fill adds, and the result with and without them.",
    run=funnel,
    options=TrimAndFillOptions,
    minimum_studies=3,
    references=TRIM_AND_FILL.references,
)
