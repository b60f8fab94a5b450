"""Broken effect models, each beside the correct model that it was made from: one with one planted defect."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from broken import Broken
from pydantic import Field
from scipy import special

from livereview import EffectModel, Fit, Options, Studies

REFERENCES = ("DerSimonian R, Laird N. Controlled Clin Trials 1986;7:177. doi:10.1016/0197-2456(86)90046-2",)


class Level(Options):
    """The level of an interval of the model's own."""

    level: float = Field(default=0.95, gt=0, lt=1, description="Confidence level.")


def model(fit: Callable[[Studies, Any], Fit], **fields: Any) -> EffectModel:
    return EffectModel(**({"name": "piece", "summary": "A piece.", "fit": fit, "references": REFERENCES} | fields))


# --- the correct models -------------------------------------------------------------------------------------------


def inverse_variance(studies: Studies, options: Any) -> Fit:
    """The common-effect mean of one set of studies."""
    w = 1 / studies.variance
    return Fit(estimate=(w * studies.effect).sum() / w.sum(), standard_error=w.sum() ** -0.5, weights=w / w.sum())


def tau_squared(y: Any, v: Any) -> float:
    """The estimate of DerSimonian and Laird, at least 0."""
    w = 1 / v
    if y.size < 2:
        return 0.0
    mean = (w * y).sum() / w.sum()
    q = (w * (y - mean) ** 2).sum()
    return max(0.0, float((q - (y.size - 1)) / (w.sum() - (w**2).sum() / w.sum())))


def random_effects(studies: Studies, options: Any, **changes: Any) -> Fit:
    """The random-effects mean of one set of studies, with tau² of DerSimonian and Laird."""
    y, v = studies.effect, studies.variance
    tau2 = tau_squared(y, v)
    w = 1 / (v + tau2)
    made: dict[str, Any] = {
        "estimate": (w * y).sum() / w.sum(), "standard_error": w.sum() ** -0.5, "weights": w / w.sum(), "tau2": tau2,
    }  # fmt: skip
    return Fit(**(made | changes))


def hartung_knapp(studies: Studies, options: Any, df: Callable[[int], float] = lambda k: k - 1) -> Fit:
    """The same with the standard error of Hartung and Knapp, t with k - 1 degrees of freedom."""
    fit = random_effects(studies, options)
    y, k = studies.effect, studies.effect.size
    w = 1 / (studies.variance + fit.tau2)
    spread = (w * (y - fit.estimate) ** 2).sum() / (k - 1)
    return random_effects(studies, options, standard_error=np.sqrt(spread / w.sum()), df=df(k))


def own_interval(studies: Studies, options: Level, quantile: Callable[[float], float] = special.ndtri) -> Fit:
    """The random-effects mean with an interval of its own, at the level of the option."""
    fit = random_effects(studies, options)
    reach = quantile((1 + options.level) / 2) * fit.standard_error
    return random_effects(studies, options, ci_low=fit.estimate - reach, ci_high=fit.estimate + reach)


def vectorised(studies: Studies, options: Any, k: Any = None, filling: float = np.inf, axis: int = -1) -> Fit:
    """The random-effects mean of every fit at once."""
    here = studies.present
    y = np.where(here, studies.effect, 0.0)
    v = np.where(here, studies.variance, filling)
    w = 1 / v
    total = w.sum(axis=-1)
    mean = (w * y).sum(axis=-1) / total
    q = (w * np.where(here, y - mean[..., None], 0.0) ** 2).sum(axis=-1)
    count = here.sum(axis=-1) if k is None else k(studies)
    free = total - (w**2).sum(axis=-1) / total
    tau2 = np.where(free > 1e-12 * total, np.maximum(0.0, (q - (count - 1)) / np.where(free > 0, free, 1.0)), 0.0)
    w = np.where(here, 1 / (v + tau2[..., None]), 0.0)
    total = w.sum(axis=-1)
    weights = w / w.sum(axis=axis, keepdims=True)
    return Fit(estimate=(w * y).sum(axis=-1) / total, standard_error=total**-0.5, weights=weights, tau2=tau2)


# --- the broken ones ----------------------------------------------------------------------------------------------


def sorted_effects(studies: Studies, options: Any) -> Fit:
    w = 1 / studies.variance
    return inverse_variance_of(np.sort(studies.effect), w)


def inverse_variance_of(y: Any, w: Any) -> Fit:
    return Fit(estimate=(w * y).sum() / w.sum(), standard_error=w.sum() ** -0.5, weights=w / w.sum())


def changes_its_input(studies: Studies, options: Any) -> Fit:
    v = studies.variance
    v += tau_squared(studies.effect, v)
    return inverse_variance(studies, options)


def not_floored(studies: Studies, options: Any) -> Fit:
    y, w, k = studies.effect, 1 / studies.variance, studies.effect.size
    q = (w * (y - (w * y).sum() / w.sum()) ** 2).sum()
    tau2 = (q - (k - 1)) / (w.sum() - (w**2).sum() / w.sum()) if k > 1 else 0.0
    w = 1 / (studies.variance + tau2)
    return Fit(estimate=(w * y).sum() / w.sum(), standard_error=w.sum() ** -0.5, weights=w / w.sum(), tau2=tau2)


def bootstrapped(studies: Studies, options: Any) -> Fit:
    fit = inverse_variance(studies, options)
    drawn = np.random.normal(studies.effect, studies.variance**0.5, (500, studies.effect.size))  # noqa: NPY002
    return Fit(estimate=fit.estimate, standard_error=(drawn * fit.weights).sum(axis=1).std(), weights=fit.weights)


LAST = {"tau2": 0.0}


def remembers_the_last(studies: Studies, options: Any) -> Fit:
    found = tau_squared(studies.effect, studies.variance)
    tau2 = 0.99 * found + 0.01 * LAST["tau2"]
    LAST["tau2"] = found
    w = 1 / (studies.variance + tau2)
    return Fit(estimate=(w * studies.effect).sum() / w.sum(), standard_error=w.sum() ** -0.5, weights=w / w.sum(),
               tau2=tau2)  # fmt: skip


BY_ID: dict[int, Fit] = {}
BY_SIZE: dict[int, float] = {}


def cached_by_id(studies: Studies, options: Any) -> Fit:
    if id(studies.effect) not in BY_ID:
        BY_ID[id(studies.effect)] = inverse_variance(studies, options)
    found = BY_ID[id(studies.effect)]
    return found if np.shape(found.weights) == studies.effect.shape else inverse_variance(studies, options)


def cached_by_size(studies: Studies, options: Any) -> Fit:
    k = studies.effect.size
    tau2 = BY_SIZE.setdefault(k, tau_squared(studies.effect, studies.variance))
    w = 1 / (studies.variance + tau2)
    return inverse_variance_of(studies.effect, w)


def half_the_digits(studies: Studies, options: Any) -> Fit:
    w = (1 / studies.variance).astype(np.float32)
    y = studies.effect.astype(np.float32)
    return Fit(estimate=float((w * y).sum() / w.sum()), standard_error=float(w.sum()) ** -0.5,
               weights=w.astype(float) / w.astype(float).sum())  # fmt: skip


def variance_as_error(studies: Studies, options: Any) -> Fit:
    fit = inverse_variance(studies, options)
    return Fit(estimate=fit.estimate, standard_error=fit.standard_error**2, weights=fit.weights)


def without_its_worst(studies: Studies, options: Any) -> Fit:
    far = np.abs(studies.effect - np.median(studies.effect))
    kept = far <= max(3 * np.median(far), 1e-12)
    w = np.where(kept, 1 / studies.variance, 0.0)
    return inverse_variance_of(studies.effect, w)


def shrunken(studies: Studies, options: Any) -> Fit:
    w = 1 / studies.variance
    return Fit(estimate=(w * studies.effect).sum() / (w.sum() + 1), standard_error=w.sum() ** -0.5, weights=w / w.sum())


def writes_a_file(studies: Studies, options: Any) -> Fit:
    Path("trace.csv").write_text("fit\n")
    return inverse_variance(studies, options)


def prints(studies: Studies, options: Any) -> Fit:
    print("k =", studies.effect.size)
    return inverse_variance(studies, options)


def warns(studies: Studies, options: Any) -> Fit:
    if studies.effect.size < 3:
        warnings.warn("few studies", stacklevel=2)
    return inverse_variance(studies, options)


def by_name(studies: Studies, options: Any) -> Fit:
    w = 1 / studies.variance * np.array([2.0 if name == "Study 1" else 1.0 for name in studies.labels])
    return inverse_variance_of(studies.effect, w)


def equal_weights_shown(studies: Studies, options: Any) -> Fit:
    fit = inverse_variance(studies, options)
    k = studies.effect.size
    return Fit(estimate=fit.estimate, standard_error=fit.standard_error, weights=np.full(k, 1 / k))


def divides_by_k_minus_2(studies: Studies, options: Any) -> Fit:
    fit, y, k = inverse_variance(studies, options), studies.effect, studies.effect.size
    with np.errstate(all="ignore"):
        spread = np.float64(((y - fit.estimate) ** 2 / studies.variance).sum()) / (k - 2)
    error = np.sqrt(np.maximum(spread, 1)) * fit.standard_error
    return Fit(estimate=fit.estimate, standard_error=error, weights=fit.weights)


def changed(**made: Callable[[Fit], Any]) -> Callable[[Studies, Any], Fit]:
    """The random-effects model with other values in its result."""

    def fit(studies: Studies, options: Any) -> Fit:
        whole = random_effects(studies, options)
        return random_effects(studies, options, **{name: value(whole) for name, value in made.items()})

    return fit


def _with(function: Callable[..., Fit], **given: Any) -> Callable[[Studies, Any], Fit]:
    return lambda studies, options: function(studies, options, **given)


COMMON, RANDOM = model(inverse_variance), model(random_effects)
KNAPP = model(hartung_knapp, minimum_studies=2)
OWN = model(own_interval, options=Level)
BATCH = model(vectorised, vectorized=True)

BROKEN = tuple(
    Broken(defect=defect, plugin=plugin, twin=twin)
    for defect, plugin, twin in (
        ("effects sorted, variances not", model(sorted_effects), COMMON),
        ("tau² added to the variances in place", model(changes_its_input), COMMON),
        ("df is k", model(_with(hartung_knapp, df=lambda k: k), minimum_studies=2), KNAPP),
        ("df is k - 2", model(_with(hartung_knapp, df=lambda k: max(k - 2, 1)), minimum_studies=2), KNAPP),
        ("df of all the fits of a batch", model(_with(vectorised, k=lambda s: s.present.shape[-1]), vectorized=True),
         BATCH),
        ("absent slots weigh something", model(_with(vectorised, filling=1e4), vectorized=True), BATCH),
        ("weights sum to 1 over fits", model(_with(vectorised, axis=0), vectorized=True), BATCH),
        ("the random numbers of all", model(bootstrapped), COMMON),
        ("the last tau² is remembered", model(remembers_the_last), RANDOM),
        ("results kept by id()", model(cached_by_id), COMMON),
        ("tau² kept by the number of studies", model(cached_by_size), COMMON),
        ("sign lost", model(changed(estimate=lambda fit: abs(fit.estimate))), RANDOM),
        ("float32", model(half_the_digits), COMMON),
        ("variance as standard error", model(variance_as_error), COMMON),
        ("tau² below 0", model(not_floored), RANDOM),
        ("tau in place of tau²", model(changed(tau2=lambda fit: fit.tau2**0.5)), RANDOM),
        ("standard error without tau²", model(lambda s, o: random_effects(s, o, standard_error=(1 / s.variance).sum()
                                                                          ** -0.5)), RANDOM),
        ("level ignored", model(_with(own_interval, quantile=lambda p: 1.96), options=Level), OWN),
        ("an interval of its own and no level", model(lambda s, o: own_interval(s, Level())), OWN),
        ("a one-sided quantile", model(_with(own_interval, quantile=lambda p: special.ndtri(2 * p - 1)), options=Level),
         OWN),
        ("a study dropped in silence", model(without_its_worst), COMMON),
        ("percent", model(changed(estimate=lambda fit: 100 * fit.estimate)), RANDOM),
        ("transformed back", model(changed(estimate=lambda fit: np.exp(fit.estimate))), RANDOM),
        ("rounded", model(changed(estimate=lambda fit: round(float(fit.estimate), 3))), RANDOM),
        ("shrunk to 0", model(shrunken), COMMON),
        ("a file in the working folder", model(writes_a_file), COMMON),
        ("print", model(prints), COMMON),
        ("a warning", model(warns), COMMON),
        ("the first name weighs double", model(by_name), COMMON),
        ("weights shown are not those used", model(equal_weights_shown), COMMON),
        ("weights are variances", model(lambda s, o: inverse_variance_of(s.effect, s.variance)), COMMON),
        ("fails for two studies", model(divides_by_k_minus_2), COMMON),
        ("no literature", model(inverse_variance, references=()), COMMON),
    )
)  # fmt: skip
