"""Effects of a single arm that were entered as such: proportions and survival probabilities on a scale that is named.

The name of the effect measure says what the effect is and on which scale; nothing is told from the numbers. A
proportion becomes the events it was made from, if people, effect and standard error agree on one whole number; a
survival probability becomes itself, with the limits that its standard error gives on its scale.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist

from livereview import Cell
from livereview_revman.numbers import Refused, whole
from livereview_revman.review import Analysis, Entry, Printed

_LOOK_UP = "Look the numbers up in the report of the study, and type them into a sheet."
#: How far events may be from a whole number, and a standard error (relative) from that of these events.
_EVENTS, _ERROR = 1e-3, 1e-6
_LEVEL = 0.95


@dataclass(frozen=True, kw_only=True)
class Scale:
    """One scale on which an effect of one arm is entered."""

    measure: str
    """The effect measure of livereview that pools on it."""
    kind: str
    """What the store calls such a number: count or survival."""
    log: bool = False
    """What the settings say of log-scale data."""
    back: Callable[[float], float]
    """The probability of an effect."""
    variance: Callable[[float, float], float] = lambda x, n: math.nan
    """Of x events among n people."""
    half: float = 0.5
    """What is added to events and to people without them where one of the two is 0."""


def _logistic(y: float) -> float:
    return 1 / (1 + math.exp(-y)) if y > 0 else math.exp(y) / (1 + math.exp(y))


def _sine_squared(y: float) -> float:
    return math.sin(y) ** 2 if 0 <= y <= math.pi / 2 else math.nan


#: By the name of the effect measure in letters, and whether the data are logarithms.
_SCALES: Mapping[tuple[str, bool], Scale] = {
    ("proportionlogitscale", False): Scale(
        measure="PLO", kind="count", back=_logistic, variance=lambda x, n: 1 / x + 1 / (n - x)
    ),
    ("proportionarcsinescale", False): Scale(
        measure="PAS", kind="count", back=_sine_squared, variance=lambda x, n: 1 / (4 * n), half=0.0
    ),
    ("proportion", True): Scale(
        measure="PLN", kind="count", log=True, back=math.exp, variance=lambda x, n: 1 / x - 1 / n
    ),
    ("proportion", False): Scale(
        measure="PR", kind="count", back=float, variance=lambda x, n: x * (n - x) / n**3
    ),
    ("survivalprobability", False): Scale(measure="SURV", kind="survival", back=float),
    ("survivalprobabilityloglogscale", False): Scale(
        measure="SURVLL", kind="survival", back=lambda y: math.exp(-math.exp(y))
    ),
}  # fmt: skip


def scale_of(analysis: Analysis) -> Scale | None:
    """The scale that the settings name; None where they do not name one that is known here, or there are two arms."""
    if analysis.data_type != "contrast" or not analysis.settings or analysis.log_scale is None:
        return None
    if any(entry.n_2 for entry in analysis.entries):
        return None
    return _SCALES.get((re.sub(r"[^a-z]", "", analysis.measure.lower()), analysis.log_scale))


def arm_numbers(scale: Scale, entry: Entry) -> tuple[dict[str, Cell], str]:
    """Numbers of the arm for the store, and how they were made from what was entered; Refused where they cannot be."""
    y, se = entry.contrast, entry.contrast_se
    if y is None or not se:
        what = "no estimate" if y is None else "no standard error"
        raise Refused(f"{what}, so it is not estimable", "The row has no number that could be pooled.")
    if se < 0:
        raise Refused("the standard error is below 0", _LOOK_UP, f"{se:g}")
    n = whole(entry.n_1, "the number of people")
    if scale.kind == "count":
        return _counts(scale, y, se, n)
    return _survival(scale, y, se, n)


def probability_of(analysis: Analysis, printed: Printed) -> tuple[Printed, str, str]:
    """A pooled result as a probability where it is printed on a scale of one arm, its measure, and how it was printed.

    Any other result comes back as it is; so does one of which a number is no probability on its scale.
    """
    scale = scale_of(analysis)
    if scale is None or scale.log:  # what is analysed as a logarithm is printed without it
        return printed, scale.measure if scale else analysis.measure, ""
    names = ("estimate", "ci_low", "ci_high", "prediction_low", "prediction_high")
    said: dict[str, float] = {name: value for name in names if (value := getattr(printed, name)) is not None}
    try:
        found = {name: _probability(scale, value) for name, value in said.items()}
    except Refused:
        return printed, analysis.measure, ""
    for low, high in (("ci_low", "ci_high"), ("prediction_low", "prediction_high")):
        if low in found and high in found:
            found[low], found[high] = sorted((found[low], found[high]))
    note = f"printed on the scale of {analysis.measure}" if found != said else ""
    return replace(printed, **found), scale.measure, note  # type: ignore[arg-type]


def _probability(scale: Scale, y: float) -> float:
    try:
        found = scale.back(y)
    except OverflowError:
        found = math.nan
    if not 0 <= found <= 1:
        raise Refused("this is no probability on the scale that the effect measure names", _LOOK_UP, f"{y:g}")
    return found


def _counts(scale: Scale, y: float, se: float, n: int | None) -> tuple[dict[str, Cell], str]:
    if not n:
        raise Refused("how many people the proportion is of is not stated, so neither are the events", _LOOK_UP)
    p = _probability(scale, y)
    for added in dict.fromkeys((0.0, scale.half)):
        size = n + 2 * added
        events = round(p * size - added)
        if not 0 <= events <= n or abs(p * size - added - events) > _EVENTS or (added and 0 < events < n):
            continue
        x = events + added
        if scale.half and not added and not 0 < events < n:
            continue
        if math.isclose(math.sqrt(max(scale.variance(x, size), 0.0)), se, rel_tol=_ERROR):
            half = ", a half being added to both sides" if added else ""
            how = f"{events} events are what the effect entered, {y!r} with SE {se!r}, was made from{half}"
            return {"events": events, "n": n}, how
    message = "effect, standard error and people do not agree on a number of events"
    raise Refused(message, _LOOK_UP, f"{y!r}, SE {se!r}, {n} people")


def _survival(scale: Scale, y: float, se: float, n: int | None) -> tuple[dict[str, Cell], str]:
    p = _probability(scale, y)
    people: dict[str, Cell] = {"n": n or None}
    if scale.measure == "SURV":
        return {"estimate": p, "se": se, **people}, ""
    z = NormalDist().inv_cdf((1 + _LEVEL) / 2)
    low, high = sorted(_probability(scale, y + sign * z * se) for sign in (-1, 1))
    if not 0 < low < p < high < 1:
        raise Refused("the limits of the probability are 0 or 1, from which its standard error cannot be had", _LOOK_UP)
    how = f"limits at {100 * _LEVEL:g}% of the effect entered, {y!r} with SE {se!r} on the log-log scale"
    return {"estimate": p, "ci_low": low, "ci_high": high, "ci_level": _LEVEL, **people}, how
