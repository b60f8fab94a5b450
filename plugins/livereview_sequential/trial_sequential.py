"""The analysis ``trial-sequential``: the cumulative Z of an outcome against boundaries for looking again and again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from livereview import Analysed, AnalysisRequest, Column, FurtherAnalysis, PluginError, Table, Value
from livereview_sequential.design import Design, TrialSequentialOptions, design_of
from livereview_sequential.looks import Looks, looks_of
from livereview_sequential.monitoring import Monitored, monitored
from livereview_sequential.statements import NO_NULL, SENSITIVITY, listed, same_day, side_of_null, undated
from livereview_sequential.trial_sequential_plot import plot_of

UNITS = {"statistical": "information (inverse variance)", "participants": "participants", "events": "events"}
REPEATED = (
    "Repeated confidence interval: the boundary at that look takes the place of 1.96 in the model's interval (Jennison"
    " and Turnbull 2000, chapter 9). It holds whatever was decided at the looks before."
)
CANONICAL = (
    "The boundaries take effects as normal and the information of each look as known. A model with a t distribution"
    " enters with the normal deviate of its P."
)


def analysed(request: AnalysisRequest, options: TrialSequentialOptions) -> Analysed:
    """Required information, boundaries at every look, the adjusted interval and the conclusion.

    ``PluginError`` for measures of one arm, models without a test, and where the design lacks a number.
    """
    if request.null is None:
        raise PluginError(NO_NULL)
    looks = looks_of(request, options.pooling)
    design = design_of(request, looks, options)
    bounds = monitored(looks, design, options)
    names, told = request.studies.labels, conclusion(request, looks, design, bounds)
    return Analysed(
        tables=(
            _design_table(request, design, options),
            _look_table(request, looks, design, bounds, names),
            _last_table(request, looks, bounds, options),
        ),
        plots=(plot_of(looks, design, bounds, options, names, told),),
        notes=(told, SENSITIVITY, *_notes(request, looks, design, bounds, options)),
    )


# --- tables ----------------------------------------------------------------------------------------------------


def _design_table(request: AnalysisRequest, design: Design, options: TrialSequentialOptions) -> Table:
    assert request.null is not None
    whole = options.information != "statistical"
    counts: Literal["count", "number"] = "count" if whole else "number"
    numbers = (design.unadjusted, design.required, float(design.so_far[-1]))
    row: tuple[Value, ...] = (
        request.null + design.effect,
        *(float(np.ceil(number)) if whole else number for number in numbers),
        100 * float(design.share[-1]),
        100 * design.d2,
    )
    return Table(
        title=f"Required {UNITS[options.information]}",
        columns=(
            Column(name="Effect sought", kind="effect"),
            Column(name="Required if effects were equal", kind=counts),
            Column(name="Required", kind=counts),
            Column(name="There so far", kind=counts),
            Column(name="Share", kind="percent"),
            Column(name="Diversity D²", kind="percent"),
        ),
        rows=(row,),
    )


def _look_table(
    request: AnalysisRequest, looks: Looks, design: Design, bounds: Monitored, names: tuple[str, ...]
) -> Table:
    crossed, futile = set(bounds.crossings(looks.z)), set(bounds.futile(looks.z))
    rows: list[tuple[Value, ...]] = []
    for i, name in enumerate(names):
        outer, inner = float(bounds.outer[i]), float(bounds.inner[i])
        rows.append((
            name,
            request.published[i] if request.published else "",
            100 * float(design.share[i]),
            (float(looks.estimate[i]), float(looks.low[i]), float(looks.high[i])),
            float(looks.z[i]),
            outer if np.isfinite(outer) else None,
            inner if inner > 0 else None,
            "effect" if i in crossed else "futility" if i in futile else "",
        ))  # fmt: skip
    return Table(
        title="Each look",
        columns=(
            Column(name="Study added", kind="text"),
            Column(name="Published", kind="text"),
            Column(name="Share of the required information", kind="percent"),
            Column(name="Estimate", kind="effect"),
            Column(name="Z"),
            Column(name="Boundary, ±"),
            Column(name="Futility within, ±"),
            Column(name="Crossed", kind="text"),
        ),
        rows=tuple(rows),
        notes=("The interval of the estimate is the usual one, not adjusted for looking again and again.",),
    )


def _last_table(request: AnalysisRequest, looks: Looks, bounds: Monitored, options: TrialSequentialOptions) -> Table:
    from scipy.special import ndtr

    last = bounds.last
    limit = float(bounds.outer[last])
    return Table(
        title=f"At the look after {request.studies.labels[last]}",
        columns=(
            Column(name=f"Usual {100 * request.level:g}% interval", kind="effect"),
            Column(name="Usual P", kind="p-value"),
            Column(name=f"Adjusted {100 * (1 - options.alpha):g}% interval", kind="effect"),
            Column(name="P that crosses the boundary", kind="p-value"),
        ),
        rows=(
            (
                (float(looks.estimate[last]), float(looks.low[last]), float(looks.high[last])),
                float(2 * ndtr(-abs(looks.z[last]))),
                looks.interval(last, limit) if np.isfinite(limit) else None,
                float(2 * ndtr(-limit)),
            ),
        ),
        notes=(REPEATED,),
    )


# --- in words --------------------------------------------------------------------------------------------------


def conclusion(request: AnalysisRequest, looks: Looks, design: Design, bounds: Monitored) -> str:
    """What the boundaries say, in a sentence or two."""
    names = request.studies.labels
    crossed, futile = bounds.crossings(looks.z), bounds.futile(looks.z)
    share = f"{100 * float(design.share[bounds.last]):.3g}% of the required information"
    if crossed.size:
        first = int(crossed[0])
        side = side_of_null(request, float(looks.estimate[first]))
        after = f"with {100 * float(design.share[first]):.3g}% of the required information"
        told = f"The boundary for an effect was crossed with {names[first]} ({side}), {after}"
        if bounds.last not in crossed:
            return f"{told}; it is no longer crossed after {names[bounds.last]}, and needs an explanation."
        return f"{told}, also when looking after every study is allowed for."
    if futile.size:
        first = int(futile[0])
        told = (
            f"The wedge of futility was entered with {names[first]}: an effect as large as the one sought is unlikely"
        )
        return f"{told}." if bounds.last in futile else f"{told}; with later studies Z left it again."
    if not bounds.ahead.share.size:
        return (
            f"The required information is there ({share}), and no boundary was crossed: the effect sought is not shown."
        )
    return (
        f"No boundary was crossed, with {share}: the evidence is not yet enough, neither for nor against the effect"
        " sought."
    )


def _notes(
    request: AnalysisRequest, looks: Looks, design: Design, bounds: Monitored, options: TrialSequentialOptions
) -> Iterator[str]:
    names = request.studies.labels
    yield CANONICAL
    if design.control_risk is not None:
        stated = "in all control arms together" if options.control_risk == "control-pooled" else "stated"
        yield f"Control risk: {100 * design.control_risk:.3g}% ({stated})."
    if options.information == "statistical" and request.studies.measure == "HR":
        events = [f"{4 * number:,.0f}" for number in (design.required, design.so_far[-1])]
        yield (
            f"With arms of equal size that is about {events[0]} events required, and {events[1]} so far (4 ×"
            " information)."
        )
    yield from _on_heterogeneity(looks, design, options)
    yield (
        f"With these looks{' and one more at the required information' if bounds.ahead.share.size else ''} the"
        f" probability of crossing the boundary with the effect sought is {100 * bounds.power:.3g}%: the required"
        " information is that of a single look."
    )
    after = [name for name, covered, bad in zip(names, bounds.covered, looks.unusable, strict=True)
             if not covered and not bad]  # fmt: skip
    if after:
        yield (
            f"The required information was reached with {names[bounds.last]}, and all of alpha is spent:"
            f" {listed(after)} came later and {'has' if len(after) == 1 else 'have'} no boundary."
        )
    if looks.unusable.any():
        lost = [name for name, bad in zip(names, looks.unusable, strict=True) if bad]
        yield f"The model has no result after {listed(lost)}: no look was taken there, and nothing spent."
    if bounds.ahead.share.size:
        yield "In the figure, boundaries beyond the last look are those that the next look would have there."
    if np.isinf(bounds.outer[bounds.covered]).any():
        yield "Where there is no boundary, so little of alpha may be spent that it lies beyond 10 standard errors."
    yield from undated(request)
    yield from same_day(request)


def _on_heterogeneity(looks: Looks, design: Design, options: TrialSequentialOptions) -> Iterator[str]:
    source = "" if looks.model_has_tau2 else " (DerSimonian-Laird, since the model has none)"
    if options.heterogeneity == "none":
        if design.d2 > 0:
            yield f"Heterogeneity is left out of the required information, although D² is {100 * design.d2:.3g}%."
        return
    yield f"τ² = {looks.tau2:.4g}{source}, from all studies, is taken as known at every look."
    if not looks.model_has_tau2:
        yield (
            "Z is that of a model without heterogeneity, the required information allows for it: choose a model that"
            " has a τ²."
        )
    if design.least_trials is not None:
        yield f"With this τ² at least {design.least_trials} trials are needed, however large they are."


TRIAL_SEQUENTIAL = FurtherAnalysis(
    name="trial-sequential",
    title="Trial sequential analysis (sensitivity analysis)",
    summary="Cumulative Z against spending boundaries, with the information required to find a stated effect.",
    options=TrialSequentialOptions,
    run=analysed,
    minimum_studies=2,
    references=(
        "Wetterslev et al. 2008, J Clin Epidemiol 61:64, doi:10.1016/j.jclinepi.2007.03.013",
        "Wetterslev et al. 2009, BMC Med Res Methodol 9:86, doi:10.1186/1471-2288-9-86",
        "Lan and DeMets 1983, Biometrika 70:659, doi:10.1093/biomet/70.3.659",
        "Jennison and Turnbull 2000, Group Sequential Methods with Applications to Clinical Trials, chapters 7, 9, 19",
        "Thomas et al. Cochrane Handbook, chapter 22: prospective approaches to accumulating evidence",
    ),
)
