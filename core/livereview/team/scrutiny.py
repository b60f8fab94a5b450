"""What is wrong with what people recorded: rows that are refused at the door, and what is told of those that are in.

A row is refused only while it is new: what the store holds already (since stores were merged, or rules became stricter)
is told at every check and update until somebody puts it right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from livereview.errors import EvidenceError
from livereview.evidence.rows import Row as Recorded
from livereview.evidence.schema import TABLES
from livereview.evidence.view import Evidence
from livereview.ingest import Incoming
from livereview.manifest.models import Manifest
from livereview.manifest.words import among, nearest
from livereview.outlook import Outlook
from livereview.plugins import Plugins
from livereview.printing import counted
from livereview.sources import Problem
from livereview.team.adjudication import PERSON, Row, Several, person
from livereview.team.appraisal import Discrepancy, Instruments, discrepancies, sheets
from livereview.team.cards import doubts_in_words, labels_of, placed, thing_in_words, within
from livereview.team.ratings import judged
from livereview.team.readings import is_short, read

_MOST = 5


# --- refused ---------------------------------------------------------------------------------------------------


def require_possible(
    manifest: Manifest, plugins: Plugins, view: Outlook, current: Evidence, incoming: Incoming
) -> None:
    """Raise EvidenceError with every problem of new rows; ``view`` is of the evidence as it would be with them."""
    rows = incoming.checked.rows
    new = {row.row_id: row for row in rows if row.table in PERSON and row.row_id not in current.identities}
    if not new:
        return
    doubtful = [thing for thing in (*view.readings, *view.judgements) if thing.doubts]
    before = _doubtful(manifest, current) if doubtful else set()
    found = [*_adjudications(doubtful, new, before)]
    found += _appraisals(manifest, plugins, view.tables["appraisals"], new)
    if found:
        raise EvidenceError(dict.fromkeys(found))


def _doubtful(manifest: Manifest, current: Evidence) -> set[tuple[str, tuple[object, ...]]]:
    """Table and key of what was in doubt already before anything came in."""
    readings = read(current.rows("results"), manifest.extraction)
    return {(thing.table, thing.key) for thing in (*readings, *judged(current.rows("appraisals"))) if thing.doubts}


def _adjudications(
    things: Iterable[Several], new: dict[str, Recorded], before: set[tuple[str, tuple[object, ...]]]
) -> Iterator[Problem]:
    """Adjudications that new rows bring, or leave behind, without a pair of readings to settle."""
    withdrawn = {(row.table, _thing(row)): row for row in new.values() if row.withdrawn}
    for thing in things:
        fresh = [new[row["row_id"]] for row in thing.rows if row["row_id"] in new]
        gone = withdrawn.get((thing.table, thing.key))
        for doubt in thing.doubts:
            own = new.get(doubt.row["row_id"])
            known = own is None and (thing.table, thing.key) in before
            culprit = own or next(iter(fresh), gone)
            if culprit is None or doubt.refused == "never" or known or (doubt.refused == "if new" and own is None):
                continue
            message = (
                doubt.message
                if own is not None
                else f"with this row {thing_in_words(doubt.row)} is left: " + (f"{doubt.message}{placed(doubt.row)}")
            )
            yield _problem(culprit, "adjudicates", message, doubt.remedy)


def _thing(row: Recorded) -> tuple[object, ...]:
    return tuple(row.values.get(name) for name in TABLES[row.table].key if name != PERSON[row.table])


def _appraisals(
    manifest: Manifest, plugins: Plugins, rows: Iterable[Row], new: dict[str, Recorded]
) -> Iterator[Problem]:
    """Scores, items and totals that cannot be, in new rows of a rater, or in all where the manifest asks for it."""
    instruments = Instruments(manifest, plugins)
    for sheet in sheets(rows):
        known = instruments.find(sheet.instrument)
        if known is None or (sheet.rater is None and manifest.appraisal.unsigned == "report"):
            continue
        for item in discrepancies(sheet, known):
            culprit = new.get(item.row["row_id"])
            if item.impossible and culprit is not None:
                yield _problem(culprit, item.column, item.message, item.remedy)


def _problem(row: Recorded, column: str, message: str, remedy: str) -> Problem:
    place, _, number = row.origin.rpartition(", row ")
    found = row.values.get(column)
    return Problem(
        place=place or row.origin,
        row=int(number) if number.isdigit() else None,
        column=column,
        found=None if found is None or isinstance(found, bool) else str(found),
        message=message,
        remedy=remedy,
    )


# --- told ------------------------------------------------------------------------------------------------------


def told(manifest: Manifest, plugins: Plugins, view: Outlook, fresh: Collection[str] | None = None) -> tuple[str, ...]:
    """What a check and an update say of the people's work, of the studies that the review admits; a line each.

    Appraisals are told of where one of their rows is among ``fresh`` (row ids; None = all): what a published review
    misprinted stays as it is, and the report shows it each time.
    """
    return (*_of_readings(manifest, view), *_of_appraisals(manifest, plugins, view, fresh))


def _of_readings(manifest: Manifest, view: Outlook) -> Iterator[str]:
    readings, judgements = within(view.readings, view.scope), within(view.judgements, view.scope)
    labels, extraction = labels_of(view.scope), manifest.extraction
    yield from doubts_in_words((*readings, *judgements), labels)
    apart = [result for result in readings if result.used is None and not result.doubts]
    if apart:
        what = counted(len(apart), "result")
        yield f"{what} read differently and not adjudicated, so not pooled: {_studies(apart, labels)}."
    short = [result for result in readings if is_short(result, extraction)]
    if short:
        fate = "not pooled" if extraction.missing == "set-aside" else "used all the same"
        people = f"fewer than {extraction.required} people"
        yield f"{counted(len(short), 'result')} read by {people}, {fate}: {_studies(short, labels)}."
    items = [item for item in judgements if item.used is None and not item.doubts]
    if items:
        what = counted(len(items), "item")
        yield f"{what} of appraisals scored differently and not adjudicated, so not used: {_studies(items, labels)}."
    known = {person("results", row) for result in view.readings for row in result.rows}
    for name in extraction.prefer:
        if view.tables["results"] and name not in known:
            yield f'[extraction] prefer: nobody is called "{name}" in the results.{nearest(name, known)}'


def _studies(things: Iterable[Several], labels: dict[str, str]) -> str:
    names = sorted({labels[thing.rows[0]["study_id"]] for thing in things})
    return among(names, _MOST)


def _of_appraisals(manifest: Manifest, plugins: Plugins, view: Outlook, fresh: Collection[str] | None) -> Iterator[str]:
    instruments, labels = Instruments(manifest, plugins), labels_of(view.scope)
    rows = [row for row in view.tables["appraisals"] if row["study_id"] in labels]
    unsigned: dict[str, list[str]] = {}
    unknown: dict[str, None] = {}
    for sheet in sheets(rows):
        if fresh is not None and not any(row["row_id"] in fresh for row in sheet.rows):
            continue
        if not any(row.get("rater") or row.get("rated_on") or row.get("locator") for row in sheet.rows):
            unsigned.setdefault(sheet.instrument, []).append(labels[sheet.study_id])
        known = instruments.find(sheet.instrument)
        if known is None:
            unknown[sheet.instrument] = None
            continue
        found = list(discrepancies(sheet, known))
        if found:
            whom = f", {sheet.rater}" if sheet.rater else ""
            outcome = f", {sheet.outcome}" if sheet.outcome else ""
            yield f"{labels[sheet.study_id]}, {sheet.instrument}{outcome}{whom}: {_listed(found)}."
    for name in unknown:
        yield f"appraisals: {instruments.unknown(name)}"
    for name, studies in unsigned.items():
        of = counted(len(set(studies)), "study", "studies")
        yield f"{name}: of {of} neither who judged nor where it stands is recorded (rater, rated_on, locator)."


def _listed(found: Iterable[Discrepancy]) -> str:
    return "; ".join(f"{item.message}{placed(item.row)}" for item in found)
