"""The folder ``results`` as a Data Package: every table as CSV, and one file that says what each column holds.

The description follows Frictionless Data Package 1.0 with Table Schema, which readers of many languages know.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from livereview import RenderedFile, Report
from livereview.spreadsheet import written
from livereview_results import audit, certainty, outcomes, replication, studies
from livereview_results.columns import Table

FOLDER = "results"
TABLES: tuple[Table, ...] = (
    outcomes.OUTCOMES, outcomes.CHOICES, outcomes.FITS, outcomes.TESTS, outcomes.ANALYSES, outcomes.CHANGES,
    certainty.FINDINGS, certainty.DOMAINS, replication.REPLICATION, audit.AUDIT,
    studies.STUDIES, studies.NUMBERS, studies.SOURCES, studies.CHARACTERISTICS, studies.APPRAISALS, studies.REPORTS,
    studies.LEFT_OUT, studies.ONGOING, studies.FLOW,
)  # fmt: skip


def package(report: Report) -> Iterator[RenderedFile]:
    """Every table, then the description of all of them; an empty table is a header."""
    for table in TABLES:
        content = written([column.name for column in table.columns], table.rows(report))
        yield RenderedFile(path=f"{FOLDER}/{table.name}.csv", content=content, kind="data", title=table.about)
    described = json.dumps(description(report), indent=2, ensure_ascii=False) + "\n"
    yield RenderedFile(
        path=f"{FOLDER}/datapackage.json",
        content=described.encode("utf-8", "replace"),
        kind="data",
        title="What each column of the tables holds",
    )


def description(report: Report) -> dict[str, Any]:
    """The Data Package of one review."""
    return {
        "profile": "tabular-data-package",
        "name": report.review.id.replace("_", "-"),
        "title": report.review.title,
        "version": str(report.provenance.update),
        "resources": [resource(table) for table in TABLES],
    }


def resource(table: Table) -> dict[str, Any]:
    """One table with its schema. An empty cell is a missing value."""
    schema: dict[str, Any] = {
        "fields": [{"name": column.name, "type": column.kind, "description": column.about} for column in table.columns],
        "missingValues": [""],
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    if table.refers:
        schema["foreignKeys"] = [
            {"fields": column, "reference": {"resource": other, "fields": column}} for column, other in table.refers
        ]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "title": table.about,
        "encoding": "utf-8",
        "schema": schema,
    }
