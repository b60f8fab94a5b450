"""The picture of a trial sequential analysis: cumulative Z against information, between its boundaries."""

from __future__ import annotations

import numpy as np

from livereview import Array, Plot, Series
from livereview_sequential.design import Design, TrialSequentialOptions
from livereview_sequential.looks import Looks
from livereview_sequential.monitoring import Monitored

#: The vertical axis reaches at least and at most so far; boundaries beyond are drawn at its end. Z always fits.
LEAST, CLIPPED = 4.0, 8.0
AXES = {
    "statistical": "Information, % of what is required",
    "participants": "Participants",
    "events": "Events",
}


def plot_of(
    looks: Looks,
    design: Design,
    bounds: Monitored,
    options: TrialSequentialOptions,
    names: tuple[str, ...],
    told: str,
) -> Plot:
    """Z, boundaries at the looks taken and ahead of them, the wedge, the usual limits, the required information."""
    from scipy.special import ndtri

    usual = float(-ndtri(options.alpha / 2))
    whole = 100.0 if options.information == "statistical" else design.required
    x = design.share * whole
    known = ~looks.unusable
    at, outer, inner = _boundaries(x, bounds, whole)
    top = max(min(max(LEAST, float(outer.max()) + 0.5), CLIPPED), float(np.max(np.abs(looks.z[known]))) + 0.5)
    outer = np.minimum(outer, top)
    end = max(whole, float(x[-1]))
    series = [
        Series(
            name="cumulative Z",
            x=np.append(0.0, x[known]),
            y=np.append(0.0, looks.z[known]),
            style="path",
            labels=("", *(name for name, here in zip(names, known, strict=True) if here)),
        ),
        Series(name="boundary for an effect", x=_twice(at), y=_both(outer), style="line", inline="boundary"),
        Series(
            name=f"±{usual:.2f}, one look only",
            x=_twice(np.array([0.0, end])),
            y=_both(np.full(2, usual)),
            style="dashed",
            inline=f"±{usual:.2f}",
        ),
        Series(
            name="required information",
            x=np.full(2, whole),
            y=np.array([-top, top]),
            style="dashed",
            inline="required information" + ("" if options.information == "statistical" else f" {whole:,.0f}"),
        ),
        Series(name="no effect", x=np.array([0.0, end]), y=np.zeros(2), style="line", quiet=True),
    ]
    if (inner > 0).any():
        begun = slice(max(int(np.argmax(inner > 0)) - 1, 0), None)
        wedge = inner[begun]
        series.append(
            Series(name="futility", x=at[begun], y=wedge, style="band", low=-wedge, high=wedge, inline="futility")
        )
    return Plot(
        name="trial-sequential",
        title="Cumulative Z and its boundaries",
        x_label=AXES[options.information],
        y_label="Cumulative Z",
        series=tuple(series),
        alt=told,
    )


def _boundaries(x: Array, bounds: Monitored, whole: float) -> tuple[Array, Array, Array]:
    """Where boundaries are drawn, and the outer and inner one there."""
    covered = bounds.covered
    at, outer, inner = x[covered], bounds.outer[covered], bounds.inner[covered]
    ahead = bounds.ahead
    return np.append(at, ahead.share * whole), np.append(outer, ahead.outer), np.append(inner, ahead.inner)


def _both(height: Array) -> Array:
    """The line above and its mirror image below, as one series with a gap."""
    return np.concatenate([height, [np.nan], -height])


def _twice(x: Array) -> Array:
    return np.concatenate([x, [np.nan], x])
