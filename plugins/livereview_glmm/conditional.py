"""Models of two arms given the events of both together: nothing need be assumed about the studies' own risks."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Array, EffectModel, Fit, Studies
from livereview_glmm.arms import arms
from livereview_glmm.hypergeometric import hypergeometric
from livereview_glmm.likelihoods import Binomial
from livereview_glmm.one_arm import STIJNEN
from livereview_glmm.options import CountOptions
from livereview_glmm.results import Model, fitted

VAN_HOUWELINGEN = (
    "van Houwelingen HC, Zwinderman KH, Stijnen T. A bivariate approach to meta-analysis. Stat Med 1993;12:2273. "
    "doi:10.1002/sim.4780122405"
)
JACKSON = (
    "Jackson D, Law M, Stijnen T, Viechtbauer W, White IR. A comparison of seven random-effects models for "
    "meta-analyses that estimate the summary odds ratio. Stat Med 2018;37:1059. doi:10.1002/sim.7588"
)


class ConditionalLogisticOptions(CountOptions):
    """Choices of the conditional logistic model."""

    likelihood: Literal["exact", "approximate"] = Field(
        default="exact",
        description="exact: non-central hypergeometric (metafor's CM.EL); approximate: binomial, good where events are "
        "rare (metafor's CM.AL).",
    )


def odds_ratios(studies: Studies, options: ConditionalLogisticOptions) -> Fit:
    """The mean log odds ratio, given the events m of both arms of each study.

    exact: the events a of the experimental arm are non-central hypergeometric with log odds ratio mu + u, u normal with
    variance tau²; approximate: binomial of m with logit mu + u + ln(n1/n2), which is the Poisson model of rates.
    Studies in which all or nobody had the event say nothing. ``fitted`` has the rest.
    Source: van Houwelingen, Zwinderman and Stijnen 1993 (10.1002/sim.4780122405); Stijnen, Hamza and Özdemir 2010
    (10.1002/sim.4040).
    """
    exact = options.likelihood == "exact"
    a, n1, c, n2 = arms(studies, CONDITIONAL_LOGISTIC.needs, whole=exact)
    if exact:
        table = hypergeometric(a, n1, c, n2)
        return fitted(studies, Model(likelihoods=[table], own=table.own(), saturated=table.saturated), options)
    return _share_of_events(studies, a, n1, c, n2, options)


def rate_ratios(studies: Studies, options: CountOptions) -> Fit:
    """The mean log rate ratio, given the events of both arms of each study.

    Of m events in all, those of the experimental arm are binomial with logit mu + u + ln(t1/t2), u normal with variance
    tau². Studies without events say nothing. ``fitted`` has the rest.
    Source: Stijnen, Hamza and Özdemir 2010 (10.1002/sim.4040).
    """
    x1, t1, x2, t2 = arms(studies, CONDITIONAL_POISSON.needs, people=False)
    return _share_of_events(studies, x1, t1, x2, t2, options)


def _share_of_events(
    studies: Studies, x1: Array, size_1: Array, x2: Array, size_2: Array, options: CountOptions
) -> Fit:
    """The model of the events of the first arm among those of both."""
    likelihood = Binomial(x=x1, n=x1 + x2, offset=np.log(size_1) - np.log(size_2))
    return fitted(
        studies, Model(likelihoods=[likelihood], own=likelihood.own(), saturated=likelihood.saturated), options
    )


CONDITIONAL_LOGISTIC = EffectModel(
    name="conditional-logistic",
    summary="True odds ratios vary between studies; counts of two arms given their sum, zeros stay zeros.",
    options=ConditionalLogisticOptions,
    fit=odds_ratios,
    vectorized=True,
    needs=("events_1", "n_1", "events_2", "n_2"),
    measures=("OR",),
    references=(VAN_HOUWELINGEN, STIJNEN, JACKSON),
)

CONDITIONAL_POISSON = EffectModel(
    name="conditional-poisson",
    summary="True rate ratios vary between studies; events of two arms given their sum, zeros stay zeros.",
    options=CountOptions,
    fit=rate_ratios,
    vectorized=True,
    needs=("events_1", "time_1", "events_2", "time_2"),
    measures=("IRR",),
    references=(STIJNEN,),
)
