"""Models, intervals and bias tests against the review's own rules and the numbers they were used on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import audit_requests as ar
import evidence_rows as ev
from livereview import AuditFinding
from livereview_conduct import METHOD
from livereview_conduct.method import MethodOptions, findings

COMMON = {"model": "common-effect"}
#: Three trials that agree, and three that do not (I² 0 % and 87 %).
ALIKE = [ev.trial(name, (x, 100), (y, 100)) for name, x, y in (("a", 30, 40), ("b", 28, 38), ("c", 33, 41))]
UNLIKE = [ev.trial(name, (x, 100), (y, 100)) for name, x, y in (("a", 20, 50), ("b", 40, 39), ("c", 45, 30))]


def found(*rows: ar.Rows, protocol: dict[str, Any] | None = None, **keys: Any) -> list[AuditFinding]:
    request = ar.request(ev.ledger(*ar.flat(rows)), {"measure": "RR", **keys}, protocol=protocol or {})
    return list(findings(request, MethodOptions()))


def told(code: str, *rows: ar.Rows, **keys: Any) -> list[str]:
    return [one.message for one in found(*rows, **keys) if one.code == code]


def test_a_common_effect_of_trials_that_disagree_is_told_with_i2_and_q() -> None:
    [message] = told("common-effect-heterogeneous", UNLIKE, **COMMON)
    assert "I² 9" in message
    assert "on 2 df" in message
    assert "3 studies" in message
    assert told("common-effect-heterogeneous", ALIKE, **COMMON) == []
    assert told("common-effect-heterogeneous", UNLIKE) == []


@pytest.mark.parametrize(
    ("rows", "model", "wanted"),
    [
        (UNLIKE, "common-effect", "it is random effects"),
        (UNLIKE, "random-effects", ""),
        (ALIKE, "random-effects", "it is a common effect"),
        (ALIKE, "mantel-haenszel", ""),
    ],
)
def test_the_protocols_rule_decides_on_the_model(rows: list[ar.Rows], model: str, wanted: str) -> None:
    messages = told("model-against-rule", rows, model=model, protocol={"random_above_i2": 50})
    assert len(messages) == bool(wanted)
    assert all(wanted in message and "I² above 50%" in message for message in messages)
    # The rule takes the place of the convention.
    assert told("common-effect-heterogeneous", rows, model=model, protocol={"random_above_i2": 50}) == []


def test_either_of_two_rules_is_enough() -> None:
    protocol = {"random_above_i2": 99, "random_below_q_p": 0.1}
    assert (
        "random effects if I² above 99% or P of Q below 0.1"
        in told("model-against-rule", UNLIKE, protocol=protocol, **COMMON)[0]
    )


def test_fewer_studies_than_the_protocol_pools() -> None:
    assert told("fewer-studies-than-rule", ALIKE, protocol={"studies_from": 3}) == []
    assert told("fewer-studies-than-rule", ALIKE, protocol={"studies_from": 5}) == [
        "3 studies are pooled; the protocol pools from 5 on"
    ]


def test_a_bias_test_of_few_studies_is_told_where_it_ran() -> None:
    ran = {"bias": {"tests": ["egger"], "minimum": 3, "below": "label"}}
    refused = {"bias": {"tests": ["egger"], "minimum": 10}}
    assert told("bias-test-few-studies", ALIKE, **ran) == [
        "egger was run on 3 studies; it tells asymmetry from chance from about 10 on"
    ]
    assert told("bias-test-few-studies", ALIKE, **refused) == []
    assert told("bias-test-few-studies", ALIKE, protocol={"bias_tests_from": 3}, **ran) == []


def test_many_empty_cells_by_inverse_variance_are_told() -> None:
    rare = [ev.trial(name, (x, 100), (y, 100)) for name, x, y in (("a", 0, 3), ("b", 0, 2), ("c", 4, 5))]
    [message] = told("sparse-inverse-variance", rare)
    assert message.startswith("2 of 3 studies (")
    assert told("sparse-inverse-variance", rare, model="mantel-haenszel") == []
    again = [{"title": "MH", "model": "mantel-haenszel"}]
    [finding] = [one for one in found(rare, sensitivity=again) if one.code == "sparse-inverse-variance"]
    assert finding.severity == "note"


def test_one_control_arm_does_not_count_twice() -> None:
    # Of larger arms the selection drops one of the two studies by itself.
    arms = [
        ev.count(name, events, n, arm=arm, report_id="trial")
        for name, arm, events, n in (
            ("low", "drug", 6, 18), ("low", "placebo", 9, 17), ("high", "drug", 5, 19), ("high", "placebo", 9, 17),
        )
    ]  # fmt: skip
    [message] = told("dependent-estimates", arms)
    assert "placebo: 9/17" in message
    assert told("dependent-estimates", ALIKE) == []


def test_counts_made_from_a_curve_are_told_by_their_note_or_by_arithmetic() -> None:
    curve = ev.number("a", "survival", outcome="dfs", timepoint_months=24.0, estimate=0.544, arm="drug")
    noted = ev.count("b", 40, 90, outcome="dfs", note="n × (1 - KM)")
    derived = ev.count("a", 48, 105, outcome="dfs", status="derived")
    counted = ev.count("c", 30, 80, outcome="dfs")
    [message] = told("curve-as-count", curve, noted, derived, counted, measure="PLO", result="dfs")
    assert 'its note says "n × (1 -"' in message
    assert "it is 105 times 0.456, from the survival of 0.544 at 24 months" in message
    assert "C, drug" not in message
    verified = ev.count("a", 48, 105, outcome="dfs")
    assert told("curve-as-count", curve, verified, counted, measure="PLO", result="dfs") == []


def test_a_wald_interval_of_few_studies_that_differ_is_a_note() -> None:
    assert len(told("normal-interval-few-studies", UNLIKE)) == 1
    hartung = {"model": {"name": "random-effects", "interval": "hartung-knapp-adhoc"}}
    assert told("normal-interval-few-studies", UNLIKE, **hartung) == []
    assert told("normal-interval-few-studies", ALIKE) == []


def test_hartung_knapp_of_studies_that_agree_by_chance_is_narrower_than_a_common_effect() -> None:
    same = [ev.trial(name, (30, 100), (40, 100)) for name in "abc"]
    close = [*same[:2], ev.trial("c", (31, 100), (41, 100))]
    plain, adhoc = ({"model": {"name": "random-effects", "interval": name}} for name in ("hartung-knapp",
                    "hartung-knapp-adhoc"))  # fmt: skip
    [message] = told("hartung-knapp-narrow", close, **plain)
    trials = ((30, 40), (30, 40), (31, 41))
    least = 1 / np.sqrt(sum(1 / (1 / x - 1 / 100 + 1 / y - 1 / 100) for x, y in trials))
    assert f"studies that agree entirely give {least:.3g}" in message
    assert told("hartung-knapp-narrow", close, **adhoc) == []


def test_a_prediction_interval_that_was_turned_off_is_missed_from_three_studies_on() -> None:
    assert len(told("no-prediction-interval", UNLIKE, prediction="none")) == 1
    assert told("no-prediction-interval", UNLIKE[:2], prediction="none") == []
    assert told("no-prediction-interval", UNLIKE) == []


def test_outcomes_of_one_study_are_told_once_for_the_review() -> None:
    tables = ev.ledger(*ar.flat([ALIKE[0], ev.trial("b", (4, 20), (8, 20), outcome="mrd")]))
    outcomes = [{"measure": "RR"}, {"id": "mrd", "result": "mrd", "measure": "RR"}]
    [finding] = [one for one in findings(ar.request(tables, *outcomes), MethodOptions()) if one.code == "one-study"]
    assert finding.message == "2 outcomes rest on one study each, so nothing is pooled: cr, mrd"


def test_the_real_review_of_first_line_treatment_rests_on_curves_in_two_outcomes() -> None:
    told = [one for one in findings(ar.real_request("blina_frontline"), METHOD.options())  # type: ignore[arg-type]
            if one.code == "curve-as-count"]  # fmt: skip
    assert [one.place.outcome_id for one in told] == ["dfs-rr", "os-rr"]


def test_a_trial_is_not_scored_as_a_cohort_nor_a_cohort_judged_as_a_trial() -> None:
    def score(study: str, instrument: str) -> ev.Cells:
        return ev.row("appraisals", study_id=study, instrument=instrument, item="Q1", score="1")

    designs = [ev.study("a", design="rct"), ev.study("b", design="retrospective-cohort")]
    right = [score("a", "RoB 2"), score("b", "NOS"), score("a", "our own"), score("b", "our own")]
    assert told("instrument-against-design", designs, right) == []
    wrong = [score("a", "NOS"), score("b", "RoB 2")]
    assert told("instrument-against-design", designs, wrong) == [
        "NOS is for studies that are not randomised; it was used on A (rct)",
        "RoB 2 is for randomised trials; it was used on B (retrospective-cohort)",
    ]
