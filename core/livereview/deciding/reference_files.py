"""Decisions that come back from other programs: exports of Rayyan and Covidence, read by the source ``references``.

Their records are matched to ours by our own id where it came through, else by the rules for repeated records: DOI and
PMID first. What these leave in doubt is named and left out: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livereview.bound import SectionFailed, bound, section
from livereview.chronology import latest_day
from livereview.deciding.desk import Desk, other_spelling, standing_in_a_sheet
from livereview.deciding.record_sheets import decision_table, signed, typed_in_a_sheet
from livereview.errors import EvidenceError, ExpectedError
from livereview.evidence.rows import Row
from livereview.evidence.schema import TABLES
from livereview.manifest.models import Choice
from livereview.pairing import Row as Record
from livereview.sources import DataSource, Fetched, FetchRequest, Problem, RawTable
from livereview.types import Cell

_SOURCE = "references"


@dataclass(frozen=True, kw_only=True)
class Returned:
    """What an export brings: rows to be recorded, and what is no record of ours."""

    rows: tuple[Row, ...]
    repeated: int
    strangers: tuple[str, ...]
    """Titles of records with a decision that are none of ours, or could be several, with where each stands."""
    notes: tuple[str, ...]


def decisions_of(desk: Desk, path: Path, person: str, stage: str | None, replace: bool) -> Returned:
    """The decisions of an export. EvidenceError with every mistake; ExpectedError where it has no decisions at all."""
    found = _fetched(desk, path, person, stage)
    theirs = {str(row["record_id"]): row for row in _dicts(found.tables, "records")}
    said = _dicts(found.tables, "decisions")
    if not said:
        raise ExpectedError(
            f"{path}: there are no decisions in it. A sheet of --to has the columns record_id and decision; Rayyan and "
            "Covidence export decisions with the articles."
        )
    names = _ours(desk, theirs) | _marked(desk, {str(row["record_id"]) for row in said} - theirs.keys())
    before = {tuple(row[name] for name in TABLES["decisions"].key): row for row in desk.tables["decisions"]}
    strangers, lines, problems, repeated = [], [], list(_names_twice(desk, said)), 0
    for row in said:
        name = names.get(str(row["record_id"]))
        if name is None:
            title = theirs.get(str(row["record_id"]), {}).get("title") or row["record_id"]
            strangers.append(f"{row['_place']}, row {row['_row']}: {title}")
            continue
        row = {**row, "record_id": name, "decided_on": row.get("decided_on") or desk.day.isoformat()}
        earlier = before.get((name, desk.review, row["stage"], row["person"]))
        if earlier is not None and all(
            (earlier[cell] or "") == (row.get(cell) or "") for cell in ("decision", "reason")
        ):
            repeated += 1
            continue
        if earlier is not None and standing_in_a_sheet(desk, earlier["origin"]):
            problems.append(typed_in_a_sheet(row["_place"], row["_row"], earlier))
        elif earlier is not None and not replace:
            problems.append(_contradiction(row, earlier))
        lines.append(row)
    checked = desk.checked(
        [
            decision_table(place, [(row["_row"], row) for row in lines if row["_place"] == place])
            for place in dict.fromkeys(row["_place"] for row in lines)
        ]
    )
    if problems or checked.problems:
        raise EvidenceError((*problems, *checked.problems))
    return Returned(
        rows=signed(desk, person, checked.rows),
        repeated=repeated,
        strangers=tuple(dict.fromkeys(strangers)),
        notes=found.notes,
    )


def _fetched(desk: Desk, path: Path, person: str, stage: str | None) -> Fetched:
    """What the source ``references`` reads in the file."""
    if desk.plugins.find(DataSource, _SOURCE) is None:
        raise ExpectedError(f'{path}: no plugin reads this file; the data source "{_SOURCE}" is not installed.')
    if not path.is_file():
        raise ExpectedError(f"{path}: there is no such file.")
    options: dict[str, Any] = {
        "path": str(path.absolute()),
        "search": {"source": path.stem, "searched_on": desk.day.isoformat()},
        "person": person,
        **({"stage": stage} if stage in ("title-abstract", "full-text") else {}),
    }
    used = bound(desk.plugins, DataSource, Choice.model_validate({"name": _SOURCE, **options}))
    request = FetchRequest(folder=desk.folder, tables=tuple(TABLES), review=desk.review, today=latest_day(desk.now()))
    try:
        with section(f"source {_SOURCE}", used):
            found = used.plugin.fetch(request, used.options)
    except SectionFailed as error:
        raise ExpectedError(error.failure.message) from None
    if found.problems:
        raise EvidenceError(found.problems)
    return found


def _dicts(tables: Sequence[RawTable], name: str) -> list[dict[str, Any]]:
    """The rows of one table with where each stands."""
    return [
        {**dict(zip(raw.columns, row, strict=True)), "_place": raw.place, "_row": number}
        for raw in tables
        if raw.table == name
        for row, number in zip(raw.rows, raw.row_numbers, strict=True)
    ]


def _names_twice(desk: Desk, said: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    """People of the export whose names the review writes otherwise: they would count as two who agree."""
    first = {str(row["person"]): row for row in reversed(said)}
    for name, row in first.items():
        other = other_spelling(desk, name)
        if other:
            yield Problem(
                place=row["_place"],
                row=row["_row"],
                column="person",
                found=name,
                message=f"{other} has decided here, and one person under two names would count as two",
                remedy=f"Write {other} in the file.",
            )


def _contradiction(row: Mapping[str, Any], earlier: Record) -> Problem:
    return Problem(
        place=row["_place"],
        row=row["_row"],
        column="decision",
        found=str(row["decision"]),
        message=f"{earlier['person']} decided {earlier['decision']} on record {earlier['record_id']} before",
        remedy="Leave the row out, or let the file replace it with --replace.",
    )


def _ours(desk: Desk, theirs: Mapping[str, Mapping[str, Cell]]) -> dict[str, str]:
    """By the id that another program's record got, our record that it is; of those that repeat each other the one that
    is kept. Records that are none of ours, or of which it is in doubt, are not in it."""
    from livereview.ledger.matching import matched

    records = {str(row["record_id"]): row for row in desk.rows["records"]}
    found: dict[str, str] = {}
    for name, row in theirs.items():
        own = next((str(row[at]) for at in ("record_id", "accession") if str(row.get(at) or "") in records), None)
        if own is not None:
            found[name] = own
    empty = dict.fromkeys(TABLES["records"].names)
    strange = [
        {**empty, **row, "record_id": f"theirs {name}", "duplicate_of": None}
        for name, row in theirs.items()
        if name not in found
    ]
    repeats = matched(strange, list(records.values())).duplicate_of if strange else {}
    for row in strange:
        same = repeats.get(str(row["record_id"]))
        if same in records:
            found[str(row["record_id"]).removeprefix("theirs ")] = str(same)
    return {name: _kept(records, own) for name, own in found.items()}


def _marked(desk: Desk, names: set[str]) -> dict[str, str]:
    """Our records that the source knew by the mark that we wrote into them: of these it brings the decisions alone."""
    records = {str(row["record_id"]): row for row in desk.rows["records"]}
    return {name: _kept(records, name) for name in names & records.keys()}


def _kept(records: Mapping[str, Record], name: str) -> str:
    """The record that is kept of those that repeat each other."""
    seen = {name}
    while (other := records[name]["duplicate_of"]) in records and other not in seen:
        name = str(other)
        seen.add(name)
    return name
