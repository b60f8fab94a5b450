"""The bubble plot: effects against a numeric moderator, with regression line, confidence and prediction band."""

from __future__ import annotations

import re

import numpy as np

from livereview import Array, Plot, Series
from livereview_estimation import MetaRegression, Predictions, predicted
from livereview_regression.moderators import Term
from livereview_regression.preparation import Prepared

#: Points of the line.
POINTS = 61


def bubble(data: Prepared, fit: MetaRegression, term: Term, level: float) -> Plot:
    """Points of the area 1 / (v + tau²); line and bands with the other columns at their means, on the analysis scale.

    The confidence band is that of the mean effect, the prediction band that of the true effect of a new study; without
    heterogeneity they are the same and one is drawn. Thompson and Higgins 2002, doi:10.1002/sim.1187.
    """
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
            *_prediction(x, expected, percent, float(fit.tau2)),
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
        alt=f"Effects of {values.size} studies against {name}, from {_short(values.min() + term.origin)} to "
        f"{_short(values.max() + term.origin)}, larger points for more weight; the regression line "
        f"{_course(expected.value)}, with its {percent} confidence band.",
    )  # fmt: skip


def _prediction(x: Array, expected: Predictions, percent: str, tau2: float) -> tuple[Series, ...]:
    if not tau2 > 0:
        return ()
    return (
        Series(
            name=f"{percent} prediction band", x=x, y=expected.value, style="band",
            low=expected.prediction_low, high=expected.prediction_high,
        ),
    )  # fmt: skip


def _short(value: float) -> str:
    return f"{value:.6g}"


def _course(line: Array) -> str:
    change = float(line[-1] - line[0])
    return "is level" if change == 0 else "rises" if change > 0 else "falls"
