"""A report made in memory from what a review stands on: analysed, compared with an earlier update, rendered."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from livereview.assembly import Parts, record_of, report_of
from livereview.changes import row_changes
from livereview.execution import outcome_results
from livereview.history import Edition, Record
from livereview.ingest import Progress
from livereview.outlook import Outlook, outlook
from livereview.publishing import hashes, rendered
from livereview.report import RenderedFile, Report, RowChange
from livereview.standing import Standing
from livereview.team import double_work, instrument_cards


@dataclass(frozen=True, kw_only=True)
class Made:
    """A report made, not yet written: its files, and the record that goes with them."""

    report: Report
    files: tuple[RenderedFile, ...]
    content: Mapping[str, Any]


def made_from(
    standing: Standing, view: Outlook, edition: Edition, previous: Record | None, executor: Executor, progress: Progress
) -> Made:
    """Analyse, compare with the previous update, render."""
    parts = Parts(
        file=standing.file,
        plugins=standing.plugins,
        evidence=view.evidence,
        rows=view.rows,
        scope=view.scope,
        fingerprint=standing.fingerprint,
        edition=edition,
        previous=previous,
        double=double_work(view, standing.file.manifest, standing.plugins),
        instruments=instrument_cards(view, standing.file.manifest, standing.plugins),
    )
    outcomes = outcome_results(view.scope, standing.file.manifest, standing.plugins, executor, progress)
    changes: tuple[RowChange, ...] = ()
    if previous is not None:
        before = standing.store.evidence(batches=previous.content["batches"])
        changes = row_changes(outlook(standing.file.manifest, before).rows, view.rows)
    report = report_of(parts, outcomes, changes, standing.failures)
    report, files = rendered(report, standing.file.manifest, standing.plugins, progress)
    return Made(report=report, files=files, content=record_of(report, parts, hashes(files)))
