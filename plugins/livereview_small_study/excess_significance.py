"""Test of excess significance: are there more P values below alpha than the studies' power makes likely?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Array, BiasTest, BiasTestResult, Options, PluginError, Studies
from livereview_estimation import pooled
from livereview_small_study.cautions import check_contrast

TEST = "The test of excess significance"


class ExcessSignificanceOptions(Options):
    """How observed and expected numbers are compared."""

    p: Literal["chi-squared", "binomial", "exact"] = Field(
        default="exact",
        description="exact: the distribution of a sum of Bernoulli variables with each study's own power "
        "(Poisson-binomial); binomial: with the mean power; chi-squared: Pearson's test without continuity correction.",
    )
    alpha: float = Field(default=0.05, gt=0, lt=1, description="Two-sided level below which a P value counts.")
    true_effect: float | None = Field(
        default=None,
        allow_inf_nan=False,
        description="Effect at which power is computed, on the analysis scale; not given: the common-effect estimate.",
    )
    one_sided: bool = Field(
        default=True, description="Test for an excess only (as Ioannidis and Trikalinos), not for a deficit as well."
    )


@dataclass(frozen=True, kw_only=True)
class Excess:
    """Observed and expected numbers of studies below alpha."""

    observed: int
    expected: float
    power: Array
    """Of each study, shape ``(K,)``."""
    true_effect: float


def excess(effect: Array, variance: Array, alpha: float, true_effect: float | None = None) -> Excess:
    """Counts of two-sided P <= alpha against 0, observed and expected; shapes ``(K,)``, K >= 1.

    Power of a study at theta: ``Phi(theta/se - c) + Phi(-theta/se - c)``, c = the normal quantile of 1 - alpha/2.
    Ioannidis and Trikalinos 2007, doi:10.1177/1740774507077441.
    """
    from scipy.special import ndtr, ndtri

    theta = true_effect
    if theta is None:
        theta = float(pooled(effect, variance, np.ones(effect.shape, dtype=bool)).mean)
    c, error = float(-ndtri(alpha / 2)), np.sqrt(variance)
    power = ndtr(theta / error - c) + ndtr(-theta / error - c)
    observed = int((2 * ndtr(-np.abs(effect) / error) <= alpha).sum())
    return Excess(observed=observed, expected=float(power.sum()), power=power, true_effect=theta)


def number_probabilities(power: Array) -> Array:
    """Probability of 0, 1, ... K successes of K independent trials with these chances, shape ``(K + 1,)``.

    Convolution of the trials one by one: all terms are positive, so that small tails keep their relative precision.
    """
    found = np.ones(1)
    for chance in power:
        found = np.convolve(found, [1 - chance, chance])
    return found


def excess_significance(studies: Studies, options: ExcessSignificanceOptions) -> BiasTestResult:
    """The test; ``statistic`` is chi² (1 df) or the observed number, ``estimate`` observed over expected.

    ``chi² = (O - E)² / (E (1 - E/k))``; one-sided, P is half of its tail where O > E and 1 less that where O < E.
    Raises ``PluginError`` for effects of one arm, which have no null, and where every study's power is 0 or 1 to the
    last digit.
    """
    from scipy.special import bdtr, bdtrc, ndtr

    check_contrast(studies.measure, TEST)
    k = studies.effect.size
    found = excess(studies.effect, studies.variance, options.alpha, options.true_effect)
    o, e = found.observed, found.expected
    share = e / k
    if not 0 < share < 1:
        raise PluginError(f"{TEST} cannot be computed: the power of every study is {share:.0f} to the last digit.")
    chi2 = (o - e) ** 2 / (e * (1 - share))
    if options.p == "chi-squared":
        root = float(np.sign(o - e) * np.sqrt(chi2))
        tails = float(ndtr(-root)), float(ndtr(root))
    elif options.p == "binomial":
        tails = float(bdtrc(o - 1, k, share)) if o else 1.0, float(bdtr(o, k, share))
    else:
        chances = number_probabilities(found.power)
        tails = float(chances[o:].sum()), float(chances[: o + 1].sum())
    p = tails[0] if options.one_sided else 2 * min(tails)
    return BiasTestResult(
        statistic=chi2 if options.p == "chi-squared" else float(o),
        statistic_name="chi²" if options.p == "chi-squared" else "observed",
        p_value=min(1.0, p),
        df=1.0 if options.p == "chi-squared" else None,
        estimate=o / e,
        method=f"{options.p}, {'one-sided (excess)' if options.one_sided else 'two-sided'}",
        notes=(
            f"{o} of {k} studies with P at most {options.alpha:g}; {e:.2f} expected at an effect of "
            f"{found.true_effect:.4g} (analysis scale)",
        ),
    )


EXCESS_SIGNIFICANCE = BiasTest(
    name="excess-significance",
    summary="Ioannidis and Trikalinos' test of excess significance.",
    test=excess_significance,
    options=ExcessSignificanceOptions,
    minimum_studies=2,
    references=("Ioannidis JPA, Trikalinos TA 2007, Clin Trials 4:245-253, doi:10.1177/1740774507077441",),
    expected_failures={"shift-of-effects": "it counts low P of no effect, which a shift changes"},
)
