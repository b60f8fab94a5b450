"""Counts that can be, and what is added to them where a cell is empty.

``only0`` adds to every cell of a study that has an empty one, ``all`` to every study, ``if0all`` to every study if any
study has an empty cell, ``none`` to none. A study that was set aside neither gets a correction nor triggers one.
Sweeting, Sutton and Lambert 2004, Stat Med, doi:10.1002/sim.1761; Bradburn et al. 2007, Stat Med, doi:10.1002/sim.2528.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from pydantic import Field

from livereview import Array, Mask, Options
from livereview_measures.findings import Findings, reasons

WHERE_ZERO = "an empty cell in another study (to = if0all)"
WHERE_ALL = "as for every study (to = all)"

#: For the conformance kit: the one choice under which a study's effect depends on the others.
OF_ALL = {"batch-is-singles: to = if0all": "by its definition an empty cell in one study corrects them all"}


class ZeroCells(Options):
    """What is added to cells, and to which studies."""

    add: float = Field(
        default=0.5, ge=0, allow_inf_nan=False, description="What is added to each cell of a study that is corrected."
    )
    to: Literal["only0", "all", "if0all", "none"] = Field(
        default="only0",
        description="Which studies are corrected: those with an empty cell (only0), all, all if any has an empty cell"
        " (if0all), or none.",
    )


def correction(options: ZeroCells, *cells: Array) -> Array:
    """What is added to each cell of each study: ``options.add`` or 0, in the shape ``(..., K)`` of the cells."""
    known = np.logical_and.reduce([np.isfinite(cell) for cell in cells])
    empty = np.logical_or.reduce([cell == 0 for cell in cells])
    where = {
        "only0": empty,
        "all": known,
        "if0all": known & empty.any(axis=-1, keepdims=True),
        "none": np.zeros_like(empty),
    }[options.to]
    return np.where(where, options.add, 0.0)


def note_correction(
    found: Findings, options: ZeroCells, added: Array, to_what: str, *empty: tuple[Mask, str], skip: Any = False
) -> None:
    """Say what was added, to what, and which empty cells were the reason; nothing for the studies in ``skip``."""
    where = (added > 0) & ~np.asarray(skip)
    if where.any():
        why = reasons(*empty, otherwise=WHERE_ALL if options.to == "all" else WHERE_ZERO)
        found.note(where, "{added:g} added to " + to_what + ": {why}", added=added, why=why)


def check_counts(found: Findings, events: Array, n: Array, arm: str = "") -> None:
    """Refuse counts that are missing or cannot be: negative, infinite, more events than people, nobody at risk."""
    missing = np.isnan(events) | np.isnan(n)
    found.refuse(missing, f"number of events or of people is missing{arm}")
    found.refuse(~missing & (n <= 0), "{n:g} people" + arm + ": a positive number is needed", n=n)
    wrong = (events < 0) | (events > n) | np.isinf(events) | np.isinf(n)
    found.refuse(
        ~missing & (n > 0) & wrong,
        "{events:g} events among {n:g} people" + arm + " cannot be: events must lie between 0 and the number of people",
        events=events,
        n=n,
    )
