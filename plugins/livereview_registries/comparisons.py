"""Results from posted analyses between two groups: ratios and differences as printed.

The order of the groups does not say which is compared with which: arm and comparator are always for a person to settle.
"""

from __future__ import annotations

import re
from decimal import Decimal

from livereview_registries import figures
from livereview_registries.drafts import Draft, Drafting, noted, quoted
from livereview_registries.measures import OUTCOME
from livereview_registries.trial import Comparison, Outcome

#: What is posted as the parameter, which is free text, in lower case without brackets.
_KNOWN = {
    "hazard ratio": "HR", "hazard ratio, log": "", "cox proportional hazard": "HR", "hr": "HR",
    "odds ratio": "OR", "or": "OR", "odds ratio, log": "",
    "risk ratio": "RR", "relative risk": "RR", "rr": "RR",
    "risk difference": "RD", "rd": "RD",
    "mean difference": "MD", "md": "MD", "ls mean difference": "MD", "difference of ls mean": "MD",
    "difference of ls means": "MD", "difference in ls means": "MD", "difference of least squares mean": "MD",
    "least squares mean difference": "MD", "difference in means": "MD", "difference of means": "MD",
    "incidence rate ratio": "IRR",
}  # fmt: skip
_RATIOS = ("HR", "OR", "RR", "IRR")
#: Parameters that mean the measure most of the time, and now and then its logarithm.
_DOUBTFUL = ("cox proportional hazard",)


def draft_comparisons(into: Drafting) -> None:
    """Draft every posted analysis whose parameter is known and that is between exactly two groups."""
    for outcome in into.trial.outcomes:
        for number, comparison in enumerate(outcome.comparisons, start=1):
            _draft(into, outcome, comparison, number)


def measure_of(parameter: str) -> str:
    """The measure that a posted parameter is: HR of ``Hazard Ratio (HR)``; "" of one that is not known for sure."""
    return _KNOWN.get(_plain(parameter), "")


def _plain(parameter: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\s*\([^)]*\)", "", parameter)).strip().lower()


def _draft(into: Drafting, outcome: Outcome, comparison: Comparison, number: int) -> None:
    titles = {group.id: group.title for group in outcome.groups}
    measure = measure_of(comparison.parameter)
    if not comparison.parameter and not comparison.value:
        into.set_aside("analyses with a test and no estimate", comparison.path)
    elif not measure:
        into.set_aside(
            f"analyses whose parameter ({quoted(comparison.parameter, 40)}) is none of the store", comparison.path
        )
    elif len(comparison.groups) != 2:
        into.set_aside("analyses of other than two groups", comparison.path)
    elif unknown := [each for each in comparison.groups if each not in titles]:
        into.leave_out(comparison.path, ", ".join(unknown), f"{_where(outcome, number)}: there is no group of this id")
    else:
        values = _values(into, outcome, comparison, measure, number)
        if values is not None:
            groups = (titles[comparison.groups[0]], titles[comparison.groups[1]])
            into.drafts.append(_drafted(outcome, comparison, measure, number, groups, values))


def _where(outcome: Outcome, number: int) -> str:
    return f'outcome {outcome.index + 1}, "{quoted(outcome.title, 80)}", analysis {number}'


def _values(
    into: Drafting, outcome: Outcome, comparison: Comparison, measure: str, number: int
) -> dict[str, str | int] | None:
    estimate = figures.number(comparison.value)
    if estimate is None or (measure in _RATIOS and estimate <= 0):
        message = "the estimate is no number" if estimate is None else f"a ratio ({measure}) is above 0"
        into.leave_out(comparison.path, comparison.value, f"{_where(outcome, number)}: {message}")
        return None
    found: dict[str, Decimal] = {"estimate": estimate}
    level = figures.level(comparison.ci_percent)
    limits: tuple[tuple[str, str], ...] = (("ci_low", comparison.low), ("ci_high", comparison.high))
    if comparison.sides == "ONE_SIDED" and all(figures.number(text) is not None for _, text in limits):
        message = "the interval is marked as one-sided and has two limits: neither is taken"
        into.leave_out(
            comparison.path, f"{comparison.low} to {comparison.high}", f"{_where(outcome, number)}: {message}"
        )
        limits = ()
    for column, text in limits:
        limit = figures.number(text)
        if limit is not None and limit <= 0 and measure in _RATIOS:
            into.leave_out(comparison.path, text, f"{_where(outcome, number)}: the {column} of a ratio is above 0")
        elif limit is not None and level:
            found[column] = limit
        elif text and text.upper() != "NA":
            why = "is no number" if level else "has no confidence level"
            into.leave_out(comparison.path, text, f"{_where(outcome, number)}: the {column} {why}")
    if measure not in _RATIOS and comparison.dispersion == "STANDARD_ERROR_OF_MEAN":
        error = figures.number(comparison.spread)
        if error is not None and error > 0:
            found["se"] = error
    if measure == "RD":
        scaled = _differences(found, outcome)
        if scaled is None:
            message = "whether the risk difference is in per cent or 0-1 is not stated"
            into.leave_out(comparison.path, comparison.value, f"{_where(outcome, number)}: {message}")
            return None
        found = scaled
    values: dict[str, str | int] = {column: figures.plain(number) for column, number in found.items()}
    if "ci_low" in values or "ci_high" in values:
        values["ci_level"] = level
    if comparison.p_value:
        p_value = figures.p_value(comparison.p_value)
        if p_value:
            values["p_value"] = p_value
        else:
            into.leave_out(comparison.path, comparison.p_value, f"{_where(outcome, number)}: the P value is no number")
    return values


def _differences(found: dict[str, Decimal], outcome: Outcome) -> dict[str, Decimal] | None:
    """Risk differences 0-1. In per cent they are where the outcome is and one of them is beyond 1; None in doubt."""
    beyond = any(abs(number) > 1 for number in found.values())
    unit = figures.counting(outcome.unit)
    if unit == "proportion" and not beyond:
        return found
    if unit in ("per-cent", "count") and beyond and all(abs(number) <= 100 for number in found.values()):
        return {column: number.scaleb(-2) for column, number in found.items()}
    return None


def _drafted(
    outcome: Outcome,
    comparison: Comparison,
    measure: str,
    number: int,
    groups: tuple[str, str],
    values: dict[str, str | int],
) -> Draft:
    limits = f" ({comparison.low or '?'} to {comparison.high or '?'}, {comparison.ci_percent or '?'} %)"
    sides = {"ONE_SIDED": ", one-sided"}.get(comparison.sides, "")
    p_value = f", P {comparison.p_value}" if comparison.p_value else ""
    return Draft(
        section=OUTCOME,
        title=(outcome.title,),
        groups=groups,
        measure=measure,
        values={"timepoint_months": figures.months(outcome.time_frame), **values},
        unsettled=frozenset(
            {"arm", "comparator"} | ({"measure"} if _plain(comparison.parameter) in _DOUBTFUL else set())
        ),
        path=comparison.path,
        where=_where(outcome, number),
        note=noted(
            posted=f"{comparison.parameter} {comparison.value}{limits}{sides}{p_value}",
            remark="which group is compared with which is not stated",
            method=comparison.method,
            outcome=outcome.title,
            about=comparison.description,
            estimate=comparison.comment,
            time_frame=outcome.time_frame,
            population=outcome.population,
        ),
        tells_apart=(
            comparison.method,
            f"{outcome.title} {comparison.method}",
            f"outcome-{outcome.index + 1} {comparison.method}",
            f"outcome-{outcome.index + 1}-analysis-{number}",
        ),
    )
