"""How far people agree who read the same results or scored the same items: shares, kappa, and every cell that differs.

Numbers are compared by value, one cell at a time: the share of cells that agree among those that somebody filled.
Categories also have a kappa, weighted linearly where an instrument orders the scores.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np

from livereview.descriptions import what_in_words
from livereview.evidence.schema import TABLES
from livereview.people import AgreementLine, Disagreement
from livereview.team import kappa
from livereview.team.adjudication import COMPARED_ONLY, DECIDING, Row, Several, comparable, differing, person, written
from livereview.team.appraisal import Instruments, is_total, item_of

_ALL = "all"


@dataclass(frozen=True)
class _Cell:
    """One cell of one thing: what each person wrote, as it is compared."""

    values: Mapping[str, Any]

    def given(self, people: Iterable[str]) -> tuple[Any, ...] | None:
        """What these people wrote; None unless each recorded the thing and one of them filled the cell."""
        names = list(people)
        if not set(names) <= self.values.keys():
            return None
        found = tuple(self.values[name] for name in names)
        return None if all(value is None for value in found) else found


def lines(readings: Iterable[Several], judgements: Iterable[Several], instruments: Instruments) -> list[AgreementLine]:
    """Agreement per column of the results and per item of each instrument, by pair of people and of all."""
    return [*_of_results(list(readings)), *_of_appraisals(list(judgements), instruments)]


def disagreements(things: Iterable[Several], labels: Mapping[str, str]) -> Iterator[Disagreement]:
    """Every cell that people filled differently. ``labels`` are names of studies by id."""
    for thing in things:
        if len(thing.readings) < 2:
            continue
        compared = (*DECIDING[thing.table], *COMPARED_ONLY[thing.table])
        for column in differing(compared, thing.readings):
            yield _disagreement(thing, column, labels)


def _disagreement(thing: Several, column: str, labels: Mapping[str, str]) -> Disagreement:
    first = thing.readings[0]
    decides = column in DECIDING[thing.table]
    state: Literal["open", "adjudicated", "preferred", "no matter"] = "no matter"
    if decides:
        state = thing.state if thing.state in ("adjudicated", "preferred") else "open"
    stands = thing.used if state in ("adjudicated", "preferred") else None
    results = thing.table == "results"
    return Disagreement(
        table="results" if results else "appraisals",
        study_id=first["study_id"],
        study_label=labels.get(first["study_id"], first["study_id"]),
        report_id=first["report_id"] if results else "",
        outcome=first.get("outcome") or "",
        what=what_in_words(first) if results else f"{first['instrument']}, {first['item']}",
        column=column,
        values=tuple((person(thing.table, row), written(row.get(column))) for row in thing.readings),
        state=state,
        settled=None if stands is None else (person(thing.table, stands), written(stands.get(column))),
        places=tuple(str(row["origin"]) for row in thing.rows if row.get("origin")),
    )


# --- results ---------------------------------------------------------------------------------------------------


def _of_results(things: Sequence[Several]) -> Iterator[AgreementLine]:
    numbers: list[_Cell] = []
    found: list[AgreementLine] = []
    for column in (*DECIDING["results"], *COMPARED_ONLY["results"]):
        cells = _cells(things, column)
        if TABLES["results"].column(column).kind == "choice":
            found += _categories(cells, "results", "", column, ())
        else:
            numbers += cells
            found += _numbers(cells, "results", "", column)
    yield from _numbers(numbers, "results", "", "all numbers")
    yield from found


def _cells(things: Iterable[Several], column: str) -> list[_Cell]:
    """The cells of a column, of things that several people recorded. A default stands for an empty cell."""
    return [
        _Cell({person(thing.table, row): _filled(column, row) for row in thing.readings})
        for thing in things
        if len(thing.readings) > 1 and any(row.get(column) is not None for row in thing.readings)
    ]


def _filled(column: str, row: Row) -> Any:
    return comparable(column, row.get(column))


# --- appraisals ------------------------------------------------------------------------------------------------


def _of_appraisals(things: Sequence[Several], instruments: Instruments) -> Iterator[AgreementLine]:
    by_instrument: dict[str, dict[str, list[Several]]] = {}
    for thing in things:
        row = thing.rows[0]
        by_instrument.setdefault(row["instrument"], {}).setdefault(row["item"], []).append(thing)
    for written_as, items in by_instrument.items():
        known = instruments.find(written_as)
        pooled: list[_Cell] = []
        orders: list[tuple[Any, ...]] = []
        found: list[AgreementLine] = []
        for name, group in items.items():
            cells = _cells(group, "score")
            if known is not None and is_total(known, name):
                found += _numbers(cells, "appraisals", written_as, name)
                continue
            item = None if known is None else item_of(known, name)
            order = () if item is None else tuple(comparable("score", score) for score in item.scores)
            found += _categories(cells, "appraisals", written_as, name, order)
            pooled += cells
            orders.append(order)
        longest = max(orders, key=len, default=())
        one_scale = all(order and set(order) <= set(longest) for order in orders)
        if len(items) > 1:
            yield from _categories(pooled, "appraisals", written_as, "all items", longest if one_scale else ())
        yield from found


# --- one column ------------------------------------------------------------------------------------------------

_Table = Literal["results", "appraisals"]


def _pairs(cells: Iterable[_Cell]) -> list[tuple[str, str]]:
    return sorted({pair for cell in cells for pair in combinations(sorted(cell.values), 2)})


def _numbers(cells: Sequence[_Cell], table: _Table, instrument: str, column: str) -> Iterator[AgreementLine]:
    pairs = _pairs(cells)
    groups = [(", ".join(pair), [found for cell in cells if (found := cell.given(pair))]) for pair in pairs]
    if len(pairs) > 1:
        groups.append((_ALL, [found for cell in cells if (found := cell.given(cell.values))]))
    for people, compared in groups:
        if compared:
            agreed = sum(len(set(values)) == 1 for values in compared)
            yield AgreementLine(
                table=table, instrument=instrument, column=column, people=people, kind="number",
                compared=len(compared), agreed=agreed,
            )  # fmt: skip


def _categories(
    cells: Sequence[_Cell], table: _Table, instrument: str, column: str, order: tuple[Any, ...]
) -> Iterator[AgreementLine]:
    """Cohen's kappa of each pair; where there are several pairs, Fleiss' kappa of all."""
    pairs = _pairs(cells)
    for pair in pairs:
        compared = [found for cell in cells if (found := cell.given(pair))]
        if compared:
            value, method, note = _cohen(compared, order)
            yield _category(table, instrument, column, ", ".join(pair), compared, value, method, note)
    if len(pairs) > 1:
        everyone = [found for cell in cells if (found := cell.given(cell.values))]
        value, note = _fleiss(everyone)
        yield _category(table, instrument, column, _ALL, everyone, value, "Fleiss", note)


def _category(
    table: _Table,
    instrument: str,
    column: str,
    people: str,
    compared: Sequence[tuple[Any, ...]],
    value: kappa.Kappa,
    method: str,
    note: str,
) -> AgreementLine:
    low, high = value.limits()
    return AgreementLine(
        table=table,
        instrument=instrument,
        column=column,
        people=people,
        kind="category",
        compared=len(compared),
        agreed=sum(len(set(values)) == 1 for values in compared),
        kappa=_known(value.value),
        kappa_low=_known(low),
        kappa_high=_known(high),
        method=method,
        note="; ".join(part for part in (value.note, note) if part),
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _cohen(compared: Sequence[tuple[Any, ...]], order: tuple[Any, ...]) -> tuple[kappa.Kappa, str, str]:
    """Weighted linearly over ordered scores, pairs with a score outside the order left out; else unweighted."""
    if len(order) > 2:
        ordered = [values for values in compared if set(values) <= set(order)]
        counts = _square(ordered, order)
        out = len(compared) - len(ordered)
        note = f"{out} left out, scored outside the order" if out else ""
        return kappa.cohen(counts, kappa.linear_weights(len(order))), "Cohen, linear weights", note
    categories = sorted({value for values in compared for value in values}, key=str)
    return kappa.cohen(_square(compared, categories)), "Cohen", ""


def _square(compared: Iterable[tuple[Any, ...]], categories: Sequence[Any]) -> Any:
    counts = np.zeros((len(categories), len(categories)))
    for first, second in compared:
        counts[categories.index(first), categories.index(second)] += 1
    return counts


def _fleiss(compared: Sequence[tuple[Any, ...]]) -> tuple[kappa.Kappa, str]:
    """Of the things that the most usual number of people recorded; Fleiss' kappa needs one number for all."""
    sizes = Counter(len(values) for values in compared)
    if not sizes:
        return kappa.fleiss([]), ""
    m = max(sizes, key=lambda size: (sizes[size], size))
    used = [values for values in compared if len(values) == m]
    categories = sorted({value for values in used for value in values}, key=str)
    counts = [[values.count(category) for category in categories] for values in used]
    out = len(compared) - len(used)
    return kappa.fleiss(counts), f"{out} left out, not by {m} people" if out else ""
