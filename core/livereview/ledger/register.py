"""The records of a store with those that come in: each once, under the search that found it first.

A record keeps its search, its report and what people said of it; a later fetch of the same source may correct what it
says. Another source that finds it again, or a search of another review, is noted as a find.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from livereview.bibliography import doi_in, pmid_in
from livereview.changes import Tables
from livereview.evidence.rows import Key, Row, Value
from livereview.evidence.schema import TABLES
from livereview.ledger.linking import linked, report_identifiers
from livereview.ledger.matching import Matches, matched
from livereview.pairing import Row as Current
from livereview.printing import counted
from livereview.sources import Problem

#: What the ledger knows of a record and its source does not.
_OURS = (
    "search_id", "found_on", "duplicate_of", "duplicate_reason", "report_id", "withdrawn", "withdrawn_reason",
)  # fmt: skip
Values = dict[str, Value]
_SHOWN = 3


class Register:
    """The ledger of a store, to which what sources found is added run by run.

    What a person typed in a sheet, or took out of the store, is as the person has it: ``rows`` came in from sheets,
    ``withdrawn`` are tables and keys that were taken back.
    """

    def __init__(
        self, tables: Tables, rows: Sequence[Row], review: str, withdrawn: Iterable[tuple[str, Key]] = ()
    ) -> None:
        self._tables, self._review = tables, review
        self._stored: dict[str, dict[Key, Mapping[str, Any]]] = {
            name: {_key(name, row): row for row in tables[name]} for name in LEDGER
        }
        self._found: dict[str, dict[Key, Row]] = {name: {} for name in LEDGER}
        self._new: list[str] = []
        self._notes: list[str] = []
        self._settled = {(row.table, row.key) for row in rows if row.table in LEDGER} | set(withdrawn)
        reports = {row["report_id"]: row for row in tables["reports"]}
        reports |= {row.values["report_id"]: _Whole(row) for row in rows if row.table == "reports"}
        self._reports = [row for row in reports.values() if not row["withdrawn"]]
        self._ours = {
            *(row["record_id"] for row in tables["decisions"] if row["review"] == review),
            *(row["record_id"] for row in tables["finds"] if self._is_ours(row["search_id"])),
        }
        for row in rows:  # typed in sheets: as a person has them
            if row.table in LEDGER:
                self._stored[row.table][row.key] = _Whole(row)

    # --- what comes in -----------------------------------------------------------------------------------------------

    def take(self, rows: Iterable[Row]) -> list[Problem]:
        """Add what one run of a source found; what contradicts something found before is left out and named."""
        problems: list[Problem] = []
        for row in sorted(rows, key=lambda row: LEDGER.index(row.table)):
            if (row.table, row.key) in self._settled:
                continue
            if row.table == "records":
                self._take_record(row)
            else:
                problems += self._take_other(row)
        return problems

    def _take_record(self, row: Row) -> None:
        known = self._values_of("records", row.key)
        if known is None:
            self._new.append(str(row.key[0]))
            self._found["records"][row.key] = row
            return
        first, again = str(known["search_id"]), str(row.values["search_id"])
        if first == again or self._source(first) == self._source(again):
            values: Values = {name: value for name, value in row.values.items() if name not in _OURS}
            values |= {name: known[name] for name in _OURS if name in known}
            self._found["records"][row.key] = Row("records", values, row.origin)
        if first != again and not (self._is_ours(first) and self._source(first) == self._source(again)):
            find = Row("finds", {"record_id": row.key[0] or "", "search_id": again}, row.origin)
            self._found["finds"].setdefault(find.key, find)
            self._ours.add(str(row.key[0]))

    def _take_other(self, row: Row) -> Iterator[Problem]:
        earlier = self._found[row.table].get(row.key)
        if row.table == "decisions" and earlier is not None and earlier.row_id != row.row_id:
            place, _, number = row.origin.rpartition(", row ")
            yield Problem(
                place=place,
                row=int(number),
                column="decision",
                found=str(row.values["decision"]),
                message=f"{row.values['person']} decided otherwise on this record in {earlier.origin}",
                remedy="Keep the right one in one of the files; the first was taken.",
            )
            return
        self._found[row.table][row.key] = row

    # --- what follows from it ----------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Find repeated and known records among the new ones; decisions on a repeat count for what it repeats."""
        if self._new:
            visible = [row for row in self._tables["records"] if self._sees(row)]
            new = [_Whole(self._found["records"][(name,)]) for name in dict.fromkeys(self._new)]
            told = {_pair(row): row["verdict"] for row in self._tables["pairs"]}
            matches = matched(new, visible, told)
            self._notes = [*_said(matches)]
            for name, original in matches.duplicate_of.items():
                self._change(name, duplicate_of=original, duplicate_reason=matches.why[name])
            for name in matches.released:
                self._change(name, duplicate_of=None, duplicate_reason=None)
        self._link_reports()
        self._move_decisions()

    def _link_reports(self) -> None:
        """Name the report of new records, and of known ones whose report was extracted after they had been found."""
        new = {name: _Whole(self._found["records"][(name,)]) for name in self._new}
        known = {number for report in self._reports for number in report_identifiers(report).values()}
        every: Iterable[Mapping[str, Any]] = (*self._tables["records"], *new.values())
        records = {str(row["record_id"]): row for row in every if _may_be(row, known)}
        for name, link in linked(records.values(), self._reports, (), ()).items():
            record = records[name]
            if link.report_id and (name in new or not (record["report_id"] or record["duplicate_of"])):
                self._change(name, report_id=link.report_id)

    def _change(self, name: str, **cells: Value | None) -> None:
        """Set cells of a record; one that stands in a sheet is as its sheet says."""
        key: Key = (name,)
        found, known = self._found["records"].get(key), self._values_of("records", key)
        if known is not None and ("records", key) not in self._settled:
            values = {column: value for column, value in {**known, **cells}.items() if value is not None}
            origin = found.origin if found is not None else str(self._stored["records"][key].get("origin") or "")
            self._found["records"][key] = Row("records", values, origin)

    def _move_decisions(self) -> None:
        for key, row in list(self._found["decisions"].items()):
            record = self._values_of("records", (row.values["record_id"],)) or {}
            original = record.get("duplicate_of")
            if original is not None:
                del self._found["decisions"][key]
                moved = Row("decisions", {**row.values, "record_id": original}, row.origin)
                if self._values_of("decisions", moved.key) is None:
                    self._found["decisions"][moved.key] = moved

    def rows(self) -> Iterator[Row]:
        """All rows that were found, those of one table together."""
        for name in LEDGER:
            yield from self._found[name].values()

    def notes(self) -> Iterator[str]:
        """What a person should know of the new records."""
        new = [self._found["records"][(name,)].values for name in dict.fromkeys(self._new)]
        repeats = sum("duplicate_of" in values for values in new)
        if new:
            rest = f", {repeats:,} of them found before" if repeats else ""
            yield f"{counted(len(new), 'new record')}{rest}. To decide on them: livereview screen."
        yield from self._notes

    # --- looking up --------------------------------------------------------------------------------------------------

    def _values_of(self, table: str, key: Key) -> Values | None:
        found = self._found[table].get(key)
        if found is not None:
            return dict(found.values)
        stored = self._stored[table].get(key)
        return None if stored is None else _values(table, stored)

    def _source(self, search: str) -> Value | None:
        return (self._values_of("searches", (search,)) or {}).get("source")

    def _is_ours(self, search: str) -> bool:
        return (self._values_of("searches", (search,)) or {}).get("review") in (None, self._review)

    def _sees(self, record: Current) -> bool:
        """Whether this review sees a recorded record."""
        name = record["record_id"]
        return name in self._ours or self._is_ours(record["search_id"])


def _may_be(record: Mapping[str, Any], known: set[str]) -> bool:
    """Whether a record may be one of the reports with these numbers: of most it is plain that they are not."""
    if record["registry_id"]:
        return True
    doi, pmid = str(record["doi"] or "").lower(), str(record["pmid"] or "")
    if doi and not doi.startswith("10."):  # typed in a sheet as an address
        doi = doi_in(doi)
    return doi in known or pmid in known or (bool(pmid) and pmid_in(pmid) in known)


#: In the order in which they name each other.
LEDGER = ("searches", "records", "finds", "decisions")


def _key(table: str, row: Current) -> Key:
    return tuple(row[name] for name in TABLES[table].key)


def _values(table: str, row: Mapping[str, Any]) -> Values:
    return {name: row[name] for name in TABLES[table].names if row[name] not in (None, False)}


class _Whole(Mapping[str, Any]):
    """A row with every column, as the store gives it, without a copy of what it says."""

    __slots__ = ("_names", "_values")

    def __init__(self, row: Row) -> None:
        self._names, self._values = TABLES[row.table].names, row.values

    def __getitem__(self, name: str) -> Value | None:
        return self._values.get(name)

    def get(self, name: str, default: Any = None) -> Any:
        """The cell; asked for so often that the way through ``Mapping`` counts."""
        return self._values.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _said(matches: Matches) -> Iterator[str]:
    """What a person should know of how records were compared."""
    if matches.doubtful:
        pairs = counted(len(matches.doubtful), "pair")
        yield f"{pairs} of records may be the same publication. To say so: livereview screen --doubles."
    if matches.shared_dois:
        dois = counted(len(matches.shared_dois), "DOI")
        yield f"{dois} of several publications told nothing apart: {_some(matches.shared_dois)}."
    if matches.crowded:
        titles = counted(len(matches.crowded), "title")
        which = _some([f"{crowd.title!r} ({crowd.records:,})" for crowd in matches.crowded])
        yield f"{titles} of too many records to compare each with each: {which}."


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"


def _pair(row: Current) -> tuple[str, str]:
    first, second = sorted((str(row["record_id"]), str(row["other_id"])))
    return first, second
