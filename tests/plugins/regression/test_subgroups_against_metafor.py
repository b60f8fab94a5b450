"""Every record of subgroups: a common tau² as a regression on the levels, and a tau² for each level."""

from __future__ import annotations

import golden
import numpy as np
from regression_reference import INTERVALS, column

from livereview import Array, Mask
from livereview_estimation import meta_regression, omnibus, predicted, r_squared
from livereview_regression.by_subgroup import separate


def data(dataset: str, record: golden.Record) -> tuple[Array, Array, Mask]:
    """Effects, variances, and the studies of each level."""
    y, v = golden.effect(dataset, record["effect"])
    given = column(dataset, record["group_column"])
    here = np.isfinite(y) & np.isfinite(v) & np.array([label is not None for label in given])
    levels = np.array([[str(label) == level for label in given] for level in record["levels"]])
    return y[here], v[here], levels[:, here]


def test_a_tau_squared_for_each_level_agrees() -> None:
    compared = 0
    for dataset, record in golden.records("subgroup"):
        y, v, masks = data(dataset, record)
        assert masks.sum(axis=-1).tolist() == record["k_per_level"]
        for theirs in record["separate_tau2"]:
            found = separate(y, v, masks, theirs["method"], INTERVALS[theirs["test"]], 0.95)  # type: ignore[arg-type]
            own = {
                "beta": found.each.value, "se": found.each.standard_error, "pval": found.each.p_value,
                "ci_lb": found.each.ci_low, "ci_ub": found.each.ci_high,
                "tau2": found.tau2, "QE": found.q, "k": found.k,
            }  # fmt: skip
            for place, level in enumerate(record["levels"]):
                for field, values in own.items():
                    reference = golden.numbers(theirs["per_level"][level][field])
                    # Worst error seen: 1.7e-10 (tau²), P 2e-9, from metafor's stopping rule.
                    relative = 1e-8 if field == "pval" else 5e-10
                    assert golden.excess(values[place], reference, relative, 5e-12).max() <= 1, (dataset, level, field)
                    compared += 1
            between = [found.between.statistic, found.between.df, found.between.p_value]
            reference = golden.numbers([theirs["Q_between"], theirs["df_between"], theirs["p_between"]])
            # Worst error seen 1.3e-10.
            assert golden.excess(between, reference, 5e-10).max() <= 1, (dataset, theirs["method"])
    assert compared == SEPARATE


SEPARATE = 1680


def test_a_common_tau_squared_agrees() -> None:
    compared = 0
    for dataset, record in golden.records("subgroup"):
        y, v, masks = data(dataset, record)
        x = np.column_stack([np.ones(y.size), masks[1:].T])
        at = np.column_stack([np.ones(len(masks)), np.eye(len(masks))[:, 1:]])
        here = np.ones(y.size, dtype=bool)
        for theirs in record["common_tau2"]:
            choice = theirs["method"], INTERVALS[theirs["test"]]
            fit = meta_regression(y, v, x, here, *choice)  # type: ignore[arg-type]
            without = meta_regression(y, v, x[:, :1], here, *choice)  # type: ignore[arg-type]
            levels, test = predicted(fit, at), omnibus(fit, range(1, len(masks)))
            own = {
                "tau2": fit.tau2, "est": levels.value, "se": levels.standard_error, "ci_lb": levels.ci_low,
                "ci_ub": levels.ci_high, "QM_between": test.statistic, "QM_df1": test.df, "QM_p": test.p_value,
                "R2": r_squared(fit, without), "QE": fit.q,
            }  # fmt: skip
            for field, value in own.items():
                # Worst error seen 3e-11.
                gap = golden.excess(value, golden.numbers(theirs[field]), 1e-10, 1e-12)
                assert gap.max() <= 1, (dataset, theirs["method"], theirs["test"], field)
                compared += 1
    assert compared == COMMON


COMMON = 720
