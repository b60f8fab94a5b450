"""statsmodels' numbers of an outcome: effects, pooled results by inverse variance, stratified tables.

statsmodels is not a dependency: it is imported here alone, and only when it is asked.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from livereview import AnalysisRequest, Array, Mask
from livereview_concordance.answers import Answer, EngineAbsent
from livereview_concordance.metafor_measures import REPORTED
from livereview_concordance.metafor_models import INTERVAL
from livereview_concordance.quantities import QUANTITIES, Numbers

#: Measures of two arms of counts, by statsmodels' names.
COUNTS = {"OR": "odds-ratio", "RR": "risk-ratio", "RD": "diff", "AS": "arcsin"}
TABLE = ("events_1", "n_1", "events_2", "n_2")
#: Estimators of tau² that statsmodels has.
ESTIMATORS = {"DL": "dl", "PM": "pm", "EB": "pm"}
POOLED = tuple(quantity.key for quantity in QUANTITIES if quantity.key not in ("effects", "variances"))
#: What statsmodels gives for a fit by inverse variance.
GIVEN = ("studies", "estimate", "standard_error", "ci_low", "ci_high", "tau2", "q", "q_p", "i2", "weights")
INTERVALS = ("wald", "t", "hartung-knapp", "hartung-knapp-adhoc")
NOT_GIVEN = "statsmodels gives none"


def statsmodels_answer(request: AnalysisRequest, own: Numbers) -> Answer:
    """statsmodels' answer for an outcome; EngineAbsent where it is not installed."""
    try:
        import statsmodels
    except ImportError:
        raise EngineAbsent("it is not installed: pip install 'livereview[concordance]'.") from None
    missing: dict[str, str] = {}
    numbers: dict[str, Array] = {}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for found in (_effects(request), _pooled(request, own)):
            numbers |= found[0]
            missing |= found[1]
    kept = {key: value for key, value in numbers.items() if key not in missing and np.isfinite(value).any()}
    return Answer(engine="statsmodels", version=f"statsmodels {statsmodels.__version__}", numbers=kept, missing=missing)


Found = tuple[dict[str, Array], dict[str, str]]


def _effects(request: AnalysisRequest) -> Found:
    measure, data, options = request.studies.measure, request.studies.data, request.measure_options
    keys = ("effects", "variances")
    if measure in REPORTED:
        return {}, dict.fromkeys(keys, "the studies report it: both programs are given the same effects and variances")
    if measure in COUNTS:
        if options.get("to") not in ("only0", "none"):
            return {}, dict.fromkeys(keys, f"statsmodels cannot correct {options.get('to')} studies")
        if options.get("variance", "wald") != "wald":
            return {}, dict.fromkeys(keys, f"statsmodels has no {options['variance']} variance")
        found = proportions(data, measure, correction(request) if empty_cells(data).any() else None)
    elif measure == "SMD":
        from statsmodels.stats.meta_analysis import effectsize_smd

        found = effectsize_smd(*(data[name] for name in ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2")))
    else:
        return {}, dict.fromkeys(keys, f"statsmodels has no effect size {measure}")
    return {"effects": np.asarray(found[0]), "variances": np.asarray(found[1])}, {}


def correction(request: AnalysisRequest) -> float | None:
    """What the measure adds to the cells of a study that has an empty one; None = nothing."""
    options = request.measure_options
    return float(options.get("add", 0.0)) or None if options.get("to") == "only0" else None


def empty_cells(data: Mapping[str, Array]) -> Mask:
    """Which studies have a cell that is empty."""
    a, n1, c, n2 = (data[name] for name in TABLE)
    return np.asarray((a == 0) | (c == 0) | (a == n1) | (c == n2))


def proportions(data: Mapping[str, Array], measure: str, added: float | None) -> tuple[Array, Array]:
    """statsmodels' effects and variances of two arms of counts."""
    from statsmodels.stats.meta_analysis import effectsize_2proportions

    counts = [data[name] for name in TABLE]
    names = ("arcsin", "arcsine") if measure == "AS" else (COUNTS[measure],)  # before 0.15 arcsin was called arcsine
    for name in names:
        try:
            effect, variance = effectsize_2proportions(*counts, statistic=name, zero_correction=added)
        except (ValueError, NotImplementedError):
            continue
        return np.asarray(effect), np.asarray(variance)
    raise EngineAbsent(f"its effectsize_2proportions knows none of {', '.join(names)}.")


def _pooled(request: AnalysisRequest, own: Numbers) -> Found:
    if request.model == "common-effect":
        return _common(request)
    if request.model == "random-effects":
        return _random(request, own)
    if request.model == "mantel-haenszel" and request.studies.measure in ("OR", "RR"):
        return _stratified(request)
    return {}, dict.fromkeys(POOLED, f"statsmodels has no model that is {request.model}")


def combined(y: Array, v: Array, request: AnalysisRequest, **options: Any) -> Any:
    """statsmodels' combine_effects at the outcome's level."""
    from statsmodels.stats.meta_analysis import combine_effects

    use_t = request.model_options.get("interval") not in (None, "wald")
    return combine_effects(y, v, alpha=1 - request.level, use_t=use_t, **options)


def by_inverse_variance(found: Any, request: AnalysisRequest, random: bool) -> dict[str, Array]:
    """The numbers of one of the two fits that ``combine_effects`` makes at once."""
    part = "re" if random else "fe"
    scaled = str(request.model_options.get("interval")).startswith("hartung-knapp")
    homogeneity = found.test_homogeneity()
    error = getattr(found, f"sd_eff_w_{part}{'_hksj' if scaled else ''}")
    low, high = found.conf_int(alpha=1 - request.level)[int(random) + 2 * int(scaled)]
    values = {
        "studies": found.k, "estimate": getattr(found, f"mean_effect_{part}"), "standard_error": error, "ci_low": low,
        "ci_high": high, "q": homogeneity.statistic, "q_p": homogeneity.pvalue, "i2": 100 * found.i2,
        "weights": getattr(found, f"weights_rel_{part}"),
    }  # fmt: skip
    values |= {"tau2": found.tau2} if random else {}
    return {name: np.asarray(value, dtype=np.float64) for name, value in values.items()}


def _left() -> dict[str, str]:
    return {key: NOT_GIVEN for key in POOLED if key not in GIVEN}


def _common(request: AnalysisRequest) -> Found:
    found = combined(request.studies.effect, request.studies.variance, request, method_re="dl")
    return by_inverse_variance(found, request, random=False), _left()


def _random(request: AnalysisRequest, own: Numbers) -> Found:
    options, missing = request.model_options, _left()
    y, v = request.studies.effect, request.studies.variance
    if options["weights"] != "inverse-variance" or options["tau2"] in ("GENQ", "GENQM"):
        return {}, dict.fromkeys(POOLED, "statsmodels has weights by inverse variance alone")
    if options["interval"] not in INTERVALS:
        missing |= dict.fromkeys(INTERVAL, f"statsmodels has no interval {options['interval']}")
    estimator = ESTIMATORS.get(options["tau2"]) if options.get("tau2_value") is None else None
    if estimator is not None:
        return by_inverse_variance(combined(y, v, request, method_re=estimator), request, random=True), missing
    if "tau2" not in own:
        return {}, dict.fromkeys(POOLED, "livereview has no τ² to give to statsmodels")
    about = f"statsmodels has no estimator {options['tau2']}; livereview's τ² is added to the variances it is given"
    missing["tau2"] = about
    plain = by_inverse_variance(combined(y, v, request, method_re="dl"), request, random=False)
    given = by_inverse_variance(combined(y, v + own["tau2"], request, method_re="dl"), request, random=False)
    return {**given, **{key: plain[key] for key in ("q", "q_p", "i2")}}, missing


def _stratified(request: AnalysisRequest) -> Found:
    from statsmodels.stats.contingency_tables import StratifiedTable

    data = request.studies.data
    a, n1, c, n2 = (data[name] for name in TABLE)
    table = StratifiedTable([np.array([[a[i], n1[i] - a[i]], [c[i], n2[i] - c[i]]]) for i in range(a.size)])
    if request.studies.measure == "RR":
        missing = {key: NOT_GIVEN for key in POOLED if key not in ("studies", "estimate")}
        return {"studies": np.asarray(float(a.size)), "estimate": np.asarray(np.log(table.riskratio_pooled))}, missing
    low, high = table.logodds_pooled_confint(alpha=1 - request.level)
    corrected = bool(request.model_options["continuity_correction"])
    tests = {
        "association": table.test_null_odds(correction=corrected),
        "breslow_day": table.test_equal_odds(adjust=False),
        "tarone": table.test_equal_odds(adjust=True),
    }
    values: dict[str, Any] = {
        "studies": a.size, "estimate": table.logodds_pooled, "standard_error": table.logodds_pooled_se, "ci_low": low,
        "ci_high": high,
    }  # fmt: skip
    for name, test in tests.items():
        values |= {name: test.statistic, f"{name}_p": test.pvalue}
    numbers = {name: np.asarray(value, dtype=np.float64) for name, value in values.items()}
    return numbers, {key: NOT_GIVEN for key in POOLED if key not in numbers}
