"""An outcome pooled again with other data is what it is when it is analysed anew with them, one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from audited_outcomes import CASES, NAMES, Case, audited, refitted, trials
from livereview import AuditedOutcome, OutcomeResult, PluginError, Repooled
from livereview.auditing.repooling import MOST_SETS

#: Worst seen: 3.4e-16.
CLOSE = 1e-12


def repooled(outcome: AuditedOutcome, **columns: Any) -> Repooled:
    assert outcome.repooled is not None
    return outcome.repooled({name: np.asarray(values, dtype=float) for name, values in columns.items()})


def check_same(found: Repooled, at: int, anew: OutcomeResult) -> None:
    own = anew.pooled
    expected = [own.shown.estimate, own.shown.low, own.shown.high, np.nan if own.p_value is None else own.p_value]
    got = [found.estimate[at], found.ci_low[at], found.ci_high[at], found.p_value[at]]
    np.testing.assert_allclose(got, expected, rtol=CLOSE, atol=CLOSE)
    assert found.k[at] == own.k


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_column_scaled_in_each_study_is_what_a_new_analysis_gives(case: Case) -> None:
    outcome, tables = case.audited(), case.tables()
    names = [name for name in ("events_1", "events", "estimate", "sd_2") if name in outcome.data]
    name = "sd_2" if "sd_2" in names else names[0]
    own = outcome.data[name]
    changed = np.where(np.eye(len(own), dtype=bool), own * 1.25 if name == "sd_2" else own + _step(name), own)
    found = repooled(outcome, **{name: changed})
    column = {"events_1": "events", "sd_2": "sd"}.get(name, name)
    for at, study in enumerate(outcome.result.studies):
        arm = "placebo" if name.endswith("_2") else "drug"
        value = float(changed[at, at])
        cells = {column: int(value) if column == "events" else value}
        check_same(found, at, refitted(tables, (study.study_id, arm), cells, **case.keys))


def _step(name: str) -> float:
    return 0.01 if name == "estimate" else 2.0


def test_a_study_that_loses_its_effect_is_left_out_of_that_set_alone() -> None:
    outcome = audited(trials(), measure="RR")
    events = np.stack([outcome.data["events_1"], outcome.data["events_1"]])
    others = np.stack([outcome.data["events_2"], outcome.data["events_2"]])
    events[0, 0] = others[0, 0] = 0
    found = repooled(outcome, events_1=events, events_2=others)
    assert found.k.tolist() == [3, 4]
    assert found.estimate[1] == pytest.approx(outcome.result.pooled.shown.estimate, rel=1e-12)


def test_a_correction_for_all_studies_if_one_is_empty_stays_within_its_set() -> None:
    keys = {"measure": {"name": "OR", "to": "if0all"}}
    outcome = audited(trials(), **keys)
    events = np.stack([outcome.data["events_1"]] * 2)
    events[0, 0] = 0
    found = repooled(outcome, events_1=events)
    anew = refitted(trials(), (NAMES[0], "drug"), {"events": 0}, **keys)
    check_same(found, 0, anew)
    check_same(found, 1, outcome.result)


def test_counts_that_cannot_be_leave_the_study_out() -> None:
    outcome = audited(trials(), measure="RR")
    events = outcome.data["events_1"][None, :].copy()
    events[0, 0] = 101.0
    assert repooled(outcome, events_1=events).k.tolist() == [3]


@pytest.mark.parametrize("shape", [(4,), (2, 3), (2, 2, 4)])
def test_columns_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(PluginError, match=r"\(M, 4\)"):
        repooled(audited(trials(), measure="RR"), events_1=np.ones(shape))


def test_a_model_of_counts_takes_so_many_sets_and_no_more() -> None:
    outcome = audited(trials(), measure="RR", model="mantel-haenszel")
    assert outcome.most_sets == MOST_SETS
    assert audited(trials(), measure="RR").most_sets is None
    with pytest.raises(PluginError, match="up to 100 sets with mantel-haenszel, not 101"):
        repooled(outcome, events_1=np.ones((MOST_SETS + 1, 4)))


def test_an_outcome_without_an_estimate_cannot_be_pooled_again_and_says_why() -> None:
    outcome = audited(trials(()), measure="RR")
    assert (outcome.repooled, outcome.not_repooled) == (None, "there is no estimate")
    assert outcome.data == {}


def test_numbers_that_do_not_give_the_estimate_of_the_report_are_not_pooled() -> None:
    outcome = audited(trials(), measure="RR")
    own: Any = outcome.repooled
    wrong = replace(outcome.result.pooled.shown, estimate=outcome.result.pooled.shown.estimate * 1.001)
    other = replace(outcome.result, pooled=replace(outcome.result.pooled, shown=wrong))
    with pytest.raises(PluginError, match="pooled again, cr has estimate"):
        replace(own, result=other)({"events_1": outcome.data["events_1"][None, :]})


def test_choices_are_those_of_the_manifest_with_every_option_of_measure_and_model() -> None:
    choices = audited(trials(), measure="OR", model={"name": "random-effects", "tau2": "PM"}).choices
    assert choices["measure"] == {"name": "OR", "add": 0.5, "to": "only0", "drop00": True}
    assert (choices["model"]["name"], choices["model"]["tau2"]) == ("random-effects", "PM")
    assert choices["experimental"] == ("drug",)
    assert choices["result"] == ("cr",)
