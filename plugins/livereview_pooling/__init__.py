"""Effect models built in: common effect and random effects by inverse variance."""

from __future__ import annotations

from livereview import EffectModel, hookimpl
from livereview_pooling.common_effect import COMMON_EFFECT
from livereview_pooling.random_effects import RANDOM_EFFECTS

__all__ = ["COMMON_EFFECT", "RANDOM_EFFECTS"]


@hookimpl
def livereview_effect_models() -> list[EffectModel]:
    """The models of this package."""
    return [COMMON_EFFECT, RANDOM_EFFECTS]
