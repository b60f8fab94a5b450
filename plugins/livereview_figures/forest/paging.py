"""A forest plot that is too long for one page, parted: every page has the header, the same columns and the same axis.

The pooled result stands on the last page, and each other page says it in a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from livereview_figures.drawing.layout import Row
from livereview_figures.drawing.plate import Plate
from livereview_figures.drawing.text import known
from livereview_figures.forest.subject import Subject

LONGEST = 60
"""Studies on a page, at most."""


_POOLED = ("pooled", "overall")


def paged(plate: Plate, subject: Subject) -> list[Plate]:
    """The figure as it is, or parted into pages."""
    parts = chunks(plate.rows)
    if len(parts) == 1:
        return [plate]
    said = _said(subject, len(parts))
    pages = []
    for number, rows in enumerate(parts, start=1):
        last = number == len(parts)
        where = f"page {number} of {len(parts)}"
        pages.append(
            replace(
                plate, rows=rows, measured=plate.rows, until=plate.until if last else "",
                subtitle=f"{plate.subtitle}; {where}" if plate.subtitle else where.capitalize(),
                footnotes=plate.footnotes if last else [*said, *plate.explained],
            )
        )  # fmt: skip
    return pages


def chunks(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows in parts of about equal length, a heading never last on a page, and repeated on the next."""
    tail = _tail(rows)
    studies = sum(not row.heading and not _belongs(row) for row in rows[:tail])
    if studies <= LONGEST:
        return [list(rows)]
    many = -(-studies // LONGEST)
    length = -(-tail // many)
    parts: list[list[Row]] = []
    current: list[Row] = []
    heading: Row | None = None
    for i, row in enumerate(rows):
        if row.heading and row.bold:
            heading = row
        full = len(current) >= length - (1 if row.heading and row.bold else 0)
        if full and i < tail and len(parts) < many - 1 and not _belongs(row):
            parts.append(current)
            continued = heading is not None and heading is not row
            current = [_continued(heading)] if continued and heading is not None else []
        current.append(row if current else replace(row, before=0.0))
    return [*parts, current]


def _tail(rows: Sequence[Row]) -> int:
    """Where the pooled result begins: it stays together."""
    return next((i for i, row in enumerate(rows) if row.name in _POOLED), len(rows))


def _belongs(row: Row) -> bool:
    """Whether a row belongs to the one above it: the numbers under a diamond."""
    return row.small or row.name.endswith((":events", ":subtotal"))


def _continued(heading: Row) -> Row:
    return replace(heading, name=f"{heading.name}:continued", heading=f"{heading.heading} (continued)", before=0.0)


def _said(subject: Subject, pages: int) -> list[str]:
    pooled, outcome = subject.outcome.pooled, subject.outcome
    if pooled.k < 2 or not known(pooled.shown.estimate):
        return [f"Nothing is pooled; notes on page {pages}."]
    effect = subject.format.sentence(pooled.shown, outcome.level)
    return [f"Pooled result of all {pooled.k} studies, drawn on page {pages}: {outcome.measure_title} {effect}."]
