"""The three-level model: every reference record, the likelihood by matrices, and what must not matter."""

from __future__ import annotations

from collections import Counter
from typing import Any

import golden
import numpy as np
import pytest
from multilevel_reference import OUT_OF_SCOPE, Several, model, several
from scipy.special import chdtri

from livereview import Array
from livereview_estimation import estimates, meta_regression, quantile
from livereview_regression.three_level import ThreeLevel, three_level

KONSTANTOPOULOS, CREDE = "dat.konstantopoulos2011", "dat.crede2010"
RECORDS = (
    (KONSTANTOPOULOS, "3level/REML/z", "one"),
    (KONSTANTOPOULOS, "3level/REML/t", "one"),
    (KONSTANTOPOULOS, "3level/ML/z", "one"),
    (KONSTANTOPOULOS, "3level/ML/t", "one"),
    (KONSTANTOPOULOS, "3level/REML/mods=year", "line"),
    (CREDE, "3level/REML/z", "one"),
    (CREDE, "3level/REML/mods=cls", "line"),
)


def fitted(data: Several, x: Array, method: Any = "REML", level: float | None = None) -> ThreeLevel:
    return three_level(data.y, data.v, x, data.here, data.study, method, level)


@pytest.mark.parametrize(("dataset", "name", "columns"), RECORDS)
def test_every_fit_agrees(dataset: str, name: str, columns: str) -> None:
    """Worst errors seen: variances 5e-7 of themselves, coefficients 1e-7, limits of the optimiser behind the record,
    whose likelihood ours equals to 5e-12 of itself."""
    data, record = several(dataset), model(dataset, name)
    found = fitted(data, getattr(data, columns), record["method"])
    df = np.asarray(np.inf if record["ddf"][0] is None else record["ddf"][0])
    tests = estimates(found.coefficients, np.diagonal(found.covariance), df)
    own = {
        "sigma2": [found.between, found.within], "beta": found.coefficients, "se": tests.standard_error,
        "zval": tests.statistic, "pval": tests.p_value, "ci_lb": tests.ci_low, "ci_ub": tests.ci_high,
        "vb": found.covariance,
    }  # fmt: skip
    for field, value in own.items():
        assert golden.excess(value, golden.numbers(record[field]), 1e-6, 1e-8).max() <= 1, field
    assert golden.excess(found.q, record["QE"], 1e-12) <= 1
    assert golden.excess(found.log_likelihood, record["ll"], 2e-11) <= 1
    assert found.residual_df == record["QE_df"]
    assert found.settled


def test_every_record_is_compared_here_or_elsewhere_or_out_of_scope() -> None:
    fate = Counter()
    for dataset in golden.datasets():
        for name in golden.load(dataset).get("mv", {}):
            if (dataset, name) in {record[:2] for record in RECORDS}:
                fate["fit"] += 1
            elif "robust" in name:
                fate["cluster-robust"] += 1
            elif dataset in OUT_OF_SCOPE:
                fate["out of scope"] += 1
            else:
                fate[name] += 1
    # 2level is the random-effects model of the results.
    assert fate == {
        "fit": 7, "cluster-robust": 5, "out of scope": 8, "2level/REML": 1, "CS/REML": 1, "3level/REML/ICC": 1,
        "3level/REML/I2": 2, "3level/REML/confint_profile": 2, "3level/REML/predict": 1,
    }  # fmt: skip


def test_the_other_forms_of_the_model_agree() -> None:
    data = several(KONSTANTOPOULOS)
    found = fitted(data, data.one)
    total = found.between + found.within
    compound = model(KONSTANTOPOULOS, "CS/REML")
    # Worst error seen 3e-8, of the optimiser behind the record.
    assert golden.excess([total, found.between / total], [compound["tau2"][0], compound["rho"][0]], 1e-7).max() <= 1
    icc = model(KONSTANTOPOULOS, "3level/REML/ICC")
    assert golden.excess([found.between / total, total], [icc["icc"], icc["total"]], 1e-7).max() <= 1
    record = model(KONSTANTOPOULOS, "3level/REML/predict")
    margin = quantile(np.asarray(np.inf), 0.95) * np.sqrt(found.covariance[0, 0] + total)
    limits = [found.coefficients[0] - margin, found.coefficients[0] + margin]
    assert golden.excess(limits, [record["pi_lb"], record["pi_ub"]], 1e-7).max() <= 1
    two = model(KONSTANTOPOULOS, "2level/REML")
    single = meta_regression(data.y, data.v, data.one, data.here)
    assert golden.excess([single.tau2, single.coefficients[0]], [two["sigma2"][0], two["beta"][0]], 1e-7).max() <= 1


def test_multilevel_i2_agrees() -> None:
    for dataset in (KONSTANTOPOULOS, CREDE):
        data, record = several(dataset), model(dataset, "3level/REML/I2")
        found = fitted(data, data.one)
        own = [*found.i2(), sum(found.i2()), found.typical_variance]
        theirs = [*record["I2_by_level"], record["I2_total"], record["typical_variance"]]
        assert golden.excess(own, theirs, 1e-7).max() <= 1  # worst error seen 9.5e-8


def log_likelihood(data: Several, x: Array, between: float, within: float, restricted: bool = True) -> float:
    """By the whole covariance matrix of the results."""
    study = np.array(data.study)
    total = np.diag(data.v + within) + between * (study[:, None] == study)
    inverse = np.linalg.inv(total)
    gram = x.T @ inverse @ x
    residual = data.y - x @ np.linalg.solve(gram, x.T @ inverse @ data.y)
    df = data.y.size - (x.shape[1] if restricted else 0)
    value = df * np.log(2 * np.pi) + np.linalg.slogdet(total)[1] + residual @ inverse @ residual
    if restricted:
        value += np.linalg.slogdet(gram)[1] - np.linalg.slogdet(x.T @ x)[1]
    return float(-value / 2)


@pytest.mark.parametrize("restricted", [True, False])
def test_the_likelihood_is_that_of_matrices_and_no_point_of_a_grid_is_higher(restricted: bool) -> None:
    for dataset in (KONSTANTOPOULOS, CREDE):
        data = several(dataset)
        found = fitted(data, data.one, "REML" if restricted else "ML")
        own = log_likelihood(data, data.one, float(found.between), float(found.within), restricted)
        assert float(found.log_likelihood) == pytest.approx(own, rel=1e-12)
        axis = [0.0, *np.geomspace(1e-4, 1, 12)]
        assert own >= max(log_likelihood(data, data.one, a, b, restricted) for a in axis for b in axis)


def test_profile_limits_agree_and_the_likelihood_has_fallen_by_what_it_should() -> None:
    """metafor has no limits for dat.crede2010; there the profile is scanned by matrices."""
    data = several(KONSTANTOPOULOS)
    limits = fitted(data, data.one, level=0.95).limits
    for place, record in enumerate(model(KONSTANTOPOULOS, "3level/REML/confint_profile")):
        assert golden.excess(limits[place], [record["ci_lb"], record["ci_ub"]], 1e-8).max() <= 1  # worst seen 1e-9
    data = several(CREDE)
    assert [record["ci_lb"] for record in model(CREDE, "3level/REML/confint_profile")] == [None, None]
    found = fitted(data, data.one, level=0.95)
    other = np.geomspace(1e-4, 0.2, 400)
    for place in (0, 1):
        for limit in found.limits[place]:
            pairs = [(limit, value) if place == 0 else (value, limit) for value in other]
            height = max(log_likelihood(data, data.one, *pair) for pair in pairs)
            # The scan is 400 points wide: its highest lies below the top by up to 1e-4.
            assert 2 * (float(found.log_likelihood) - height) == pytest.approx(chdtri(1, 0.05), abs=1e-3)


def test_one_result_in_each_study_leaves_only_the_sum_of_the_variances() -> None:
    data = several(CREDE)
    found = three_level(data.y, data.v, data.one, data.here, list(range(data.y.size)))
    single = meta_regression(data.y, data.v, data.one, data.here)
    assert float(found.between + found.within) == pytest.approx(float(single.tau2), rel=1e-9)
    assert found.coefficients == pytest.approx(single.coefficients, rel=1e-9)


def test_order_unit_and_company_of_a_fit_never_matter() -> None:
    data = several(KONSTANTOPOULOS)
    found = fitted(data, data.line)
    order = np.random.default_rng(1).permutation(data.y.size)
    study = [1000 - data.study[place] for place in order]
    again = three_level(data.y[order], data.v[order], data.line[order], data.here, study)
    scaled = three_level(1e6 * data.y, 1e12 * data.v, data.line, data.here, data.study)
    present = np.ones((3, data.y.size), dtype=bool)
    present[0, ::2] = False
    present[2] = False
    filled = np.where(present, data.v, -1.0)
    batch = three_level(data.y, filled, data.line, present, data.study)
    pairs = [[again.between, again.within], [scaled.between / 1e12, scaled.within / 1e12]]
    pairs.append([batch.between[1], batch.within[1]])
    for pair in pairs:
        assert pair == pytest.approx([float(found.between), float(found.within)], rel=1e-9)
    error = np.sqrt(np.diagonal(found.covariance))
    assert (np.abs(batch.coefficients[1] - found.coefficients) < 1e-9 * error).all()
    here = present[0]
    alone = three_level(
        data.y[here], data.v[here], data.line[here], data.here[here], np.array(data.study)[here].tolist()
    )
    assert float(batch.between[0]) == pytest.approx(float(alone.between), rel=1e-9)
    assert np.isnan(batch.coefficients[2]).all()
    assert not batch.settled[2]


def test_equal_effects_have_no_variances() -> None:
    found = three_level(np.full(5, 0.3), np.array([0.1, 0.2, 0.1, 0.4, 0.1]), np.ones((5, 1)), np.ones(5, dtype=bool),
                        [0, 0, 1, 1, 2], level=0.95)  # fmt: skip
    assert (float(found.between), float(found.within)) == (0.0, 0.0)
    assert (found.limits[:, 0] == 0).all()
    assert (found.limits[:, 1] > 0).all()
    assert float(found.coefficients[0]) == pytest.approx(0.3, rel=1e-14)


def test_dependent_columns_or_too_few_results_give_no_number() -> None:
    x = np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]])
    for columns, here in ((x, [True, True, True]), (x[:, :1], [True, False, False])):
        found = three_level(np.array([0.1, 0.2, 0.3]), np.ones(3), columns, np.array(here), [0, 0, 1])
        assert np.isnan(found.coefficients).all()
        assert np.isnan(found.between)


def test_variances_over_12_decades_settle() -> None:
    rng = np.random.default_rng(4)
    v = 10 ** rng.uniform(-6, 6, (40, 12))
    study = np.repeat(np.arange(4), 3)
    y = rng.normal(size=(40, 4))[:, study] * 3 + rng.normal(size=v.shape) * np.sqrt(v)
    found = three_level(y, v, np.ones((12, 1)), np.ones(v.shape, dtype=bool), study.tolist())
    assert np.isfinite(found.coefficients).all()
    assert (found.between >= 0).all()
    assert (found.within >= 0).all()
    assert found.settled.all()
