"""The cells to double-check first, over all outcomes of a review; and how far each row moves an estimate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from livereview import Column, Table, Value
from livereview_influence.cell_changes import Positions
from livereview_influence.cell_moves import Moved, conclusion, rows_of, told

COLUMNS = (
    Column(name="Study", kind="text"),
    Column(name="Outcome", kind="text"),
    Column(name="Cell", kind="text"),
    Column(name="Change", kind="text"),
    Column(name="Before", kind="text"),
    Column(name="After", kind="text"),
    Column(name="Moves, in widths of the interval", kind="number"),
    Column(name="Conclusion", kind="text"),
)
#: Part of the list that exchanged arms may take where they decide: they nearly always do.
_SWAPS = 0.25


def influence(found: Sequence[Moved]) -> dict[str, float]:
    """How far a change of one cell of each row moves an estimate: the most of all outcomes."""
    rows: dict[str, float] = {}
    for one in found:
        for at in np.flatnonzero(one.possible & one.small & (one.size > 0)).tolist():
            study = one.outcome.result.studies[int(one.sets.study[at])]
            (row,) = rows_of(one.sets.kinds[int(one.sets.kind[at])], study.rows)
            rows[row.row_id] = max(rows.get(row.row_id, 0.0), float(one.size[at]))
    return rows


def first_cells(found: Sequence[Moved], notes: Sequence[str], top: int) -> tuple[Table, ...]:
    """The cells to look at first: those that decide a conclusion, then by how far they move an estimate."""
    if not top or not (found or notes):
        return ()
    lines = sorted(((one, at) for one in found for at in _by_cell(one).tolist()), key=lambda line: _priority(*line))
    swaps = [line for line in lines if not line[0].small[line[1]]][: int(top * _SWAPS)]
    kept = [line for line in lines if line[0].small[line[1]] or line in swaps]
    rows = tuple(_row(one, at) for one, at in kept[:top])
    about = (
        "Each line is one cell changed alone, everything else as it is: the change that moves the estimate most. Cells "
        "that decide a conclusion come first, then those that move an estimate furthest. Exchanged arms are listed "
        "where they decide, in a quarter of the list at most."
    )
    more = (f"{len(kept) - top} further cells move an estimate less.",) if len(kept) > top else ()
    return (Table(title="Double-check these first", columns=COLUMNS, rows=rows, notes=(about, *more, *notes)),)


def _by_cell(one: Moved) -> Positions:
    """Of each cell of each study the change that matters most: one that decides, else the largest; exchanged arms only
    where they decide."""
    moves = one.possible & (((one.size > 0) & one.small) | one.flips | one.turned)
    at = np.flatnonzero(moves)
    cells = {kind.cell: number for number, kind in enumerate(one.sets.kinds)}
    numbers = np.array([cells[kind.cell] for kind in one.sets.kinds])
    key = one.sets.study[at] * len(cells) * len(numbers) + numbers[one.sets.kind[at]]
    order = np.lexsort((at, -np.nan_to_num(one.size[at]), ~one.flips[at], key))
    at, key = at[order], key[order]
    _, first = np.unique(key, return_index=True)
    return at[first]


def _priority(one: Moved, at: int) -> tuple[object, ...]:
    """One cell that decides, exchanged arms that do, the rest; each by how far the estimate moves."""
    decides, small = bool(one.flips[at]) or bool(one.turned[at]), bool(one.small[at])
    return (0 if decides and small else 1 if decides else 2, -float(np.nan_to_num(one.size[at])),
            one.outcome.result.id, at)  # fmt: skip


def _row(one: Moved, at: int) -> tuple[Value, ...]:
    result, kind = one.outcome.result, one.sets.kinds[int(one.sets.kind[at])]
    before, after = told(one, at)
    return (
        result.studies[int(one.sets.study[at])].label,
        result.title,
        kind.cell,
        kind.words,
        before,
        after,
        round(float(one.size[at]), 4),
        conclusion(one, at),
    )
