"""What changed in a store, cut down to what a review may see of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_rows import Cells, Tables, count, ledger, report, row, study
from livereview.changes import evidence_hash, seen
from livereview.linked.growth import growth
from livereview.manifest.models import Eligibility, Review
from livereview.selection import scope_of

QUESTION = {"population": "p", "intervention": "i"}
REVIEW = Review.model_validate({"id": "one", "title": "One", "question": QUESTION, "ongoing": True})
ADULTS = Eligibility.model_validate({"filters": [{"field": "population", "in": ["adult"], "reason": "not adults"}]})


def tables(**cells: Any) -> Tables:
    """Two studies, of adults and of children; ``cells`` replace those of the first."""
    return ledger(
        study("a", **{"population": "adult", "setting": "first", **cells}),
        study("b", population="child"),
        [count("a", 3, 10), count("b", 4, 10)],
    )


def test_a_value_that_is_gone_and_one_that_is_new_are_noticed() -> None:
    changed = growth(tables(), tables(setting="later"))
    assert changed.lost
    assert changed.found
    more = growth(
        tables(), ledger(*(one for rows in tables().values() for one in rows), study("c", population="adult"))
    )
    assert not more.lost
    assert more.found
    assert growth(ledger(), tables()).lost  # a manifest is held to its names from the first study on
    same = growth(tables(), tables())
    assert (same.lost, same.found) == (False, False)


def test_a_report_of_no_study_is_seen_through_the_results_read_in_it() -> None:
    def with_review(year: int) -> Tables:
        return ledger(
            study("a", population="adult"), report("review:x", None, year=year), count("a", 3, 10, report_id="review:x")
        )

    assert growth(with_review(2019), with_review(2020)).seen_by(ADULTS, REVIEW)


def _search(review: str | None, name: str = "s", title: str = "t") -> list[Cells]:
    given = row("searches", search_id=name, source="PubMed", kind="database", searched_on="2024", review=review)
    return [given, row("records", record_id="r", search_id="s", title=title)]


def _proposal(review: str) -> Cells:
    return row("proposals", proposal_id="p", review=review, for_table="studies", content="{}", locator="l")


parts: list[Callable[[int], list[Cells]]] = [
    lambda n: [study("a", population="adult" if n % 2 else "child", note=str(n))],
    lambda n: [study("b", population="child", note=str(n))],
    lambda n: [study("a", population="adult"), count("a", n, 10)],
    lambda n: [study("b", population="adult" if n > 1 else "child"), count("b", 3, 10)],
    lambda n: [study("a", population="adult"), report("x", None, year=2000 + n), count("a", 3, 10, report_id="x")],
    lambda n: [study("b", population="child"), report("x", None, year=2000 + n), count("b", 3, 10, report_id="x")],
    lambda n: [study("a", population="adult"), row("characteristics", study_id="a", characteristic="k", value=str(n))],
    lambda n: [row("ongoing", registry_id="NCT1", source="registry", target_enrollment=n)],
    lambda n: _search(["one", "two", None][n % 3]),
    lambda n: _search("two", title=str(n)),
    lambda n: [*_search(["one", "two", None][n % 3], "s2"), row("finds", record_id="r", search_id="s2")],
    lambda n: [
        row("records", record_id="q", search_id="s", title="q"),
        row("pairs", record_id="q", other_id="r", verdict="same" if n else "different", person="x"),
    ],
    lambda n: [_proposal(["one", "two"][n % 2])],
    lambda n: [_proposal("one"), row("acceptances", proposal_id="p", decision="accept", person=str(n))],
    lambda n: [
        study("a", population="adult"),
        report("x", None),
        count("a", 3, 10, report_id="x"),
        row("published", report_id="x", outcome="cr", measure="RR", locator="l", k=n),
    ],
    lambda n: [
        row("decisions", record_id="r", review="one", stage="full-text", person="x", decision="include", note=str(n))
    ],
]


@settings(max_examples=400)
@given(
    before=st.lists(st.tuples(st.sampled_from(parts), st.integers(0, 2)), max_size=5),
    after=st.lists(st.tuples(st.sampled_from(parts), st.integers(0, 2)), max_size=5),
    ongoing=st.booleans(),
)
def test_the_part_tells_what_the_whole_would(before: Any, after: Any, ongoing: bool) -> None:
    review = REVIEW.model_copy(update={"ongoing": ongoing})

    def state(chosen: Any) -> Tables:
        rows = {(one["row_id"]): one for make, number in chosen for one in make(number)}
        by_key = {}
        for one in rows.values():
            by_key[tuple(str(one.get(name)) for name in ("study_id", "report_id", "outcome", "search_id", "record_id",
                                                         "registry_id", "characteristic", "stage", "other_id",
                                                         "proposal_id", "decision"))] = one  # fmt: skip
        return ledger(*by_key.values())

    states = [state(before), state(after)]
    hashes = [evidence_hash(seen(one, scope_of(one, ADULTS), review)) for one in states]
    assert growth(*states).seen_by(ADULTS, review) == (hashes[0] != hashes[1])


@pytest.mark.parametrize("shown", [True, False])
def test_a_review_that_lists_no_registered_trials_does_not_see_them(shown: bool) -> None:
    review = REVIEW.model_copy(update={"ongoing": shown})
    trial = row("ongoing", registry_id="NCT1", source="registry")
    assert growth(ledger(), ledger(trial)).seen_by(ADULTS, review) is shown
