"""The L'Abbé plot: the risk with the experimental against that with the control treatment, study by study."""

from __future__ import annotations

import math

import numpy as np

from livereview import (
    Analysed,
    AnalysisRequest,
    Array,
    Column,
    FurtherAnalysis,
    Options,
    Plot,
    PluginError,
    Series,
    Table,
)
from livereview_study_plots.pool import Pool, area, pool_of, study_names, told

#: Points of a curve.
POINTS = 201
COUNTS = ("events_1", "n_1", "events_2", "n_2")


def experimental_risk(control: Array, effect: float, measure: str) -> Array:
    """The risk that an effect makes of a control risk, both 0-1; NaN where it would be no risk.

    RR: ``p1 = p2 exp(effect)``; OR and PETO: ``p1 / (1 - p1) = exp(effect) p2 / (1 - p2)``; RD: ``p1 = p2 + effect``;
    AS: ``asin sqrt p1 = asin sqrt p2 + effect``.
    """
    control = np.asarray(control, dtype=np.float64)
    if measure == "RR":
        found = control * np.exp(effect)
    elif measure in ("OR", "PETO"):
        found = control * np.exp(effect) / (1 - control + control * np.exp(effect))
    elif measure == "RD":
        found = control + effect
    else:
        angle = np.arcsin(np.sqrt(control)) + effect
        found = np.where((angle >= 0) & (angle <= np.pi / 2), np.sin(angle) ** 2, np.nan)
    return np.where((found >= 0) & (found <= 1), found, np.nan)


def analysed(request: AnalysisRequest, options: Options) -> Analysed:
    """Risks of both arms as a table and a plot; ``PluginError`` where a study does not state its counts."""
    data = [np.asarray(request.studies.data[name], dtype=np.float64) for name in COUNTS]
    names = study_names(request.studies)
    lost = [name for i, name in enumerate(names) if not all(np.isfinite(column[i]) for column in data)]
    if lost:
        raise PluginError(f"it needs events and participants of both arms; not stated by {', '.join(lost)}")
    pool = pool_of(request)
    events_1, n_1, events_2, n_2 = data
    experimental, control = 100 * events_1 / n_1, 100 * events_2 / n_2
    rows = tuple(
        (name, float(x), float(y), 100 * float(weight))
        for name, x, y, weight in zip(names, control, experimental, pool.weights, strict=True)
    )
    columns = (
        Column(name="Study", kind="text"),
        Column(name="Risk, control", kind="percent"),
        Column(name="Risk, experimental", kind="percent"),
        Column(name="Weight", kind="percent"),
    )
    table = Table(title="Risks of both arms", columns=columns, rows=rows)
    return Analysed(tables=(table,), plots=(_plot(request, pool, control, experimental),))


def _plot(request: AnalysisRequest, pool: Pool, control: Array, experimental: Array) -> Plot:
    names, measure = study_names(request.studies), request.studies.measure
    top = _top(control, experimental)
    at = np.linspace(0.0, top / 100, POINTS)

    def curve(effect: float) -> Array:
        return 100 * experimental_risk(at, effect, measure)

    low, high = curve(pool.low), curve(pool.high)
    ends = np.array([0.0, top])
    percent = f"{100 * request.level:g}%"
    estimate, lower, upper = told(request, pool.estimate, pool.low, pool.high)
    above = int((experimental > control).sum())
    below = int((experimental < control).sum())
    return Plot(
        name="labbe",
        title="Risk in both arms",
        x_label="Risk, control (%)",
        y_label="Risk, experimental (%)",
        x_kind="percent",
        y_kind="percent",
        x_range=(0.0, top),
        y_range=(0.0, top),
        square=True,
        series=(
            Series(name=f"{percent} CI of the pooled effect", x=100 * at, y=curve(pool.estimate), style="band",
                   low=_closed(low, pool.low), high=_closed(high, pool.high)),
            Series(name="no effect", x=ends, y=ends, style="dashed", quiet=True, inline="no effect"),
            Series(name="pooled effect", x=100 * at, y=curve(pool.estimate), style="line", inline="pooled"),
            Series(name="studies, area by weight", x=control, y=experimental, labels=names, size=area(pool.weights)),
        ),
        alt=f"Risks of {len(names)} studies: control {_span(control)}, experimental {_span(experimental)}; {above} "
        f"above and {below} below the line of no effect. Pooled effect {estimate} ({percent} CI {lower} to {upper}).",
    )  # fmt: skip


def _closed(curve: Array, effect: float) -> Array:
    """A limit of the band; a risk beyond 100% is 100%, one below 0% is 0%, so that the band ends at the frame."""
    beyond = 100.0 if effect > 0 else 0.0
    return np.where(np.isnan(curve), beyond, curve)


def _top(control: Array, experimental: Array) -> float:
    """Where both axes end: the next multiple of 10 above the highest risk with a margin, at most 100."""
    highest = float(max(control.max(), experimental.max()))
    return min(100.0, max(10.0, 10.0 * math.ceil((highest + 3) / 10)))


def _span(risks: Array) -> str:
    return f"{risks.min():.3g}% to {risks.max():.3g}%"


LABBE = FurtherAnalysis(
    name="labbe",
    title="L'Abbé plot",
    summary="The risk in the experimental against that in the control arm, with the line of the pooled effect.",
    run=analysed,
    minimum_studies=1,
    needs=COUNTS,
    measures=("RR", "OR", "PETO", "RD", "AS"),
    references=(
        "L'Abbé KA, Detsky AS, O'Rourke K. Meta-analysis in clinical research. Ann Intern Med 1987;107:224. "
        "doi:10.7326/0003-4819-107-2-224",
    ),
)
