"""What the world could know by the end of a day: rows by the dates that they state, reports with their status then.

A date known by its year or month counts from the end of it. What has no date is kept out and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from livereview.evidence.columns import Mask, among, kept, texts
from livereview.evidence.dates import last_day
from livereview.evidence.rows import Row, Value
from livereview.evidence.schema import TABLES

#: The column that says since when a row of these tables could be known.
_DATED = {"ongoing": "registered_on", "searches": "searched_on", "decisions": "decided_on", "pairs": "decided_on"}
#: Tables of what people said of records.
_ON_RECORDS = ("decisions", "pairs")
#: What is under way belongs to no day of publication.
_UNDER_WAY = ("proposals", "acceptances")


class Publication:
    """Which of the live rows of each table were public by a day. ``live`` gives the live rows of a table."""

    def __init__(self, day: date, live: Callable[[str], pa.Table]) -> None:
        self._day, self._live = day, live

    def table(self, name: str) -> pa.Table:
        """The rows that were public; reports with the status that they had then."""
        rows = kept(self._live(name), self.masks(name)[0])
        return self._as_seen(rows) if name == "reports" else rows

    def masks(self, name: str) -> tuple[Mask, Mask]:
        """Of the live rows of a table, which were public, and which are of unknown date."""
        rows = self._live(name)
        if name in _UNDER_WAY:
            nothing = np.zeros(rows.num_rows, np.bool_)
            return nothing, nothing
        if name in _DATED:
            public, undated = self._by(name, _DATED[name])
            # A decision on a record that nobody could know yet was not made yet.
            return (public & among(rows["record_id"], self._records[0]) if name in _ON_RECORDS else public), undated
        if name == "finds":
            searched, dated = _known(dict(self._pairs("searches", "search_id", "searched_on")), self._day)
            public = among(rows["search_id"], searched) & among(rows["record_id"], self._records[0])
            return public, ~among(rows["search_id"], dated)
        if name == "records":
            return among(rows["record_id"], self._records[0]), ~among(rows["record_id"], self._records[1])
        public_reports, dated_reports = self._reports
        if name in ("reports", "results", "published", "included", "inputs"):
            return among(rows["report_id"], public_reports), ~among(rows["report_id"], dated_reports)
        studies, dated = self._studies_of(public_reports), self._studies_of(dated_reports)
        return among(rows["study_id"], studies), ~among(rows["study_id"], dated)

    def _by(self, name: str, column: str) -> tuple[Mask, Mask]:
        """Which rows have a date by the day asked for, and which have none."""
        dates = self._live(name)[column]
        known = {when for when in set(dates.to_pylist()) - {None} if last_day(when) <= self._day}
        return among(dates, known), among(dates, {None})

    def _pairs(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        rows = self._live(table)
        return list(zip(*(rows[column].to_pylist() for column in columns), strict=True))

    @cached_property
    def _reports(self) -> tuple[set[str], set[str]]:
        """The reports that were public, and those of which a date is known."""
        return _known(dict(self._pairs("reports", "report_id", "published_on")), self._day)

    @cached_property
    def _records(self) -> tuple[set[str], set[str]]:
        """The records that were found, and those of which it is known when: else with their search."""
        searched = dict(self._pairs("searches", "search_id", "searched_on"))
        rows = self._pairs("records", "record_id", "found_on", "search_id")
        return _known({record: found or searched.get(search) for record, found, search in rows}, self._day)

    def _studies_of(self, reports: set[str]) -> set[str]:
        """The studies that these reports belong to or give a result of."""
        found: set[str] = set()
        for name in ("reports", "results"):
            rows = self._live(name)
            found.update(kept(rows, among(rows["report_id"], reports))["study_id"].unique().to_pylist())
        return found - {None}

    def _as_seen(self, reports: pa.Table) -> pa.Table:
        """Reports with the status of the day: active before it was corrected or retracted.

        Such a row says something else than the one recorded, so its identity is another.
        """
        since = zip(reports["status"].to_pylist(), reports["status_on"].to_pylist(), strict=True)
        later = np.array([when is not None and last_day(when) > self._day for _, when in since], np.bool_)
        if not later.any():
            return reports
        changed = {name: reports[name].to_pylist() for name in ("status", "status_on", "row_id")}
        for place in np.flatnonzero(later).tolist():
            changed["status"][place] = changed["status_on"][place] = None
            changed["row_id"][place] = _identity({**_values(reports, place), "status": None, "status_on": None})
        for name, values in changed.items():
            reports = reports.set_column(reports.column_names.index(name), name, texts(values))
        return reports


def _values(reports: pa.Table, place: int) -> dict[str, Value | None]:
    """The cells of one report."""
    (row,) = reports.select(TABLES["reports"].names).slice(place, 1).to_pylist()
    return dict(row)


def _identity(values: Mapping[str, Value | None]) -> str:
    return Row("reports", {name: value for name, value in values.items() if value is not None}).row_id


def _known(dates: Mapping[str, str | None], day: date) -> tuple[set[str], set[str]]:
    """Of names with their dates, those known by the end of a day, and those of which a date is known."""
    dated = {name: last_day(when) for name, when in dates.items() if when is not None}
    return {name for name, when in dated.items() if when <= day}, set(dated)
