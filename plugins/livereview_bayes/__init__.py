"""Bayesian random effects by numerical integration, without sampling."""

from __future__ import annotations

from livereview import EffectModel, FurtherAnalysis, hookimpl
from livereview_bayes.model import BAYESIAN
from livereview_bayes.shrinkage import SHRINKAGE

__all__ = ["BAYESIAN", "SHRINKAGE"]


@hookimpl
def livereview_effect_models() -> list[EffectModel]:
    """The model of this package."""
    return [BAYESIAN]


@hookimpl
def livereview_further_analyses() -> list[FurtherAnalysis]:
    """The analysis of this package."""
    return [SHRINKAGE]
