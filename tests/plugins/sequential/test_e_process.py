"""e-values and confidence sequences: formulas, expectation under the null, inversion, coverage."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from livereview_sequential.e_process import EProcess, monitoring

KINDS = [EProcess(effect=effect, alternative=alternative, sided=sided)
         for effect in (0.3, -0.3) for alternative in ("mixture", "point") for sided in (1, 2)]  # fmt: skip


def name(process: EProcess) -> str:
    return f"{process.alternative}-{process.sided}-{process.effect}"


def prior(process: EProcess, delta: float) -> float:
    """Density of the mixture's effects."""
    size = abs(process.effect)
    density = float(np.exp(-((delta / size) ** 2) / 2) / (size * np.sqrt(2 * np.pi)))
    if process.sided == 2:
        return density
    return 2 * density if delta * process.effect > 0 else 0.0


@pytest.mark.parametrize("process", [kind for kind in KINDS if kind.alternative == "mixture"], ids=name)
@pytest.mark.parametrize(("score", "information"), [(0.0, 5.0), (-12.0, 40.0), (9.0, 20.0)])
def test_the_mixture_is_the_integral_of_likelihood_ratios(process: EProcess, score: float, information: float) -> None:
    """By adaptive quadrature; worst relative difference 7e-16."""

    def weighted(delta: float) -> float:
        return prior(process, delta) * float(np.exp(delta * score - delta**2 * information / 2))

    total = sum(quad(weighted, low, high, epsabs=0, epsrel=1e-12, limit=200)[0] for low, high in ((-4, 0), (0, 4)))
    assert np.exp(process.log_e(np.array(score), np.array(information))) == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize("process", KINDS, ids=name)
def test_the_e_value_of_a_first_study_is_one_on_average_if_there_is_no_effect(process: EProcess) -> None:
    """E(e) = 1 exactly for each likelihood ratio, hence for every mixture; worst error 1e-16."""
    information = 12.0
    nodes = np.linspace(-25, 25, 20_001)
    density = np.exp(-(nodes**2) / 2) / np.sqrt(2 * np.pi)
    e = np.exp(process.log_e(nodes * np.sqrt(information), np.full(nodes.shape, information)))
    assert np.trapezoid(e * density, nodes) == pytest.approx(1, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    start=st.floats(-8, 8),
    before=st.floats(1.0, 50.0),
    step=st.floats(0.5, 30.0),
    spread=st.floats(0.0, 1.0),
)
def test_another_study_multiplies_e_by_at_most_one_on_average(
    kind: EProcess, start: float, before: float, step: float, spread: float
) -> None:
    """Given any past; exactly 1 where the study's variance is the stated one, less where it is smaller."""
    nodes = np.linspace(-25, 25, 20_001)
    density = np.exp(-(nodes**2) / 2) / np.sqrt(2 * np.pi)
    actual = np.sqrt(step * (1 - spread / 2))  # of the study's score, with heterogeneity below what is allowed for
    now = kind.log_e(np.array(start), np.array(before))
    then = kind.log_e(start + nodes * actual, np.full(nodes.shape, before + step))
    factor = np.trapezoid(np.exp(then - now) * density, nodes)
    assert factor <= 1 + 1e-12
    if spread == 0:
        assert factor == pytest.approx(1, abs=1e-12)  # worst seen 1e-15


@pytest.mark.parametrize("process", KINDS, ids=name)
@pytest.mark.parametrize("alpha", [0.05, 0.005])
def test_the_radius_is_where_e_reaches_its_threshold(process: EProcess, alpha: float) -> None:
    information = np.array([0.1, 3.0, 40.0, 5_000.0])
    reach = process.radius(information, alpha)
    at = process.log_e(np.sign(process.effect) * reach, information)
    assert at == pytest.approx(np.full(4, -np.log(alpha)), rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    process=st.sampled_from(KINDS),
    effects=st.lists(st.floats(-2, 2), min_size=1, max_size=8),
    null=st.floats(-0.5, 0.5),
)
def test_the_sequence_leaves_out_exactly_the_effects_that_e_speaks_against(
    process: EProcess, effects: list[float], null: float
) -> None:
    effect, variance = np.array(effects), np.linspace(0.02, 0.2, len(effects))
    found = monitoring(effect, variance, null, process, 0.05)
    against = found.log_e >= np.log(20)
    clear = np.abs(found.log_e - np.log(20)) > 1e-9
    assert np.array_equal(((null <= found.low) | (null >= found.high))[clear], against[clear])


def test_the_order_of_the_studies_does_not_change_where_e_ends() -> None:
    effect, variance = np.array([-0.4, 0.1, -0.3]), np.array([0.05, 0.02, 0.1])
    for process in KINDS:
        ends = [monitoring(effect[at], variance[at], 0.0, process, 0.05).log_e[-1] for at in ([0, 1, 2], [2, 0, 1])]
        assert ends[0] == pytest.approx(ends[1], rel=1e-12)


def test_the_factors_multiply_to_e_and_p_never_rises() -> None:
    found = monitoring(np.array([-0.5, 0.3, -0.4]), np.array([0.05, 0.02, 0.1]), 0.0, KINDS[1], 0.05)
    assert np.cumsum(found.log_factor) == pytest.approx(found.log_e)
    assert np.all(np.diff(found.p_value) <= 0)
    assert np.all(found.p_value <= 1)


def test_reflection_of_the_data_is_reflection_of_the_result() -> None:
    effect, variance = np.array([-0.5, 0.3, -0.4]), np.array([0.05, 0.02, 0.1])
    for alternative in ("mixture", "point"):
        for sided in (1, 2):
            up: Any = EProcess(effect=0.3, alternative=alternative, sided=sided)  # type: ignore[arg-type]
            down: Any = EProcess(effect=-0.3, alternative=alternative, sided=sided)  # type: ignore[arg-type]
            one, other = monitoring(effect, variance, 0.0, down, 0.05), monitoring(-effect, variance, 0.0, up, 0.05)
            assert one.log_e == pytest.approx(other.log_e)
            assert one.high == pytest.approx(-other.low)


def test_the_mixtures_sequence_shrinks_and_that_of_a_point_does_not() -> None:
    information = np.array([1e2, 1e4, 1e6])
    mixture, point = (EProcess(effect=0.3, alternative=kind, sided=2) for kind in ("mixture", "point"))  # type: ignore[arg-type]
    assert (mixture.radius(information, 0.05) / information)[-1] < 0.01
    assert (point.radius(information, 0.05) / information)[-1] == pytest.approx(0.15, abs=1e-3)


def test_an_extreme_study_overflows_nothing() -> None:
    for process in KINDS:
        found = monitoring(np.array([-40.0, 35.0]), np.array([1e-4, 1e-4]), 0.0, process, 0.05)
        assert np.isfinite(found.log_e).all()


@pytest.mark.parametrize("truth", [0.0, -0.3])
@pytest.mark.parametrize("process", [KINDS[1], KINDS[3]], ids=name)
def test_the_sequence_holds_the_truth_at_all_looks_together(process: EProcess, truth: float) -> None:
    """4,000 simulated reviews of 20 studies, seeded; benchmarks/sequential.py does it with more of everything."""
    random = np.random.default_rng(7)
    variance = np.exp(random.uniform(np.log(0.01), np.log(0.3), (4_000, 20)))
    information = np.cumsum(1 / variance, axis=1)
    score = np.cumsum((random.normal(truth, np.sqrt(variance)) - truth) / variance, axis=1)
    held = (process.log_e(score, information) < np.log(20)).all(axis=1)
    assert held.mean() >= 0.95  # seen: 0.982 to 0.986
