"""The beta-binomial model of one arm: true proportions of studies are beta distributed about their mean.

The mean is modelled on the logit scale and the spread as g = 1 / (a + b), a and b being the parameters of the beta
distribution: g = 0 is one true proportion, and the correlation of two people of a study is g / (1 + g).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from pydantic import Field

from livereview import Array, EffectModel, Fit, Mask, Options, Studies
from livereview_estimation.packing import Index
from livereview_glmm.arms import arms
from livereview_glmm.likelihoods import Binomial
from livereview_glmm.objective import Point, Value
from livereview_glmm.options import CountOptions, Interval
from livereview_glmm.results import WIDE, Model, fitted

#: From here on Stirling's series has all digits.
LARGE = 10.0
#: Where x g / p is below these, the first and the second derivative in g are those at g = 0, to more digits.
SMALL_FIRST, SMALL_SECOND = 1e-8, 1e-4


class BetaBinomialOptions(Options):
    """Choices of the beta-binomial model."""

    interval: Interval = Field(
        default="wald",
        description="Quantiles of the confidence interval: wald = normal; t = t with k - 1 degrees of freedom.",
    )


@dataclass(frozen=True, kw_only=True)
class BetaBinomial:
    """The beta-binomial log-likelihood of fits (n, K), relative to the binomial one of each study's own proportion.

    ``Point.mu`` is the logit of the mean and ``Point.tau`` the root of g.
    """

    x: Array
    n: Array
    highest: Array
    index: Index
    here: Mask

    def at(self, chosen: Mask | Index) -> BetaBinomial:
        return replace(self, index=self.index[chosen], here=self.here[chosen])

    def without_heterogeneity(self) -> BetaBinomial:
        return self

    def value(self, point: Point) -> Value:
        x, n = self.x[self.index], self.n[self.index]
        logit, root = point.mu[:, None], point.tau[:, None]
        p, q = 1 / (1 + np.exp(-logit)), 1 / (1 + np.exp(logit))
        g = root**2
        events, others, people = rising(x, p, g), rising(n - x, q, g), rising(n, np.ones_like(p), g)
        value = events.value + others.value - people.value - self.highest[self.index]
        slope = p * q
        up = events.p - others.p
        in_g = events.g + others.g - people.g
        first = (up * slope, 2 * root * in_g)
        second = (
            (events.pp + others.pp) * slope**2 + up * slope * (q - p),
            2 * root * (events.pg - others.pg) * slope,
            2 * in_g + 4 * g * (events.gg + others.gg - people.gg),
        )
        mm, mt, tt = (np.where(self.here, part, 0.0) for part in second)
        return Value(
            total=np.where(self.here, value, 0.0).sum(axis=-1),
            gradient=np.stack([np.where(self.here, part, 0.0) for part in first], axis=-1).sum(axis=1),
            hessian=np.stack([mm, mt, mt, tt], axis=-1).sum(axis=1).reshape(-1, 2, 2),
            information=np.maximum(-mm, 0.0),
            modes=point.modes,
        )


@dataclass(frozen=True, kw_only=True)
class Rising:
    """The log of p (p + g) (p + 2g) ... of x factors, and its derivatives in p and g."""

    value: Array
    p: Array
    g: Array
    pp: Array
    pg: Array
    gg: Array


def rising(x: Array, p: Array, g: Array) -> Rising:
    """Sum of log(p + j g) over j from 0 to x - 1, and derivatives, for p > 0 and g >= 0, also where g is next to 0.

    With z = p / g it is x ln g + ln Gamma(z + x) - ln Gamma(z), and its derivatives are differences of polygamma
    functions; for large z these are taken from Stirling's series, in which the large terms cancel by hand.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        z = np.minimum(p / g, 1e300)
        ratio = x / z
        log_gamma, digamma, trigamma = _differences(x, z)
        s1 = np.where(ratio < 1e-16, x, z * digamma)  # sum of p / (p + j g)
        s2 = np.where(ratio < 1e-16, x, z**2 * trigamma)  # sum of its squares
        pairs, squares = x * (x - 1) / 2, x * (x - 1) * (2 * x - 1) / 6
        first, second = (ratio < limit for limit in (SMALL_FIRST, SMALL_SECOND))
        one = x <= 1  # the only factor is p, which does not change with g
        in_g = np.where(first | one, pairs / p, (x - s1) / g)
        in_pg = np.where(first | one, -pairs / p**2, -(s1 - s2) / (p * g))
        in_gg = np.where(second | one, -squares / p**2, -(x - 2 * s1 + s2) / g**2)
    return Rising(value=x * np.log(p) + log_gamma, p=s1 / p, g=in_g, pp=-s2 / p**2, pg=in_pg, gg=in_gg)


def _differences(x: Array, z: Array) -> tuple[Array, Array, Array]:
    """ln Gamma(z + x) - ln Gamma(z) - x ln z, psi(z + x) - psi(z), and psi'(z) - psi'(z + x)."""
    from scipy import special

    small, large = np.minimum(z, LARGE), np.maximum(z, LARGE)
    end = large + x
    step = np.log1p(x / large)
    log_gamma = (end - 0.5) * step - x + _stirling(end) - _stirling(large)
    digamma = step + x / (2 * large * end) + _stirling_slope(end) - _stirling_slope(large)
    trigamma = x / (large * end) + x * (large + end) / (2 * (large * end) ** 2) + _bend(large) - _bend(end)
    few = z <= LARGE
    return (
        np.where(few, special.gammaln(small + x) - special.gammaln(small) - x * np.log(small), log_gamma),
        np.where(few, special.psi(small + x) - special.psi(small), digamma),
        np.where(few, special.polygamma(1, small) - special.polygamma(1, small + x), trigamma),
    )


def _stirling(z: Array) -> Array:
    """What Stirling's formula for ln Gamma leaves out."""
    w = 1 / z**2
    return (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w * (1 / 1188 - w * 691 / 360360))))) / z


def _stirling_slope(z: Array) -> Array:
    """Its derivative."""
    w = 1 / z**2
    return -w * (1 / 12 - w * (1 / 120 - w * (1 / 252 - w * (1 / 240 - w * (1 / 132 - w * 691 / 32760)))))


def _bend(z: Array) -> Array:
    """Its second derivative."""
    w = 1 / z**2
    return w / z * (1 / 6 - w * (1 / 30 - w * (1 / 42 - w * (1 / 30 - w * (5 / 66 - w * 691 / 2730)))))


@dataclass(frozen=True, kw_only=True)
class BetaBinomialModel(Model):
    """Counts of one arm whose heterogeneity is beta."""

    def objective(self, index: Index, here: Mask, points: int) -> BetaBinomial:
        (binomial,) = self.likelihoods
        assert isinstance(binomial, Binomial)
        return BetaBinomial(x=binomial.x, n=binomial.n, highest=binomial.highest(), index=index, here=here)


def proportions(studies: Studies, options: BetaBinomialOptions) -> Fit:
    """The logit of the mean proportion: x of n binomial, with a proportion that is beta distributed between studies.

    The likelihood of a study is C(n, x) B(x + a, n - x + b) / B(a, b); the estimate is ln(a / b), the logit of the mean
    a / (a + b) over studies (not that of a typical study, as the binomial-normal model has it), and the intra-cluster
    correlation 1 / (a + b + 1) comes with it. Maximum likelihood, standard error from the observed information. The
    correlation is 0 exactly where the likelihood is highest there. There is no tau² and no prediction interval.
    ``fitted`` has the rest.
    Source: Skellam 1948 (10.1111/j.2517-6161.1948.tb00014.x); Kuss 2015 (10.1002/sim.6383); Mathes and Kuss 2018
    (10.1002/jrsm.1296).
    """
    x, n = arms(studies, BETA_BINOMIAL.needs)
    likelihood = Binomial(x=x, n=n, offset=np.zeros_like(x))
    model = BetaBinomialModel(likelihoods=[likelihood], own=likelihood.own(), saturated=likelihood.saturated)
    fit = fitted(studies, model, CountOptions(points=1, interval=options.interval))
    assert fit.tau2 is not None
    correlation = {"intra-cluster correlation": fit.tau2 / (1 + fit.tau2)}
    notes = {note: where for note, where in fit.notes.items() if note != WIDE}  # there is no quadrature
    return replace(fit, tau2=None, parameters=correlation | dict(fit.parameters), notes=notes)


BETA_BINOMIAL = EffectModel(
    name="beta-binomial",
    summary="True proportions vary between studies, with a beta distribution; counts are binomial.",
    options=BetaBinomialOptions,
    fit=proportions,
    vectorized=True,
    needs=("events", "n"),
    measures=("PLO",),
    references=(
        "Skellam JG. A probability distribution derived from the binomial distribution by regarding the probability of "
        "success as variable between the sets of trials. J R Stat Soc B 1948;10:257. "
        "doi:10.1111/j.2517-6161.1948.tb00014.x",
        "Kuss O. Statistical methods for meta-analyses including information from studies without any events. "
        "Stat Med 2015;34:1097. doi:10.1002/sim.6383",
        "Mathes T, Kuss O. A comparison of methods for meta-analysis of a small number of studies with binary "
        "outcomes. Res Synth Methods 2018;9:366. doi:10.1002/jrsm.1296",
    ),
)
