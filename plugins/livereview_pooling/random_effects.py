"""The random-effects model: true effects vary between studies with variance tau²."""

from __future__ import annotations

import numpy as np

from livereview import Array, EffectModel, Fit, Mask, Studies
from livereview_estimation import Pooled, pooled, tau_squared, tau_squared_error
from livereview_pooling.mean_intervals import Mean, spread
from livereview_pooling.prediction import prediction_limits
from livereview_pooling.random_effects_options import RandomEffectsOptions

SINGLE = "one study: no tau² to estimate, taken as 0"
BISECTED = "tau²: Newton steps did not settle; solved by bisection"
TOO_FAR = "effects or variances differ by more than floating point can hold: not fitted"
SEVERAL = "the likelihood has more than one maximum in tau²; the highest was taken"
NO_PREDICTION = "no prediction interval: no degree of freedom is left"

TAU2_ERROR = "standard error of tau²"

CLOSED = ("DL", "DL2", "HE", "HS", "HSk", "SJ", "GENQ")


def fitted(studies: Studies, options: RandomEffectsOptions) -> Fit:
    """The random-effects mean of each fit.

    estimate = sum w y / sum w, standard error = sqrt(1 / sum w), w = 1 / (v + tau²); with other weights a, shares
    s = a / sum a: sum s y and sqrt(sum s² (v + tau²)). Hartung-Knapp multiplies the squared standard error by
    sum w (y - m)² / (k - 1), m being the inverse-variance mean whatever the weights, and uses t with k - 1 degrees of
    freedom; ad hoc, the factor is at least 1 (Knapp and Hartung 2003); see ``mean_intervals`` for the others. Where all
    effects are equal that factor is 0 and so is the standard error. One study gives its own effect, tau² = 0 (or
    ``tau2_value``) and normal quantiles.
    Source: DerSimonian and Laird 1986 (10.1016/0197-2456(86)90046-2); Hartung 1999; Sidik and Jonkman 2002
    (10.1002/sim.1262); Knapp and Hartung 2003 (10.1002/sim.1482).
    """
    tau2, converged, notes = _tau2(studies, options)
    by_precision = pooled(studies.effect, studies.variance, studies.present, tau2)
    mean = Mean(studies, tau2, _chosen(studies, tau2, options, by_precision), by_precision, options.level)
    found = spread(options.interval, mean)
    low, high = prediction_limits(options.prediction_interval, mean)
    if low is not None:
        notes[NO_PREDICTION] = (mean.k > 1) & np.isnan(low)
    parameters = {}
    if "tau2-error" in options.report:
        parameters[TAU2_ERROR] = tau_squared_error(
            studies.effect,
            studies.variance,
            studies.present,
            tau2,
            options.tau2,
            options.q_weights or "inverse-variance",
        )
    return Fit(
        # Given weights have a mean even where tau² is beyond floating point, but no standard error.
        estimate=np.where(np.isnan(tau2), np.nan, mean.pooled.mean),
        standard_error=np.sqrt(found.variance),
        weights=mean.pooled.weights,
        tau2=tau2,
        df=found.df,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        converged=converged,
        notes={note: np.asarray(where) for note, where in (notes | dict(found.notes)).items() if np.any(where)},
        prediction_low=low,
        prediction_high=high,
        parameters=parameters,
    )


def _chosen(studies: Studies, tau2: Array, options: RandomEffectsOptions, by_precision: Pooled) -> Pooled:
    """The mean by the weights that were chosen."""
    y, v, present = studies.effect, studies.variance, studies.present
    if options.weights == "equal":
        return pooled(y, v, present, tau2, np.ones(present.shape[-1]))
    given = options.tau2 in ("GENQ", "GENQM") and options.tau2_value is None
    if not given and options.weights == "inverse-variance":
        return by_precision
    # Relative to the largest, which no fit can make overflow.
    here = np.where(present, v, np.inf)
    weight = here.min(axis=-1, keepdims=True, initial=np.inf) / here
    return pooled(y, v, present, tau2, np.sqrt(weight) if options.q_weights == "inverse-standard-error" else weight)


def _tau2(studies: Studies, options: RandomEffectsOptions) -> tuple[Array, Mask | None, dict[str, Mask]]:
    """tau² of each fit, whether its solution converged (None for closed forms), and notes on it."""
    k = np.asarray(studies.k)
    if options.tau2_value is not None:
        return np.where(k > 0, options.tau2_value, np.nan), None, {}
    q_weights = options.q_weights or "inverse-variance"
    found = tau_squared(studies.effect, studies.variance, studies.present, options.tau2, q_weights)
    lost = (k > 0) & ~found.converged
    closed = options.tau2 in CLOSED and not lost.any()
    notes = {SINGLE: k == 1, BISECTED: found.bisected, SEVERAL: found.several_maxima, TOO_FAR: lost}
    return found.value, None if closed else found.converged, notes


RANDOM_EFFECTS = EffectModel(
    name="random-effects",
    summary="True effects vary between studies; inverse-variance weights with tau², Hartung-Knapp interval.",
    options=RandomEffectsOptions,
    fit=fitted,
    vectorized=True,
    references=(
        "DerSimonian R, Laird N. Meta-analysis in clinical trials. Control Clin Trials 1986;7:177. "
        "doi:10.1016/0197-2456(86)90046-2",
        "Viechtbauer W. Bias and efficiency of meta-analytic variance estimators in the random-effects model. "
        "J Educ Behav Stat 2005;30:261. doi:10.3102/10769986030003261",
        "Hartung J. An alternative method for meta-analysis. Biom J 1999;41:901. "
        "doi:10.1002/(SICI)1521-4036(199912)41:8<901::AID-BIMJ901>3.0.CO;2-W",
        "Sidik K, Jonkman JN. A simple confidence interval for meta-analysis. Stat Med 2002;21:3153. "
        "doi:10.1002/sim.1262",
        "Knapp G, Hartung J. Improved tests for a random effects meta-regression with a single covariate. "
        "Stat Med 2003;22:2693. doi:10.1002/sim.1482",
        "DerSimonian R, Kacker R. Random-effects model for meta-analysis of clinical trials: an update. "
        "Contemp Clin Trials 2007;28:105. doi:10.1016/j.cct.2006.04.004",
        "Henmi M, Copas JB. Confidence intervals for random effects meta-analysis and robustness to publication bias. "
        "Stat Med 2010;29:2969. doi:10.1002/sim.4029",
        "Partlett C, Riley RD. Random effects meta-analysis: coverage performance of 95% confidence and prediction "
        "intervals following REML estimation. Stat Med 2017;36:301. doi:10.1002/sim.7140",
    ),
)
