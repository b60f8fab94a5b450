"""Tables of a meta-regression, in numbers on the analysis scale."""

from __future__ import annotations

import numpy as np

from livereview import AnalysisRequest, Array, Column, Table, Value
from livereview_estimation import (
    Estimates,
    MetaRegression,
    Omnibus,
    coefficient_tests,
    likelihood_ratio,
    omnibus,
    predicted,
    r_squared,
    residual_i2,
)
from livereview_regression.permutation import Permuted
from livereview_regression.preparation import Prepared


def interval(found: Estimates, at: int) -> tuple[float, float, float]:
    """Estimate and limits."""
    return float(found.value[at]), float(found.ci_low[at]), float(found.ci_high[at])


def finite(value: float | Array) -> float | None:
    """The number; None for the infinite degrees of freedom of a normal or chi² test, and for NaN."""
    return float(value) if np.isfinite(value) else None


def coefficient_table(
    data: Prepared, fit: MetaRegression, request: AnalysisRequest, permuted: Permuted | None
) -> Table:
    """The intercept as an effect, the others as contrasts per unit or between levels."""
    found = coefficient_tests(fit, request.level)
    statistic = "z" if np.isinf(fit.df) else "t"
    columns = [
        Column(name="coefficient", kind="text"),
        Column(name="effect", kind="effect"),
        Column(name="contrast", kind="contrast"),
        Column(name="standard error"),
        Column(name=statistic),
        Column(name="df"),
        Column(name="P", kind="p-value"),
    ]
    if permuted is not None:
        columns.append(Column(name="P by permutation", kind="p-value"))
    rows = []
    for place, name in enumerate(data.design.names):
        whole = interval(found, place)
        row: list[Value] = [name, whole if place == 0 else None, None if place == 0 else whole]
        row += [float(found.standard_error[place]), float(found.statistic[place]), finite(found.df[place])]
        # P of the intercept compares with no effect, which a measure of one arm does not have.
        untested = place == 0 and request.null is None
        row.append(None if untested else float(found.p_value[place]))
        if permuted is not None:
            row.append(None if untested else float(permuted.coefficients[place]))
        rows.append(tuple(row))
    return Table(
        title="Coefficients",
        columns=tuple(columns),
        rows=tuple(rows),
        notes=(f"{100 * request.level:g}% intervals; contrasts of numbers are per unit",),
    )


def test_table(
    data: Prepared, fit: MetaRegression, ratio: tuple[MetaRegression, MetaRegression], permuted: Permuted | None
) -> Table:
    """All moderators together, each moderator of several coefficients, and the likelihood ratio (ML)."""
    last = len(data.design.names)
    named = [("all moderators", tuple(range(1, last)))]
    if len(data.design.terms) > 1:
        named += [(term.moderator.title, term.columns) for term in data.design.terms if len(term.columns) > 1]
    rows: list[tuple[Value, ...]] = [_tested(name, omnibus(fit, columns)) for name, columns in named]
    statistic, df, p_value = likelihood_ratio(*ratio)
    rows.append(("all moderators, likelihood ratio (ML)", "chi²", float(statistic), df, None, float(p_value)))
    if permuted is not None:
        rows.append(("all moderators, by permutation", "", None, None, None, permuted.omnibus))
    return Table(
        title="Tests of moderators",
        columns=(
            Column(name="of", kind="text"),
            Column(name="test", kind="text"),
            Column(name="statistic"),
            Column(name="df", kind="count"),
            Column(name="residual df"),
            Column(name="P", kind="p-value"),
        ),
        rows=tuple(rows),
    )


def _tested(name: str, test: Omnibus) -> tuple[Value, ...]:
    kind = "chi²" if np.isinf(test.residual_df) else "F"
    return (name, kind, finite(test.statistic), test.df, finite(test.residual_df), finite(test.p_value))


def heterogeneity_table(fit: MetaRegression, without: MetaRegression, tau2: str) -> Table:
    """Residual heterogeneity, and what the moderators explain of it."""
    from scipy.special import chdtrc

    common = tau2 == "EE"
    i2, h2 = residual_i2(fit, common)
    p_value = float(chdtrc(fit.residual_df, fit.q))
    notes: tuple[str, ...] = ("I² and H² from tau² and the variance of a typical study",)
    if common:
        notes = ("tau² = 0 by choice: I² and H² from QE, R² that of the weighted regression, adjusted",)
    elif without.tau2 == 0:
        notes = (*notes, "without moderators tau² is 0 already: nothing to explain, R² = 0")
    return Table(
        title="Residual heterogeneity",
        columns=(
            Column(name="studies", kind="count"),
            Column(name="tau²"),
            Column(name="I²", kind="percent"),
            Column(name="H²"),
            Column(name="QE"),
            Column(name="df", kind="count"),
            Column(name="P", kind="p-value"),
            Column(name="tau² without moderators"),
            Column(name="R²", kind="percent"),
        ),
        rows=(
            (
                int(fit.k), float(fit.tau2), finite(i2), finite(h2), float(fit.q), int(fit.residual_df), p_value,
                float(without.tau2), finite(r_squared(fit, without, common)),
            ),
        ),
        notes=notes,
    )  # fmt: skip


def prediction_table(data: Prepared, fit: MetaRegression, request: AnalysisRequest, tau2: str) -> Table:
    """Expected effects at every level of the category, or at the least, mean and greatest value of the number."""
    (term,) = data.design.terms
    matrix, item = data.design.matrix, term.moderator
    if item.numeric:
        values = matrix[:, 1]
        chosen = np.array([values.min(), values.mean(), values.max()])
        at = np.stack([np.ones(3), chosen], axis=-1)
        names = [f"{value + term.origin:.6g}" for value in chosen]
    else:
        at = np.eye(len(item.levels))
        at[:, 0] = 1.0
        names = list(item.levels)
    found = predicted(fit, at, request.level)
    rows = []
    for place, name in enumerate(names):
        value = float(found.value[place])
        low, high = float(found.prediction_low[place]), float(found.prediction_high[place])
        row: tuple[Value, ...] = (name, (value, float(found.ci_low[place]), float(found.ci_high[place])))
        rows.append(row if tau2 == "EE" else (*row, (value, low, high)))
    columns = [Column(name=item.title, kind="text"), Column(name="effect", kind="effect")]
    if tau2 != "EE":
        columns.append(Column(name="prediction interval", kind="effect"))
    return Table(title=f"Expected effects by {item.title}", columns=tuple(columns), rows=tuple(rows))
