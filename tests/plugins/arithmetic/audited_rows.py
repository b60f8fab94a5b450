"""Rows of results for tests of audit checks: every column there, empty unless the test fills it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from livereview import AuditCheck, AuditFinding, AuditRequest
from livereview.evidence.schema import TABLES

_NUMBER = count(1)


def row(measure: str, **values: Any) -> dict[str, Any]:
    """A row of one study, report, outcome, population and arm."""
    empty = dict.fromkeys(column.name for column in TABLES["results"].columns)
    same = {"study_id": "s", "report_id": "r", "outcome": "cr", "population": "ITT", "arm": "new", "status": "verified"}
    return empty | same | {"measure": measure, "row_id": f"row{next(_NUMBER)}", "origin": "sheet"} | values


def arms(events: tuple[int, int], n: tuple[int, int], **values: Any) -> list[dict[str, Any]]:
    """Two arms with counts."""
    pairs = zip(("new", "old"), events, n, strict=True)
    return [row("count", arm=arm, events=x, n=m, **values) for arm, x, m in pairs]


def means(*of_arms: tuple[float, float, int], **values: Any) -> list[dict[str, Any]]:
    """Two arms with mean, SD and n."""
    pairs = zip(("new", "old"), of_arms, strict=True)
    return [row("mean", arm=arm, estimate=m, sd=s, n=n, **values) for arm, (m, s, n) in pairs]


def contrast(
    measure: str, estimate: float, low: float | None = None, high: float | None = None, **more: Any
) -> dict[str, Any]:
    """The new arm against the old one."""
    return row(measure, comparator="old", estimate=estimate, ci_low=low, ci_high=high, **more)


def found(
    check: AuditCheck, rows: Iterable[Mapping[str, Any]], studies: Iterable[Mapping[str, Any]] = (), **options: Any
) -> list[AuditFinding]:
    """What a check finds in rows."""
    request = AuditRequest(tables={"results": list(rows), "studies": list(studies)})
    answer = check.find(request, check.options(**options))
    return list(getattr(answer, "findings", answer))


def codes(check: AuditCheck, rows: Iterable[Mapping[str, Any]], *more: Any, **options: Any) -> list[str]:
    """The codes of what a check finds."""
    return [item.code for item in found(check, rows, *more, **options)]


def study(**values: Any) -> dict[str, Any]:
    """The study of the rows."""
    empty = dict.fromkeys(column.name for column in TABLES["studies"].columns)
    return empty | {"study_id": "s", "label": "S", "row_id": "study"} | values
