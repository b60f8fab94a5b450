"""Which numbers may have been pooled together: one per study, as few departures as possible first, bounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from livereview.replicating.candidates import Candidate
from livereview.types import Mask

#: Combinations of one line that are tried.
MOST = 2000
#: Studies up to which one may be left out or counted twice, and candidates may be mixed freely.
FEW = 6


@dataclass(frozen=True, kw_only=True)
class Combinations:
    """Combinations of candidates, fewest departures first."""

    candidates: tuple[Candidate, ...]
    masks: Mask
    """Shape (combinations, candidates)."""
    departures: tuple[tuple[str, ...], ...]
    bounded: bool
    """Whether there are more than were kept."""

    def chosen(self, index: int) -> list[Candidate]:
        """The candidates of one combination."""
        return [item for item, here in zip(self.candidates, self.masks[index], strict=True) if here]


def combinations(by_study: Sequence[Sequence[Candidate]], k: int | None) -> Combinations:
    """Every choice of one candidate per study; where few studies leave it open, also with one left out or one twice.

    ``k`` is the number of studies that was printed. Where it is smaller than the number of studies, so many are left
    out; where it is not printed, one may be left out, or one study may have entered with two of its numbers.
    """
    pool = [list(items) for items in by_study if items]
    twins = [replace(items[0], remarks=(*items[0].remarks, "counted again")) for items in pool]
    flat = [item for items in pool for item in items]
    few = len(pool) <= FEW
    places: list[list[int]] = []
    for items in pool:
        start = sum(map(len, places))
        places.append(list(range(start, start + len(items))))
    whole, bounded = _products(flat, places)
    sets = list(whole)
    if few and (k is None or k < len(pool)):
        sets += _left_out(whole, flat, len(pool) - 1)
    if few and (k is None or k > len(pool)):
        sets += _doubled(whole, places, flat, len(flat))
    if flat and len(places) > 1 and len({pick.outcome for pick in flat}) > 1:
        sets = [(departures + _unlike(chosen, flat), chosen) for departures, chosen in sets]
    sets.sort(key=lambda item: len(item[0]))
    bounded |= len(sets) > MOST
    sets = sets[:MOST]
    everything = [*flat, *twins]
    masks = np.zeros((len(sets), len(everything)), dtype=bool)
    for row, (_, chosen) in enumerate(sets):
        masks[row, list(chosen)] = True
    return Combinations(
        candidates=tuple(everything), masks=masks, departures=tuple(item for item, _ in sets), bounded=bounded
    )


_Sets = list[tuple[tuple[str, ...], tuple[int, ...]]]


def _products(flat: Sequence[Candidate], places: Sequence[Sequence[int]]) -> tuple[_Sets, bool]:
    """One candidate of each study, those with fewest departures kept at each step."""
    sets: _Sets = [((), ())]
    bounded = False
    for options in places:
        sets = [
            ((*departures, *flat[index].departures), (*chosen, index))
            for departures, chosen in sets
            for index in options
        ]
        sets.sort(key=lambda item: len(item[0]))
        bounded |= len(sets) > MOST
        sets = sets[:MOST]
    return ([] if not places else sets), bounded


def _left_out(sets: _Sets, flat: Sequence[Candidate], least: int) -> _Sets:
    """The same without one study, if at least one stays."""
    found: dict[tuple[int, ...], tuple[str, ...]] = {}
    for _, chosen in sets if least else ():
        for index in chosen:
            rest = tuple(other for other in chosen if other != index)
            own = tuple(text for other in rest for text in flat[other].departures)
            found.setdefault(rest, (*own, f"without {flat[index].label}"))
    return [(departures, chosen) for chosen, departures in found.items()]


def _doubled(sets: _Sets, places: Sequence[Sequence[int]], flat: Sequence[Candidate], twins: int) -> _Sets:
    """The same with one study twice: with its first number again, or with a number of another report."""
    found: dict[tuple[int, ...], tuple[str, ...]] = {}
    for departures, chosen in sets:
        for position, options in enumerate(places):
            first = chosen[position]
            again = [twins + position] if first == options[0] else []
            again += [other for other in options if other > first and flat[other].origin != flat[first].origin]
            for other in again:
                more = flat[other].departures if other < twins else ()
                text = f"{flat[first].label} counted twice"
                found.setdefault(tuple(sorted((*chosen, other))), (*departures, *more, text))
    return [(departures, chosen) for chosen, departures in found.items()]


def _unlike(chosen: Sequence[int], flat: Sequence[Candidate]) -> tuple[str, ...]:
    """Whether outcomes of different codes are pooled, of which one departs."""
    picked = [flat[index] for index in chosen if index < len(flat)]
    names = list(dict.fromkeys(item.outcome for item in picked))
    related = any("in place of" in text for item in picked for text in item.departures)
    return (f"unlike outcomes pooled: {', '.join(names)}",) if len(names) > 1 and related else ()
