"""Checks of audit checks: findings that a person can act on, whatever is missing and in whatever order rows stand."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from livereview.audited import SEVERITIES, AuditFinding
from livereview.audits import AuditCheck, Audited, AuditedOutcome, AuditRequest, EvidenceRow
from livereview.evidence.schema import TABLES
from livereview.testing import builders
from livereview.testing.check import Subject, check, fail
from livereview.testing.trials import Trial

Audit = Subject[AuditCheck]

_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def _row(table: str, number: int, **cells: Any) -> EvidenceRow:
    """A row with every column of its table, empty where nothing is said."""
    kept = {
        "row_id": f"{table}-{number}",
        "recorded_at": "2026-01-30T12:00:00+00:00",
        "origin": f"{table}.csv, {number}",
    }
    return {**dict.fromkeys(TABLES[table].names), **kept, **cells}


def _tables(empty: bool = False) -> dict[str, tuple[EvidenceRow, ...]]:
    """Three trials with counts, a mean and a hazard ratio each; two arms are alike, one report is retracted.

    ``empty`` leaves out all that a row can do without.
    """
    found: dict[str, list[EvidenceRow]] = {"studies": [], "reports": [], "results": []}
    for number, (study, counts) in enumerate({"adams": (12, 20), "brown": (7, 7), "costa": (0, 3)}.items()):
        text = {} if empty else {"label": study.title(), "design": "rct", "year": 2001 + number, "n_total": 200}
        found["studies"].append(_row("studies", number, study_id=study, **text))
        status = "retracted" if number == 2 else "active"
        found["reports"].append(_row("reports", number, report_id=f"r-{study}", study_id=study, status=status))
        shared = {"study_id": study, "report_id": f"r-{study}", "outcome": "death", "status": "verified"}
        for at, (arm, events) in enumerate(zip(("drug", "placebo"), counts, strict=True)):
            numbers = {} if empty else {"events": events, "n": 100}
            place = 10 * number + at
            found["results"].append(_row("results", place, **shared, arm=arm, measure="count", **numbers))
        effect = {} if empty else {"estimate": 0.8, "ci_low": 0.5, "ci_high": 1.28, "ci_level": 0.95, "p_value": 0.35}
        ratio = {**shared, "outcome": "os", "arm": "drug", "comparator": "placebo", "measure": "HR"}
        found["results"].append(_row("results", 10 * number + 5, **ratio, **effect))
    return {name: tuple(rows) for name, rows in found.items()}


def _requests() -> list[tuple[str, AuditRequest]]:
    """Evidence as it may be, the emptiest first."""
    outcomes = tuple(
        AuditedOutcome(result=builders.outcome(k, kind), choices={}, layout="two-arms")
        for k, kind in ((3, "ratio"), (1, "ratio"), (12, "ratio"))
    )
    return [
        ("nothing at all", AuditRequest(tables={})),
        ("tables without rows", AuditRequest(tables=dict.fromkeys(TABLES, ()))),
        ("rows without numbers", AuditRequest(tables=_tables(empty=True))),
        ("three trials", AuditRequest(tables=_tables())),
        ("three trials with outcomes", AuditRequest(tables=_tables(), outcomes=outcomes)),
    ]


def _findings(audit: Audit, request: AuditRequest) -> list[AuditFinding]:
    found = audit.plugin.find(request, audit.options)
    return list(found.findings if isinstance(found, Audited) else found)


@check(AuditCheck)
def own_codes(audit: Audit) -> None:
    """Its codes are kebab-case, each once, with a title and a severity."""
    codes = [item.code for item in audit.plugin.codes]
    if not codes or len(set(codes)) < len(codes):
        fail(f"its codes are {codes!r}: at least one is needed, each once")
    for item in audit.plugin.codes:
        if not _KEBAB.fullmatch(item.code) or not item.title.strip() or item.severity not in SEVERITIES:
            fail(f"{item!r} needs a kebab-case code, a title, and a severity of {', '.join(SEVERITIES)}")


@check(AuditCheck, every_choice=True)
def usable_findings(audit: Audit) -> None:
    """Every finding has a code of the check, says what was found and what to do, and leads to a place that exists."""
    codes = {item.code for item in audit.plugin.codes}
    for name, request in _requests():
        rows = {row["row_id"] for table in request.tables.values() for row in table}
        for item in _findings(audit, request):
            if not isinstance(item, AuditFinding) or item.code not in codes:
                fail(f"{name}: {item!r:.200} is no finding with one of the codes {', '.join(sorted(codes))}")
            if not all(text.strip() and "\n" not in text for text in (item.message, item.remedy)):
                fail(f"{name}: message and remedy need a line each: {item!r:.300}")
            for place in (item.place, *item.also):
                if not any((place.row_id, place.table, place.study_id, place.outcome_id, place.key)):
                    fail(f"{name}: {item.code} leads nowhere: {place!r}")
                if place.row_id and place.row_id not in rows:
                    fail(f"{name}: {item.code} leads to the row {place.row_id!r}, which is not there")


@check(AuditCheck, every_choice=True)
def nothing_to_find(audit: Audit) -> None:
    """Where there is no evidence it finds nothing."""
    for name, request in _requests()[:2]:
        found = _findings(audit, request)
        if found:
            fail(f"{name}: it says {found[0].message!r}")


@check(AuditCheck)
def order_of_rows(audit: Audit) -> None:
    """The order of the rows does not decide how much is found."""
    for name, request in _requests():
        turned = replace(request, tables={table: rows[::-1] for table, rows in request.tables.items()})
        was, now = (sorted(item.code for item in _findings(audit, one)) for one in (request, turned))
        if was != now:
            fail(f"{name}: it finds {was}, and {now} where the rows stand in the opposite order")


def trials(audit: Audit) -> tuple[Trial, ...]:
    """The findings in each evidence."""

    def made(index: int) -> Callable[[], AuditRequest]:
        return lambda: _requests()[index][1]

    return tuple(
        Trial(name=name, make=made(index), call=lambda request: _findings(audit, request))
        for index, (name, _) in enumerate(_requests())
    )
