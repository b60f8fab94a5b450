"""Flows of any size for tests of the flow diagram: each adds up as ``FlowColumn`` says it must."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from livereview import Box, Flow, FlowColumn, FlowVersion
from livereview.flow.rows import flow_rows

SOURCES = ("PubMed", "CENTRAL", "Embase")
REASONS = ("wrong population", "no control group", "animals")
NOBODY = Box(number=0)


def box(number: int, names: Sequence[str]) -> Box:
    """A number shared out among the names, the first with most."""
    parts = {name: number // (2 ** (i + 1)) for i, name in enumerate(names)}
    parts[names[0]] += number - sum(parts.values())
    return Box(number=number, parts=tuple((name, part) for name, part in parts.items() if part))


def column(number: int, *, sources: Sequence[str] = SOURCES, reasons: Sequence[str] = REASONS,
           screened: bool = True, waiting: bool = True) -> FlowColumn:  # fmt: skip
    """A column of so many records: a fifth are duplicates, most are excluded, some await something."""
    duplicates, removed = number // 5, number // 40
    awaiting = number // 50 if waiting else 0
    rest = number - duplicates - removed - awaiting
    excluded = rest * 4 // 5 if screened else 0
    sought = rest - excluded
    lost, later, then = sought // 20, sought // 30 if waiting else 0, sought // 40 if waiting else 0
    assessed = sought - lost - later - then
    included = assessed // 3
    extracted, foreign = included // 10 if waiting else 0, included // 5
    return FlowColumn(
        identified=box(number, sources), duplicates=duplicates, removed=box(removed, ["flagged by a classifier"]),
        awaiting_screening=awaiting, unscreened=0 if screened else rest, screened=rest if screened else 0,
        excluded=box(excluded, reasons), sought=sought, not_retrieved=box(lost, ["no copy in any library"]),
        awaiting_retrieval=later, awaiting_assessment=then, assessed=assessed,
        excluded_full_text=box(assessed - included, reasons), included=included, awaiting_extraction=extracted,
        not_admitted=box(foreign, ["not randomised"]), same_report=0, reports=included - extracted - foreign,
    )  # fmt: skip


def version(databases: FlowColumn | None, others: FlowColumn | None = None, *, first: int = 0, outside: int = 2,
            title: str = "update 1 of 2026-11-20") -> FlowVersion:  # fmt: skip
    """The studies and reports are numbered from ``first`` on; three of four reports are of a study of their own."""
    there = [column for column in (databases, others) if column is not None]
    reports = sum(column.reports for column in there) + outside
    studies = [f"s{i}" for i in range(first, first + max(1, reports * 3 // 4))]
    return FlowVersion(
        title=title, databases=databases, others=(others or column(0)) if databases else None,
        studies=tuple(studies), pooled=tuple(studies[1:]),
        reports=tuple(f"r{i}" for i in range(first, first + reports)), reports_without_record=outside,
        not_eligible=Box(number=5, parts=(("not randomised", 3), ("wrong disease", 2))),
    )  # fmt: skip


def flow(*versions: FlowVersion, **kw: Any) -> Flow:
    """The last version, with the first and the one before it where there are several."""
    base, previous = (versions[0], versions[-2]) if len(versions) > 1 else (None, None)
    return Flow(base=base, previous=previous, this=versions[-1], rows=flow_rows(base, previous, versions[-1]), **kw)


def living(number: int = 1200, **kw: Any) -> Flow:
    """Three versions, each with more records; the last one lost a study that the ones before had."""
    titles = ("update 1 of 2026-03-20", "update 4 of 2026-08-20", "update 5 of 2026-11-20")
    share = (number * 2 // 3, number * 5 // 6, number)
    columns = [column(part, **kw) for part in share]
    others = [column(part // 20, screened=False, **kw) for part in share]
    made = zip(titles, columns, others, (0, 0, 1), strict=True)
    return flow(*(version(one, other, first=first, title=title) for title, one, other, first in made))
