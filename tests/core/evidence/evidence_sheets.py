"""Small made-up sheets, as a source would hand them over, for tests of the checks and the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from livereview.evidence.rows import Row
from livereview.sources import RawTable
from livereview.types import Cell

STUDIES: tuple[Mapping[str, Cell], ...] = (
    {"study_id": "adams-2019", "label": "Adams 2019", "design": "rct", "n_total": "208", "n_arm_experimental": "105",
     "n_arm_control": "103", "median_age": "9", "age_range": "1-30 y", "year": "2019"},
    {"study_id": "brown-2021", "label": "Brown 2021 (TRIAL-2)", "design": "single-arm", "phase": "1/2",
     "registry_id": "NCT00000001; EudraCT 2016-000000-11", "median_followup_months": "34.8", "year": 2021},
    {"study_id": "costa-2023", "label": "Costa 2023"},
)  # fmt: skip
REPORTS: tuple[Mapping[str, Cell], ...] = (
    {"report_id": "pmid:30000001", "study_id": "adams-2019", "pmid": 30000001.0, "doi": "10.1000/a", "year": 2019,
     "published_on": "2019-03-02", "kind": "primary"},
    {"report_id": "cite:blood-2021-1", "study_id": "brown-2021", "published_on": "2021-11", "kind": "abstract"},
    {"report_id": "pmid:30000003", "study_id": "brown-2021", "published_on": 2022, "kind": "follow-up"},
    {"report_id": "news:costa", "study_id": "costa-2023"},
    {"report_id": "pmid:30000009", "published_on": "2024", "kind": "review", "status": "active"},
)  # fmt: skip


def _result(study: str, report: str, **cells: Cell) -> dict[str, Cell]:
    place = {"study_id": study, "report_id": report, "arm": "new", "locator": "Table 2", "status": "verified"}
    return {**place, **cells}


#: One row of each shape that real sheets hold, the awkward ones included.
RESULTS: tuple[Mapping[str, Cell], ...] = (
    _result("adams-2019", "pmid:30000001", outcome="cr", measure="count", events="41", n="105", population="ITT"),
    _result("adams-2019", "pmid:30000001", outcome="cr", measure="count", events=38.0, n=103, arm="control"),
    _result("adams-2019", "pmid:30000001", outcome="os", measure="HR", estimate="0.62", ci_low="0.39", ci_high="0.98",
            ci_level="95", comparator="control", p_value="0.04"),
    _result("adams-2019", "pmid:30000001", outcome="efs", measure="HR", estimate="0.55", p_value="<0.001",
            comparator="control", note="no interval given"),
    _result("adams-2019", "pmid:30000001", outcome="mrd", measure="RD", estimate=-0.02, ci_low=-0.312, ci_high=0.28),
    _result("adams-2019", "pmid:30000001", outcome="dfs", measure="RMST", estimate="72", ci_low="36", ci_high="108"),
    _result("brown-2021", "pmid:30000003", outcome="os", measure="survival", timepoint_months="36", estimate="0.72",
            ci_low="0.49", ci_high="0.87", ci_level=0.95, n="24"),
    _result("brown-2021", "pmid:30000003", outcome="os", measure="median-months", estimate="14.6", ci_low="11.0", n=110,
            note="upper limit not estimable"),
    _result("brown-2021", "pmid:30000003", outcome="pfs", measure="median-months", ci_low=15.1, note="not reached"),
    _result("brown-2021", "cite:blood-2021-1", outcome="death", measure="count", events="6"),
    _result("brown-2021", "cite:blood-2021-1", outcome="ae", measure="events", events="21"),
    _result("brown-2021", "cite:blood-2021-1", outcome="nrm", measure="cumulative-incidence", timepoint_months=24,
            n="78", estimate="0.026", se="0.012"),
    _result("brown-2021", "pmid:30000009", outcome="hsct", measure="count", events=0, n=39, status="from-review"),
    _result("costa-2023", "news:costa", outcome="mrd", measure="count", events="71", estimate="0.94"),
    _result("costa-2023", "news:costa", outcome="cr", measure="proportion", estimate="1", ci_level="0.95"),
    _result("costa-2023", "news:costa", outcome="cr", measure="proportion", estimate="0.9", variant="letter"),
)  # fmt: skip
APPRAISALS: tuple[Mapping[str, Cell], ...] = (
    {"study_id": "adams-2019", "instrument": "NOS", "item": "Q1", "score": 0.5},
    {"study_id": "adams-2019", "instrument": "NOS", "item": "Q2", "score": "1"},
)
ONGOING: tuple[Mapping[str, Cell], ...] = (
    {"registry_id": "NCT00000007", "target_enrollment": "60", "source": "Table IV of the review"},
)


def raw(table: str, rows: Sequence[Mapping[str, Cell]], place: str = "", columns: Sequence[str] = ()) -> RawTable:
    """A raw table of these rows; its columns are those that any row has, the first row stands in row 2."""
    names = tuple(columns) or tuple(dict.fromkeys(name for row in rows for name in row))
    return RawTable(
        table=table,
        place=place or f"{table}.csv",
        columns=names,
        rows=tuple(tuple(row.get(name) for name in names) for row in rows),
        row_numbers=tuple(range(2, len(rows) + 2)),
    )


def everything() -> list[RawTable]:
    """All the sheets."""
    return [
        raw("studies", STUDIES),
        raw("reports", REPORTS),
        raw("results", RESULTS),
        raw("appraisals", APPRAISALS),
        raw("ongoing", ONGOING),
    ]


def result(**values: Any) -> Row:
    """A typed result row; what is not given is that of a plain count."""
    plain = {"study_id": "adams-2019", "report_id": "pmid:1", "outcome": "cr", "arm": "new", "measure": "count",
             "events": 10, "n": 20, "locator": "Table 1", "status": "verified"}  # fmt: skip
    return Row("results", plain | values, "results.csv, row 2")


def study(name: str, **values: Any) -> Row:
    """A typed study row."""
    return Row("studies", {"study_id": name, "label": name.title(), **values}, "studies.csv, row 2")


def report(name: str, study_id: str | None = None, published_on: str | None = None) -> Row:
    """A typed report row."""
    return Row("reports", {"report_id": name, "study_id": study_id, "published_on": published_on}, "reports.csv, row 2")
