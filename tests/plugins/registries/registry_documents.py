"""Documents of ClinicalTrials.gov for tests: real ones, and small ones made from what a test is about."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from livereview import Fetched, FetchRequest, RawTable
from livereview_registries.files import fetch
from livereview_registries.options import RegistryFileOptions

DOCUMENTS = Path(__file__).with_name("documents")
TODAY = date(2026, 11, 29)

Row = Mapping[str, Any]


def content(name: str) -> bytes:
    """The bytes of a real document."""
    return gzip.decompress((DOCUMENTS / f"{name}.gz").read_bytes())


def study(name: str) -> dict[str, Any]:
    """The one study of a real document of version 2."""
    value = json.loads(content(name))
    found: dict[str, Any] = value["studies"][0] if "studies" in value else value
    return found


def measurements(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every posted value of the outcome measures of a study."""
    for outcome in outcomes_of(document):
        for row in outcome.get("classes", []):
            for category in row["categories"]:
                yield from category.get("measurements", [])


def outcomes_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The outcome measures of a study."""
    found: list[dict[str, Any]] = (
        document.get("resultsSection", {}).get("outcomeMeasuresModule", {}).get("outcomeMeasures", [])
    )
    return found


def made_study(
    number: str = "NCT00000001", *, outcomes: list[Any] | None = None, events: Any = None, **status: Any
) -> dict[str, Any]:
    """A small study. Everything that a test is about is said by the test."""
    results: dict[str, Any] = {}
    if outcomes is not None:
        results["outcomeMeasuresModule"] = {"outcomeMeasures": outcomes}
    if events is not None:
        results["adverseEventsModule"] = events
    made: dict[str, Any] = {
        "protocolSection": {
            "identificationModule": {"nctId": number, "briefTitle": f"Trial {number}"},
            "statusModule": {
                "overallStatus": "COMPLETED",
                "studyFirstPostDateStruct": {"date": "2015-03-02"},
                "resultsFirstPostDateStruct": {"date": "2020-05-01"},
                "lastUpdatePostDateStruct": {"date": "2021-06-07"},
                **status,
            },
        }
    }
    return {**made, "resultsSection": results, "hasResults": True} if results else made


def made_outcome(
    *values: Any, n: Any = ("50", "50"), parameter: str = "NUMBER", unit: str = "participants", **more: Any
) -> dict[str, Any]:
    """An outcome measure of as many groups as there are denominators; a value is a text or the fields of one."""
    groups = [f"OG{i:03d}" for i in range(len(n))]
    posted = [
        {"groupId": group, **(value if isinstance(value, dict) else {"value": value})}
        for group, value in zip(groups, values, strict=False)
        if value is not None
    ]
    return {
        "type": "PRIMARY",
        "title": "Response",
        "reportingStatus": "POSTED",
        "timeFrame": "24 months",
        "paramType": parameter,
        "unitOfMeasure": unit,
        "groups": [{"id": group, "title": f"Arm {i + 1}"} for i, group in enumerate(groups)],
        "denoms": [
            {"units": "Participants", "counts": [{"groupId": g, "value": v} for g, v in zip(groups, n, strict=True)]}
        ],
        "classes": [{"categories": [{"measurements": posted}]}],
        **more,
    }


def made_events(**more: Any) -> dict[str, Any]:
    """A module of adverse events of one group with totals."""
    group = {
        "id": "EG000", "title": "Drug", "deathsNumAffected": 3, "deathsNumAtRisk": 41, "seriousNumAffected": 9,
        "seriousNumAtRisk": 40, "otherNumAffected": 30, "otherNumAtRisk": 40,
    }  # fmt: skip
    return {"frequencyThreshold": "5", "eventGroups": [group], **more}


def event(term: str, *stats: Mapping[str, Any]) -> dict[str, Any]:
    """One adverse event; a count without a group is of the first."""
    return {"term": term, "organSystem": "Nervous", "stats": [{"groupId": "EG000", **each} for each in stats]}


def fetched(folder: Path, *documents: Any, known: Mapping[str, Any] | None = None, **options: Any) -> Fetched:
    """What the source of files brings of documents: real ones by name, made ones as objects.

    The folder is emptied first.
    """
    for before in folder.iterdir():
        before.unlink()
    for position, document in enumerate(documents):
        if isinstance(document, str):
            (folder / document).write_bytes(content(document))
        else:
            (folder / f"document-{position}.json").write_text(json.dumps(document), encoding="utf-8")
    return fetched_folder(folder, known=known, **options)


def fetched_folder(folder: Path, *, known: Mapping[str, Any] | None = None, **options: Any) -> Fetched:
    """What the source of files brings of the folder as it stands."""
    request = FetchRequest(folder=folder.parent, tables=(), review="leukaemia", today=TODAY, known=dict(known or {}))
    return fetch(request, RegistryFileOptions(path=folder.name, **options))


def rows(brought: Fetched, table: str) -> list[dict[str, Any]]:
    """The rows of a table, without empty cells, each with what is unsettled in it."""
    return [row for each in brought.tables if each.table == table for row in rows_of(each)]


def rows_of(table: RawTable) -> list[dict[str, Any]]:
    """The rows of one raw table, without empty cells, each with what is unsettled in it."""
    return [
        {
            **{name: cell for name, cell in zip(table.columns, row, strict=True) if cell not in (None, "")},
            "unsettled": set(table.unsettled.get(position, ())),
        }
        for position, row in enumerate(table.rows)
    ]


def results(brought: Fetched, **wanted: Any) -> list[dict[str, Any]]:
    """The proposed results that hold these cells."""
    return [row for row in rows(brought, "results") if all(row.get(k) == v for k, v in wanted.items())]


def only(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The one row that there must be."""
    assert len(found) == 1, found
    return found[0]
