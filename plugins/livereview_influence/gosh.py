"""The analysis ``gosh``: the pooled estimate and I² of every subset of the studies, and which study divides them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
from pydantic import Field

from livereview import (
    Analysed,
    AnalysisRequest,
    Array,
    Column,
    FurtherAnalysis,
    Mask,
    Options,
    Plot,
    PluginError,
    Series,
    Studies,
    Table,
)
from livereview_influence.cloud import Cells, Cloud, Division, cells, divisions, spread
from livereview_influence.naming import study_names
from livereview_influence.subset_fits import subset_fits
from livereview_influence.subsets import Subsets, every_subset, random_subsets

ROWS = ("least", "lower quartile", "median", "mean", "upper quartile", "largest")


class GoshOptions(Options):
    """Which subsets, and how they are pooled."""

    pooling: Literal["outcome", "common-effect", "DL", "REML"] = Field(
        default="outcome",
        description="outcome: the outcome's own model; common-effect, DL (DerSimonian-Laird) or REML: inverse-variance "
        "pooling, the first two much faster.",
    )
    i2: Literal["Q", "tau2"] = Field(
        default="Q", description="I² from Q, or from tau² (for models that have one; as metafor has it)."
    )
    exhaustive_up_to: int = Field(
        default=20,
        ge=1,
        le=20,
        description="Up to so many studies every subset is pooled (2^20 - 1 at most), beyond it a random sample.",
    )
    subsets: int = Field(default=100_000, ge=1, le=1 << 20, description="Size of the random sample of subsets.")
    seed: int = Field(default=1, ge=0, description="Of the random sample: the same seed gives the same subsets.")


def chosen(k: int, options: GoshOptions) -> Subsets:
    """All subsets, or a random sample where there are too many."""
    if k <= options.exhaustive_up_to:
        return every_subset(k)
    return random_subsets(k, options.subsets, options.seed)


def cloud_of(request: AnalysisRequest, options: GoshOptions) -> Cloud:
    """The results of all chosen subsets, block by block."""
    subsets = chosen(request.studies.present.shape[-1], options)
    found = np.full((4, subsets.size), np.nan)
    results = _by_outcome(request) if options.pooling == "outcome" else _by_name(request.studies, options)
    for part, masks in subsets.blocks():
        estimate, tau2, q, typical = results(masks)
        found[:3, part] = estimate, tau2, q
        found[3, part] = _i2(masks.sum(axis=-1), q, tau2 if options.i2 == "tau2" else None, typical)
    estimate, tau2, q, i2 = found
    return Cloud(subsets=subsets, estimate=estimate, tau2=tau2, q=q, i2=i2)


Results = tuple[Array, Array, Array, Array]


def _by_name(studies: Studies, options: GoshOptions) -> Callable[[Mask], Results]:
    pooling = options.pooling
    assert pooling != "outcome"

    def results(masks: Mask) -> Results:
        found = subset_fits(studies.effect, studies.variance, masks, pooling)
        tau2 = np.full(found.tau2.shape, np.nan) if pooling == "common-effect" else found.tau2
        return found.estimate, tau2, found.q, found.typical

    return results


def _by_outcome(request: AnalysisRequest) -> Callable[[Mask], Results]:
    studies = request.studies

    def results(masks: Mask) -> Results:
        fit = request.fit(
            Studies(
                effect=studies.effect,
                variance=studies.variance,
                present=masks,
                data=studies.data,
                measure=studies.measure,
                labels=studies.labels,
            )
        )
        sums = subset_fits(studies.effect, studies.variance, masks)
        tau2 = np.full(sums.q.shape, np.nan) if fit.tau2 is None else fit.tau2
        return fit.estimate, tau2, sums.q if fit.q is None else fit.q, sums.typical

    return results


def _i2(k: Array, q: Array, tau2: Array | None, typical: Array) -> Array:
    """Percent; 0 for one study. From tau² where it is given and a number, else from Q."""
    with np.errstate(divide="ignore", invalid="ignore"):
        by_q = np.where(q > k - 1, 100 * (q - (k - 1)) / q, 0.0)
        i2 = by_q if tau2 is None else np.where(np.isnan(tau2), by_q, 100 * tau2 / (tau2 + typical))
    return np.where(np.isnan(q), np.nan, np.where(k > 1, i2, 0.0))


def analysed(request: AnalysisRequest, options: GoshOptions) -> Analysed:
    """How the results of the subsets are spread, which study divides them, and their picture."""
    cloud = cloud_of(request, options)
    if not cloud.found.any():
        raise PluginError(f"the model {request.model} has no estimate for any subset of the studies")
    parts = divisions(cloud)
    names = study_names(request.studies)
    return Analysed(
        tables=(_spread_table(cloud), _division_table(parts, names)),
        plots=(_plot(cloud, parts, names),),
        notes=tuple(_notes(cloud, options)),
    )


def _spread_table(cloud: Cloud) -> Table:
    found = cloud.found
    columns = [spread(values[found]) for values in (cloud.estimate, cloud.i2, cloud.q, cloud.tau2)]
    return Table(
        title=f"Results of {found.sum():,} subsets of {cloud.subsets.k} studies",
        columns=(
            Column(name="", kind="text"),
            Column(name="Estimate", kind="effect"),
            Column(name="I²", kind="percent"),
            Column(name="Q"),
            Column(name="τ²"),
        ),
        rows=tuple((name, *(column[i] for column in columns)) for i, name in enumerate(ROWS)),
        notes=(f"Standard deviation of the estimates, on the scale of the analysis: {columns[0].deviation:.4g}.",),
    )


def _division_table(parts: tuple[Division, ...], names: tuple[str, ...]) -> Table:
    ordered = sorted(parts, key=lambda part: -part.gap)
    return Table(
        title="Subsets with and without each study",
        columns=(
            Column(name="Study", kind="text"),
            Column(name="Median estimate with", kind="effect"),
            Column(name="Median estimate without", kind="effect"),
            Column(name="Median I² with", kind="percent"),
            Column(name="Median I² without", kind="percent"),
            Column(name="Above the median with", kind="percent"),
            Column(name="Above the median without", kind="percent"),
        ),
        rows=tuple(
            (names[part.study], *part.estimate, *part.i2, *(100 * share for share in part.above)) for part in ordered
        ),
        notes=(
            "Above the median: of the subsets with (without) the study, how many have an estimate above the median of "
            "all. 100% against 0% = the study divides the cloud in two. Ordered by that difference.",
        ),
    )


def _plot(cloud: Cloud, parts: tuple[Division, ...], names: tuple[str, ...]) -> Plot:
    most = max(parts, key=lambda part: part.gap)
    holding, name = cloud.subsets.holding(most.study), names[most.study]
    halves = ((f"with {name}", cells(cloud, holding)), (f"without {name}", cells(cloud, ~holding)))
    return Plot(
        name="gosh",
        title="Every subset of the studies: estimate and I², darker where there are more"
        if cloud.subsets.exhaustive
        else "Random subsets of the studies: estimate and I², darker where there are more",
        x_label="Pooled effect of the subset",
        y_label="I² of the subset (%)",
        x_kind="effect",
        y_kind="percent",
        series=tuple(
            Series(name=words, x=own.estimate, y=own.i2, size=own.count, style="cells", cell=_cell(own))
            for words, own in halves
        ),
        y_range=(0.0, 100.0),
        above=tuple(_bars(words, own, *own.by_estimate) for words, own in halves),
        beside=tuple(_bars(words, own, *own.by_i2[::-1]) for words, own in halves),
        alt=f"{cloud.found.sum():,} subsets by estimate and I²; {name} divides them most: of the subsets with it "
        f"{100 * most.above[0]:.0f}% lie above the median estimate, without it {100 * most.above[1]:.0f}%.",
    )


def _bars(name: str, found: Cells, x: Array, y: Array) -> Series:
    return Series(name=name, x=x, y=y, cell=_cell(found))


def _cell(found: Cells) -> tuple[float, float]:
    """Size of a cell; where all estimates are equal, wide enough to be seen."""
    width, height = found.size
    return width or 0.01 * max(1.0, float(np.abs(found.estimate).max(initial=0.0))), height


def _notes(cloud: Cloud, options: GoshOptions) -> Iterator[str]:
    k, n = cloud.subsets.k, cloud.subsets.size
    how = "the outcome's model" if options.pooling == "outcome" else options.pooling
    if cloud.subsets.exhaustive:
        yield f"All {n:,} non-empty subsets, single studies included, pooled by {how}."
    else:
        yield f"{n:,} random subsets of the {2.0**k - 1:.3g} there are (seed {options.seed}), pooled by {how}."
    lost = n - int(cloud.found.sum())
    if lost:
        yield f"{lost:,} subsets have no result and are left out: the model cannot be fitted to them."


GOSH = FurtherAnalysis(
    name="gosh",
    title="All subsets of the studies (GOSH)",
    summary="Estimate and I² of every subset of the studies; which study divides the cloud.",
    options=GoshOptions,
    run=analysed,
    minimum_studies=2,
    references=(
        "Olkin I, Dahabreh IJ, Trikalinos TA. GOSH: a graphical display of study heterogeneity. Res Synth Methods "
        "2012;3:214. doi:10.1002/jrsm.1053",
    ),
)
