"""livereview's own numbers of an outcome, and the same with one of its choices switched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from livereview import AnalysisRequest, Array, Fit, Studies, derived
from livereview_concordance.quantities import Numbers, Yardstick
from livereview_estimation import tau_squared_interval

#: Estimators of tau² that are a formula; the others iterate.
CLOSED_ESTIMATORS = ("DL", "DL2", "HE", "HS", "HSk", "SJ", "GENQ")
MIXED_MODELS = (
    "binomial-normal", "poisson-normal", "conditional-logistic", "conditional-poisson", "unconditional-logistic",
    "unconditional-poisson",
)  # fmt: skip
#: Models without an iteration.
CLOSED_MODELS = ("common-effect", "mantel-haenszel", "mantel-haenszel-random", "mantel-haenszel-rates", "peto")
TESTS = {
    "Cochran-Mantel-Haenszel": "association",
    "Mantel-Haenszel": "association",
    "Breslow-Day": "breslow_day",
    "Tarone": "tarone",
    "likelihood ratio, heterogeneity": "likelihood_ratio",
    "Wald, heterogeneity": "wald",
}


def iterated(request: AnalysisRequest) -> bool:
    """Whether the estimates of the outcome's model come from an iteration."""
    if request.model != "random-effects":
        return request.model not in CLOSED_MODELS
    closed = request.model_options.get("tau2") in CLOSED_ESTIMATORS
    return not closed and request.model_options.get("tau2_value") is None


def yardstick(request: AnalysisRequest, numbers: Numbers) -> Yardstick:
    """What differences of the outcome are measured by."""
    variances = request.studies.variance
    return Yardstick(
        standard_error=float(numbers["standard_error"]),
        variance=float(variances.size / (1 / variances).sum()),
        iterated=iterated(request),
        mixed=request.model in MIXED_MODELS,
    )


def own_numbers(request: AnalysisRequest, i2: str | None = None) -> Numbers:
    """Every quantity of the outcome as livereview has it; ``i2``: what I² comes from, where not as the outcome says."""
    fit = request.fit(request.studies)
    found = derived(
        request.studies,
        fit,
        level=request.level,
        prediction=_prediction(request.prediction),
        i2_basis="tau2" if (i2 or request.i2) == "tau2" else "Q",
        null=request.null if request.has_test else None,
    )
    numbers = {name: np.asarray(getattr(found, name)) for name in _DERIVED}
    numbers |= {"studies": np.asarray(found.k), "effects": request.studies.effect,
                "variances": request.studies.variance, "weights": fit.weights}  # fmt: skip
    if fit.tau2 is None:
        del numbers["tau2"]
    elif request.model == "random-effects" and request.model_options.get("tau2_value") is None:
        numbers |= _limits(request.studies, request.level)
    return _known(numbers | _of_the_method(fit))


_DERIVED = (
    "estimate", "standard_error", "ci_low", "ci_high", "statistic", "p_value", "tau2", "q", "q_p", "i2",
    "prediction_low", "prediction_high",
)  # fmt: skip


def _prediction(name: str) -> Any:
    return name


def _limits(studies: Studies, level: float) -> dict[str, Array]:
    """Q-profile limits of tau²."""
    found = tau_squared_interval(studies.effect, studies.variance, studies.present, "q-profile", level)
    if bool(found.empty):
        return {}
    return {"tau2_low": np.asarray(found.low), "tau2_high": np.asarray(found.high)}


def _of_the_method(fit: Fit) -> dict[str, Array]:
    numbers: dict[str, Array] = {}
    for name, test in fit.tests.items():
        if name in TESTS:
            numbers[TESTS[name]], numbers[f"{TESTS[name]}_p"] = np.asarray(test.statistic), np.asarray(test.p_value)
    if "log-likelihood" in fit.parameters:
        numbers["log_likelihood"] = np.asarray(fit.parameters["log-likelihood"])
    return numbers


def _known(numbers: Mapping[str, Array]) -> Numbers:
    """Without the quantities that have no number."""
    return {key: value for key, value in numbers.items() if np.isfinite(value).any()}


def switched_model(request: AnalysisRequest, **options: Any) -> Numbers:
    """The numbers with options of the model switched."""
    return _pooled(request, request.studies.effect, request.studies.variance, options)


def switched_measure(request: AnalysisRequest, **options: Any) -> Numbers:
    """The numbers with options of the effect measure switched, pooled anew."""
    columns = {name: column for name, column in request.studies.data.items() if name not in _RESULTS}
    zero_cells = {name: request.measure_options[name] for name in ("add", "to", "drop00", "variance", "zero_sd")
                  if name in request.measure_options}  # fmt: skip
    from livereview import effects  # with it come notebooks, which no command needs

    found = effects(columns, request.studies.measure, **{**zero_cells, **options})
    return _pooled(request, found["effect"].to_numpy(), found["variance"].to_numpy(), {})


_RESULTS = ("effect", "variance", "note")


def _pooled(request: AnalysisRequest, y: Array, v: Array, options: Mapping[str, Any]) -> Numbers:
    chosen = {name: value for name, value in request.model_options.items() if name != "level"} | dict(options)
    from livereview import pool  # with it come notebooks, which no command needs

    found = pool(
        y, v, request.model, level=request.level, prediction=_prediction(request.prediction),
        i2="tau2" if request.i2 == "tau2" else "Q", null=request.null, data=request.studies.data,
        measure=request.studies.measure, **chosen,
    )  # fmt: skip
    numbers = {name: np.asarray(getattr(found, name), dtype=np.float64) for name in _DERIVED if name != "statistic"}
    if request.null is not None:
        numbers["statistic"] = (numbers["estimate"] - request.null) / numbers["standard_error"]
    return _known(numbers | {"studies": np.asarray(found.k), "effects": np.asarray(y), "variances": np.asarray(v),
                             "weights": found.weights})  # fmt: skip
