"""Choices by which programs differ, each switched on one side: the switch after which both agree explains a gap.

The rule: an explanation is a number that was computed again, never a guess. A switch that does not close the gap
explains nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from livereview import AnalysisRequest, Array, PluginError
from livereview_concordance.answers import EngineAbsent, Switch
from livereview_concordance.calls import Call, number
from livereview_concordance.metafor_engine import MetaforAsked
from livereview_concordance.own import own_numbers, switched_measure, switched_model
from livereview_concordance.quantities import Numbers
from livereview_concordance.statsmodels_engine import (
    COUNTS,
    by_inverse_variance,
    combined,
    correction,
    empty_cells,
    proportions,
)

PREDICTION = ("prediction_low", "prediction_high")
UNCORRECTED = (
    "livereview leaves the risk difference of a study with an empty cell as it is and corrects its variance alone; "
    "with correct_estimate = true it corrects both, as the other program does"
)
ALL_EVENTS = (
    'a risk ratio of 1 where everybody in both arms had the event; with all_events = "corrected" it comes from the '
    "corrected cells, as in the other program"
)
I2 = 'livereview has I² from Q, the other program from τ² and the typical variance; with i2 = "tau2" they agree'
QUANTILES = {
    "k-1": "t with k − 1 degrees of freedom",
    "k-2": "t with k − 2 degrees of freedom",
    "normal": "normal quantiles",
    "model": "the quantiles of the confidence interval",
}
SATO = (
    'the variance of the risk difference is that of Greenland and Robins; with rd_variance = "sato" livereview has the '
    "other program's"
)
NO_CORRECTION = 'livereview adds one half to studies with an empty cell; with zero_cells = "none" it does not, either'
ADHOC = (
    "livereview takes a Hartung-Knapp factor of at least 1, which the other program has not; with "
    'interval = "hartung-knapp" they agree'
)
LOCAL = "metafor's iteration ended elsewhere; begun at livereview's τ² it ends where livereview does"
BOUNDED = "metafor looks for τ² up to 100 and no further; with a higher bound it gives livereview's"
FLOOR = "statsmodels does not stop DerSimonian-Laird's τ² at 0; with τ² = 0 it gives livereview's"
NEGATIVE = "statsmodels does not stop I² at 0; stopped there it is livereview's"
TOLERANT = "statsmodels ends Paule-Mandel's iteration once Q is within 1e-5 of k − 1; iterated further it agrees"
APART = (
    "statsmodels adds its correction to the events of every study once one has an empty cell, and to the people of "
    "that one alone; asked for these studies apart from the others it agrees"
)
LOWER = "metafor's optimiser stopped short of the maximum: livereview's log likelihood is higher"
#: What a maximum of the likelihood gives; and how far one log likelihood may lie below another by rounding.
OF_THE_MAXIMUM = (
    "estimate", "standard_error", "ci_low", "ci_high", "statistic", "p_value", "tau2", *PREDICTION, "log_likelihood",
    "likelihood_ratio", "likelihood_ratio_p",
)  # fmt: skip
ROUNDING = 1e-12
POINTS = "livereview's quadrature has {points} points; with 100 it agrees with metafor's adaptive integral"


def shared_switches(request: AnalysisRequest, own: Numbers, theirs: Numbers) -> Iterator[Switch]:
    """Switches of livereview's own choices, for any program."""
    measure, measure_options = request.studies.measure, request.measure_options
    switches: list[tuple[str, Mapping[str, Any]]] = []
    if measure == "RD" and not measure_options.get("correct_estimate", True):
        switches.append((UNCORRECTED, {"correct_estimate": True}))
    if measure == "RR" and measure_options.get("all_events") == "ratio-1":
        switches.append((ALL_EVENTS, {"all_events": "corrected"}))
    if measure == "ROM" and measure_options.get("correct_bias"):
        text = "livereview corrects the ratio of means for bias; with correct_bias = false they agree"
        switches.append((text, {"correct_bias": False}))
    if measure == "SMD":
        other = "metafor" if measure_options.get("variant") == "revman" else "revman"
        text = f'the factor of small samples and the variance are others; with variant = "{other}" they agree'
        switches.append((text, {"variant": other, "variance": "LS"}))
    for words, options in switches:
        yield from _of_livereview(words, request, theirs, options, measured=True)
    yield from _of_the_model(request, theirs)
    if request.i2 == "Q" and "tau2" in own:
        yield Switch(words=I2, ours=own_numbers(request, i2="tau2"), theirs=theirs, only=("i2",))


def _of_the_model(request: AnalysisRequest, theirs: Numbers) -> Iterator[Switch]:
    options = request.model_options
    if options.get("rd_variance") == "greenland-robins" and request.studies.measure == "RD":
        yield from _of_livereview(SATO, request, theirs, {"rd_variance": "sato"})
    if options.get("zero_cells", "none") != "none" and request.model == "mantel-haenszel":
        yield from _of_livereview(NO_CORRECTION, request, theirs, {"zero_cells": "none"})
    if options.get("interval") == "hartung-knapp-adhoc":
        yield from _of_livereview(ADHOC, request, theirs, {"interval": "hartung-knapp"})
    if options.get("points") is not None and options.get("points") != 100:
        yield from _of_livereview(POINTS.format(points=options["points"]), request, theirs, {"points": 100})


def _of_livereview(
    words: str, request: AnalysisRequest, theirs: Numbers, options: Mapping[str, Any], measured: bool = False
) -> Iterator[Switch]:
    """The switch of an option of livereview's, where it can be computed."""
    try:
        ours = switched_measure(request, **options) if measured else switched_model(request, **options)
    except (PluginError, ValueError):
        return
    yield Switch(words=words, ours=ours, theirs=theirs)


def metafor_switches(request: AnalysisRequest, own: Numbers, engine: MetaforAsked) -> Iterator[Switch]:
    """Switches for gaps from metafor."""
    theirs = engine.answer.numbers
    yield from _prediction(request, own, theirs)
    yield from shared_switches(request, own, theirs)
    yield from _likelihood(own, theirs)
    yield from _searched_again(request, own, engine)


def _prediction(request: AnalysisRequest, own: Numbers, theirs: Numbers) -> Iterator[Switch]:
    """metafor's own estimate, standard error and tau² with livereview's quantile."""
    from scipy.special import ndtri, stdtrit

    tau2 = theirs.get("tau2", own.get("tau2"))  # where metafor has no estimator, it was given livereview's
    if request.prediction not in QUANTILES or tau2 is None or not {"estimate", "standard_error"} <= theirs.keys():
        return
    upper, k = (1 + request.level) / 2, request.studies.effect.size
    df = {"k-1": k - 1.0, "k-2": k - 2.0}.get(request.prediction, 0.0)
    quantile = float(stdtrit(df, upper) if df > 0 else ndtri(upper))
    reach = quantile * np.sqrt(tau2 + theirs["standard_error"] ** 2)
    limits = {"prediction_low": theirs["estimate"] - reach, "prediction_high": theirs["estimate"] + reach}
    words = (
        f"the quantiles of the prediction interval: with {QUANTILES[request.prediction]} (prediction = "
        f"\"{request.prediction}\") about metafor's own estimate it is livereview's"
    )
    yield Switch(words=words, ours=own, theirs={**theirs, **limits}, only=PREDICTION)


def _likelihood(own: Numbers, theirs: Numbers) -> Iterator[Switch]:
    """Where both maximise one likelihood, the lower of two is not the maximum: its program stopped short of it."""
    if "log_likelihood" in own and "log_likelihood" in theirs:
        above = own["log_likelihood"] - theirs["log_likelihood"]
        if above > ROUNDING * np.abs(own["log_likelihood"]):
            yield Switch(words=LOWER, ours=own, theirs=own, only=OF_THE_MAXIMUM)


def _searched_again(request: AnalysisRequest, own: Numbers, engine: MetaforAsked) -> Iterator[Switch]:
    """metafor begun at livereview's tau², and with room for a large one."""
    if request.model != "random-effects" or engine.counterpart is None or "tau2" not in own:
        return
    tau2 = float(own["tau2"])
    call, bound = engine.counterpart.call, number(max(100.0, 1000 * float(own.get("tau2_high", own["tau2"]))))
    calls: dict[str, Call] = {
        "bounded": call.but(**{"control.tau2.max": bound}),
        "begun": call.but(**{"control.tau2.init": number(tau2), "control.tau2.max": bound}),
    }
    try:
        replies = engine.again(calls)
    except EngineAbsent:
        return
    for name, words in (("bounded", BOUNDED), ("begun", LOCAL)):
        yield Switch(words=words, ours=own, theirs=replies.of[name].numbers)


def statsmodels_switches(request: AnalysisRequest, own: Numbers, theirs: Numbers) -> Iterator[Switch]:
    """Switches for gaps from statsmodels."""
    yield from _floor(request, own, theirs)
    yield from _one_by_one(request, own)
    yield from _iterated_further(request, own)
    yield from shared_switches(request, own, theirs)
    stopped = {**theirs, "i2": np.maximum(theirs["i2"], 0.0)} if "i2" in theirs else theirs
    if "i2" in theirs and theirs["i2"] < 0:
        yield Switch(words=NEGATIVE, ours=own, theirs=stopped, only=("i2",))


def _one_by_one(request: AnalysisRequest, own: Numbers) -> Iterator[Switch]:
    """statsmodels asked with its correction for the studies with an empty cell, and without it for the others."""
    if request.studies.measure not in COUNTS or correction(request) is None:
        return
    data = request.studies.data
    empty = empty_cells(data)
    corrected, plain = (proportions(data, request.studies.measure, added) for added in (correction(request), None))
    names = ("effects", "variances")
    apart = {name: np.where(empty, *pair) for name, *pair in zip(names, corrected, plain, strict=True)}
    yield Switch(words=APART, ours=own, theirs=apart)
    if request.studies.measure == "RD" and not request.measure_options.get("correct_estimate", True):
        words = f"{APART}; and {UNCORRECTED}"
        yield from _of_livereview(words, request, apart, {"correct_estimate": True}, measured=True)
    if request.studies.measure == "RR" and request.measure_options.get("all_events") == "ratio-1":
        words = f"{APART}; and {ALL_EVENTS}"
        yield from _of_livereview(words, request, apart, {"all_events": "corrected"}, measured=True)


def _floor(request: AnalysisRequest, own: Numbers, theirs: Numbers) -> Iterator[Switch]:
    if theirs.get("tau2", np.asarray(0.0)) >= 0 or own.get("tau2", np.asarray(1.0)) != 0:
        return
    found = combined(request.studies.effect, request.studies.variance, request, method_re="dl")
    at_zero: dict[str, Array] = {**by_inverse_variance(found, request, random=False), "tau2": np.asarray(0.0)}
    yield Switch(words=FLOOR, ours=own, theirs=at_zero)
    if request.model_options.get("interval") == "hartung-knapp-adhoc":
        ours = switched_model(request, interval="hartung-knapp")
        yield Switch(words=f"{FLOOR}; and {ADHOC}", ours=ours, theirs=at_zero)


def _iterated_further(request: AnalysisRequest, own: Numbers) -> Iterator[Switch]:
    if request.model_options.get("tau2") not in ("PM", "EB"):
        return
    studies = request.studies
    found = combined(studies.effect, studies.variance, request, method_re="pm", atol=1e-13, maxiter=1000)
    theirs = by_inverse_variance(found, request, random=True)
    yield Switch(words=TOLERANT, ours=own, theirs=theirs)
    if request.model_options.get("interval") == "hartung-knapp-adhoc":
        ours = switched_model(request, interval="hartung-knapp")
        yield Switch(words=f"{TOLERANT}; and {ADHOC}", ours=ours, theirs=theirs)
