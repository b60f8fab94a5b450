"""Rows that a source proposes, as rows of the table of proposals, and which of them nobody has decided.

A proposal is named by the identity of the row that it proposes: the same number proposed twice is one proposal, and a
number that its source has changed is another, which people see again although they declined the first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from livereview.changes import Tables
from livereview.evidence.rows import Row, Value, identity
from livereview.evidence.schema import TABLES
from livereview.pairing import Row as Current

#: Of rows that have no time of recording: they come in one state, so none of them is later than another.
_FIRST = datetime.min.replace(tzinfo=UTC)


def proposal_of(row: Row, review: str, locator: str, unsettled: Iterable[str] = (), note: str = "") -> Row:
    """The proposal of a row for a review. ``unsettled`` are columns that a person must set before it can be accepted,
    ``locator`` is the document and the path in it."""
    return proposal(row.table, row.values, review, locator, unsettled, note)


def proposal(
    table: str,
    values: Mapping[str, Value],
    review: str,
    locator: str,
    unsettled: Iterable[str] = (),
    note: str = "",
) -> Row:
    """Like ``proposal_of``, of values that are no row yet: an unsettled column may be a part of the key.

    ``values`` have the types of the schema, and hold no empty cells.
    """
    names = TABLES[table].names
    cells: dict[str, Value] = {
        "proposal_id": identity(table, values),
        "review": review,
        "for_table": table,
        "study_id": values.get("study_id", ""),
        "content": json.dumps(dict(values), sort_keys=True, ensure_ascii=False, allow_nan=False),
        "unsettled": "; ".join(sorted(set(unsettled), key=names.index)),
        "locator": locator,
        "note": note,
    }
    return Row("proposals", cells, locator)


def proposed_row(proposal: Row | Current) -> Row:
    """The row that a proposal proposes, with the locator as its origin.

    ValueError where a part of its key is not settled (see ``proposed_values``), or where the content is of another
    schema than this version's.
    """
    cells = _cells(proposal)
    return Row(str(cells["for_table"]), proposed_values(proposal), str(cells["locator"]))


def proposed_values(proposal: Row | Current) -> dict[str, Value]:
    """The values that a proposal proposes, by column; an empty cell is absent."""
    return dict(json.loads(str(_cells(proposal)["content"])))


def unsettled_columns(proposal: Row | Current) -> tuple[str, ...]:
    """The columns that a person must set before the proposal can be accepted, in the order of the table."""
    return tuple(name.strip() for name in str(_cells(proposal).get("unsettled") or "").split(";") if name.strip())


def undecided(tables: Tables, review: str) -> list[Current]:
    """The proposals to a review on which nobody has decided, by study, document and table.

    Left out are those whose row is recorded already as it stands, and those that their source has replaced: where one
    locator proposed something else under the same key later.
    """
    decided = {row["proposal_id"] for row in tables["acceptances"]}
    recorded = {row.get("row_id") for name in TABLES for row in tables.get(name, ())}
    own = [row for row in tables["proposals"] if row["review"] == review]
    latest: dict[tuple[Any, ...], datetime] = {}
    for row in own:
        latest[_place(row)] = max(latest.get(_place(row), _FIRST), row.get("recorded_at") or _FIRST)
    open_ones = [
        row
        for row in own
        if row["proposal_id"] not in decided | recorded and latest[_place(row)] == (row.get("recorded_at") or _FIRST)
    ]
    order = {name: position for position, name in enumerate(TABLES)}
    return sorted(
        open_ones,
        key=lambda row: (row["study_id"] or "", order[row["for_table"]], row["locator"], row["proposal_id"]),
    )


def _place(row: Current) -> tuple[Any, ...]:
    """What a later proposal replaces: locator, table and key; itself alone where a part of the key is not settled."""
    key = TABLES[row["for_table"]].key
    if set(key) & set(unsettled_columns(row)):
        return (row["proposal_id"],)
    values = proposed_values(row)
    return (row["locator"], row["for_table"], *(values.get(name) for name in key))


def _cells(proposal: Row | Current) -> Mapping[str, Any]:
    return proposal.values if isinstance(proposal, Row) else proposal
