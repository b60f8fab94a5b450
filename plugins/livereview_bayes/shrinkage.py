"""The further analysis ``bayesian``: posterior of effect and tau, each study's own effect drawn towards the others."""

from __future__ import annotations

import math

import numpy as np

from livereview import Analysed, AnalysisRequest, Column, FurtherAnalysis, PluginError, Studies, Table, Value
from livereview_bayes.model import BAYESIAN, BayesOptions, effect_prior_of, posterior_of, prior_of
from livereview_bayes.posterior import Posterior, integrable

NORMAL = 1.959963984540054
"""Half of the interval of a study's own effect, in standard deviations: its posterior is close to normal."""


def analysed(request: AnalysisRequest, options: BayesOptions) -> Analysed:
    """Posterior of the outcome's studies whatever the outcome's model, with the shrunken effect of each study."""
    studies, prior = request.studies, prior_of(options)
    if not bool(integrable(studies.k, prior)):
        raise PluginError(
            f"with {studies.k} studies the posterior has no integral under a uniform prior of tau without end; give "
            "upper, or another prior"
        )
    null = 0.0 if request.null is None else request.null
    found = posterior_of(studies, options, null)
    if not bool(found.converged):
        raise PluginError("the numerical integration of tau did not settle: two rules do not agree")
    effect = effect_prior_of(options)
    of_effect = f"normal, mean {effect.mean:g}, standard deviation {effect.sd:g}" if math.isfinite(effect.sd) else (
        "uniform without end"
    )  # fmt: skip
    notes = (f"Prior of tau: {prior.words}.", f"Prior of the effect: {of_effect}.")
    return Analysed(tables=(_posterior(found, request), _by_study(studies, found)), notes=notes)


def _posterior(found: Posterior, request: AnalysisRequest) -> Table:
    columns = (Column(name="What", kind="text"), Column(name="Effect", kind="effect"), Column(name="Value"))
    effect = (float(found.median), float(found.low), float(found.high))
    predicted = (float(found.median), float(found.prediction_low), float(found.prediction_high))
    tau: list[tuple[Value, ...]] = [
        ("Effect: posterior median and central interval", effect, None),
        ("Effect of a further study", predicted, None),
        ("tau: posterior median", None, float(found.tau_median)),
        ("tau: lower limit", None, float(found.tau_low)),
        ("tau: upper limit", None, float(found.tau_high)),
    ]
    if request.null is not None:
        tau.append(("Probability of an effect below no effect", None, float(found.below)))
    factors = {"tau = 0": found.log_bayes_homogeneity, "no effect": found.log_bayes_null}
    tau += [
        (f"Bayes factor of {name}", None, math.exp(float(value)))
        for name, value in factors.items()
        if np.isfinite(value)
    ]
    return Table(title="Posterior", columns=columns, rows=tuple(tau))


def _by_study(studies: Studies, found: Posterior) -> Table:
    columns = (Column(name="Study", kind="text"), Column(name="As reported", kind="effect"),
               Column(name="Shrunken", kind="effect"), Column(name="Mean weight (%)", kind="percent"))  # fmt: skip
    rows = []
    for at, label in enumerate(studies.labels):
        own, sd = float(studies.effect[at]), math.sqrt(float(studies.variance[at]))
        drawn, drawn_sd = float(found.shrunken[at]), float(found.shrunken_sd[at])
        rows.append((
            label, (own, own - NORMAL * sd, own + NORMAL * sd),
            (drawn, drawn - NORMAL * drawn_sd, drawn + NORMAL * drawn_sd), 100 * float(found.weights[at]),
        ))  # fmt: skip
    return Table(
        title="Each study's own effect",
        columns=columns,
        rows=tuple(rows),
        notes=("Shrunken: posterior mean, and 1.96 posterior standard deviations to either side.",),
    )


SHRINKAGE = FurtherAnalysis(
    name="bayesian",
    title="Bayesian random effects",
    summary="Posterior of effect and tau, shrunken effect of each study, Bayes factors.",
    options=BayesOptions,
    run=analysed,
    minimum_studies=1,
    references=BAYESIAN.references,
)
