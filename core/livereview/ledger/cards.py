"""The proposals that wait for a person, as a report lists them: what is proposed, and what is accepted now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from livereview.changes import Tables, in_words
from livereview.descriptions import value_in_words, what_in_words
from livereview.evidence.rows import Value
from livereview.evidence.schema import TABLES
from livereview.ledger.proposals import proposed_values, undecided, unsettled_columns
from livereview.living import ProposalCard
from livereview.pairing import Row


def proposal_cards(tables: Tables, review: str) -> tuple[ProposalCard, ...]:
    """The undecided proposals to a review. ``tables`` are all current rows of the store."""
    waiting = undecided(tables, review)
    if not waiting:
        return ()
    labels = {row["study_id"]: str(row["label"]) for row in tables["studies"]}
    accepted = {(name, _key(name, row)): row for name in TABLES for row in tables[name]}
    return tuple(_card(row, labels, accepted) for row in waiting)


def alarms(cards: Iterable[ProposalCard]) -> tuple[str, ...]:
    """What cannot wait: reports in use that a source calls retracted or corrected, and nobody has decided on it."""
    found = []
    for card in cards:
        said = re.search(r"\bstatus (retracted|corrected)\b", card.proposed) if card.table == "reports" else None
        if said is not None:
            study = f" of {card.study}" if card.study else ""
            source = card.locator.split(",")[0]
            found.append(
                f"{source} says that {card.what.removeprefix('report ')}{study} was {said[1]}. Its numbers are used as "
                "they are until somebody decides: livereview review-proposals."
            )
    return tuple(found)


def _card(row: Row, labels: Mapping[str, str], accepted: Mapping[tuple[str, tuple[Any, ...]], Row]) -> ProposalCard:
    table, values = str(row["for_table"]), proposed_values(row)
    new: Row = {**dict.fromkeys(TABLES[table].names), **values}
    old = accepted.get((table, _key(table, new)))
    study = str(row["study_id"] or "")
    return ProposalCard(
        proposal_id=row["proposal_id"],
        table=table,
        study_id=study,
        study=labels.get(study, study),
        what=_what(table, new),
        proposed=value_in_words(new) if table == "results" else _differing(table, new, old),
        accepted="" if old is None else value_in_words(old) if table == "results" else _differing(table, old, new),
        unsettled=unsettled_columns(row),
        locator=row["locator"],
    )


def _key(table: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in TABLES[table].key)


def _what(table: str, row: Row) -> str:
    if table != "results":
        return in_words(table, row)
    return what_in_words({**row, "outcome": row["outcome"] or "?", "arm": row["arm"] or "?"})


def _differing(table: str, row: Row, other: Row | None) -> str:
    """The cells that are not those of the other row."""
    names = [name for name in TABLES[table].names if row[name] is not None and name not in TABLES[table].key]
    if other is not None:
        names = [name for name in TABLES[table].names if row[name] != other[name]]
    return "; ".join(f"{name} {_shown(row[name])}" for name in names)


def _shown(value: Value | None) -> str:
    return "empty" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
