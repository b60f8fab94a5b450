"""Choices and cautions in words, so that a report states everything that was decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from livereview.bound import Bound
from livereview.manifest.models import Choice, Choices, NearTimepoint, Outcome, Sensitivity
from livereview.report import OutcomeResult
from livereview.types import EffectMeasure, EffectModel

_WEAK = ("reconstructed", "unverified")
_MEANING = {
    "derived": "computed from printed figures",
    "from-review": "seen only in a secondary source",
    "reconstructed": "back-calculated from a published review's pooled values, not read in a primary report",
    "unverified": "not seen in a source",
}
_PREDICTION = {
    "k-1": "t with k - 1 degrees of freedom",
    "k-2": "t with k - 2 degrees of freedom",
    "normal": "normal quantile",
    "model": "degrees of freedom of the model's own interval",
    "none": "not computed",
}
_CRITERIA = {
    "population": "population in the order listed",
    "timepoint": "timepoint rule",
    "status": "status (verified first)",
    "latest": "latest published",
    "report": "kind of report (primary first)",
}


def choices(outcome: Outcome, measure: Bound[EffectMeasure], model: Bound[EffectModel]) -> dict[str, str]:
    """Every resolved choice of an outcome, by name."""
    tests = outcome.bias.tests if outcome.bias else ()
    below = {"refuse": "refused", "label": "run and labelled"}[outcome.bias.below] if outcome.bias else ""
    return {
        "measure": f"{measure.name} ({measure.plugin.title})",
        **{f"measure: {name}": value for name, value in measure.choices().items()},
        "model": model.name,
        **model.choices(),
        "confidence level": f"{outcome.level:g}",
        "prediction interval": _PREDICTION[outcome.prediction or "none"],
        "I²": {"Q": "from Q", "tau2": "from tau²"}[outcome.i2 or "Q"],
        "outcome codes": ", ".join(outcome.result),
        "experimental arms": ", ".join(outcome.experimental or ()) or "any",
        "control arms": ", ".join(outcome.control or ()) or "any",
        "populations": ", ".join(outcome.population or ()) or "every one that is not a part of the study",
        "timepoint": _timepoint(outcome.timepoint),
        "statuses pooled": ", ".join(outcome.statuses or ()),
        "one number per study": "; then ".join(_CRITERIA[item] for item in outcome.prefer or ()),
        **({"chosen by name": _named(outcome)} if outcome.choose else {}),
        **({"filters": _filters(outcome)} if outcome.filters else {}),
        "bias tests": (", ".join(test.name for test in tests) + f"; {below} below k = {outcome.bias.minimum}")
        if tests and outcome.bias
        else "none",
    }


def _timepoint(rule: Any) -> str:
    if isinstance(rule, NearTimepoint):
        return f"{rule.at:g} months" + (f", up to {rule.within:g} months away" if rule.within else "")
    return {
        "any": "any",
        "latest": "the latest stated",
        "earliest": "the earliest stated",
        "unstated": "numbers without a stated timepoint",
    }.get(rule, str(rule))


def _named(outcome: Outcome) -> str:
    return "; ".join(f"{item.study} from {item.report} ({item.reason})" for item in outcome.choose)


def _filters(outcome: Outcome) -> str:
    return "; ".join(f"left out where {item.reason}" for item in outcome.filters or ())


def changed_choices(item: Sensitivity) -> str:
    """What a sensitivity analysis changes, in words."""
    parts: list[str] = []
    for key in (*Choices.model_fields, "result"):
        value = getattr(item, key)
        if value is not None:
            parts.append(f"{key}: {_value(value)}")
    if item.exclude:
        parts.append(f"without {', '.join(item.exclude)}")
    return "; ".join(parts) or "no choice changed"


def _value(value: Any) -> str:
    if isinstance(value, Choice):
        options = ", ".join(f"{key} = {item}" for key, item in value.options.items())
        return f"{value.name} ({options})" if options else value.name
    if isinstance(value, NearTimepoint):
        return _timepoint(value)
    if isinstance(value, tuple):
        return ", ".join(f"left out where {item.reason}" if hasattr(item, "reason") else str(item) for item in value)
    return str(value)


def cautions(outcome: Outcome, result: OutcomeResult, of_selection: Iterable[str]) -> tuple[str, ...]:
    """What must be read with the number: the manifest's note, weak statuses, few studies, what happened in the fit."""
    found = [outcome.note] if outcome.note else []
    found += _weak(result.statuses, result.pooled.k)
    k = result.pooled.k
    if k == 1:
        found.append("One study: nothing is pooled, the estimate is the study's own.")
    elif k == 2 and result.pooled.df == 1:
        found.append("Two studies: with one degree of freedom the interval is very wide.")
    if not result.pooled.converged:
        found.append("The fit did not converge: do not use this estimate.")
    found += [f"{note[0].upper()}{note[1:]}." for note in result.pooled.notes]
    return (*found, *of_selection)


def _weak(statuses: Mapping[str, int], k: int) -> list[str]:
    found = []
    for status in _WEAK:
        count = statuses.get(status, 0)
        if count:
            rests = "rests" if count == 1 else "rest"
            found.append(f"{count} of {k} studies {rests} on {status} numbers ({_MEANING[status]}).")
    count = statuses.get("derived", 0)
    if count:
        found.append(f"{count} of {k} with derived numbers ({_MEANING['derived']}; see the notes of the rows).")
    return found
