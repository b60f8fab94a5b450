"""Means: difference (MD), standardised difference (SMD), ratio (ROM) of two arms, and the mean of one (MN)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from livereview import Array, EffectMeasure, Options, RowsNeeded, StudyEffects
from livereview_measures.findings import Findings, columns, quiet
from livereview_measures.transforms import exponential

COLUMNS = ("mean", "sd", "n")
TWO_ARMS = RowsNeeded(layout="two-arms", measures=("mean",), columns=COLUMNS)
ONE_ARM = RowsNeeded(layout="one-arm", measures=("mean",), columns=COLUMNS)
HEDGES = "Hedges 1981, J Educ Stat 6:107, doi:10.3102/10769986006002107"
CURTIS = "Hedges, Gurevitch and Curtis 1999, Ecology 80:1150"
LAJEUNESSE = "Lajeunesse 2015, Ecology 96:2056, doi:10.1890/14-2402.1"
HANDBOOK = "Higgins, Li and Deeks, Cochrane Handbook, chapter 6"
SEPARATE = (
    "Variance from each arm's own standard deviation (separate; metafor's LS) or from the pooled one (pooled; HO)."
)


class _TwoMeans(Options):
    zero_sd: Literal["refuse", "accept"] = Field(
        default="refuse",
        description="A study with a standard deviation of 0 in one arm: refused (RevMan), since its variance would rest"
        " on the other arm alone, or taken as reported (metafor).",
    )


class Difference(_TwoMeans):
    """Options of MD."""

    variance: Literal["separate", "pooled"] = Field(default="separate", description=SEPARATE)


class StandardisedDifference(_TwoMeans):
    """Options of SMD."""

    variant: Literal["metafor", "revman"] = Field(
        default="metafor",
        description="metafor: exact small-sample factor; revman: 1 - 3/(4N-9), variance N/(n1 n2) + g²/(2(N-3.94)).",
    )
    variance: Literal["LS", "LS2", "UB"] = Field(
        default="LS",
        description="Of the variant metafor: 1/n1 + 1/n2 + g²/(2N) (LS), J² times the same of the uncorrected"
        " difference (LS2), or the unbiased estimator (UB).",
    )

    @model_validator(mode="after")
    def _revman_has_one_variance(self) -> StandardisedDifference:
        if self.variant == "revman" and self.variance != "LS":
            raise ValueError('variant = "revman" has its own variance; leave out variance')
        return self


class Ratio(_TwoMeans):
    """Options of ROM."""

    variance: Literal["separate", "pooled"] = Field(default="separate", description=SEPARATE)
    correct_bias: bool = Field(
        default=False,
        description="Add half the difference of sd²/(n mean²) of the two arms (Lajeunesse 2015; metafor from 5.0).",
    )


def check_sample(found: Findings, mean: Array, sd: Array, n: Array, arm: str = "") -> None:
    """Refuse a mean, standard deviation or number of people that is missing or cannot be."""
    missing = np.isnan(mean) | np.isnan(sd) | np.isnan(n)
    found.refuse(missing, f"mean, standard deviation or number of people is missing{arm}")
    found.refuse(np.isinf(mean) | np.isinf(sd) | np.isinf(n), f"mean, standard deviation or number is infinite{arm}")
    found.refuse(sd < 0, "standard deviation {sd:g}" + arm + " cannot be negative", sd=sd)
    found.refuse(n < 2, "{n:g} people" + arm + ": a standard deviation needs at least 2", n=n)


def samples(data: Mapping[str, Array], options: _TwoMeans) -> tuple[Findings, tuple[Array, ...]]:
    """Mean, standard deviation and number of people of the experimental, then of the control arm."""
    given = columns(data, "mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2")
    found = Findings(given[0].shape)
    check_sample(found, given[0], given[1], given[2], " in the experimental arm")
    check_sample(found, given[3], given[4], given[5], " in the control arm")
    if options.zero_sd == "refuse":
        for sd, arm in ((given[1], "experimental"), (given[4], "control")):
            found.refuse(sd == 0, f"standard deviation 0 in the {arm} arm")
    return found, found.kept(*given)


def pooled_variance(sd_1: Array, n_1: Array, sd_2: Array, n_2: Array) -> Array:
    """((n1-1) sd1² + (n2-1) sd2²) / (n1+n2-2)."""
    return ((n_1 - 1) * sd_1**2 + (n_2 - 1) * sd_2**2) / (n_1 + n_2 - 2)


def small_sample_factor(df: Array) -> Array:
    """Γ(df/2) / (sqrt(df/2) Γ((df-1)/2)) for df > 1 (Hedges 1981, doi:10.3102/10769986006002107)."""
    from scipy.special import gammaln

    return np.asarray(np.exp(gammaln(df / 2) - np.log(df / 2) / 2 - gammaln((df - 1) / 2)))


@quiet
def mean_difference(data: Mapping[str, Array], options: Difference) -> StudyEffects:
    """m1 - m2; variance sd1²/n1 + sd2²/n2, or sp² (1/n1 + 1/n2) with ``variance = "pooled"``."""
    found, (m1, s1, n1, m2, s2, n2) = samples(data, options)
    variance = s1**2 / n1 + s2**2 / n2
    if options.variance == "pooled":
        variance = pooled_variance(s1, n1, s2, n2) * (1 / n1 + 1 / n2)
    return found.result(m1 - m2, variance, otherwise="both standard deviations are 0")


@quiet
def standardised_difference(data: Mapping[str, Array], options: StandardisedDifference) -> StudyEffects:
    """Hedges' g = J (m1 - m2) / sp, with N = n1 + n2 and df = N - 2.

    Variances, with d = g/J: LS 1/n1 + 1/n2 + g²/(2N); LS2 J² (1/n1 + 1/n2 + d²/(2N)); UB 1/n1 + 1/n2 + g² (1 -
    (df-2)/(df J²)); RevMan N/(n1 n2) + g²/(2(N-3.94)) with J = 1 - 3/(4N-9). Hedges 1981.
    """
    found, (m1, s1, n1, m2, s2, n2) = samples(data, options)
    spread = pooled_variance(s1, n1, s2, n2)
    total, df, base = n1 + n2, n1 + n2 - 2, 1 / n1 + 1 / n2
    d = (m1 - m2) / np.sqrt(spread)
    j = 1 - 3 / (4 * total - 9) if options.variant == "revman" else small_sample_factor(df)
    g = j * d
    if options.variant == "revman":
        variance = total / (n1 * n2) + g**2 / (2 * (total - 3.94))
    elif options.variance == "LS":
        variance = base + g**2 / (2 * total)
    elif options.variance == "LS2":
        variance = j**2 * (base + d**2 / (2 * total))
    else:
        variance = base + g**2 * (1 - (df - 2) / (df * j**2))
    return found.result(g, variance, otherwise="both standard deviations are 0")


@quiet
def ratio_of_means(data: Mapping[str, Array], options: Ratio) -> StudyEffects:
    """ln(m1/m2); variance sd1²/(n1 m1²) + sd2²/(n2 m2²) (Hedges, Gurevitch and Curtis 1999).

    Means of unlike sign, or 0, have no ratio and are refused; two negative means are noted.
    """
    found, (m1, s1, n1, m2, s2, n2) = samples(data, options)
    found.refuse(m1 * m2 <= 0, "means {a:g} and {b:g} have no ratio: both must be above 0", a=m1, b=m2)
    found.note((m1 < 0) & (m2 < 0), "both means are negative: the ratio is that of their sizes")
    spread_1, spread_2 = s1**2, s2**2
    if options.variance == "pooled":
        spread_1 = spread_2 = pooled_variance(s1, n1, s2, n2)
    first, second = spread_1 / (n1 * m1**2), spread_2 / (n2 * m2**2)
    bias = (first - second) / 2 if options.correct_bias else 0.0
    return found.result(np.log(m1 / m2) + bias, first + second, otherwise="both standard deviations are 0")


@quiet
def one_mean(data: Mapping[str, Array], options: Options) -> StudyEffects:
    """The mean of one arm; variance sd²/n."""
    mean, sd, n = columns(data, "mean", "sd", "n")
    found = Findings(mean.shape)
    check_sample(found, mean, sd, n)
    return found.result(mean, sd**2 / n, otherwise="the standard deviation is 0")


MEASURES = (
    EffectMeasure(
        name="MD", title="Mean difference", summary="Difference of two means.", options=Difference,
        references=(HANDBOOK,), rows=lambda options: TWO_ARMS, effects=mean_difference, null=0.0,
        aliases=("mean-difference", "WMD"),
    ),
    EffectMeasure(
        name="SMD", title="Standardised mean difference", summary="Hedges' g of two means.",
        options=StandardisedDifference, references=(HEDGES, HANDBOOK), rows=lambda options: TWO_ARMS,
        effects=standardised_difference, null=0.0,
        aliases=("standardised-mean-difference", "std-mean-difference", "hedgesg"),
    ),
    EffectMeasure(
        name="ROM", title="Ratio of means", summary="Log ratio of two means.", options=Ratio,
        references=(CURTIS, LAJEUNESSE), rows=lambda options: TWO_ARMS, effects=ratio_of_means,
        back_transform=exponential, scale="log", display="ratio", null=0.0, aliases=("ratio-of-means",),
    ),
    EffectMeasure(
        name="MN", title="Mean", summary="Mean of one arm.", references=(HANDBOOK,), rows=lambda options: ONE_ARM,
        effects=one_mean, display="mean", aliases=("MRAW", "mean"),
    ),
)  # fmt: skip
