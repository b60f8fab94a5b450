"""Checks of effect models against first principles: what the answer must be where it is known beforehand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from livereview.inference import confidence_limits
from livereview.testing.agreement import apart
from livereview.testing.check import Inapplicable, Subject, check, fail
from livereview.testing.models import fit_of
from livereview.testing.studies import pools_effects, sets_of_studies, studies, told
from livereview.types import EffectModel, Studies

Model = Subject[EffectModel]


def _only_of_effects(model: Model) -> None:
    if not pools_effects(model.plugin):
        raise Inapplicable("it is computed from the data of the studies, not from their effects")


@check(EffectModel, every_choice=True)
def identical_studies(model: Model) -> None:
    """Studies with one and the same effect are pooled to that effect, without between-study variance."""
    _only_of_effects(model)
    size = max(model.plugin.minimum_studies, 4)
    for value in (0.0, 0.7, -3.2):
        given = studies([value] * size, [0.04, 0.09, 0.01, 0.3, 0.05][:size])
        fit = fit_of(model, given)
        if apart(fit.estimate, value, fit.standard_error):
            fail(f"the estimate is {fit.estimate:.10g}, each effect is {value}; {told(given)}")
        if fit.tau2 is not None and fit.tau2 > 1e-8:
            fail(f"tau² is {fit.tau2:.10g}, every effect is {value}; {told(given)}")


@check(EffectModel, every_choice=True)
def one_study(model: Model) -> None:
    """One study is its own pool: its effect, the square root of its variance, all the weight."""
    _only_of_effects(model)
    if model.plugin.minimum_studies > 1:
        raise Inapplicable(f"it needs {model.plugin.minimum_studies} studies")
    for effect, variance in ((0.3, 0.04), (-2.0, 25.0)):
        given = studies([effect], [variance])
        fit = fit_of(model, given)
        for name, found, wanted in (("estimate", fit.estimate, effect), ("se", fit.standard_error, variance**0.5)):
            if apart(found, wanted, variance**0.5):
                fail(f"{name} is {found:.10g} and must be {wanted:g}; {told(given)}")


@check(EffectModel, every_choice=True)
def between_the_effects(model: Model) -> None:
    """The estimate lies between the smallest and the largest effect."""
    _only_of_effects(model)
    for given in sets_of_studies(model.plugin):
        fit = fit_of(model, given)
        if np.isnan(fit.estimate):  # not converged, which another check holds it to
            continue
        low, high = given.effect.min(), given.effect.max()
        slack = 1e-9 * (high - low)
        if not low - slack <= fit.estimate <= high + slack:
            fail(f"the estimate {fit.estimate:.6g} is not between {low:g} and {high:g}; {told(given)}")


@check(EffectModel, every_choice=True)
def weights_give_the_estimate(model: Model) -> None:
    """The weights are those of the estimate: the sum of weight times effect is the estimate."""
    _only_of_effects(model)
    for given in sets_of_studies(model.plugin):
        fit = fit_of(model, given)
        if np.isnan(fit.estimate):
            continue
        total = float((fit.weights * given.effect).sum())
        if apart(total, fit.estimate, fit.standard_error):
            fail(f"the sum is {total:.8g}, the estimate {fit.estimate:.8g}; {told(given)}")


@check(EffectModel, every_choice=True)
def weights_by_precision(model: Model) -> None:
    """No weight is negative, and of two studies the more precise one has no less of it."""
    _only_of_effects(model)
    for given in sets_of_studies(model.plugin):
        weights = fit_of(model, given).weights[np.argsort(given.variance)]
        if (weights < -1e-9).any() or (np.diff(weights) > 1e-9).any():
            fail(f"from the smallest variance to the largest the weights are {weights.tolist()}; {told(given)}")


def simulated(k: int, tau2: float, seed: int = 11, mean: float = 0.4, fits: int | None = None) -> Studies:
    """Studies of a known mean and between-study variance, with variances from 0.01 to 0.16."""
    random = np.random.default_rng(seed)
    shape = (k,) if fits is None else (fits, k)
    variance = np.resize([0.01, 0.02, 0.04, 0.08, 0.16], k)
    effect = random.normal(mean, np.sqrt(variance + tau2), shape)
    return studies(effect, np.broadcast_to(variance, shape))


@check(EffectModel, every_choice=True)
def many_studies(model: Model) -> None:
    """Of very many studies the estimate is their mean effect and tau² their variance, as they were simulated."""
    _only_of_effects(model)
    for tau2 in (0.0, 0.25):
        k = 1500
        given = simulated(k, tau2)
        fit = fit_of(model, given)
        plain = float(((given.variance + tau2).mean() / k) ** 0.5)
        if not abs(fit.estimate - 0.4) < 5 * max(plain, min(float(fit.standard_error), 4 * plain)):
            fail(f"{k} studies about 0.4 with tau² {tau2}: the estimate is {fit.estimate:.4g}")
        if fit.tau2 is not None and not abs(fit.tau2 - tau2) < 0.03 + 0.2 * tau2:
            fail(f"{k} studies about 0.4 with tau² {tau2}: tau² is estimated as {fit.tau2:.4g}")


@check(EffectModel, every_choice=True)
def honest_standard_errors(model: Model) -> None:
    """Over simulated sets the standard error is that of the estimates, and 95% intervals hold the mean as often."""
    _only_of_effects(model)
    sets = 160
    for tau2 in (0.0, 0.1):
        if tau2 and fit_of(model, simulated(20, tau2)).tau2 is None:
            continue  # a model without between-study variance claims nothing of studies that differ
        where = f"{sets} sets of 20 studies with tau² {tau2}"
        given = simulated(20, tau2, seed=5, fits=sets)
        fit = fit_of(model, given)
        ratio = float(np.sqrt((fit.standard_error**2).mean()) / fit.estimate.std())
        if not 0.8 < ratio < 1.3:
            fail(f"{where}: standard errors are {ratio:.2f} times the spread of the estimates")
        low, high = confidence_limits(fit)
        covered = float(((low <= 0.4) & (high >= 0.4)).mean())
        if not covered > 0.88:
            fail(f"{where}: {covered:.0%} of the 95% intervals hold the mean")
        if not apart((fit.weights * given.effect).sum(axis=-1), fit.estimate, fit.standard_error).any():
            true = (fit.weights**2 * (given.variance + tau2)).sum(axis=-1)
            ratio = float(((fit.standard_error**2).mean() / true.mean()) ** 0.5)
            if not 0.93 < ratio < 1.25:
                fail(f"{where}: standard errors are {ratio:.2f} times those of a mean with these weights")


@check(EffectModel, every_choice=True)
def degrees_of_freedom(model: Model) -> None:
    """Degrees of freedom are those of a sample of studies alike in precision, whose 95% intervals hold the mean."""
    _only_of_effects(model)
    k = max(model.plugin.minimum_studies, 3)
    random = np.random.default_rng(17)
    sets = 400
    given = studies(random.normal(0.4, 0.3, (sets, k)), np.full((sets, k), 0.09))
    fit = fit_of(model, given)
    if fit.df is None or not np.isfinite(fit.df).all():
        raise Inapplicable("its estimate has no degrees of freedom")
    one_sample = given.effect.std(axis=-1, ddof=1) / k**0.5
    if not apart(fit.standard_error, one_sample, one_sample).any() and (fit.df != k - 1).any():
        df = fit.df.ravel()[0]
        fail(f"the mean of {k} studies alike in precision, with the error of a sample, has df {df:g}, not {k - 1}")
    low, high = confidence_limits(fit)
    covered = float(((low <= 0.4) & (high >= 0.4)).mean())
    if covered < 0.925:
        df = fit.df.ravel()[0]
        fail(f"{sets} sets of {k} studies: {covered:.1%} of the 95% intervals hold the mean, with df {df:g}")


@check(EffectModel)
def level_of_the_interval(model: Model) -> None:
    """An interval of the model's own is at the level of its option ``level``: the higher, the wider."""
    given = sets_of_studies(model.plugin)[-1]
    if fit_of(model, given).ci_low is None:
        raise Inapplicable("the core makes its interval")
    if "level" not in model.plugin.options.model_fields:
        fail("the model has an interval of its own and no option level, so that nobody can ask for another than 95%")
    low, high = (_width(model, given, level) for level in (0.5, 0.99))
    if not low < high:
        fail(f"the interval at 50% is {low:.6g} wide, that at 99% {high:.6g}; {told(given)}")


def _width(model: Model, given: Studies, level: float) -> float:
    options = model.options.model_copy(update={"level": level})
    fit = fit_of(replace(model, options=options), given)
    assert fit.ci_low is not None
    assert fit.ci_high is not None
    return float(fit.ci_high - fit.ci_low)
