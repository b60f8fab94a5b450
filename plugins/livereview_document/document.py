"""The page from top to bottom: the order of its sections."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from livereview import OutcomeResult, Provenance, RenderRequest, Report
from livereview.printing import counted
from livereview_document.blocks import Block, Document, Paragraph, heading, paragraph, quote, stated
from livereview_document.index import Index, index
from livereview_document.sections.audit import audit_line, audit_section
from livereview_document.sections.awaiting import awaiting_section, awaits
from livereview_document.sections.changes import changes_section
from livereview_document.sections.double import double_section
from livereview_document.sections.excluded import excluded_section
from livereview_document.sections.findings import PLACE, findings_section
from livereview_document.sections.flow import flow_section
from livereview_document.sections.freshness import freshness_lines
from livereview_document.sections.methods import methods_section
from livereview_document.sections.ongoing import ongoing_section
from livereview_document.sections.outcome import failure_line, outcome_section
from livereview_document.sections.provenance import provenance_section
from livereview_document.sections.published import published_section
from livereview_document.sections.question import question_section
from livereview_document.sections.references import references_section, retracted_in_use
from livereview_document.sections.replication import replication_section
from livereview_document.sections.reporting import reporting_section
from livereview_document.sections.studies import included_section
from livereview_document.sections.summary import summary_section
from livereview_document.sections.verdicts import retraction_lines
from livereview_document.words import Words, clean, code, fill, inner_link, joined, prose, strong, text


def document(request: RenderRequest, characteristics: Sequence[str] = (), fold_above: int = 12) -> Document:
    """The whole report in blocks.

    ``characteristics`` are the columns of the table of included studies, in order; empty = a sensible choice. Tables
    and lists with more rows than ``fold_above`` are folded; the tables of studies never are.
    """
    report = request.report
    at = index(request, tuple(characteristics), fold_above, parts(report))
    return Document(
        title=clean(report.review.title),
        blocks=(
            heading(1, report.review.title),
            *status_lines(report),
            *contents(report),
            *alarms(report, at),
            *changes_section(report, at),
            *question_section(report.review, at),
            *findings_section(report),
            *summary_section(report.outcomes, at),
            *outcomes_section(report.outcomes, at),
            *published_section(report, at),
            *replication_section(report.replication, at),
            *flow_section(report.flow, at),
            *awaiting_section(report, at),
            *included_section(report, at),
            *double_section(report.double, at),
            *audit_section(report.audit, at),
            *excluded_section(report, at),
            *ongoing_section(report.ongoing, at),
            *references_section(report, at),
            *methods_section(report, at),
            *reporting_section(report.reporting, at),
            *provenance_section(report.provenance),
        ),
    )


def status_lines(report: Report) -> list[Block]:
    """One line: which update, from which evidence, how much of it; then how fresh it is, and the review's id."""
    made = report.provenance
    answered = sum(outcome.pooled.k > 0 for outcome in report.outcomes)
    number = len(report.outcomes)
    outcomes = counted(number, "outcome") + ("" if answered == number else f" ({answered} with a result)")
    parts = [
        strong(f"Update {made.update}") if made.update else strong("Rebuilt report, no update of the review"),
        *([text(f"evidence as recorded by {made.as_of}")] if made.as_of else []),
        *([text(f"evidence as published by {made.published_by}")] if made.published_by else []),
        text(f"evidence through {evidence_date(made)}"),
        fill("snapshot {}", code(made.snapshot[:12])),
        text(counted(len(report.studies), "study", "studies")),
        text(outcomes),
    ]
    freshness = freshness_lines(report.freshness)
    audit = audit_line(report.audit)
    return [paragraph(joined(parts, " · ")), *freshness, *audit, stated("Review: {}", code(report.review.id))]


def evidence_date(made: Provenance) -> str:
    """The day up to which evidence was recorded."""
    day = re.match(r"\d{4}-\d{2}-\d{2}(?=T|\s|$)", made.evidence_through)
    return day[0] if day else made.evidence_through or "(no evidence)"


#: The parts of a document by name, in their order. A name is the place of the part's heading.
NAMES = {
    "changes": "What changed", "question": "Question", PLACE: "Summary of findings", "summary": "Summary of results",
    "outcomes": "Outcomes", "published": "As published",
    "replication": "Replication", "flow": "Where the studies came from",
    "awaiting": "Waiting for a person",
    "studies": "Included studies", "double": "Double extraction", "audit": "Audit", "excluded": "Excluded studies",
    "ongoing": "Ongoing trials", "references": "References", "methods": "Methods",
    "reporting": "Reporting items", "provenance": "Provenance",
}  # fmt: skip


def parts(report: Report) -> list[str]:
    """Names of the parts that a report has."""
    optional = {
        "published": report.published, "replication": report.replication and report.replication.lines,
        "flow": report.flow, "awaiting": awaits(report), "double": report.double,
        "ongoing": report.ongoing, "reporting": report.reporting, PLACE: report.summary_of_findings,
        "audit": report.audit is not None,
    }  # fmt: skip
    return [name for name in NAMES if optional.get(name, True)]


def contents(report: Report) -> list[Block]:
    """Links to the parts of the page, in a paragraph of their own: a format that has them elsewhere leaves it out."""
    return [Paragraph(joined([inner_link(NAMES[name], name) for name in parts(report)], " · "), role="contents")]


def alarms(report: Report, at: Index) -> list[Block]:
    """What must be read before anything else: failed sections, retracted reports in use or left out, warnings."""
    lines: list[Words] = [failure_line(failure) for failure in report.failures]
    failed: dict[str, list[Words]] = {}
    for outcome in report.outcomes:
        for failure in outcome.failures:
            failed.setdefault(failure.section, []).append(at.outcome(outcome.id))
    lines += [fill("**Failed:** {} at {}.", section, joined(where)) for section, where in failed.items()]
    lines += retracted_in_use(report, at)
    lines += retraction_lines(report, at)
    lines += [fill("**Warning:** {}", prose(warning)) for warning in report.warnings]
    return [quote(lines)] if lines else []


def outcomes_section(outcomes: Iterable[OutcomeResult], at: Index) -> list[Block]:
    """One section per outcome."""
    blocks = [heading(2, "Outcomes", "outcomes")]
    for outcome in outcomes:
        blocks += outcome_section(outcome, at)
    return blocks
