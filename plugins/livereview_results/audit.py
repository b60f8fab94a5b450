"""The table of what the audit found."""

from __future__ import annotations

from collections.abc import Iterator

from livereview import Report
from livereview.spreadsheet import Record
from livereview_results.columns import Table, count, listed, number, text


def _findings(report: Report) -> Iterator[Record]:
    for item in report.audit.findings if report.audit else ():
        finding, place = item.finding, item.finding.place
        yield {
            "rank": item.rank,
            "severity": item.severity,
            "code": finding.code,
            "title": item.title,
            "check": item.check,
            "study_id": place.study_id or None,
            "outcome": place.outcome_id or None,
            "pooled_in": listed(item.outcomes),
            "table": place.table,
            "row_id": place.row_id,
            "columns": listed(place.columns),
            "key": place.key,
            "where": place.words,
            "origin": place.origin,
            "also": listed(other.row_id or other.words for other in finding.also),
            "message": finding.message,
            "remedy": finding.remedy,
            "suggestion": listed(f"{name}: {value}" for name, value in finding.suggestion.items()),
            "influence": item.influence,
            "acknowledged": item.acknowledged,
            "acknowledged_by": item.acknowledged_by,
        }


AUDIT = Table(
    name="audit",
    about="What the audit found, one row for each finding, those to look at first first.",
    key=("rank",),
    columns=(
        count("rank", "1 = look at this first"),
        text("severity", "error, warning, note"),
        text("code", "kind of finding"),
        text("title", "the same in words"),
        text("check", "what found it"),
        text("study_id", "study of the place; empty = of none"),
        text("outcome", "outcome of the place; empty = the finding is about no outcome of its own"),
        text("pooled_in", "outcomes whose pooled estimate rests on the place"),
        text("table", "table of the evidence"),
        text("row_id", "identity of the row"),
        text("columns", "its columns in question"),
        text("key", "key of the manifest"),
        text("where", "the place in words"),
        text("origin", "sheet and row where it was typed"),
        text("also", "other rows and places that it rests on"),
        text("message", "what was found, and what it was held against"),
        text("remedy", "what to do"),
        text("suggestion", "by column, what would be consistent with the rest; written nowhere"),
        number("influence", "how far a small change of the place moves an estimate, in widths of its interval"),
        text("acknowledged", "why a person left it as it is; empty = it is open"),
        text("acknowledged_by", "who looked"),
    ),
    rows=_findings,
)
