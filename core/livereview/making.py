"""A report made in memory from what a review stands on: analysed, compared with an earlier update, rendered."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from livereview.assembly import Parts, record_of, report_of
from livereview.auditing.audit import audited
from livereview.auditing.kept import audit_changes, kept_findings
from livereview.changes import report_changes, row_changes, withdrawn
from livereview.execution import outcome_results
from livereview.fetching import Progress
from livereview.flow.boxes import ledger_of
from livereview.flow.prisma import reporting_items
from livereview.flow.references import reference_cards
from livereview.flow.versions import earlier_versions, flow_of
from livereview.freshness import freshness_of
from livereview.history import Edition, History, Record
from livereview.judgements import ReportChange
from livereview.ledger.cards import alarms, proposal_cards
from livereview.outlook import Outlook
from livereview.past.timelines import timeline_section, timelines
from livereview.published_results import published_comparisons
from livereview.publishing import hashes, rendered, wants_timelines
from livereview.renderers import RenderedFile
from livereview.replicating.replication import replication
from livereview.report import Failure, Report, RowChange
from livereview.setting import attempted
from livereview.standing import Standing
from livereview.team.cards import double_work, instrument_cards
from livereview.verdicts.rulings import past_of


@dataclass(frozen=True, kw_only=True)
class Made:
    """A report made, not yet written: its files, and the record that goes with them."""

    report: Report
    files: tuple[RenderedFile, ...]
    content: Mapping[str, Any]


def made_from(
    standing: Standing,
    view: Outlook,
    edition: Edition,
    previous: Record | None,
    executor: Executor,
    progress: Progress,
    warnings: tuple[str, ...] = (),
) -> Made:
    """Analyse, compare with the previous update, render; ``warnings`` are printed on page one."""
    report, parts = reported(standing, view, edition, previous, executor, progress)
    report = replace(report, warnings=(*report.warnings, *warnings))
    if wants_timelines(standing.file.manifest, standing.plugins):
        report = _replayed(report, standing, view, progress)
    report, files = rendered(report, standing.file.manifest, standing.plugins, progress)
    return Made(report=report, files=files, content=record_of(report, parts, hashes(files)))


def _replayed(report: Report, standing: Standing, view: Outlook, progress: Progress) -> Report:
    """The report with the timelines of its outcomes. What failed the main analysis too is told once."""
    found, failures = timelines(standing.file.manifest, standing.plugins, view, progress=progress)
    told = {
        replace(failure, section=timeline_section(outcome.id))
        for outcome in report.outcomes
        for failure in outcome.failures
        if failure.section in ("effect measure", "effect model")
    }
    new = tuple(one for one in dict.fromkeys(failures) if one not in told and one not in report.failures)
    walked = tuple(timeline for timeline in found if timeline.steps)
    return replace(report, timelines=walked, failures=(*report.failures, *new))


def reported(
    standing: Standing, view: Outlook, edition: Edition, previous: Record | None, executor: Executor, progress: Progress
) -> tuple[Report, Parts]:
    """The report before it is rendered, and what it was made from."""
    parts = Parts(
        file=standing.file,
        plugins=standing.plugins,
        evidence=view.evidence,
        rows=view.rows,
        scope=view.scope,
        fingerprint=standing.fingerprint,
        edition=edition,
        previous=previous,
        earlier=past_of(History(standing.places.history), previous).earlier,
        double=double_work(view, standing.file.manifest, standing.plugins),
        instruments=instrument_cards(view, standing.file.manifest, standing.plugins),
    )
    manifest, shared = standing.file.manifest, standing.shared
    outcomes = outcome_results(view.scope, manifest, standing.plugins, executor, progress, shared.outcomes)
    rows: tuple[RowChange, ...] = ()
    reports: tuple[ReportChange, ...] = ()
    if previous is not None:
        before = shared.outlook(manifest, shared.evidence(standing.store, previous.content["batches"])).rows
        rows, reports = row_changes(before, view.rows, withdrawn(view.evidence)), report_changes(before, view.rows)
    report = report_of(parts, outcomes, rows, standing.failures, reports)
    report, parts = _audited(report, parts, view)
    return _as_living(report, standing, view, edition, previous), parts


def _audited(report: Report, parts: Parts, view: Outlook) -> tuple[Report, Parts]:
    """The report with its audit and what came or went of it, and the parts with what the record keeps of it."""
    manifest = parts.file.manifest
    result, places, failures = audited(view, manifest, parts.plugins, report.outcomes, parts.instruments)
    kept = kept_findings(result, places)
    before = None if parts.previous is None or not parts.edition.number else parts.previous.content.get("audit")
    changes = replace(report.changes, audit=audit_changes(before, kept))
    report = replace(report, audit=result, changes=changes, failures=(*report.failures, *failures))
    return report, replace(parts, audit=kept)


def _as_living(report: Report, standing: Standing, view: Outlook, edition: Edition, previous: Record | None) -> Report:
    """The report with its references, its freshness, the flow of its records and studies, and the items of PRISMA-LSR;
    one that is the report of no update has only the references and what is proposed."""
    manifest = standing.file.manifest
    ledger = ledger_of(view.rows, view.scope, [card.study_id for card in report.studies], edition.title)
    proposals = proposal_cards(view.tables, manifest.review.id)
    failures: list[Failure] = []
    again = attempted("", partial(replication, manifest, standing.plugins, view.tables), failures)
    report = replace(
        report,
        failures=(*report.failures, *failures),
        references=reference_cards(ledger.fates, view.rows, view.scope),
        published=published_comparisons(manifest, report.outcomes, view.rows["published"]),
        replication=again,
        proposals=proposals,
        warnings=(*report.warnings, *alarms(proposals)),
    )
    if edition.number == 0:
        return report
    base, before = earlier_versions(previous, History(standing.places.history), manifest, standing.store)
    freshness = freshness_of(manifest.living, ledger, report.provenance.published_on)
    told = replace(report, freshness=freshness, flow=flow_of(ledger, edition, base, before))
    return replace(told, reporting=reporting_items(told))
