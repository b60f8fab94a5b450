"""Kappa against the tables of the papers that defined it, and against first principles."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereview import Array
from livereview.team.kappa import UNDEFINED, cohen, fleiss, linear_weights

#: Cohen 1968, table 1 (200 cases, judge B in rows): personality disorder, neurosis, psychosis.
COHEN_1968 = np.array([[88, 10, 2], [14, 40, 6], [18, 10, 12]])
#: Ratio-scaled weights of disagreement of the same table.
GRAVITY = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]])

#: Fleiss 1971, table 1: how many of six psychiatrists gave each of five diagnoses to each of 30 patients.
FLEISS_1971 = [
    [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0], [2, 0, 4, 0, 0],
    [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6], [1, 0, 0, 5, 0], [1, 1, 0, 4, 0],
    [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1], [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0],
    [0, 2, 0, 4, 0], [1, 0, 2, 0, 3], [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0],
    [1, 0, 0, 4, 1], [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
]  # fmt: skip

squares = st.integers(2, 4).flatmap(
    lambda c: st.lists(st.lists(st.integers(0, 30), min_size=c, max_size=c), min_size=c, max_size=c)
)


def test_kappa_of_cohens_own_example() -> None:
    # Printed .492 (1968, page 215: unweighted); 29/59 exactly, worst error 0.
    assert cohen(COHEN_1968).value == pytest.approx(29 / 59, abs=1e-12)


def test_weighted_kappa_of_cohens_own_example() -> None:
    # Printed .348 with weights of disagreement 0, 1, 3, 6; agreement is 1 - v / 6. Worst error 0.0002: three digits.
    assert cohen(COHEN_1968, 1 - GRAVITY / 6).value == pytest.approx(0.348, abs=0.0005)


def test_linear_weights_and_standard_errors_are_those_of_another_program() -> None:
    # statsmodels 0.15, inter_rater.cohens_kappa, without weights and with wt="linear". Worst error 6e-17.
    plain, weighted = cohen(COHEN_1968), cohen(COHEN_1968, linear_weights(3))
    assert plain.standard_error == pytest.approx(0.05100181557607786, abs=1e-12)
    assert weighted.value == pytest.approx(0.4736842105263158, abs=1e-12)
    assert weighted.standard_error == pytest.approx(0.05443230917764151, abs=1e-12)


def test_the_standard_error_is_the_delta_method() -> None:
    # First principle: gradient of kappa over the cell probabilities by central differences. Worst error 2e-12.
    w, p, n = linear_weights(3), COHEN_1968 / 200, 200
    step = 1e-6
    gradient = np.zeros((3, 3))
    for i, j in itertools.product(range(3), range(3)):
        up, down = p.copy(), p.copy()
        up[i, j] += step
        down[i, j] -= step
        gradient[i, j] = (_kappa(up, w) - _kappa(down, w)) / (2 * step)
    variance = ((p * gradient**2).sum() - (p * gradient).sum() ** 2) / n
    assert cohen(COHEN_1968, w).standard_error == pytest.approx(math.sqrt(variance), abs=1e-11)


def _kappa(p: Array, w: Array) -> float:
    """Kappa of cells that need not add up to 1, written out: the definition."""
    expected = sum(w[i, j] * p[i].sum() * p[:, j].sum() for i in range(3) for j in range(3))
    return float(((w * p).sum() - expected) / (1 - expected))


def test_fleiss_of_his_own_table() -> None:
    # Printed .430, and the shares of the five diagnoses .144 .144 .167 .306 .239. Worst error 0.0003: three digits.
    assert np.sum(FLEISS_1971, axis=0) / 180 == pytest.approx([0.144, 0.144, 0.167, 0.306, 0.239], abs=0.0005)
    assert fleiss(FLEISS_1971).value == pytest.approx(0.430, abs=0.0005)


def test_one_category_for_everything_has_no_kappa() -> None:
    assert math.isnan(cohen([[12, 0], [0, 0]]).value)
    assert cohen([[12, 0], [0, 0]]).note == UNDEFINED
    assert math.isnan(fleiss([[3, 0], [3, 0]]).value)


def test_nothing_to_compare_has_no_kappa() -> None:
    assert math.isnan(cohen(np.zeros((2, 2))).value)
    assert math.isnan(fleiss([]).value)


def test_one_category_of_one_rater_alone_is_agreement_by_chance() -> None:
    assert cohen([[5, 5], [0, 0]]).value == 0


def test_unequal_numbers_of_raters_are_refused() -> None:
    with pytest.raises(ValueError, match="same number of raters"):
        fleiss([[2, 1], [1, 1]])


def test_the_upper_limit_is_at_most_one() -> None:
    assert cohen([[5, 0], [1, 4]]).limits()[1] == 1.0


@pytest.mark.parametrize("table", [[[5, 0], [0, 4]], [[5, 5], [0, 0]]])
def test_a_standard_error_of_zero_gives_no_interval(table: list[list[int]]) -> None:
    assert all(math.isnan(limit) for limit in cohen(table).limits())


@given(squares)
def test_who_comes_first_does_not_matter(table: list[list[int]]) -> None:
    one, other = cohen(table), cohen(np.transpose(table))
    assert one.value == pytest.approx(other.value, abs=1e-9, nan_ok=True)
    assert one.standard_error == pytest.approx(other.standard_error, abs=1e-7, nan_ok=True)


@given(squares)
def test_kappa_is_one_only_where_all_agree(table: list[list[int]]) -> None:
    counts = np.array(table)
    found = cohen(counts).value
    if not math.isnan(found):
        assert found <= 1
        assert (found == pytest.approx(1)) == (counts.sum() == np.trace(counts))


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=40))
def test_linear_weights_of_two_categories_are_no_weights(pairs: list[tuple[int, int]]) -> None:
    counts = np.zeros((2, 2))
    for first, second in pairs:
        counts[min(first, 1), min(second, 1)] += 1
    assert cohen(counts, linear_weights(2)).value == pytest.approx(cohen(counts).value, nan_ok=True)
