"""Printed numbers: to how many digits they are known, and whether a recomputed one is the same to all of them.

A number in a table does not keep its zeros at the end: 0.50 is 0.5. What is printed together has as many digits as
each other, so that the longest says how many there were.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from livereview.pairing import Row
from livereview.published_results import decimals
from livereview.types import Array, Mask

INTERVAL = ("estimate", "ci_low", "ci_high")
P_VALUES = ("p_value", "q_p", "egger_p", "begg_p")
#: P values have two decimals at least, wherever they are printed.
_LEAST_OF_P = 2
#: Half a unit of the last digit, and what sums in another order differ by.
_SLACK = 1e-9


@dataclass(frozen=True, kw_only=True)
class Printed:
    """A printed number: between which limits the value lies that was rounded to it."""

    name: str
    text: str
    value: float
    low: float
    high: float

    def holds(self, value: Array) -> Mask:
        """Whether values print as this number; NaN does not."""
        slack = _SLACK * max(1.0, abs(self.value))
        with np.errstate(invalid="ignore"):
            return np.asarray((value >= self.low - slack) & (value <= self.high + slack))

    @property
    def half(self) -> float:
        """Half a unit of its last digit."""
        return (self.high - self.low) / 2


def digits_of(rows: Iterable[Row]) -> dict[str, int]:
    """Decimals of I² and of P of Q in one publication: those of the longest."""
    found: dict[str, int] = {}
    for row in rows:
        for name in ("i2", "q_p"):
            if row[name] is not None:
                found[name] = max(found.get(name, 0), _decimals(row[name]))
    return found


def printed_numbers(row: Row, digits: Mapping[str, int], names: Iterable[str]) -> dict[str, Printed]:
    """The numbers of a row by name, of those asked for; ``digits`` are what ``digits_of`` found in the publication."""
    together = _together(row)
    found: dict[str, Printed] = {}
    for name in names:
        cell = row[name]
        if cell is None:
            continue
        if name in P_VALUES:
            found[name] = _p_value(name, str(cell), row, digits)
        else:
            places = together.get(name, digits.get(name, decimals(float(cell))))
            found[name] = rounded(name, float(cell), 0 if name in ("k", "events", "n") else places)
    return found


def rounded(name: str, value: float, places: int, text: str = "") -> Printed:
    """A number printed with so many decimals; ``text`` is it as printed, where that is known."""
    half = 0.5 * 10.0**-places if name not in ("k", "events", "n") else 0.0
    return Printed(name=name, text=text or f"{value:.{places}f}", value=value, low=value - half, high=value + half)


def _together(row: Row) -> dict[str, int]:
    """Decimals of estimate and limits: those of the longest, but limits that are both shorter than the estimate have
    their own."""
    own = {name: decimals(float(row[name])) for name in INTERVAL if row[name] is not None}
    if not own:
        return {}
    longest = max(own.values())
    limits = [own[name] for name in INTERVAL[1:] if name in own and row[name] not in (0, 1)]
    short = max(limits, default=longest)
    shorter = len(limits) == 2 and short < own.get("estimate", 0)
    return {name: short if shorter and name != "estimate" else longest for name in own}


def _decimals(cell: object) -> int:
    found = re.search(r"\.(\d+)", str(cell))
    return len(found[1]) if isinstance(cell, str) and found else decimals(float(str(cell).lstrip("<>=")))


def _p_value(name: str, text: str, row: Row, digits: Mapping[str, int]) -> Printed:
    size = float(text.lstrip("<>="))
    if text.startswith("<"):
        return Printed(name=name, text=text, value=size, low=0.0, high=size)
    if text.startswith(">"):
        return Printed(name=name, text=text, value=size, low=size, high=1.0)
    pair = [_decimals(row[other]) for other in ("egger_p", "begg_p") if name == other or name in ("egger_p", "begg_p")
            if row[other] is not None]  # fmt: skip
    places = max([digits.get(name, 0), _decimals(text), _LEAST_OF_P, *pair])
    return rounded(name, size, places, text)
