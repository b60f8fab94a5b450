"""The page of a living review: freshness on page one, the flow of records, the reporting items."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from page_sections import page, seen

import builders
from livereview import (
    Box,
    Changes,
    Flow,
    FlowRow,
    FlowVersion,
    Freshness,
    ReportingItem,
    RowChange,
    Search,
    SearchedSource,
)

VERSION = FlowVersion(
    title="update 1 of 2026-01-02", databases=None, others=None, studies=(), pooled=(), reports=(),
    reports_without_record=0, not_eligible=Box(number=0),
)  # fmt: skip


def source(name: str, day: str | None = None, **kw: Any) -> SearchedSource:
    given: dict[str, Any] = {"searched_on": day, "through": day, "integrated_through": day, "awaiting": 0}
    return SearchedSource(name=name, **{**given, **kw})


def lines(**kw: Any) -> list[str]:
    """The lines on freshness of page one."""
    given: dict[str, Any] = {
        "published_on": "2026-11-25", "sources": (), "integrated_through": None, "not_integrated": "", "reason": "",
        "status": "active", "since": None, "every_months": None, "search_every_months": None, "due_on": None,
    }  # fmt: skip
    return seen(builders.report(freshness=Freshness(**{**given, **kw}))).text[2:4]


def row(name: str, *numbers: int | None, part: bool = False, column: str = "The review", **kw: Any) -> FlowRow:
    base, previous, this = numbers
    given: dict[str, Any] = {"added": None, "removed": None, **kw}
    return FlowRow(column=column, name=name, part=part, base=base, previous=previous, this=this, **given)


def test_the_schedule_is_dates_and_no_reading_of_a_clock() -> None:
    given = {"every_months": 3, "due_on": "2027-02-25", "overdue_after": "2027-02-25"}
    expected = (
        "Living review, updated every 3 months · published 2026-11-25 · next due 2027-02-25; overdue after that day"
    )
    assert lines(**given)[0] == expected
    given |= {"overdue_after": "2026-12-01"}
    assert lines(**given)[0].endswith("overdue after 2026-12-01, when a search is due")
    assert lines()[0] == "Living review without a schedule · published 2026-11-25"


def test_a_review_that_left_the_living_mode_says_why() -> None:
    found = lines(status="retired", since="2026-05-01", reason="The question is <b>settled</b>")
    assert found[0] == "Retired since 2026-05-01: The question is <b>settled</b> · published 2026-11-25"


def test_each_source_has_the_day_through_which_it_was_searched() -> None:
    sources = (source("PubMed", "2026-11", awaiting=2, due_on="2027-01-01"), source("Embase"))
    told = lines(sources=sources, not_integrated="Embase was never searched")[1]
    assert told == (
        "Searched through: PubMed 2026-11 (2 records waiting, next search due 2027-01-01); Embase never"
        " · integrated through no day, since Embase was never searched"
    )
    whole = lines(sources=sources[:1], integrated_through="2026-11")[1]
    assert whole.endswith("integrated through 2026-11")
    assert lines(sources=(source("Embase"),))[1] == "Searched through: no search is recorded; the manifest names Embase"


def test_without_a_search_the_page_says_so_and_shows_the_studies() -> None:
    flow = Flow(base=None, previous=None, this=VERSION, rows=(row("Studies included", None, None, 18),))
    found = page(builders.report(flow=flow))
    assert "No search is recorded" in found
    assert "| **Studies included** | 18 |" in found


def test_the_first_version_is_not_shown_twice() -> None:
    rows = (
        row("Studies included", 3, 3, 5, added=3, removed=1),
        row("other patients", 0, 0, 1, part=True, added=1, removed=0),
    )
    flow = Flow(base=VERSION, previous=VERSION, this=replace(VERSION, title="update 2 of 2026-02-02"), rows=rows)
    found = page(builders.report(flow=flow))
    heads = "| Box | First version: update 1 of 2026-01-02 | This version: update 2 of 2026-02-02 | Change |"
    assert heads in found
    assert "| **Studies included** | 3 | 5 | +3, −1 |" in found
    assert "| – other patients | 0 | 1 | +1 |" in found
    later = replace(VERSION, title="update 2 of 2026-02-02")
    third = page(
        builders.report(flow=replace(flow, previous=later, this=replace(VERSION, title="update 3 of 2026-03-03")))
    )
    assert "Previous version: update 2 of 2026-02-02 | This version: update 3 of 2026-03-03 | Change |" in third
    assert "| **Studies included** | 3 | 3 | 5 | +3, −1 |" in third


def test_searches_conflicts_and_doubts_are_listed_as_data() -> None:
    search = Search(
        search_id="s|1", source="<i>PubMed</i>", kind="database", searched_on="2026-01-01", through="2026-01-01",
        hits=None, records=7, query='"blina*"[ti] | <b>', locator="",
    )  # fmt: skip
    flow = Flow(
        base=None, previous=None, this=VERSION, searches=(search,), conflicts=("record *a*",), doubts=("x <y>",)
    )  # fmt: skip
    report = builders.report(flow=flow)
    assert ["s|1", "<i>PubMed</i>", "database", "2026-01-01", "2026-01-01", "–", "7", "–"] in [
        row for table in seen(report).tables for row in table
    ]
    text = seen(report).text
    assert 's|1: "blina*"[ti] | <b>' in text
    assert "record *a*" in text
    assert "x <y>" in text


def test_items_are_answered_with_a_way_to_more_or_open() -> None:
    answered = ReportingItem(number="L2", item="Changes of methods", answer="None", section="changes")
    waiting = ReportingItem(number="4", item="Changes of the question", answer="")
    found = page(builders.report(reporting=(answered, waiting)))
    assert "| L2 | Changes of methods | None ([more](#changes)) |" in found
    assert "Open for the team (1):" in found
    assert "- 4: Changes of the question" in found


def test_a_report_without_these_parts_has_no_heading_of_them() -> None:
    found = page(builders.report())
    assert "Where the studies came from" not in found
    assert "Reporting items" not in found


def test_thousands_of_records_and_decisions_are_counted_and_not_listed() -> None:
    def rows(number: int, table: str) -> list[RowChange]:
        return [
            RowChange(change="added", table=table, study_id=None, study_label="", what=f"record r{i}")
            for i in range(number)
        ]

    flow = Flow(base=VERSION, previous=VERSION, this=VERSION)
    changes = Changes(first=False, previous="update 1", rows=(*rows(9, "records"), *rows(9, "decisions")))
    found = page(builders.report(changes=changes, flow=flow))
    assert "Rows of evidence: 18 added, 0 corrected, 0 withdrawn." in found
    assert "Of these 9 in records and 9 in decisions: [what became of them](#flow)." in found
    assert "record r3" not in found
    few = replace(changes, rows=tuple(rows(2, "records")))
    assert "record r1" in page(builders.report(changes=few, flow=flow))
