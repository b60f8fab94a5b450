"""The boxes of a flow in the order of the diagram, the versions of a review side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from livereview.living import Box, FlowColumn, FlowRow, FlowVersion

COLUMNS = {"databases": "Databases and registers", "others": "Other methods"}
REVIEW = "The review"

#: Field of a column, its name, and whether it is shown where every version has 0.
_BOXES: tuple[tuple[str, str, bool], ...] = (
    ("identified", "Records identified", True),
    ("duplicates", "Duplicates removed", True),
    ("removed", "Removed before screening for other reasons", True),
    ("awaiting_screening", "Awaiting screening", False),
    ("screened", "Records screened", True),
    ("excluded", "Excluded on title and abstract", True),
    ("unscreened", "Passed on without screening", False),
    ("sought", "Reports sought for retrieval", True),
    ("awaiting_retrieval", "Awaiting retrieval", False),
    ("not_retrieved", "Not retrieved", True),
    ("awaiting_assessment", "Awaiting assessment", False),
    ("assessed", "Reports assessed for eligibility", True),
    ("excluded_full_text", "Excluded at full text", True),
    ("included", "Included after assessment", True),
    ("awaiting_extraction", "Awaiting extraction", False),
    ("not_admitted", "Not admitted by the manifest", False),
    ("same_report", "Further records of a report counted already", False),
    ("reports", "Reports of the review", True),
)


@dataclass(frozen=True, kw_only=True)
class _Versions:
    base: FlowVersion | None
    previous: FlowVersion | None
    this: FlowVersion

    def all(self) -> tuple[FlowVersion | None, FlowVersion | None, FlowVersion]:
        return self.base, self.previous, self.this


def flow_rows(base: FlowVersion | None, previous: FlowVersion | None, this: FlowVersion) -> tuple[FlowRow, ...]:
    """Every box of the columns that have a record in some version, then those of the review."""
    versions = _Versions(base=base, previous=previous, this=this)
    rows: list[FlowRow] = []
    for key, title in COLUMNS.items():
        columns = [None if version is None else getattr(version, key) for version in versions.all()]
        if any(column is not None and column.identified.number for column in columns):
            rows += _column(title, columns)
    return (*rows, *_review(versions))


def _column(title: str, columns: list[FlowColumn | None]) -> list[FlowRow]:
    rows: list[FlowRow] = []
    for key, name, always in _BOXES:
        boxes = [None if column is None else _as_box(getattr(column, key)) for column in columns]
        if always or any(box is not None and box.number for box in boxes):
            rows += _rows(title, name, boxes)
    return rows


def _as_box(value: Box | int) -> Box:
    return value if isinstance(value, Box) else Box(number=value)


def _rows(title: str, name: str, boxes: list[Box | None]) -> list[FlowRow]:
    """A box and its parts, those of this version first."""
    first = _row(title, name, [None if box is None else box.number for box in boxes])
    shares = [None if box is None else dict(box.parts) for box in boxes]
    names = dict.fromkeys(part for share in reversed(shares) if share is not None for part in share)
    parts = (
        _row(title, part, [None if share is None else share.get(part, 0) for share in shares], True) for part in names
    )
    return [first, *parts]


def _row(title: str, name: str, numbers: list[int | None], part: bool = False) -> FlowRow:
    base, previous, this = numbers
    added, removed = (None, None) if previous is None or this is None else _difference(this - previous)
    return FlowRow(
        column=title, name=name, part=part, base=base, previous=previous, this=this, added=added, removed=removed
    )


def _difference(number: int) -> tuple[int, int]:
    return max(number, 0), max(-number, 0)


def _review(versions: _Versions) -> list[FlowRow]:
    """Studies and reports, compared by their ids, and what the manifest did not admit."""
    rows = [
        _of_ids("Studies included", versions, "studies"),
        _of_ids("Studies in a pooled result", versions, "pooled"),
        _of_ids("Reports of included studies", versions, "reports"),
    ]
    without = [None if version is None else version.reports_without_record for version in versions.all()]
    rows.append(_row(REVIEW, "Reports found outside recorded searches", without))
    boxes = [None if version is None else version.not_eligible for version in versions.all()]
    return [*rows, *_rows(REVIEW, "Studies in the store that the manifest does not admit", boxes)]


def _of_ids(name: str, versions: _Versions, key: str) -> FlowRow:
    base, previous, this = (None if version is None else set(getattr(version, key)) for version in versions.all())
    assert this is not None
    return FlowRow(
        column=REVIEW,
        name=name,
        part=False,
        base=_size(base),
        previous=_size(previous),
        this=len(this),
        added=None if previous is None else len(this - previous),
        removed=None if previous is None else len(previous - this),
    )


def _size(ids: Iterable[str] | None) -> int | None:
    return None if ids is None else len(list(ids))
