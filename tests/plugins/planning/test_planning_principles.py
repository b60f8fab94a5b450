"""Looking ahead against what can be written out: a common effect with known variances, and simulation where not."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning_requests import ADHOC, EFFECTS, VARIANCES, ahead, array, pooled, random_effects, request
from scipy.special import ndtr, ndtri, stdtr

from livereview_planning.conclusions import Relation
from livereview_planning.predictive import Predictive
from livereview_planning.renewal import renewed
from livereview_pooling import RANDOM_EFFECTS

Z = float(ndtri(0.975))
VARIANCE = st.floats(1e-3, 10.0)
EFFECT = st.floats(-2.0, 2.0)


def closed_form(value: float, own: float) -> tuple[float, float, float]:
    """P (interval below a value), P (above it) and the width on the log scale under a common effect.

    With W the information now, m the estimate and w = 1/v: the new estimate is normal about m with standard deviation
    w / (W + w) sqrt(1/W + v), and its interval reaches z / sqrt(W + w) to either side.
    """
    middle, information = pooled(request())
    weight = 1 / own
    spread = weight / (information + weight) * math.sqrt(1 / information + own)
    reach = Z / math.sqrt(information + weight)
    target = math.log(value)
    below = ndtr((target - reach - middle) / spread)
    above = ndtr((middle - target - reach) / spread)
    return float(below), float(above), 2 * reach


@pytest.mark.parametrize("own", [1e-4, 0.005, 0.05, 0.5, 20.0])
@pytest.mark.parametrize("value", [0.7, 0.8, 1.0])
def test_a_common_effect_gives_the_probabilities_of_the_normal_distribution(value: float, own: float) -> None:
    # Worst seen 3e-10, from the ends of the rule, where 2e-9 of the probability lies.
    (found,) = ahead(request(), value).alone(array(own))
    below, above, width = closed_form(value, own)
    assert found.chance(0, Relation.BELOW) == pytest.approx(below, abs=1e-8)
    assert found.chance(0, Relation.ABOVE) == pytest.approx(above, abs=1e-8)
    assert found.width == pytest.approx(width, rel=1e-12)
    assert found.median_width == pytest.approx(width, rel=1e-12)


def test_quartiles_of_the_new_estimate_are_those_of_the_normal_distribution() -> None:
    middle, information = pooled(request())
    own, weight = 0.05, 20.0
    spread = weight / (information + weight) * math.sqrt(1 / information + own)
    (found,) = ahead(request()).alone(array(own))
    expected = (middle, middle + ndtri(0.25) * spread, middle + ndtri(0.75) * spread)
    assert found.estimate == pytest.approx(expected, abs=1e-6)  # worst seen 1e-7: linear between 2,401 places


def test_one_trial_of_a_size_is_worth_two_of_half_the_size_under_a_common_effect() -> None:
    # 1,024 points: worst seen 0.0005.
    look = ahead(request(), 0.8)
    whole, halves = look.alone(array(0.05))[0], look.together(array(0.1, 0.1))
    assert halves.excludes(0) == pytest.approx(whole.excludes(0), abs=0.002)
    assert halves.width == pytest.approx(whole.width, rel=1e-12)


def test_twenty_trials_at_once_agree_with_the_closed_form_under_a_common_effect() -> None:
    # 22 dimensions, 1,024 points: worst seen 0.0008, over 2 to 40 trials.
    for value in (0.7, 0.75, 0.8):
        found = ahead(request(), value).together(np.full(20, 0.5))
        below, above, width = closed_form(value, 0.5 / 20)
        assert found.excludes(0) == pytest.approx(below + above, abs=0.002)
        assert found.width == pytest.approx(width, rel=1e-12)


@pytest.mark.parametrize("df", [1.0, 2.0, 3.0, 10.0, 40.0])
def test_a_trial_without_end_is_predicted_as_the_prediction_interval_has_it(df: float) -> None:
    # Worst seen 5e-10.
    look = Predictive(centre=-0.2, standard_error=0.1, tau2=0.04, df=df)
    at = np.linspace(-3, 3, 25)
    assert look.cdf(at, np.zeros(25)) == pytest.approx(stdtr(df, (at + 0.2) / math.sqrt(0.05)), abs=2e-9)


@pytest.mark.parametrize("df", [2.0, 3.0, 10.0, math.inf])
def test_the_nodes_reproduce_the_distribution(df: float) -> None:
    # Expectation of a smooth function, against 20,001 points of the distribution function: worst seen 4e-9.
    look = Predictive(centre=-0.2, standard_error=0.1, tau2=0.04, df=df)
    own = array(0.02)
    y, weight = look.nodes(own)
    edges = look.centre + 0.1 * np.sinh(np.linspace(-8, 8, 20_001))
    mass = np.diff(look.cdf(edges, own[0]))
    middle = (edges[:-1] + edges[1:]) / 2
    assert float(weight[0] @ np.tanh(y[0])) == pytest.approx(float(mass @ np.tanh(middle)), abs=2e-8)
    assert weight.sum() == pytest.approx(1.0, abs=1e-12)


#: Per case: variance of the trial, the value, tau² stated or estimated, k used.
SIMULATED = [(0.5, 1.0, None, 5), (0.05, 1.0, 0.05, 5), (0.01, 0.8, None, 4), (0.02, 0.8, 0.3, 3), (0.05, 1.0, None, 2)]


@pytest.mark.parametrize(("own", "value", "tau2", "k"), SIMULATED)
def test_random_effects_agree_with_simulation(own: float, value: float, tau2: float | None, k: int) -> None:
    draws = 40_000
    asked = random_effects(effects=EFFECTS[:k], variances=VARIANCES[:k])
    look = ahead(asked, value, tau2=tau2)
    (found,) = look.alone(array(own))
    rng, law = np.random.default_rng(20261129), look.predictive
    scale = law.df / rng.chisquare(law.df, draws)
    y = law.centre + np.sqrt(scale * (law.standard_error**2 + law.tau2) + own) * rng.standard_normal(draws)
    anew = renewed(asked, y[:, None], array(own))
    for relation, share in ((Relation.BELOW, anew.high < value), (Relation.ABOVE, anew.low > value)):
        error = math.sqrt(share.mean() * (1 - share.mean()) / draws) + 1 / draws
        assert abs(found.chance(0, relation) - share.mean()) < 4 * error
    # Many futures have the same width, to rounding, where tau² is estimated at 0.
    slack, error = 1e-6 * found.median_width, 4 * math.sqrt(0.25 / draws)
    assert (anew.width < found.median_width - slack).mean() < 0.5 + error
    assert (anew.width <= found.median_width + slack).mean() > 0.5 - error
    assert abs((anew.estimate <= found.estimate[1]).mean() - 0.25) < 4 * math.sqrt(0.1875 / draws)
    if law.df > 2:
        assert abs(found.width - anew.width.mean()) < 4 * anew.width.std() / math.sqrt(draws)
    else:
        assert math.isnan(found.width) == (law.df <= 1)


def test_a_conclusion_that_moves_only_in_a_narrow_range_of_results_is_found() -> None:
    # Just above the size at which it first can happen, the interval excludes 0.8 for a few results only.
    asked = random_effects()
    sizes = 1 / np.geomspace(1, 3000, 300)
    chance = np.array([item.excludes(0) for item in ahead(asked, 0.8).alone(sizes)])
    first = int(np.argmax(chance > 0))
    assert 0 < first < 299
    assert (chance[:first] == 0).all()
    # The region opens like a square root: without a search between the nodes the chance would leap to 3% or more.
    fine = np.linspace(sizes[first - 1], sizes[first], 41)
    opened = np.array([item.excludes(0) for item in ahead(asked, 0.8).alone(fine)])
    assert (np.diff(opened) > -1e-9).all()
    assert opened[opened > 0][0] < chance[first]


@settings(max_examples=12, deadline=None)
@given(
    studies=st.lists(st.tuples(EFFECT, VARIANCE), min_size=1, max_size=6),
    own=st.lists(st.floats(1e-4, 50.0), min_size=1, max_size=4),
    values=st.lists(st.floats(0.2, 5.0), min_size=1, max_size=3, unique=True),
    common=st.booleans(),
)
def test_chances_are_probabilities_and_the_order_of_trials_does_not_matter(
    studies: list[tuple[float, float]], own: list[float], values: list[float], common: bool
) -> None:
    effects, variances = zip(*studies, strict=True)
    kind = {} if common else {"model": RANDOM_EFFECTS, "options": ADHOC}
    look = ahead(request(effects, variances, **kind), *values)
    found = look.alone(array(*own))
    for item in found:
        assert math.isclose(sum(item.chances.values()), 1.0, abs_tol=1e-9)
        assert min(item.chances.values()) >= -1e-12
        assert item.estimate[1] <= item.estimate[0] <= item.estimate[2]
    turned = look.alone(array(*own[::-1]))[::-1]
    for one, other in zip(found, turned, strict=True):
        assert {key: round(value, 9) for key, value in one.chances.items() if value > 1e-6} == {
            key: round(value, 9) for key, value in other.chances.items() if value > 1e-6
        }
        assert one.median_width == pytest.approx(other.median_width, rel=1e-9)


@settings(max_examples=50, deadline=None)
@given(
    studies=st.lists(st.tuples(EFFECT, VARIANCE), min_size=1, max_size=6),
    own=st.lists(st.floats(1e-4, 50.0), min_size=2, max_size=5),
)
def test_more_participants_never_widen_the_interval_under_a_common_effect(
    studies: list[tuple[float, float]], own: list[float]
) -> None:
    effects, variances = zip(*studies, strict=True)
    widths = [item.width for item in ahead(request(effects, variances)).alone(array(*sorted(own)))]
    assert all(one <= other * (1 + 1e-12) for one, other in pairwise(widths))
    assert max(widths) <= 2 * Z / math.sqrt((1 / np.array(variances)).sum()) * (1 + 1e-12)
