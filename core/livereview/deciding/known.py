"""What the review knows already of a record, in words: the report that it is, the trials whose number it carries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from livereview.deciding.desk import Desk
from livereview.ledger.linking import Link, linked
from livereview.pairing import Row


@dataclass(frozen=True, eq=False)
class Known:
    """What the store knows of some records."""

    desk: Desk
    records: Iterable[Row]

    def words(self, record: Row) -> list[str]:
        """A line for each report, study or registered trial that a record belongs to, with the reason."""
        link, reports = self._links.get(str(record["record_id"])), self.desk.view.scope.reports
        became = record["report_id"]
        found = (
            [f"became {became}, a report of {self._study(reports[became]['study_id'])}"] if became in reports else []
        )
        if link is None:
            return found
        found += [
            f"{'may be' if link.uncertain else 'is'} {one.id}, a report of "
            f"{self._study(reports[one.id]['study_id'] if one.id in reports else None)} ({one.why})"
            for one in link.reports
            if one.id != became
        ]
        found += [link.uncertain] if link.uncertain else []
        found += [f"belongs to {self._study(one.id)} ({one.why})" for one in link.studies]
        found += [f"belongs to the registered trial {one.id} ({one.why})" for one in link.ongoing]
        return list(dict.fromkeys(found))

    def _study(self, study_id: str | None) -> str:
        if study_id is None:
            return "several studies"
        inside = study_id in self.desk.view.scope.studies
        where = "in this review" if inside else "which this review does not admit"
        return f"{self._labels.get(study_id, study_id)}, {where}"

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        return {row["study_id"]: row["label"] for row in self.desk.tables["studies"]}

    @cached_property
    def _links(self) -> Mapping[str, Link]:
        tables = self.desk.tables
        return linked(self.records, tables["reports"], tables["studies"], tables["ongoing"])
