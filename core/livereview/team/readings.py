"""From the result rows of several people to one row for each result, before anything is selected.

Readings that agree become one row, which keeps all of them; readings that differ block their result, unless they are
adjudicated or the manifest prefers somebody. A resolved row is a result row with a few cells more:

- ``readings``: every row that was recorded of the result, where there are several;
- ``blocked``: why it must not be pooled; empty = it may;
- ``settled``: how it came to its number, where people read it differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from livereview.descriptions import value_in_words
from livereview.evidence.schema import STATUSES
from livereview.manifest.models import Extraction
from livereview.team.adjudication import Row, Rules, Several, in_cells, person, several, with_one_row_each


def read(rows: Iterable[Row], extraction: Extraction) -> tuple[Several, ...]:
    """The results that somebody signed, each with all readings and what stands by the rules of a manifest."""
    return several("results", rows, Rules(prefer=extraction.prefer))


def resolved(rows: Iterable[Row], results: Iterable[Several], extraction: Extraction) -> list[Row]:
    """One row for each result: that which stands, or one that is blocked with the reason."""
    return with_one_row_each(rows, results, lambda result: _resolved(result, extraction))


def is_short(result: Several, extraction: Extraction) -> bool:
    """Whether fewer people read a result than the manifest requires. The team's own number needs no other reading."""
    named = all(row.get("extractor") for row in result.readings)
    return named and len(result.readings) < extraction.required and not result.adjudications


def _resolved(result: Several, extraction: Extraction) -> Row:
    stands = _weakest(result.readings) if result.state in ("single", "agreed") else result.used
    if stands is None:
        stands = (result.readings or result.adjudications)[0]
    cells: dict[str, Any] = {}
    if len(result.rows) > 1:
        cells["readings"] = result.rows
    if result.used is None:
        cells |= {"blocked": _why_open(result), "in_dispute": _in_dispute(result.rows)}
    elif is_short(result, extraction) and extraction.missing == "set-aside":
        count = len(result.readings)
        cells["blocked"] = f"read by {count} of {extraction.required} people that the manifest requires"
    elif result.state in ("adjudicated", "preferred"):
        cells["settled"] = f"read differently: {in_cells(result.differing, 'results', result.readings)}; {_by(result)}"
    return {**stands, **cells} if cells else stands


def _weakest(rows: Sequence[Row]) -> Row:
    """Of readings that agree, the one whose status says least: none makes a number look better than it is."""
    return max(rows, key=lambda row: STATUSES.index(row["status"]))


def _by(result: Several) -> str:
    assert result.used is not None
    who = person("results", result.used)
    return f"adjudicated by {who}" if result.state == "adjudicated" else f"the manifest prefers {who}"


def _why_open(result: Several) -> str:
    """Why a result has no number that stands."""
    if result.doubts:
        return f"not settled: {'; '.join(doubt.message for doubt in result.doubts)}"
    cells = in_cells(result.differing, "results", result.readings)
    return f"read differently and not adjudicated: {cells}"


def _in_dispute(rows: Iterable[Row]) -> str:
    return " or ".join(f"{value_in_words(row)} ({person('results', row)})" for row in rows)
