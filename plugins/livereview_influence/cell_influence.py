"""The audit check ``cell-influence``: how far each extracted cell moves each conclusion; double-check these first.

All changes of an outcome are pooled in one batch. A movement is told in widths of the outcome's confidence interval, on
the log scale for ratios and rates, else as shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

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
    """Of an outcome the cell that decides it, if one does, with the other studies in which one does too; of each other
    study the change that moves the estimate most, if it moves it far. That the arms of a study would undo an effect if
    they were exchanged is no finding: they nearly always would."""
    deciding = _largest(one, one.flips & one.small)
    moving = _largest(one, one.possible & one.small & (one.size > options.moves))
    hiding = _largest(one, one.flips & ~one.small & holds_null(one.outcome.result))
    yield from _deciding(one, deciding)
    yield from _by_study(one, moving, MOVES, without=deciding)
    yield from _by_study(one, hiding, SWAP, without=np.concatenate([deciding, moving]))


def _deciding(one: Moved, at: Positions) -> Iterator[AuditFinding]:
    """One finding for all studies of an outcome in which one cell decides: that which moves the estimate most."""
    if not at.size:
        return
    first, *others = at[np.argsort(-one.size[at], kind="stable")].tolist()
    others_places = tuple(place for other in others for place in _places(one, other))
    more = f" One cell of {_counted(len(others))} decides it too." if others else ""
    found = _finding(one, first, FLIPS)
    yield replace(found, message=found.message + more, also=others_places)


def _counted(number: int) -> str:
    return f"{number} other {'study' if number == 1 else 'studies'}"


def _by_study(one: Moved, at: Positions, code: AuditCode, without: Positions) -> Iterator[AuditFinding]:
    """A finding for each study that has none yet."""
    told = set(one.sets.study[without].tolist())
    yield from (_finding(one, each, code) for each in at.tolist() if int(one.sets.study[each]) not in told)


def _finding(one: Moved, at: int, code: AuditCode) -> AuditFinding:
    outcome, kind = one.outcome.result, one.sets.kinds[int(one.sets.kind[at])]
    study = outcome.studies[int(one.sets.study[at])]
    before, after = told(one, at)
    cell = "" if kind.side in ("", "both") else f" in the {kind.cell.partition(', ')[2]}"
    said = f"{outcome.title}: with {_words(kind)}{cell} of {study.label}, {before} becomes {after}, "
    if code is MOVES:
        said += f"{fixed(float(one.size[at]), 2)} of the width of the interval away."
    else:
        said += f"and the interval {conclusion(one, at)}."
    place, *others = _places(one, at)
    remedy = f"Read the number again in {rows_of(kind, study.rows)[0].locator}, and have a second person read it."
    return AuditFinding(code=code.code, message=said, remedy=remedy, place=place, also=tuple(others))


def _places(one: Moved, at: int) -> list[AuditPlace]:
    """The cell that is changed; of exchanged arms both rows."""
    outcome, kind = one.outcome.result, one.sets.kinds[int(one.sets.kind[at])]
    study = outcome.studies[int(one.sets.study[at])]
    stated = [names for names in _ERRORS if set(names) <= set(study.data)]
    columns = kind.columns or (stated[0] if stated and kind.side == "" else ())
    rows = rows_of(kind, study.rows)
    return [
        AuditPlace(table="results", row_id=row.row_id, columns=columns, study_id=study.study_id, outcome_id=outcome.id)
        for row in rows
    ]


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
