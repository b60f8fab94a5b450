"""The analysis ``meta-regression``: effects on characteristics of studies."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Analysed, AnalysisRequest, FurtherAnalysis, Mask, Options, PluginError
from livereview_estimation import MetaRegression, meta_regression
from livereview_regression.bubble import bubble
from livereview_regression.by_subgroup import separate
from livereview_regression.influence_table import influence_table
from livereview_regression.moderators import Term
from livereview_regression.permutation import EXACT, Permuted, permutation_test
from livereview_regression.preparation import Prepared, prepared
from livereview_regression.subgroup_tables import difference_table, level_table
from livereview_regression.tables import coefficient_table, heterogeneity_table, prediction_table, test_table

Tau2 = Literal["REML", "ML", "DL", "PM", "EB", "PMM", "HE", "HS", "HSk", "SJ", "EE"]
Spread = Literal["wald", "t", "hartung-knapp", "hartung-knapp-adhoc"]
TAU2 = (
    "Estimator of the residual tau²: REML, ML, DL, PM (EB is another name for it), PMM, HE, HS, HSk, SJ; EE: tau² = 0."
)
INTERVAL = (
    "hartung-knapp: standard errors scaled by the residual spread, t quantiles with studies less coefficients; "
    "hartung-knapp-adhoc: the same with a scale of at least 1; t: t quantiles, not scaled; wald: normal quantiles."
)


class MetaRegressionOptions(Options):
    """Choices of the meta-regression."""

    moderators: tuple[str, ...] = Field(
        min_length=1,
        description="Columns of the studies table, `characteristics.NAME`, or `result.timepoint_months`. Numbers are "
        "continuous, texts are categories with one coefficient per level but the reference.",
    )
    categories: tuple[str, ...] = Field(
        default=(), description="Moderators to be taken as categories although their values are numbers."
    )
    reference: dict[str, str] = Field(
        default={},
        description="The level that others are compared with, by moderator; else the first in alphabetical order.",
    )
    centre: bool = Field(
        default=True,
        description="Takes the mean off every continuous moderator, so that the intercept is the effect at the mean.",
    )
    tau2: Tau2 = Field(default="REML", description=TAU2)
    interval: Spread = Field(default="hartung-knapp", description=INTERVAL)
    tau2_levels: Literal["common", "by-subgroup"] = Field(
        default="common",
        description="common: one tau² for all studies; by-subgroup: its own for each level of the one category.",
    )
    influence: bool = Field(
        default=False,
        description="A table of studentised residuals, Cook's distance and the like; for one tau² of all studies.",
    )
    permutations: int = Field(
        default=0,
        ge=0,
        le=10_000_000,
        description="Random orders of the studies for P by permutation; 0: no such test. All orders are taken where "
        "there are no more than `exact_up_to`.",
    )
    exact_up_to: int = Field(default=EXACT, ge=0, le=100_000_000, description="Most orders that are all taken.")
    seed: int = Field(default=1, ge=0, description="Of the random orders; the same seed gives the same P.")


def run(request: AnalysisRequest, options: MetaRegressionOptions) -> Analysed:
    """Coefficients, tests, heterogeneity and R², expected effects, and a plot for each continuous moderator."""
    data = prepared(request, options.moderators, options.categories, options.reference, options.centre)
    if options.tau2_levels == "by-subgroup":
        return _by_subgroup(request, data, options)
    here = np.ones(data.y.size, dtype=bool)
    fit = meta_regression(data.y, data.v, data.design.matrix, here, options.tau2, options.interval)
    if not fit.converged:
        raise PluginError("Effects or variances differ by more than floating point can hold; check their units.")
    intercept = data.design.matrix[:, :1]
    without = meta_regression(data.y, data.v, intercept, here, options.tau2, options.interval)
    permuted = None
    if options.permutations:
        permuted = permutation_test(
            data.y, data.v, data.design.matrix, options.tau2, options.interval,
            draws=options.permutations, seed=options.seed, exact=options.exact_up_to,
        )  # fmt: skip
    ratio = [meta_regression(data.y, data.v, x, here, "ML") for x in (data.design.matrix, intercept)]
    tables = [
        coefficient_table(data, fit, request, permuted),
        test_table(data, fit, (ratio[0], ratio[1]), permuted),
        heterogeneity_table(fit, without, options.tau2),
    ]
    if len(data.design.terms) == 1:
        tables.append(prediction_table(data, fit, request, options.tau2))
    if options.influence:
        tables.append(influence_table(data, options.tau2, options.interval))
    numeric = [term for term in data.design.terms if term.moderator.numeric]
    return Analysed(
        tables=tuple(tables),
        plots=tuple(bubble(data, fit, term, request.level) for term in numeric),
        notes=(*data.notes, *_notes(fit, options, permuted)),
    )


def _notes(fit: MetaRegression, options: MetaRegressionOptions, permuted: Permuted | None) -> list[str]:
    """What happened on the way."""
    notes = []
    if fit.bisected:
        notes.append("tau²: Newton steps did not settle; solved by bisection")
    if fit.several_maxima:
        notes.append("the likelihood has more than one maximum in tau²; the highest was taken")
    if fit.scale == 0:
        notes.append("all effects lie on the regression: the Hartung-Knapp intervals have no width")
    elif options.interval == "hartung-knapp" and fit.scale < 1 and fit.tau2 == 0:
        notes.append("tau² = 0 and Hartung-Knapp scale below 1: standard errors smaller than with tau² = 0 alone")
    if permuted is not None:
        notes.append(permutation_note(permuted, options.seed))
    return notes


def permutation_note(permuted: Permuted, seed: int) -> str:
    """How P by permutation was found."""
    how = "all that there are" if permuted.exact else f"random, seed {seed}, with the observed one"
    lost = f"; {permuted.not_fitted:,} of them without a number, counted as far" if permuted.not_fitted else ""
    return f"P by permutation: {permuted.arrangements:,} arrangements, {how}, each with its own tau²{lost}"


def _by_subgroup(request: AnalysisRequest, data: Prepared, options: MetaRegressionOptions) -> Analysed:
    """One category, each level with its own tau²."""
    terms = data.design.terms
    if len(terms) != 1 or terms[0].moderator.numeric:
        given = ", ".join(f"{term.moderator.name} ({_kind(term)})" for term in terms)
        raise PluginError(f'tau2_levels = "by-subgroup" needs exactly one moderator, a category; there are: {given}.')
    if options.permutations:
        raise PluginError('Permutations are for tau2_levels = "common": set permutations = 0 or one tau² for all.')
    if options.influence:
        raise PluginError('influence is for tau2_levels = "common": leave it out or take one tau² for all.')
    item = terms[0].moderator
    masks: Mask = item.values[data.design.kept] == np.arange(len(item.levels))[:, None]
    found = separate(data.y, data.v, masks, options.tau2, options.interval, request.level)
    return Analysed(
        tables=(level_table(item, found), difference_table(terms[0], found)),
        notes=(*data.notes, "each level has its own tau²; differences have normal quantiles"),
    )


def _kind(term: Term) -> str:
    return "number" if term.moderator.numeric else "category"


META_REGRESSION = FurtherAnalysis(
    name="meta-regression",
    title="Meta-regression",
    summary="Effects on characteristics of studies: coefficients, tests, residual heterogeneity, bubble plot.",
    run=run,
    options=MetaRegressionOptions,
    minimum_studies=3,
    references=(
        "Thompson SG, Higgins JPT 2002, Stat Med 21:1559, doi:10.1002/sim.1187",
        "Knapp G, Hartung J 2003, Stat Med 22:2693, doi:10.1002/sim.1482",
        "Higgins JPT, Thompson SG 2004, Stat Med 23:1663, doi:10.1002/sim.1752",
    ),
)
