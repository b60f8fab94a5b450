"""The bubble plot: effects against a numeric moderator, with the regression line and its confidence band."""

from __future__ import annotations

import re

import numpy as np

from livereview import Array, Plot, Series
from livereview_estimation import MetaRegression, predicted
from livereview_regression.moderators import Term
from livereview_regression.preparation import Prepared

#: Points of the line.
POINTS = 61


def bubble(data: Prepared, fit: MetaRegression, term: Term, level: float) -> Plot:
    """Points of the area 1 / (v + tau²), line and band with the other columns at their means, on the analysis scale."""
    (column,) = term.columns
    values = data.design.matrix[:, column]
    line = np.linspace(values.min(), values.max(), POINTS)
    at = np.tile(data.design.matrix.mean(axis=0), (POINTS, 1))
    at[:, column] = line
    expected = predicted(fit, at, level)
    weight = 1 / (data.v + fit.tau2)
    name = term.moderator.title
    others = len(data.design.names) > 2
    percent = f"{100 * level:g}%"
    x: Array = line + term.origin
    return Plot(
        name=f"bubble-{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-')}",
        title=f"Effect by {name}" + (", other moderators at their means" if others else ""),
        x_label=name,
        y_label="Effect",
        y_kind="effect",
        series=(
            Series(
                name=f"{percent} confidence band", x=x, y=expected.value, style="band",
                low=expected.ci_low, high=expected.ci_high,
            ),
            Series(name="regression line", x=x, y=expected.value, style="line"),
            Series(
                name="studies, area by weight", x=values + term.origin, y=data.y, labels=data.labels,
                size=weight / weight.max(),
            ),
        ),
        alt=f"Effects of {values.size} studies against {name}, larger points for more weight, with the regression line "
        f"and its {percent} confidence band.",
    )  # fmt: skip
