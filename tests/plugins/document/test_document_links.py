"""Every number leads to its source: from the summary to the outcome, its study, the row and the report."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from document_reading import links, places, tables
from hypothesis import given, settings
from hypothesis import strategies as st

import builders
from livereview import Report
from livereview.anchors import anchor
from livereview_document.blocks import Bullets, Document, Folded, Table
from livereview_document.document import document
from livereview_document.words import Words
from living_review import living_review, request


def of(report: Report | None = None) -> Document:
    return document(request(report))


def targets(words: Words) -> set[str]:
    return {link.target for link in links(words) if link.kind == "place"}


def column(table: Table, name: str) -> list[Words]:
    (number,) = [i for i, header in enumerate(table.headers) if header.plain.startswith(name)]
    return [row[number] for row in table.rows]


def test_no_link_leads_nowhere_and_no_place_is_there_twice() -> None:
    whole = of()
    there = Counter(places(whole))
    assert {link.target for link in links(whole) if link.kind == "place"} <= set(there)
    assert set(there.values()) == {1}


def test_each_effect_of_a_study_leads_to_its_first_row() -> None:
    report, whole = living_review(), of()
    kept = [outcome for outcome in report.outcomes if outcome.studies]
    for outcome, listed in zip(kept, tables(whole, "studies"), strict=True):
        effects = column(listed, outcome.measure_title)
        wanted = [{anchor("from", outcome.id, study.study_id)} for study in outcome.studies]
        assert [targets(words) for words in effects] == wanted


def test_a_source_row_has_its_report_doi_place_status_and_sheet() -> None:
    report, whole = living_review(), of()
    first = tables(whole, "sources")[0]
    rows = [row for study in report.outcomes[0].studies for row in study.rows]
    for name, shown in (("Place", "locator"), ("Status", "status"), ("Typed into", "origin")):
        assert [words.plain for words in column(first, name)] == [getattr(row, shown) for row in rows]
    for words, row in zip(column(first, "Report"), rows, strict=True):
        assert targets(words) == {anchor("report", row.report_id)}
        assert f"https://doi.org/{row.doi}" in {link.target for link in links(words)}


def test_each_pooled_estimate_of_the_summary_leads_to_its_outcome() -> None:
    report, whole = living_review(), of()
    shown = [words for table in tables(whole, "summary") for words in column(table, "Estimate")]
    wanted = {anchor("outcome", outcome.id) for outcome in report.outcomes if outcome.pooled.k}
    assert set().union(*map(targets, shown)) == wanted
    assert sum(bool(targets(words)) for words in shown) == len(wanted)


def test_every_fit_of_a_subset_leads_to_the_studies_in_it() -> None:
    report = living_review()
    outcome = report.outcomes[0]
    blocks = [block for block in every(of()) if isinstance(block, Table)]
    for head in ("Study left out", "Study added"):
        (steps,) = [table for table in blocks if table.headers[0].plain == head][:1]
        wanted = [{anchor("from", outcome.id, study.study_id)} for study in outcome.studies]
        assert [targets(row[0]) for row in steps.rows] == wanted
    groups = [table for table in blocks if table.headers[0].plain == "Group"]
    members = [block for block in every(of()) if isinstance(block, Bullets)]
    for number, (division, table) in enumerate(zip(outcome.subgroups, groups, strict=False), start=1):
        for i, (_, _, ids) in enumerate(division.groups, start=1):
            there = anchor("group", outcome.id, f"{number}-{i}")
            assert targets(table.rows[i - 1][1]) == {there}
            (item,) = [item for block in members for item in block.items if there in places_of(item)]
            assert targets(item) == {anchor("from", outcome.id, name) for name in ids}
    (varied,) = [table for table in blocks if table.headers[0].plain == "Analysis"]
    assert [targets(row[1]) for row in varied.rows] == [{anchor("studies", outcome.id)}] * 2


def every(whole: Document) -> list[object]:
    """All blocks, those that are folded included."""
    return [inner for block in whole.blocks for inner in (block.blocks if isinstance(block, Folded) else (block,))]


def places_of(words: Words) -> list[str]:
    return places(Document("", (Bullets((words,)),)))


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Outcomes that share studies, studies without rows or with rows of one report, ids that need escaping."""
    names = draw(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4, unique=True))
    outcomes = []
    for number, identifier in enumerate(names):
        chosen = draw(st.lists(st.integers(0, 6), max_size=4, unique=True))
        shared = draw(st.booleans())
        studies = []
        for i in chosen:
            rows = tuple(
                builders.source_row(i + 10 * copy, report_id=names[0] if shared else f"r{i}")
                for copy in range(draw(st.integers(0, 2)))
            )
            studies.append(builders.study(i, study_id=f"{names[-1]}{i}", label=draw(st.text(max_size=5)), rows=rows))
        made = builders.outcome(studies=studies, divisions=2 if studies else 0, id=identifier, title=f"O{number}")
        outcomes.append(made)
    report = builders.report(outcomes)
    left = draw(st.integers(0, len(report.studies)))
    return replace(report, studies=report.studies[:left])


@settings(max_examples=40, deadline=None)
@given(reports())
def test_in_any_report_links_lead_to_places_and_each_place_is_there_once(report: Report) -> None:
    whole = document(request(report, ()))
    there = Counter(places(whole))
    assert {link.target for link in links(whole) if link.kind == "place"} <= set(there)
    assert set(there.values()) == {1}
    known = {(outcome.id, study.study_id) for outcome in report.outcomes for study in outcome.studies if study.rows}
    assert {name for name in there if name.startswith("from-")} == {anchor("from", *pair) for pair in known}


@settings(max_examples=20, deadline=None)
@given(reports())
def test_every_row_of_studies_names_a_source_or_says_that_there_is_none(report: Report) -> None:
    for table in tables(document(request(report, ())), "studies"):
        for row, source in zip(table.rows, column(table, "Source"), strict=True):
            traced = any(target.startswith("from-") for words in row for target in targets(words))
            assert traced or source.plain == "no source row recorded"
