"""What several people recorded under one key, and what stands: agreed, adjudicated, preferred, or open.

Rows of a table that agree in all of its key but the person are readings of one thing. A row without a person is the
team's. Nothing is averaged and nobody is believed more than another unless the manifest says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from livereview.evidence.schema import TABLES

Row = Mapping[str, Any]
State = Literal["single", "agreed", "adjudicated", "preferred", "open"]

#: The column that says whose row it is, by table.
PERSON: Mapping[str, str] = {"results": "extractor", "appraisals": "rater"}
#: Columns that must be equal for two readings to agree, by table.
DECIDING: Mapping[str, tuple[str, ...]] = {
    "results": (
        "events", "n", "estimate", "ci_low", "ci_high", "ci_level", "se", "sd", "person_time", "p_value", "o_minus_e",
        "o_minus_e_variance", "direction",
    ),
    "appraisals": ("score",),
}  # fmt: skip
#: Columns that are compared too, but in which readings may differ and the number stands.
COMPARED_ONLY: Mapping[str, tuple[str, ...]] = {"results": ("status", "at_risk"), "appraisals": ()}
#: What an empty cell means, where it means something.
_MEANT: Mapping[str, float] = {"ci_level": 0.95}
TEAM = "the team"


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a manifest says about readings that differ."""

    prefer: tuple[str, ...] = ()
    """People in the order in which their readings are taken where readings differ; empty = nobody's is."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Doubt:
    """Something about an adjudication that does not fit the readings it settles."""

    row: Row
    """The adjudication."""
    message: str
    remedy: str
    refused: Literal["always", "if new", "never"]
    """Whether rows that bring it about are refused: any of them, an adjudication only, or none."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Several:
    """All current rows of one thing, by whom they are, and the row that stands for it."""

    table: str
    key: tuple[Any, ...]
    """Without the person."""
    readings: tuple[Row, ...]
    adjudications: tuple[Row, ...]
    differing: tuple[str, ...]
    """Deciding columns in which the readings differ."""
    state: State
    used: Row | None
    """None where nothing stands: readings differ and nobody has settled it."""
    doubts: tuple[Doubt, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        return (*self.readings, *self.adjudications)


def several(table: str, rows: Iterable[Row], rules: Rules | None = None) -> tuple[Several, ...]:
    """Every thing of which some row names a person or adjudicates, in the order of its first row.

    What the team alone recorded is left out. Readings come in the order of names, the team first.
    """
    listed = list(rows)
    signed = {_thing(table, row) for row in listed if row.get(PERSON[table]) or row.get("adjudicates")}
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in listed if signed else ():
        key = _thing(table, row)
        if key in signed:
            groups.setdefault(key, []).append(row)
    return tuple(_shared(table, key, group, rules or Rules()) for key, group in groups.items())


def with_one_row_each(
    rows: Iterable[Row], things: Iterable[Several], row_of: Callable[[Several], Row | None]
) -> list[Row]:
    """The rows with those of each shared thing replaced by one, or by none, in the place of its first."""
    owner = {id(row): thing for thing in things for row in thing.rows}
    done: set[int] = set()
    found: list[Row] = []
    for row in rows:
        thing = owner.get(id(row))
        if thing is None:
            found.append(row)
        elif id(thing) not in done:
            done.add(id(thing))
            stands = row_of(thing)
            found += [] if stands is None else [stands]
    return found


def _thing(table: str, row: Row) -> tuple[Any, ...]:
    """The key of a row without the person."""
    return tuple(row.get(name) for name in TABLES[table].key if name != PERSON[table])


def person(table: str, row: Row) -> str:
    """Whose row it is; "the team" for a row that names nobody."""
    return str(row.get(PERSON[table]) or TEAM)


def comparable(column: str, value: Any) -> Any:
    """What two cells must have in common to say the same: numbers by value, other text without capitals."""
    if value is None:
        return _MEANT.get(column)
    if column == "p_value":
        bound = str(value).rstrip("0123456789.eE+-")
        return bound, float(str(value).removeprefix(bound))
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value.casefold()
    return float(value)


def differing(columns: Iterable[str], rows: Sequence[Row]) -> tuple[str, ...]:
    """The columns in which the rows do not all say the same."""
    return tuple(name for name in columns if len({comparable(name, row.get(name)) for row in rows}) > 1)


def in_cells(columns: Iterable[str], table: str, rows: Iterable[Row]) -> str:
    """Cells and people in words: "events 12 (anna), 11 (ben); n empty (anna), 40 (ben)"."""
    listed = list(rows)
    return "; ".join(
        f"{name} {', '.join(f'{written(row.get(name))} ({person(table, row)})' for row in listed)}" for name in columns
    )


def written(value: Any) -> str:
    """A cell as a person reads it."""
    return "empty" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


# --- one thing -------------------------------------------------------------------------------------------------


def _shared(table: str, key: tuple[Any, ...], rows: list[Row], rules: Rules) -> Several:
    ordered = sorted(rows, key=lambda row: str(row.get(PERSON[table]) or ""))
    readings = tuple(row for row in ordered if not row.get("adjudicates"))
    adjudications = tuple(row for row in ordered if row.get("adjudicates"))
    differ = differing(DECIDING[table], readings)
    doubts = tuple(_doubts(table, readings, adjudications, differ))
    state, used = _standing(table, readings, adjudications, differ, rules)
    return Several(
        table=table,
        key=key,
        readings=readings,
        adjudications=adjudications,
        differing=differ,
        state=state,
        used=used,
        doubts=doubts,
    )


def _standing(
    table: str, readings: Sequence[Row], adjudications: Sequence[Row], differ: Sequence[str], rules: Rules
) -> tuple[State, Row | None]:
    """What stands. An adjudication that does not fit settles nothing: it and the readings must be one story."""
    if adjudications:
        if len(readings) < 2 or differing(DECIDING[table], adjudications):
            return "open", None
        if differ:
            return "adjudicated", adjudications[0]
        if differing(DECIDING[table], (readings[0], adjudications[0])):
            return "open", None
    if not differ:
        return "agreed" if len(readings) > 1 else "single", readings[0]
    for name in rules.prefer:
        for row in readings:
            if person(table, row) == name:
                return "preferred", row
    return "open", None


def _doubts(
    table: str, readings: Sequence[Row], adjudications: Sequence[Row], differ: Sequence[str]
) -> Iterable[Doubt]:
    if not adjudications:
        return
    first = adjudications[0]
    if len(readings) < 2:
        message = "the row adjudicates, but there is no reading of it to settle"
        if readings:
            message = f"the row adjudicates, but there is only one reading of it, that of {person(table, readings[0])}"
        remedy = "Record the two readings, each with its person; or leave adjudicates empty."
        yield Doubt(row=first, message=message, remedy=remedy, refused="always")
        return
    if not differ:
        message = f"the row adjudicates, but the readings of {_people(table, readings)} agree"
        same = not differing(DECIDING[table], (readings[0], first))
        remedy = "Withdraw it, or correct the readings."
        yield Doubt(row=first, message=message, remedy=remedy, refused="if new" if same else "always")
    between = differing(DECIDING[table], adjudications)
    if between:
        message = f"two adjudications differ: {in_cells(between, table, adjudications)}"
        yield Doubt(row=first, message=message, remedy="Withdraw all but one.", refused="always")
    for row in readings:
        when, settled = row.get("recorded_at"), first.get("recorded_at")
        if when is not None and settled is not None and when > settled:
            message = f"the reading of {person(table, row)} was recorded on {when:%Y-%m-%d}, after it was adjudicated"
            remedy = "See whether the adjudication still holds; a note in it, newly recorded, says so."
            yield Doubt(row=first, message=message, remedy=remedy, refused="never")


def _people(table: str, rows: Iterable[Row]) -> str:
    return " and ".join(person(table, row) for row in rows)
