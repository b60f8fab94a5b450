"""How much the studies differ, each figure with its basis named."""

from __future__ import annotations

import math

from livereview import OutcomeResult
from livereview.printing import MISSING, fixed, i2, known, level, p_phrase, plain, significant, tau2
from livereview_document.blocks import Block, bullets, heading
from livereview_document.cells import has_number, no_prediction, prediction_cell, unit
from livereview_document.sections.further import of_the_method
from livereview_document.words import Words, fill, text

I2_BASIS = {
    "Q": "from Cochran's Q: 100% × (Q − df) / Q, at least 0",
    "tau2": "from tau²: 100% × tau² / (tau² + typical sampling variance)",
}
PREDICTION_DF = {
    "k-1": "t distribution with k − 1 degrees of freedom",
    "k-2": "t distribution with k − 2 degrees of freedom",
    "normal": "normal distribution",
    "model": "distribution of the model's own interval",
    "own": "the model's own",
}


def heterogeneity_part(outcome: OutcomeResult) -> list[Block]:
    """Tau², Q, I², H², the prediction interval and the test of no effect."""
    pooled = outcome.pooled
    if not has_number(pooled):
        return []
    title = heading(4, "Estimate and heterogeneity")
    lines = [fill("**Estimate:** {}", _scale(outcome))]
    if outcome.null_shown is not None:
        lines.append(fill("**Test of no effect:** {}", _test(outcome)))
    if pooled.k < 2:
        lines.append(fill("**Heterogeneity:** – (one study)"))
        return [title, bullets(lines)]
    lines += [
        fill("**Tau²:** {}", _tau(outcome)),
        fill("**Cochran's Q:** {}", _q(outcome)),
        fill("**I²:** {} ({})", i2(pooled.i2), _basis(outcome)),
        fill("**H²:** {}", fixed(pooled.h2, 2)),
        fill("**{} prediction interval:** {}", level(outcome.level), _prediction(outcome)),
        *of_the_method(pooled),
    ]
    return [title, bullets(lines)]


def _basis(outcome: OutcomeResult) -> str:
    if outcome.i2_basis == "tau2" and outcome.pooled.tau2 is None:
        return I2_BASIS["Q"] + "; the model has no tau²"
    return I2_BASIS.get(outcome.i2_basis, f"basis: {outcome.i2_basis}")


def _scale(outcome: OutcomeResult) -> str:
    pooled = outcome.pooled
    scale = "analysis scale" if outcome.scale == "identity" else f"{outcome.scale} scale"
    printed = f"{significant(pooled.estimate, 4)}, standard error {significant(pooled.standard_error, 4)} ({scale})"
    if pooled.df is None or math.isinf(pooled.df):
        return printed + "; interval from the normal distribution"
    return printed + f"; interval from the t distribution with {_degrees(pooled.df)} of freedom"


def _degrees(df: float) -> str:
    return "1 degree" if df == 1 else f"{plain(df)} degrees"


def _test(outcome: OutcomeResult) -> str:
    pooled = outcome.pooled
    if not known(pooled.p_value):
        return f"{MISSING} (the model gives none)"
    normal = pooled.df is None or math.isinf(pooled.df)
    if not known(pooled.statistic):
        return p_phrase(pooled.p_value)
    if normal:
        return f"z = {fixed(pooled.statistic, 2)}, {p_phrase(pooled.p_value)}"
    return f"t = {fixed(pooled.statistic, 2)}, df = {plain(pooled.df)}, {p_phrase(pooled.p_value)}"


def _tau(outcome: OutcomeResult) -> str:
    value = outcome.pooled.tau2
    if value is None or math.isnan(value):
        return f"{MISSING} (the model has no between-study variance)"
    return f"{tau2(value)}; tau {tau2(math.sqrt(value)) if value >= 0 else MISSING}"


def _q(outcome: OutcomeResult) -> str:
    pooled = outcome.pooled
    if not known(pooled.q):
        return f"{MISSING} (not available for this fit)"
    return f"{fixed(pooled.q, 2)}, df = {plain(pooled.q_df)}, {p_phrase(pooled.q_p)}"


def _prediction(outcome: OutcomeResult) -> Words:
    pooled = outcome.pooled
    if pooled.prediction_shown is None:
        return text(f"{MISSING} ({no_prediction(pooled, outcome)})")
    convention = PREDICTION_DF.get(pooled.prediction_df, pooled.prediction_df or "convention not named")
    return text(f"{prediction_cell(pooled, outcome)}{unit(outcome)} ({convention})")
