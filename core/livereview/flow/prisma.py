"""The items that PRISMA-LSR adds for living reviews, answered from what the review has recorded; the rest stay open.

Items are numbered as in the extension (Akl 2024, BMJ 387:e079183, doi:10.1136/bmj-2024-079183) and named in words of
our own. An answer states what is recorded; whether that is enough is for the team and its readers to judge.
"""

from __future__ import annotations

import re

from livereview.living import Flow, Freshness, ReportingItem
from livereview.printing import counted, every
from livereview.report import Report

_LIVING = re.compile(
    r"\bliving (\w+ )*?(review|overview|(meta|network meta)-analysis|evidence synthesis)", re.IGNORECASE
)


def reporting_items(report: Report) -> tuple[ReportingItem, ...]:
    """Every item in the order of the checklist. ``report`` has its freshness and its flow."""
    fresh, flow = report.freshness, report.flow
    assert fresh is not None
    assert flow is not None
    return (
        _item("1", "Called living in the title", "The title says so" if _LIVING.search(report.review.title) else ""),
        _item("1", "Number of this version", f"Update {report.provenance.update} of {fresh.published_on}"),
        _item("2", "Leaving the living mode, said in the abstract", ""),
        _item("3", "Why the review is kept living", fresh.rationale),
        _item("3", "The version before this one, cited", _version_before(report), "changes"),
        _item("4", "Changes of the question since then, with reasons", ""),
        _item("L1", "When each source is searched", _search_schedule(fresh)),
        _item("L1", "When the other steps are done", _schedule(fresh)),
        _item("L1", "When the review is to leave the living mode", fresh.retirement),
        _item("9", "How data of studies included earlier are brought up to date", _corrections(report), "changes"),
        _item(
            "11", "How appraisals of studies included earlier are brought up to date", _appraisals(report), "changes"
        ),
        _item("13", "Methods of synthesis that the living mode asks for", ""),
        _item("L2", "Changes of methods since the version before", _method_changes(report), "changes"),
        _item("16", "What brought this version about", _occasion(report), "changes"),
        _item("16", "Search and selection of the first, the previous and this version", _selection(flow), "flow"),
        _item("L3", "Changes of results since the version before", _result_changes(report), "changes"),
        _item("23", "Limits of the review that come from the living mode", ""),
        _item("23", "Changes of the conclusions since the version before", ""),
        _item("L4", "Authors, their roles, and changes of them", _people(report), "question"),
    )


def _item(number: str, item: str, answer: str, section: str = "") -> ReportingItem:
    return ReportingItem(number=number, item=item, answer=answer, section=section if answer else "")


def _version_before(report: Report) -> str:
    if report.changes.first:
        return "This is the first version"
    return f"Compared with {report.changes.previous}"


def _search_schedule(fresh: Freshness) -> str:
    if fresh.search_every_months is None or fresh.status != "active":
        return ""
    named = ", ".join(source.name for source in fresh.sources if source.scheduled)
    return f"{every(fresh.search_every_months).capitalize()}: {named}" if named else ""


def _schedule(fresh: Freshness) -> str:
    if fresh.status != "active":
        return f"{fresh.status.capitalize()} since {fresh.since}: {fresh.reason}"
    if fresh.every_months is None:
        return f"Next update due {fresh.due_on}" if fresh.due_on else ""
    return f"An update {every(fresh.every_months)}; the next is due {fresh.due_on}"


def _corrections(report: Report) -> str:
    """What happened to rows that the version before had; appraisals are told apart."""
    rows = [row for row in report.changes.rows if row.change != "added" and row.table in ("studies", "results")]
    if report.changes.first:
        return ""
    corrected = sum(row.change == "corrected" for row in rows)
    return (
        "A correction is a later row, and the earlier one is kept; in this version "
        f"{counted(corrected, 'row')} of studies and results corrected, {len(rows) - corrected} withdrawn"
    )


def _appraisals(report: Report) -> str:
    if report.changes.first:
        return ""
    rows = [row for row in report.changes.rows if row.table == "appraisals"]
    counts = {kind: sum(row.change == kind for row in rows) for kind in ("added", "corrected", "withdrawn")}
    told = ", ".join(f"{number} {kind}" for kind, number in counts.items())
    return f"Each judgement is a row of its own, and an earlier one is kept; in this version {told}"


def _method_changes(report: Report) -> str:
    changes = report.changes
    if changes.first:
        return "This is the first version"
    outcomes = [change.title for change in changes.outcomes if change.definition_changed]
    told = [*changes.other, *([f"Choices changed at: {', '.join(outcomes)}."] if outcomes else [])]
    return " ".join(told).rstrip(".") or "None: manifest and versions of programs are the same"


def _occasion(report: Report) -> str:
    changes = report.changes
    if changes.first:
        return "This is the first version"
    added = {row.study_id for row in changes.rows if row.change == "added" and row.table == "studies"}
    told = [f"{counted(len(changes.rows), 'row')} of evidence changed"] if changes.rows else []
    told += [f"{counted(len(added), 'study', 'studies')} new to the store"] if added else []
    told += [text.rstrip(".") for text in changes.other]
    return "; ".join(told)


def _selection(flow: Flow) -> str:
    studies = counted(len(flow.this.studies), "study", "studies")
    if flow.this.databases is None:
        return f"{studies}; no search is recorded, so the way of records cannot be shown"
    return f"{counted(len(flow.searches), 'search', 'searches')}, {studies}"


def _result_changes(report: Report) -> str:
    if report.changes.first:
        return "This is the first version"
    return f"Every outcome before and after, beside {report.changes.previous}"


def _people(report: Report) -> str:
    """Names and roles as the manifest has them; it keeps no earlier ones."""
    return "; ".join(f"{name} ({role})" if role else name for name, role in report.review.people)
