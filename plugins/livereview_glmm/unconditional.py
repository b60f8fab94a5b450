"""Models of two arms with an intercept for each study: its own risk or rate, whatever that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from livereview import Array, EffectModel, Fit, Mask, Studies
from livereview_glmm.arms import arms
from livereview_glmm.conditional import JACKSON, VAN_HOUWELINGEN
from livereview_glmm.likelihoods import Binomial, Likelihood, Own, Poisson
from livereview_glmm.one_arm import STIJNEN
from livereview_glmm.options import CountOptions
from livereview_glmm.random_model import with_random_intercepts
from livereview_glmm.results import Model, fitted

TURNER = (
    "Turner RM, Omar RZ, Yang M, Goldstein H, Thompson SG. A multilevel model framework for meta-analysis of clinical "
    "trials with binary outcomes. Stat Med 2000;19:3417. "
    "doi:10.1002/1097-0258(20001230)19:24<3417::aid-sim614>3.0.co;2-l"
)

#: The effect is split evenly between the arms, so that neither varies more between studies than the other.
HALVES = (0.5, -0.5)


class UnconditionalOptions(CountOptions):
    """Choices of a model of two arms with an intercept for each study."""

    intercepts: Literal["fixed", "random"] = Field(
        default="fixed",
        description="Intercepts of studies: fixed = each is free (metafor's UM.FS); random = normal between studies, "
        "by Laplace's approximation (metafor's UM.RS; points is 1).",
    )

    @model_validator(mode="before")
    @classmethod
    def _laplace_unless_asked(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("intercepts") == "random":
            return {"points": 1, **given}
        return given

    @model_validator(mode="after")
    def _random_is_laplace(self) -> UnconditionalOptions:
        if self.intercepts == "random" and self.points != 1:
            raise ValueError('intercepts = "random" goes by Laplace\'s approximation; leave out points')
        return self


def _fit(
    studies: Studies,
    options: UnconditionalOptions,
    likelihoods: Sequence[Likelihood],
    *,
    low: Mask,
    high: Mask,
    centre: Array,
) -> Fit:
    """With the intercepts that were chosen, from the experimental and the control arm.

    ``low`` and ``high``: studies whose own effect is minus or plus infinity; ``centre``: the level of each study.
    """
    first, second = (arm.own() for arm in likelihoods)
    with np.errstate(invalid="ignore"):
        own = Own(
            estimate=first.estimate - second.estimate,
            variance=first.variance + second.variance,
            low=low,
            high=high,
        )
    model = Model(
        likelihoods=likelihoods,
        coefficients=HALVES,
        own=own,
        saturated=likelihoods[0].saturated + likelihoods[1].saturated,
        intercepts=centre,
    )
    return (with_random_intercepts if options.intercepts == "random" else fitted)(studies, model, options)


def odds_ratios(studies: Studies, options: UnconditionalOptions) -> Fit:
    """The mean log odds ratio, with an intercept for each study.

    Events are binomial with logit alpha ± (mu + u) / 2 in the experimental and the control arm, alpha free in every
    study, u normal with variance tau² (metafor's UM.FS with coding 1/2). As there are as many intercepts as studies,
    the estimate is off where studies are small and many. With ``intercepts = "random"`` alpha is normal between
    studies, independent of u (metafor's UM.RS), see ``with_random_intercepts``. Studies in which all or nobody had the
    event say nothing. ``fitted`` has the rest.
    Source: Jackson et al. 2018 (10.1002/sim.7588); Turner et al. 2000 (random intercepts); Stijnen,
    Hamza and Özdemir 2010 (10.1002/sim.4040).
    """
    a, n1, c, n2 = arms(studies, UNCONDITIONAL_LOGISTIC.needs)
    b, d = n1 - a, n2 - c
    none = np.zeros_like(a)
    likelihoods = [Binomial(x=a, n=n1, offset=none), Binomial(x=c, n=n2, offset=none)]
    centre = (np.log((a + 0.5) / (b + 0.5)) + np.log((c + 0.5) / (d + 0.5))) / 2
    return _fit(studies, options, likelihoods, low=(a == 0) | (d == 0), high=(b == 0) | (c == 0), centre=centre)


def rate_ratios(studies: Studies, options: UnconditionalOptions) -> Fit:
    """The mean log rate ratio, with an intercept for each study.

    Events are Poisson with log rate alpha ± (mu + u) / 2, alpha free in every study, u normal with variance
    tau². With ``intercepts = "random"`` alpha is normal between studies, independent of u, see
    ``with_random_intercepts``. Studies without events say nothing. ``fitted`` has the rest.
    Source: Stijnen, Hamza and Özdemir 2010 (10.1002/sim.4040).
    """
    x1, t1, x2, t2 = arms(studies, UNCONDITIONAL_POISSON.needs, people=False)
    likelihoods = [Poisson(x=x1, offset=np.log(t1)), Poisson(x=x2, offset=np.log(t2))]
    centre = (np.log((x1 + 0.5) / t1) + np.log((x2 + 0.5) / t2)) / 2
    return _fit(studies, options, likelihoods, low=x1 == 0, high=x2 == 0, centre=centre)


UNCONDITIONAL_LOGISTIC = EffectModel(
    name="unconditional-logistic",
    summary="True odds ratios vary between studies, each of which has its own risk; zeros stay zeros.",
    options=UnconditionalOptions,
    fit=odds_ratios,
    vectorized=True,
    needs=("events_1", "n_1", "events_2", "n_2"),
    measures=("OR",),
    references=(VAN_HOUWELINGEN, TURNER, STIJNEN, JACKSON),
)

UNCONDITIONAL_POISSON = EffectModel(
    name="unconditional-poisson",
    summary="True rate ratios vary between studies, each of which has its own rate; zeros stay zeros.",
    options=UnconditionalOptions,
    fit=rate_ratios,
    vectorized=True,
    needs=("events_1", "time_1", "events_2", "time_2"),
    measures=("IRR",),
    references=(STIJNEN,),
)
