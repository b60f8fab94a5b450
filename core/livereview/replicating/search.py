"""Every recipe tried on every combination of numbers: which give a printed line to every digit, and which come near.

Lines are searched together: a recipe is carried out once for all lines that it is for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from livereview.replicating.candidates import Candidate
from livereview.replicating.combinations import Combinations
from livereview.replicating.digits import Printed
from livereview.replicating.pooling import Pools, cut, pools
from livereview.replicating.recipes import Recipe
from livereview.types import Array, Mask

#: Matches of one line and recipe that are kept, fewest departures first.
KEPT = 20
#: Cells of a mask over which one call of a recipe goes.
_LARGEST = 2_000_000


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One recipe on one combination, and how many printed numbers it gives."""

    recipe: Recipe
    combination: int
    departures: tuple[str, ...]
    values: Mapping[str, float]
    """What it gives, limits not cut."""
    agreeing: int

    @property
    def distance(self) -> int:
        """How many choices depart."""
        return len(self.departures)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One printed line to be searched."""

    made: Combinations
    recipes: tuple[Recipe, ...]
    """Fewest departures first."""
    printed: Mapping[str, Printed]


@dataclass(kw_only=True)
class Found:
    """What a search found of one line."""

    matches: list[Trial] = field(default_factory=list)
    """Those that give every printed number, fewest departures first."""
    nearest: Trial | None = None
    """The one with most agreeing numbers, then fewest departures; None where nothing could be computed."""
    obvious: Trial | None = None
    """The stated method on the most obvious numbers."""
    place: int = sys.maxsize
    """Of the recipe of the obvious one, in the order of the recipes."""
    tried: int = 0
    matched: int = 0


def searched(jobs: Sequence[Job]) -> list[Found]:
    """Try everything on every line. A match gives every printed number that is compared (``agreement``)."""
    found = [Found() for _ in jobs]
    for recipe, numbers in _by_recipe(jobs).values():
        for part in _parts(jobs, numbers):
            for number, values in _carried_out(jobs, part, recipe):
                place = next(i for i, one in enumerate(jobs[number].recipes) if one.key == recipe.key)
                _take_in(found[number], jobs[number], place, values)
    for one in found:
        one.matches.sort(key=lambda trial: trial.distance)
    return found


def _by_recipe(jobs: Sequence[Job]) -> dict[object, tuple[Recipe, list[int]]]:
    """The lines that each recipe is for; recipes with fewest departures first."""
    ordered = sorted(
        ((len(recipe.departures), place, number) for number, job in enumerate(jobs)
         for place, recipe in enumerate(job.recipes)),
    )  # fmt: skip
    found: dict[object, tuple[Recipe, list[int]]] = {}
    for _, place, number in ordered:
        recipe = jobs[number].recipes[place]
        if len(jobs[number].made.masks):
            found.setdefault(recipe.key, (recipe, []))[1].append(number)
    return found


def _parts(jobs: Sequence[Job], numbers: Sequence[int]) -> Iterator[list[int]]:
    """The lines in parts whose masks together are not too large."""
    part: list[int] = []
    rows = columns = 0
    for number in numbers:
        own = jobs[number].made.masks.shape
        if part and (rows + own[0]) * (columns + own[1]) > _LARGEST:
            yield part
            part, rows, columns = [], 0, 0
        part.append(number)
        rows, columns = rows + own[0], columns + own[1]
    yield part


def _carried_out(jobs: Sequence[Job], part: Sequence[int], recipe: Recipe) -> Iterator[tuple[int, Pools]]:
    """What a recipe gives for each of these lines, from one call."""
    candidates: list[Candidate] = [item for number in part for item in jobs[number].made.candidates]
    shapes = [jobs[number].made.masks.shape for number in part]
    masks: Mask = np.zeros((sum(rows for rows, _ in shapes), len(candidates)), dtype=bool)
    row = column = 0
    places = []
    for number, (rows, columns) in zip(part, shapes, strict=True):
        masks[row : row + rows, column : column + columns] = jobs[number].made.masks
        places.append((number, slice(row, row + rows)))
        row, column = row + rows, column + columns
    found = pools(candidates, masks, recipe)
    if found is not None:
        for number, place in places:
            yield number, {name: values[place] for name, values in found.items()}


def _take_in(found: Found, job: Job, place: int, values: Pools) -> None:
    """Count what the recipe at this place gives for a line, and keep its matches and what comes near."""
    recipe, made = job.recipes[place], job.made
    display = recipe.measure.plugin.display
    agreed = agreement(values, job.printed, display)
    agreeing = sum(agreed.values(), np.zeros(len(made.masks)))
    computed = np.isfinite(values["estimate"])
    if recipe.empty_cells_only:
        computed &= (made.masks & np.array([item.has_empty_cell for item in made.candidates])).any(axis=-1)
    if not computed.any():
        return
    full = np.flatnonzero(computed & (agreeing == len(job.printed)))
    found.tried += int(computed.sum())
    found.matched += len(full)
    found.matches += [_trial(made, recipe, int(index), values, len(job.printed)) for index in full[:KEPT]]
    best = int(np.argmax(np.where(computed, agreeing, -1)))
    near = _trial(made, recipe, best, values, int(agreeing[best]))
    if found.nearest is None or (-near.agreeing, near.distance) < (-found.nearest.agreeing, found.nearest.distance):
        found.nearest = near
    first = int(np.argmax(computed))
    if place < found.place and made.departures[first] == made.departures[0]:
        found.obvious, found.place = _trial(made, recipe, first, values, int(agreeing[first])), place


def agreement(found: Pools, printed: Mapping[str, Printed], display: str) -> dict[str, Array]:
    """By printed number: which combinations give it, as 0 and 1."""
    agreed: dict[str, Array] = {}
    for name, number in printed.items():
        values = found.get(name)
        held = np.zeros(found["estimate"].shape) if values is None else number.holds(cut(name, values, display))
        agreed[name] = held.astype(np.float64)
    return agreed


def _trial(made: Combinations, recipe: Recipe, index: int, found: Pools, agreeing: int) -> Trial:
    return Trial(
        recipe=recipe,
        combination=index,
        departures=tuple(dict.fromkeys((*made.departures[index], *recipe.departures))),
        values={name: float(values[index]) for name, values in found.items()},
        agreeing=agreeing,
    )
