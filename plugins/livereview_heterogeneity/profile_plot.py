"""The curve that an interval of tau² is read from, with the lines it crosses at the limits."""

from __future__ import annotations

import numpy as np

from livereview import Array, Plot, Series, Studies
from livereview_estimation import IntervalMethod, TauSquaredInterval, tau_squared, tau_squared_profile

#: Points of the curve.
POINTS = 401
#: The curve is cut off so many times as far from 0 as the farthest line, so that the crossings can be seen.
CUT = 3.0


def profile_plot(
    studies: Studies, method: IntervalMethod, level: float, limits: TauSquaredInterval, typical: float
) -> Plot:
    """The curve from tau² = 0 to a quarter beyond the upper limit, or to the typical variance where that is 0."""
    high = float(limits.high)
    x = np.linspace(0.0, 1.25 * high if high > 0 else typical, POINTS)
    label, curve, lines = _curve(studies, method, level, x)
    curve = np.where(np.abs(curve) > CUT * max(abs(height) for _, height in lines), np.nan, curve)
    ends = np.array([float(limits.low), high])
    at_ends = _curve(studies, method, level, ends)[1]
    across = [Series(name=name, x=x[[0, -1]], y=np.full(2, height), style="line") for name, height in lines]
    points = () if limits.empty else (Series(name="limits", x=ends, y=at_ends),)
    found = "no tau² fits" if limits.empty else f"the limits are {ends[0]:.4g} and {ends[1]:.4g}"
    return Plot(
        name=method,
        title="What the limits of tau² are read from",
        x_label="tau²",
        y_label=label,
        series=(Series(name=label, x=x, y=curve, style="line"), *across, *points),
        alt=f"{label} against tau²; {found}.",
    )


def _curve(
    studies: Studies, method: IntervalMethod, level: float, x: Array
) -> tuple[str, Array, list[tuple[str, float]]]:
    """Name and values of the curve at these tau², and the lines it crosses at the limits."""
    from scipy.special import chdtri

    y, v, present = studies.effect, studies.variance, studies.present
    value = tau_squared_profile(y, v, present, x, method)
    below, above = (1 - level) / 2, (1 + level) / 2
    if method == "q-profile":
        df = float(studies.k) - 1
        quantiles = [(f"{100 * side:g}% quantile", float(chdtri(df, 1 - side))) for side in (below, above)]
        return "generalised Q", value, quantiles
    if method.startswith("generalised-q"):
        return "P of a smaller Q", value, [(f"P = {side:g}", side) for side in (below, above)]
    best = tau_squared(y, v, present, "REML" if method == "profile-likelihood" else "ML").value
    top = tau_squared_profile(y, v, present, np.asarray(best), method)
    drop = float(chdtri(1.0, 1 - level)) / 2
    return "log likelihood below its maximum", value - top, [("lowest within the limits", -drop)]
