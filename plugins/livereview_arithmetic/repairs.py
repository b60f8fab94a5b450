"""How people mistype numbers, undone one mistake at a time: which single mistake would explain what does not fit.

A repair is never made; those after which everything fits are told to the person who looks the numbers up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from livereview import decimals
from livereview_arithmetic.printed import as_precise, shown
from livereview_arithmetic.rows import RATIOS, Row

Rows = Mapping[str, Row]
Changes = Mapping[str, Mapping[str, Any]]
_INTERVAL = ("estimate", "ci_low", "ci_high")
_LEVELS = (0.9, 0.99, 0.8)


@dataclass(frozen=True)
class Repair:
    """One mistake undone: values by column, by the role of their row."""

    words: str
    changes: Changes

    def made(self, rows: Rows) -> dict[str, Row]:
        """The rows as they would be."""
        return {role: {**row, **self.changes.get(role, {})} for role, row in rows.items()}


def explanations(rows: Rows, fits: Callable[[Rows], bool]) -> list[Repair]:
    """The repairs after which the rows fit each other, the more usual mistakes first."""
    found: list[Repair] = []
    for repair in (*_of_pairs(rows), *(repair for role in rows for repair in _of_row(rows, role))):
        try:
            if all(repair.changes != known.changes for known in found) and fits(repair.made(rows)):
                found.append(repair)
        except (ArithmeticError, ValueError):
            continue  # a number that no formula takes explains nothing
    return found


def told(found: list[Repair]) -> str:
    """Repairs as a sentence to add to a message; empty where there are none."""
    if not found:
        return ""
    words = [repair.words for repair in found[:3]]
    more = f", or {len(found) - 3} more" if len(found) > 3 else ""
    return f". It fits if {'; or if '.join(words)}{more}"


def other_digits(number: float) -> Iterator[float]:
    """The number with two neighbouring digits exchanged, over the point as well.

    >>> list(other_digits(3.5)), list(other_digits(127))
    ([5.3], [217.0, 172.0])
    """
    text = repr(int(number)) if float(number).is_integer() else repr(float(number))
    places = [index for index, letter in enumerate(text) if letter.isdigit()]
    if "e" in text:
        return
    for first, second in pairwise(places):
        if text[first] != text[second]:
            letters = list(text)
            letters[first], letters[second] = text[second], text[first]
            yield float("".join(letters))


def _of_row(rows: Rows, role: str) -> Iterator[Repair]:
    row = rows[role]
    who = {"arm": f"{row.get('arm')}: ", "comparator": f"{row.get('arm')}: "}.get(role, "")
    for name in ("estimate", "ci_low", "ci_high", "se", "sd", "events", "n"):
        value = row.get(name)
        if value is None or (name == "estimate" and row["measure"] == "count"):
            continue
        for words, number in _single(row, name, float(value)):
            whole = name in ("events", "n")
            if not whole or (float(number).is_integer() and number >= (2 if name == "n" else 0)):
                typed = int(number) if whole else number
                yield Repair(f"{who}{name} is {shown(number)}, {words}", {role: {name: typed}})
    if row.get("ci_low") is not None and row["measure"] != "count":
        own = float(row.get("ci_level") or 0.95)
        for level in (*_LEVELS, 0.95):
            if abs(level - own) > 1e-9:
                yield Repair(f"the interval is one of {level:.0%}", {role: {"ci_level": level}})


def _single(row: Row, name: str, value: float) -> Iterator[tuple[str, float]]:
    """What one number can have been."""
    if name in _INTERVAL and value and row["measure"] not in RATIOS:
        yield "a minus sign was lost or added", -value
    if name == "estimate" and row["measure"] in RATIOS:
        yield "the ratio the other way round", as_precise(1 / value, value)
        if value < 300:
            yield "the ratio of this logarithm", _ratio(value)
    if name in ("se", "sd") and (row.get("n") or 0) > 1:
        root = math.sqrt(row["n"])
        less, more = as_precise(value / root, value), as_precise(value * root, value)
        yield ("an SD was given as SE", less) if name == "se" else ("an SE was given as SD", more)
        yield ("an SE was divided twice", more) if name == "se" else ("an SD was multiplied twice", less)
    if name in ("se", "sd") and value > 0:
        yield "a variance was given", as_precise(math.sqrt(value), value)
    if name == "events" and row.get("n") and value <= 100:
        yield "a percentage was given as a count", float(round(value * row["n"] / 100))
    for number in other_digits(value):
        yield "two digits are exchanged", number
    for power in (10.0, 0.1, 100.0, 0.01):
        yield "the decimal point is misplaced", float(f"{value * power:.12g}")


def _ratio(log: float) -> float:
    """The ratio of a logarithm, with as many significant digits as that has decimals."""
    return float(f"{math.exp(log):.{max(decimals(log), 1)}g}")


def _of_pairs(rows: Rows) -> Iterator[Repair]:
    """Mistakes of several numbers at once."""
    for role, row in rows.items():
        if row.get("estimate") is not None and row["measure"] not in ("count", "mean"):
            yield from _of_interval(role, row)
    if "arm" not in rows:
        return
    arm, other, contrast = rows["arm"], rows["comparator"], rows["contrast"]
    names = [name for name in ("events", "n", "estimate", "sd", "se") if arm.get(name) is not None]
    names = [name for name in names if arm["measure"] != "count" or name in ("events", "n")]
    yield _exchanged("the arms are exchanged", arm, other, names)
    for name in names:
        if arm.get(name) != other.get(name):
            yield _exchanged(f"{name} is exchanged between the arms", arm, other, [name])
    if arm["measure"] == "count" and None not in (arm.get("n"), other.get("n")):
        for role, row in (("arm", arm), ("comparator", other)):
            yield Repair(
                f"{row['arm']}: those without the event were counted", {role: {"events": row["n"] - row["events"]}}
            )
        both = {role: {"events": row["n"] - row["events"]} for role, row in (("arm", arm), ("comparator", other))}
        yield Repair("it is about those without the event", both)
    for measure in ("RR", "OR") if contrast["measure"] in ("RR", "OR") else ():
        if measure != contrast["measure"]:
            yield Repair(
                f"it is a ratio of {'odds' if measure == 'OR' else 'risks'}", {"contrast": {"measure": measure}}
            )
    yield from _deviations(arm, other)


def _exchanged(words: str, arm: Row, other: Row, names: list[str]) -> Repair:
    return Repair(
        words, {"arm": {name: other[name] for name in names}, "comparator": {name: arm[name] for name in names}}
    )


def _deviations(arm: Row, other: Row) -> Iterator[Repair]:
    pair = (("arm", arm), ("comparator", other))
    if all(row.get("sd") is not None and row.get("n") for _, row in pair):
        for words, power in (("SEs were given as SDs", 0.5), ("SDs were multiplied twice", -0.5)):
            yield Repair(
                words, {role: {"sd": as_precise(row["sd"] * row["n"] ** power, row["sd"])} for role, row in pair}
            )


def _of_interval(role: str, row: Row) -> Iterator[Repair]:
    there = [name for name in _INTERVAL if row.get(name) is not None]
    low, high = row.get("ci_low"), row.get("ci_high")
    if row["measure"] in RATIOS:
        other = {"estimate": as_precise(1 / row["estimate"], row["estimate"])}
        if low and high:
            other |= {"ci_low": as_precise(1 / high, high), "ci_high": as_precise(1 / low, low)}
        yield Repair(f"the ratio is that of {row.get('comparator') or 'the comparator'} to {row['arm']}", {role: other})
        if all(abs(row[name]) < 300 for name in there):
            yield Repair("logarithms were given as ratios", {role: {name: _ratio(row[name]) for name in there}})
    else:
        other = {"estimate": -row["estimate"]}
        if low is not None and high is not None:
            other |= {"ci_low": -high, "ci_high": -low}
        yield Repair("the difference is the other way round", {role: other})
    for name in ("ci_low", "ci_high"):
        if row.get(name) is not None:
            words = f"estimate and {name} are exchanged"
            yield Repair(words, {role: {"estimate": row[name], name: row["estimate"]}})
