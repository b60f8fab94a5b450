"""The likelihood of selection models against adaptive quadrature, and its derivatives against differences."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from livereview import Array
from livereview_bias_adjustment.selection_functions import SMALLEST_P, SelectionFunction
from livereview_bias_adjustment.selection_likelihood import Likelihood

FUNCTIONS = [
    SelectionFunction(shape="step", alternative="greater", steps=(0.025, 0.5)),
    SelectionFunction(shape="step", alternative="less", steps=(0.05,)),
    SelectionFunction(shape="step", alternative="two-sided", steps=(0.01, 0.1)),
    *(
        SelectionFunction(shape=shape, alternative=alternative)
        for shape in ("beta", "half-normal", "negative-exponential", "logistic", "power")
        for alternative in ("greater", "less", "two-sided")
    ),
]
Y, V = np.array([0.9, -0.1, 0.35]), np.array([0.09, 0.02, 0.2])


def weight(function: SelectionFunction, delta: Array, z: float) -> float:
    """w(p), from its definition."""
    p = float(function.p_values(np.array(z)))
    if function.shape == "step":
        return float(np.append(1.0, delta)[sum(p > step for step in function.steps)])
    p = min(max(p, SMALLEST_P[function.shape]), 1 - SMALLEST_P[function.shape])
    (d, *rest) = delta
    return {
        "beta": lambda: p ** (d - 1) * (1 - p) ** (rest[0] - 1),
        "half-normal": lambda: np.exp(-d * p * p),
        "negative-exponential": lambda: np.exp(-d * p),
        "logistic": lambda: 2 * np.exp(-d * p) / (1 + np.exp(-d * p)),
        "power": lambda: (1 - p) ** d,
    }[function.shape]()


def direct(function: SelectionFunction, mean: float, tau2: float, delta: Array) -> float:
    total = 0.0
    for y, v in zip(Y, V, strict=True):
        se, sd = np.sqrt(v), np.sqrt(v + tau2)
        low, high = (mean - 12 * sd) / se, (mean + 12 * sd) / se

        def density(z: float, se: float = se, sd: float = sd) -> float:
            return weight(function, delta, z) * float(norm.pdf(z * se, mean, sd)) * se

        near = [10.0**-power for power in range(1, 7)]
        breaks = [-8.2, -4.5, -4.2649, -2, 0.0, 2, 4.2649, 4.5, 8.2, mean / se, *near, *(-x for x in near)]
        breaks += [x for p in function.steps for q in (p, p / 2) for x in (norm.isf(q), -norm.isf(q))]
        points = [low, *sorted({x for x in breaks if low < x < high}), high]
        chance = sum(quad(density, a, b, epsabs=1e-14, epsrel=1e-12, limit=200)[0] for a, b in pairwise(points))
        total += np.log(weight(function, delta, y / se)) + norm.logpdf(y, mean, sd) - np.log(chance)
    return float(total)


def likelihood(function: SelectionFunction) -> Likelihood:
    return Likelihood(Y[None], V[None], np.ones((1, 3), dtype=bool), function)


def ids(function: SelectionFunction) -> str:
    return f"{function.shape}-{function.alternative}"


@pytest.mark.parametrize("function", FUNCTIONS, ids=ids)
@pytest.mark.parametrize("tau2", [0.0, 0.3])
def test_it_is_that_of_adaptive_quadrature(function: SelectionFunction, tau2: float) -> None:
    for scale in (0.4, 1.0, 3.0):
        delta = scale * np.array([0.7, 1.6])[: function.size]
        found = likelihood(function).at(np.concatenate([[0.25, tau2], delta])[None]).value[0]
        # Worst difference seen 2.4e-10: adaptive quadrature passes the kink at the smallest P of a beta function.
        assert found == pytest.approx(direct(function, 0.25, tau2, delta), abs=1e-9)


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(FUNCTIONS), st.floats(-1, 1), st.floats(0.01, 1), st.floats(0.1, 4), st.floats(0.1, 4))
def test_gradient_and_hessian_are_those_of_differences(
    function: SelectionFunction, mean: float, tau2: float, first: float, second: float
) -> None:
    theta = np.array([mean, tau2, first, second])[: 2 + function.size]
    of = likelihood(function)
    here = of.at(theta[None])
    for i in range(theta.size):
        step = np.zeros(theta.size)
        step[i] = 1e-5 * max(abs(theta[i]), 0.1)
        up, down = of.at((theta + step)[None]), of.at((theta - step)[None])
        slope = (up.value[0] - down.value[0]) / (2 * step[i])
        assert here.gradient[0, i] == pytest.approx(slope, abs=1e-6 * (1 + abs(slope)))
        bend = (up.gradient[0] - down.gradient[0]) / (2 * step[i])
        np.testing.assert_allclose(here.hessian[0, i], bend, atol=1e-6 * (1 + np.abs(bend).max()))


@pytest.mark.parametrize("function", FUNCTIONS, ids=ids)
def test_without_selection_it_is_that_of_the_random_effects_model(function: SelectionFunction) -> None:
    theta = np.concatenate([[0.3, 0.1], np.full(function.size, function.neutral)])
    found = likelihood(function).at(theta[None]).value[0]
    # Worst difference seen 4e-15.
    assert found == pytest.approx(norm.logpdf(Y, 0.3, np.sqrt(V + 0.1)).sum(), abs=1e-13)


def test_two_sided_p_values_do_not_see_the_sign() -> None:
    function = FUNCTIONS[2]
    present = np.ones((1, 3), dtype=bool)
    found = Likelihood(Y[None], V[None], present, function).at(np.array([[0.2, 0.1, 0.5, 0.3]]))
    mirrored = Likelihood(-Y[None], V[None], present, function).at(np.array([[-0.2, 0.1, 0.5, 0.3]]))
    assert mirrored.value[0] == pytest.approx(found.value[0], rel=1e-14)


def test_a_p_value_on_a_step_belongs_to_the_interval_below() -> None:
    function = SelectionFunction(shape="step", alternative="greater", steps=(0.025, 0.5))
    np.testing.assert_array_equal(function.step_of(np.array([0.025, 0.0250001, 0.5, 1.0])), [0, 1, 1, 2])
