"""Effect models built in: common effect and random effects, by inverse variance, Mantel-Haenszel and Peto."""

from __future__ import annotations

from livereview import EffectModel, hookimpl
from livereview_pooling.common_effect import COMMON_EFFECT
from livereview_pooling.mantel_haenszel import MANTEL_HAENSZEL
from livereview_pooling.mantel_haenszel_random import MANTEL_HAENSZEL_RANDOM
from livereview_pooling.mantel_haenszel_rates import MANTEL_HAENSZEL_RATES
from livereview_pooling.peto import PETO
from livereview_pooling.random_effects import RANDOM_EFFECTS

__all__ = [
    "COMMON_EFFECT",
    "MANTEL_HAENSZEL",
    "MANTEL_HAENSZEL_RANDOM",
    "MANTEL_HAENSZEL_RATES",
    "PETO",
    "RANDOM_EFFECTS",
]


@hookimpl
def livereview_effect_models() -> list[EffectModel]:
    """The models of this package."""
    return [COMMON_EFFECT, RANDOM_EFFECTS, MANTEL_HAENSZEL, MANTEL_HAENSZEL_RANDOM, MANTEL_HAENSZEL_RATES, PETO]
