"""Comparison of two updates, and how results are kept as JSON."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from evidence_rows import count, ledger, result
from livereview.history import Record, marked, outcome_changes
from livereview.json_values import as_json, as_number
from livereview.judgements import Certainty
from livereview.report import OutcomeResult


def found(**arms: tuple[int, int]) -> OutcomeResult:
    return result(ledger([count(name, *arm) for name, arm in arms.items()]))


def kept(*outcomes: OutcomeResult) -> dict[str, Any]:
    """Outcomes as a record gives them back."""
    return {one.id: json.loads(json.dumps(as_json(one), allow_nan=False)) for one in outcomes}


def record(*outcomes: OutcomeResult) -> Record:
    return Record(name="0001-x", content={"update": 1, "outcomes": list(kept(*outcomes).values())})


def test_numbers_come_back_exactly() -> None:
    values = {"third": 1 / 3, "tiny": 5e-324, "nan": math.nan, "inf": math.inf, "low": -math.inf, "none": None}
    back = json.loads(json.dumps(as_json(values), allow_nan=False))
    assert back == {"third": 1 / 3, "tiny": 5e-324, "nan": None, "inf": "Inf", "low": "-Inf", "none": None}
    assert [as_number(back[name]) for name in ("third", "inf", "low")] == [1 / 3, math.inf, -math.inf]
    assert math.isnan(as_number(back["nan"]))


def test_numpy_floats_are_numbers_too() -> None:
    assert (
        json.dumps(as_json({"x": np.float64(0.1), "y": (np.float64("nan"),)}), allow_nan=False)
        == '{"x": 0.1, "y": [null]}'
    )


def test_a_new_study_and_the_moved_estimate_are_told() -> None:
    before, after = found(a=(3, 10), b=(5, 10)), found(b=(5, 10), c=(9, 10))
    (change,) = outcome_changes(kept(before), kept(after))
    assert (change.k_before, change.k_after) == (2, 2)
    assert (change.studies_added, change.studies_removed) == (("C",), ("A",))
    assert not change.definition_changed
    assert change.before == before.pooled.shown
    assert change.after == after.pooled.shown


def test_a_changed_choice_is_a_changed_definition() -> None:
    tables = ledger(count("a", 3, 10))
    (change,) = outcome_changes(kept(result(tables)), kept(result(tables, level=0.9)))
    assert change.definition_changed


def test_an_outcome_that_comes_or_goes_has_no_other_side() -> None:
    one, other = result(ledger(count("a", 3, 10))), result(ledger(count("a", 3, 10)), id="new")
    came, went = outcome_changes(kept(one), kept(other))
    assert (came.id, came.before, came.k_before, came.studies_added) == ("new", None, None, ())
    assert (went.id, went.after, went.k_after, went.studies_removed) == ("cr", None, None, ())
    assert not came.definition_changed


def test_a_signed_certainty_is_told_on_both_sides() -> None:
    plain = found(a=(3, 10))
    rated = Certainty(level="low", reasons=(), signed_by="A. Person", signed_on="2026-11-25")
    (change,) = outcome_changes(kept(plain), kept(replace(plain, certainty=rated)))
    assert (change.certainty_before, change.certainty_after) == ("", "low")
    older = {name: {key: value for key, value in outcome.items() if key != "certainty"}
             for name, outcome in kept(plain).items()}  # fmt: skip
    (change,) = outcome_changes(older, kept(plain))
    assert (change.certainty_before, change.certainty_after) == ("", "")


def test_an_outcome_without_studies_has_no_interval() -> None:
    (change,) = outcome_changes(kept(found()), kept(found(a=(3, 10))))
    assert (change.before, change.k_before, change.studies_added) == (None, 0, ("A",))


@pytest.mark.parametrize(
    ("before", "marks"),
    [
        ({"a": (3, 10), "b": (5, 10)}, {"a": "", "b": ""}),
        ({"a": (3, 10)}, {"a": "", "b": "new"}),
        ({"a": (4, 10), "b": (5, 10)}, {"a": "changed", "b": ""}),
    ],
)
def test_studies_are_marked_as_new_or_changed(before: dict[str, tuple[int, int]], marks: dict[str, str]) -> None:
    now = marked(found(a=(3, 10), b=(5, 10)), record(found(**before)))
    assert {one.study_id: one.change for one in now.studies} == marks


def test_nothing_is_marked_in_a_new_outcome_or_a_first_update() -> None:
    now = found(a=(3, 10))
    assert marked(now, None) is now
    assert marked(now, record()) is now
