"""A study's numbers as they were recorded, in words: counts, means, rates, or the estimate as reported."""

from __future__ import annotations

from collections.abc import Mapping

from livereview import OutcomeResult
from livereview.printing import MISSING, count, known, level, p_value, plain, recorded

_CONTRAST = ("estimate", "ci_low", "ci_high", "ci_level", "se", "p_value")


def data_headers(outcome: OutcomeResult) -> tuple[str, ...]:
    """Heads of the columns that ``data_cells`` fills: one per arm, or one."""
    names = _names(outcome)
    if _two_arms(names):
        words = _words({name[:-2] for name in names})
        return (f"{outcome.experimental or 'Arm 1'}: {words}", f"{outcome.control or 'Arm 2'}: {words}")
    words = _words(names)
    return (words[0].upper() + words[1:],)


def data_cells(data: Mapping[str, float], outcome: OutcomeResult) -> tuple[str, ...]:
    """The recorded numbers of one study."""
    if not _two_arms(_names(outcome)):
        return (_arm(data, outcome),)
    arms = [{name[:-2]: value for name, value in data.items() if name.endswith(end)} for end in ("_1", "_2")]
    rest = {name: value for name, value in data.items() if not name.endswith(("_1", "_2"))}
    first, second = (_arm(arm, outcome) for arm in arms)
    return (f"{first}; {_arm(rest, outcome)}" if rest else first, second)


def _names(outcome: OutcomeResult) -> set[str]:
    return {name for study in outcome.studies for name, value in study.data.items() if known(value)}


def _two_arms(names: set[str]) -> bool:
    return any(name.endswith("_1") for name in names)


def _words(names: set[str]) -> str:
    if "events" in names and not names & {"estimate", "o_minus_e", "direction"}:
        return "events/n" if "n" in names else "events in person-time"
    if "mean" in names and "sd" in names:
        return "mean (SD), n"
    return "as reported"


def _arm(data: Mapping[str, float], outcome: OutcomeResult) -> str:
    left = {name: value for name, value in data.items() if known(value)}
    parts = []
    if "events" in left and "n" in left:
        parts.append(f"{count(left.pop('events'))}/{count(left.pop('n'))}")
    elif "events" in left and "time" in left:
        parts.append(f"{count(left.pop('events'))} in {plain(left.pop('time'))}")
    if "estimate" in left and left.get("mean") == left["estimate"] and "sd" not in left:
        del left["mean"]  # one recorded number under two names
    if "mean" in left:
        spread = f" ({plain(left.pop('sd'))})" if "sd" in left else ""
        parts.append(plain(left.pop("mean")) + spread)
    if "estimate" in left:
        parts.append(_estimate({name: left.pop(name) for name in _CONTRAST if name in left}, outcome))
    if "o_minus_e" in left:
        v = f", V {plain(left.pop('o_minus_e_variance'))}" if "o_minus_e_variance" in left else ""
        parts.append(f"O−E {plain(left.pop('o_minus_e'))}{v}")
    if "direction" in left:
        parts.append("lower" if left.pop("direction") < 0 else "higher")
    if "p_value" in left:
        parts.append(f"P {p_value(left.pop('p_value'))}")
    parts += [f"{name} {plain(value)}" for name, value in left.items() if name != "ci_level"]
    return ", ".join(parts) or MISSING


def _estimate(data: Mapping[str, float], outcome: OutcomeResult) -> str:
    told = recorded(data["estimate"], outcome.display)
    if "ci_low" in data and "ci_high" in data:
        stated = data.get("ci_level", outcome.level)
        name = "" if abs(stated - outcome.level) < 1e-9 else f"{level(stated)} CI "
        low, high = (recorded(data[name], outcome.display) for name in ("ci_low", "ci_high"))
        told += f" ({name}{low} to {high})"
    if "se" in data:
        told += f", SE {plain(data['se'])}"
    return told + (f", P {plain(data['p_value'])}" if "p_value" in data else "")
