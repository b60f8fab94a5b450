"""The random-effects model: true effects vary between studies with variance tau²."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Array, EffectModel, Fit, Mask, Options, Studies
from livereview_estimation import hartung_knapp_scale, pooled, tau_squared

SINGLE = "one study: no tau² to estimate, taken as 0"
NORMAL = "one study: normal quantiles in place of t"
NO_WIDTH = "all effects are equal: the Hartung-Knapp interval has no width"
RAISED = "Hartung-Knapp scale below 1 raised to 1"
NARROWER = "tau² = 0 and Hartung-Knapp scale below 1: standard error smaller than that of the common-effect model"
BISECTED = "tau²: Newton steps did not settle; solved by bisection"
TOO_FAR = "effects or variances differ by more than floating point can hold: not fitted"
SEVERAL = "the likelihood has more than one maximum in tau²; the highest was taken"

#: A scale is 1 by construction with Paule-Mandel, or two studies, and then differs from it by rounding alone.
ROUNDING = 1e-9


class RandomEffectsOptions(Options):
    """Choices of the random-effects model."""

    tau2: Literal["REML", "DL", "PM", "ML", "EB", "HE", "HS", "SJ"] = Field(
        default="REML",
        description="Estimator of tau²: REML, DL (DerSimonian-Laird), PM (Paule-Mandel; EB is another name for it), "
        "ML, HE (Hedges), HS (Hunter-Schmidt) or SJ (Sidik-Jonkman).",
    )
    interval: Literal["hartung-knapp", "hartung-knapp-adhoc", "wald", "t"] = Field(
        default="hartung-knapp",
        description="hartung-knapp: standard error scaled by the observed spread, t quantiles with k - 1 degrees of "
        "freedom; hartung-knapp-adhoc: the same, with a scale of at least 1; wald: normal quantiles; t: t quantiles, "
        "standard error not scaled.",
    )
    tau2_value: float | None = Field(
        default=None,
        ge=0,
        allow_inf_nan=False,
        description="Fixes tau² at this value (squared analysis scale) in place of an estimate.",
    )
    weights: Literal["inverse-variance", "equal"] = Field(
        default="inverse-variance",
        description="inverse-variance: 1 / (v + tau²); equal: the plain mean of the effects.",
    )


def fitted(studies: Studies, options: RandomEffectsOptions) -> Fit:
    """The random-effects mean of each fit.

    estimate = sum w y / sum w, standard error = sqrt(1 / sum w), w = 1 / (v + tau²); with equal weights the mean of y
    and sqrt(sum (v + tau²)) / k. Hartung-Knapp multiplies the squared standard error by sum w (y - m)² / (k - 1), m
    being the inverse-variance mean whatever the weights, and uses t with k - 1 degrees of freedom; ad hoc, the factor
    is at least 1 (Knapp and Hartung 2003). Where all effects are equal that factor is 0 and so is the standard error.
    One study gives its own effect, tau² = 0 (or ``tau2_value``) and normal quantiles.
    Source: DerSimonian and Laird 1986 (10.1016/0197-2456(86)90046-2); Hartung 1999; Sidik and Jonkman 2002
    (10.1002/sim.1262); Knapp and Hartung 2003 (10.1002/sim.1482).
    """
    k = np.asarray(studies.k)
    tau2, converged, notes = _tau2(studies, options)
    mean = weighted = pooled(studies.effect, studies.variance, studies.present, tau2)
    if options.weights == "equal":
        mean = pooled(studies.effect, studies.variance, studies.present, tau2, np.ones(studies.present.shape[-1]))
    variance = mean.variance
    if options.interval.startswith("hartung-knapp"):
        scale = np.where(k > 1, hartung_knapp_scale(weighted.q, k), 1.0)
        low = scale < 1 - ROUNDING
        if options.interval == "hartung-knapp-adhoc":
            notes[RAISED] = low
            scale = np.maximum(scale, 1.0)
        else:
            notes[NO_WIDTH] = scale == 0
            notes[NARROWER] = low & (scale > 0) & (tau2 == 0)
        variance = variance * scale
    if options.interval != "wald":
        notes[NORMAL] = k == 1
    return Fit(
        estimate=mean.mean,
        standard_error=np.sqrt(variance),
        weights=mean.weights,
        tau2=tau2,
        df=None if options.interval == "wald" else np.where(k > 1, k - 1.0, np.inf),
        converged=converged,
        notes={note: np.asarray(where) for note, where in notes.items() if np.any(where)},
    )


def _tau2(studies: Studies, options: RandomEffectsOptions) -> tuple[Array, Mask | None, dict[str, Mask]]:
    """tau² of each fit, whether its solution converged (None for closed forms), and notes on it."""
    k = np.asarray(studies.k)
    if options.tau2_value is not None:
        return np.where(k > 0, options.tau2_value, np.nan), None, {}
    found = tau_squared(studies.effect, studies.variance, studies.present, options.tau2)
    lost = (k > 0) & ~found.converged
    closed = options.tau2 in ("DL", "HE", "HS", "SJ") and not lost.any()
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
    ),
)
