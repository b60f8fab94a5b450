"""Every record of meta-regression in the reference values; ``influence_REML_z`` belongs to influence."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import cache

import golden
import numpy as np
import pytest
from regression_reference import INTERVALS, Case, cases

from livereview_estimation import (
    MetaRegression,
    coefficient_tests,
    likelihood_ratio,
    meta_regression,
    omnibus,
    predicted,
    r_squared,
    residual_i2,
    residual_q_profile,
    tau_squared,
)

CASES = cases()
each = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def fitted(case: Case, method: str, test: str, columns: int | None = None) -> MetaRegression:
    return meta_regression(case.y, case.v, case.x[:, :columns], case.here, method, INTERVALS[test])  # type: ignore[arg-type]


def answers(case: Case, method: str, test: str) -> dict[str, object]:
    """Our value of each field of a fit."""
    fit = fitted(case, method, test)
    found, together = coefficient_tests(fit), omnibus(fit, range(1, case.x.shape[1]))
    i2, h2 = residual_i2(fit, method == "EE")
    return {
        "beta": fit.coefficients, "se": found.standard_error, "zval": found.statistic, "pval": found.p_value,
        "ci_lb": found.ci_low, "ci_ub": found.ci_high, "vb": fit.covariance,
        "tau2": fit.tau2, "I2": i2, "H2": h2, "vt": fit.typical_variance,
        "QE": fit.q, "QE_df": fit.residual_df,
        "QM": together.statistic, "QM_p": together.p_value, "QM_df1": together.df,
        "R2": r_squared(fit, fitted(case, method, test, 1), method == "EE"),
        "ll_ml": fit.log_likelihood, "ll_reml": fit.restricted_log_likelihood, "k": fit.k,
    }  # fmt: skip


@each
def test_every_fit_agrees(case: Case) -> None:
    """Worst errors seen: with an uncentred year 4.6e-9 (R², from Q of dat.li2007), P 4e-8; else 2.5e-10 of a standard
    error from metafor's own stopping rule for tau², and P 7e-9, the same error magnified in the tail at P = 3e-22."""
    absolute = {"tau2": float(np.median(case.v)), "I2": 100.0, "H2": 1.0, "R2": 100.0, "zval": 1.0, "QM": 1.0}
    for theirs in case.record["fits"]:
        error = golden.numbers(theirs["se"])
        scale = absolute | dict.fromkeys(("beta", "ci_lb", "ci_ub"), error) | {"vb": np.outer(error, error)}
        for field, own in answers(case, theirs["method"], theirs["test"]).items():
            if field not in theirs:
                assert field.startswith("ll_")
                continue
            relative = 20 * case.relative if field in ("pval", "QM_p") else case.relative
            gap = golden.excess(own, golden.numbers(theirs[field]), relative, relative * scale.get(field, 0.0))
            assert gap.max() <= 1, (theirs["method"], theirs["test"], field, own, theirs[field])


def test_the_grid_of_fits_is_complete() -> None:
    assert len(CASES) == 39
    fits = [fit for case in CASES for fit in case.record["fits"]]
    assert not [fit for fit in fits if "error" in fit]
    assert Counter(fit["method"] for fit in fits) == {
        "REML": 117, "DL": 117, "ML": 78, "PM": 78, "EB": 78, "HE": 78, "HS": 78, "SJ": 78, "EE": 39
    }  # fmt: skip
    others = Counter(key for case in CASES for key in case.record)
    assert {key: others[key] for key in ("predict_z", "predict_knha", "confint_QP", "anova_omit_last")} == {
        "predict_z": 39, "predict_knha": 39, "confint_QP": 39, "anova_omit_last": 13
    }  # fmt: skip


@each
def test_predictions_agree(case: Case) -> None:
    fields = {
        "pred": "value", "se": "standard_error", "ci_lb": "ci_low", "ci_ub": "ci_high",
        "pi_lb": "prediction_low", "pi_ub": "prediction_high",
    }  # fmt: skip
    for name, test in (("predict_z", "z"), ("predict_knha", "knha")):
        record = case.record[name]
        given = golden.numbers(record["newmods"]).reshape(len(record["newmods"]), -1)
        at = np.column_stack([np.ones(len(given)), given])
        found = predicted(fitted(case, "REML", test), at)
        for theirs, ours in fields.items():
            # Worst error seen 1.1e-10 of the spread of the effects, for an uncentred year.
            gap = golden.excess(getattr(found, ours), golden.numbers(record[theirs]), 5e-10, 5e-10 * np.std(case.y))
            assert gap.max() <= 1, (name, theirs)


@each
def test_q_profile_limits_agree(case: Case) -> None:
    record = case.record["confint_QP"]
    found = residual_q_profile(case.y, case.v, case.x, case.here)
    theirs = golden.numbers([record["tau2_lb"], record["tau2_ub"]])
    # Worst error seen 7.5e-11.
    assert golden.excess([found.low, found.high], theirs, 2e-10, 2e-10 * np.median(case.v)).max() <= 1
    typical = fitted(case, "EE", "z").typical_variance
    i2 = [100 * limit / (limit + typical) for limit in (found.low, found.high)]
    assert golden.excess(i2, golden.numbers([record["I2_lb"], record["I2_ub"]]), 5e-9, 5e-9).max() <= 1
    assert bool(found.empty) == (found.high == 0)


def test_likelihood_ratio_tests_agree() -> None:
    for case in CASES:
        if "anova_omit_last" not in case.record:
            continue
        record = case.record["anova_omit_last"]
        reduced = fitted(case, "ML", "z", case.x.shape[1] - 1)
        statistic, df, p_value = likelihood_ratio(fitted(case, "ML", "z"), reduced)
        # Worst error seen 2.6e-12.
        assert golden.excess([statistic, df, p_value], [record[key] for key in ("LRT", "df", "pval")], 1e-11).max() <= 1


def exact_q(case: Case) -> Fraction:
    """QE of a line, in exact arithmetic on the numbers as they are stored."""
    x, y = [Fraction(value) for value in case.x[:, 1]], [Fraction(value) for value in case.y]
    w = [1 / Fraction(value) for value in case.v]
    total = sum(w)
    mean_x = sum(a * b for a, b in zip(w, x, strict=True)) / total
    mean_y = sum(a * b for a, b in zip(w, y, strict=True)) / total
    sxx = sum(a * (b - mean_x) ** 2 for a, b in zip(w, x, strict=True))
    sxy = sum(a * (b - mean_x) * (c - mean_y) for a, b, c in zip(w, x, y, strict=True))
    return sum(a * (c - mean_y) ** 2 for a, c in zip(w, y, strict=True)) - sxy**2 / sxx


def test_an_uncentred_year_costs_no_digits() -> None:
    years = [case for case in CASES if case.record["formula"] == "year"]
    assert len(years) == 6
    for case in years:
        # Worst error seen 9e-16.
        assert float(fitted(case, "EE", "z").q) == pytest.approx(float(exact_q(case)), rel=1e-14)


@cache
def single_fits() -> tuple[tuple[str, golden.Record], ...]:
    return tuple((name, record) for name, record in golden.records("uni") if record.get("method") in ("HSk", "PMM"))


def test_the_estimators_hsk_and_pmm_of_the_plain_mean_agree() -> None:
    compared = refused = 0
    for dataset, record in single_fits():
        y, v = golden.effect(dataset, record["effect"])
        if (v == 0).any():
            refused += 1  # ``Studies`` refuses a variance of 0
            continue
        here = np.isfinite(y) & np.isfinite(v)
        found = tau_squared(y, v, here, record["method"]).value
        # Worst error seen 9e-13.
        assert golden.excess(found, record["tau2"], 1e-11, 1e-11 * np.median(v[here])) <= 1, (dataset, record["effect"])
        compared += 1
    assert (compared, refused) == (456, 8)


def test_one_column_of_ones_is_the_plain_random_effects_model() -> None:
    for case in CASES:
        for method in ("DL", "HE", "HS", "HSk", "SJ", "PM", "PMM", "ML", "REML"):
            mean = fitted(case, method, "z", 1).tau2
            plain = tau_squared(case.y, case.v, case.here, method).value
            assert float(mean) == pytest.approx(float(plain), rel=1e-12, abs=1e-13 * case.v.min())
