"""Checks of effect models on single fits: what a fit must be, and what may not change it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from livereview.fitting import fitted
from livereview.inference import confidence_limits
from livereview.testing.agreement import fits_differ, moved
from livereview.testing.check import Inapplicable, Subject, check, fail
from livereview.testing.studies import changed, in_order, pools_effects, sets_of_studies, studies, told, with_effects
from livereview.testing.trials import Trial
from livereview.types import EffectModel, Fit, Studies

Model = Subject[EffectModel]


def fit_of(model: Model, given: Studies) -> Fit:
    """The model's fit as the core gets it, checked."""
    with np.errstate(all="ignore"):
        return fitted(model.plugin, given, model.options)


def _only_of_effects(model: Model) -> None:
    if not pools_effects(model.plugin):
        raise Inapplicable("it is computed from the data of the studies, not from their effects")


@check(EffectModel, every_choice=True)
def possible_results(model: Model) -> None:
    """Every fit can be: shapes, real numbers, weights that sum to 1, no negative tau² or standard error, df above 0."""
    for given in sets_of_studies(model.plugin):
        fit = fit_of(model, given)
        low, high = confidence_limits(fit)
        if np.isfinite(fit.estimate) and not low <= fit.estimate <= high:
            fail(f"the interval {low:g} to {high:g} does not hold the estimate {fit.estimate:g}; {told(given)}")
        if fit.prediction_low is not None and fit.prediction_high is not None:
            within = fit.prediction_low <= fit.estimate <= fit.prediction_high
            if np.isfinite(fit.prediction_low) and not within:
                fail(f"the prediction interval does not hold the estimate {fit.estimate:g}; {told(given)}")


@check(EffectModel, every_choice=True)
def double_precision(model: Model) -> None:
    """Results are float64, as computed: nothing passes through half the digits."""
    for given in sets_of_studies(model.plugin):
        fit = _raw(model, given)
        for name in ("estimate", "standard_error", "weights", "tau2", "df", "ci_low", "ci_high"):
            kind = np.asarray(getattr(fit, name)).dtype
            if kind.kind == "f" and kind.itemsize < 8:
                fail(f"{name} is {kind.name}; {told(given)}")
        return


def _raw(model: Model, given: Studies) -> Fit:
    """What the model itself returns, for studies that are all present."""
    whole = in_order(given, np.flatnonzero(given.present))
    return model.plugin.fit(whole, model.options)


@check(EffectModel, every_choice=True)
def order_of_studies(model: Model) -> None:
    """The order of the studies changes nothing but the order of the weights."""
    for given in sets_of_studies(model.plugin):
        size = given.present.size
        fit = fit_of(model, given)
        for order in (np.arange(size)[::-1], np.random.default_rng(3).permutation(size)):
            back = np.argsort(order)
            other = fit_of(model, in_order(given, order))
            differs = fits_differ(_with_weights(other, other.weights[back]), fit)
            if differs:
                fail(f"in the order {order.tolist()} {differs}; {told(given)}")


def _with_weights(fit: Fit, weights: Any) -> Fit:
    return replace(fit, weights=weights)


@check(EffectModel, every_choice=True)
def shift_of_effects(model: Model) -> None:
    """Effects that are all larger by a constant move the estimate and its limits by it, and nothing else."""
    _only_of_effects(model)
    for given in sets_of_studies(model.plugin):
        for constant in (0.5, -1000.0):
            found = fit_of(model, changed(given, given.effect + constant))
            _agree(found, moved(fit_of(model, given), shift=constant), f"effects + {constant:g}", given)


@check(EffectModel, every_choice=True)
def scale_of_effects(model: Model) -> None:
    """In other units (effects times c, variances times c²) everything has those units; weights and df stay."""
    _only_of_effects(model)
    for given in sets_of_studies(model.plugin):
        for factor in (10.0, 1e-4, 1e4):
            found = fit_of(model, changed(given, given.effect * factor, given.variance * factor**2))
            _agree(found, moved(fit_of(model, given), factor=factor), f"effects * {factor:g}", given)


@check(EffectModel, every_choice=True)
def mirror_image(model: Model) -> None:
    """Effects of the other sign give the estimate of the other sign, with the limits exchanged."""
    _only_of_effects(model)
    for given in sets_of_studies(model.plugin):
        found = fit_of(model, changed(given, -given.effect))
        _agree(found, moved(fit_of(model, given), factor=-1.0), "effects * -1", given)


def _agree(found: Fit, wanted: Fit, what: str, given: Studies) -> None:
    differs = fits_differ(found, wanted)
    if differs:
        fail(f"with {what}, {differs} (as it must be); {told(given)}")


@check(EffectModel)
def exchange_of_arms(model: Model) -> None:
    """With the arms exchanged the estimate changes its sign, and nothing else changes."""
    if "events_1" not in model.plugin.needs:
        raise Inapplicable("it does not see two arms")
    for given in sets_of_studies(model.plugin):
        arms = {"1": "2", "2": "1"}
        data = {name[:-1] + arms[name[-1]]: column for name, column in given.data.items()}
        found = fit_of(model, with_effects(data, given.measure))
        wanted = moved(fit_of(model, given), factor=-1.0)
        # the weights of a ratio of sums belong to one arm, and are not compared
        _agree(found, replace(wanted, weights=found.weights), "the arms exchanged", given)


@check(EffectModel)
def names_of_studies(model: Model) -> None:
    """The names of the studies and columns that the model does not need change no number."""
    for given in sets_of_studies(model.plugin):
        data = {**given.data, "a_column": np.arange(given.present.size, dtype=np.float64)}
        labels = tuple(reversed(given.labels))
        differs = fits_differ(fit_of(model, replace(given, data=data, labels=labels)), fit_of(model, given))
        if differs:
            fail(f"with other names of the studies {differs}; {told(given)}")


@check(EffectModel, every_choice=True)
def few_studies(model: Model) -> None:
    """From its minimum of studies on the model gives an estimate, or says that it did not converge."""
    least = max(model.plugin.minimum_studies, 1)
    whole = sets_of_studies(model.plugin)[-1]
    for size in range(3 if least < 3 else least + 1):
        given = in_order(whole, np.flatnonzero(whole.present)[:size])
        fit = fit_of(model, given)
        if np.isfinite(fit.estimate) != (size >= least) and (fit.converged is None or fit.converged):
            fail(f"with {size} studies the estimate is {fit.estimate:g}; {told(given)}")


@check(EffectModel, every_choice=True)
def extreme_variances(model: Model) -> None:
    """Variances from 1e-8 to 1e8 in one set, and equal effects, give numbers, or fits marked as not converged."""
    _only_of_effects(model)
    effect, variance = [0.2, -0.4, 0.3, 1.1, 0.0, 0.2], [1e-8, 1e8, 0.04, 1e-3, 1.0, 1e-8]
    for given in (
        studies(effect, variance),
        studies([0.5] * 6, variance),
        studies([1e6, -1e6, 3e5, 0, 1, 7], variance),
    ):
        fit_of(model, given)


def trials(model: Model) -> tuple[Trial, ...]:
    """The model itself on each set of studies, all present."""

    def trial(given: Studies) -> Trial:
        here = np.flatnonzero(given.present)
        return Trial(
            name=told(given),
            make=lambda: in_order(given, here),
            call=lambda fresh: model.plugin.fit(fresh, model.options),
        )

    return tuple(trial(given) for given in sets_of_studies(model.plugin))
