"""Plugins that go wrong: the section is named with plugin and provider, the others go on, nothing is replaced."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from evidence_rows import (
    Tables,
    count,
    ledger,
    plugins_with,
    ratio,
    result,
    study,
)
from livereview import (
    BiasTest,
    BiasTestResult,
    EffectMeasure,
    EffectModel,
    Fit,
    PluginError,
    RowsNeeded,
    Studies,
    StudyEffects,
)
from livereview.json_values import as_json

NEED = RowsNeeded(layout="one-arm", measures=("count",), columns=("events", "n"))
TWO: Tables = ledger(count("a", 3, 20), count("b", 5, 20), count("c", 9, 20))


def measure_with(effects: Callable[..., Any], **fields: Any) -> EffectMeasure:
    return EffectMeasure(
        name="FAKE", title="Fake", summary="Goes wrong.", rows=lambda options: NEED, effects=effects, **fields
    )


def model_with(fit: Callable[..., Any], **fields: Any) -> EffectModel:
    return EffectModel(name="fake", summary="Goes wrong.", fit=fit, **fields)


def test_with(test: Callable[..., Any], **fields: Any) -> BiasTest:
    return BiasTest(name="fake", summary="Goes wrong.", test=test, **fields)


test_with.__test__ = False  # type: ignore[attr-defined]


def fit(studies: Studies, **change: Any) -> Fit:
    k = studies.effect.size
    plain = Fit(estimate=studies.effect.mean(), standard_error=np.array(1.0), weights=np.full(k, 1 / k))
    return replace(plain, **change)


def raises(error: BaseException) -> Callable[..., Any]:
    def function(*_: Any) -> Any:
        raise error

    return function


BAD_EFFECTS: dict[str, tuple[Callable[..., Any], str]] = {
    "raises": (raises(PluginError("cannot do this")), "cannot do this"),
    "bug": (raises(KeyError("x")), "KeyError: 'x'"),
    "shape": (lambda d, o: StudyEffects(effect=np.zeros(1), variance=np.ones(3)), "effect has shape (1,)"),
    "interval": (
        lambda d, o: StudyEffects(effect=np.zeros(3), variance=np.ones(3), ci_low=np.zeros(1), ci_high=np.zeros(1)),
        "ci_low has shape (1,)",
    ),
    "infinite": (
        lambda d, o: StudyEffects(effect=np.full(3, np.inf), variance=np.ones(3)),
        "without a usable variance",
    ),
    "negative": (lambda d, o: StudyEffects(effect=np.zeros(3), variance=-np.ones(3)), "without a usable variance"),
    "other": (lambda d, o: (np.zeros(3), np.ones(3)), "it must return StudyEffects"),
}


@pytest.mark.parametrize("bad", BAD_EFFECTS)
def test_a_measure_that_goes_wrong_fails_its_section_by_name_and_the_others_go_on(bad: str) -> None:
    effects, message = BAD_EFFECTS[bad]
    plugins = plugins_with(measure_with(effects))
    other = [{"title": "On the logit", "measure": "PLO"}]
    tests = {"tests": ["egger", {"name": "begg", "measure": "PLO"}], "minimum": 3}
    found = result(TWO, plugins, measure="FAKE", sensitivity=other, bias=tests, note="Read this.")
    (failure,) = found.failures
    assert (failure.section, failure.plugin) == ("effect measure", "FAKE")
    assert failure.provider == "elsewhere 2.0 (elsewhere)"
    assert message in failure.message
    assert (found.pooled.k, found.studies) == (0, ())
    assert found.cautions == ("Read this.",)
    assert found.sensitivity[0].pooled.k == 3
    assert [test.refused for test in found.bias] == ["the effect measure failed", ""]


def test_a_measure_without_an_effect_for_a_study_need_not_say_why() -> None:
    effects = np.array([0.1, np.nan, 0.3])
    plugins = plugins_with(measure_with(lambda d, o: StudyEffects(effect=effects, variance=np.ones(3))))
    found = result(TWO, plugins, measure="FAKE")
    assert [one.study_id for one in found.studies] == ["a", "c"]
    (out,) = found.excluded
    assert (out.study_id, out.reason) == ("b", "FAKE cannot be estimated from it")


def test_a_measure_whose_way_back_fails_loses_its_section_only() -> None:
    measure = measure_with(
        lambda d, o: StudyEffects(effect=np.zeros(3), variance=np.ones(3)),
        back_transform=raises(ValueError("no")),
        null=0.0,
    )
    found = result(TWO, plugins_with(measure), measure="FAKE", sensitivity=[{"title": "S", "measure": "PLO"}])
    assert {failure.message for failure in found.failures} == {"ValueError: no"}
    assert found.sensitivity[0].pooled.k == 3


def test_a_way_back_that_fails_for_some_values_is_the_measure_s_failure() -> None:
    def positive(value: Any, n: Any) -> Any:
        if value < 0:
            raise PluginError("below the range")
        return value

    effects = StudyEffects(effect=np.array([-1.0, 1.0, 1.0]), variance=np.ones(3))
    plugins = plugins_with(measure_with(lambda d, o: effects, back_transform=positive, null=0.0))
    found = result(TWO, plugins, measure="FAKE", sensitivity=[{"title": "S", "measure": "PLO"}])
    assert [(failure.section, failure.plugin) for failure in found.failures] == [("effect measure", "FAKE")]
    assert math.isnan(found.pooled.estimate)
    assert found.sensitivity[0].pooled.k == 3


BAD_FITS: dict[str, tuple[Callable[..., Any], str]] = {
    "raises": (raises(PluginError("does not converge")), "does not converge"),
    "bug": (raises(ZeroDivisionError("division by zero")), "ZeroDivisionError: division by zero"),
    "exit": (raises(SystemExit(1)), "SystemExit: 1"),
    "nan": (lambda s, o: fit(s, estimate=np.array(np.nan)), "estimate is not a number"),
    "shape": (lambda s, o: fit(s, estimate=np.zeros(7)), "estimate has shape (7,)"),
    "weights": (lambda s, o: fit(s, weights=np.full(s.effect.size, 0.9)), "weights do not sum to 1"),
    "other": (lambda s, o: None, "it must return a Fit"),
}


@pytest.mark.parametrize("bad", BAD_FITS)
def test_a_model_that_goes_wrong_is_never_replaced_by_another(bad: str) -> None:
    function, message = BAD_FITS[bad]
    other = [{"title": "Common effect", "model": "common-effect"}]
    found = result(
        TWO,
        plugins_with(model_with(function)),
        model="fake",
        sensitivity=other,
        bias={"tests": ["egger"], "minimum": 3},
    )
    (failure,) = found.failures
    assert (failure.section, failure.plugin) == ("effect model", "fake")
    assert failure.provider == "elsewhere 2.0 (elsewhere)"
    assert message in failure.message
    assert math.isnan(found.pooled.estimate)
    assert (found.pooled.k, found.pooled.participants) == (3, 60)
    assert [one.study_id for one in found.studies] == ["a", "b", "c"]
    assert all(math.isnan(one.weight) for one in found.studies)
    assert found.leave_one_out == found.cumulative == ()
    assert found.sensitivity[0].pooled.k == 3
    assert found.bias[0].p_value is not None
    json.dumps(as_json(found), allow_nan=False)


def test_a_model_that_fails_for_a_subset_leaves_the_main_fit() -> None:
    def needs_three(studies: Studies, options: Any) -> Fit:
        if studies.effect.size < 3:
            raise PluginError("three studies at least")
        return fit(studies)

    tables = ledger(
        study("a", setting="x"), study("b", setting="y"), [count(n, 3 + i, 20) for i, n in enumerate("abc")]
    )
    found = result(tables, plugins_with(model_with(needs_three)), model="fake", subgroups=[{"by": "setting"}])
    assert math.isfinite(found.pooled.estimate)
    assert [failure.section for failure in found.failures] == ["leave-one-out", "cumulative", "subgroups: setting"]
    assert found.leave_one_out == found.cumulative == found.subgroups == ()


def test_a_fit_that_did_not_converge_is_cautioned_wherever_it_is() -> None:
    def converges_for_three(studies: Studies, options: Any) -> Fit:
        return fit(studies, converged=np.array(studies.effect.size == 3))

    plugins = plugins_with(model_with(converges_for_three))
    found = result(TWO, plugins, model="fake", analyses=["leave-one-out"])
    assert found.cautions == (
        "Further fits did not converge, and their estimates are not to be used: without A; without B; without C.",
    )
    main = result(ledger(count("a", 3, 20)), plugins, model="fake")
    assert "The fit did not converge: do not use this estimate." in main.cautions


def test_a_model_below_its_minimum_gives_no_number_and_says_so() -> None:
    found = result(ledger(count("a", 3, 20)), plugins_with(model_with(fit, minimum_studies=2)), model="fake")
    assert math.isnan(found.pooled.estimate)
    assert found.cautions == ("Fewer than 2 studies: not fitted.",)


def test_a_model_that_needs_counts_does_not_get_ratios() -> None:
    found = result(ledger(ratio("a", 0.7, 0.5, 0.98)), measure="HR", model="mantel-haenszel")
    assert "needs the columns" in found.failures[0].message


BAD_TESTS: dict[str, tuple[Callable[..., Any], str]] = {
    "bug": (raises(KeyError("x")), "KeyError: 'x'"),
    "nan": (lambda s, o: BiasTestResult(statistic=np.nan, statistic_name="t", p_value=0.5), "statistic nan"),
    "probability": (lambda s, o: BiasTestResult(statistic=1.0, statistic_name="t", p_value=1.5), "P 1.5"),
    "other": (lambda s, o: 0.5, "it must return a BiasTestResult"),
}


@pytest.mark.parametrize("bad", BAD_TESTS)
def test_a_bias_test_that_goes_wrong_fails_alone(bad: str) -> None:
    function, message = BAD_TESTS[bad]
    plugins = plugins_with(test_with(function))
    found = result(TWO, plugins, bias={"tests": ["fake", "egger"], "minimum": 3})
    (failure,) = found.failures
    assert (failure.section, failure.plugin) == ("bias test fake", "fake")
    assert message in failure.message
    assert [test.name for test in found.bias] == ["egger"]


def test_numbers_of_numpy_are_plain_numbers_in_the_result() -> None:
    single = BiasTestResult(
        statistic=np.float32(1.5),
        statistic_name="t",
        p_value=np.float32(0.25),
        df=np.int64(2),
        estimate=np.nan,  # type: ignore[arg-type]
    )
    found = result(TWO, plugins_with(test_with(lambda s, o: single)), bias={"tests": ["fake"], "minimum": 3})
    assert json.dumps(as_json(found.bias[0]), allow_nan=False)
    assert (found.bias[0].df, found.bias[0].estimate) == (2, None)


def test_a_bias_test_is_refused_where_it_does_not_apply() -> None:
    def never(studies: Studies, options: Any) -> BiasTestResult:
        raise AssertionError("must not run")

    bias = {"tests": ["fake"], "minimum": 3}
    for fields, reason in (
        ({"measures": ("OR",)}, "it applies to OR, not to PLO"),
        ({"needs": ("n_1", "n_2")}, "it needs n_1, n_2, which not every study states"),
    ):
        found = result(TWO, plugins_with(test_with(never, **fields)), bias=bias)
        assert found.bias[0].refused == reason


def test_the_literature_is_that_of_the_plugins_that_gave_a_number() -> None:
    plugins = plugins_with(
        measure_with(
            lambda d, o: StudyEffects(effect=np.arange(3.0), variance=np.array([1.0, 2, 4])), references=("M",)
        ),
        model_with(lambda s, o: fit(s), references=("F", "M")),
        test_with(lambda s, o: BiasTestResult(statistic=1.0, statistic_name="t", p_value=0.5), references=("T",)),
    )
    asked = {"measure": "FAKE", "model": "fake"}
    assert result(TWO, plugins, **asked, bias={"tests": ["fake"], "minimum": 3}).references == ("M", "F", "T")
    assert result(TWO, plugins, **asked, bias={"tests": ["fake"], "minimum": 4}).references == ("M", "F")
    assert result(ledger(), plugins, **asked).references == ()
    assert "F" in result(TWO, plugins, sensitivity=[{"title": "S", "model": "fake"}]).references
