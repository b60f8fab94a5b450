"""A percentage read off a Kaplan-Meier curve is not a number of people with the event: no path turns it into one.

Censoring makes n x (1 - S) something that nobody counted. A count at a timepoint enters only as a row of its own
(measure ``count``), whose status says how it was obtained.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import product
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from evidence_rows import count, ledger, number, result, trial
from livereview import EffectMeasure
from livereview.manifest.jsonschema import own_plugins

MEASURES = {name: found.descriptor for name, found in own_plugins().of(EffectMeasure).items()}
PROBABILITIES = {"survival", "cumulative-incidence", "proportion"}
OF_COUNTS = ("OR", "RR", "RD", "PETO", "AS", "PR", "PLN", "PLO", "PAS", "PFT")


def every_choice(measure: EffectMeasure) -> list[Any]:
    """The options of a measure in every combination of those that are a choice among words, but for those refused."""
    named = {name: get_args(field.annotation) for name, field in measure.options.model_fields.items()}
    words = {name: values for name, values in named.items() if values and all(isinstance(v, str) for v in values)}
    found = []
    for chosen in product(*words.values()):
        with suppress(ValidationError):
            found.append(measure.options(**dict(zip(words, chosen, strict=True))))
    return found


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_a_measure_that_reads_events_reads_no_probability(name: str) -> None:
    choices = every_choice(MEASURES[name])
    assert choices
    for options in choices:
        rows = MEASURES[name].rows(options)
        reads_events = "events" in rows.columns or any("events" in group for group in rows.any_of)
        assert not (reads_events and PROBABILITIES & set(rows.measures))
        assert ("count" in rows.measures) == (name in OF_COUNTS)
        assert len(rows.measures) == 1


@pytest.mark.parametrize("measure", OF_COUNTS)
@pytest.mark.parametrize("kind", sorted(PROBABILITIES))
def test_probabilities_with_their_number_at_risk_give_no_count(measure: str, kind: str) -> None:
    cells = {"timepoint_months": 24.0, "n": 60, "se": 0.05}
    arms = [number("a", kind, estimate=0.7, **cells), number("a", kind, estimate=0.5, **cells | {"arm": "placebo"})]
    found = result(ledger(*arms, *trial("b", (3, 20), (5, 20), timepoint_months=24.0)), measure=measure,
                   timepoint="any")  # fmt: skip
    assert [study.study_id for study in found.studies] == ["b"]
    assert [one.reason for one in found.excluded if one.study_id == "a"] == [f"another kind of number only: {kind}"]


def test_an_approximate_precision_of_a_survival_probability_is_asked_for_and_said() -> None:
    row = number("a", "survival", estimate=0.7, n=60, timepoint_months=24.0)
    plain = result(ledger(row), measure="SURV", timepoint="any")
    assert [one.reason for one in plain.excluded] == ["no interval or standard error"]
    measure = {"name": "SURV", "se_from_n": "binomial"}
    (asked,) = result(ledger(row), measure=measure, timepoint="any").studies
    assert "it ignores censoring and is too small" in asked.notes[0]
    assert "events" not in asked.data


def test_a_count_that_was_worked_out_says_derived_and_the_outcome_repeats_it() -> None:
    row = count("a", 18, 60, timepoint_months=24.0, status="derived", note="60 x (1 - 0.70), nobody censored before")
    found = result(ledger(row, count("b", 9, 30, timepoint_months=24.0)), measure="PLO", timepoint="any")
    assert found.statuses == {"derived": 1, "verified": 1}
    strict = result(ledger(row), measure="PLO", timepoint="any", statuses=["verified"])
    assert [one.reason for one in strict.excluded] == ["status derived: pooled only where the manifest asks for it"]
