"""Models of two arms with an intercept for each study: its own risk or rate, whatever that is."""

from __future__ import annotations

import numpy as np

from livereview import EffectModel, Fit, Studies
from livereview_glmm.arms import arms
from livereview_glmm.conditional import JACKSON, VAN_HOUWELINGEN
from livereview_glmm.likelihoods import Binomial, Own, Poisson
from livereview_glmm.one_arm import STIJNEN
from livereview_glmm.options import CountOptions
from livereview_glmm.results import Model, fitted

#: The effect is split evenly between the arms, so that neither varies more between studies than the other.
HALVES = (0.5, -0.5)


def odds_ratios(studies: Studies, options: CountOptions) -> Fit:
    """The mean log odds ratio, with a fixed intercept for each study.

    Events are binomial with logit alpha ± (mu + u) / 2 in the experimental and the control arm, alpha free in every
    study, u normal with variance tau² (metafor's UM.FS with coding 1/2). As there are as many intercepts as studies,
    the estimate is off where studies are small and many. Studies in which all or nobody had the event say nothing.
    ``fitted`` has the rest.
    Source: Jackson et al. 2018 (10.1002/sim.7588); Stijnen, Hamza and Özdemir 2010 (10.1002/sim.4040).
    """
    a, n1, c, n2 = arms(studies, UNCONDITIONAL_LOGISTIC.needs)
    b, d = n1 - a, n2 - c
    none = np.zeros_like(a)
    likelihoods = [Binomial(x=a, n=n1, offset=none), Binomial(x=c, n=n2, offset=none)]
    first, second = (arm.own() for arm in likelihoods)
    with np.errstate(invalid="ignore"):
        own = Own(
            estimate=first.estimate - second.estimate,
            variance=first.variance + second.variance,
            low=(a == 0) | (d == 0),
            high=(b == 0) | (c == 0),
        )
    centre = (np.log((a + 0.5) / (b + 0.5)) + np.log((c + 0.5) / (d + 0.5))) / 2
    model = Model(
        likelihoods=likelihoods,
        coefficients=HALVES,
        own=own,
        saturated=likelihoods[0].saturated + likelihoods[1].saturated,
        intercepts=centre,
    )
    return fitted(studies, model, options)


def rate_ratios(studies: Studies, options: CountOptions) -> Fit:
    """The mean log rate ratio, with a fixed intercept for each study.

    Events are Poisson with log rate alpha ± (mu + u) / 2, alpha free in every study, u normal with variance
    tau². Studies without events say nothing. ``fitted`` has the rest.
    Source: Stijnen, Hamza and Özdemir 2010 (10.1002/sim.4040).
    """
    x1, t1, x2, t2 = arms(studies, UNCONDITIONAL_POISSON.needs, people=False)
    likelihoods = [Poisson(x=x1, offset=np.log(t1)), Poisson(x=x2, offset=np.log(t2))]
    first, second = (arm.own() for arm in likelihoods)
    with np.errstate(invalid="ignore"):
        own = Own(
            estimate=first.estimate - second.estimate,
            variance=first.variance + second.variance,
            low=x1 == 0,
            high=x2 == 0,
        )
    centre = (np.log((x1 + 0.5) / t1) + np.log((x2 + 0.5) / t2)) / 2
    model = Model(
        likelihoods=likelihoods,
        coefficients=HALVES,
        own=own,
        saturated=likelihoods[0].saturated + likelihoods[1].saturated,
        intercepts=centre,
    )
    return fitted(studies, model, options)


UNCONDITIONAL_LOGISTIC = EffectModel(
    name="unconditional-logistic",
    summary="True odds ratios vary between studies, each of which has its own risk; zeros stay zeros.",
    options=CountOptions,
    fit=odds_ratios,
    vectorized=True,
    needs=("events_1", "n_1", "events_2", "n_2"),
    measures=("OR",),
    references=(VAN_HOUWELINGEN, STIJNEN, JACKSON),
)

UNCONDITIONAL_POISSON = EffectModel(
    name="unconditional-poisson",
    summary="True rate ratios vary between studies, each of which has its own rate; zeros stay zeros.",
    options=CountOptions,
    fit=rate_ratios,
    vectorized=True,
    needs=("events_1", "time_1", "events_2", "time_2"),
    measures=("IRR",),
    references=(STIJNEN,),
)
