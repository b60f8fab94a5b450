"""What the review knows already of a record: the report that it is, the trials whose number it carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from livereview.deciding.desk import Desk
from livereview.pairing import Row
from livereview.selection import pieces


@dataclass(frozen=True, eq=False)
class Known:
    """The reports, studies and registered trials of a store, by their numbers."""

    desk: Desk

    def words(self, record: Row) -> list[str]:
        """A line for each report, study or registered trial that a record belongs to by DOI, PMID or number."""
        found: dict[str, None] = {}
        report = self._report(record)
        if report is not None:
            found[f"is {report['report_id']}, a report of {self._study(report['study_id'])}"] = None
        for number in sorted(pieces(record["registry_id"])):
            for study in self._by_number.get(number.upper(), ()):
                found[f"{number} belongs to {self._study(study)}"] = None
            if number.upper() in self._registered and number.upper() not in self._by_number:
                found[f"{number} is a registered trial of the store"] = None
        return list(found)

    def _report(self, record: Row) -> Row | None:
        if record["report_id"] in self.desk.view.scope.reports:
            return self.desk.view.scope.reports[record["report_id"]]
        for name in ("pmid", "doi"):
            value = str(record[name] or "").casefold()
            if value and (name, value) in self._reports:
                return self._reports[name, value]
        return None

    def _study(self, study_id: str | None) -> str:
        if study_id is None:
            return "several studies"
        label = self._labels.get(study_id, study_id)
        inside = study_id in self.desk.view.scope.studies
        return f"{label}, {'in this review' if inside else 'which this review does not admit'}"

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        return {row["study_id"]: row["label"] for row in self.desk.tables["studies"]}

    @cached_property
    def _reports(self) -> Mapping[tuple[str, str], Row]:
        return {
            (name, str(row[name]).casefold()): row
            for row in self.desk.tables["reports"]
            for name in ("pmid", "doi")
            if row[name]
        }

    @cached_property
    def _by_number(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for row in self.desk.tables["studies"]:
            for number in pieces(row["registry_id"]):
                found.setdefault(number.upper(), []).append(row["study_id"])
        return found

    @cached_property
    def _registered(self) -> frozenset[str]:
        return frozenset(str(row["registry_id"]).upper() for row in self.desk.tables["ongoing"])
