"""Cluster-robust covariance: every reference record, the expectation and df it claims, and what must not matter."""

from __future__ import annotations

from typing import get_args

import golden
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from multilevel_reference import model, several
from regression_reference import column

from livereview import Array
from livereview_estimation import estimates, meta_regression, wald_test
from livereview_regression.cluster_robust import Correction, RobustFit, cluster_robust, working_covariance
from livereview_regression.clusters import Clusters

CORRECTIONS: tuple[Correction, ...] = get_args(Correction)


def agrees(found: RobustFit, record: golden.Record, relative: float) -> None:
    tests = estimates(found.coefficients, np.diagonal(found.covariance), found.df)
    own = {
        "beta": found.coefficients, "se": tests.standard_error, "tval": tests.statistic, "ddf": found.df,
        "pval": tests.p_value, "ci_lb": tests.ci_low, "ci_ub": tests.ci_high, "vb": found.covariance,
    }  # fmt: skip
    for field, value in own.items():
        theirs = golden.numbers(record[field])
        theirs = np.broadcast_to(theirs, np.shape(value))  # one number of degrees of freedom for all columns
        assert golden.excess(value, theirs, relative).max() <= 1, (field, value, theirs)
    assert found.studies == record["n_clusters"]


def compared(dataset: str, name: str, y: Array, x: Array, working: Array, clusters: Clusters, relative: float) -> int:
    for correction in CORRECTIONS:
        program = "clubSandwich" if correction == "CR2" else "metafor"
        record = model(dataset, name)[f"{correction}_{program}"]
        found = cluster_robust(y, x, working, clusters, correction)
        agrees(found, record, relative)
        if correction != "CR2" or x.shape[1] == 1:
            tested = [0] if x.shape[1] == 1 else list(range(x.shape[1]))[-record["QM_df1"] :]
            covariance = found.covariance[np.ix_(tested, tested)]
            together = wald_test(found.coefficients[tested], covariance, found.df[-1], len(tested))
            assert golden.excess(together.statistic, record["QM"], 10 * relative) <= 1
            assert golden.excess(together.p_value, record["QM_p"], 100 * relative) <= 1
    return len(CORRECTIONS)


def test_every_record_of_three_levels_and_of_independent_results_agrees() -> None:
    done = 0
    for dataset, name, columns in (
        ("dat.konstantopoulos2011", "3level/REML/robust", "one"),
        ("dat.konstantopoulos2011", "3level/REML/mods=year/robust", "line"),
        ("dat.konstantopoulos2011", "uni/REML/robust", "one"),
        ("dat.crede2010", "3level/REML/robust", "one"),
    ):
        data = several(dataset)
        x, clusters = getattr(data, columns), Clusters.of(data.study)
        if name.startswith("uni"):
            between, within = 0.0, float(meta_regression(data.y, data.v, x, data.here).tau2)
        else:
            base = "3level/REML/z" if columns == "one" else "3level/REML/mods=year"
            between, within = model(dataset, base)["sigma2"]
        working = working_covariance(data.v[clusters.order], clusters, within, between)
        # Worst error seen: 3e-14; 4.4e-11 for a year that is not centred, as in the records of meta-regression.
        relative = 2e-10 if columns == "line" else 1e-13
        done += compared(dataset, name, data.y[clusters.order], x[clusters.order], working, clusters, relative)
    names = [name for dataset in golden.datasets() for name in golden.load(dataset).get("mv", {}) if "robust" in name]
    assert len(names) * len(CORRECTIONS) == done + len(CORRECTIONS)  # and that of the next test


def test_a_working_covariance_of_any_form_agrees() -> None:
    """Two outcomes per trial (dat.berkey1998), the multivariate model taken from the reference."""
    name = "dat.berkey1998"
    first, second = model(name, "UN/ML")["tau2"]
    between = model(name, "UN/ML")["rho"][0] * np.sqrt(first * second)
    x = np.array([[label == "AL", label == "PD"] for label in column(name, "outcome")], dtype=float)
    trial = np.array(column(name, "trial"))
    spread = x @ np.array([[first, between], [between, second]]) @ x.T
    total = golden.numbers(golden.load(name)["mv"]["V"]) + spread * (trial[:, None] == trial)
    clusters = Clusters.of(trial.tolist())
    slots, _ = clusters.slots
    working = total[slots[:, :, None], slots[:, None, :]]
    assert compared(name, "UN/ML/robust", golden.numbers(column(name, "yi")), x, working, clusters, 1e-13) == 3


def random_data(seed: int, p: int = 2) -> tuple[Array, Array, Array, Clusters, Array]:
    """Effects, variances, designs, clusters of 1 to 4 results, and a working covariance."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 5, 8)
    clusters = Clusters.of(np.repeat(np.arange(8), sizes).tolist())
    k = int(sizes.sum())
    v = rng.uniform(0.05, 1, k)
    x = np.column_stack([np.ones(k), rng.normal(size=(k, p - 1))])
    return rng.normal(size=k), v, x, clusters, working_covariance(v, clusters, 0.2, 0.3)


def square_root(working: Array, clusters: Clusters) -> Array:
    """L of the whole working covariance, (K, K)."""
    slots, filled = clusters.slots
    k = int(clusters.sizes.sum())
    whole = np.zeros((k, k))
    for block, slot, full in zip(working, slots, filled, strict=True):
        at = slot[full]
        whole[np.ix_(at, at)] = block[: at.size, : at.size]
    return np.linalg.cholesky(whole)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_cr2_is_unbiased_and_its_degrees_of_freedom_are_satterthwaites(seed: int) -> None:
    """Under the working covariance, by brute force: the variance is a quadratic form in the effects."""
    _, _, x, clusters, working = random_data(seed)
    root = square_root(working, clusters)
    k = root.shape[0]
    pairs = np.eye(k)[:, None] + np.eye(k)[None]  # e_i + e_j in whitened coordinates
    effects = np.concatenate([np.eye(k), pairs.reshape(-1, k)]) @ root.T
    found = cluster_robust(effects, x, working, clusters, "CR2")
    assert not found.determined.any()
    own = np.diagonal(found.covariance, axis1=-2, axis2=-1)
    single, double = own[:k], own[k:].reshape(k, k, -1)
    form = (double - single[:, None] - single[None]) / 2
    expected = np.einsum("iij->j", form)
    inverse = np.linalg.inv(root)
    bread = np.linalg.inv((inverse @ x).T @ (inverse @ x))
    np.testing.assert_allclose(expected, np.diag(bread), rtol=1e-10)
    np.testing.assert_allclose(found.df[0], expected**2 / np.einsum("ikj,kij->j", form, form), rtol=1e-9)


def test_one_result_each_and_equal_weights_give_the_plain_t_test() -> None:
    y = np.array([0.1, 0.5, 0.4, 0.9, -0.2])
    clusters = Clusters.of(range(5))
    working = working_covariance(np.full(5, 0.3), clusters, 0.0, 0.0)
    for correction in ("CR1", "CR2"):
        found = cluster_robust(y, np.ones((5, 1)), working, clusters, correction)
        assert found.covariance[0, 0] == pytest.approx(y.var(ddof=1) / 5, rel=1e-13)
        assert found.df[0] == pytest.approx(4, rel=1e-13)
    plain = cluster_robust(y, np.ones((5, 1)), working, clusters, "CR0")
    assert plain.covariance[0, 0] == pytest.approx(y.var(ddof=0) / 5, rel=1e-13)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(CORRECTIONS))
def test_the_order_of_results_and_studies_never_matters_and_a_batch_equals_single_fits(
    seed: int, correction: Correction
) -> None:
    y, v, x, clusters, working = random_data(seed)
    found = cluster_robust(y, x, working, clusters, correction)
    batch = cluster_robust(np.stack([y, 2 * y]), x, working, clusters, correction)
    order = np.random.default_rng(seed).permutation(y.size)
    moved = Clusters.of((100 - clusters.of_result[order]).tolist())
    at = order[moved.order]
    again = cluster_robust(y[at], x[at], working_covariance(v[at], moved, 0.2, 0.3), moved, correction)
    error = np.sqrt(np.diagonal(found.covariance))
    # Worst error seen 3e-14.
    for other in (again.coefficients, batch.coefficients[0], batch.coefficients[1] / 2):
        assert (np.abs(other - found.coefficients) < 1e-12 * (error + np.abs(found.coefficients))).all()
    for covariance in (again.covariance, batch.covariance[0], batch.covariance[1] / 4):
        assert (np.abs(covariance - found.covariance) < 1e-12 * np.outer(error, error)).all()
    assert again.df == pytest.approx(found.df, rel=1e-12)


def test_a_study_that_alone_determines_a_coefficient_is_marked() -> None:
    y, _, _, clusters, working = random_data(1)
    x = np.column_stack([np.ones(y.size), clusters.of_result == 3]).astype(float)
    found = cluster_robust(y, x, working, clusters, "CR2")
    assert found.determined
    assert np.isfinite(found.covariance).all()
    assert not cluster_robust(y, x[:, :1], working, clusters, "CR2").determined
