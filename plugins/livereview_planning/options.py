"""What a review team may say about trials to come: what matters, how sure to be, how much trials differ."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from livereview import AnalysisRequest, Options, PluginError
from livereview_planning.conclusions import Threshold

Important = Annotated[float, Field(allow_inf_nan=False)]


class NextTrialsOptions(Options):
    """Options of ``next-trials``."""

    important: tuple[Important, ...] = Field(
        default=(),
        description="Effects that matter, as the outcome prints them (a risk ratio of 0.8, a proportion of 0.9): the"
        " conclusion also says on which side of each the interval lies.",
    )
    power: float = Field(
        default=0.8, gt=0, lt=1, description="Chance that the interval shall exclude a value, for the size needed."
    )
    tau2: float | None = Field(
        default=None,
        ge=0,
        allow_inf_nan=False,
        description="How much the effects of new trials differ (variance, analysis scale); empty = as estimated. To see"
        " what an estimate from few studies hides.",
    )
    trials: int = Field(
        default=10, ge=1, le=50, description="Most equal new trials that are tried where one is not enough."
    )


def thresholds(request: AnalysisRequest, options: NextTrialsOptions) -> tuple[Threshold, ...]:
    """No effect, where the measure has one, and each important effect. PluginError for what the outcome cannot be."""
    bounds = {"ratio": (0.0, np.inf), "rate": (0.0, np.inf), "proportion": (0.0, 1.0), "correlation": (-1.0, 1.0)}
    low, high = bounds.get(request.display, (-np.inf, np.inf))
    wrong = [f"{value:g}" for value in options.important if not low < value < high]
    if wrong:
        between = f"above {low:g}" if np.isinf(high) else f"between {low:g} and {high:g}"
        raise PluginError(f"important = {', '.join(wrong)} cannot be an effect here; it must lie {between}")
    matter = tuple(Threshold(value=value, name=_name(value, request)) for value in sorted(set(options.important)))
    if request.null is None:
        return matter
    null = float(request.shown(np.asarray(request.null)))
    if null in options.important:
        raise PluginError(f"important = {null:g} is no effect itself, which is looked at anyway; leave it out")
    return (Threshold(value=null, name=f"no effect ({null:g})"), *matter)


def _name(value: float, request: AnalysisRequest) -> str:
    return f"{100 * value:g}%" if request.display == "proportion" else f"{value:g}"
