"""Tests on counts and participants against first principles, and the data they must refuse or leave out."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from asymmetry_data import made
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from livereview import BiasTest, PluginError
from livereview_small_study.begg import BEGG, BeggOptions, standardized_deviates
from livereview_small_study.counts import Counts
from livereview_small_study.harbord import HARBORD, scores
from livereview_small_study.rucker import RUCKER, arcsine_differences
from livereview_small_study.schwarzer import SCHWARZER, cell_moments
from livereview_small_study.size_regressions import DEEKS, MACASKILL, PETERS, PUSTEJOVSKY_RODGERS

TABLES = {
    "events_1": [10.0, 4, 20, 3, 9],
    "n_1": [100.0, 30, 150, 20, 60],
    "events_2": [15.0, 9, 25, 7, 12],
    "n_2": [100.0, 31, 145, 22, 80],
}
EFFECT, VARIANCE = [-0.4, -0.9, -0.3, -1.2, 0.0], [0.2, 0.4, 0.1, 0.6, 0.25]


def tables(**changed: list[float]) -> Counts:
    return Counts(**{name: np.array(values) for name, values in (TABLES | changed).items()})


def log_likelihood(log_ratio: float, baseline: float, counts: Counts, study: int, risk: bool) -> float:
    """Of two binomial arms, the first with the risk (or odds) of the second times exp(log_ratio)."""
    a, n_1, c, n_2 = (float(x[study]) for x in (counts.events_1, counts.n_1, counts.events_2, counts.n_2))
    p_2 = np.exp(baseline) if risk else 1 / (1 + np.exp(-baseline))
    p_1 = np.exp(baseline + log_ratio) if risk else 1 / (1 + np.exp(-baseline - log_ratio))
    return float(a * np.log(p_1) + (n_1 - a) * np.log1p(-p_1) + c * np.log(p_2) + (n_2 - c) * np.log1p(-p_2))


@pytest.mark.parametrize("risk", [False, True], ids=["odds ratio", "risk ratio"])
def test_harbords_score_and_variance_are_derivatives_of_the_likelihood(risk: bool) -> None:
    counts = tables()
    z, v = scores(counts, risk_ratio=risk)
    for study in range(5):
        share = float(counts.events[study] / counts.n[study])
        at = np.log(share) if risk else np.log(share / (1 - share))
        h = 1e-4

        def ll(x: float, y: float, study: int = study, at: float = at) -> float:
            return log_likelihood(x, at + y, counts, study, risk)

        assert z[study] == pytest.approx((ll(h, 0) - ll(-h, 0)) / (2 * h), abs=1e-6)
        # Expected information: the counts at their expectation under no effect.
        mean = tables(
            events_1=list(counts.n_1 * counts.events / counts.n), events_2=list(counts.n_2 * counts.events / counts.n)
        )

        def expected(x: float, y: float, study: int = study, at: float = at, mean: Counts = mean) -> float:
            return log_likelihood(x, at + y, mean, study, risk)

        by_x = -(expected(h, 0) - 2 * expected(0, 0) + expected(-h, 0)) / h**2
        by_y = -(expected(0, h) - 2 * expected(0, 0) + expected(0, -h)) / h**2
        corners = expected(h, h) - expected(h, -h) - expected(-h, h) + expected(-h, -h)
        by_both = -corners / (4 * h**2)
        # The hypergeometric variance of the odds ratio's score divides by N - 1 where the binomial one divides by N.
        factor = 1.0 if risk else float((counts.n[study] - 1) / counts.n[study])
        assert v[study] * factor == pytest.approx(by_x - by_both**2 / by_y, rel=1e-5)


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 24), st.floats(0.05, 20))
def test_cell_moments_are_those_of_enumeration(n_1: int, n_2: int, m: int, odds_ratio: float) -> None:
    m = min(m, n_1 + n_2)
    support = range(max(0, m - n_2), min(n_1, m) + 1)
    weight = np.array([comb(n_1, x) * comb(n_2, m - x) * odds_ratio**x for x in support])
    weight /= weight.sum()
    x = np.array(support, dtype=float)
    mean = (weight * x).sum()
    given_numbers = (support[0], n_1, m - support[0], n_2)
    names = ("events_1", "n_1", "events_2", "n_2")
    counts = Counts(**{name: np.array([float(x)]) for name, x in zip(names, given_numbers, strict=True)})
    found = [part[0] for part in cell_moments(counts, odds_ratio)]
    np.testing.assert_allclose(found, [mean, (weight * (x - mean) ** 2).sum()], rtol=1e-10, atol=1e-12)


def test_the_variance_of_an_arcsine_difference_does_not_depend_on_the_events() -> None:
    _, v = arcsine_differences(tables())
    _, other = arcsine_differences(tables(events_1=[0.0, 0, 0, 0, 0]))
    np.testing.assert_array_equal(v, other)


@pytest.mark.parametrize("test", [HARBORD, PETERS, MACASKILL, SCHWARZER], ids=lambda test: test.name)
def test_studies_without_events_are_left_out_with_a_note(test: BiasTest) -> None:
    without = {name: [*values, end] for (name, values), end in zip(TABLES.items(), (0.0, 40.0, 0.0, 41.0), strict=True)}
    found = test.test(made([*EFFECT, 0.0], [*VARIANCE, 4.0], "OR", without), test.options())
    plain = test.test(made(EFFECT, VARIANCE, "OR", TABLES), test.options())
    assert found.statistic == pytest.approx(plain.statistic, rel=1e-12)
    assert any("study 6" in note for note in found.notes)


@pytest.mark.parametrize("test", [HARBORD, PETERS, MACASKILL, DEEKS, RUCKER, SCHWARZER], ids=lambda test: test.name)
def test_counts_that_are_not_stated_are_asked_for_by_study(test: BiasTest) -> None:
    missing = TABLES | {"n_1": [100.0, np.nan, 150, 20, 60]}
    with pytest.raises(PluginError, match="study 2"):
        test.test(made(EFFECT, VARIANCE, "OR", missing), test.options())


@pytest.mark.parametrize("test", [PETERS, MACASKILL, DEEKS, RUCKER, PUSTEJOVSKY_RODGERS], ids=lambda test: test.name)
def test_studies_of_one_size_are_refused(test: BiasTest) -> None:
    same = TABLES | {"n_1": [50.0] * 5, "n_2": [50.0] * 5}
    with pytest.raises(PluginError, match="all studies have the same"):
        test.test(made(EFFECT, VARIANCE, "OR", same), test.options())


@pytest.mark.parametrize("k", [0, 1, 2])
@pytest.mark.parametrize("test", [HARBORD, PETERS, DEEKS, RUCKER], ids=lambda test: test.name)
def test_fewer_than_three_studies_are_refused(test: BiasTest, k: int) -> None:
    few = {name: values[:k] for name, values in TABLES.items()}
    with pytest.raises(PluginError, match="at least 3 studies"):
        test.test(made(EFFECT[:k], VARIANCE[:k], "OR", few), test.options())


@pytest.mark.parametrize("test", [HARBORD, PETERS, MACASKILL, DEEKS, RUCKER, SCHWARZER], ids=lambda test: test.name)
def test_the_order_of_studies_does_not_matter(test: BiasTest) -> None:
    order = [3, 0, 4, 2, 1]
    turned = {name: [values[i] for i in order] for name, values in TABLES.items()}
    found = test.test(made(EFFECT, VARIANCE, "OR", TABLES), test.options())
    again = test.test(made([EFFECT[i] for i in order], [VARIANCE[i] for i in order], "OR", turned), test.options())
    assert again.p_value == pytest.approx(found.p_value, rel=1e-10)


def test_peters_takes_events_and_participants_of_one_arm() -> None:
    one_arm = {"events": TABLES["events_1"], "n": TABLES["n_1"]}
    found = PETERS.test(made(EFFECT, VARIANCE, "PLO", one_arm), PETERS.options())
    x, w = 1 / np.array(one_arm["n"]), np.array(one_arm["events"])
    w = 1 / (1 / w + 1 / (np.array(one_arm["n"]) - w))
    slope = np.polyfit(x, EFFECT, 1, w=np.sqrt(w))[0]
    assert found.estimate == pytest.approx(slope, rel=1e-10)


def test_begg_against_participants_is_kendalls_tau_with_their_number() -> None:
    chosen = made(EFFECT, VARIANCE, "OR", TABLES)
    found = BEGG.test(chosen, BeggOptions(predictor="ni"))
    n = np.array(TABLES["n_1"]) + np.array(TABLES["n_2"])
    expected = kendalltau(standardized_deviates(chosen.effect, chosen.variance), n, method="exact")
    assert (found.estimate, found.p_value) == (pytest.approx(expected.statistic), pytest.approx(expected.pvalue))
    with pytest.raises(PluginError, match="number of participants"):
        BEGG.test(made(EFFECT, VARIANCE, "HR"), BeggOptions(predictor="ni"))
