"""Columns of a design from the characteristics of studies: numbers as they are, texts as categories.

The rule: a column of texts is numeric where every text is a number (characteristics are stored as text); a category has
treatment contrasts, one column per level but the reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from livereview import Array, Cell, Mask, PluginError


@dataclass(frozen=True, kw_only=True)
class Moderator:
    """One moderator of K studies, those that do not state it left out."""

    name: str
    numeric: bool
    values: Array
    """(K,): numbers, or the position of the level; NaN where not stated."""
    levels: tuple[str, ...] = ()
    """Of a category, the reference first."""

    @property
    def title(self) -> str:
        """As printed in tables and plots."""
        return self.name.removeprefix("characteristics.")

    @property
    def stated(self) -> Mask:
        return ~np.isnan(self.values)


@dataclass(frozen=True, kw_only=True)
class Term:
    """The columns of one moderator in a design."""

    moderator: Moderator
    columns: tuple[int, ...]
    names: tuple[str, ...]
    """Of each column, as printed."""
    origin: float = 0.0
    """What was taken off the numbers."""


@dataclass(frozen=True, kw_only=True)
class Design:
    """Intercept and moderators of the k studies that state them all."""

    matrix: Array
    """(k, p), the first column of ones."""
    terms: tuple[Term, ...]
    kept: Mask
    """(K,): which studies state every moderator."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of all columns."""
        return ("intercept", *(name for term in self.terms for name in term.names))


def moderator(
    name: str, characteristics: Mapping[str, Sequence[Cell]], category: bool = False, reference: str | None = None
) -> Moderator:
    """The moderator of that name; ``reference`` is the level that others are compared with, by default the first in
    alphabetical order. Raises ``PluginError`` for a name or a level that is not there, and for dates."""
    if name not in characteristics:
        close = get_close_matches(name, characteristics, n=1)
        known = f'Did you mean "{close[0]}"?' if close else f"There are: {', '.join(sorted(characteristics))}."
        raise PluginError(f'No study has the characteristic "{name}". {known}')
    cells = characteristics[name]
    stated = [cell for cell in cells if cell not in (None, "")]
    if not stated:
        raise PluginError(f'No study states "{name}".')
    numbers = [_number(cell) for cell in stated]
    if not category and all(number is not None for number in numbers):
        if reference is not None:
            raise PluginError(f'"{name}" is a number, which has no reference level; name it in `categories` too.')
        values = [np.nan if cell in (None, "") else _number(cell) for cell in cells]
        return Moderator(name=name, numeric=True, values=np.array(values, dtype=np.float64))
    levels = sorted({_text(cell) for cell in stated}, key=_alphabetical)
    if reference is not None:
        if reference not in levels:
            raise PluginError(f'"{name}" has no level "{reference}". There are: {", ".join(levels)}.')
        levels = [reference, *(level for level in levels if level != reference)]
    place = {level: float(position) for position, level in enumerate(levels)}
    values = [np.nan if cell in (None, "") else place[_text(cell)] for cell in cells]
    return Moderator(name=name, numeric=False, values=np.array(values), levels=tuple(levels))


def design(moderators: Sequence[Moderator], centre: bool) -> Design:
    """Intercept and the columns of the moderators, in their order; ``centre`` takes the mean off every numeric one."""
    kept = np.all([item.stated for item in moderators], axis=0)
    columns, terms = [np.ones(int(kept.sum()))], []
    for item in moderators:
        values = item.values[kept]
        start = len(columns)
        origin, used, names = 0.0, item, [item.title]
        if item.numeric:
            origin = float(values.mean()) if centre and values.size else 0.0
            columns.append(values - origin)
        else:
            used = _with_levels_of(item, values)
            others = used.levels[1:]
            columns += [(values == item.levels.index(level)).astype(np.float64) for level in others]
            names = [f"{item.title}: {level} – {used.levels[0]}" for level in others]
        terms.append(Term(moderator=used, columns=tuple(range(start, len(columns))), names=tuple(names), origin=origin))
    return Design(matrix=np.stack(columns, axis=-1), terms=tuple(terms), kept=kept)


def _with_levels_of(item: Moderator, values: Array) -> Moderator:
    """The category with the levels that kept studies have; the reference stays the first that is left."""
    present = [position for position in range(len(item.levels)) if (values == position).any()]
    place = {position: float(new) for new, position in enumerate(present)}
    return Moderator(
        name=item.name,
        numeric=False,
        values=np.array([place.get(value, np.nan) for value in item.values]),
        levels=tuple(item.levels[position] for position in present),
    )


def _number(cell: Cell) -> float | None:
    """The finite number that a cell is or says; None for anything else."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return None
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _text(cell: Cell) -> str:
    return ("yes" if cell else "no") if isinstance(cell, bool) else str(cell)


def _alphabetical(level: str) -> tuple[bool, float, str]:
    """Numbers by size before texts by letter."""
    number = _number(level)
    return (number is None, 0.0 if number is None else number, level)
