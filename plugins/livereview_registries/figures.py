"""Posted values as numbers: what is a number is one, digit for digit; what is none is said, and never guessed at."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal

#: No count of people and no printed value has more digits; longer ones are no numbers of a trial.
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,15}(?:\.[0-9]{1,15})?|\.[0-9]{1,15})")
_PEOPLE_COUNTED = re.compile(r"[0-9]{1,12}")
_P_VALUE = re.compile(r"(<=|>=|<|>|≤|≥|=)?\s*((?:[0-9]{0,15}\.)?[0-9]{1,15}(?:[eE]-[0-9]{1,3})?)")
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)[ -](months?|years?)", re.IGNORECASE)
_LEVEL = re.compile(r"([0-9]{2}(?:\.[0-9]+)?) ?% ?confidence interval", re.IGNORECASE)
_PEOPLE = "(?:participants|subjects|patients|people|persons|individuals|children|adults|infants|women|men)"
_WHO = r"(?: ?\(.*\)|,? (?:with|without|who|that|achieving|having|experiencing|reporting|alive|surviving)\b.*)?"
_COUNT = re.compile(rf"(?:number of |count of )?{_PEOPLE}", re.IGNORECASE)
_PER_CENT = re.compile(rf"(?:%|per ?cent|percentage)(?: \(%\))?(?: of)?(?: the)? {_PEOPLE}{_WHO}", re.IGNORECASE)
_PROPORTION = re.compile(rf"proportion(?: of)?(?: the)? {_PEOPLE}{_WHO}", re.IGNORECASE)
_CHANCE = re.compile(r"(?:%|per ?cent(?:age)?) (?:probability|[0-9]+-year .*(?:incidence|survival))", re.IGNORECASE)

#: What a unit says that a number counts: people, people in 100, people in 1.
Counting = Literal["count", "per-cent", "proportion"]


def number(text: str) -> Decimal | None:
    """The number that a text is, with the digits it has; None where it is anything else (``NA``, ``<0.001``)."""
    text = text.strip().replace("−", "-")
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def people(text: str) -> int | None:
    """The number of people that a text of digits alone is; None where it is anything else."""
    return int(text) if _PEOPLE_COUNTED.fullmatch(text.strip()) else None


def whole(text: str) -> int | None:
    """The whole number of people that a text is: ``88``, not ``77.9``; None where it is anything else."""
    found = number(text)
    return int(found) if found is not None and found >= 0 and found == found.to_integral_value() else None


def p_value(text: str) -> str:
    """A P value as the store writes it: ``=0.247`` is ``0.247``, ``<0.001`` stays; "" where it is none."""
    match = _P_VALUE.fullmatch(text.strip())
    if match is None or Decimal(match[2]) > 1:
        return ""
    sign = (match[1] or "").replace("≤", "<=").replace("≥", ">=")
    return ("" if sign == "=" else sign) + match[2]


def level(percent: str) -> str:
    """A confidence level between 50 and 100 per cent as it is posted; "" where it is none."""
    found = number(percent)
    return percent.strip() if found is not None and 50 <= found < 100 else ""


def level_of(dispersion: str) -> str:
    """The level of ``95% Confidence Interval``; "" of any other dispersion."""
    match = _LEVEL.fullmatch(dispersion.strip())
    return level(match[1]) if match else ""


def months(time_frame: str) -> str:
    """Months of a time frame that is one plain duration (``24 months``, ``2 years``); "" of any other."""
    match = _DURATION.fullmatch(time_frame.strip())
    if match is None:
        return ""
    return plain(Decimal(match[1]) * (12 if match[2].lower().startswith("year") else 1))


def counting(unit: str) -> Counting | None:
    """What a unit counts; None where it counts no people (``% body mass``) or does not say whom it counts."""
    unit = unit.strip()
    if _COUNT.fullmatch(unit):
        return "count"
    if _PER_CENT.fullmatch(unit) or _CHANCE.fullmatch(unit):
        return "per-cent"
    return "proportion" if _PROPORTION.fullmatch(unit) else None


def share(value: Decimal, counted: Counting) -> Decimal:
    """A posted percentage or proportion on the scale 0-1: the decimal point moves, no digit changes."""
    return value.scaleb(-2) if counted == "per-cent" else value


def plain(value: Decimal) -> str:
    """A number in plain digits, without an exponent and with all the digits it has."""
    return format(value, "f")


def only_count(shown: Decimal, n: int, counted: Counting) -> int | None:
    """The number of people behind a percentage or proportion of n, if it is the only one that rounds to what is shown.

    Shown with d decimals, it can be any k for which 100 k / n (or k / n) lies within half of the last digit. None
    where no whole number does, or several do: a count is never guessed. What is shown lies within 0 to 100 (or 1).
    """
    scale = 100 if counted == "per-cent" else 1
    exponent = shown.as_tuple().exponent
    half = Decimal(5).scaleb(int(exponent) - 1)
    low = ((shown - half) * n / scale).to_integral_value(ROUND_CEILING)
    high = ((shown + half) * n / scale).to_integral_value(ROUND_FLOOR)
    return int(low) if low == high else None
