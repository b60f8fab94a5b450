"""Kendall's score, its variance and its distribution, against enumeration of all orders and scipy."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from math import factorial

import numpy as np
import pytest
from scipy.stats import kendalltau

from livereview_small_study.kendall import (
    LARGEST_EXACT,
    RankCorrelation,
    exact_p,
    inversion_probabilities,
    normal_p,
    normal_z,
    rank_correlation,
)

NO_TIES = [7.0, 1.0, 5.0, 3.0, 2.0, 9.0, 4.0]
TIES = [1.0, 1.0, 2.0, 3.0, 3.0, 3.0, 5.0]


def scores_of_all_orders(first: list[float], second: list[float]) -> np.ndarray:
    fixed = np.array(first)
    return np.array([rank_correlation(fixed, np.array(order)).score for order in permutations(second)])


def test_score_is_concordant_minus_discordant_pairs() -> None:
    # 1,2,3,4 against 1,3,2,4: one of the six pairs is discordant.
    assert rank_correlation(np.array([1.0, 2, 3, 4]), np.array([1.0, 3, 2, 4])).score == 4


@pytest.mark.parametrize(
    ("first", "second"), [(NO_TIES, NO_TIES[::-1]), (TIES, NO_TIES), (TIES, [2, 2, 2, 1, 1, 5, 5])]
)
def test_variance_is_that_of_the_score_over_all_orders(first: list[float], second: list[float]) -> None:
    scores = scores_of_all_orders(first, second)
    # No difference seen; 1e-14 allows for other orders of summation.
    assert rank_correlation(np.array(first), np.array(second)).variance == pytest.approx(scores.var(), rel=1e-14)


def test_exact_p_is_the_share_of_orders_at_least_as_extreme() -> None:
    scores = scores_of_all_orders(sorted(NO_TIES), NO_TIES)
    for order in list(permutations(NO_TIES))[::97]:
        found = rank_correlation(np.array(sorted(NO_TIES)), np.array(order))
        share = min(1.0, 2 * (scores >= abs(found.score)).mean())
        # Worst absolute error seen 2e-16: sums of 5040 equal probabilities.
        assert exact_p(found) == pytest.approx(share, abs=1e-14)


def test_five_studies_in_perfect_order_have_p_of_two_in_120() -> None:
    found = rank_correlation(np.arange(5.0), np.arange(5.0))
    assert exact_p(found) == pytest.approx(2 / 120, rel=1e-14)


def orders_by_inversions(k: int) -> list[int]:
    """How many orders of k things have 0, 1, ... inversions, in whole numbers."""
    counts = [1]
    for size in range(2, k + 1):
        shifts = [[0] * shift + counts + [0] * (size - 1 - shift) for shift in range(size)]
        counts = [sum(column) for column in zip(*shifts, strict=True)]
    return counts


@pytest.mark.parametrize(("k", "score"), [(24, 142), (40, 20), (40, 400)])
def test_exact_p_agrees_with_counting_in_whole_numbers(k: int, score: int) -> None:
    tail = sum(orders_by_inversions(k)[: (k * (k - 1) // 2 - score) // 2 + 1])
    found = RankCorrelation(k=k, score=score, variance=1.0, tau=np.nan, ties=False)
    # Worst relative error seen 8e-16.
    assert exact_p(found) == pytest.approx(float(Fraction(2 * tail, factorial(k))), rel=1e-14, abs=0)


@pytest.mark.parametrize("k", [1, 2, 3, 10, 50, LARGEST_EXACT])
def test_inversion_probabilities_sum_to_one_and_are_symmetric(k: int) -> None:
    probabilities = inversion_probabilities(k)
    assert probabilities.size == k * (k - 1) // 2 + 1
    # Worst errors seen, after 170 convolutions: sum 1.4e-15, symmetry 2.7e-15.
    assert probabilities.sum() == pytest.approx(1, abs=1e-14)
    np.testing.assert_allclose(probabilities, probabilities[::-1], rtol=2e-14)


def test_the_rarest_order_keeps_its_precision() -> None:
    # 1/30!, far below the spacing of doubles near 1.
    assert inversion_probabilities(30)[0] == pytest.approx(1 / 265252859812191058636308480000000, rel=1e-14)


@pytest.mark.parametrize("k", [6, 9, 20, 49, 120])
@pytest.mark.parametrize("rounded", [False, True], ids=["no ties", "ties"])
def test_tau_and_p_agree_with_scipy(k: int, rounded: bool) -> None:
    rng = np.random.default_rng(k)
    first, second = rng.normal(size=(2, k))
    if rounded:
        first, second = np.round(first, 1), np.round(second)
    found = rank_correlation(first, second)
    # Worst relative errors seen: tau 2e-16, normal P 0, exact P 3e-15.
    assert found.tau == pytest.approx(kendalltau(first, second).statistic, rel=1e-14)
    assert normal_p(normal_z(found)) == pytest.approx(kendalltau(first, second, method="asymptotic").pvalue, rel=1e-14)
    if not found.ties:
        assert exact_p(found) == pytest.approx(kendalltau(first, second, method="exact").pvalue, rel=1e-13)


def test_a_continuity_correction_never_turns_the_sign() -> None:
    found = rank_correlation(np.array([1.0, 2, 3]), np.array([2.0, 1, 3]))
    assert found.score == 1
    assert normal_z(found, correction=1) == 0


def test_neighbours_within_the_tolerance_are_ties() -> None:
    first, second = np.array([1.0, 1.0 + 1e-15, 2.0, 3.0]), np.array([1.0, 2.0, 3.0, 4.0])
    assert not rank_correlation(first, second).ties
    assert rank_correlation(first, second, (1e-12, 0.0)).ties


def test_a_list_of_equal_values_has_no_tau() -> None:
    found = rank_correlation(np.ones(4), np.arange(4.0))
    assert np.isnan(found.tau)
    assert found.variance == 0
