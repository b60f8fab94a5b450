"""The summary of findings of a report: its rows in the order of the manifest, footnotes numbered across the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from livereview.absolute.measures import counts_people
from livereview.bound import bound
from livereview.certainty import CertaintyDomain
from livereview.grading.drafting import Weighed, drafted, has_number
from livereview.grading.effects import absolute_effects
from livereview.grading.sentences import sentence
from livereview.history import Record
from livereview.manifest.models import FindingsRow, Manifest
from livereview.people import InstrumentCard
from livereview.plugins import Plugins
from livereview.rated import EarlierCertainty, Finding, SummaryOfFindings
from livereview.report import Failure, OutcomeResult

REFERENCES = (
    "Guyatt et al. 2013 (GRADE 12), J Clin Epidemiol 66:158, doi:10.1016/j.jclinepi.2012.01.012",
    "Santesso et al. 2020 (GRADE 26), J Clin Epidemiol 119:126, doi:10.1016/j.jclinepi.2019.10.014",
)


def summary_of_findings(
    manifest: Manifest,
    plugins: Plugins,
    outcomes: Mapping[str, OutcomeResult],
    designs: Mapping[str, str],
    instruments: tuple[InstrumentCard, ...],
    previous: Record | None,
) -> tuple[SummaryOfFindings | None, tuple[Failure, ...]]:
    """The table, and the domains that failed; None where the manifest asks for none.

    ``designs``: the design of each study by id. A row whose outcome is not among ``outcomes`` is left out.
    """
    part = manifest.summary_of_findings
    if part is None:
        return None, ()
    domains = [bound(plugins, CertaintyDomain, choice) for choice in part.asked]
    weighed = Weighed(designs=designs, instruments=instruments, domains=domains, part=part)
    failures: list[Failure] = []
    rows = [row for row in part.outcomes if row.outcome in outcomes]
    findings = [_finding(outcomes[row.outcome], row, weighed, previous, failures) for row in rows]
    footnotes: dict[str, int] = {}
    numbered = [_numbered(finding, footnotes) for finding in findings]
    return SummaryOfFindings(
        title=part.title or manifest.review.title,
        findings=tuple(numbered),
        footnotes=tuple(footnotes),
        domains=tuple(domain.words() for domain in domains),
        references=tuple(dict.fromkeys((*REFERENCES, *(text for item in domains for text in item.plugin.references)))),
    ), tuple(dict.fromkeys(failures))


def _finding(
    outcome: OutcomeResult, row: FindingsRow, weighed: Weighed, previous: Record | None, failures: list[Failure]
) -> Finding:
    effects, refused = absolute_effects(outcome, row) if has_number(outcome) else ((), "")
    important = important_of(outcome, row)
    finding = Finding(
        outcome_id=outcome.id,
        title=row.title or outcome.title,
        absolute=effects,
        no_absolute=refused,
        event=row.event,
        event_is=row.event_is,
        time=row.time,
        per=row.per,
        important=important,
        in_people=counts_people(outcome.measure, outcome.display),
        certainty=outcome.certainty,
        draft=drafted(outcome, weighed, failures, effects[0] if effects else None, important, row.per),
        previous=earlier_certainty(previous, outcome.id),
    )
    return replace(finding, sentence=sentence(outcome, finding))


def important_of(outcome: OutcomeResult, row: FindingsRow) -> float | None:
    """The important difference as a difference of risks (0-1) where the row counts people, else as stated."""
    if row.important is None:
        return None
    return row.important / row.per if counts_people(outcome.measure, outcome.display) else row.important


def _numbered(finding: Finding, footnotes: dict[str, int]) -> Finding:
    """The finding with the numbers of its footnotes; new ones are added. Signed reasons go before drafted ones."""
    signed = finding.certainty.reasons if finding.certainty else ()
    reasons = signed or (finding.draft.reasons if finding.draft else ())
    return replace(finding, footnotes=tuple(footnotes.setdefault(text, len(footnotes) + 1) for text in reasons))


def earlier_certainty(previous: Record | None, outcome_id: str) -> EarlierCertainty | None:
    """The certainty of an outcome in a record: as signed then, else as drafted; None where it has neither."""
    if previous is None:
        return None
    signed: Mapping[str, Any] | None = (previous.outcomes.get(outcome_id) or {}).get("certainty")
    if signed is not None:
        return EarlierCertainty(level=signed["level"], signed=True, update=previous.title)
    draft = previous.content.get("drafts", {}).get(outcome_id)
    if draft is None or draft["level"] is None:
        return None
    return EarlierCertainty(level=draft["level"], signed=False, update=previous.title)


def kept_drafts(summary: SummaryOfFindings | None) -> dict[str, Any]:
    """The drafts as a record keeps them, by outcome id."""
    found = summary.findings if summary is not None else ()
    return {finding.outcome_id: finding.draft for finding in found if finding.draft is not None}
