"""The analysis ``permutation-test``: P of the pooled effect from all or random sign flips of the effects."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from livereview import Analysed, AnalysisRequest, Column, FurtherAnalysis, Options, PluginError, Table
from livereview_estimation import coefficient_tests, meta_regression
from livereview_regression.analysis import INTERVAL, TAU2, Spread, Tau2, permutation_note
from livereview_regression.permutation import EXACT, permutation_test
from livereview_regression.tables import finite


class PermutationOptions(Options):
    """Choices of the permutation test."""

    tau2: Tau2 = Field(default="REML", description=TAU2)
    interval: Spread = Field(default="wald", description=INTERVAL)
    permutations: int = Field(
        default=10_000, ge=1, le=10_000_000, description="Random sign flips where there are more than `exact_up_to`."
    )
    exact_up_to: int = Field(default=EXACT, ge=0, le=100_000_000, description="Most sign flips that are all taken.")
    seed: int = Field(default=1, ge=0, description="Of the random sign flips; the same seed gives the same P.")


def run(request: AnalysisRequest, options: PermutationOptions) -> Analysed:
    """The test that the mean effect is 0, beside that by the distribution; each arrangement has its own tau²."""
    if request.null is None:
        raise PluginError("The effects of one arm have no value of no effect to flip their signs about.")
    y, v = request.studies.effect - request.null, request.studies.variance
    one = np.ones((y.size, 1))
    found = permutation_test(
        y, v, one, options.tau2, options.interval,
        draws=options.permutations, seed=options.seed, exact=options.exact_up_to,
    )  # fmt: skip
    usual = coefficient_tests(meta_regression(y, v, one, np.ones(y.size, bool), options.tau2, options.interval))
    name = "z" if np.isinf(usual.df[0]) else "t"
    rows = (
        (f"by the distribution of {name}", finite(usual.statistic[0]), finite(usual.df[0]), finite(usual.p_value[0])),
        ("by permutation", None, None, float(found.coefficients[0])),
    )
    smallest = 2 / 2**y.size
    notes = [permutation_note(found, options.seed)]
    if found.exact and smallest > 0.05:
        notes.append(f"with {y.size} studies P by permutation cannot be below {smallest:g}")
    table = Table(
        title="Test of no effect",
        columns=(
            Column(name="P found", kind="text"),
            Column(name="statistic"),
            Column(name="df"),
            Column(name="P", kind="p-value"),
        ),
        rows=rows,
    )
    return Analysed(tables=(table,), notes=tuple(notes))


PERMUTATION_TEST = FurtherAnalysis(
    name="permutation-test",
    title="Permutation test",
    summary="P of the pooled effect from all (or random) sign flips, each with its own tau².",
    run=run,
    options=PermutationOptions,
    minimum_studies=2,
    references=(
        "Follmann DA, Proschan MA 1999, Biometrics 55:732, doi:10.1111/j.0006-341X.1999.00732.x",
        "Phipson B, Smyth GK 2010, Stat Appl Genet Mol Biol 9:39, doi:10.2202/1544-6115.1585",
    ),
)
