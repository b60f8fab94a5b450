"""Tests for small-study effects: livereview's numbers, and the calls of metafor that make the same tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from livereview import AnalysisRequest, Array, BiasTestResult, ChosenTest, PluginError
from livereview_concordance.calls import Argument, Call, column, controlled, flag, text
from livereview_concordance.quantities import Basis, Numbers, Quantity

#: Column of participants, where every study states them.
PARTICIPANTS = "participants"
BY_PARTICIPANTS = ("ni", "ninv", "sqrtni", "sqrtninv")
TESTS = {"wald": "z", "t": "t", "hartung-knapp": "knha"}


@dataclass(frozen=True, kw_only=True)
class OwnTest:
    """A test with its result in livereview."""

    chosen: ChosenTest
    result: BiasTestResult

    @property
    def iterated(self) -> bool:
        options = self.chosen.options
        additive = self.chosen.name == "thompson-sharp" or options.get("dispersion") == "additive"
        return additive and options.get("tau2") not in ("DL", "HE", "HS", "SJ")


def own_tests(request: AnalysisRequest) -> dict[str, OwnTest]:
    """The outcome's tests that can be computed, by a name of their own."""
    found: dict[str, OwnTest] = {}
    for chosen in request.bias_tests:
        try:
            result = chosen.run(request.studies)
        except PluginError:
            continue  # the report says why at the test itself
        taken = [name for name in found if name.partition(" (")[0] == chosen.name]
        name = f"{chosen.name} ({len(taken) + 1})" if taken else chosen.name
        found[name] = OwnTest(chosen=chosen, result=result)
    return found


def keys(name: str) -> tuple[str, str]:
    """Keys of the statistic and the P value of a test."""
    return f"{name}: statistic", f"{name}: P"


def bias_numbers(tests: Mapping[str, OwnTest]) -> Numbers:
    """Statistic and P of every test; of Begg's, Kendall's tau."""
    numbers: dict[str, Array] = {}
    for name, own in tests.items():
        by_tau = own.chosen.name == "begg"
        statistic = own.result.estimate if by_tau else own.result.statistic
        numbers |= dict(zip(keys(name), (np.asarray(statistic), np.asarray(own.result.p_value)), strict=True))
    return numbers


def bias_quantities(tests: Mapping[str, OwnTest]) -> tuple[Quantity, ...]:
    """The quantities of the tests."""
    found: list[Quantity] = []
    for name, own in tests.items():
        statistic, p = keys(name)
        what = "Kendall's tau" if own.chosen.name == "begg" else own.result.statistic_name
        basis: Basis = "iteration" if own.iterated else "formula"
        found.append(Quantity(key=statistic, title=f"Bias test {name}: {what}", basis=basis))
        found.append(Quantity(key=p, title=f"Bias test {name}: P value", unit="thousandth", basis=basis))
    return tuple(found)


def bias_call(own: OwnTest, columns: Mapping[str, Array]) -> Call | str:
    """The call of metafor that makes the same test, or in words why there is none."""
    name, options = own.chosen.name, own.chosen.options
    if name in ("egger", "thompson-sharp"):
        return _regression(name, options, columns)
    if name == "begg":
        return _rank(own)
    chosen = own.result.method.partition(":")[0] if name == "recommended" else name
    if chosen == "egger":
        return "the recommended test is Egger's on a predictor of its choice: name egger in the manifest to compare it"
    return f"metafor has no test that is {chosen} with its weights"


def _regression(name: str, options: Mapping[str, object], columns: Mapping[str, Array]) -> Call | str:
    predictor = str(options.get("predictor", "sei"))
    if predictor in BY_PARTICIPANTS and PARTICIPANTS not in columns:
        return "not every study states its participants"
    arguments: dict[str, Argument] = {"x": column("effect"), "vi": column("variance"), "predictor": text(predictor)}
    if predictor in BY_PARTICIPANTS:
        arguments["ni"] = column(PARTICIPANTS)
    dispersion = "additive" if name == "thompson-sharp" else options["dispersion"]
    if dispersion == "multiplicative":
        return Call(function="regtest", arguments={**arguments, "model": text("lm")})
    additive = dispersion == "additive"
    test = "t" if name == "thompson-sharp" else TESTS[str(options["interval"])]
    estimator = text(str(options["tau2"]) if additive else "EE")
    fitted = {"model": text("rma"), "method": estimator, "test": text(test if additive else "z"), **controlled()}
    return Call(function="regtest", arguments={**arguments, **fitted})


def _rank(own: OwnTest) -> Call | str:
    if own.chosen.options["predictor"] != "vi":
        return "metafor's rank test compares with the variances alone"
    if "continuity" in own.result.method:
        return "metafor's rank test has no continuity correction"
    exact = "exact" in own.result.method
    return Call(function="ranktest", arguments={"x": column("effect"), "vi": column("variance"), "exact": flag(exact)})


def participants(request: AnalysisRequest) -> dict[str, Array]:
    """The column of participants where every study states them."""
    data = request.studies.data
    n = data["n_1"] + data["n_2"] if "n_1" in data and "n_2" in data else data.get("n")
    return {} if n is None or not np.isfinite(n).all() else {PARTICIPANTS: n}
