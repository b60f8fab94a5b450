"""Effect measures: how the data of a study become an effect and its variance.

Each module holds one family and lists it in ``MEASURES``. Every function is elementwise over arrays ``(..., K)``;
whatever was done to a study's numbers is in its notes, and a study without an effect says why.
"""

from __future__ import annotations

from livereview import EffectMeasure, hookimpl
from livereview_measures import generic, means, proportions, rates, ratios, survival, two_arms


@hookimpl
def livereview_effect_measures() -> list[EffectMeasure]:
    """The effect measures of this package."""
    families = (two_arms, proportions, ratios, generic, survival, means, rates)
    return [measure for family in families for measure in family.MEASURES]
