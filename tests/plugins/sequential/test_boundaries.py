"""Spending boundaries: published tables, rpact, first principles, and what every boundary must keep."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr, ndtri

from livereview_sequential.boundaries import HIGHEST, efficacy, exits, futility, own_looks
from livereview_sequential.spending import Spending, spent

RECORDS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "reference" / "spending_boundaries.json").read_text(encoding="utf-8")
)
NAMES: dict[str, Spending] = {"asOF": "obrien-fleming", "asP": "pocock", "bsOF": "obrien-fleming", "bsP": "pocock"}
FUTILITY = [record for record in RECORDS if "inner" in record]
QUANTILE = 1.959963984540054


def boundary(share: Any, function: Spending = "obrien-fleming", alpha: float = 0.05) -> Any:
    share = np.asarray(share, dtype=float)
    return efficacy(share, spent(function, alpha / 2, share))


# --- published tables and rpact ----------------------------------------------------------------------------------


def test_the_published_obrien_fleming_type_boundaries_of_five_looks() -> None:
    # Lan and DeMets 1983; the values that ldbounds, gsDesign and the programs of Reboussin et al. print.
    assert boundary(np.arange(1, 6) / 5) == pytest.approx([4.877, 3.357, 2.680, 2.290, 2.031], abs=5.1e-4)
    # Four more digits, by rpact 3.3.4: worst error 2.4e-7, which is its rounding to six digits.
    assert boundary(np.arange(1, 6) / 5) == pytest.approx([4.876885, 3.357012, 2.680280, 2.289817, 2.031032], abs=5e-7)


def test_the_published_pocock_type_boundaries_of_five_looks() -> None:
    assert boundary(np.arange(1, 6) / 5, "pocock") == pytest.approx([2.438, 2.427, 2.410, 2.397, 2.386], abs=5.1e-4)


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: f"{r['spending']}-{r['alpha']}-{len(r['share'])}")
def test_outer_boundaries_are_those_of_rpact(record: dict[str, Any]) -> None:
    """The P at each boundary, one tail: worst difference 6e-10; boundaries below 4.5: 9.4e-6.

    Beyond 4.5 rpact's own integration errs by up to 4e-3 (after a first look at which next to nothing is spent, the
    second boundary is known: see the test of a very early look). Where it has no boundary, ours lies beyond 6.
    """
    found = boundary(record["share"], NAMES[record["spending"]], record["alpha"])
    for ours, theirs in zip(found, record["outer"], strict=True):
        if theirs is None:
            assert ours > 6
        else:
            assert ndtr(-ours) == pytest.approx(ndtr(-theirs), abs=1e-9)
            assert theirs > 4.5 or ours == pytest.approx(theirs, abs=1e-5)


@pytest.mark.parametrize("record", FUTILITY, ids=lambda r: f"{r['spending']}-{r['futility']}-{len(r['share'])}")
def test_the_wedge_is_that_of_rpact(record: dict[str, Any]) -> None:
    """Worst difference 1.5e-4 (Pocock-type, five looks): rpact leaves out paths on the far side; power 2.6e-5."""
    share = np.array(record["share"])
    outer = boundary(share, NAMES[record["spending"]], record["alpha"])
    theirs = np.append(record["inner"], record["outer"][-1])
    inner = futility(share, outer, spent(NAMES[record["futility"]], record["beta"], share), record["drift"])
    assert inner == pytest.approx(theirs, abs=2e-4)
    power = np.cumsum(sum(exits(share, outer, inner, record["drift"]).__dict__[side] for side in ("above", "below")))
    assert power == pytest.approx(record["power"], abs=4e-5)


# --- first principles --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", ["obrien-fleming", "pocock"])
def test_one_look_at_the_required_information_is_the_usual_test(function: Spending) -> None:
    assert boundary([1.0], function) == pytest.approx([QUANTILE], abs=1e-12)


def test_the_second_boundary_spends_what_is_left_by_direct_integration() -> None:
    first, second = boundary([0.5, 1.0], "pocock")

    def crossing(z: float) -> float:  # Z at full information given Z at half of it: mean z √½, variance ½
        density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
        return float(density * ndtr((np.sqrt(0.5) * z - second) / np.sqrt(0.5)))

    above, _ = quad(crossing, -first, first, epsabs=1e-13)
    assert ndtr(-first) + above == pytest.approx(0.025, abs=1e-11)


def test_three_looks_two_of_them_close_together_by_direct_integration() -> None:
    share = np.array([0.2, 0.21, 0.7])
    outer = boundary(share)
    nodes, weights = np.polynomial.legendre.leggauss(1500)
    steps = np.sqrt(np.diff(share))
    first, second = (limit * np.sqrt(t) * nodes for limit, t in zip(outer[:2], share[:2], strict=True))
    mass = weights * outer[0] * np.sqrt(share[0]) * np.exp(-(first**2) / (2 * share[0])) / np.sqrt(2 * np.pi * share[0])
    kernel = np.exp(-(((second[:, None] - first) / steps[0]) ** 2) / 2) / (np.sqrt(2 * np.pi) * steps[0])
    reached = weights * outer[1] * np.sqrt(share[1]) * (kernel @ mass)
    last = reached @ ndtr((second - outer[2] * np.sqrt(share[2])) / steps[1])
    target = np.diff(spent("obrien-fleming", 0.025, share))[1]
    assert last == pytest.approx(target, rel=1e-9)  # worst seen 1e-13


def test_the_wedge_spends_beta_by_direct_integration() -> None:
    share, drift, beta = np.array([0.5, 1.0]), 3.5, 0.1
    outer = boundary(share, "pocock")
    inner = futility(share, outer, spent("pocock", beta, share), drift)
    mean = drift * np.sqrt(0.5)
    assert ndtr(inner[0] - mean) - ndtr(-inner[0] - mean) == pytest.approx(spent("pocock", beta, share)[0], abs=1e-12)

    def within(z: float) -> float:
        density = np.exp(-((z - mean) ** 2) / 2) / np.sqrt(2 * np.pi)
        middle = np.sqrt(0.5) * z + drift / 2
        return float(density * (ndtr((inner[1] - middle) / np.sqrt(0.5)) - ndtr((-inner[1] - middle) / np.sqrt(0.5))))

    late = sum(quad(within, *piece, epsabs=1e-13)[0] for piece in ((-outer[0], -inner[0]), (inner[0], outer[0])))
    assert late == pytest.approx(np.diff(spent("pocock", beta, share))[0], abs=1e-11)


def test_simulated_paths_cross_as_often_as_computed() -> None:
    share, paths = np.array([0.15, 0.4, 0.45, 0.9, 1.0]), 400_000
    outer = boundary(share, "pocock")
    inner = futility(share, outer, spent("pocock", 0.1, share), 3.24)
    random = np.random.default_rng(2026)
    steps = random.normal(3.24 * np.diff(share, prepend=0.0), np.sqrt(np.diff(share, prepend=0.0)), (paths, share.size))
    z = np.cumsum(steps, axis=1) / np.sqrt(share)
    ended = (np.abs(z) >= outer) | (np.abs(z) < inner)
    first = np.where(ended.any(axis=1), ended.argmax(axis=1), share.size)
    computed = exits(share, outer, inner, 3.24)
    for look in range(share.size):
        here = z[first == look, look]
        error = 4 * np.sqrt(0.25 / paths)  # four Monte Carlo standard errors at most
        assert np.sum(here >= outer[look]) / paths == pytest.approx(computed.above[look], abs=error)
        assert np.sum(np.abs(here) < inner[look]) / paths == pytest.approx(computed.futile[look], abs=error)


# --- what holds for any looks ------------------------------------------------------------------------------------

looks = st.lists(st.floats(0.02, 1.0), min_size=1, max_size=7).map(lambda steps: np.cumsum(steps) / sum(steps))


@settings(max_examples=40, deadline=None)
@given(share=looks, function=st.sampled_from(["obrien-fleming", "pocock"]), alpha=st.floats(0.001, 0.2))
def test_alpha_is_spent_whole_by_full_information(share: Any, function: Spending, alpha: float) -> None:
    outer = boundary(share, function, alpha)
    ends = exits(share, outer, np.zeros(share.shape), 0.0)
    assert np.sum(ends.above + ends.below) == pytest.approx(alpha, rel=1e-12)  # worst seen 3e-15
    assert np.all(outer >= -ndtri(alpha / 2) - 1e-9)  # never easier than the usual test


@settings(max_examples=25, deadline=None)
@given(share=looks, drift=st.floats(1.0, 5.0), beta=st.floats(0.05, 0.3))
def test_the_wedge_never_spends_more_than_beta_nor_leaves_the_boundary(share: Any, drift: float, beta: float) -> None:
    outer = boundary(share)
    inner = futility(share, outer, spent("obrien-fleming", beta, share), drift)
    ends = exits(share, outer, inner, drift)
    assert np.all(inner <= np.minimum(outer, HIGHEST))
    assert np.sum(ends.futile) <= beta * (1 + 1e-8)


# --- edges -------------------------------------------------------------------------------------------------------


def test_a_very_early_look_has_no_boundary_and_costs_nothing() -> None:
    outer = boundary([0.01, 0.5, 1.0])
    assert np.isinf(outer[0])
    assert outer[1:] == pytest.approx(boundary([0.5, 1.0]), abs=1e-12)


def test_information_beyond_what_is_required_spends_no_more_than_alpha() -> None:
    assert boundary([0.5, 1.7]) == pytest.approx(boundary([0.5, 1.0]), abs=0.2)
    assert spent("pocock", 0.025, np.array([1.0, 1.7])) == pytest.approx([0.025, 0.025])


def test_a_look_that_adds_nothing_is_no_look_of_its_own() -> None:
    assert list(own_looks(np.array([0.2, 0.2, 0.20001, 0.5, 0.5002, 1.0]))) == [True, False, False, True, False, True]


def test_looks_close_together_are_integrated_as_well_as_looks_far_apart() -> None:
    """A step of a thousandth of the information; alpha adds up all the same, worst error 2e-17."""
    share = np.array([0.3, 0.3003, 0.6, 0.6006, 1.0])
    ends = exits(share, boundary(share, "pocock"), np.zeros(5), 0.0)
    assert np.sum(ends.above) == pytest.approx(0.025, abs=1e-14)


def test_spending_begins_at_nothing_and_ends_with_everything() -> None:
    for function in NAMES.values():
        assert spent(function, 0.025, np.array([0.0, 1.0, 3.0])) == pytest.approx([0.0, 0.025, 0.025], abs=1e-15)
