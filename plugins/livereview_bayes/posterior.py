"""The posterior of the normal-normal random-effects model, for any number of fits at once.

y_i ~ N(theta_i, v_i), theta_i ~ N(mu, tau²). Given tau everything is normal and known in closed form, so that only tau
is integrated, numerically and without sampling: the same data give the same bytes. All is on the analysis scale.

Source: Röver 2020 (10.18637/jss.v093.i06); Röver and Friede 2017 (10.1080/10618600.2016.1276840).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from livereview import Array, Mask
from livereview_bayes.mixture import Conditional, below, quantile_of
from livereview_bayes.priors import Prior
from livereview_bayes.quadrature import NODES, Rule, quantile, rule

#: Numbers per array that are held at once.
ELEMENTS = 1 << 21
PANELS = 48
#: Times that the panels are doubled where two rules disagree.
DOUBLINGS = 4
#: Largest disagreement of two rules: of the log evidence, and of mean and spread in units of the spread.
AGREEMENT = 1e-9


@dataclass(frozen=True, kw_only=True)
class EffectPrior:
    """The prior of the effect mu: normal, or equal everywhere (``sd`` infinite)."""

    mean: float = 0.0
    sd: float = math.inf

    @property
    def precision(self) -> float:
        return 0.0 if math.isinf(self.sd) else 1 / self.sd**2


@dataclass(frozen=True, kw_only=True)
class Posterior:
    """Summaries of the posterior; arrays of the shape of the fits, ``weights`` and ``shrunken`` with the study axis."""

    mean: Array
    sd: Array
    """Infinite where the posterior has no variance."""
    median: Array
    low: Array
    high: Array
    prediction_low: Array
    prediction_high: Array
    tau_median: Array
    tau_low: Array
    tau_high: Array
    weights: Array
    """Mean share of each study in the estimate; sums to 1 less the share of the prior."""
    shrunken: Array
    shrunken_sd: Array
    below: Array
    """Posterior probability that mu is below ``null``."""
    log_bayes_homogeneity: Array
    """Log of the Bayes factor of tau = 0 against the model; NaN under an improper prior of tau."""
    log_bayes_null: Array
    """Log of the Bayes factor of mu = ``null`` against the model; NaN under an improper prior of mu."""
    converged: Mask


def posterior(
    y: Array, v: Array, present: Mask, prior: Prior, effect: EffectPrior, level: float = 0.95, null: float = 0.0
) -> Posterior:
    """The posterior of each fit: effects and variances (K,) or (..., K), ``present`` (..., K).

    Intervals are central. Where ``prior`` leaves the posterior without an integral (uniform without end and fewer than
    three studies) everything is NaN and ``converged`` false.
    """
    shape = np.broadcast_shapes(np.shape(y), np.shape(v), np.shape(present))
    here = np.broadcast_to(present, shape).reshape(-1, shape[-1])
    y = np.where(here, np.broadcast_to(y, shape).reshape(here.shape), 0.0)
    v = np.where(here, np.broadcast_to(v, shape).reshape(here.shape), np.inf)
    size = max(1, ELEMENTS // (PANELS * NODES * shape[-1]))
    parts = [
        _block(y[start : start + size], v[start : start + size], prior, effect, level, null)
        for start in range(0, len(y), size)
    ]
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in Posterior.__dataclass_fields__}
    outer = shape[:-1]
    return Posterior(**{
        name: value.reshape((*outer, shape[-1]) if value.ndim == 2 else outer) for name, value in joined.items()
    })  # fmt: skip


def integrable(k: Array, prior: Prior) -> Mask:
    """Whether the posterior of tau has an integral: the likelihood falls as tau to the power of -(k - 1)."""
    return np.asarray((prior.proper | np.greater(np.asarray(k) - 1 + prior.tail, 1)) & (np.asarray(k) > 0))


def has_variance(k: Array, prior: Prior, effect: EffectPrior) -> Mask:
    """Whether the posterior of the effect has a variance: of a normal prior always, else if tau² has a mean."""
    if effect.precision > 0:
        return np.ones(np.shape(k), dtype=bool)
    return np.asarray(np.asarray(k) - 1 + prior.tail > 3)


# --- one block of fits -------------------------------------------------------------------------------------------


def _block(y: Array, v: Array, prior: Prior, effect: EffectPrior, level: float, null: float) -> Posterior:
    k = np.isfinite(v).sum(axis=1)
    possible = integrable(k, prior)
    at = np.flatnonzero(possible)
    empty = np.full(len(y), np.nan)
    wide = np.full(y.shape, np.nan)
    found = {name: wide.copy() if name in ("weights", "shrunken", "shrunken_sd") else empty.copy()
             for name in Posterior.__dataclass_fields__ if name != "converged"}  # fmt: skip
    converged = np.zeros(len(y), dtype=bool)
    if at.size:
        summary, agreed = _summarised(y[at], v[at], prior, effect, level, null)
        for name, value in summary.items():
            found[name][at] = value
        converged[at] = agreed
    return Posterior(**found, converged=converged)


def _summarised(
    y: Array, v: Array, prior: Prior, effect: EffectPrior, level: float, null: float
) -> tuple[dict[str, Array], Mask]:
    """Every summary of fits that have a posterior, by a rule that agrees with one of half as many panels."""
    centre, width = _centre(y, v, prior, effect), np.minimum(1.0, 4 / np.sqrt(np.isfinite(v).sum(axis=1)))
    panels = PANELS
    nodes, log_evidence = _nodes(y, v, _rule(centre, width, prior, panels), prior, effect)
    for _ in range(DOUBLINGS):
        panels *= 2
        finer, finer_evidence = _nodes(y, v, _rule(centre, width, prior, panels), prior, effect)
        apart = _apart((nodes, log_evidence), (finer, finer_evidence))
        nodes, log_evidence = finer, finer_evidence
        if (apart <= AGREEMENT).all():
            break
    summary = _summary(y, v, nodes, _rule(centre, width, prior, panels), level, null)
    summary["sd"] = np.where(has_variance(np.isfinite(v).sum(axis=1), prior, effect), summary["sd"], np.inf)
    return summary | _bayes_factors(y, v, log_evidence, prior, effect, null, centre, width, panels), apart <= AGREEMENT


def _rule(centre: Array, width: Array, prior: Prior, panels: int) -> Rule:
    return rule(centre, width, np.full(centre.shape, prior.highest), panels)


def _centre(y: Array, v: Array, prior: Prior, effect: EffectPrior) -> Array:
    """The log tau at which the integrand is highest, on a scan of the scales of data and prior."""
    smallest = 0.5 * np.log(v.min(axis=1))
    steps = np.linspace(-8.0, 30.0, 153)
    low = np.minimum(smallest, math.log(prior.scale))
    log_tau = np.minimum(low[:, None] + steps, prior.highest - 0.05)
    value = _log_likelihood(y, v, log_tau, effect)[0] + prior.log_density(log_tau) + log_tau
    return np.asarray(log_tau[np.arange(len(y)), value.argmax(axis=1)])


def _log_likelihood(y: Array, v: Array, log_tau: Array, effect: EffectPrior) -> tuple[Array, Array, Array]:
    """Log of the likelihood with mu integrated out, and mean and variance of mu, given tau; (fits, M).

    With w = 1 / (v + tau²), S = sum w + 1/sd², m = (sum w y + mean/sd²) / S: (sum log w - log S - sum w (y - m)² -
    (mean - m)²/sd² - log sd²) / 2, up to a constant that all fits of k studies share.
    """
    w = _precision(v, log_tau)
    own = effect.precision
    total = w.sum(axis=-1) + own
    first = (np.einsum("nmk,nk->nm", w, y) + own * effect.mean) / total
    residual = y[:, None, :] - first[..., None]
    q = np.einsum("nmk,nmk,nmk->nm", w, residual, residual) + own * (effect.mean - first) ** 2
    value = 0.5 * (_sum_of_logs(w) - np.log(total) - q + (math.log(own) if own else 0.0))
    return np.asarray(value), first, 1 / total


def _log_likelihood_at(y: Array, v: Array, log_tau: Array, mu: float) -> Array:
    """The same with mu known."""
    w = _precision(v, log_tau)
    residual = y - mu
    return np.asarray(0.5 * (_sum_of_logs(w) - np.einsum("nmk,nk,nk->nm", w, residual, residual)))


def _precision(v: Array, log_tau: Array) -> Array:
    with np.errstate(over="ignore"):
        return np.asarray(1 / (v[:, None, :] + np.exp(2 * log_tau)[..., None]))


def _sum_of_logs(w: Array) -> Array:
    return np.asarray(np.log(w, out=np.zeros_like(w), where=w > 0).sum(axis=-1))


def _nodes(y: Array, v: Array, at: Rule, prior: Prior, effect: EffectPrior) -> tuple[Conditional, Array]:
    """The posterior at every node, and the log of the evidence."""
    shape = at.log_tau.shape
    likelihood, mean, variance = _log_likelihood(y, v, at.log_tau.reshape(len(y), -1), effect)
    mass, top = _masses(likelihood, at, prior)
    total = mass.sum(axis=1)
    conditional = Conditional(
        mean=mean.reshape(shape),
        variance=variance.reshape(shape),
        share=(mass / total[:, None]).reshape(shape),
        log_tau=at.log_tau,
    )
    return conditional, top + np.log(total)


def _masses(log_likelihood: Array, at: Rule, prior: Prior) -> tuple[Array, Array]:
    """Likelihood x prior x length at every node, (fits, M), over its largest value, and the log of that."""
    flat = log_likelihood.shape
    log_tau = at.log_tau.reshape(flat)
    value = log_likelihood + prior.log_density(log_tau) + log_tau + at.log_weight.reshape(flat)
    top = value.max(axis=1)
    mass: Array = np.exp(value - top[:, None])
    return mass, top


def _moments(nodes: Conditional) -> tuple[Array, Array]:
    """Mean and variance of mu, as far as the nodes reach."""
    mean = (nodes.share * nodes.mean).sum(axis=(1, 2))
    spread = nodes.variance + (nodes.mean - mean[:, None, None]) ** 2
    # Shares that are nothing but rounding would count fully at tau without end.
    return mean, np.where(nodes.share > 1e-17, nodes.share * spread, 0.0).sum(axis=(1, 2))


def _apart(one: tuple[Conditional, Array], other: tuple[Conditional, Array]) -> Array:
    """How far two rules are apart: in the log evidence, and in the mean of mu and of a spread that is always finite."""
    (mean, variance), (mean_2, variance_2) = _moments(one[0]), _moments(other[0])
    unit = np.minimum(variance, variance_2)
    spreads = [
        (nodes.share / (1 + nodes.variance / unit[:, None, None])).sum(axis=(1, 2)) for nodes in (one[0], other[0])
    ]
    parts = [np.abs(one[1] - other[1]), np.abs(mean - mean_2) / np.sqrt(unit), np.abs(spreads[0] - spreads[1])]
    return np.asarray(np.max(parts, axis=0))


# --- summaries -------------------------------------------------------------------------------------------------------


def _summary(y: Array, v: Array, nodes: Conditional, at: Rule, level: float, null: float) -> dict[str, Array]:
    lower, upper = (1 - level) / 2, (1 + level) / 2
    mean, variance = _moments(nodes)
    with np.errstate(over="ignore"):
        predictive = nodes.variance + np.exp(2 * nodes.log_tau)
    tau = {name: np.exp(quantile(at, nodes.share, p))
           for name, p in (("tau_median", 0.5), ("tau_low", lower), ("tau_high", upper))}  # fmt: skip
    weights, shrunken, shrunken_sd = _by_study(y, v, nodes)
    return {
        "mean": mean,
        "sd": np.sqrt(variance),
        "median": quantile_of(nodes, nodes.variance, 0.5),
        "low": quantile_of(nodes, nodes.variance, lower),
        "high": quantile_of(nodes, nodes.variance, upper),
        "prediction_low": quantile_of(nodes, predictive, lower),
        "prediction_high": quantile_of(nodes, predictive, upper),
        "below": below(nodes, nodes.variance, np.full(len(y), null)),
        "weights": weights,
        "shrunken": shrunken,
        "shrunken_sd": shrunken_sd,
        **tau,
    }


def _by_study(y: Array, v: Array, nodes: Conditional) -> tuple[Array, Array, Array]:
    """Mean weight of each study, and mean and standard deviation of its own true effect; (fits, K), NaN where absent.

    Given tau, theta_i has mean (y_i tau² + m v_i) / (tau² + v_i) and variance v_i tau² / (v_i + tau²) + (v_i / (v_i +
    tau²))² / S.
    """
    share, m, variance, log_tau = (
        value.reshape(len(y), -1) for value in (nodes.share, nodes.mean, nodes.variance, nodes.log_tau)
    )
    here = np.isfinite(v)
    own = np.where(here, v, 1.0)[:, None, :]
    with np.errstate(over="ignore"):
        tau2 = np.exp(2 * log_tau)[..., None]
        pull = 1 / (1 + tau2 / own)
    centre = m[..., None] + (1 - pull) * (y[:, None, :] - m[..., None])
    spread = own * (1 - pull) + pull**2 * variance[..., None]
    weights = np.einsum("nm,nmk->nk", share * variance, 1 / (own + tau2))
    mean = np.einsum("nm,nmk->nk", share, centre)
    second = np.einsum("nm,nmk->nk", share, spread + (centre - mean[:, None, :]) ** 2)
    return (
        np.where(here, weights, 0.0),
        np.where(here, mean, np.nan),
        np.where(here, np.sqrt(second), np.nan),
    )


def _bayes_factors(
    y: Array, v: Array, log_evidence: Array, prior: Prior, effect: EffectPrior, null: float,
    centre: Array, width: Array, panels: int,
) -> dict[str, Array]:  # fmt: skip
    """Bayes factors of tau = 0 and of mu = null, each against the whole model."""
    none = np.full(len(y), np.nan)
    if not prior.proper:
        return {"log_bayes_homogeneity": none, "log_bayes_null": none}
    homogeneous = _log_likelihood(y, v, np.full((len(y), 1), -np.inf), effect)[0][:, 0]
    found = {"log_bayes_homogeneity": homogeneous - log_evidence, "log_bayes_null": none}
    if effect.precision > 0:
        at = _rule(centre, width, prior, panels)
        mass, top = _masses(_log_likelihood_at(y, v, at.log_tau.reshape(len(y), -1), null), at, prior)
        found["log_bayes_null"] = top + np.log(mass.sum(axis=1)) - log_evidence
    return found
