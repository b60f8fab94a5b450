"""Permutation tests: the reference values, first principles, and that arrangements are complete and distinct."""

from __future__ import annotations

from itertools import permutations, product
from math import comb

import golden
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regression_reference import column
from scipy.special import ndtr

import livereview_regression.arrangements as arrangements
from livereview import Array
from livereview_estimation import coefficient_tests, meta_regression, omnibus
from livereview_regression.permutation import permutation_test


def test_every_permutation_test_agrees_with_metafor() -> None:
    compared = 0
    for dataset, record in golden.records("permutest"):
        y, v = golden.effect(dataset, record["effect"])
        if "rows" in record:
            assert record["rows"] == "first 7 rows"
            y, v = y[:7], v[:7]
        x = np.ones((y.size, 1))
        if record["mods"]:
            x = np.column_stack([x, golden.numbers(column(dataset, record["mods"]))[: y.size]])
        found = permutation_test(y, v, x, record["method"])
        assert found.exact
        assert found.not_fitted == 0
        assert found.arrangements == record["n_permutations"]
        # Shares of the same count: no difference.
        assert found.coefficients.tolist() == record["pval"]
        assert found.omnibus == record["QMp"]
        compared += 1
    assert compared == 14


def data(k: int, seed: int = 3) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    v = rng.uniform(0.05, 0.5, k)
    return rng.normal(0.3, np.sqrt(v + 0.1)), v


def test_all_orders_give_what_fits_one_by_one_give() -> None:
    """With two moderators, an omnibus test, and tau² estimated anew each time."""
    y, v = data(5)
    x = np.column_stack([np.ones(5), [0.0, 0, 1, 1, 1], [1.0, 2, 3, 4, 4]])
    here = np.ones(5, dtype=bool)

    def statistics(rows: Array) -> list[float]:
        fit = meta_regression(y, v, rows, here, "DL", "hartung-knapp")
        return [*np.abs(coefficient_tests(fit).statistic), float(omnibus(fit, [1, 2]).statistic)]

    observed = np.array(statistics(x))
    distinct = sorted({tuple(order) for order in permutations([tuple(row) for row in x.tolist()])})
    counted = np.mean([np.array(statistics(np.array(rows))) >= observed - 1e-8 for rows in distinct], axis=0)
    found = permutation_test(y, v, x, "DL", "hartung-knapp")
    assert found.arrangements == len(distinct) == 60
    assert [*found.coefficients, found.omnibus] == pytest.approx(counted.tolist(), rel=1e-15)


def test_all_sign_flips_give_what_fits_one_by_one_give() -> None:
    y, v = data(6)
    one, here = np.ones((6, 1)), np.ones(6, dtype=bool)

    def statistic(signs: tuple[int, ...]) -> float:
        fit = meta_regression(y * np.array(signs), v, one, here)
        return abs(float(coefficient_tests(fit).statistic[0]))

    every = [statistic(signs) for signs in product([1, -1], repeat=6)]
    expected = np.mean(np.array(every) >= every[0] - 1e-8)
    found = permutation_test(y, v, one)
    assert (found.coefficients[0], found.omnibus, found.arrangements) == (expected, expected, 64)


def test_random_arrangements_come_near_all_and_depend_on_the_seed_alone() -> None:
    y, v = data(7)
    for x in (np.ones((7, 1)), np.column_stack([np.ones(7), np.arange(7.0)])):
        exact = permutation_test(y, v, x, "DL")
        drawn = permutation_test(y, v, x, "DL", draws=4000, seed=5, exact=10)
        assert not drawn.exact
        assert drawn.arrangements == 4001
        # Five standard errors of a share of 4,000.
        assert np.abs(drawn.coefficients - exact.coefficients).max() < 5 * 0.5 / np.sqrt(4000)
        again = permutation_test(y, v, x, "DL", draws=4000, seed=5, exact=10)
        assert again.coefficients.tolist() == drawn.coefficients.tolist()
        other = permutation_test(y, v, x, "DL", draws=4000, seed=6, exact=10)
        assert other.coefficients.tolist() != drawn.coefficients.tolist()


def test_p_of_random_arrangements_is_never_0() -> None:
    y = np.linspace(3, 4, 24)
    found = permutation_test(y, np.full(24, 0.01), np.ones((24, 1)), "DL", draws=99)
    assert found.coefficients[0] == pytest.approx(1 / 100)


def test_the_smallest_p_of_k_studies_is_two_flips_of_all() -> None:
    found = permutation_test(np.array([1.0, 1.1, 1.2, 0.9]), np.full(4, 0.1), np.ones((4, 1)))
    assert found.coefficients[0] == 2 / 2**4


def test_memory_does_not_grow_with_the_number_of_arrangements(monkeypatch: pytest.MonkeyPatch) -> None:
    y, v = data(7)
    x = np.column_stack([np.ones(7), np.arange(7.0)])
    usual = permutation_test(y, v, x, "DL")
    monkeypatch.setattr(arrangements, "ELEMENTS", 70)
    assert max(batch.size for batch in arrangements.all_orders(np.arange(7))) <= 70
    assert permutation_test(y, v, x, "DL").coefficients.tolist() == usual.coefficients.tolist()


@settings(deadline=None)
@given(st.lists(st.integers(1, 3), min_size=1, max_size=4))
def test_every_distinct_order_comes_exactly_once(sizes: list[int]) -> None:
    group = np.repeat(np.arange(len(sizes)), sizes)
    orders = np.concatenate(list(arrangements.all_orders(group)))
    assert len(orders) == arrangements.number_of_orders(group)
    assert len({tuple(order) for order in orders.tolist()}) == len(orders)
    assert (np.sort(orders, axis=1) == group).all()


def test_orders_beyond_32_bits_are_counted_right() -> None:
    group = np.repeat([0, 1], [17, 17])
    assert arrangements.number_of_orders(group) == comb(34, 17)
    first = next(iter(arrangements.all_orders(group)))
    assert first[0].tolist() == group.tolist()
    assert len({tuple(order) for order in first[:1000].tolist()}) == 1000


@pytest.mark.parametrize("k", [1, 2, 5])
def test_every_sign_flip_comes_once_up_to_mirroring(k: int) -> None:
    signs = np.concatenate(list(arrangements.all_signs(k)))
    assert signs.shape == (2 ** (k - 1), k)
    assert (signs[:, 0] == 1).all()
    assert len({tuple(row) for row in signs.tolist()}) == 2 ** (k - 1)


def test_rows_that_are_equal_are_one_group() -> None:
    rows, group = arrangements.distinct_rows(np.array([[1.0, 2.0], [1.0, 3.0], [1.0, 2.0]]))
    assert rows.tolist() == [[1, 2], [1, 3]]
    assert group.tolist() == [0, 1, 0]


def test_p_by_permutation_is_near_that_by_the_distribution_where_its_assumptions_hold() -> None:
    rng = np.random.default_rng(2)
    v = np.full(14, 0.1)
    y = rng.normal(0.15, np.sqrt(v))
    found = permutation_test(y, v, np.ones((14, 1)), "EE")
    assert found.coefficients[0] == pytest.approx(2 * ndtr(-abs(y.mean()) / np.sqrt(0.1 / 14)), abs=0.05)
