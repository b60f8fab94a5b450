"""Choices of metafor by which it differs, each switched in metafor or computed from metafor's own numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from livereview import AnalysisRequest, Array, Mask
from livereview_concordance.answers import EngineAbsent, Switch
from livereview_concordance.calls import Call, flag, number, text
from livereview_concordance.metafor_engine import MetaforAsked
from livereview_concordance.quantities import RESTS_ON_DERIVATIVES, Numbers
from livereview_concordance.switches import shared_switches

PREDICTION = ("prediction_low", "prediction_high")
QUANTILES = {
    "k-1": "t with k − 1 degrees of freedom",
    "k-2": "t with k − 2 degrees of freedom",
    "normal": "normal quantiles",
    "model": "the quantiles of the confidence interval",
}
LOCAL = "metafor's iteration ended elsewhere; begun at livereview's τ² it ends where livereview does"
STEPS = (
    "metafor takes second derivatives numerically; with other steps (hessianCtrl: r = 6, d = 0.01) its standard error "
    "is livereview's"
)
OPTIMISER = "metafor's standard error depends on where its optimiser stops; by another (BFGS) it is livereview's"
BOUNDED = "metafor looks for τ² up to 100 and no further; with a higher bound it gives livereview's"
LOWER = "metafor's optimiser stopped short of the maximum: livereview's log likelihood is higher"
OF_THE_MAXIMUM = ("estimate", "tau2", "log_likelihood")
ROUNDING = 1e-12
EPSILON = "R's glm, of which metafor's Wald test is made, ends its iteration early; iterated further it agrees"
AS_THEY_ARE = (
    "livereview's tests are of the counts as they are, metafor's of the corrected ones; without a correction it gives "
    "livereview's"
)
STRATIFIED = ("association", "association_p", "breslow_day", "breslow_day_p", "tarone", "tarone_p")
WITHOUT_ENDS = (
    "metafor takes studies with an empty cell into the Wald test, with what R's glm reaches on the way to an infinite "
    "estimate, and counts them; without these studies it gives livereview's"
)


def metafor_switches(request: AnalysisRequest, own: Numbers, engine: MetaforAsked) -> Iterator[Switch]:
    """Switches for gaps from metafor."""
    theirs = engine.answer.numbers
    yield from _prediction(request, own, theirs)
    yield from shared_switches(request, own, theirs)
    yield from _likelihood(own, theirs)
    yield from _without_ends(request, own, engine)
    yield from _counts_as_they_are(request, own, engine)
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


def _without_ends(request: AnalysisRequest, own: Numbers, engine: MetaforAsked) -> Iterator[Switch]:
    """metafor's Wald test of the studies that have an estimate of their own."""
    inside = _inside(request.studies.data)
    if engine.counterpart is None or "wald" not in own or inside is None or inside.sum() < 2:
        return
    precise = {"control/glmCtrl/epsilon": number(1e-12), "control/glmCtrl/maxit": number(100)}
    call = engine.counterpart.call.but(subset=flag(*inside.tolist()), **precise)
    words = EPSILON if inside.all() else WITHOUT_ENDS
    yield from _of_metafor({"inside": (words, call)}, own, engine, only=("wald", "wald_p"))


def _counts_as_they_are(request: AnalysisRequest, own: Numbers, engine: MetaforAsked) -> Iterator[Switch]:
    """metafor's tests of stratified counts without a correction of the sums."""
    corrected = request.model_options.get("zero_cells", "none") != "none"
    if engine.counterpart is None or request.model != "mantel-haenszel" or not corrected or "association" not in own:
        return
    measure = request.measure_options
    call = engine.counterpart.call.but(
        add=number(measure.get("add", 0.5), 0.0), to=text(measure.get("to", "only0"), "none")
    )
    yield from _of_metafor({"counts": (AS_THEY_ARE, call)}, own, engine, only=STRATIFIED)


def _inside(data: Mapping[str, Array]) -> Mask | None:
    """The studies without an empty cell; None for data without events."""
    found = None
    for side in ("", "_1", "_2"):
        if f"events{side}" in data:
            events = data[f"events{side}"]
            here = (events > 0) & (events < data.get(f"n{side}", np.full(events.shape, np.inf)))
            found = here if found is None else found & here
    return found


def _searched_again(request: AnalysisRequest, own: Numbers, engine: MetaforAsked) -> Iterator[Switch]:
    """metafor begun at livereview's tau², and with room for a large one."""
    if engine.counterpart is not None and request.model_options.get("likelihood") == "exact":
        steps = {"control/hessianCtrl/r": number(6), "control/hessianCtrl/d": number(0.01)}
        plain = engine.counterpart.call.plain()
        other = plain.but(**{"control/optimizer": text("BFGS")})
        calls = {"steps": (STEPS, plain.but(**steps)), "other": (OPTIMISER, other)}
        yield from _of_metafor(calls, own, engine, only=RESTS_ON_DERIVATIVES)
    if request.model != "random-effects" or engine.counterpart is None or "tau2" not in own:
        return
    tau2 = float(own["tau2"])
    call, bound = engine.counterpart.call, number(max(100.0, 1000 * float(own.get("tau2_high", own["tau2"]))))
    begun = {"control/tau2.init": number(tau2), "control/tau2.max": bound}
    calls = {
        "bounded": (BOUNDED, call.but(**{"control/tau2.max": bound})),
        "begun": (LOCAL, call.but(**begun)),
    }
    yield from _of_metafor(calls, own, engine)


def _of_metafor(
    calls: Mapping[str, tuple[str, Call]], own: Numbers, engine: MetaforAsked, only: tuple[str, ...] = ()
) -> Iterator[Switch]:
    """Switches of metafor's choices: the words and the call of each."""
    try:
        replies = engine.again({name: call for name, (_, call) in calls.items()})
    except EngineAbsent:
        return
    for name, (words, _) in calls.items():
        yield Switch(words=words, ours=own, theirs=replies.of[name].numbers, only=only)
