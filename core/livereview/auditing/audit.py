"""The audit of one review, from its results to ranked findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from livereview.audited import AuditCode, AuditedFinding, AuditFinding, AuditResult
from livereview.auditing.acknowledging import CHECK, UNUSED, acknowledgement, unused
from livereview.auditing.places import Places
from livereview.auditing.ranking import influence_of, ranked
from livereview.auditing.request import request_of
from livereview.auditing.running import Looked, looked
from livereview.audits import AuditCheck
from livereview.bound import bound
from livereview.manifest.models import Acknowledged, Manifest
from livereview.outlook import Outlook
from livereview.people import InstrumentCard
from livereview.plugins import Plugins
from livereview.report import Failure, OutcomeResult


def audited(
    view: Outlook,
    manifest: Manifest,
    plugins: Plugins,
    results: Iterable[OutcomeResult],
    instruments: tuple[InstrumentCard, ...] = (),
) -> tuple[AuditResult | None, Places | None, tuple[Failure, ...]]:
    """What the checks of a manifest found, its places by name, and the checks that failed; None where none is asked."""
    asked = manifest.audit.asked
    if not asked:
        return None, None, ()
    request = request_of(view, manifest, plugins, results, instruments)
    places = Places(request)
    checks = [bound(plugins, AuditCheck, choice) for choice in asked]
    ran, failures = looked(request, checks, places)
    codes = {code.code: check.name for check in checks for code in check.plugin.codes}
    findings = _findings(ran, manifest.audit.acknowledged, codes, places)
    result = AuditResult(
        findings=ranked(findings),
        checks=tuple((one.check.name, one.check.title) for one in ran),
        tables=tuple(table for one in ran for table in one.found.tables),
        cells=places.cells(),
    )
    return result, places, failures


def _findings(
    ran: Sequence[Looked], items: Sequence[Acknowledged], codes: Mapping[str, str], places: Places
) -> list[AuditedFinding]:
    """Every finding with its outcomes and who acknowledged it; those about acknowledgements too."""
    influence: dict[str, float] = {}
    for one in ran:
        for row, amount in one.found.influence.items():
            influence[row] = max(influence.get(row, 0.0), amount)
    found = []
    for one in ran:
        kinds = {code.code: code for code in one.check.codes}
        for finding in one.found.findings:
            item = _audited(one.check.name, kinds[finding.code], finding, places, influence)
            fitting = acknowledgement(items, finding, item.outcomes)
            found.append(item if fitting is None else replace(
                item, acknowledged=fitting.reason, acknowledged_by=fitting.by
            ))  # fmt: skip
    loose = unused(items, found, codes, (one.check.name for one in ran))
    return [*found, *(_audited(CHECK, UNUSED, finding, places, influence) for finding in loose)]


def _audited(
    check: str, kind: AuditCode, finding: AuditFinding, places: Places, influence: Mapping[str, float]
) -> AuditedFinding:
    return AuditedFinding(
        rank=0,
        check=check,
        title=kind.title,
        severity=finding.severity or kind.severity,
        finding=finding,
        outcomes=places.resting(finding),
        influence=influence_of(finding, influence),
    )
