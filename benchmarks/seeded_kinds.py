"""Kinds of errors that people make where they type numbers: each plants one in rows, where it can be made.

A kind is given the rows of a comparison (contrast, arm, comparator) or one row, and returns what is typed instead:
values by column, by row. Nothing is planted where the numbers stay the same.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Row = Mapping[str, Any]
Typed = dict[str, dict[str, Any]]
RATIOS = ("HR", "OR", "RR", "IRR", "ROM")
DIFFERENCES = ("RD", "MD", "SMD", "RMST")


@dataclass(frozen=True)
class Site:
    """A place where an error can be planted: rows by role, and another row of the same report to take numbers from."""

    rows: Mapping[str, Row]
    other: Row | None = None

    def get(self, role: str, *names: str) -> list[Any] | None:
        """Values that are all there, or None."""
        row = self.rows.get(role)
        found = [row.get(name) if row else None for name in names]
        return None if any(value is None for value in found) else found


@dataclass(frozen=True)
class Kind:
    """A kind of error; ``plant`` returns what is typed, or None where it cannot be made."""

    name: str
    words: str
    plant: Callable[[Site, random.Random], Typed | None]


def exchanged(number: float, dice: random.Random) -> float | None:
    """The number with two neighbouring digits exchanged, over the point as well; None where that changes nothing."""
    text = repr(int(number)) if float(number).is_integer() else f"{number:.12g}"
    places = [index for index, letter in enumerate(text) if letter.isdigit()]
    found = []
    for first, second in pairwise(places if "e" not in text else []):
        letters = list(text)
        letters[first], letters[second] = text[second], text[first]
        if text[first] != text[second]:
            found.append(float("".join(letters)))
    return dice.choice(found) if found else None


def _digits_of(
    role_of: Callable[[Site, random.Random], str], *columns: str
) -> Callable[[Site, random.Random], Typed | None]:
    def plant(site: Site, dice: random.Random) -> Typed | None:
        role, column = role_of(site, dice), dice.choice(columns)
        found = site.get(role, column)
        number = exchanged(found[0], dice) if found else None
        if number is None:
            return None
        return {role: {column: int(number) if column in ("events", "n") else number}}

    return plant


def _arm(site: Site, dice: random.Random) -> str:
    return dice.choice(("arm", "comparator")) if "arm" in site.rows else "row"


def _contrast(site: Site, dice: random.Random) -> str:
    return "contrast" if "contrast" in site.rows else "row"


def _swapped(*columns: str) -> Callable[[Site, random.Random], Typed | None]:
    def plant(site: Site, dice: random.Random) -> Typed | None:
        names = [name for name in columns if site.get("arm", name) and site.get("comparator", name)]
        if not names:
            return None
        arm, other = site.rows["arm"], site.rows["comparator"]
        return {"arm": {name: other[name] for name in names}, "comparator": {name: arm[name] for name in names}}

    return plant


def _sign(site: Site, dice: random.Random) -> Typed | None:
    role = _contrast(site, dice)
    row = site.rows.get(role)
    if row is None or row["measure"] not in DIFFERENCES:
        return None
    negative = [name for name in ("estimate", "ci_low", "ci_high") if (row.get(name) or 0) < 0]
    name = dice.choice(negative) if negative else None
    return {role: {name: -row[name]}} if name else None


def _point(site: Site, dice: random.Random) -> Typed | None:
    role = _contrast(site, dice)
    name = dice.choice(("estimate", "ci_low", "ci_high"))
    found = site.get(role, name, "estimate")
    if not found or not found[0]:
        return None
    return {role: {name: float(f"{found[0] * dice.choice((10, 0.1)):.12g}")}}


def _inverse(site: Site, dice: random.Random) -> Typed | None:
    role = _contrast(site, dice)
    row, found = site.rows.get(role), site.get(role, "estimate", "ci_low", "ci_high")
    if row is None or not found or row["measure"] not in RATIOS or min(found) <= 0 or found[0] == 1:
        return None
    estimate, low, high = (_rounded(1 / value, row) for value in found)
    return {role: {"estimate": estimate, "ci_low": high, "ci_high": low}} if min(estimate, low, high) > 0 else None


def _rounded(value: float, row: Row) -> float:
    """With as many decimals as the row has, but two significant digits."""
    digits = max(len(f"{row[name]:.12g}".partition(".")[2]) for name in ("estimate", "ci_low", "ci_high"))
    small = -math.floor(math.log10(abs(value))) + 1 if value else 0
    return round(value, max(digits, small))


def _logs(site: Site, dice: random.Random) -> Typed | None:
    role = _contrast(site, dice)
    row, found = site.rows.get(role), site.get(role, "estimate", "ci_low", "ci_high")
    if row is None or not found or row["measure"] not in RATIOS:
        return None
    return {
        role: {
            name: _rounded(math.log(value), row)
            for name, value in zip(("estimate", "ci_low", "ci_high"), found, strict=True)
        }
    }


def _exchange(first: str, second: str) -> Callable[[Site, random.Random], Typed | None]:
    def plant(site: Site, dice: random.Random) -> Typed | None:
        role = _contrast(site, dice)
        found = site.get(role, first, second)
        return {role: {first: found[1], second: found[0]}} if found else None

    return plant


def _sd(power: float) -> Callable[[Site, random.Random], Typed | None]:
    def plant(site: Site, dice: random.Random) -> Typed | None:
        role = dice.choice(("arm", "comparator"))
        found = site.get(role, "sd", "n")
        if not found or found[1] < 4:
            return None
        return {role: {"sd": float(f"{found[0] * found[1] ** power:.3g}")}}

    return plant


def _level(site: Site, dice: random.Random) -> Typed | None:
    """Limits of 90% or 99% typed as those of 95%."""
    role = _contrast(site, dice)
    row, found = site.rows.get(role), site.get(role, "estimate", "ci_low", "ci_high")
    if row is None or not found or abs((row.get("ci_level") or 0.95) - 0.95) > 1e-9:
        return None
    if row["measure"] not in (*RATIOS, *DIFFERENCES) or (row["measure"] in RATIOS and min(found) <= 0):
        return None
    times, log = dice.choice((1.6448536, 2.5758293)) / 1.9599640, row["measure"] in RATIOS
    on = [math.log(value) for value in found] if log else found
    half = (on[2] - on[1]) / 2 * times
    limits = [on[0] - half, on[0] + half]
    low, high = (math.exp(value) for value in limits) if log else limits
    return {role: {"ci_low": _rounded(low, row), "ci_high": _rounded(high, row)}}


def _p(site: Site, dice: random.Random) -> Typed | None:
    """P of another row, or with the decimal point misplaced."""
    role = _contrast(site, dice)
    found = site.get(role, "p_value", "estimate")
    if not found or str(found[0])[0] in "<>":
        return None
    own = float(found[0])
    taken = site.other.get("p_value") if site.other else None
    value = own * 10 if own < 0.1 else own / 10
    if taken and str(taken)[0] not in "<>" and dice.random() < 0.5:
        value = float(taken)
    return {role: {"p_value": f"{value:.2g}"}}


def _percent(site: Site, dice: random.Random) -> Typed | None:
    role = _arm(site, dice)
    found = site.get(role, "events", "n")
    return {role: {"events": round(100 * found[0] / found[1])}} if found and found[1] and found[0] else None


def _other_n(site: Site, dice: random.Random) -> Typed | None:
    found = site.get("arm", "n"), site.get("comparator", "n")
    if found[0] and found[1]:
        role = dice.choice(("arm", "comparator"))
        return {role: {"n": (found[1] if role == "arm" else found[0])[0]}}
    other = site.other.get("n") if site.other else None
    return {"row": {"n": other}} if other and site.get("row", "n") else None


def _copied(site: Site, dice: random.Random) -> Typed | None:
    if "arm" not in site.rows:
        return None
    names = [
        name for name in ("events", "n", "estimate", "sd") if site.get("arm", name) and site.get("comparator", name)
    ]
    return {"comparator": {name: site.rows["arm"][name] for name in names}}


def _another(site: Site, dice: random.Random) -> Typed | None:
    """Numbers of an arm typed from another row of the report."""
    role = _arm(site, dice)
    row, other = site.rows.get(role), site.other
    if row is None or other is None or other["measure"] != row["measure"]:
        return None
    names = ("events",) if row["measure"] == "count" else ("estimate", "sd")
    return {role: {name: other[name] for name in names}} if all(other.get(name) is not None for name in names) else None


def _twice(site: Site, dice: random.Random) -> Typed | None:
    """An estimate with its interval typed again, under another outcome."""
    role = _contrast(site, dice)
    row, found = site.rows.get(role), site.get(role, "estimate", "ci_low", "ci_high")
    if row is None or not found or row["measure"] not in (*RATIOS, *DIFFERENCES):
        return None
    return {f"{role} again": {**row, "row_id": f"{row['row_id']} again", "outcome": f"{row['outcome']}-again"}}


def _others(site: Site, dice: random.Random) -> Typed | None:
    role = _arm(site, dice)
    found = site.get(role, "events", "n")
    return {role: {"events": found[1] - found[0]}} if found else None


def _label(site: Site, dice: random.Random) -> Typed | None:
    row = site.rows.get("contrast")
    change = {"RR": "OR", "OR": "RR", "MD": "SMD", "SMD": "MD"}.get(row["measure"]) if row else None
    return {"contrast": {"measure": change}} if change else None


def _se(power: float) -> Callable[[Site, random.Random], Typed | None]:
    def plant(site: Site, dice: random.Random) -> Typed | None:
        role = _contrast(site, dice)
        found, n = site.get(role, "se", "ci_low", "ci_high"), site.rows[role].get("n") if role in site.rows else None
        if not found or not found[0]:
            return None
        return {role: {"se": float(f"{found[0] * (n or 100) ** power:.4g}")}}

    return plant


KINDS = (
    Kind("digits of events", "two digits of a count exchanged", _digits_of(_arm, "events")),
    Kind("digits of n", "two digits of a number of people exchanged", _digits_of(_arm, "n")),
    Kind("digits of a limit", "two digits of a confidence limit exchanged", _digits_of(_contrast, "ci_low", "ci_high")),
    Kind("digits of an estimate", "two digits of an estimate exchanged", _digits_of(_contrast, "estimate")),
    Kind("digits of a mean or SD", "two digits of a mean or SD exchanged", _digits_of(_arm, "estimate", "sd")),
    Kind("arms exchanged", "all numbers of two arms exchanged", _swapped("events", "n", "estimate", "sd")),
    Kind("events between arms", "events of two arms exchanged", _swapped("events")),
    Kind("lost minus sign", "the minus sign of an estimate or limit lost", _sign),
    Kind("decimal point", "the decimal point of an estimate or limit one place off", _point),
    Kind("ratio inverted", "control against treatment typed as treatment against control", _inverse),
    Kind("logarithm as ratio", "log ratio and its limits typed as ratio", _logs),
    Kind("limits exchanged", "lower and upper limit exchanged", _exchange("ci_low", "ci_high")),
    Kind("estimate and limit", "estimate and lower limit exchanged", _exchange("estimate", "ci_low")),
    Kind("SE as SD", "a standard error typed as standard deviation", _sd(-0.5)),
    Kind("SD times root n", "an SD taken for an SE and multiplied by the root of n", _sd(0.5)),
    Kind("SD as SE", "a standard deviation typed as standard error of a contrast or probability", _se(0.5)),
    Kind("wrong level", "limits of 90% or 99% typed as 95%", _level),
    Kind("wrong P", "P of another row, or its decimal point one place off", _p),
    Kind("percentage as count", "a percentage typed as a count", _percent),
    Kind("n of another arm", "the number of people of another arm or row", _other_n),
    Kind("copied arm", "numbers of one arm typed for the other", _copied),
    Kind("another row", "events, or mean and SD, typed from another row", _another),
    Kind("row twice", "estimate and interval typed again under another outcome", _twice),
    Kind("those without the event", "non-events typed as events", _others),
    Kind("wrong measure", "RR typed as OR, MD as SMD, or the other way round", _label),
)


def changes_something(site: Site, typed: Typed | None) -> bool:
    """Whether what is typed differs from what stood there."""
    return typed is not None and any(
        role not in site.rows or site.rows[role].get(name) != value
        for role, values in typed.items()
        for name, value in values.items()
    )
