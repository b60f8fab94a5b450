"""Subsets of the studies: which there are, and that sums over pairs give what the models give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereview import Studies
from livereview.fitting import fitted
from livereview.inference import derived
from livereview_influence.cloud import BINS, Cloud, cells, divisions, spread
from livereview_influence.subset_fits import Pooling, subset_fits
from livereview_influence.subsets import Subsets, every_subset, random_subsets
from livereview_pooling import COMMON_EFFECT, RANDOM_EFFECTS


def masks(subsets: Subsets) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.concatenate([block for _, block in subsets.blocks()])


def test_every_subset_is_there_once() -> None:
    for k in (1, 2, 9, 17):
        found = masks(every_subset(k))
        codes = found @ (1 << np.arange(k))
        assert codes.tolist() == list(range(1, 2**k))


def test_blocks_cover_all_subsets_and_holding_is_their_column() -> None:
    for subsets in (every_subset(18), random_subsets(45, 9000, seed=3)):
        parts = [part for part, _ in subsets.blocks()]
        assert len(parts) > 1
        assert [part.start for part in parts] == [0, *(part.stop for part in parts[:-1])]
        assert parts[-1].stop == subsets.size
        found = masks(subsets)
        for study in (0, 8, subsets.k - 1):
            assert (subsets.holding(study) == found[:, study]).all()


@given(st.integers(1, 70), st.integers(0, 2**32))
def test_random_subsets_are_never_empty_and_repeatable(k: int, seed: int) -> None:
    subsets = random_subsets(k, 50, seed)
    found = masks(subsets)
    assert found.shape == (50, k)
    assert found.any(axis=1).all()
    assert (random_subsets(k, 50, seed).bits == subsets.bits).all()


def test_random_subsets_hold_each_study_half_of_the_time() -> None:
    """Binomial: standard deviation 0.0016 of 100,000; 24 studies within 4 of them."""
    share = masks(random_subsets(24, 100_000, seed=1)).mean(axis=0)
    assert np.abs(share - 0.5).max() < 4 * 0.0016


@pytest.mark.parametrize("pooling", ["common-effect", "DL", "REML", "PM", "SJ"])
def test_subset_fits_are_what_the_models_give(pooling: Pooling) -> None:
    """Worst seen 3e-14."""
    random = np.random.default_rng(5)
    effect, variance = random.normal(0.3, 0.5, 11), random.uniform(0.01, 0.5, 11)
    subsets = masks(every_subset(11))
    found = subset_fits(effect, variance, subsets, pooling)
    studies = Studies(effect=effect, variance=variance, present=subsets)
    model = COMMON_EFFECT if pooling == "common-effect" else RANDOM_EFFECTS
    options = model.options() if pooling == "common-effect" else model.options(tau2=pooling, interval="wald")
    fit = fitted(model, studies, options)
    inference = derived(studies, fit)
    assert found.estimate == pytest.approx(fit.estimate, rel=1e-12, abs=1e-13)
    assert found.q == pytest.approx(inference.q, rel=1e-12, abs=1e-13)
    assert found.tau2 == pytest.approx(np.zeros(found.k.shape) if fit.tau2 is None else fit.tau2, rel=1e-11, abs=1e-14)
    several = found.k > 1
    assert np.isnan(found.typical[~several]).all()
    assert found.k.tolist() == subsets.sum(axis=1).tolist()


def test_no_study_has_no_number_and_one_study_its_own() -> None:
    effect, variance = np.array([0.2, 0.7]), np.array([0.1, 0.3])
    found = subset_fits(effect, variance, np.array([[False, False], [False, True]]), "DL")
    assert np.isnan([found.estimate[0], found.q[0], found.tau2[0]]).all()
    assert (found.estimate[1], found.q[1], found.tau2[1]) == (pytest.approx(0.7, rel=1e-15), 0.0, 0.0)


def test_equal_effects_far_from_the_others_have_q_of_exactly_nothing() -> None:
    """A difference of sums of squares would leave rounding of 1e12 here."""
    effect, variance = np.array([0.0, 1000.0, 1000.0]), np.array([1e-12, 1e-12, 2e-12])
    found = subset_fits(effect, variance, np.array([[False, True, True], [True, True, False]]), "DL")
    assert found.q[0] == 0.0
    assert found.tau2[0] == 0.0
    assert found.q[1] == pytest.approx(1000.0**2 / 2e-12, rel=1e-14)


@pytest.mark.parametrize("pooling", ["common-effect", "DL", "REML"])
def test_variances_over_twelve_orders_lose_nothing(pooling: Pooling) -> None:
    effect, variance = np.array([0.0, 1.0, 5.0, 2.0]), np.array([1e-12, 1.0, 3.0, 0.5])
    subsets = masks(every_subset(4))
    whole = subset_fits(effect, variance, subsets, pooling)
    without = subset_fits(effect[1:], variance[1:], subsets[:, 1:], pooling)
    same = ~subsets[:, 0]
    for name in ("estimate", "q", "tau2"):
        assert getattr(whole, name)[same] == pytest.approx(getattr(without, name)[same], rel=1e-12), name


def test_an_unknown_way_of_pooling_is_refused() -> None:
    with pytest.raises(ValueError, match="pooling is 'mean'; it must be"):
        subset_fits(np.zeros(2), np.ones(2), np.ones((1, 2), dtype=bool), "mean")  # type: ignore[arg-type]


def cloud_of(effect: list[float]) -> Cloud:
    values = np.array(effect)
    subsets = every_subset(values.size)
    found = subset_fits(values, np.full(values.size, 0.01), masks(subsets))
    i2 = np.where(found.q > found.k - 1, 100 * (1 - (found.k - 1) / np.maximum(found.q, 1e-300)), 0.0)
    return Cloud(subsets=subsets, estimate=found.estimate, tau2=found.tau2, q=found.q, i2=i2)


def test_an_outlier_divides_the_cloud() -> None:
    parts = divisions(cloud_of([0.0, 0.1, -0.1, 0.05, 6.0]))
    most = max(parts, key=lambda part: part.gap)
    assert most.study == 4
    assert most.above[0] == 15 / 16  # of the subsets with it; the median itself is not above
    assert most.above[1] == 0.0
    assert most.i2[0] > 99
    assert most.i2[1] < 60


def test_a_study_in_every_subset_has_nothing_to_be_compared_with() -> None:
    (part,) = divisions(cloud_of([0.3]))
    assert np.isnan([part.estimate[1], part.i2[1], part.above[1]]).all()


def test_cells_hold_every_chosen_subset_once() -> None:
    cloud = cloud_of([0.0, 0.1, -0.1, 0.05, 1.0, 0.7])
    for study in range(6):
        own = cloud.subsets.holding(study)
        first, second = cells(cloud, own), cells(cloud, ~own)
        assert (first.count.sum(), second.count.sum()) == (32, 31)
        assert (first.i2 % (100 / BINS[1])).tolist() == [50 / BINS[1]] * first.i2.size
        assert cloud.estimate.min() < first.estimate.min() <= first.estimate.max() < cloud.estimate.max()


def test_equal_effects_fall_into_one_cell() -> None:
    cloud = cloud_of([0.5, 0.5, 0.5])
    found = cells(cloud, np.ones(7, dtype=bool))
    assert (found.estimate.tolist(), found.count.tolist()) == ([0.5], [7.0])


def test_a_subset_without_a_result_is_in_no_summary() -> None:
    values = np.array([1.0, np.nan, 3.0])
    assert spread(values)[:6] == (1.0, 1.5, 2.0, 2.0, 2.5, 3.0)
    assert np.isnan(spread(np.array([np.nan]))).all()
