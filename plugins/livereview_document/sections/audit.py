"""The audit: what a person should look at first, what somebody looked at already, and which checks looked.

What is open stands in full, worst first; notes are folded. Of everything the place is named, down to sheet and row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from livereview import SEVERITIES, AuditChange, AuditedFinding, AuditPlace, AuditResult, Table
from livereview.printing import analysed, counted
from livereview_document.blocks import Block, bullets, folded, heading, long, paragraph, stated, table
from livereview_document.index import Index
from livereview_document.words import BREAK, Words, fill, inner_link, joined, prose, strong, text

PLACE = "audit"
#: Rows that a list may have before it is folded: errors and warnings are to be seen.
LONG = 40
#: Outcomes that rest on one place and are named.
MANY = 3


def audit_line(result: AuditResult | None) -> list[Block]:
    """One line for page one, which leads to the section."""
    if result is None:
        return []
    worst = [counted(result.count(name), name) for name in SEVERITIES[:2] if result.count(name)]
    notes = result.count("note")
    best = f"no error or warning open ({counted(notes, 'note')})" if notes else "nothing open"
    told = f"{', '.join(worst)} open" if worst else best
    return [stated("**Audit:** {}", inner_link(told, PLACE))]


def audit_section(result: AuditResult | None, at: Index) -> list[Block]:
    """The whole section; nothing where nothing was audited."""
    if result is None:
        return []
    blocks = [heading(2, "Audit", PLACE), paragraph(_about(result))]
    if not result.checks:
        return blocks
    if result.findings:
        blocks.append(_counts(result))
    worse = [item for item in result.open if item.severity != "note"]
    notes = [item for item in result.open if item.severity == "note"]
    blocks += _findings("Errors and warnings", worse, at)
    if notes:
        blocks.append(folded(f"All {counted(len(notes), 'note')}", [_table(notes, at)]))
    for one in result.tables:
        blocks += _further(one, at)
    acknowledged = [item for item in result.findings if item.acknowledged]
    if acknowledged:
        blocks += [heading(3, "Looked at and left as it is"), _acknowledged(acknowledged, at)]
    return blocks


def _about(result: AuditResult) -> str:
    if not result.checks:
        return "No check ran: see the failed sections."
    titles = [title[:1].lower() + title[1:] for _, title in result.checks]
    checks = counted(len(titles), "check")
    return (
        f"Numbers and choices were held against each other by {checks} ({', '.join(titles)}), on "
        f"{counted(result.cells, 'cell')} of the evidence. A finding is a question to a person: no number was changed "
        "or left out because of one."
    )


def _counts(result: AuditResult) -> Block:
    """How many findings each check has, by severity."""
    titles = dict(result.checks)
    names = list(dict.fromkeys((*titles, *(item.check for item in result.findings))))
    rows = []
    for name in names:
        own = [item for item in result.findings if item.check == name]
        if not own:
            continue
        still = [item for item in own if not item.acknowledged]
        numbers = [sum(item.severity == severity for item in still) for severity in SEVERITIES]
        rows.append((titles.get(name, name.capitalize()), *numbers, len(own) - len(still)))
    heads = ("Check", *(f"{name.capitalize()}s" for name in SEVERITIES), "Acknowledged")
    return table(heads, rows, right=(1, 2, 3, 4))


def _findings(title: str, items: Sequence[AuditedFinding], at: Index) -> list[Block]:
    if not items:
        return []
    shown = long(f"All {len(items)} findings", _table(items, at), len(items), max(at.fold_above, LONG))
    return [heading(3, title), shown]


def _table(items: Sequence[AuditedFinding], at: Index) -> Block:
    rows = [(item.rank, _kind(item), _where(item, at), prose(item.finding.message), _remedy(item)) for item in items]
    return table(("#", "Finding", "Where", "What was found", "What to do"), rows, right=(0,), role="audit")


def _kind(item: AuditedFinding) -> Words:
    """Severity and what it is."""
    said = text(item.severity.capitalize()) if item.severity == "note" else strong(item.severity.capitalize())
    return joined([said, item.title], ": ")


def _where(item: AuditedFinding, at: Index) -> Words:
    """Study, outcomes, row and sheet; then the other places."""
    lines = [_place(item.finding.place, at)]
    outcomes = [name for name in item.outcomes if name != item.finding.place.outcome_id]
    if outcomes:
        lines.append(_pooled_in(outcomes, at))
    lines += [fill("also {}", _place(place, at)) for place in item.finding.also]
    return joined(lines, BREAK)


def _pooled_in(outcomes: Sequence[str], at: Index) -> Words:
    """The outcomes that rest on a place; of many the first."""
    named = joined([at.outcome(name) for name in outcomes[:MANY]])
    more = len(outcomes) - MANY
    return (
        fill("pooled in {} and {}", named, counted(more, "more outcome")) if more > 0 else fill("pooled in {}", named)
    )


def _place(place: AuditPlace, at: Index) -> Words:
    """A place: study and outcome as links, the rest in words, the sheet and its row."""
    known = place.study_id in at.labels
    study = [_study(place, at)] if known else []
    label = at.labels.get(place.study_id, "")
    words = place.words.removeprefix(label).removeprefix("; ") if known else place.words
    title = at.outcomes.get(place.outcome_id)
    outcome = [at.outcome(place.outcome_id)] if title is not None else []
    if title is not None:
        words = words.removesuffix(title).removesuffix("; ")
    parts = [*study, *([prose(words)] if words else []), *outcome]
    parts += [prose(place.origin)] if place.origin and place.origin not in place.words else []
    return joined(parts, "; ")


def _study(place: AuditPlace, at: Index) -> Words:
    return at.member(place.outcome_id, place.study_id) if place.outcome_id else at.study(place.study_id)


def _remedy(item: AuditedFinding) -> Words:
    """What to do, and what would fit."""
    remedy = prose(item.finding.remedy)
    if not item.finding.suggestion:
        return remedy
    fitting = ", ".join(f"{name} {value}" for name, value in item.finding.suggestion.items())
    return fill("{} It would fit: {}.", remedy, prose(fitting))


def _further(one: Table, at: Index) -> list[Block]:
    """What a check lists beside its findings."""
    right = [i for i, column in enumerate(one.columns) if column.kind != "text"]
    rows = [
        [prose(analysed(cell, column.kind, "difference", "")) for cell, column in zip(row, one.columns, strict=True)]
        for row in one.rows
    ]
    block = table([column.name for column in one.columns], rows, right=right)
    shown = [long(f"All {len(rows)} rows", block, len(rows), max(at.fold_above, LONG))] if rows else []
    return [heading(3, one.title), *shown, *([bullets(one.notes)] if one.notes else [])]


def _acknowledged(items: Iterable[AuditedFinding], at: Index) -> Block:
    rows = [
        (_kind(item), _where(item, at), prose(item.finding.message), prose(item.acknowledged),
         prose(item.acknowledged_by or "not named"))
        for item in items
    ]  # fmt: skip
    block = table(("Finding", "Where", "What was found", "Why it is left", "Who looked"), rows)
    return long(f"All {len(rows)} acknowledged", block, len(rows), at.fold_above)


def audit_changes(changes: Sequence[AuditChange]) -> list[Block]:
    """What came and went since the previous update: a line for each of the two, the findings named."""
    lines = []
    for word in ("new", "settled"):
        found = [item for item in changes if item.change == word]
        if found:
            listed = joined([fill("{} ({}, {})", item.title, item.severity, prose(item.where)) for item in found], "; ")
            lines.append(fill("**Audit, {}:** {}: {}", word, counted(len(found), "finding"), listed))
    return [bullets(lines)] if lines else []
