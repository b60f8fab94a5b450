"""The page from top to bottom: the order of its sections."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from livereview import OutcomeResult, Provenance, RenderRequest, Report
from livereview.printing import counted
from livereview_markdown.awaiting import awaiting_section, awaits
from livereview_markdown.blocks import heading, page, paragraph, quote, strong
from livereview_markdown.changes import changes_section
from livereview_markdown.double import double_section
from livereview_markdown.escape import Markdown, code, fill, joined, text
from livereview_markdown.flow import flow_section
from livereview_markdown.freshness import freshness_lines
from livereview_markdown.index import Index, index
from livereview_markdown.methods import methods_section
from livereview_markdown.ongoing import ongoing_section
from livereview_markdown.outcome import failure_line, outcome_section
from livereview_markdown.provenance import provenance_section
from livereview_markdown.published import published_section
from livereview_markdown.question import question_section
from livereview_markdown.references import references_section, retracted_in_use
from livereview_markdown.reporting import reporting_section
from livereview_markdown.studies import excluded_section, included_section
from livereview_markdown.summary import summary_section
from livereview_markdown.verdicts import retraction_lines


def document(request: RenderRequest, options: Any) -> str:
    """The whole page as text."""
    report = request.report
    at = index(request, tuple(options.characteristics), options.fold_above)
    return page(
        [
            heading(1, report.review.title),
            *status_lines(report),
            *contents(report),
            *alarms(report, at),
            *changes_section(report, at),
            *question_section(report.review, at),
            *summary_section(report.outcomes, at),
            *outcomes_section(report.outcomes, at),
            *published_section(report, at),
            *flow_section(report.flow, at),
            *awaiting_section(report, at),
            *included_section(report, at),
            *double_section(report.double, at),
            *excluded_section(report, at),
            *ongoing_section(report.ongoing, at),
            *references_section(report, at),
            *methods_section(report, at),
            *reporting_section(report.reporting),
            *provenance_section(report.provenance),
        ]
    )


def status_lines(report: Report) -> list[Markdown]:
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
    return [joined(parts, " · "), *freshness_lines(report.freshness), fill("Review: {}", code(report.review.id))]


def evidence_date(made: Provenance) -> str:
    """The day up to which evidence was recorded."""
    day = re.match(r"\d{4}-\d{2}-\d{2}(?=T|\s|$)", made.evidence_through)
    return day[0] if day else made.evidence_through or "(no evidence)"


def contents(report: Report) -> list[Markdown]:
    """Links to the parts of the page."""
    parts = ["changes", "question", "summary", "outcomes", *(["published"] if report.published else [])]
    parts += ["flow"] if report.flow else []
    parts += ["awaiting"] if awaits(report) else []
    parts += ["studies"]
    parts += [*(["double"] if report.double else []), "excluded"]
    parts += ["ongoing"] if report.ongoing else []
    parts += ["references", "methods", *(["reporting"] if report.reporting else []), "provenance"]
    names = {
        "changes": "What changed", "question": "Question", "summary": "Summary of results", "outcomes": "Outcomes",
        "studies": "Included studies", "double": "Double extraction", "excluded": "Excluded studies",
        "ongoing": "Ongoing trials", "references": "References", "methods": "Methods", "provenance": "Provenance",
        "flow": "Where the studies came from", "reporting": "Reporting items",
        "awaiting": "Waiting for a person", "published": "As published",
    }  # fmt: skip
    links = [Markdown(f"[{names[part]}](#{part})") for part in parts]
    return [joined(links, " · ")]


def alarms(report: Report, at: Index) -> list[Markdown]:
    """What must be read before anything else: failed sections, retracted reports in use or left out, warnings."""
    lines: list[Markdown] = [failure_line(failure) for failure in report.failures]
    failed: dict[str, list[Markdown]] = {}
    for outcome in report.outcomes:
        for failure in outcome.failures:
            failed.setdefault(failure.section, []).append(at.outcome(outcome.id))
    lines += [fill("**Failed:** {} at {}.", section, joined(where)) for section, where in failed.items()]
    lines += retracted_in_use(report, at)
    lines += retraction_lines(report, at)
    lines += [fill("**Warning:** {}", paragraph(warning)) for warning in report.warnings]
    return [quote(lines)] if lines else []


def outcomes_section(outcomes: Iterable[OutcomeResult], at: Index) -> list[Markdown]:
    """One section per outcome."""
    blocks = [heading(2, "Outcomes", "outcomes")]
    for outcome in outcomes:
        blocks += outcome_section(outcome, at)
    return blocks
