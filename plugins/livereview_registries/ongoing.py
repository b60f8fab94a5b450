"""Trials without results that the review waits for: where the registry says something else by now, the corrected row.

All columns of the known row are kept; only the state, the dates, the number of patients and the phase change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from livereview import Cell, RawTable, partial_date
from livereview_registries.proposals import phase
from livereview_registries.trial import Trial

#: Every column of the table that a row may keep.
_COLUMNS = (
    "registry_id", "study_id", "phase", "regimen", "comparator", "design", "setting", "population", "ph_status",
    "target_enrollment", "primary_endpoint", "registered_on", "expected_on", "recruitment", "source", "note",
)  # fmt: skip
_STATED = re.compile(r"(?:; )?as ClinicalTrials\.gov state(?:d in its update of [0-9-]+|s)(?: \([0-9]+ took part\))?")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}


def corrected_row(trial: Trial, known: Mapping[str, Cell], place: str) -> RawTable | None:
    """The proposed row of a known trial; None where the registry says what the row says."""
    row = {column: known.get(column) for column in _COLUMNS}
    changed = [column for column, said in _said(trial).items() if said and not _same(column, row[column], said)]
    if not changed:
        return None
    for column in changed:
        row[column] = _said(trial)[column]
    row["note"] = _dated(row["note"], trial)
    return RawTable(
        table="ongoing",
        place=f"{place}, ongoing",
        columns=_COLUMNS,
        rows=(tuple(row[column] for column in _COLUMNS),),
        row_numbers=(2,),
        kind="proposed",
    )


def _dated(note: Cell, trial: Trial) -> Cell:
    """The note of a row with the day of the registry's data, and how many took part, in place of an earlier one."""
    kept = _STATED.sub("", str(note or "")).strip()
    updated = f"d in its update of {trial.updated}" if trial.updated else "s"
    people = f" ({trial.enrollment} took part)" if trial.enrolled and trial.enrollment is not None else ""
    stated = f"as ClinicalTrials.gov state{updated}{people}"
    return f"{kept}; {stated}" if kept else stated


def _said(trial: Trial) -> dict[str, Cell]:
    """What the registry says now, by column."""
    return {
        "recruitment": state(trial.state),
        "expected_on": partial_date(trial.primary_completion),
        "target_enrollment": None if trial.enrolled else trial.enrollment,
        "phase": phase(trial),
    }


def state(code: str) -> str:
    """``ACTIVE_NOT_RECRUITING`` as people write it: ``Active, not recruiting``."""
    text = code.replace("_", " ").strip().capitalize()
    return "Active, not recruiting" if text == "Active not recruiting" else text


def _same(column: str, known: Cell, said: Cell) -> bool:
    """Whether a cell says what the registry says, however it is spelt."""
    if known is None or known == "":
        return False
    if column == "phase":
        return _phase(str(known)) == _phase(str(said))
    if column == "target_enrollment":
        return str(known).removesuffix(".0") == str(said)
    return _letters(str(known)) == _letters(str(said))


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.lower())


def _phase(text: str) -> tuple[str, ...]:
    words = re.findall(r"[0-9]|\b[iv]+\b", text.lower())
    return tuple(_ROMAN.get(word, word) for word in words)
