"""Every record of metafor's influence diagnostics, Baujat coordinates and subsets, number by number."""

from __future__ import annotations

from typing import Any

import golden
import numpy as np
import pytest
from influence_reference import comparable, fates, refitted, spread, studies, worst
from scipy.special import ndtri, stdtrit

from livereview import Array, Studies
from livereview_estimation import diagnostics, shrunken
from livereview_influence.baujat import coordinates
from livereview_influence.cloud import spread as summary
from livereview_influence.subset_fits import SubsetFits, subset_fits
from livereview_influence.subsets import every_subset

#: Of a value, or of its scale. Worst seen 4.4e-11 (BLUP limits of dat.nielweise2007), from metafor's stopping rule for
#: tau², 1e-11 of the median variance.
TOLERANCE = 1e-10
#: Fits without one study that metafor's scoring did not finish: numbers of ours, none of its.
UNFINISHED = {("edge_fisher_nonconv", "REML"): 1}


def rooted(ours: Array, theirs: Any) -> tuple[float, int]:
    """As ``worst``, for squares of standardised differences: the differences are compared, on a scale of 1."""
    return worst(np.sqrt(ours), np.sqrt(golden.numbers(theirs)).tolist(), 1.0)


def test_every_record_has_a_fate() -> None:
    assert fates("influence") == {"compared": 268, "variance 0": 5, "metafor refuses": 2}
    assert fates("baujat") == {"compared": 162, "variance 0": 3, "metafor refuses": 0}
    assert fates("gosh") == {"compared": 22, "variance 0": 0, "metafor refuses": 0}


@pytest.mark.parametrize("dataset", golden.datasets())
def test_diagnostics_agree(dataset: str) -> None:
    wrong = []
    for name, record in comparable("influence"):
        if name != dataset:
            continue
        chosen = studies(name, record["effect"])
        found = diagnostics(refitted(chosen, record["method"], record["test"]))
        effect, variance = spread(chosen), float(np.median(chosen.variance))
        fields: dict[str, tuple[Array, float]] = {
            "rstudent": (found.rstudent, 1.0),
            "rstudent_resid": (found.rstudent_residual, effect),
            "rstudent_se": (found.rstudent_se, 0.0),
            "rstandard": (found.rstandard, 1.0),
            "rstandard_resid": (found.rstandard_residual, effect),
            "rstandard_se": (found.rstandard_se, 0.0),
            "dffits": (found.dffits, 1.0),
            "cov_r": (found.covariance_ratio, 0.0),
            "tau2_del": (found.tau2_deleted, variance),
            "QE_del": (found.q_deleted, 1.0),
            "hat": (found.hat, 0.0),
            "weight": (100 * found.hat, 0.0),
        }
        gap, alone = rooted(found.cooks_distance, record["cook_d"])
        if gap > TOLERANCE or alone != UNFINISHED.get((dataset, record["method"]), 0):
            wrong.append(f"{record['effect']} {record['method']} {record['test']} cook_d: {gap:.2g}, {alone} alone")
        whole = {"hat", "weight", "rstandard", "rstandard_resid", "rstandard_se"}
        for field, (ours, scale) in fields.items():
            gap, alone = worst(ours, record[field], scale)
            unfinished = 0 if field in whole else UNFINISHED.get((dataset, record["method"]), 0)
            if gap > TOLERANCE or alone != unfinished or not np.isfinite(ours).all():
                wrong.append(
                    f"{record['effect']} {record['method']} {record['test']} {field}: {gap:.2g}, {alone} alone"
                )
        if found.influential.tolist() != [bool(flag) for flag in record["is_infl"]]:
            wrong.append(f"{record['effect']} {record['method']} {record['test']} is_infl: {record['is_infl']}")
    assert not wrong


@pytest.mark.parametrize("dataset", golden.datasets())
def test_shrunken_effects_agree(dataset: str) -> None:
    wrong = []
    for name, record in comparable("influence"):
        if name != dataset:
            continue
        chosen = studies(name, record["effect"])
        found = shrunken(refitted(chosen, record["method"], record["test"]))
        quantile = ndtri(0.975) if record["test"] == "z" else stdtrit(chosen.effect.size - 1, 0.975)
        reach = quantile * found.standard_error
        fields = {
            "blup": (found.effect, spread(chosen)),
            "blup_se": (found.standard_error, 0.0),
            "blup_pi_lb": (found.effect - reach, spread(chosen)),
            "blup_pi_ub": (found.effect + reach, spread(chosen)),
        }
        for field, (ours, scale) in fields.items():
            gap, alone = worst(ours, record[field], scale)
            if gap > TOLERANCE or alone:
                wrong.append(f"{record['effect']} {record['method']} {record['test']} {field}: {gap:.2g}")
    assert not wrong


def test_where_metafor_refuses_equal_effects_there_are_no_residuals() -> None:
    refused = [record for _, record in golden.records("influence") if "error" in record and "warnings" not in record]
    assert [(record["method"], record["test"]) for record in refused] == [("REML", "knha"), ("DL", "knha")]
    chosen = studies("edge_identical", "gen")
    for record in refused:
        found = diagnostics(refitted(chosen, record["method"], record["test"]))
        assert np.isnan([found.rstudent, found.dffits, found.cooks_distance]).all()
        assert not found.influential.any()
        assert found.tau2_deleted.tolist() == [0.0] * 5


@pytest.mark.parametrize("dataset", golden.datasets())
def test_baujat_coordinates_agree(dataset: str) -> None:
    for name, record in comparable("baujat"):
        if name != dataset:
            continue
        found = coordinates(refitted(studies(name, record["effect"]), record["method"]))
        gap, alone = rooted(found.heterogeneity, record["x"])
        assert (gap <= TOLERANCE, alone) == (True, 0)
        gap, alone = rooted(found.influence, record["y"])
        assert (gap <= TOLERANCE, alone) == (True, UNFINISHED.get((dataset, record["method"]), 0))
        assert np.isfinite(found.influence).all()


def i2_and_h2(found: SubsetFits, by_tau2: bool) -> tuple[Array, Array]:
    """As metafor's gosh has them: from tau² with REML, from Q otherwise; one study 0 and 1."""
    df = np.maximum(found.k - 1, 1)
    single = found.k == 1
    typical = np.where(single, 1.0, found.typical)
    if by_tau2:
        return np.where(single, 0.0, 100 * found.tau2 / (found.tau2 + typical)), 1 + found.tau2 / typical
    q = np.where(found.q > 0, found.q, 1.0)
    return np.where(single, 0.0, 100 * np.maximum(1 - df / q, 0.0)), np.where(single, 1.0, found.q / df)


def gosh(chosen: Studies, method: str) -> tuple[dict[str, Array], dict[str, float]]:
    """Our values for every subset, and the scale of each."""
    masks = np.concatenate([block for _, block in every_subset(chosen.effect.size).blocks()])
    found = subset_fits(chosen.effect, chosen.variance, masks, "common-effect" if method == "EE" else method)  # type: ignore[arg-type]
    i2, h2 = i2_and_h2(found, by_tau2=method == "REML")
    values = {"estimate": found.estimate, "I2": i2, "Q": found.q, "H2": h2, "tau2": found.tau2}
    scales = {"estimate": spread(chosen), "I2": 100.0, "Q": 1.0, "H2": 1.0, "tau2": float(np.median(chosen.variance))}
    return values, scales


@pytest.mark.parametrize("number", range(22))
def test_subsets_agree(number: int) -> None:
    """Worst relative error seen 4.8e-13."""
    dataset, record = list(comparable("gosh"))[number]
    chosen = studies(dataset, record["effect"])
    values, scales = gosh(chosen, record["method"])
    assert record["n_subsets"] == 2**chosen.effect.size - 1
    for field, ours in values.items():
        theirs = record[field]
        names = ("min", "q1", "median", "mean", "q3", "max", "sd")
        assert theirs["n"] == np.isfinite(ours).sum()
        assert worst(np.array(summary(ours)), [theirs[name] for name in names], scales[field])[0] <= 1e-12, field
    assert ("estimates_sorted" in record) == (chosen.effect.size <= 8)
    if "estimates_sorted" in record:
        assert worst(np.sort(values["estimate"]), record["estimates_sorted"], scales["estimate"])[0] <= 1e-14
        assert worst(np.sort(values["I2"]), record["I2_sorted"], 100.0)[0] <= 1e-14
