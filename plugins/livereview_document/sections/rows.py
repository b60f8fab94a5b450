"""The studies of an outcome, each number with the way back to the paper; and what was set aside."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from livereview import Excluded, OutcomeResult, SourceRow, StudyResult
from livereview.printing import interval, plain, weight
from livereview_document.blocks import Block, bullets, folded, heading, long, paragraph, stated, table
from livereview_document.cells import estimate_header, unit
from livereview_document.index import Index
from livereview_document.recorded import data_cells, data_headers
from livereview_document.words import CELL_LIMIT, MISSING, Words, code, fill, joined, prose, strong, text

#: Statuses that are pooled only where a manifest asks for them.
WEAK = ("reconstructed", "unverified")


def rows_part(outcome: OutcomeResult, at: Index) -> list[Block]:
    """The table of studies, notes on their numbers, and every row behind them."""
    if not outcome.studies:
        return []
    marks = any(study.change for study in outcome.studies)
    timed = all(_months(study) for study in outcome.studies)
    given = (*(("Months",) if timed else ()), *data_headers(outcome))
    headers = ("Study", *given, estimate_header(outcome), "Weight", "Status", "Source")
    first = 2 + len(given)
    cells = [_study(study, outcome, at, marks, timed) for study in outcome.studies]
    blocks = [heading(4, "Studies"), table((*headers, "Change") if marks else headers, cells, right=(first,))]
    notes = _notes(outcome.studies, at)
    if notes:
        listed = [paragraph("Notes on these numbers:"), bullets(notes)]
        title = f"Notes on these numbers ({len(notes)})"
        blocks += [folded(title, [listed[1]])] if len(notes) > at.fold_above else listed
    rows = [row for study in outcome.studies for row in study.rows]
    return [*blocks, folded(f"Every result row behind these numbers ({len(rows)})", [_trace(outcome.studies, at)])]


def _months(study: StudyResult) -> str:
    """The timepoints of a study's rows; empty where a row states none."""
    stated = [row.timepoint_months for row in study.rows]
    return ", ".join(dict.fromkeys(plain(value) for value in stated)) if stated and None not in stated else ""


def _study(study: StudyResult, outcome: OutcomeResult, at: Index, marks: bool, timed: bool) -> tuple[object, ...]:
    usable = not math.isnan(study.shown.estimate)
    cells = (
        at.study(study.study_id, study.label),
        *((_months(study),) if timed else ()),
        *data_cells(study.data, outcome),
        interval(study.shown, outcome.display) + unit(outcome) if usable else f"{MISSING} (no estimate: see the notes)",
        weight(study.weight) if usable else MISSING,
        statuses(study.rows),
        sources(study.rows, at),
    )
    return (*cells, strong(study.change) if study.change else "") if marks else cells


def statuses(rows: Iterable[SourceRow]) -> Words:
    """The statuses of the rows used; those that need the manifest's leave are set bold."""
    names = dict.fromkeys(row.status for row in rows)
    return joined([strong(name) if name in WEAK else text(name) for name in names]) if names else text(None)


def sources(rows: Iterable[SourceRow], at: Index) -> Words:
    """Each report used, once, with the places in it."""
    reports: dict[str, list[SourceRow]] = {}
    for row in rows:
        reports.setdefault(row.report_id, []).append(row)
    if not reports:
        return fill("**no source row recorded**")
    return joined([at.source(group) for group in reports.values()], "; ")


def _notes(studies: Iterable[StudyResult], at: Index) -> list[Words]:
    """What was done to the numbers, and notes of their rows; a note that several studies share stands once."""
    shared: dict[tuple[str, str], list[Words]] = {}
    for study in studies:
        found = [("", note) for note in study.notes]
        found += [(f", {row.status} row", row.note) for row in study.rows if row.note]
        if not found and math.isnan(study.shown.estimate):
            found = [("", "no estimate; no reason was recorded")]
        for key in dict.fromkeys(found):
            shared.setdefault(key, []).append(at.study(study.study_id, study.label))
    return [
        fill("{}{}{}: {}", joined(names), kind, "s" if kind and len(names) > 1 else "", prose(note))
        for (kind, note), names in shared.items()
    ]


def _trace(studies: Iterable[StudyResult], at: Index) -> Block:
    what = ("Study", "Arm", "Against", "Outcome", "Months", "Population", "Status")
    listed = list(studies)
    signed = any(row.extractor for study in listed for row in study.rows)
    headers = (*what, "Report", "Place", *(("Read by",) if signed else ()), "Typed into", "Row")
    cells = [
        (
            at.study(study.study_id, study.label),
            row.arm,
            row.comparator,
            row.outcome,
            plain(row.timepoint_months),
            row.population or None,
            row.status,
            at.reference(row),
            row.locator or None,
            *((_reader(row),) if signed else ()),
            row.origin or None,
            code(row.row_id[:12]),
        )
        for study in listed
        for row in study.rows
    ]
    return table(headers, cells, right=(4,))


def _reader(row: SourceRow) -> str:
    return (row.extractor or "the team") + (", adjudicating" if row.adjudicates else "")


def aside_part(outcome: OutcomeResult, at: Index) -> list[Block]:
    """Studies and rows set aside at this outcome, with reasons."""
    if not outcome.excluded:
        return []
    cells = [
        (at.study(item.study_id, item.label), text(item.reason, CELL_LIMIT), text(item.detail, CELL_LIMIT))
        for item in outcome.excluded
    ]
    block = table(("Study", "Reason", "Row set aside"), cells)
    title = f"Studies and rows set aside ({len(cells)})"
    blocks = [heading(4, "Set aside at this outcome")]
    if len(cells) > at.fold_above:
        blocks.append(_tally(outcome.excluded))
    return [*blocks, long(title, block, len(cells), at.fold_above)]


def _tally(items: Iterable[Excluded]) -> Block:
    """Number of rows by reason; a reason goes up to its colon, after which it names one row."""
    reasons = Counter(item.reason.partition(":")[0] for item in items)
    return stated("By reason: {}.", joined([f"{reason} ({number})" for reason, number in reasons.most_common()], "; "))
