"""Findings as lists for people and programs: what is listed, and the same as JSON, CSV and Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from livereview.audited import SEVERITIES, AuditedFinding, Severity
from livereview.auditing.review import ReviewAudit
from livereview.auditing.several import Shown
from livereview.further import Table
from livereview.json_values import as_json
from livereview.printing import analysed, counted
from livereview.spreadsheet import Record, written

#: What begins an address or an emoji after Markdown was read.
_ADDRESS = re.compile(r":(?=//|[\w+-]+:)|www(?=\.)", re.IGNORECASE)
FIELDS = (
    "rank", "severity", "code", "title", "check", "reviews", "study", "outcomes", "table", "row", "columns", "where",
    "origin", "message", "remedy", "suggestion", "influence", "acknowledged", "acknowledged_by",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which findings are listed."""

    severity: Severity = "note"
    """The least one."""
    acknowledged: bool = False
    outcome: str | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing is narrowed, so that what checks list beside their findings is shown too."""
        return self.severity == "note" and self.outcome is None

    def of(self, one: ReviewAudit) -> tuple[AuditedFinding, ...]:
        """The findings of a review that are listed."""
        wanted = SEVERITIES[: SEVERITIES.index(self.severity) + 1]
        return tuple(
            item
            for item in one.about(self.outcome)
            if item.severity in wanted and (self.acknowledged or not item.acknowledged)
        )


def fatal(one: ReviewAudit, choice: Choice, least: Severity | None) -> list[str]:
    """Why the caller wants to fail: the open findings of at least this severity, whatever is listed."""
    wanted = () if least is None else SEVERITIES[: SEVERITIES.index(least) + 1]
    counts = {name: sum(item.severity == name and not item.acknowledged for item in one.about(choice.outcome))
              for name in wanted}  # fmt: skip
    found = [counted(number, name) for name, number in counts.items() if number]
    return [f"{' and '.join(found)} open"] if found else []


def as_data(one: ReviewAudit, choice: Choice) -> dict[str, Any]:
    """One review for machines."""
    result = one.result
    return {
        "review": one.review,
        "title": one.title,
        "cells": result.cells,
        "checks": [{"name": name, "title": title} for name, title in result.checks],
        "open": {name: result.count(name) for name in SEVERITIES},
        "acknowledged": sum(bool(item.acknowledged) for item in result.findings),
        "findings": as_json(choice.of(one)),
        "tables": as_json(result.tables),
        "failures": as_json(one.failures),
    }


def as_csv(listed: Iterable[Shown]) -> bytes:
    """A line for each finding."""
    return written(FIELDS, map(_record, listed))


def _record(one: Shown) -> Record:
    item, place = one.item, one.item.finding.place
    return {
        "rank": item.rank,
        "severity": item.severity,
        "code": item.finding.code,
        "title": item.title,
        "check": item.check,
        "reviews": "; ".join(one.reviews),
        "study": place.study_id,
        "outcomes": "; ".join(one.outcomes),
        "table": place.table,
        "row": place.row_id[:12],
        "columns": "; ".join(place.columns),
        "where": place.words,
        "origin": place.origin,
        "message": item.finding.message,
        "remedy": item.finding.remedy,
        "suggestion": suggested(item),
        "influence": item.influence,
        "acknowledged": item.acknowledged,
        "acknowledged_by": item.acknowledged_by,
    }


def suggested(item: AuditedFinding) -> str:
    """What would be consistent with the rest, by column."""
    return "; ".join(f"{name} {value}" for name, value in item.finding.suggestion.items())


# --- Markdown --------------------------------------------------------------------------------------------------


def as_markdown(found: Sequence[ReviewAudit], listed: Sequence[Shown], choice: Choice) -> str:
    """The reviews with their counts, then a table of findings. What comes from outside is shown as text."""
    lines = ["# Audit", ""]
    lines += [f"- {_shown(one.title)}: {_counts(one)}" for one in found]
    if listed:
        several = len(found) > 1
        heads = ["#", "Severity", "Code", *(["Reviews"] if several else []), "Where", "What", "What to do"]
        lines += ["", _line(heads), _line(["---"] * len(heads))]
        lines += [_line([_shown(cell) for cell in _cells(one, several, choice)]) for one in listed]
    for one in found if choice.whole else ():
        lines += [line for table in one.result.tables for line in _table(table, one.title if len(found) > 1 else "")]
    return "\n".join(lines) + "\n"


def _counts(one: ReviewAudit) -> str:
    return ", ".join(counted(one.result.count(name), name) for name in SEVERITIES) + " open"


def _cells(one: Shown, several: bool, choice: Choice) -> Iterator[str]:
    item = one.item
    place = item.finding.place
    yield str(item.rank)
    yield item.severity
    yield item.finding.code
    if several:
        yield ", ".join(one.reviews)
    yield "; ".join(part for part in (place.words, place.origin) if part)
    yield item.finding.message
    told = f"Acknowledged: {item.acknowledged}" if choice.acknowledged and item.acknowledged else item.finding.remedy
    yield told


def _table(one: Table, review: str) -> Iterator[str]:
    """What a check lists beside its findings."""
    yield from ("", f"## {_shown(f'{review}: {one.title}' if review else one.title)}", "")
    yield _line([_shown(column.name) for column in one.columns])
    yield _line(["---"] * len(one.columns))
    for row in one.rows:
        cells = [analysed(cell, column.kind, "difference", "") for cell, column in zip(row, one.columns, strict=True)]
        yield _line(map(_shown, cells))
    yield from (line for note in one.notes for line in ("", _shown(note)))


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _shown(value: str) -> str:
    """Markdown that shows exactly these characters on one line: every sign that could mean something is an entity, and
    one that becomes a mention, a formula or an address after that has an element around it."""
    line = " ".join("".join(char if char.isprintable() else " " for char in value).split())
    return _ADDRESS.sub(lambda match: f"{match[0]}<!-- -->", "".join(map(_sign, line)))


def _sign(char: str) -> str:
    if char in "@$":
        return f"<span>&#{ord(char)};</span>"
    plain = char.isalnum() or char in " .,:;()/%=+-'" or not char.isascii()
    return char if plain else f"&#{ord(char)};"
