"""The posterior against integration by another program (scipy's adaptive quadrature), closed forms and identities."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from livereview_bayes import priors
from livereview_bayes.posterior import EffectPrior, Posterior, posterior
from livereview_bayes.priors import Prior

Y = np.array([-0.94, -1.67, -1.39, -1.46, -0.22])
V = np.array([0.6, 0.456, 0.658, 0.143, 0.228]) ** 2
NORMAL = EffectPrior(mean=0.2, sd=2.0)
PRIORS = {
    "half-normal": priors.half_normal(0.5),
    "half-cauchy": priors.half_cauchy(0.5),
    "uniform": priors.uniform(2.0),
    "log-normal": priors.log_normal(-3.95, 1.34),
    "log-t": priors.log_t(-3.44, 2.59, 5.0),
}


def of(prior: Prior, effect: EffectPrior = NORMAL, k: int = 5, **more: Any) -> Posterior:
    return posterior(Y[:k], V[:k], np.ones(k, dtype=bool), prior, effect, **more)


def likelihood(mu: float, tau2: float, k: int) -> float:
    """Of the first k studies, written out."""
    value = 1.0
    for y, v in zip(Y[:k].tolist(), V[:k].tolist(), strict=True):
        value *= math.exp(-0.5 * (y - mu) ** 2 / (v + tau2)) / math.sqrt(2 * math.pi * (v + tau2))
    return value


def bell(x: float, mean: float, sd: float) -> float:
    return math.exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * math.sqrt(2 * math.pi))


@cache
def integrated(power: int, mean: float) -> float:
    """Integral of mu^power x likelihood of three studies x priors over mu and tau, by scipy: half-normal of 0.5, and a
    normal prior of mu with standard deviation 2."""

    def integrand(mu: float, tau: float) -> float:
        return mu**power * likelihood(mu, tau * tau, 3) * bell(mu, mean, 2.0) * 2 * bell(tau, 0.0, 0.5)

    found: float = integrate.dblquad(integrand, 0.0, 4.0, -12.0, 12.0, epsabs=0.0, epsrel=1e-10)[0]
    return found


def test_moments_are_those_of_scipys_quadrature() -> None:
    total = integrated(0, NORMAL.mean)
    mean, second = integrated(1, NORMAL.mean) / total, integrated(2, NORMAL.mean) / total
    found = of(PRIORS["half-normal"], k=3)
    # Worst difference seen 2e-14.
    assert float(found.mean) == pytest.approx(mean, rel=1e-12)
    assert float(found.sd) == pytest.approx(math.sqrt(second - mean**2), rel=1e-12)


@pytest.mark.parametrize("name", ["half-normal", "half-cauchy", "log-t"])
def test_limits_cut_off_what_they_say(name: str) -> None:
    prior = PRIORS[name]
    found = of(prior)

    def below(value: float, further: bool = False) -> float:
        def mass(log_tau: float, up_to: float) -> float:
            tau2 = math.exp(2 * log_tau)
            w = np.append(1 / (V + tau2), 1 / NORMAL.sd**2)
            y = np.append(Y, NORMAL.mean)
            m, s2 = (w * y).sum() / w.sum(), 1 / w.sum()
            log_likelihood = 0.5 * (np.log(w).sum() - np.log(w.sum()) - (w * (y - m) ** 2).sum())
            own = math.exp(log_likelihood + float(prior.log_density(np.array(log_tau))) + log_tau)
            return own * float(stats.norm.cdf(up_to, m, math.sqrt(s2 + (tau2 if further else 0.0))))

        edges = (-60.0, -15.0, -4.0, 1.0, 8.0, 60.0)

        def total(up_to: float) -> float:
            pieces = (integrate.quad(mass, *ends, args=(up_to,), epsabs=0, epsrel=1e-11, limit=500)[0]
                      for ends in pairwise(edges))  # fmt: skip
            return float(sum(pieces))

        return total(value) / total(math.inf)

    assert below(float(found.low)) == pytest.approx(0.025, rel=1e-7)
    assert below(float(found.median)) == pytest.approx(0.5, rel=1e-7)
    assert below(float(found.high)) == pytest.approx(0.975, rel=1e-7)
    assert below(float(found.prediction_low), further=True) == pytest.approx(0.025, rel=1e-7)
    assert below(0.0) == pytest.approx(float(found.below), rel=1e-7)


def test_without_data_on_heterogeneity_tau_keeps_its_prior() -> None:
    """One study with an effect that may be anything says nothing about tau."""
    found = of(PRIORS["half-normal"], EffectPrior(), k=1)
    quantiles = [float(stats.halfnorm.ppf(p, scale=0.5)) for p in (0.5, 0.025, 0.975)]
    assert [float(x) for x in (found.tau_median, found.tau_low, found.tau_high)] == pytest.approx(quantiles, rel=1e-9)
    cauchy = of(PRIORS["half-cauchy"], EffectPrior(), k=1)
    assert float(cauchy.tau_high) == pytest.approx(float(stats.halfcauchy.ppf(0.975, scale=0.5)), rel=1e-9)
    bounded = of(PRIORS["uniform"], EffectPrior(), k=1)
    assert [float(bounded.tau_low), float(bounded.tau_high)] == pytest.approx([0.05, 1.95], rel=1e-9)
    heavy = of(PRIORS["log-t"], EffectPrior(), k=1)
    quantile = math.exp((-3.44 + 2.59 * float(stats.t.ppf(0.975, 5))) / 2)
    assert float(heavy.tau_high) == pytest.approx(quantile, rel=1e-9)


def test_a_prior_near_zero_gives_the_common_effect() -> None:
    found = of(priors.half_normal(1e-7), EffectPrior())
    w = 1 / V
    assert float(found.mean) == pytest.approx((w * Y).sum() / w.sum(), rel=1e-10)
    assert float(found.sd) == pytest.approx(w.sum() ** -0.5, rel=1e-10)
    assert float(found.high) == pytest.approx(
        (w * Y).sum() / w.sum() + stats.norm.ppf(0.975) * w.sum() ** -0.5, rel=1e-9
    )
    assert found.weights == pytest.approx(w / w.sum(), rel=1e-9)
    assert found.shrunken == pytest.approx(np.full(5, float(found.mean)), rel=1e-9)


def test_bayes_factors_are_ratios_of_evidence() -> None:
    prior, effect = PRIORS["half-normal"], EffectPrior(mean=0.0, sd=2.0)
    found = of(prior, effect, k=3)
    total = integrated(0, 0.0)

    def homogeneous(mu: float) -> float:
        return likelihood(mu, 0.0, 3) * bell(mu, 0.0, 2.0)

    def without_effect(tau: float) -> float:
        return likelihood(0.0, tau * tau, 3) * 2 * bell(tau, 0.0, 0.5)

    of_homogeneity = integrate.quad(homogeneous, -12, 12, epsabs=0, epsrel=1e-12)[0] / total
    of_null = integrate.quad(without_effect, 0, 4, epsabs=0, epsrel=1e-12)[0] / total
    # Worst difference seen 1e-14.
    assert math.exp(float(found.log_bayes_homogeneity)) == pytest.approx(of_homogeneity, rel=1e-11)
    assert math.exp(float(found.log_bayes_null)) == pytest.approx(of_null, rel=1e-11)


def test_improper_priors_have_no_bayes_factor() -> None:
    flat = of(PRIORS["half-normal"], EffectPrior())
    assert math.isnan(float(flat.log_bayes_null))
    assert not math.isnan(float(flat.log_bayes_homogeneity))
    assert math.isnan(float(of(priors.uniform(None)).log_bayes_homogeneity))


@pytest.mark.parametrize(("k", "possible"), [(0, False), (1, False), (2, False), (3, True)])
def test_a_prior_without_end_needs_three_studies(k: int, possible: bool) -> None:
    present = np.arange(5) < k
    found = posterior(Y, V, present, priors.uniform(None), EffectPrior())
    assert bool(found.converged) is possible
    assert math.isnan(float(found.mean)) is not possible


@pytest.mark.parametrize(
    ("name", "k", "finite"),
    [("half-cauchy", 2, False), ("half-cauchy", 3, True), ("half-normal", 1, True), ("log-t", 2, False),
     ("log-t", 3, True), ("uniform", 1, True)],
)  # fmt: skip
def test_a_posterior_without_variance_says_so(name: str, k: int, finite: bool) -> None:
    assert math.isfinite(float(of(PRIORS[name], EffectPrior(), k=k).sd)) is finite
    assert math.isfinite(float(of(PRIORS[name], NORMAL, k=k).sd))


DATA = st.integers(1, 8).flatmap(
    lambda k: st.tuples(
        st.lists(st.floats(-3, 3), min_size=k, max_size=k),
        st.lists(st.floats(-6, 3).map(math.exp), min_size=k, max_size=k),
    )
)
FIELDS = (
    "mean",
    "sd",
    "median",
    "low",
    "high",
    "prediction_low",
    "prediction_high",
    "tau_median",
    "tau_low",
    "tau_high",
)


@settings(max_examples=40)
@given(DATA, st.sampled_from(sorted(PRIORS)), st.randoms(use_true_random=False))
def test_order_never_matters_and_signs_mirror(data: tuple[list[float], list[float]], name: str, random: Any) -> None:
    y, v = (np.array(values) for values in data)
    order = list(range(y.size))
    random.shuffle(order)
    here, prior = np.ones(y.size, dtype=bool), PRIORS[name]
    one, other, mirror = (
        posterior(*pair, here, prior, EffectPrior()) for pair in ((y, v), (y[order], v[order]), (-y, v))
    )
    assert bool(one.converged)
    scale = float(one.high - one.low)
    for field in FIELDS:
        assert float(getattr(other, field)) == pytest.approx(float(getattr(one, field)), rel=1e-9, abs=1e-9 * scale)
    assert float(mirror.low) == pytest.approx(-float(one.high), rel=1e-9, abs=1e-9 * scale)
    assert float(mirror.tau_median) == pytest.approx(float(one.tau_median), rel=1e-9)


@settings(max_examples=25)
@given(DATA, st.floats(-9, 9).map(math.exp))
def test_scale_changes_scale(data: tuple[list[float], list[float]], factor: float) -> None:
    y, v = (np.array(values) for values in data)
    here = np.ones(y.size, dtype=bool)
    one = posterior(y, v, here, priors.half_normal(0.5), EffectPrior())
    other = posterior(factor * y, factor**2 * v, here, priors.half_normal(0.5 * factor), EffectPrior())
    for field in FIELDS:
        scale = float(one.high - one.low) * factor
        assert float(getattr(other, field)) == pytest.approx(
            factor * float(getattr(one, field)), rel=1e-9, abs=1e-9 * scale
        )


def test_a_fit_in_a_batch_equals_the_fit_alone() -> None:
    masks = np.array([[1, 1, 1, 1, 1], [1, 0, 1, 0, 1], [0, 0, 0, 0, 1], [0, 0, 0, 0, 0]], dtype=bool)
    batch = posterior(Y, V, masks, PRIORS["half-cauchy"], EffectPrior())
    for i, mask in enumerate(masks):
        if not mask.any():
            assert math.isnan(batch.mean[i])
            continue
        alone = posterior(Y[mask], V[mask], np.ones(int(mask.sum()), dtype=bool), PRIORS["half-cauchy"], EffectPrior())
        for field in FIELDS:
            assert getattr(batch, field)[i] == pytest.approx(float(getattr(alone, field)), rel=1e-12)
        assert batch.shrunken[i, mask] == pytest.approx(alone.shrunken, rel=1e-12)


def test_variances_over_twelve_decades_settle() -> None:
    v = 10.0 ** np.arange(-9, 4)
    y = np.linspace(-1, 1, v.size)
    found = posterior(y, v, np.ones(v.size, dtype=bool), PRIORS["half-normal"], EffectPrior())
    assert bool(found.converged)
    assert np.isfinite([float(getattr(found, field)) for field in FIELDS]).all()


def test_many_precise_studies_settle_too() -> None:
    rng = np.random.default_rng(5)
    y = rng.normal(0.3, 0.2, 400)
    found = posterior(y, np.full(400, 1e-4), np.ones(400, dtype=bool), PRIORS["half-normal"], EffectPrior())
    assert bool(found.converged)
    assert float(found.mean) == pytest.approx(y.mean(), abs=1e-10)
    assert float(found.tau_median) == pytest.approx(math.sqrt(y.var(ddof=1) - 1e-4), rel=1e-2)
