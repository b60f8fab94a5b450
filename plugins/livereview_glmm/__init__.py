"""Effect models for counts: generalised linear mixed models and the beta-binomial."""

from __future__ import annotations

from livereview import EffectModel, hookimpl
from livereview_glmm.beta_binomial import BETA_BINOMIAL
from livereview_glmm.conditional import CONDITIONAL_LOGISTIC, CONDITIONAL_POISSON
from livereview_glmm.one_arm import BINOMIAL_NORMAL, POISSON_NORMAL
from livereview_glmm.unconditional import UNCONDITIONAL_LOGISTIC, UNCONDITIONAL_POISSON

__all__ = [
    "BETA_BINOMIAL",
    "BINOMIAL_NORMAL",
    "CONDITIONAL_LOGISTIC",
    "CONDITIONAL_POISSON",
    "POISSON_NORMAL",
    "UNCONDITIONAL_LOGISTIC",
    "UNCONDITIONAL_POISSON",
]


@hookimpl
def livereview_effect_models() -> list[EffectModel]:
    """The models of this package."""
    return [
        BETA_BINOMIAL,
        BINOMIAL_NORMAL,
        CONDITIONAL_LOGISTIC,
        CONDITIONAL_POISSON,
        POISSON_NORMAL,
        UNCONDITIONAL_LOGISTIC,
        UNCONDITIONAL_POISSON,
    ]
