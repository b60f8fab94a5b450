"""The analysis ``absolute-effects`` of an outcome: baselines, the model's own interval, what is refused and noted."""

from __future__ import annotations

import json
from math import exp
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

import livereview
from evidence_rows import ledger, ratio, result, trial
from livereview import Fit, FurtherResult
from livereview.assembly import results_of
from livereview_absolute import ABSOLUTE_EFFECTS, livereview_further_analyses
from livereview_absolute.analysis import FIXED, PETO
from livereview_absolute.options import AbsoluteOptions

TRIALS = ledger(
    trial("a", (4, 40), (8, 40)), trial("b", (6, 90), (9, 90)), trial("c", (3, 30), (9, 35)),
    trial("d", (1, 50), (2, 100)),
)  # fmt: skip
HAZARDS = ledger(ratio("a", 0.7, 0.55, 0.89), ratio("b", 0.6, 0.4, 0.9))


def absolute(tables: Any = TRIALS, measure: Any = "RR", outcome: dict[str, Any] | None = None, **options: Any) -> Any:
    chosen = {"name": "absolute-effects", **options}
    return result(tables, measure=measure, analyses=[chosen], **(outcome or {}))


def further(*args: Any, **options: Any) -> FurtherResult:
    (found,) = absolute(*args, **options).further
    return found


def test_the_analysis_is_registered() -> None:
    assert [analysis.name for analysis in livereview_further_analyses()] == ["absolute-effects"]


def test_every_option_is_described() -> None:
    assert all(field.description for field in AbsoluteOptions.model_fields.values())


@pytest.mark.parametrize("model", [
    {"name": "random-effects", "tau2": "DL", "interval": "wald"},
    {"name": "random-effects", "tau2": "REML", "interval": "hartung-knapp"},
    {"name": "mantel-haenszel"},
    {"name": "bayesian-random-effects"},
])  # fmt: skip
@pytest.mark.parametrize("level", [0.95, 0.8])
def test_the_interval_is_the_one_the_outcome_shows(model: dict[str, Any], level: float) -> None:
    found = absolute(baseline=[0.2], outcome={"model": model, "level": level})
    ((risk, source, effect, treated, change, _),) = found.further[0].shown[0].rows
    shown = [exp(value) for value in (found.pooled.estimate, found.pooled.ci_low, found.pooled.ci_high)]
    assert (risk, source) == (20.0, "stated")
    assert effect == pytest.approx(shown, rel=1e-14)
    assert treated == pytest.approx([20 * value for value in shown], rel=1e-14)
    assert change == pytest.approx([200 * (value - 1) for value in shown], rel=1e-12)
    assert f"({100 * level:g}% interval" in found.further[0].shown[0].notes[0]


def test_baselines_from_the_control_arms() -> None:
    median = further(baseline="control-median")
    assert median.tables[0].rows[0][:2] == (pytest.approx(15.0), "median of 4 control arms")
    pooled = further(baseline="control-pooled")
    assert pooled.tables[0].rows[0][:2] == (pytest.approx(100 * 28 / 265), "4 control arms together: 28 of 265")
    assert "Risks in the control arms of 4 of 4 studies: 2% to 25.7%." in median.notes
    assert further().tables == median.tables


def test_several_baselines_each_with_its_source_and_a_warning_beyond_the_studies() -> None:
    found = further(baseline=[0.1, {"risk": 0.4, "source": "registry 2024"}], event="a relapse", event_is="unwanted")
    assert [row[:2] for row in found.tables[0].rows] == [(10.0, "stated"), (40.0, "registry 2024")]
    assert "No study had a control arm at 40%: the effect there is an extrapolation." in found.notes
    assert len(found.shown[0].notes) == 2
    assert found.shown[0].notes[1].startswith("Of 1,000 people, 400 have a relapse with the comparator and ")
    assert str(found.tables[0].rows[0][5]).startswith("NNTB ")
    assert FIXED in found.notes


def test_a_hazard_ratio_needs_a_baseline_and_a_time() -> None:
    refused = further(HAZARDS, "HR", baseline=[0.3])
    assert refused.refused == 'a hazard ratio gives a risk only by some time; state it, e.g. time = "24 months"'
    no_arms = further(HAZARDS, "HR", time="24 months").refused
    assert no_arms.startswith("no study has the counts of its control arm")
    assert "baseline = [0.1, 0.2]" in no_arms
    found = absolute(HAZARDS, "HR", baseline=[0.3], time="24 months")
    (row,) = found.further[0].tables[0].rows
    assert row[3][0] == pytest.approx(100 * (1 - 0.7 ** exp(found.pooled.estimate)), rel=1e-14)
    assert "by 24 months" in found.further[0].tables[0].notes[0]
    assert any("proportional" in note for note in found.further[0].notes)


def test_what_a_measure_needs_to_be_read_is_said() -> None:
    assert PETO in further(TRIALS, "PETO").notes
    assert any("seldom the same" in note for note in further(TRIALS, "RD").notes)
    generic = {"name": "RATIO", "of": "HR"}
    assert further(HAZARDS, generic, baseline=[0.3]).refused.startswith("RATIO does not say which ratio was pooled")
    as_hazard = further(HAZARDS, generic, baseline=[0.3], ratio="HR", time="2 years")
    assert as_hazard.tables == further(HAZARDS, "HR", baseline=[0.3], time="2 years").tables
    assert further(TRIALS, "RR", ratio="OR").refused == 'ratio = "OR" is for the measure RATIO; leave it out for RR'


def test_a_measure_of_one_arm_has_no_absolute_effect_to_speak_of() -> None:
    assert further(TRIALS, "PLO").refused == "it applies to RR, OR, PETO, HR, RD, RATIO, not to PLO"


def test_a_risk_above_one_is_cut_with_a_note() -> None:
    harmful = ledger(trial("a", (30, 40), (10, 40)), trial("b", (60, 90), (25, 90)))
    found = further(harmful, "RR", baseline=[0.8])
    ((_, _, _, treated, change, _),) = found.tables[0].rows
    assert treated == (100, 100, 100)
    assert change == pytest.approx((200, 200, 200))
    assert any("the estimate and lower limit and upper limit of the risk" in note for note in found.notes)
    whole = further(harmful, "OR", baseline=[0.8])
    assert not any("cut there" in note for note in whole.notes)


def test_control_arms_without_events_give_no_baseline() -> None:
    rare = ledger(trial("a", (1, 40), (0, 40)), trial("b", (2, 90), (0, 90)), trial("c", (1, 90), (2, 90)))
    refused = further(rare, "RR").refused
    assert refused.startswith("the baseline risk is 0 (median of 3 control arms)")
    assert further(rare, "RR", baseline="control-pooled").refused == ""


@pytest.mark.parametrize("wrong", [[], [0.0], [1.0], [20], [-0.1], [{"risk": 1.5}], "control", [{"source": "x"}]])
def test_a_baseline_that_is_no_risk_is_refused(wrong: Any) -> None:
    with pytest.raises(ValidationError):
        AbsoluteOptions.model_validate({"baseline": wrong})


def test_a_model_without_an_estimate_is_refused() -> None:
    found = further(ledger(trial("a", (4, 40), (8, 40))), "RR", outcome={"model": {"name": "random-effects"}})
    assert found.refused == ""  # one study: its own result
    none = ledger(trial("a", (0, 40), (0, 40)))
    assert further(none, "RR").refused


def test_results_are_kept_in_the_record_of_an_update() -> None:
    kept = results_of([absolute(baseline=[0.2])])
    assert json.loads(json.dumps(kept))[0]["further"][0]["tables"][0]["rows"][0][1] == "stated"
    assert ABSOLUTE_EFFECTS.references


def test_limits_are_a_models_own_or_from_its_standard_error() -> None:
    one = np.array(1.0)
    normal = Fit(estimate=one, standard_error=np.array(0.5), weights=np.ones(1))
    low, high = livereview.confidence_limits(normal, 0.95)
    assert (float(low), float(high)) == pytest.approx((1 - 0.9799819922700268, 1 + 0.9799819922700268), rel=1e-14)
    with_t = Fit(estimate=one, standard_error=np.array(0.5), weights=np.ones(1), df=np.array(3.0))
    assert float(livereview.confidence_limits(with_t)[1]) == pytest.approx(1 + 0.5 * 3.182446305284263, rel=1e-12)
    own = Fit(estimate=one, standard_error=np.array(0.5), weights=np.ones(1), ci_low=one - 2, ci_high=one + 3)
    assert [float(value) for value in livereview.confidence_limits(own)] == [-1.0, 4.0]
