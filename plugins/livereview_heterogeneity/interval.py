"""The further analysis ``heterogeneity-interval``: tau², tau, I² and H² of an outcome with an interval."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Analysed, AnalysisRequest, Column, FurtherAnalysis, Options, Plot, Table, Value
from livereview_estimation import IntervalMethod, pooled, tau_squared, tau_squared_interval, typical_variance
from livereview_heterogeneity.higgins_thompson import higgins_thompson
from livereview_heterogeneity.profile_plot import profile_plot

COLUMNS = (
    Column(name="Quantity", kind="text"),
    Column(name="Estimate"),
    Column(name="Lower limit"),
    Column(name="Upper limit"),
)
EMPTY = (
    "The effects lie closer together than sampling alone lets expect: no tau² fits the data at this level, and both "
    "limits are shown as 0."
)
OUTSIDE = "The model's tau² lies outside the limits, which are those of another method."
NO_TAU2 = "The model has no tau²; the estimate is REML's."
FROM_TAU2 = "I² and H² are those that tau² and its limits imply with the typical variance of the studies."
ABOUT_Q = "From Q alone; tau² has no part in it."
NO_LIMITS = "Two studies and Q of at most 2: the method has no limits."


class HeterogeneityIntervalOptions(Options):
    """Choices of the interval."""

    method: Literal[IntervalMethod, "test-based"] = Field(
        default="q-profile",
        description="q-profile; generalised-q-variance and generalised-q-standard-error: exact distribution of the "
        "generalised Q with weights 1 / v (Biggerstaff-Jackson) and 1 / sqrt(v) (Jackson); profile-likelihood "
        "(restricted) and profile-likelihood-ml; test-based: I² and H² alone, by Higgins and Thompson.",
    )
    level: float | None = Field(
        default=None, gt=0, lt=1, description="Level of the interval; the outcome's by default."
    )


def heterogeneity_interval(request: AnalysisRequest, options: HeterogeneityIntervalOptions) -> Analysed:
    """A table of tau², tau, I² and H² with limits, and the curve that the limits are read from.

    tau² is the outcome's model's; where that has none, REML's. With s² the typical variance, I² = tau² / (tau² + s²)
    and H² = 1 + tau² / s² (Higgins and Thompson 2002, 10.1002/sim.1186), for limits too.
    """
    level = options.level or request.level
    title = f"Heterogeneity with {100 * level:g}% limits"
    if options.method == "test-based":
        return _by_test(request, title, level)
    studies = request.studies
    y, v, present = studies.effect, studies.variance, studies.present
    limits = tau_squared_interval(y, v, present, options.method, level)
    own = request.fit(studies).tau2
    tau2 = float(tau_squared(y, v, present).value if own is None else own)
    low, high, typical = float(limits.low), float(limits.high), float(typical_variance(v, present))
    three = np.array([tau2, low, high])
    rows: tuple[tuple[Value, ...], ...] = (
        ("tau²", *three.tolist()),
        ("tau", *np.sqrt(three).tolist()),
        ("I² (%)", *(100 * three / (three + typical)).tolist()),
        ("H²", *(1 + three / typical).tolist()),
    )
    notes = [NO_TAU2] if own is None else []
    if limits.empty:
        notes.append(EMPTY)
    elif not low <= tau2 <= high:
        notes.append(OUTSIDE)
    plot: Plot = profile_plot(studies, options.method, level, limits, typical)
    return Analysed(
        tables=(Table(title=title, columns=COLUMNS, rows=rows, notes=(FROM_TAU2,)),), plots=(plot,), notes=tuple(notes)
    )


def _by_test(request: AnalysisRequest, title: str, level: float) -> Analysed:
    studies = request.studies
    q = pooled(studies.effect, studies.variance, studies.present).q
    found = higgins_thompson(q, studies.k, level)
    three = np.array([float(value) for value in found])
    rows: tuple[tuple[Value, ...], ...] = (
        ("I² (%)", *three.tolist()),
        ("H²", *(100 / (100 - three)).tolist()),
    )
    notes = (NO_LIMITS,) if np.isnan(found.low) else ()
    return Analysed(tables=(Table(title=title, columns=COLUMNS, rows=rows, notes=(ABOUT_Q,)),), notes=notes)


HETEROGENEITY_INTERVAL = FurtherAnalysis(
    name="heterogeneity-interval",
    title="Interval of heterogeneity",
    summary="tau², tau, I² and H² with limits: Q-profile, exact generalised Q, profile likelihood or test-based.",
    options=HeterogeneityIntervalOptions,
    run=heterogeneity_interval,
    minimum_studies=2,
    references=(
        "Viechtbauer W. Confidence intervals for the amount of heterogeneity in meta-analysis. Stat Med 2007;26:37. "
        "doi:10.1002/sim.2514",
        "Biggerstaff BJ, Jackson D. The exact distribution of Cochran's heterogeneity statistic in one-way random "
        "effects meta-analysis. Stat Med 2008;27:6093. doi:10.1002/sim.3428",
        "Jackson D. Confidence intervals for the between-study variance in random effects meta-analysis using "
        "generalised Cochran heterogeneity statistics. Res Synth Methods 2013;4:220. doi:10.1002/jrsm.1081",
        "Hardy RJ, Thompson SG. A likelihood approach to meta-analysis with random effects. Stat Med 1996;15:619. "
        "doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A",
        "Higgins JPT, Thompson SG. Quantifying heterogeneity in a meta-analysis. Stat Med 2002;21:1539. "
        "doi:10.1002/sim.1186",
    ),
)
