"""Influence diagnostics of meta-regressions: every record of metafor's, and the table of the analysis."""

from __future__ import annotations

from typing import Any

import golden
import numpy as np
import pytest
from analysis_requests import bcg

from livereview import Array, PluginError
from livereview_estimation import diagnostics, regression_refits
from livereview_regression import META_REGRESSION

RECORDS = [(name, record) for name, record in golden.records("metareg") if "influence_REML_z" in record]
#: Of a value or its scale. Worst seen 3.8e-9 (QE of dat.li2007 on the year as it is, 1980 and so on): metafor's cross
#: products cancel there. Without such a column 6.4e-11, from its stopping rule for tau².
TOLERANCE = 5e-9


def gap(ours: Array, theirs: Any, scale: float) -> tuple[float, list[int]]:
    """The largest difference relative to the value or its scale, and the studies for which only one has a number."""
    reference = golden.numbers(theirs)
    assert ours.shape == reference.shape
    both = np.isfinite(ours) & np.isfinite(reference)
    size = np.maximum(np.abs(reference[both]), scale)
    alone = np.flatnonzero(np.isfinite(ours) != np.isfinite(reference))
    return float((np.abs(ours[both] - reference[both]) / size).max(initial=0.0)), alone.tolist()


def test_all_records_are_there() -> None:
    assert len(RECORDS) == 36
    assert not [record for _, record in RECORDS if "error" in record["influence_REML_z"]]
    # Coefficients' own numbers were not written for any of them.
    assert {str(record["influence_REML_z"]["dfbetas"]) for _, record in RECORDS} == {"[]"}


@pytest.mark.parametrize("number", range(36))
def test_diagnostics_agree(number: int) -> None:
    name, record = RECORDS[number]
    theirs, rows = record["influence_REML_z"], record["design"]["rows_used_index0"]
    y, v = (column[rows] for column in golden.effect(name, record["effect"]))
    design = golden.numbers(record["design"]["X"])
    found = diagnostics(regression_refits(y, v, design, np.ones(len(rows), dtype=bool))[0])
    spread = float(np.std(y))
    fields: dict[str, tuple[Array, float]] = {
        "rstudent": (found.rstudent, 1.0),
        "rstudent_resid": (found.rstudent_residual, spread),
        "rstudent_se": (found.rstudent_se, 0.0),
        "rstandard_resid": (found.rstandard_residual, spread),
        "dffits": (found.dffits, 1.0),
        "cook_d": (found.cooks_distance, 1.0),
        "cov_r": (found.covariance_ratio, 1.0),
        "tau2_del": (found.tau2_deleted, float(np.median(v))),
        "QE_del": (found.q_deleted, 1.0),
        "hat": (found.hat, 0.0),
    }
    for field, (ours, scale) in fields.items():
        worst, alone = gap(ours, theirs[field], scale)
        assert (worst <= TOLERANCE, alone) == (True, []), (field, worst)
    worst, alone = gap(found.rstandard, theirs["rstandard"], 1.0)
    # A study that a coefficient rests on alone has the residual 0 with the standard error 0: no number here, 0 there.
    assert alone == ([0] if (name, record["formula"]) == ("dat.lopez2019", "cog + ba + multi") else [])
    assert worst <= TOLERANCE
    assert found.influential.tolist() == [bool(flag) for flag in theirs["is_infl"]]


def test_each_coefficient_has_its_dfbetas() -> None:
    """Its change over its standard error at tau² without the study; written out for a line."""
    y, v = np.array([0.1, 0.5, -0.2, 1.4, 0.3]), np.array([0.02, 0.04, 0.05, 0.1, 0.3])
    design = np.column_stack([np.ones(5), [0.0, 1.0, 2.0, 4.0, 7.0]])
    refits, whole = regression_refits(y, v, design, np.ones(5, dtype=bool), "DL")
    found = diagnostics(refits)
    for i in range(5):
        w = np.diag(1 / (v + found.tau2_deleted[i]))
        errors = np.sqrt(np.diag(np.linalg.inv(design.T @ w @ design)))
        keep = np.arange(5) != i
        inner = w[np.ix_(keep, keep)]
        without = np.linalg.solve(design[keep].T @ inner @ design[keep], design[keep].T @ inner @ y[keep])
        # Worst seen 2e-14.
        assert found.dfbetas[i] == pytest.approx((whole.coefficients - without) / errors, rel=1e-12)
        change = whole.coefficients - without
        cook = change @ np.linalg.solve(whole.covariance, change)
        assert found.cooks_distance[i] == pytest.approx(cook, rel=1e-12)


def test_the_analysis_shows_them_where_it_is_asked_to() -> None:
    moderator = "characteristics.latitude"
    plain = META_REGRESSION.run(bcg(), META_REGRESSION.options(moderators=(moderator,), interval="wald"))
    shown = META_REGRESSION.run(
        bcg(), META_REGRESSION.options(moderators=(moderator,), interval="wald", centre=False, influence=True)
    )
    assert "Influence of each study" not in [table.title for table in plain.tables]
    table = shown.tables[-1]
    (theirs,) = [
        record["influence_REML_z"]
        for name, record in RECORDS
        if (name, record["effect"], record["formula"]) == ("dat.bcg", "RR", "ablat")
    ]
    assert [row[1] for row in table.rows] == pytest.approx(theirs["rstudent"], rel=1e-8)
    assert [row[-1] for row in table.rows] == ["yes" if flag else "" for flag in theirs["is_infl"]]


def test_levels_with_their_own_tau2_have_no_such_table() -> None:
    options = META_REGRESSION.options(
        moderators=("characteristics.allocation",), tau2_levels="by-subgroup", influence=True
    )
    with pytest.raises(PluginError, match="influence is for tau2_levels"):
        META_REGRESSION.run(bcg(), options)
