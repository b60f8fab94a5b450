"""The report of a review from its parts, and the record of an update; both without a clock of their own."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import version
from typing import Any

import livereview
from livereview.audits import AuditCheck
from livereview.bound import bound
from livereview.cards import ongoing_cards, other_reports, study_cards
from livereview.certainty import CertaintyDomain
from livereview.changes import Tables, evidence_hash, recorded_through
from livereview.evidence.view import Evidence
from livereview.flow.versions import kept_versions
from livereview.further import FurtherAnalysis, Preset
from livereview.grading.summary import kept_drafts, summary_of_findings
from livereview.history import FORMAT, Edition, Record, marked, outcome_changes
from livereview.instruments import Instrument
from livereview.json_values import as_json
from livereview.judgements import ReportChange
from livereview.manifest.models import SERIES, Choice, Manifest
from livereview.manifest.reading import ManifestFile
from livereview.manifest.requirements import compared, required_versions
from livereview.people import DoubleWork, InstrumentCard
from livereview.plugins import Plugins
from livereview.renderers import Renderer
from livereview.report import (
    Changes,
    Excluded,
    Failure,
    OutcomeResult,
    Provenance,
    Report,
    ReviewCard,
    RowChange,
)
from livereview.selection import Scope
from livereview.sources import DataSource
from livereview.team.ratings import judged, standing_scores
from livereview.triggers import Trigger
from livereview.types import BiasTest, EffectMeasure, EffectModel
from livereview.verdicts.definition import eligibility_of
from livereview.verdicts.rulings import Past, rulings

_LIBRARIES = ("numpy", "scipy", "pyarrow", "matplotlib")


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a report is made from."""

    file: ManifestFile
    plugins: Plugins
    evidence: Evidence
    rows: Tables
    """Rows that the review can see."""
    scope: Scope
    fingerprint: Mapping[str, Any]
    edition: Edition
    previous: Record | None
    earlier: Mapping[str, Record] = field(default_factory=dict)
    """Earlier records that verdicts may be measured from, by name."""
    double: DoubleWork | None = None
    instruments: tuple[InstrumentCard, ...] = ()
    audit: list[dict[str, Any]] | None = None
    """What the record keeps of the audit."""


def fingerprint_of(file: ManifestFile, rows: Tables, plugins: Plugins) -> dict[str, Any]:
    """What decides whether an update has anything to do: manifest, evidence seen, livereview, plugins used, and the
    versions of what the manifest requires, where it requires anything.

    ``rows`` are those that the review can see.
    """
    used = used_plugins(file.manifest, plugins, {row["instrument"] for row in rows["appraisals"]})
    found = {
        "manifest": file.sha256,
        "evidence": evidence_hash(rows),
        "livereview": livereview.__version__,
        "plugins": dict(sorted(used.items())),
    }
    required = required_versions(file.manifest.requires)
    return {**found, "requires": required} if required else found


def used_plugins(manifest: Manifest, plugins: Plugins, appraised: Iterable[str]) -> dict[str, str]:
    """Distribution and version of every plugin that the manifest names, by kind and name.

    ``appraised`` are the instruments that the evidence names.
    """
    named: set[tuple[type[Any], str]] = {(DataSource, choice.name) for choice in manifest.sources}
    named |= {(Renderer, choice.name) for choice in manifest.renderers}
    listed = [plugins.find(Renderer, choice.name) for choice in manifest.renderers]
    named |= {(Renderer, name) for found in listed if found is not None for name in found.descriptor.embeds}
    for outcome in manifest.outcomes:
        whole = manifest.outcome(outcome.id)
        choices: list[tuple[type[Any], Choice | None]] = [(EffectMeasure, whole.measure), (EffectModel, whole.model)]
        choices.append((Preset, whole.preset))
        for item in whole.sensitivity or ():
            choices += [(EffectMeasure, item.measure), (EffectModel, item.model), (Preset, item.preset)]
        if whole.stability:
            choices += [(EffectMeasure, choice) for choice in whole.stability.measures]
            choices += [(EffectModel, choice) for choice in whole.stability.models]
        for test in whole.bias.tests if whole.bias else ():
            choices += [(BiasTest, test), (EffectMeasure, test.measure)]
        choices += [(FurtherAnalysis, choice) for choice in whole.analyses or () if choice.name not in SERIES]
        choices += [(Trigger, choice) for choice in whole.triggers or ()]
        named |= {(kind, choice.name) for kind, choice in choices if choice is not None}
    if manifest.summary_of_findings is not None:
        named |= {(CertaintyDomain, choice.name) for choice in manifest.summary_of_findings.asked}
    named |= {(AuditCheck, choice.name) for choice in manifest.audit.asked}
    named |= {(Instrument, name) for name in _instruments(plugins, appraised)}
    found: dict[str, str] = {}
    for kind, name in named:
        registered = plugins.find(kind, name)
        if registered is not None:
            found[f"{kind.kind}/{name}"] = f"{registered.provider.distribution} {registered.provider.version}"
    return found


def _instruments(plugins: Plugins, appraised: Iterable[str]) -> Iterable[str]:
    """Names of the instruments that sheets write so."""
    written = {name.casefold() for name in appraised}
    for name, item in plugins.of(Instrument).items():
        if written & {spelling.casefold() for spelling in item.descriptor.spellings}:
            yield name


def report_of(
    parts: Parts,
    outcomes: Iterable[OutcomeResult],
    row_changes: tuple[RowChange, ...],
    failures: tuple[Failure, ...],
    report_changes: tuple[ReportChange, ...] = (),
) -> Report:
    """The whole report; each study marked as new or changed against the previous update."""
    manifest, scope, rows = parts.file.manifest, parts.scope, parts.rows
    results = tuple(marked(outcome, parts.previous) for outcome in outcomes)
    settled = standing_scores(rows["appraisals"], judged(rows["appraisals"]))
    cards = study_cards(scope, settled, results)
    entered = {card.study_id for card in cards}
    unused = tuple(
        Excluded(study_id=study_id, label=study["label"], reason=_why_unused(study_id, scope, results))
        for study_id, study in scope.studies.items()
        if study_id not in entered
    )
    changes, failed = _changes(parts, results)
    designs = {study_id: str(study.get("design") or "") for study_id, study in scope.studies.items()}
    by_id = {outcome.id: outcome for outcome in results}
    summary, undrafted = summary_of_findings(manifest, parts.plugins, by_id, designs, parts.instruments, parts.previous)
    return Report(
        review=_review_card(manifest),
        provenance=_provenance(parts),
        changes=replace(changes, rows=row_changes, reports=report_changes),
        outcomes=results,
        studies=cards,
        other_reports=other_reports(scope, results),
        excluded=scope.excluded,
        unused=unused,
        ongoing=ongoing_cards(rows["ongoing"], scope),
        failures=(*failures, *failed, *undrafted),
        warnings=_not_settled(parts.double),
        double=parts.double,
        instruments=parts.instruments,
        summary_of_findings=summary,
    )


def _not_settled(double: DoubleWork | None) -> tuple[str, ...]:
    """What must be read first where numbers are missing since people read them differently."""
    if double is None or not double.open:
        return ()
    what = "result is" if double.open == 1 else "results are"
    return (f"{double.open} {what} not pooled, since people read them differently: see Double extraction.",)


def _why_unused(study_id: str, scope: Scope, outcomes: Iterable[OutcomeResult]) -> str:
    """Why an eligible study gave no number to a main analysis, and where else it gave one."""
    if study_id not in scope.results:
        return "no result has been extracted"
    elsewhere = [f"{outcome.title}: {name}" for outcome in outcomes for name in _further_fits_with(study_id, outcome)]
    only = [f"only in {', '.join(elsewhere)}"] if elsewhere else []
    reasons = {item.reason for outcome in outcomes for item in outcome.excluded if item.study_id == study_id}
    if not reasons:
        return "; ".join(only) or "none of its results belongs to an outcome of the review"
    listed = sorted(reasons)
    more = len(listed) - 3
    rest = [f"and {more} more {'reason' if more == 1 else 'reasons'}"] if more > 0 else []
    return "; ".join([*only, *listed[:3], *rest])


def _further_fits_with(study_id: str, outcome: OutcomeResult) -> list[str]:
    """The subgroups and sensitivity analyses of an outcome that hold a study."""
    groups = [
        f"{division.title}, {name}"
        for division in outcome.subgroups
        for name, _, studies in division.groups
        if study_id in studies
    ]
    return [*groups, *(item.title for item in outcome.sensitivity if study_id in item.studies)]


def _review_card(manifest: Manifest) -> ReviewCard:
    review = manifest.review
    filters = [f"Excluded: {item.reason}." for item in manifest.eligibility.filters]
    return ReviewCard(
        id=review.id,
        title=review.title,
        question={key: value for key, value in review.question.model_dump().items() if value},
        registration=review.registration,
        people=tuple((person.name, person.role) for person in manifest.people),
        notes=review.notes,
        eligibility=(*manifest.eligibility.criteria, *filters),
    )


def _provenance(parts: Parts) -> Provenance:
    through = recorded_through(parts.rows)
    sources = [bound(parts.plugins, DataSource, choice).words() for choice in parts.file.manifest.sources]
    return Provenance(
        snapshot=parts.evidence.snapshot,
        batches=len(parts.evidence.batches),
        evidence_hash=parts.fingerprint["evidence"],
        evidence_through="" if through is None else through.isoformat(timespec="seconds"),
        manifest=parts.file.path.name,
        manifest_hash=parts.file.sha256,
        versions=versions(parts.fingerprint),
        requires=parts.file.manifest.requires,
        sources=tuple(sources),
        update=parts.edition.number,
        published_on=parts.edition.recorded_at[:10],
        as_of=parts.edition.as_of,
        published_by=parts.edition.published_by,
    )


def versions(fingerprint: Mapping[str, Any]) -> dict[str, str]:
    """livereview, Python, the libraries that compute, each further distribution whose plugins are used or that the
    manifest requires."""
    found = {"livereview": livereview.__version__, "Python": platform.python_version()}
    found |= {name: _version(name) for name in _LIBRARIES}
    for provider in fingerprint["plugins"].values():
        name, _, number = provider.rpartition(" ")
        found.setdefault(name, number)
    required = fingerprint.get("requires", {})
    told = {compared(name) for name in found} if required else set()
    return {**found, **{name: number for name, number in required.items() if name not in told}}


@cache
def _version(distribution: str) -> str:
    return version(distribution)


def _changes(parts: Parts, outcomes: tuple[OutcomeResult, ...]) -> tuple[Changes, tuple[Failure, ...]]:
    """The comparison with the previous update, without that of the evidence; triggers that failed. A rebuilt report
    that is no update is compared with none."""
    after = {outcome.id: as_json(outcome) for outcome in outcomes}
    if parts.edition.number == 0:
        return Changes(first=False, previous=None), ()
    past = Past(previous=parts.previous, earlier=parts.earlier)
    verdicts, failed = rulings(parts.file.manifest, parts.plugins, past, after)
    if parts.previous is None:
        return Changes(first=True, previous=None, verdicts=verdicts), failed
    before = parts.previous
    now = {"fingerprint": parts.fingerprint, "versions": versions(parts.fingerprint)}
    were = {study["study_id"]: study["label"] for study in before.content["studies"]}
    are = {study.study_id: study.label for outcome in outcomes for study in outcome.studies}
    changes = Changes(
        first=False,
        previous=before.title,
        studies_added=tuple((study_id, label) for study_id, label in sorted(are.items()) if study_id not in were),
        studies_removed=tuple((study_id, label) for study_id, label in sorted(were.items()) if study_id not in are),
        outcomes=outcome_changes(before.outcomes, after),
        other=other_changes(before.content, now),
        verdicts=verdicts,
    )
    return changes, failed


def other_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Changes of the manifest and of versions, in words. Both are contents of records, or at least two keys of them."""
    was, now = before["fingerprint"], after["fingerprint"]
    found = ["The manifest changed."] if was["manifest"] != now["manifest"] else []
    for name in sorted({*before["versions"], *after["versions"]}):
        old, new = before["versions"].get(name), after["versions"].get(name)
        if old != new:
            found.append(f"{name}: {old or 'not used'} became {new or 'not used'}.")
    found += _plugin_changes(was["plugins"], now["plugins"])
    if was == now and not found:
        found.append("Manifest, evidence and versions are the same; a failed section or a file came out otherwise.")
    return tuple(found)


def _plugin_changes(was: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Plugins that are used now, that are no longer, and that somebody else supplies; by distribution."""
    lines: dict[str, list[str]] = {}
    for name in sorted({*was, *now}):
        old, new = was.get(name), now.get(name)
        if old is None or new is None:
            lines.setdefault(f"Now used, of {new}" if new else f"No longer used, of {old}", []).append(name)
        elif old.rpartition(" ")[0] != new.rpartition(" ")[0]:
            lines.setdefault(f"Of {new} in place of {old}", []).append(name)
    return [f"{said}: {', '.join(names)}." for said, names in lines.items()]


def record_of(report: Report, parts: Parts, files: Mapping[str, str]) -> dict[str, Any]:
    """What the record of an update holds, ready for JSON. ``files`` has the SHA-256 of each file of the report."""
    failures = [*report.failures, *(failure for outcome in report.outcomes for failure in outcome.failures)]
    content = {
        "format": FORMAT,
        "review": report.review.id,
        "title": report.review.title,
        "update": parts.edition.number,
        "previous": parts.previous.name if parts.previous else None,
        "recorded_at": parts.edition.recorded_at,
        "fingerprint": dict(parts.fingerprint),
        "manifest": {"file": parts.file.path.name, "text": parts.file.text},
        "snapshot": parts.evidence.snapshot,
        "batches": sorted(batch.id for batch in parts.evidence.batches),
        "versions": dict(report.provenance.versions),
        "studies": [{"study_id": study.study_id, "label": study.label} for study in report.studies],
        "outcomes": results_of(report.outcomes),
        "verdicts": report.changes.verdicts,
        "eligibility": {outcome.id: eligibility_of(parts.file.manifest, outcome.id) for outcome in report.outcomes},
        "drafts": kept_drafts(report.summary_of_findings),
        "failures": failures,
        "audit": parts.audit,
        "flow": kept_versions(report.flow),
        "files": dict(sorted(files.items())),
    }
    return dict(as_json(content))


def results_of(outcomes: Iterable[OutcomeResult]) -> list[Any]:
    """Outcomes as a record keeps them: without the marks that depend on what went before, without the points of
    plots, which the report has as files, and without what only decides how a figure looks."""
    kept = [as_json(_kept(outcome)) for outcome in outcomes]
    return [{name: value for name, value in outcome.items() if name != "forest"} for outcome in kept]


def _kept(outcome: OutcomeResult) -> OutcomeResult:
    studies = tuple(replace(study, change="") for study in outcome.studies)
    further = tuple(replace(item, plots=(), funnel=()) for item in outcome.further)
    return replace(outcome, studies=studies, further=further)
