"""The analysis ``influence``: diagnostics of each study under the outcome's own model, and shrunken study effects."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from livereview import (
    Analysed,
    AnalysisRequest,
    Array,
    Column,
    Fit,
    FurtherAnalysis,
    Options,
    Plot,
    PluginError,
    Series,
    Table,
)
from livereview_estimation import OUTLYING, Diagnostics, Refits, diagnostics, shrunken
from livereview_influence.model_refits import left_out, of_fits, plain
from livereview_influence.naming import listed, study_names

FLAGS = (
    "Outlier: studentised residual beyond ±1.96. Influential: |DFFITS| > 3√(1/(k − 1)), or Cook's distance above 0.455 "
    "(the median of χ² with 1 degree of freedom), or hat value > 3/k, or |DFBETAS| > 1. With few studies these marks "
    "find little; a marked study is to be looked at, not to be left out."
)
COLUMNS = (
    Column(name="Study", kind="text"),
    Column(name="Studentised residual"),
    Column(name="Standardised residual"),
    Column(name="DFFITS"),
    Column(name="Cook's distance"),
    Column(name="Covariance ratio"),
    Column(name="τ² without"),
    Column(name="Q without"),
    Column(name="Hat value"),
    Column(name="Weight", kind="percent"),
    Column(name="DFBETAS"),
    Column(name="Outlier", kind="text"),
    Column(name="Influential", kind="text"),
)


def refits(request: AnalysisRequest) -> tuple[Refits, Fit, Fit]:
    """The outcome's model fitted to all studies and without each; ``PluginError`` where it has no result for all."""
    whole, without = request.fit(request.studies), request.fit(left_out(request.studies))
    if not np.isfinite(whole.estimate):
        raise PluginError(f"the model {request.model} has no estimate for all studies together; choose another model")
    return of_fits(request.studies, whole, without), whole, without


def analysed(request: AnalysisRequest, options: Options) -> Analysed:
    """Diagnostics, and shrunken effects where the model has a tau²."""
    found, whole, without = refits(request)
    results = diagnostics(found)
    tables = [_table(request, results, whole)]
    if whole.tau2 is not None:
        tables.append(_shrunken(request, found, whole))
    return Analysed(
        tables=tuple(tables), plots=(_plot(request, results),), notes=tuple(_notes(request, results, whole, without))
    )


def _table(request: AnalysisRequest, found: Diagnostics, whole: Fit) -> Table:
    numbers: tuple[Array, ...] = (
        found.rstudent,
        found.rstandard,
        found.dffits,
        found.cooks_distance,
        found.covariance_ratio,
        found.tau2_deleted if whole.tau2 is not None else np.full(found.hat.shape, np.nan),
        found.q_deleted,
        found.hat,
        100 * whole.weights,
        found.dfbetas[..., 0],
    )
    rows: tuple[tuple[str | float, ...], ...] = tuple(
        (name, *(float(column[i]) for column in numbers), _mark(found.outlier[i]), _mark(found.influential[i]))
        for i, name in enumerate(study_names(request.studies))
    )
    return Table(title="Influence of each study", columns=COLUMNS, rows=rows, notes=(FLAGS,))


def _mark(flag: bool) -> str:
    return "yes" if flag else ""


def _shrunken(request: AnalysisRequest, found: Refits, whole: Fit) -> Table:
    from scipy.special import ndtri, stdtrit

    level = (1 + request.level) / 2
    quantile = float(ndtri(level) if whole.df is None or np.isinf(whole.df) else stdtrit(whole.df, level))
    drawn = shrunken(found)
    own = np.sqrt(request.studies.variance)
    normal = float(ndtri(level))
    rows = tuple(
        (name, _around(effect, normal * error), _around(drawn.effect[i], quantile * drawn.standard_error[i]))
        for i, (name, effect, error) in enumerate(
            zip(study_names(request.studies), request.studies.effect, own, strict=True)
        )
    )
    return Table(
        title="Study effects drawn towards the pooled one",
        columns=(
            Column(name="Study", kind="text"),
            Column(name="As observed", kind="effect"),
            Column(name="Shrunken (BLUP)", kind="effect"),
        ),
        rows=rows,
        notes=("Best linear unbiased prediction of each study's true effect, tau² taken as known.",),
    )


def _around(middle: float, reach: float) -> tuple[float, float, float]:
    return float(middle), float(middle - reach), float(middle + reach)


def _plot(request: AnalysisRequest, found: Diagnostics) -> Plot:
    names = study_names(request.studies)
    span = np.array([0.0, np.nanmax(found.hat)])
    marked = [name for name, own in zip(names, found.influential, strict=True) if own]
    limits = tuple(
        Series(
            name=f"residual {sign:+.2f}", x=span, y=np.full(2, sign), style="dashed", quiet=True,
            inline=f"residual {sign:+.2f}".replace("-", "−"),
        )
        for sign in (-OUTLYING, OUTLYING)
    )  # fmt: skip
    return Plot(
        name="influence",
        title="Influence: studentised residual, hat value and Cook's distance (area)",
        x_label="Hat value",
        y_label="Externally studentised residual",
        series=(
            Series(
                name="studies",
                x=found.hat,
                y=found.rstudent,
                labels=names,
                size=np.nan_to_num(found.cooks_distance, nan=0.0),
            ),
            *limits,
        ),
        alt=f"Studies marked as influential: {', '.join(marked) or 'none'}.",
    )


def _notes(request: AnalysisRequest, found: Diagnostics, whole: Fit, without: Fit) -> Iterator[str]:
    """What could not be computed, and what the model did on the way."""
    names = study_names(request.studies)

    def without_which(where: object) -> str:
        return listed((name for name, own in zip(names, np.asarray(where), strict=True) if own), len(names))

    lost = ~np.isfinite(without.estimate)
    if lost.any():
        yield f"The model has no result without {without_which(lost)}: no diagnostics there."
    flat = np.isnan(found.rstudent) & ~lost
    if flat.any():
        equal = "all effects are equal and the interval has no width"
        yield f"Without {without_which(flat)} {equal}: no studentised residual."
    tau2 = np.zeros(()) if whole.tau2 is None else whole.tau2
    if not plain(request.studies, whole.weights, tau2):
        yield (
            f"The weights of {request.model} are not the inverse of the variances: hat values are its weights, and "
            "residuals are judged by the variances of the studies and of its estimate."
        )
    for note, where in without.notes.items():
        if np.any(where & ~lost):
            yield f"Without {without_which(where & ~lost)}: {note}."


INFLUENCE = FurtherAnalysis(
    name="influence",
    title="Influence of each study",
    summary="Studentised residuals, DFFITS, Cook's distance, hat values, DFBETAS; shrunken study effects.",
    run=analysed,
    minimum_studies=2,
    references=(
        "Viechtbauer W, Cheung MW-L. Outlier and influence diagnostics for meta-analysis. Res Synth Methods "
        "2010;1:112. doi:10.1002/jrsm.11",
        "Raudenbush SW, Bryk AS. Empirical Bayes meta-analysis. J Educ Stat 1985;10:75. doi:10.3102/10769986010002075",
    ),
)
