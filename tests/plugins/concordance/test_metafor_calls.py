"""What metafor is asked: every measure and model has a call or a reason, and studies' names never leave."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from concordance_requests import BCG, answering, generic, request, results

from livereview import EffectMeasure, EffectModel
from livereview.plugins import installed
from livereview_concordance.answers import EngineAbsent
from livereview_concordance.bias import bias_call, own_tests
from livereview_concordance.calls import Call
from livereview_concordance.metafor_engine import metafor_asked
from livereview_concordance.metafor_measures import effects_call
from livereview_concordance.metafor_models import model_call
from livereview_concordance.metafor_process import asked
from livereview_concordance.own import own_numbers

ALLOWED = {"escalc", "rma.uni", "rma.mh", "rma.peto", "rma.glmm", "hc", "regtest", "ranktest"}


def given(call: Call | str) -> dict[str, str]:
    """The arguments of a call, and its function as ``fun``."""
    assert isinstance(call, Call)
    return {"fun": call.function, **{name: item.value for name, item in call.arguments.items()}}


def test_every_measure_has_a_call_or_a_reason() -> None:
    for registered in installed().of(EffectMeasure).values():
        measure = registered.descriptor
        call = effects_call(measure.name, registered.options({}).model_dump())
        if isinstance(call, Call):
            assert given(call)["measure"] == measure.name
        else:
            assert call


def test_zero_cells_and_variances_are_those_of_the_measure() -> None:
    asked_for = given(effects_call("RD", {"add": 0.25, "to": "if0all", "drop00": True, "variance": "unbiased"}))
    assert asked_for == {
        "fun": "escalc", "measure": "RD", "ai": "events_1", "n1i": "n_1", "ci": "events_2", "n2i": "n_2",
        "add": "0.25", "to": "if0all", "drop00": "TRUE", "vtype": "UB",
    }  # fmt: skip
    assert given(effects_call("MD", {"variance": "pooled"}))["vtype"] == "HO"
    assert "exact interval" in str(effects_call("PR", {"variance": "exact-interval"}))
    assert "XYZ" in str(effects_call("XYZ", {}))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"tau2": "DL", "interval": "wald"}, {"method": "DL", "test": "z"}),
        ({"tau2": "REML", "interval": "t"}, {"method": "REML", "test": "t"}),
        ({"tau2": "PM", "interval": "hartung-knapp"}, {"method": "PM", "test": "knha"}),
        ({"tau2": "SJ", "interval": "hartung-knapp-adhoc"}, {"method": "SJ", "test": "adhoc"}),
        ({"tau2": "REML", "interval": "kenward-roger"}, {"method": "REML", "test": "z"}),
        ({"tau2_value": 0.25, "interval": "wald"}, {"method": "REML", "tau2": "0.25"}),
        ({"weights": "equal"}, {"weighted": "FALSE"}),
        ({"tau2": "DL", "weights": "common-effect", "interval": "wald"}, {"weights": "weight"}),
        ({"tau2": "GENQ", "q_weights": "inverse-standard-error"}, {"method": "GENQ", "weights": "weight"}),
        ({"tau2": "DL", "weights": "common-effect", "interval": "henmi-copas"}, {"fun": "hc", "method": "DL"}),
        ({"tau2": "DL2", "interval": "wald"}, {"tau2": "0.125"}),
    ],
)
def test_a_random_effects_model_is_asked_with_its_choices(options: dict[str, Any], expected: dict[str, str]) -> None:
    found = model_call(generic([0.1, 0.5, 0.9], [0.1, 0.2, 0.1], level=0.9, **options), 0.125)
    assert not isinstance(found, str)
    told = given(found.call)
    assert {name: told[name] for name in expected} == expected
    assert told["level"] == "90"
    assert (told["control/threshold"], told["control/tol"]) == ("1e-10", "9.9999999999999998e-13")


def test_what_has_no_counterpart_is_told_with_its_reason() -> None:
    hybrid = model_call(generic([0.1, 0.5], [0.1, 0.2], interval="hartung-knapp-hybrid"), 0.1)
    two_step = model_call(generic([0.1, 0.5], [0.1, 0.2], tau2="DL2"), 0.1)
    bayes = model_call(generic([0.1, 0.5], [0.1, 0.2], model="bayesian-random-effects"), 0.1)
    assert not isinstance(hybrid, str)
    assert not isinstance(two_step, str)
    assert hybrid.missing["ci_low"] == "metafor has no interval hartung-knapp-hybrid"
    assert "estimate" not in hybrid.missing
    assert two_step.missing["tau2"] == "metafor has no estimator DL2; it is given livereview's τ²"
    assert "bayesian-random-effects" in str(bayes)


@pytest.mark.parametrize(
    ("model", "measure", "options", "expected"),
    [
        ("mantel-haenszel", "OR", {}, {"fun": "rma.mh", "add": "0.5 0.5", "to": "only0 none", "correct": "TRUE"}),
        ("mantel-haenszel", "RD", {"zero_cells": "only0-ratios"}, {"to": "only0 none"}),
        ("mantel-haenszel", "RR", {"zero_cells": "only0-ratios"}, {"to": "only0 only0"}),
        ("peto", "PETO", {}, {"fun": "rma.peto", "to": "none none"}),
        ("conditional-logistic", "OR", {}, {"fun": "rma.glmm", "model": "CM.EL", "method": "ML", "nAGQ": "7"}),
        ("conditional-logistic", "OR", {"likelihood": "approximate"}, {"model": "CM.AL"}),
        ("unconditional-logistic", "OR", {"method": "EE"}, {"model": "UM.FS", "method": "EE"}),
        ("unconditional-logistic", "OR", {"intercepts": "random", "points": 1}, {"model": "UM.RS", "nAGQ": "1"}),
    ],
)
def test_models_of_counts_are_asked_with_the_counts(
    model: str, measure: str, options: dict[str, Any], expected: dict[str, str]
) -> None:
    found = model_call(request(measure=measure, model=model, **options), None)
    assert not isinstance(found, str)
    told = given(found.call)
    assert {name: told[name] for name in expected} == expected
    assert (told["ai"], told["n2i"]) == ("events_1", "n_2")


def test_every_model_has_a_call_or_a_reason() -> None:
    compared = []
    for registered in installed().of(EffectModel).values():
        found = model_call(_outcome_of(registered.descriptor), 0.1)
        if not isinstance(found, str):
            assert found.call.function in ALLOWED
            compared.append(registered.descriptor.name)
        else:
            assert registered.descriptor.name in found
    assert {"common-effect", "random-effects", "peto", "poisson-normal", "binomial-normal"} <= set(compared)


def _outcome_of(model: EffectModel) -> Any:
    by_layout = {
        "PLO": {"events": (3, 5, 9), "n": (10, 20, 30)},
        "IRLN": {"events": (3, 5, 9), "time": (10, 20, 30)},
        "IRR": {"events_1": (3, 5), "time_1": (9, 8), "events_2": (2, 6), "time_2": (9, 9)},
    }
    measure = model.measures[0] if model.measures else "RR"
    return request(by_layout.get(measure, BCG), measure=measure, model=model.name)


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("egger", {}, {"fun": "regtest", "model": "lm", "predictor": "sei"}),
        ("egger", {"predictor": "ninv"}, {"predictor": "ninv", "ni": "participants"}),
        ("egger", {"dispersion": "additive", "tau2": "DL", "interval": "wald"}, {"method": "DL", "test": "z"}),
        ("egger", {"dispersion": "none"}, {"model": "rma", "method": "EE", "test": "z"}),
        ("thompson-sharp", {"tau2": "REML"}, {"model": "rma", "method": "REML", "test": "t"}),
        ("begg", {}, {"fun": "ranktest", "exact": "TRUE"}),
        ("begg", {"p": "normal"}, {"exact": "FALSE"}),
    ],
)  # fmt: skip
def test_a_bias_test_is_asked_with_its_choices(name: str, options: dict[str, Any], expected: dict[str, str]) -> None:
    (own,) = own_tests(request(tests={name: options})).values()
    told = given(bias_call(own, {"participants": np.ones(13)}))
    assert {key: told[key] for key in expected} == expected


def test_a_bias_test_without_a_counterpart_says_so() -> None:
    asked_for = request(tests={"peters": {}, "recommended": {}, "begg": {"p": "normal-continuity"}})
    said = [bias_call(own, {}) for own in own_tests(asked_for).values()]
    assert said[0] == said[1] == "metafor has no test that is peters with its weights"
    assert said[2] == "metafor's rank test has no continuity correction"


def test_names_of_studies_never_leave(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = answering(tmp_path / "r", monkeypatch, results({"pooled": {"estimate": 1.0}}))
    outcome = request(tests={"egger": {}})
    metafor_asked(outcome, own_numbers(outcome), own_tests(outcome), 60)
    sent = (folder / "data-0.csv").read_text() + (folder / "data-1.csv").read_text()
    assert "Study" not in sent
    assert "quit" not in sent
    calls = list(csv.DictReader(io.StringIO((folder / "data-1.csv").read_text())))
    assert {row["call"] for row in calls} == {"effects", "pooled", "egger"}
    assert {row["fun"] for row in calls} <= ALLOWED
    assert {row["kind"] for row in calls} <= {"number", "text", "flag", "column"}


# --- what comes back ----------------------------------------------------------------------------------------------

CALLS = {"pooled": Call(function="rma.uni", arguments={})}


def test_numbers_errors_and_warnings_come_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = results({"pooled": {"estimate": 0.5, "weights": [0.25, 0.75], "warning": "Studies\nomitted \x1b[1m"},
                    "effects": {"error": "no such\tmeasure"}})  # fmt: skip
    answering(tmp_path, monkeypatch, text)
    replies = asked({**CALLS, "effects": Call(function="escalc")}, {"x": np.ones(2)}, 60)
    assert replies.version == "metafor 3.8.1 in R 4.2.2"
    assert float(replies.of["pooled"].numbers["estimate"]) == 0.5
    assert replies.of["pooled"].numbers["weights"].tolist() == [0.25, 0.75]
    assert replies.of["pooled"].warnings == ("Studies omitted [1m",)
    assert replies.of["effects"].error == "no such measure"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("this is no table", "does not say which metafor"),
        ("call,quantity,index,value,text\npooled,estimate,0,many,\n", "cannot be read"),
        ("call,quantity,index,value,text\n,R,0,NA,4.2.2\n,missing,0,NA,metafor\n", "R 4.2.2 has no package metafor"),
        ("", "does not say which metafor"),
        ("call,quantity,index,value,text\n,R,0\n", "cannot be read"),
    ],
)
def test_an_answer_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, said: str) -> None:
    answering(tmp_path, monkeypatch, text)
    with pytest.raises(EngineAbsent, match=said):
        asked(CALLS, {"x": np.ones(2)}, 60)


def test_a_call_without_a_number_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answering(tmp_path, monkeypatch, results({}))
    assert asked(CALLS, {"x": np.ones(2)}, 60).of["pooled"].error == "it gave no number"
