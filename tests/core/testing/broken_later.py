"""Broken pieces that were written when the kit was done, to see what it finds that nobody had in mind."""

from __future__ import annotations

from typing import Any

import numpy as np
from broken import Broken
from broken_measures import MD, ODDS, RISK, log_odds_ratio, log_risk_ratio, mean_difference, measure
from broken_measures import MEANS as TWO_MEANS
from broken_models import COMMON, RANDOM, inverse_variance_of, model, random_effects, tau_squared
from broken_tests import EGGER, egger, test

from livereview import BiasTestResult, Fit, Studies, StudyEffects


def q_of_unweighted_mean(studies: Studies, options: Any) -> Fit:
    y, w, k = studies.effect, 1 / studies.variance, studies.effect.size
    q = (w * (y - y.mean()) ** 2).sum()
    tau2 = max(0.0, (q - (k - 1)) / (w.sum() - (w**2).sum() / w.sum())) if k > 1 else 0.0
    w = 1 / (studies.variance + tau2)
    return random_effects(studies, options, estimate=(w * y).sum() / w.sum(), standard_error=w.sum() ** -0.5,
                          weights=w / w.sum(), tau2=tau2)  # fmt: skip


def q_less_k(studies: Studies, options: Any) -> Fit:
    y, w, k = studies.effect, 1 / studies.variance, studies.effect.size
    q = (w * (y - (w * y).sum() / w.sum()) ** 2).sum()
    tau2 = max(0.0, (q - k) / (w.sum() - (w**2).sum() / w.sum())) if k > 1 else 0.0
    w = 1 / (studies.variance + tau2)
    return random_effects(studies, options, estimate=(w * y).sum() / w.sum(), standard_error=w.sum() ** -0.5,
                          weights=w / w.sum(), tau2=tau2)  # fmt: skip


def weights_by_error(studies: Studies, options: Any) -> Fit:
    w = studies.variance**-0.5
    return Fit(estimate=(w * studies.effect).sum() / w.sum(), standard_error=(1 / studies.variance).sum() ** -0.5,
               weights=w / w.sum())  # fmt: skip


def outliers_capped(studies: Studies, options: Any) -> Fit:
    y = np.clip(studies.effect, *np.quantile(studies.effect, [0.05, 0.95]))
    return inverse_variance_of(y, 1 / studies.variance)


def one_step_too_few(studies: Studies, options: Any) -> Fit:
    """Paule and Mandel's tau², by three steps from 0 that do not reach it."""
    y, v, tau2 = studies.effect, studies.variance, 0.0
    for _ in range(3):
        w = 1 / (v + tau2)
        excess = (w * (y - (w * y).sum() / w.sum()) ** 2).sum() - (y.size - 1)
        tau2 = max(0.0, tau2 + 0.1 * excess / w.sum())
    w = 1 / (v + tau2)
    return random_effects(studies, options, estimate=(w * y).sum() / w.sum(), standard_error=w.sum() ** -0.5,
                          weights=w / w.sum(), tau2=tau2)  # fmt: skip


def last_is_reference(studies: Studies, options: Any) -> Fit:
    shifted = studies.effect - studies.effect[-1]
    fit = inverse_variance_of(shifted, 1 / studies.variance)
    return Fit(estimate=fit.estimate, standard_error=fit.standard_error, weights=fit.weights)


def effect_at_zero(studies: Studies, options: Any) -> Fit:
    tau2 = tau_squared(studies.effect, studies.variance)
    w = 1 / (studies.variance + np.where(np.abs(studies.effect) > 1, tau2, 0.0))
    return inverse_variance_of(studies.effect, w)


def pooled_events(data: Any, options: Any) -> StudyEffects:
    found = log_odds_ratio(data, options)
    less = np.nanmean(found.effect) * 1e-3
    return StudyEffects(effect=found.effect - less, variance=found.variance, notes=found.notes)


def small_sample(data: Any, options: Any) -> StudyEffects:
    found = mean_difference(data, options)
    total = np.asarray(data["n_1"]) + np.asarray(data["n_2"])
    return StudyEffects(effect=found.effect, variance=4 * found.variance / (1 + 3 / total), notes=found.notes)


def odds_variance(data: Any, options: Any) -> StudyEffects:
    odds, found = log_odds_ratio(data, options), log_risk_ratio(data, options)
    return StudyEffects(effect=found.effect, variance=np.where(np.isnan(found.effect), np.nan, odds.variance),
                        notes=found.notes)  # fmt: skip


def capped_p(studies: Studies, options: Any) -> BiasTestResult:
    found = egger(studies, options)
    return BiasTestResult(statistic=found.statistic, statistic_name="t", p_value=max(found.p_value, 0.05), df=found.df)


LATER = tuple(
    Broken(defect=defect, plugin=plugin, twin=twin)
    for defect, plugin, twin in (
        ("Q about the plain mean", model(q_of_unweighted_mean), RANDOM),
        ("Q less k in tau²", model(q_less_k), RANDOM),
        ("weights by standard error, error by variance", model(weights_by_error), COMMON),
        ("outliers capped in silence", model(outliers_capped), COMMON),
        ("an iteration that ends too early", model(one_step_too_few), RANDOM),
        ("relative to the last study", model(last_is_reference), COMMON),
        ("tau² for large effects only", model(effect_at_zero), COMMON),
        ("a thousandth of the mean taken off", measure(pooled_events), ODDS),
        ("four times the variance", measure(small_sample, TWO_MEANS, null=0.0), MD),
        ("the variance of the odds ratio", measure(odds_variance), RISK),
        ("P never below 0.05", test(capped_p), EGGER),
        ("unweighted regression", test(egger, weighted=False), EGGER),
    )
)
