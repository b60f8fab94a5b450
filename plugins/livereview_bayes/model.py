"""Bayesian random effects as an effect model: the posterior of the effect in place of an estimate with its test."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from livereview import Array, EffectModel, Fit, Options, Studies
from livereview_bayes import priors
from livereview_bayes.posterior import EffectPrior, Posterior, integrable, posterior
from livereview_bayes.priors import Prior

IMPROPER = "the prior of tau is uniform without end: with fewer than three studies the posterior has no integral"
NO_VARIANCE = "the posterior has no finite variance: read the interval, not the standard error"
PRIOR_COUNTS = "weights are the studies' shares of what the data contribute; the prior of the effect has a share too"
UNSETTLED = "two rules of integration do not agree: not to be relied on"

TURNER_OUTCOME = Literal[
    "all-cause-mortality", "obstetric", "cause-specific-mortality-or-major-morbidity", "resource-use",
    "surgical-or-device-success", "withdrawals", "internal-or-structure", "general-physical-health", "adverse-events",
    "infection-or-new-disease", "signs-or-symptoms", "pain", "quality-of-life", "mental-health", "biological-marker",
    "subjective",
]  # fmt: skip
Comparison = Literal[
    "pharmacological-placebo", "pharmacological-pharmacological", "non-pharmacological-placebo",
    "non-pharmacological-pharmacological", "non-pharmacological-non-pharmacological",
]  # fmt: skip
PriorName = Literal["half-normal", "half-cauchy", "uniform", "log-normal", "log-t", "turner", "rhodes"]


class BayesOptions(Options):
    """The priors."""

    prior: PriorName = Field(
        default="half-normal",
        description="Prior of tau: half-normal, half-cauchy (scale), uniform (upper; improper without), log-normal (of "
        "tau²: mean, sd), log-t (of tau²: mean, sd, df), or the predictive distribution that a survey of Cochrane "
        "reviews found: turner (log odds ratios), rhodes (standardised mean differences).",
    )
    scale: float = Field(default=0.5, gt=0, description="Scale of half-normal and half-cauchy, on the analysis scale.")
    upper: float | None = Field(default=None, gt=0, description="Upper end of the uniform prior; none = improper.")
    mean: float | None = Field(default=None, description="Mean (log-normal) or location (log-t) of the log of tau².")
    sd: float | None = Field(default=None, gt=0, description="Standard deviation or scale of the log of tau².")
    df: float = Field(default=5.0, gt=0, description="Degrees of freedom of log-t.")
    outcome: TURNER_OUTCOME | None = Field(
        default=None, description="Type of outcome, for turner and rhodes; rhodes without one: any outcome."
    )
    comparison: Comparison | None = Field(default=None, description="Type of comparison, for turner and rhodes.")
    area: Literal["other", "respiratory", "cancer"] = Field(default="other", description="Medical area, for rhodes.")
    level: float = Field(
        default=0.95, gt=0.5, lt=1, description="Level of the intervals; the outcome's where a manifest says nothing."
    )
    effect_mean: float = Field(default=0.0, description="Mean of the normal prior of the effect.")
    effect_sd: float | None = Field(
        default=None, gt=0, description="Its standard deviation; none = every effect is as likely, without end."
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.prior in ("log-normal", "log-t") and (self.mean is None or self.sd is None):
            raise ValueError(f'prior = "{self.prior}" needs mean and sd, those of the log of tau²')
        if self.prior == "turner" and (self.outcome is None or self.comparison is None):
            raise ValueError('prior = "turner" needs outcome and comparison')
        if self.prior == "rhodes" and self.outcome is not None and self.comparison is None:
            raise ValueError('prior = "rhodes" with an outcome needs comparison')
        return self


def prior_of(options: BayesOptions) -> Prior:
    """The prior of tau that the options name. ``PluginError`` for a cell of a published table that there is not."""
    if options.prior == "half-normal":
        return priors.half_normal(options.scale)
    if options.prior == "half-cauchy":
        return priors.half_cauchy(options.scale)
    if options.prior == "uniform":
        return priors.uniform(options.upper)
    if options.prior in ("log-normal", "log-t"):
        assert options.mean is not None
        assert options.sd is not None
        if options.prior == "log-normal":
            return priors.log_normal(options.mean, options.sd)
        return priors.log_t(options.mean, options.sd, options.df)
    return priors.empirical(options.prior, options.outcome or "", options.comparison or "", options.area)


def effect_prior_of(options: BayesOptions) -> EffectPrior:
    """The prior of the effect that the options name."""
    return EffectPrior(mean=options.effect_mean, sd=np.inf if options.effect_sd is None else options.effect_sd)


def posterior_of(studies: Studies, options: BayesOptions, null: float = 0.0) -> Posterior:
    """The posterior of each fit under the priors that the options name."""
    prior, effect = prior_of(options), effect_prior_of(options)
    return posterior(studies.effect, studies.variance, studies.present, prior, effect, options.level, null)


def fitted(studies: Studies, options: BayesOptions) -> Fit:
    """The posterior of the effect of each fit.

    The estimate is the posterior mean, the standard error the posterior standard deviation; the interval is the central
    part of the posterior, and the prediction interval that of the effect of a further study, both of their own. tau² is
    the square of the posterior median of tau. Weights are posterior means of w / sum w. There is no test: the Bayes
    factors of tau = 0 and, where ``effect_sd`` is given, of no effect stand among the parameters. One study is a
    posterior like any other, with the prior's tau. A prior without end needs three studies.
    Source: Röver 2020 (10.18637/jss.v093.i06); Spiegelhalter, Abrams and Myles 2004 (10.1002/0470092602).
    """
    found = posterior_of(studies, options)
    k = np.asarray(studies.k)
    possible = integrable(k, prior_of(options))
    usable = found.converged & possible
    total = found.weights.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        weights = np.where(usable[..., None], found.weights / total[..., None], 0.0)
        tau2 = found.tau_median**2
        parameters = {
            "posterior median": found.median,
            "tau, posterior median": found.tau_median,
            "tau, lower limit": found.tau_low,
            "tau, upper limit": found.tau_high,
            "Bayes factor of tau = 0": np.exp(found.log_bayes_homogeneity),
            "Bayes factor of no effect": np.exp(found.log_bayes_null),
        }
    notes = {
        IMPROPER: (k > 0) & ~possible,
        UNSETTLED: possible & ~found.converged,
        NO_VARIANCE: usable & np.isinf(found.sd),
        PRIOR_COUNTS: usable & (options.effect_sd is not None),
    }

    def only(value: Array) -> Array:
        return np.asarray(np.where(usable, value, np.nan))

    return Fit(
        estimate=only(found.mean),
        standard_error=only(found.sd),
        weights=weights,
        tau2=only(tau2),
        ci_low=only(found.low),
        ci_high=only(found.high),
        converged=usable,
        prediction_low=only(found.prediction_low),
        prediction_high=only(found.prediction_high),
        parameters={name: only(value) for name, value in parameters.items()},
        notes={note: where for note, where in notes.items() if np.any(where)},
    )


BAYESIAN = EffectModel(
    name="bayesian-random-effects",
    summary="Posterior of a normal random-effects model by numerical integration, with a prior of tau by name.",
    options=BayesOptions,
    fit=fitted,
    vectorized=True,
    has_test=False,
    references=(
        "Röver C. Bayesian random-effects meta-analysis using the bayesmeta R package. J Stat Softw 2020;93(6). "
        "doi:10.18637/jss.v093.i06",
        "Röver C et al. On weakly informative prior distributions for the heterogeneity parameter in Bayesian "
        "random-effects meta-analysis. Res Synth Methods 2021;12:448. doi:10.1002/jrsm.1475",
        "Turner RM et al. Predictive distributions for between-study heterogeneity and simple methods for their "
        "application in Bayesian meta-analysis. Stat Med 2015;34:984. doi:10.1002/sim.6381",
        "Rhodes KM, Turner RM, Higgins JPT. Predictive distributions were developed for the extent of heterogeneity in "
        "meta-analyses of continuous outcome data. J Clin Epidemiol 2015;68:52. doi:10.1016/j.jclinepi.2014.08.012",
    ),
    expected_failures={
        "scale-of-effects": "the prior of tau is stated in the units of the measure",
        "identical-studies": "the posterior of tau is never all at 0",
        "one-study": "of one study tau is known by its prior alone, which widens the posterior",
    },
)
