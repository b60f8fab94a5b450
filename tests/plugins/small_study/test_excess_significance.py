"""The test of excess significance against metafor 3.8-1 (section tes), enumeration and its edges."""

from __future__ import annotations

from itertools import product

import golden
import numpy as np
import pytest
from asymmetry_data import ZERO_VARIANCE, made, studies_of
from golden import Record
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from livereview import PluginError
from livereview_small_study.excess_significance import (
    EXCESS_SIGNIFICANCE,
    ExcessSignificanceOptions,
    excess,
    number_probabilities,
)

EVERY = list(golden.records("tes"))
#: metafor stops with an error where a power is 1 (or 0) to the last digit; the exact test does not need it to be less.
CERTAIN = [(name, record) for name, record in EVERY if "error" in record and name != ZERO_VARIANCE]
USABLE = [(name, record) for name, record in EVERY if "error" not in record]
# Worst relative error seen 8e-14, of the P of a chi² of 4e-10, a difference of nearly equal numbers.
TOLERANCE = 3e-13


def ids(one: tuple[str, Record]) -> str:
    return f"{one[0]}-{one[1]['effect']}"


def test_every_record_is_compared() -> None:
    assert (len(EVERY), len(USABLE), len(CERTAIN)) == (55, 52, 2)


@pytest.mark.parametrize("one", USABLE, ids=ids)
def test_it_agrees_with_metafor(one: tuple[str, Record]) -> None:
    name, record = one
    chosen = studies_of(name, record["effect"], measure="")
    found = excess(chosen.effect, chosen.variance, 0.05)
    assert found.observed == record["O"]
    np.testing.assert_allclose(found.power, golden.numbers(record["power"]), rtol=TOLERANCE)
    np.testing.assert_allclose([found.expected, found.true_effect], [record["E"], record["theta"]], rtol=TOLERANCE)
    chi2 = EXCESS_SIGNIFICANCE.test(chosen, ExcessSignificanceOptions(p="chi-squared"))
    # Worst relative error seen 4e-11, of that chi².
    assert chi2.statistic == pytest.approx(record["X2"], rel=2e-10)
    assert chi2.p_value == pytest.approx(record["pval_chi2"], rel=TOLERANCE)
    assert chi2.estimate == pytest.approx(record["OE_ratio"], rel=TOLERANCE)
    binomial = EXCESS_SIGNIFICANCE.test(chosen, ExcessSignificanceOptions(p="binomial"))
    assert binomial.p_value == pytest.approx(record["pval_binom"], rel=TOLERANCE)
    if "pval_exact" in record:
        exact = EXCESS_SIGNIFICANCE.test(chosen, ExcessSignificanceOptions())
        # metafor sums over all subsets of studies: worst relative difference seen 6e-15.
        assert exact.p_value == pytest.approx(record["pval_exact"], rel=5e-14)


@pytest.mark.parametrize("one", CERTAIN, ids=ids)
def test_certain_power_is_no_obstacle_unless_all_studies_have_it(one: tuple[str, Record]) -> None:
    chosen = studies_of(one[0], one[1]["effect"], measure="")
    power = excess(chosen.effect, chosen.variance, 0.05).power
    if (power == 1).all():
        with pytest.raises(PluginError, match="1 to the last digit"):
            EXCESS_SIGNIFICANCE.test(chosen, ExcessSignificanceOptions())
    else:
        assert 0 <= EXCESS_SIGNIFICANCE.test(chosen, ExcessSignificanceOptions()).p_value <= 1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_probabilities_of_a_number_are_those_of_enumeration(power: list[float]) -> None:
    expected = np.zeros(len(power) + 1)
    for outcome in product((0, 1), repeat=len(power)):
        chance = np.prod([p if happened else 1 - p for p, happened in zip(power, outcome, strict=True)])
        expected[sum(outcome)] += chance
    np.testing.assert_allclose(number_probabilities(np.array(power)), expected, rtol=1e-12, atol=1e-15)


def test_power_is_alpha_where_there_is_no_effect() -> None:
    found = excess(np.array([1.0, -1.0]), np.array([1.0, 1.0]), 0.05)
    np.testing.assert_allclose(found.power, 0.05, rtol=1e-14)


def test_two_sided_p_doubles_the_smaller_tail() -> None:
    chosen = made([0.0, 0.1, 0.05, 0.02], [0.01] * 4)
    one, two = (
        EXCESS_SIGNIFICANCE.test(chosen, ExcessSignificanceOptions(p="chi-squared", one_sided=side))
        for side in (True, False)
    )
    assert one.p_value > 0.5
    assert two.p_value == pytest.approx(2 * (1 - one.p_value), rel=1e-12)


def test_proportions_have_no_p_values_to_count() -> None:
    with pytest.raises(PluginError, match="effect of one arm"):
        EXCESS_SIGNIFICANCE.test(made([0.2, 0.3], [0.01, 0.01], "PLO"), ExcessSignificanceOptions())


@pytest.mark.parametrize("alpha", [0, 1])
def test_a_level_lies_between_0_and_1(alpha: float) -> None:
    with pytest.raises(ValidationError):
        ExcessSignificanceOptions(alpha=alpha)
