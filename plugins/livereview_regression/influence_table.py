"""The table of influence diagnostics of a meta-regression: which study moves the coefficients."""

from __future__ import annotations

import numpy as np

from livereview import Column, Table
from livereview_estimation import Interval, Residual, diagnostics, regression_refits
from livereview_regression.preparation import Prepared

NOTE = (
    "Each study against the regression without it, tau² estimated anew. Influential: |DFFITS| > 3√(p/(k − p)), Cook's "
    "distance above the median of χ² with p degrees of freedom, hat value > 3p/k, or a coefficient moves by more than "
    "its standard error; p is the number of coefficients. No number where a coefficient rests on that study alone."
)


def influence_table(data: Prepared, tau2: Residual, interval: Interval) -> Table:
    """One row for each study in the regression; see ``livereview_estimation.diagnostics`` for the formulas."""
    here = np.ones(data.y.size, dtype=bool)
    found = diagnostics(regression_refits(data.y, data.v, data.design.matrix, here, tau2, interval)[0])
    numbers = (
        found.rstudent,
        found.dffits,
        found.cooks_distance,
        found.covariance_ratio,
        found.tau2_deleted,
        found.hat,
    )
    moved = np.abs(found.dfbetas).max(axis=-1)
    rows = tuple(
        (name, *(float(column[i]) for column in (*numbers, moved)), "yes" if found.influential[i] else "")
        for i, name in enumerate(data.labels)
    )
    names = ("studentised residual", "DFFITS", "Cook's distance", "covariance ratio", "tau² without", "hat value")
    return Table(
        title="Influence of each study",
        columns=(
            Column(name="study", kind="text"),
            *(Column(name=name) for name in names),
            Column(name="largest |DFBETAS|"),
            Column(name="influential", kind="text"),
        ),
        rows=rows,
        notes=(NOTE,),
    )
