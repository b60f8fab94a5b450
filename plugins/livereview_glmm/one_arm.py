"""Models of one arm: binomial-normal for proportions, Poisson-normal for rates."""

from __future__ import annotations

import numpy as np

from livereview import EffectModel, Fit, Studies
from livereview_glmm.arms import arms
from livereview_glmm.likelihoods import Binomial, Poisson
from livereview_glmm.options import CountOptions
from livereview_glmm.results import Model, fitted

STIJNEN = (
    "Stijnen T, Hamza TH, Özdemir P. Random effects meta-analysis of event outcome in the framework of the generalized "
    "linear mixed model with applications in sparse data. Stat Med 2010;29:3046. doi:10.1002/sim.4040"
)
HAMZA = (
    "Hamza TH, van Houwelingen HC, Stijnen T. The binomial distribution of meta-analysis was preferred to model "
    "within-study variability. J Clin Epidemiol 2008;61:41. doi:10.1016/j.jclinepi.2007.03.016"
)


def proportions(studies: Studies, options: CountOptions) -> Fit:
    """The mean logit of a proportion: x of n binomial with logit mu + u, u normal with variance tau².

    Counts enter as they are. ``fitted`` has the rest.
    Source: Hamza, van Houwelingen and Stijnen 2008 (10.1016/j.jclinepi.2007.03.016); Stijnen, Hamza and Özdemir 2010
    (10.1002/sim.4040).
    """
    x, n = arms(studies, BINOMIAL_NORMAL.needs)
    likelihood = Binomial(x=x, n=n, offset=np.zeros_like(x))
    return fitted(
        studies, Model(likelihoods=[likelihood], own=likelihood.own(), saturated=likelihood.saturated), options
    )


def rates(studies: Studies, options: CountOptions) -> Fit:
    """The mean log rate: x events Poisson with mean t exp(mu + u), u normal with variance tau².

    Counts enter as they are. ``fitted`` has the rest.
    Source: Stijnen, Hamza and Özdemir 2010 (10.1002/sim.4040).
    """
    x, t = arms(studies, POISSON_NORMAL.needs, people=False)
    likelihood = Poisson(x=x, offset=np.log(t))
    return fitted(
        studies, Model(likelihoods=[likelihood], own=likelihood.own(), saturated=likelihood.saturated), options
    )


BINOMIAL_NORMAL = EffectModel(
    name="binomial-normal",
    summary="True proportions vary between studies, normally on the logit scale; counts are binomial.",
    options=CountOptions,
    fit=proportions,
    vectorized=True,
    needs=("events", "n"),
    measures=("PLO",),
    references=(HAMZA, STIJNEN),
)

POISSON_NORMAL = EffectModel(
    name="poisson-normal",
    summary="True rates vary between studies, normally on the log scale; counts are Poisson.",
    options=CountOptions,
    fit=rates,
    vectorized=True,
    needs=("events", "time"),
    measures=("IRLN",),
    references=(STIJNEN,),
)
