"""Proposals: named by what they propose, open until a person has decided, never lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from evidence_rows import Cells, ledger, row, study
from livereview.evidence.rows import Row
from livereview.ledger.proposals import (
    proposal,
    proposal_of,
    proposed_row,
    proposed_values,
    undecided,
    unsettled_columns,
)

NUMBER = Row(
    "results",
    {
        "study_id": "brown-2021", "report_id": "nct:NCT02101853", "outcome": "cr", "arm": "blinatumomab",
        "measure": "count", "events": 3, "n": 10, "timepoint_months": 1.1, "locator": "NCT02101853 outcome 2",
        "status": "verified", "population": "ITT – höher",
    },
)  # fmt: skip
DAY = datetime(2026, 3, 1, tzinfo=UTC)


def stored(built: Row, days: int = 0) -> Cells:
    """A proposal as the store gives it."""
    return row("proposals", **dict(built.values)) | {"recorded_at": DAY + timedelta(days)}


def tables(*rows: Cells) -> dict[str, list[Cells]]:
    found = ledger()
    for one in rows:
        name = "acceptances" if "accepted_row" in one else "proposals" if "for_table" in one else "studies"
        found[name].append(one)
    return found


def ids(found: list[Cells]) -> list[str]:
    return [one["proposal_id"] for one in found]


def changed(**cells: Any) -> Row:
    return Row("results", {**NUMBER.values, **cells})


def test_a_proposal_is_named_by_the_row_that_it_proposes() -> None:
    made = proposal_of(NUMBER, "r", "NCT02101853 outcome 2")
    assert made.values["proposal_id"] == NUMBER.row_id
    assert made.values["study_id"] == "brown-2021"
    assert made.values["for_table"] == "results"


def test_a_row_comes_back_from_its_proposal_as_it_was() -> None:
    made = proposal_of(NUMBER, "r", "NCT02101853 outcome 2", ("outcome", "study_id"), "by the registry")
    assert proposed_row(made).row_id == proposed_row(stored(made)).row_id == NUMBER.row_id
    assert proposed_row(made).origin == "NCT02101853 outcome 2"
    assert unsettled_columns(made) == ("study_id", "outcome")
    assert made.values["note"] == "by the registry"


def test_a_part_of_the_key_may_be_unsettled_and_then_there_is_no_row_yet() -> None:
    values = {name: value for name, value in NUMBER.values.items() if name != "outcome"}
    made = proposal("results", values, "r", "NCT02101853 outcome 2", ("outcome",))
    assert proposed_values(made) == values
    with pytest.raises(ValueError, match="needs outcome"):
        proposed_row(made)


def test_a_proposal_is_open_until_a_person_has_decided() -> None:
    made = proposal_of(NUMBER, "r", "here")
    decided = row("acceptances", proposal_id=NUMBER.row_id, decision="decline", person="Ada", reason="not ours")
    assert ids(undecided(tables(stored(made)), "r")) == [NUMBER.row_id]
    assert undecided(tables(stored(made)), "another") == []
    assert undecided(tables(stored(made), decided), "r") == []


def test_a_number_that_its_source_has_changed_is_seen_again() -> None:
    first, second = proposal_of(NUMBER, "r", "here"), proposal_of(changed(events=4), "r", "here")
    declined = row("acceptances", proposal_id=NUMBER.row_id, decision="decline", person="Ada", reason="not ours")
    found = undecided(tables(stored(first), stored(second, days=1), declined), "r")
    assert [proposed_values(one)["events"] for one in found] == [4]


def test_of_undecided_ones_the_source_replaces_what_it_proposed_before() -> None:
    first, second = proposal_of(NUMBER, "r", "here"), proposal_of(changed(events=4), "r", "here")
    found = undecided(tables(stored(second, days=1), stored(first)), "r")
    assert [proposed_values(one)["events"] for one in found] == [4]


@pytest.mark.parametrize("where", ["there", "here"])
def test_two_numbers_proposed_at_once_or_elsewhere_stand_side_by_side(where: str) -> None:
    first, second = proposal_of(NUMBER, "r", "here"), proposal_of(changed(events=4), "r", where)
    found = undecided(tables(stored(first), stored(second, days=1 if where == "there" else 0)), "r")
    assert len(found) == 2


def test_rows_whose_key_is_not_settled_never_replace_each_other() -> None:
    first = proposal_of(NUMBER, "r", "here", ("arm",))
    second = proposal_of(changed(events=4), "r", "here", ("arm",))
    assert len(undecided(tables(stored(first), stored(second, days=1)), "r")) == 2


def test_what_is_recorded_already_as_it_stands_needs_no_decision() -> None:
    known = study("brown-2021")
    made = proposal_of(Row("studies", {"study_id": "brown-2021", "label": "Brown-2021"}), "r", "here")
    assert made.values["proposal_id"] == known["row_id"]
    assert undecided(tables(stored(made), known), "r") == []
    assert len(undecided(tables(stored(made)), "r")) == 1
