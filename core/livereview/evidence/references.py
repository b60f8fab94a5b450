"""Between rows: the same key twice, and names of studies, reports, searches and records that must exist.

What is named may stand in what was fetched or in the evidence already recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from livereview.evidence.cells import nearest
from livereview.evidence.rows import Key, Value
from livereview.evidence.schema import TABLES, Table
from livereview.evidence.view import Evidence
from livereview.sources import Problem

#: The tables whose rows others name by an id, and what one row of them is called.
_WORDS = {"studies": "study", "reports": "report", "searches": "search", "records": "record", "proposals": "proposal"}


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A row on its way in: the values that could be read, and the columns in which something is wrong."""

    table: Table
    values: Mapping[str, Value]
    place: str
    number: int
    bad: frozenset[str]
    """Empty for a sound row; "" stands for a mistake of the row as a whole."""

    @cached_property
    def key(self) -> Key | None:
        """The row's key; None if a part of it could not be read."""
        return None if self.bad.intersection(self.table.key) else tuple(map(self.values.get, self.table.key))

    @property
    def withdrawn(self) -> bool:
        return self.values.get("withdrawn") is True

    @property
    def origin(self) -> str:
        return f"{self.place}, row {self.number}"

    def problem(self, column: str, message: str, remedy: str) -> Problem:
        found = self.values.get(column)
        shown = None if found is None else str(found)
        return Problem(place=self.place, row=self.number, column=column, found=shown, message=message, remedy=remedy)


Drafts = Mapping[str, Mapping[Key, Draft]]


# --- the same key twice --------------------------------------------------------------------------------------


def without_repeats(drafts: Sequence[Draft]) -> tuple[list[Draft], list[Problem]]:
    """The drafts but those that repeat an earlier one, and a problem for each that contradicts an earlier one."""
    first: dict[tuple[str, Key], Draft] = {}
    kept: list[Draft] = []
    problems: list[Problem] = []
    for draft in drafts:
        earlier = None if draft.key is None else first.setdefault((draft.table.name, draft.key), draft)
        if earlier is None or earlier is draft or draft.bad or earlier.bad:
            kept.append(draft)
        elif _content(draft) != _content(earlier):
            kept.append(draft)
            problems.append(_disagreement(draft, earlier))
    return kept, problems


def _content(draft: Draft) -> dict[str, Value]:
    return {name: value for name, value in draft.values.items() if value is not False}


def _disagreement(draft: Draft, earlier: Draft) -> Problem:
    mine, other = _content(draft), _content(earlier)
    different = [name for name in draft.table.names if mine.get(name) != other.get(name)]
    here = "; ".join(f"{name} {_quoted(mine.get(name))} against {_quoted(other.get(name))}" for name in different)
    apart = ", or tell two readings apart in variant" if "variant" in draft.table.key else ""
    return draft.problem(
        different[0],
        f"the same key as {earlier.origin}, but the rows disagree: {here}",
        f"Keep the right one{apart}. The key is {', '.join(draft.table.key)}.",
    )


def _quoted(value: Value | None) -> str:
    text = "empty" if value is None else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


# --- what must exist -------------------------------------------------------------------------------------------


def dangling(drafts: Sequence[Draft], current: Evidence | None, not_all_read: Collection[str] = ()) -> list[Problem]:
    """Rows that name a study, report, search or record that is not there, or a report of another study.

    Nothing is said to be missing from a table that was not read whole: it may stand in what was not read.
    """
    fetched: dict[str, dict[Key, Draft]] = {name: {} for name in TABLES}
    for draft in drafts:
        if draft.key is not None:
            fetched[draft.table.name].setdefault(draft.key, draft)
    known = {name: _Names(name, fetched, current, name in not_all_read) for name in _WORDS}
    problems: list[Problem] = []
    for draft in drafts:
        if draft.withdrawn:
            continue
        for column in draft.table.columns:
            name = draft.values.get(column.name)
            if column.refers_to is None or not isinstance(name, str):
                continue
            if (wrong := known[column.refers_to].missing(name)) is not None:
                problems.append(draft.problem(column.name, *wrong))
        problems += _other_study(draft, known["studies"], known["reports"])
    if current is not None:
        problems += _left_behind(fetched, current)
    return problems


class _Names:
    """What other rows may name (studies, reports, ...) and will be there once the fetched rows are recorded."""

    def __init__(self, table: str, fetched: Drafts, current: Evidence | None, unsure: bool) -> None:
        self._table = table
        self._unsure = unsure
        self._word = _WORDS[table]
        self._remedies: dict[str, str] = {}
        self._withdrawn: dict[str, Draft] = {}
        self.study_of: dict[str, Value | None] = {}
        if current is not None:
            rows = current.table(table)
            ids = rows[TABLES[table].key[0]].to_pylist()
            belongs = "study_id" in TABLES[table].names
            self.study_of.update(zip(ids, rows["study_id"].to_pylist() if belongs else [None] * len(ids), strict=True))
        for key, draft in fetched[table].items():
            name = str(key[0])
            if draft.withdrawn:
                self._withdrawn[name] = draft
                self.study_of.pop(name, None)
            else:
                self.study_of[name] = draft.values.get("study_id")

    def missing(self, name: str) -> tuple[str, str] | None:
        """Why there is no such study, report, ... and the remedy; None if there is, or if it may be."""
        if name in self.study_of:
            return None
        if name in self._withdrawn:
            message = f"this {self._word} is withdrawn ({self._withdrawn[name].origin})"
            return message, "Withdraw the rows that rest on it too, or keep it."
        if self._unsure:
            return None
        if name not in self._remedies:
            near = nearest(name, self.study_of)
            add = f"Add it to {self._table}."
            self._remedies[name] = f"Did you mean {near}? Otherwise add it to {self._table}." if near else add
        return f"there is no such {self._word}", self._remedies[name]


def _other_study(draft: Draft, studies: _Names, reports: _Names) -> Iterator[Problem]:
    """A result must be read in a report of its own study, or in one of no single study (a review)."""
    report, study = draft.values.get("report_id"), draft.values.get("study_id")
    if draft.table.name != "results" or report is None or study is None:
        return
    owner = reports.study_of.get(str(report))
    if owner != study and {owner, study} <= studies.study_of.keys():  # unknown ones have been reported already
        message = f"the report belongs to study {owner}, the result to {study}"
        remedy = "Correct the wrong one. A report of several studies, such as a review, has an empty study_id."
        yield draft.problem("report_id", message, remedy)


def _left_behind(fetched: Drafts, current: Evidence) -> Iterator[Problem]:
    """Withdrawing what others name, or moving a report, must not leave recorded rows behind that rest on it."""
    for target in _WORDS:
        gone = {str(key[0]): draft for key, draft in fetched[target].items() if draft.withdrawn}
        for table in TABLES.values() if gone else ():
            for column in (c.name for c in table.columns if c.refers_to == target):
                left = [
                    row for row in current.rows(table.name, **{column: set(gone)}) if not _fetched(row, table, fetched)
                ]
                for name in sorted({row[column] for row in left}):
                    count = sum(row[column] == name for row in left)
                    message = f"it is withdrawn, but recorded rows of {table.name} rest on it: {count}"
                    yield gone[name].problem(TABLES[target].key[0], message, "Withdraw those rows too, or keep it.")
    moved = {
        str(key[0]): draft
        for key, draft in fetched["reports"].items()
        if "study_id" in draft.values and not draft.withdrawn
    }
    for row in current.rows("results", report_id=set(moved)) if moved else ():
        draft = moved[row["report_id"]]
        if row["study_id"] != draft.values["study_id"] and not _fetched(row, TABLES["results"], fetched):
            message = f"a recorded result of study {row['study_id']} was read in this report ({row['origin']})"
            remedy = "Correct or withdraw the result, or leave study_id empty. If the study was renamed, keep its rows"
            remedy += " under the old name with withdrawn = yes and add them under the new one."
            yield draft.problem("study_id", message, remedy)


def _fetched(row: Mapping[str, Value | None], table: Table, fetched: Drafts) -> bool:
    return tuple(row[name] for name in table.key) in fetched[table.name]
