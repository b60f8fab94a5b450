"""The studies of an outcome, each number with the way back to the paper; and what was set aside."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from livereview import Excluded, OutcomeResult, SourceRow, StudyResult
from livereview.anchors import anchor
from livereview.printing import MINUS, interval, known, plain, weight
from livereview_document.blocks import Block, bullets, folded, heading, long, paragraph, stated, table
from livereview_document.cells import estimate_header, unit
from livereview_document.index import Index, flag
from livereview_document.recorded import data_cells, data_headers
from livereview_document.words import (
    CELL_LIMIT,
    MISSING,
    Words,
    code,
    doi_link,
    fill,
    joined,
    place,
    prose,
    strong,
    text,
)

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
    keys = [_keys(study, cell, first) for study, cell in zip(outcome.studies, cells, strict=True)]
    heads = (*headers, "Change") if marks else headers
    blocks = [
        heading(4, "Studies", anchor("studies", outcome.id)),
        table(heads, cells, right=(first,), role="studies", keys=keys),
    ]
    notes = _notes(outcome.studies, at)
    if notes:
        told = [paragraph("Notes on these numbers:"), bullets(notes)]
        title = f"Notes on these numbers ({len(notes)})"
        blocks += [folded(title, [told[1]])] if len(notes) > at.fold_above else told
    rows = [row for study in outcome.studies for row in study.rows]
    return [*blocks, folded(f"Every result row behind these numbers ({len(rows)})", [_trace(outcome, at)])]


def _months(study: StudyResult) -> str:
    """The timepoints of a study's rows; empty where a row states none."""
    stated = [row.timepoint_months for row in study.rows]
    return ", ".join(dict.fromkeys(plain(value) for value in stated)) if stated and None not in stated else ""


def _study(study: StudyResult, outcome: OutcomeResult, at: Index, marks: bool, timed: bool) -> tuple[object, ...]:
    usable = not math.isnan(study.shown.estimate)
    shown = f"{MISSING} (no estimate: see the notes)"
    if usable:
        shown = interval(study.shown, outcome.display) + unit(outcome)
    cells = (
        at.study(study.study_id, study.label),
        *((_months(study),) if timed else ()),
        *data_cells(study.data, outcome),
        at.number(outcome.id, study.study_id, shown),
        weight(study.weight) if usable else MISSING,
        statuses(study.rows),
        sources(study.rows, at),
    )
    return (*cells, strong(study.change) if study.change else "") if marks else cells


def _keys(study: StudyResult, cells: Sequence[object], first: int) -> list[object]:
    """What the cells of a study are sorted by: ``first`` is the column of its weight, which its estimate stands
    before; arms are sorted by their first number, everything else as it reads."""
    keys: list[object] = [text(cell).plain for cell in cells]
    keys[first - 1], keys[first] = _sortable(study.shown.estimate), _sortable(study.weight)
    for i in range(1, first - 1):
        number = re.match(r"-?[\d,]*\.?\d+", str(cells[i]).replace(MINUS, "-"))
        keys[i] = float(number[0].replace(",", "")) if number else None
    return keys


def _sortable(value: float) -> float | None:
    return value if known(value) else None


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


def _trace(outcome: OutcomeResult, at: Index) -> Block:
    """Every row behind the numbers of an outcome: its report, the place in it, its status, where it was typed."""
    what = ("Study", "Arm", "Against", "Outcome", "Months", "Population", "Status")
    signed = any(row.extractor for study in outcome.studies for row in study.rows)

    def here(study: StudyResult, row: SourceRow) -> Words:
        first = row is study.rows[0]
        return place(anchor("from", outcome.id, study.study_id)) if first else Words()

    headers = (*what, "Report", "Place", *(("Read by",) if signed else ()), "Typed into", "Row")
    cells = [
        (
            fill("{}{}", here(study, row), at.study(study.study_id, study.label)),
            row.arm,
            row.comparator,
            row.outcome,
            plain(row.timepoint_months),
            row.population or None,
            row.status,
            _report(row, at),
            row.locator or None,
            *((_reader(row),) if signed else ()),
            row.origin or None,
            code(row.row_id[:12]),
        )
        for study in outcome.studies
        for row in study.rows
    ]
    return table(headers, cells, right=(4,), role="sources")


def _report(row: SourceRow, at: Index) -> Words:
    """The report of a row: its number in the references and its DOI."""
    ways = [at.reference(row), *([link] if (link := doi_link(row.doi)) is not None else [])]
    return fill("{}{}", flag(at.status(row.report_id)), joined(ways, " · "))


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
    block = table(("Study", "Reason", "Row set aside"), cells, role="set-aside")
    title = f"Studies and rows set aside ({len(cells)})"
    blocks = [heading(4, "Set aside at this outcome")]
    if len(cells) > at.fold_above:
        blocks.append(_tally(outcome.excluded))
    return [*blocks, long(title, block, len(cells), at.fold_above)]


def _tally(items: Iterable[Excluded]) -> Block:
    """Number of rows by reason; a reason goes up to its colon, after which it names one row."""
    reasons = Counter(item.reason.partition(":")[0] for item in items)
    return stated("By reason: {}.", joined([f"{reason} ({number})" for reason, number in reasons.most_common()], "; "))
