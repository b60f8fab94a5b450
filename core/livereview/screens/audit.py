"""What ``livereview audit`` prints: how many findings of which sort, then each with its place, in the order of rank."""

from __future__ import annotations

from collections.abc import Sequence

from livereview.audited import SEVERITIES
from livereview.auditing.listing import Choice, suggested
from livereview.auditing.review import ReviewAudit
from livereview.auditing.several import Shown
from livereview.console import paragraph, say, table
from livereview.further import Table
from livereview.printing import analysed, counted

INDENT = " " * 5
#: Columns of a terminal that everybody has.
WIDTH = 100


def audit(found: Sequence[ReviewAudit], listed: Sequence[Shown], choice: Choice) -> None:
    """The reviews, counts by check and severity, the findings, the tables of checks."""
    for review in found:
        say(f"{review.title}: {_headline(review)}")
    _by_check(listed)
    for one in listed:
        say()
        _finding(one, len(found) > 1)
    if choice.whole:
        for review in found:
            for each in review.result.tables:
                say()
                _table(each, review.title if len(found) > 1 else "")


def _headline(one: ReviewAudit) -> str:
    result = one.result
    if not result.checks:
        return "not audited: the manifest asks for no check, or every check failed"
    told = ", ".join(counted(result.count(name), name) for name in SEVERITIES)
    acknowledged = len(result.findings) - len(result.open)
    more = f"; {acknowledged} acknowledged" if acknowledged else ""
    return f"{told} open{more} ({counted(len(result.checks), 'check')} on {result.cells:,} cells)"


def _by_check(listed: Sequence[Shown]) -> None:
    checks = list(dict.fromkeys(one.item.check for one in listed))
    if not checks:
        say("Nothing to list.")
        return
    rows = [
        [check, *(str(sum(one.item.check == check and one.item.severity == name for one in listed) or "")
                  for name in SEVERITIES)]
        for check in sorted(checks)
    ]  # fmt: skip
    say()
    table("", ["check", *(f"{name}s" for name in SEVERITIES)], rows, right=[1, 2, 3])


def _finding(one: Shown, several: bool) -> None:
    """Rank, severity and code; where; what; what to do."""
    item = one.item
    finding, place = item.finding, item.finding.place
    say(f"{item.rank:>3}  {item.severity:<8} {finding.code}: {item.title}")
    origin = place.origin if place.origin not in place.words else ""
    where = [place.words, origin, f"row {place.row_id[:8]}" if place.row_id else ""]
    paragraph("; ".join(part for part in where if part), indent=INDENT)
    if several:
        paragraph(f"Seen by: {', '.join(one.reviews)}", indent=INDENT)
    if one.outcomes:
        paragraph(f"Pooled in: {', '.join(one.outcomes)}", indent=INDENT)
    paragraph(finding.message, indent=INDENT)
    if finding.suggestion:
        paragraph(f"Would fit: {suggested(item)}", indent=INDENT)
    paragraph(f"→ {finding.remedy}", indent=INDENT)
    if item.acknowledged:
        who = f" by {item.acknowledged_by}" if item.acknowledged_by else ""
        paragraph(f"Acknowledged{who}: {item.acknowledged}", indent=INDENT)


def _table(one: Table, review: str) -> None:
    right = [i for i, column in enumerate(one.columns) if column.kind != "text"]
    rows = [
        [analysed(cell, column.kind, "difference", "") for cell, column in zip(row, one.columns, strict=True)]
        for row in one.rows
    ]
    title = f"{review}: {one.title}" if review else one.title
    names = [column.name for column in one.columns]
    if sum(max(map(len, cells)) + 2 for cells in zip(names, *rows, strict=True)) <= WIDTH:
        table(title, names, rows, right=right)
    else:
        _listed(title, names, rows)
    for note in one.notes:
        paragraph(f"- {note}")


def _listed(title: str, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table that is wider than a terminal: each row as a line of its cells, those that are empty left out."""
    say(title)
    paragraph(f"({'; '.join(names)})", indent=INDENT)
    for number, row in enumerate(rows, start=1):
        first, *others = [cell for cell in row if cell]
        say(f"{number:>3}  {first}")
        paragraph("; ".join(others), indent=INDENT)
