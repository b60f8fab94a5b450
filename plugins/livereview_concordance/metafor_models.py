"""Our effect models in metafor's words: the call that fits the same model to the same effects or counts.

The rule: what has no counterpart is said; where only a part has none, the rest is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from livereview import AnalysisRequest, Array
from livereview_concordance.calls import Argument, Call, column, controlled, controlled_mixed, flag, number, text
from livereview_concordance.metafor_measures import ONE_ARM, ONE_RATE, TWO_ARMS, TWO_RATES, columns

#: Quantities that a test and its interval decide.
INTERVAL = ("standard_error", "ci_low", "ci_high", "statistic", "p_value", "prediction_low", "prediction_high")
#: Our estimators of tau² that metafor has, all under the same name.
ESTIMATORS = ("REML", "DL", "PM", "ML", "EB", "HE", "HS", "HSk", "SJ", "PMM", "GENQ", "GENQM")
INTERVALS = {"wald": "z", "t": "t", "hartung-knapp": "knha", "hartung-knapp-adhoc": "adhoc"}


@dataclass(frozen=True, kw_only=True)
class Counterpart:
    """What metafor is asked in place of our model."""

    call: Call
    columns: Mapping[str, Array] = field(default_factory=dict)
    """Further columns that the call names."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """Quantities that are not compared: by key, why."""


def model_call(request: AnalysisRequest, tau2: float | None) -> Counterpart | str:
    """The call for the outcome's model, or in words why there is none; ``tau2``: that of livereview's fit."""
    found = _MODELS.get(request.model)
    if found is None:
        return f"metafor has no call that fits the model {request.model}"
    return found(request, tau2)


def _inverse_variance(request: AnalysisRequest, method: str, test: str) -> dict[str, Argument]:
    return {
        "yi": column("effect"), "vi": column("variance"), "method": text(method), "test": text(test),
        "level": number(100 * request.level), **controlled(),
    }  # fmt: skip


def _common_effect(request: AnalysisRequest, _: float | None) -> Counterpart:
    test = "t" if request.model_options.get("interval") == "t" else "z"
    return Counterpart(call=Call(function="rma.uni", arguments=_inverse_variance(request, "EE", test)))


def _random_effects(request: AnalysisRequest, tau2: float | None) -> Counterpart:
    options, v = request.model_options, request.studies.variance
    interval, estimator = options["interval"], options["tau2"]
    if interval == "henmi-copas":
        call = Call(function="hc", arguments=_inverse_variance(request, "DL", "z"))
        about = "metafor's hc gives an estimate with its interval and nothing else"
        told = ("estimate", "standard_error", "ci_low", "ci_high", "tau2")
        left = [key for key in (*_ALL, "weights") if key not in told]
        return Counterpart(call=call, missing=dict.fromkeys(left, about))
    missing: dict[str, str] = {}
    test = INTERVALS.get(interval, "z")
    if interval not in INTERVALS:
        missing = dict.fromkeys(INTERVAL, f"metafor has no interval {interval}")
    if options.get("prediction_interval"):
        about = f"metafor has no prediction interval {options['prediction_interval']}"
        missing |= dict.fromkeys(("prediction_low", "prediction_high"), about)
    arguments = _inverse_variance(request, estimator if estimator in ESTIMATORS else "REML", test)
    given = options.get("tau2_value")
    if given is None and estimator not in ESTIMATORS:
        given = tau2
        about = f"metafor has no estimator {estimator}; it is given livereview's τ²"
        missing |= dict.fromkeys(("tau2", "tau2_low", "tau2_high"), about)
    if given is not None:
        arguments["tau2"] = number(given)
    further: dict[str, Array] = {}
    if options["weights"] == "equal":
        arguments["weighted"] = flag(False)
    elif options["weights"] == "common-effect" or (estimator in ("GENQ", "GENQM") and given is None):
        further["weight"] = 1 / (np.sqrt(v) if options.get("q_weights") == "inverse-standard-error" else v)
        arguments["weights"] = column("weight")
    call = Call(function="rma.uni", arguments=arguments)
    return Counterpart(call=call, columns=further, missing=missing)


_ALL = (*INTERVAL, "studies", "tau2", "tau2_low", "tau2_high", "q", "q_p", "i2")


def _mantel_haenszel(request: AnalysisRequest, _: float | None) -> Counterpart:
    options, measure = request.model_options, request.measure_options
    corrected = options["zero_cells"] == "only0" or (
        options["zero_cells"] == "only0-ratios" and request.studies.measure != "RD"
    )
    return _stratified(request, TWO_ARMS, {
        "add": number(measure.get("add", 0.5), 0.5),
        "to": text(measure.get("to", "only0"), "only0" if corrected else "none"),
        "drop00": flag(bool(measure.get("drop00", False)), False),
        "correct": flag(options["continuity_correction"]),
    })  # fmt: skip


def _mantel_haenszel_rates(request: AnalysisRequest, _: float | None) -> Counterpart:
    measure = request.measure_options
    return _stratified(request, TWO_RATES, {
        "add": number(measure.get("add", 0.5), 0.0),
        "to": text(measure.get("to", "only0"), "none"),
        "drop00": flag(bool(measure.get("drop00", False)), False),
        "correct": flag(request.model_options["continuity_correction"]),
    })  # fmt: skip


def _stratified(request: AnalysisRequest, names: Mapping[str, str], further: Mapping[str, Argument]) -> Counterpart:
    arguments = {"measure": text(request.studies.measure), **columns(names), **further,
                 "level": number(100 * request.level)}  # fmt: skip
    return Counterpart(call=Call(function="rma.mh", arguments=arguments))


def _mantel_haenszel_random(request: AnalysisRequest, tau2: float | None) -> Counterpart | str:
    if tau2 is None or not np.isfinite(tau2):
        return "the model has no τ² here"
    about = "metafor has no τ² from Q about the Mantel-Haenszel estimate; it is given livereview's"
    arguments = {**_inverse_variance(request, "DL", "z"), "tau2": number(tau2)}
    return Counterpart(
        call=Call(function="rma.uni", arguments=arguments),
        missing=dict.fromkeys(("tau2", "tau2_low", "tau2_high", "q", "q_p", "i2"), about),
    )


def _peto(request: AnalysisRequest, _: float | None) -> Counterpart:
    arguments = {**columns(TWO_ARMS), "add": number(0.5, 0.0), "to": text("none", "none"),
                 "level": number(100 * request.level)}  # fmt: skip
    return Counterpart(call=Call(function="rma.peto", arguments=arguments))


def _mixed(measure: str, names: Mapping[str, str]) -> Callable[[AnalysisRequest, float | None], Counterpart]:
    def call(request: AnalysisRequest, _: float | None) -> Counterpart:
        options = request.model_options
        arguments = {
            "measure": text(measure), **columns(names), "method": text(options["method"]),
            "test": text(INTERVALS[options["interval"]]), "level": number(100 * request.level),
            "nAGQ": number(options.get("points", 7)), **controlled_mixed(),
        }  # fmt: skip
        kind = _KINDS.get((request.model, options.get("likelihood") or options.get("intercepts")))
        if kind is not None:
            arguments["model"] = text(kind)
        about = "Q, I² and weights in livereview are of the effects; metafor's mixed models have others or none"
        missing = dict.fromkeys(("q", "q_p", "i2", "weights"), about)
        if options["method"] == "ML" and kind != "UM.RS" and (measure, kind) != ("OR", "CM.EL"):
            missing["log_likelihood"] = "metafor has that given the modes of the random effects, not the marginal one"
        if (measure, kind) == ("OR", "CM.EL") or kind == "UM.RS":
            about = "metafor's comes from second derivatives by differences, whose digits depend on their steps"
            missing |= dict.fromkeys(("wald", "wald_p"), about)
        return Counterpart(call=Call(function="rma.glmm", arguments=arguments), missing=missing)

    return call


_KINDS = {
    ("conditional-logistic", "exact"): "CM.EL",
    ("conditional-logistic", "approximate"): "CM.AL",
    ("conditional-poisson", None): "CM.EL",
    ("unconditional-logistic", "fixed"): "UM.FS",
    ("unconditional-logistic", "random"): "UM.RS",
    ("unconditional-poisson", "fixed"): "UM.FS",
    ("unconditional-poisson", "random"): "UM.RS",
}
_MODELS: Mapping[str, Callable[[AnalysisRequest, float | None], Counterpart | str]] = {
    "common-effect": _common_effect,
    "random-effects": _random_effects,
    "mantel-haenszel": _mantel_haenszel,
    "mantel-haenszel-rates": _mantel_haenszel_rates,
    "mantel-haenszel-random": _mantel_haenszel_random,
    "peto": _peto,
    "binomial-normal": _mixed("PLO", ONE_ARM),
    "poisson-normal": _mixed("IRLN", ONE_RATE),
    "conditional-logistic": _mixed("OR", TWO_ARMS),
    "conditional-poisson": _mixed("IRR", TWO_RATES),
    "unconditional-logistic": _mixed("OR", TWO_ARMS),
    "unconditional-poisson": _mixed("IRR", TWO_RATES),
}
