"""Results that imported meta-analyses printed, beside ours: what agrees to the printed digits, and what does not."""

from __future__ import annotations

from livereview import ComparedNumber, PublishedComparison, Report
from livereview.printing import counted, plain
from livereview_document.blocks import Block, heading, long, paragraph, table
from livereview_document.index import Index
from livereview_document.words import CELL_LIMIT, Words, text

_NAMES = {"k": "k", "estimate": "estimate", "ci_low": "lower limit", "ci_high": "upper limit", "tau2": "τ²", "q": "Q",
          "i2": "I²"}  # fmt: skip


def published_section(report: Report, at: Index) -> list[Block]:
    """How many agree, and every one of them; nothing where no outcome has a published result."""
    found = report.published
    if not found:
        return []
    agreeing = sum(item.agrees for item in found)
    verb = "agrees" if len(found) == 1 else "agree"
    said = (
        f"{agreeing} of {counted(len(found), 'published result')} {verb} with ours in every number, to the digits that "
        "were printed or within 1e-8."
    )
    rows = [_row(item, at) for item in sorted(found, key=lambda item: item.agrees)]
    headers = ("Outcome", "Group", "Published", "Here", "Differs", "Pooled as", "Where")
    listed = long(counted(len(rows), "result"), table(headers, rows), len(rows), at.fold_above)
    return [heading(2, "As published", "published"), paragraph(said), listed]


def _row(item: PublishedComparison, at: Index) -> tuple[Words, ...]:
    numbers = {number.name: number for number in item.numbers}
    differing = [_difference(number) for number in item.numbers if not number.agrees]
    return (
        at.outcome(item.outcome_id),
        text(item.group or None),
        text(_interval({name: number.published for name, number in numbers.items()})),
        text(_interval({name: number.ours for name, number in numbers.items()})),
        text("; ".join(differing) or None, CELL_LIMIT),
        text(item.model or None),
        text(f"{item.report_id}, {item.locator}", CELL_LIMIT),
    )


def _interval(numbers: dict[str, float | None]) -> str:
    k, estimate = numbers.get("k"), numbers.get("estimate")
    parts = [] if k is None else [f"k {k:.0f}"]
    if estimate is not None:
        limits = [numbers.get(name) for name in ("ci_low", "ci_high")]
        known = "" if None in limits else f" ({' to '.join(plain(limit) for limit in limits if limit is not None)})"
        parts.append(plain(estimate) + known)
    return ", ".join(parts) or "–"


def _difference(number: ComparedNumber) -> str:
    return f"{_NAMES.get(number.name, number.name)} {plain(number.published)}, here {plain(number.ours)}"
