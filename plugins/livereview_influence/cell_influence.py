"""The audit check ``cell-influence``: how far each extracted cell moves each conclusion; double-check these first.

All changes of an outcome are pooled in one batch. A movement is told in widths of the outcome's confidence interval, on
the log scale for ratios and rates, else as shown.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from pydantic import Field

from livereview import (
    AuditCheck,
    AuditCode,
    Audited,
    AuditFinding,
    AuditPlace,
    AuditRequest,
    Mask,
    Options,
    PluginError,
)
from livereview.printing import fixed
from livereview_influence.cell_changes import Kind, Positions
from livereview_influence.cell_list import first_cells, influence
from livereview_influence.cell_moves import Moved, conclusion, holds_null, moved, rows_of, told

FLIPS = AuditCode(code="cell-flips-conclusion", severity="warning", title="One cell decides the conclusion")
SWAP = AuditCode(code="arms-hide-effect", severity="note", title="With the arms exchanged there would be an effect")
MOVES = AuditCode(code="cell-moves-estimate", severity="note", title="One cell moves the estimate far")
#: Columns that a standard error is read in, the first that a study states.
_ERRORS = (("se",), ("ci_low", "ci_high"), ("o_minus_e_variance",), ("p_value",), ("n",))


class CellInfluence(Options):
    """Options of cell-influence."""

    top: int = Field(default=20, ge=0, description="How many cells the list of those to double-check first has.")
    moves: float = Field(
        default=0.25, gt=0, description="Part of the width of its interval by which an estimate must move to be a note."
    )


def audited(request: AuditRequest, options: CellInfluence) -> Audited:
    """Cells that decide a conclusion or move an estimate far, the list of those to look at first, and the influence of
    every row."""
    found: list[Moved] = []
    notes: list[str] = []
    for outcome in request.outcomes:
        try:
            one = moved(outcome)
        except PluginError as error:
            notes.append(f"{outcome.result.title}: not done: {error}.")
            continue
        if one is not None:
            found.append(one)
    return Audited(
        findings=tuple(finding for one in found for finding in _findings(one, options)),
        tables=first_cells(found, notes, options.top),
        influence=influence(found),
    )


def _findings(one: Moved, options: CellInfluence) -> Iterator[AuditFinding]:
    """Of each study of an outcome the change that matters most, if one does. That the arms of a study would undo an
    effect if they were exchanged is no finding: they nearly always would."""
    deciding = _largest(one, one.flips & one.small)
    moving = _largest(one, one.possible & one.small & (one.size > options.moves))
    hiding = _largest(one, one.flips & ~one.small & holds_null(one.outcome.result))
    yield from (_finding(one, at, FLIPS) for at in deciding)
    said = set(one.sets.study[deciding].tolist())
    yield from (_finding(one, at, MOVES) for at in moving if int(one.sets.study[at]) not in said)
    said |= set(one.sets.study[moving].tolist())
    yield from (_finding(one, at, SWAP) for at in hiding if int(one.sets.study[at]) not in said)


def _finding(one: Moved, at: int, code: AuditCode) -> AuditFinding:
    outcome, kind = one.outcome.result, one.sets.kinds[int(one.sets.kind[at])]
    study = outcome.studies[int(one.sets.study[at])]
    first, *others = rows_of(kind, study.rows)
    stated = [names for names in _ERRORS if set(names) <= set(study.data)]
    columns = kind.columns or (stated[0] if stated and kind.side == "" else ())
    places = [
        AuditPlace(table="results", row_id=row.row_id, columns=columns, study_id=study.study_id,
                   outcome_id=outcome.id)
        for row in (first, *others)
    ]  # fmt: skip
    before, after = told(one, at)
    cell = "" if kind.side in ("", "both") else f" in the {kind.cell.partition(', ')[2]}"
    message = (
        f"{outcome.title}: with {_words(kind)}{cell} of {study.label}, {before} becomes {after}, and the interval "
        f"{conclusion(one, at)}"
        if code is not MOVES
        else f"{outcome.title}: with {_words(kind)}{cell} of {study.label}, {before} becomes {after}, "
        f"{fixed(float(one.size[at]), 2)} of the width of the interval"
    )
    remedy = f"Read the number again in {first.locator}, and have a second person read it."
    return AuditFinding(code=code.code, message=f"{message}.", remedy=remedy, place=places[0], also=tuple(places[1:]))


def _words(kind: Kind) -> str:
    return f"the {kind.words}" if kind.words.startswith(("standard", "SD")) else kind.words


def _largest(one: Moved, wanted: Mask) -> Positions:
    """Of each study the wanted change that moves the estimate most, in the order of studies."""
    at = np.flatnonzero(wanted)
    order = np.lexsort((at, -np.nan_to_num(one.size[at]), one.sets.study[at]))
    at = at[order]
    _, first = np.unique(one.sets.study[at], return_index=True)
    return at[first]


CELL_INFLUENCE = AuditCheck(
    name="cell-influence",
    title="Influence of every cell",
    summary="How far one event, a tenth of a standard error or exchanged arms move each conclusion.",
    options=CellInfluence,
    codes=(FLIPS, MOVES, SWAP),
    find=audited,
    family="influence",
)
