"""Items of PRISMA-LSR: what the data answer, and what stays open for the team."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import builders
from livereview import Changes, OutcomeChange, ReportingItem, RowChange
from livereview.flow.prisma import reporting_items
from livereview.living import Flow, FlowVersion, Freshness, SearchedSource
from screening_ledgers import counted, search

FRESH = Freshness(
    published_on="2026-11-25", sources=(), integrated_through=None, not_integrated="no search is recorded",
    status="active", reason="", since=None, every_months=None, search_every_months=None, due_on=None,
)  # fmt: skip


def version(*rows: Any) -> FlowVersion:
    return counted(*rows).version


def items(fresh: Freshness = FRESH, this: FlowVersion | None = None, **report: Any) -> dict[str, ReportingItem]:
    flow = Flow(base=None, previous=None, this=this or version())
    found = reporting_items(builders.report(freshness=fresh, flow=flow, **report))
    return {f"{item.number} {item.item}": item for item in found}


def answer(start: str, found: dict[str, ReportingItem]) -> str:
    [item] = [item for name, item in found.items() if name.startswith(start)]
    return item.answer


def test_what_only_people_can_write_is_always_open() -> None:
    open_items = {name for name, item in items().items() if not item.answer}
    for number in ("2 Leaving", "4 Changes of the question", "13 Methods", "23 Limits", "23 Changes"):
        assert any(name.startswith(number) for name in open_items)


def test_every_item_has_its_own_words_and_the_four_new_ones_are_there() -> None:
    found = items()
    assert len(found) == len(set(found))
    assert {name.split()[0] for name in found} >= {"L1", "L2", "L3", "L4"}


def test_the_title_counts_as_living_only_if_it_says_so() -> None:
    card = builders.report().review
    assert answer("1 Called", items()) == ""
    assert answer("1 Called", items(review=replace(card, title="A drug: a living review"))) == "The title says so"
    assert answer("1 Called", items(review=replace(card, title="Cost of living: a systematic review"))) == ""


def test_schedules_are_those_of_the_manifest_and_open_without_one() -> None:
    assert answer("L1 When each source", items()) == ""
    assert answer("L1 When the other", items()) == ""
    source = SearchedSource(name="PubMed", searched_on=None, through=None, integrated_through=None, awaiting=0)
    fresh = replace(FRESH, every_months=3, search_every_months=1, due_on="2027-02-25", sources=(source,))
    assert answer("L1 When each source", items(fresh)) == "Every month: PubMed"
    assert answer("L1 When the other", items(fresh)) == "An update every 3 months; the next is due 2027-02-25"
    retired = replace(FRESH, status="retired", since="2026-05-01", reason="settled")
    assert answer("L1 When the other", items(retired)) == "Retired since 2026-05-01: settled"


def test_changes_are_told_from_the_second_version_on() -> None:
    first = items()
    assert answer("L2", first) == answer("L3", first) == answer("16 What", first) == "This is the first version"
    assert answer("9 ", first) == answer("11", first) == ""
    rows = (
        RowChange(change="corrected", table="results", study_id="a", study_label="A", what="w"),
        RowChange(change="withdrawn", table="results", study_id="a", study_label="A", what="w"),
        RowChange(change="added", table="studies", study_id="b", study_label="B", what="w"),
        RowChange(change="added", table="appraisals", study_id="b", study_label="B", what="w"),
    )
    moved = OutcomeChange(
        id="os", title="Survival", display="ratio", before=None, after=None, k_before=1, k_after=1,
        definition_changed=True,
    )  # fmt: skip
    changes = Changes(first=False, previous="update 1 of 2026-01-01", rows=rows, outcomes=(moved,))
    found = items(changes=changes)
    assert "1 row of studies and results corrected, 1 withdrawn" in answer("9 ", found)
    assert "1 added, 0 corrected, 0 withdrawn" in answer("11", found)
    assert answer("16 What", found) == "4 rows of evidence changed; 1 study new to the store"
    assert answer("L2", found) == "Choices changed at: Survival"


def test_the_selection_is_answered_with_what_is_recorded() -> None:
    assert "no search is recorded" in answer("16 Search", items())
    assert answer("16 Search", items(this=version(search("pubmed")))) == "0 searches, 0 studies"
