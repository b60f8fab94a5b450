"""Effect models that adjust for missing studies: sensitivity analyses that differ in how studies came to be missing."""

from __future__ import annotations

from collections.abc import Iterable

from livereview import EffectModel, FurtherAnalysis, hookimpl
from livereview_bias_adjustment.funnel import TRIM_AND_FILL_FUNNEL
from livereview_bias_adjustment.limit_meta_analysis import LIMIT_META_ANALYSIS
from livereview_bias_adjustment.pet_peese import PET_PEESE
from livereview_bias_adjustment.selection_model import SELECTION_MODEL
from livereview_bias_adjustment.trim_and_fill import TRIM_AND_FILL

__all__ = [
    "LIMIT_META_ANALYSIS",
    "PET_PEESE",
    "SELECTION_MODEL",
    "TRIM_AND_FILL",
    "TRIM_AND_FILL_FUNNEL",
    "livereview_effect_models",
    "livereview_further_analyses",
]


@hookimpl
def livereview_effect_models() -> Iterable[EffectModel]:
    """The models of this package."""
    return [LIMIT_META_ANALYSIS, PET_PEESE, SELECTION_MODEL, TRIM_AND_FILL]


@hookimpl
def livereview_further_analyses() -> Iterable[FurtherAnalysis]:
    """The further analyses of this package."""
    return [TRIM_AND_FILL_FUNNEL]
