"""The analysis ``anytime-valid``: e-values multiplied over studies, and a confidence sequence, safe at every look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from livereview import (
    Analysed,
    AnalysisRequest,
    Column,
    FurtherAnalysis,
    Options,
    PluginError,
    Table,
)
from livereview_sequential.anytime_valid_plots import e_plot, sequence_plot
from livereview_sequential.e_process import Alternative, EProcess, Monitoring, monitoring
from livereview_sequential.effects import on_analysis_scale
from livereview_sequential.statements import NO_NULL, SENSITIVITY, listed, side_of_null, undated

SAFE = (
    "Safe at every look: if there is no effect, e ever reaches 1/alpha with probability at most alpha, however often"
    " and for whatever reason one looks, and whether or not further trials are done (Ville's inequality)."
)
#: From so many events on, and people without one, an arm is taken as nearly normal.
FEW = 5
COMMON = (
    "The null is that every study's true effect is no effect. Effects enter by their normal approximation, variances as"
    " known. The confidence sequence is of one effect common to all studies."
)


class AnytimeValidOptions(Options):
    """What the alternative expects, and the error."""

    effect: float = Field(
        description="The smallest effect worth finding, as the measure shows it (HR 0.75, MD 5), stated before the data"
        " were seen. Any value is safe; one near the truth finds an effect soonest.",
        examples=[0.75],
    )
    alpha: Annotated[float, Field(gt=0, lt=1)] = Field(
        default=0.05, description="Error at all looks together; 1/alpha is the threshold of e."
    )
    alternative: Alternative = Field(
        default="mixture",
        description="mixture: effects normally distributed about no effect, `effect` their standard deviation; point:"
        " exactly `effect` (two-sided: as much either way).",
    )
    sided: Literal[1, 2] = Field(default=2, description="1: only effects on the side of `effect` count.")
    tau2: float = Field(
        default=0.0,
        ge=0,
        description="Between-study variance that the null allows, on the analysis scale; stated beforehand, never"
        " estimated from these studies.",
    )


def analysed(request: AnalysisRequest, options: AnytimeValidOptions) -> Analysed:
    """e by look, its threshold, the anytime-valid P and the confidence sequence beside the usual interval."""
    if request.null is None:
        raise PluginError(NO_NULL)
    process = EProcess(
        effect=on_analysis_scale(request, options.effect, "effect"),
        alternative=options.alternative,
        sided=options.sided,
    )
    studies = request.studies
    found = monitoring(studies.effect, studies.variance + options.tau2, request.null, process, options.alpha)
    told = conclusion(request, found, options.alpha)
    return Analysed(
        tables=(_table(request, found, options),),
        plots=(e_plot(found, options.alpha, studies.labels, told), sequence_plot(found, options.alpha, told)),
        notes=(told, SENSITIVITY, SAFE, COMMON, *_notes(request, options)),
    )


def conclusion(request: AnalysisRequest, found: Monitoring, alpha: float) -> str:
    """What e says, in a sentence."""
    names, threshold = request.studies.labels, 1 / alpha
    reached = np.flatnonzero(found.log_e >= np.log(threshold))
    last = f"The e-value is {number(found.log_e[-1])} after {names[-1]}"
    if not reached.size:
        return f"{last}; {threshold:g}, which would speak against no effect, has not been reached at any look."
    first = int(reached[0])
    side = side_of_null(request, float(found.estimate[first]))
    if first == len(names) - 1:
        return f"{last}, beyond {threshold:g}: evidence of an effect ({side}), reached at this look."
    return f"The e-value reached {threshold:g} with {names[first]}: evidence of an effect ({side}). {last}."


def number(log_e: float) -> str:
    """An e-value with three digits, also where it is beyond what a float holds."""
    tens = log_e / np.log(10)
    if -4 < tens < 3:
        return f"{np.exp(log_e):.3g}"
    if 3 <= tens < 7:
        return f"{float(f'{np.exp(log_e):.3g}'):,.0f}"
    power = int(np.floor(tens))
    return f"{10 ** (tens - power):.2g} × 10^{power}"


def _table(request: AnalysisRequest, found: Monitoring, options: AnytimeValidOptions) -> Table:
    from scipy.special import ndtr, ndtri

    open_end = options.sided == 1
    reach = float(ndtri(1 - options.alpha / 2)) * found.standard_error
    bound = np.where(np.isfinite(found.low), found.low, found.high)
    naive = 2 * ndtr(-np.abs(found.estimate - (request.null or 0.0)) / found.standard_error)
    rows = tuple(
        (
            name,
            request.published[i] if request.published else "",
            number(found.log_factor[i]),
            number(found.log_e[i]),
            float(found.p_value[i]),
            float(naive[i]),
            float(bound[i]) if open_end else (float(found.estimate[i]), float(found.low[i]), float(found.high[i])),
            (float(found.estimate[i]), float(found.estimate[i] - reach[i]), float(found.estimate[i] + reach[i])),
        )
        for i, name in enumerate(request.studies.labels)
    )
    percent = f"{100 * (1 - options.alpha):g}%"
    side = "upper" if open_end and np.isfinite(found.high[0]) else "lower"
    return Table(
        title=f"Evidence against no effect by look; threshold {1 / options.alpha:g}",
        columns=(
            Column(name="Study added", kind="text"),
            Column(name="Published", kind="text"),
            Column(name="e of the study", kind="text"),
            Column(name="e so far", kind="text"),
            Column(name="P, safe at every look", kind="p-value"),
            Column(name="P, one look only", kind="p-value"),
            Column(name=f"{percent} confidence sequence" + (f", {side} limit" if open_end else ""), kind="effect"),
            Column(name=f"{percent} interval, one look only", kind="effect"),
        ),
        rows=rows,
        notes=(
            "e of the study: what it multiplies e with, given the studies before it. P: 1 / the largest e so far. One"
            " look only: two-sided, common effect, normal.",
        ),
    )


def _notes(request: AnalysisRequest, options: AnytimeValidOptions) -> Iterator[str]:
    if options.tau2:
        yield (
            f"A between-study variance of up to τ² = {options.tau2:g}, stated beforehand, is allowed for: the null is"
            " then a mean effect of no effect, and the sequence one of the mean."
        )
    else:
        yield (
            "With heterogeneity e still speaks against no effect in all studies, but a mean of no effect, with effects"
            " on both sides of it, would be taken for an effect too often; state tau2 to allow for it."
        )
    few = _few_events(request)
    if few:
        yield (
            f"Fewer than {FEW} events in an arm of {listed(few)}, or people without one: there the normal approximation"
            " is rough, and e with it."
        )
    if options.alternative == "point":
        yield "With an alternative of one point the sequence does not shrink to a point: choose mixture to estimate."
    yield from undated(request)


def _few_events(request: AnalysisRequest) -> list[str]:
    """Studies with few events, or few people without one, in an arm."""
    data, labels = request.studies.data, request.studies.labels
    least = np.full(len(labels), np.inf)
    for arm in (1, 2):
        if f"events_{arm}" in data and f"n_{arm}" in data:
            events = data[f"events_{arm}"]
            least = np.fmin(least, np.fmin(events, data[f"n_{arm}"] - events))
    return [name for name, number in zip(labels, least, strict=True) if number < FEW]


ANYTIME_VALID = FurtherAnalysis(
    name="anytime-valid",
    title="Anytime-valid monitoring (sensitivity analysis)",
    summary="e-values multiplied over studies and a confidence sequence, which hold at every look.",
    options=AnytimeValidOptions,
    run=analysed,
    minimum_studies=1,
    references=(
        "ter Schure and Grünwald 2022, F1000Research 11:549, doi:10.12688/f1000research.74223.1",
        "Grünwald, de Heide and Koolen 2024, J R Stat Soc B 86:1091, doi:10.1093/jrsssb/qkae011",
        "Howard, Ramdas, McAuliffe and Sekhon 2021, Ann Stat 49:1055, doi:10.1214/20-AOS1991",
        "Thomas et al. Cochrane Handbook, chapter 22: prospective approaches to accumulating evidence",
    ),
)
