"""A stated effect, as the measure shows it, on the scale of the analysis."""

from __future__ import annotations

import numpy as np

from livereview import AnalysisRequest, PluginError


def on_analysis_scale(request: AnalysisRequest, shown: float, what: str) -> float:
    """An effect as the measure shows it, as a difference from no effect on the analysis scale."""
    assert request.null is not None
    measure = request.studies.measure
    if request.scale == "log":
        if shown <= 0:
            raise PluginError(f"{what} = {shown:g} cannot be a {measure}; state a ratio above 0, e.g. {what} = 0.75")
        value = float(np.log(shown))
    elif request.scale == "fisher-z":
        if not -1 < shown < 1:
            raise PluginError(f"{what} = {shown:g} cannot be a correlation; state a number between -1 and 1")
        value = float(np.arctanh(shown))
    else:
        value = shown
    if value == request.null:
        raise PluginError(f"{what} = {shown:g} is no effect; state the smallest {measure} worth finding")
    return value - request.null
