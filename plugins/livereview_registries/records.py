"""Searches of the registry and the trials that they found, as rows of the ledger."""

from __future__ import annotations

import hashlib
from datetime import date

from livereview import Cell, RawTable, Reference, records_table, registry_ids_in, year_in
from livereview_registries.proposals import report_id, url
from livereview_registries.trial import Trial

SOURCE = "ClinicalTrials.gov"
_COLUMNS = ("search_id", "review", "source", "kind", "query", "searched_on", "through", "hits", "locator", "note")


def search_id(query: str, day: str) -> str:
    """The same for the same query on the same day: ``clinicaltrials-gov-2026-11-29-`` and a mark of the query."""
    return f"clinicaltrials-gov-{day}-{hashlib.sha256(query.encode()).hexdigest()[:8]}"


def search_tables(
    trials: list[Trial],
    *,
    review: str,
    query: str,
    searched_on: str,
    through: str,
    hits: int,
    locator: str,
    today: date,
    note: str = "",
) -> list[RawTable]:
    """The row of one search, and one of each trial that it found."""
    name = search_id(query, searched_on)
    row: dict[str, Cell] = {
        "search_id": name,
        "review": review or None,
        "source": SOURCE,
        "kind": "register",
        "query": query,
        "searched_on": searched_on,
        "through": through or None,
        "hits": hits,
        "locator": locator,
        "note": note or None,
    }
    search = RawTable(
        table="searches",
        place=f"{SOURCE}, search {name}",
        columns=_COLUMNS,
        rows=(tuple(row[column] for column in _COLUMNS),),
        row_numbers=(2,),
        kind="ledger",
    )
    references = [reference(trial) for trial in trials]
    rows = range(2, len(references) + 2)  # row 1 is the header
    return [
        search,
        records_table(
            references, name, f"{SOURCE}, records of {name}", found_on=searched_on, numbers=rows, today=today
        ),
    ]


def reference(trial: Trial) -> Reference:
    """A trial as a bibliographic record."""
    return Reference(
        record_id=report_id(trial),
        title=trial.title or trial.brief_title,
        year=year_in(trial.first_posted),
        journal=SOURCE,
        registry_ids=tuple(dict.fromkeys((*trial.numbers, *registry_ids_in(*trial.other_ids)))),
        url=url(trial),
        abstract=trial.summary,
        published_on=trial.first_posted,
        kind="registry",
    )
