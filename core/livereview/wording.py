"""Choices and cautions in words, so that a report states everything that was decided."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from livereview.bound import Bound
from livereview.evidence.schema import STATUSES
from livereview.manifest.models import Choice, Choices, Filter, NearTimepoint, Outcome, Sensitivity
from livereview.numbers import Numbers
from livereview.printing import level
from livereview.report import OutcomeResult
from livereview.types import EffectMeasure, EffectModel

_MEANING = {
    "derived": "computed from printed figures; see the notes of the rows",
    "from-review": "seen only in a secondary source",
    "reconstructed": "back-calculated from a published review's pooled values, not read in a primary report",
    "unverified": "not seen in a source",
}
_NAMES = {
    "i2": "I²",
    "result": "outcome codes",
    "experimental": "experimental arms",
    "control": "control arms",
    "arms": "several arms on one side",
}
_I2 = {"Q": "from Q", "tau2": "from tau²"}
_PREDICTION = {
    "k-1": "t with k - 1 degrees of freedom",
    "k-2": "t with k - 2 degrees of freedom",
    "normal": "normal quantile",
    "model": "degrees of freedom of the model's own interval",
    "none": "not computed",
}
_ARMS = {"choose": "the first in the order of the names", "combine": "their patients as one group"}
_EVERY_POPULATION = "every one that is not a part of the study"
_NONE = {"filters": "none", "population": _EVERY_POPULATION}
_CRITERIA = {
    "population": "population in the order listed",
    "timepoint": "timepoint rule",
    "status": "status (verified first)",
    "latest": "latest published",
    "report": "kind of report (primary first)",
}


def choices(outcome: Outcome, measure: Bound[EffectMeasure], model: Bound[EffectModel]) -> dict[str, str]:
    """Every resolved choice of an outcome, by name."""
    of_plugins = {
        "measure": f"{measure.name} ({measure.plugin.title})",
        **{f"measure: {name}": value for name, value in measure.choices().items()},
        "model": model.name,
    }
    rest = {
        **({"preset": outcome.preset.name} if outcome.preset else {}),
        "confidence level": level(outcome.level or 0.95),
        "prediction interval": _PREDICTION[outcome.prediction or "none"],
        "I²": _I2[outcome.i2 or "Q"],
        "outcome codes": ", ".join(outcome.result),
        "experimental arms": ", ".join(outcome.experimental or ()) or "any",
        "control arms": ", ".join(outcome.control or ()) or "any",
        **({"several arms on one side": _ARMS["combine"]} if outcome.arms == "combine" else {}),
        "populations": ", ".join(outcome.population or ()) or _EVERY_POPULATION,
        "timepoint": _timepoint(outcome.timepoint),
        "statuses pooled": ", ".join(outcome.statuses or ()),
        "one number per study": "; then ".join(_CRITERIA[item] for item in outcome.prefer or ()) or "no criterion",
        **({"chosen by name": _named(outcome)} if outcome.choose else {}),
        **({"filters": _filters(outcome)} if outcome.filters else {}),
        "bias tests": _bias_tests(outcome),
        "consequential if": "; ".join(_value("triggers", item) for item in outcome.triggers or ()) or "never",
    }
    own = {*of_plugins, *rest}
    of_model = {
        f"model: {name}" if name in own else name: value
        for name, value in model.choices().items()
        if name != "level" or getattr(model.options, name) != outcome.level  # said once, as the confidence level
    }
    return {**of_plugins, **of_model, **rest}


def _bias_tests(outcome: Outcome) -> str:
    if outcome.bias is None or not outcome.bias.tests:
        return "none"
    below = {"refuse": "refused", "label": "run and labelled"}[outcome.bias.below]
    names = ", ".join(test.name for test in outcome.bias.tests)
    return f"{names}; {below} below {outcome.bias.minimum} studies"


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
            parts.append(f"{_NAMES.get(key, key)}: {_value(key, value)}")
    if item.exclude:
        parts.append(f"without {', '.join(item.exclude)}")
    return "; ".join(parts)


def _value(key: str, value: Any) -> str:
    if isinstance(value, Choice):
        options = ", ".join(f"{name} = {item}" for name, item in value.options.items())
        return f"{value.name} ({options})" if options else value.name
    if key == "prefer":
        return "; then ".join(_CRITERIA[item] for item in value)
    if isinstance(value, tuple):
        listed = (f"left out where {item.reason}" if isinstance(item, Filter) else str(item) for item in value)
        return ", ".join(listed) or _NONE.get(key, "any")
    if key == "timepoint":
        return _timepoint(value)
    if key == "level":
        return level(value)
    return {"prediction": _PREDICTION, "i2": _I2, "arms": _ARMS}[key][value]


# --- what must be read with a number ---------------------------------------------------------------------------


def cautions(outcome: Outcome, result: OutcomeResult, of_selection: Iterable[str]) -> tuple[str, ...]:
    """What must be read with the number: the manifest's note, weak statuses, few studies, what happened in the fit."""
    pooled, notes = result.pooled, result.pooled.notes
    found = [outcome.note] if outcome.note else []
    found += weaknesses(result.statuses)
    if math.isfinite(pooled.estimate):
        if pooled.k == 1:
            found.append("One study: nothing is pooled, the estimate is the study's own.")
            notes = tuple(note for note in notes if not note.startswith("one study:"))  # said already
        elif pooled.k == 2 and pooled.df == 1:
            found.append("Two studies: with one degree of freedom the interval is very wide.")
    if not pooled.converged:
        found.append("The fit did not converge: do not use this estimate.")
    found += [sentence(note) for note in notes]
    found += _not_converged(result)
    return (*found, *of_selection)


def sentence(note: str) -> str:
    """A note with a capital letter and a full stop."""
    text = note.strip()
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "!", "?")) else ".")


def weaknesses(statuses: Mapping[str, int], among: Iterable[str] = STATUSES) -> list[str]:
    """How many studies rest on numbers that were not read as such in a primary report, the weakest status first."""
    k = sum(statuses.values())
    found = []
    for status in reversed(STATUSES):
        count = statuses.get(status, 0)
        if count and status in _MEANING and status in among:
            who = "The only study rests" if k == 1 else f"{count} of {k} studies {'rests' if count == 1 else 'rest'}"
            found.append(f"{who} on {status} numbers ({_MEANING[status]}).")
    return found


def _not_converged(result: OutcomeResult) -> list[str]:
    """Further fits that did not converge, named."""
    names = [f"without {step.label}" for step in result.leave_one_out if not step.pooled.converged]
    names += [f"cumulative up to {step.label}" for step in result.cumulative if not step.pooled.converged]
    names += [
        f"{division.title}: {name}"
        for division in result.subgroups
        for name, one, _ in division.groups
        if not one.converged
    ]
    names += [item.title for item in result.sensitivity if not item.pooled.converged]
    if not names:
        return []
    fits = "A further fit did not converge, and its estimate is" if len(names) == 1 else (
        "Further fits did not converge, and their estimates are"
    )  # fmt: skip
    return [f"{fits} not to be used: {'; '.join(names)}."]


def differences(numbers: Numbers, main: Numbers | None) -> tuple[str, ...]:
    """Where a fit rests on other numbers than the main analysis: how they were obtained, the rows, what was done to
    them, who is left out. ``main`` is None where the main analysis has no numbers.
    """
    before = {candidate.study_id: index for index, candidate in enumerate(main.candidates)} if main else {}
    found: list[str] = []
    other: set[str] = set()
    for index, candidate in enumerate(numbers.candidates):
        label = numbers.studies.labels[index]
        told: tuple[str, ...] = ()
        at = before.get(candidate.study_id)
        if main is not None and at is not None and main.candidates[at].rows == candidate.rows:
            told = main.effects.notes.get(at, ())
        else:
            other.add(candidate.status)
            found.append(f"{label}: {candidate.words()}.")
        notes = numbers.effects.notes.get(index, ())
        found += [f"{label}: {note.rstrip('.')}." for note in notes if note not in told]
    known = main.no_effect if main else {}
    found += [
        f"Left out, since no effect can be computed: {words}."
        for study_id, words in numbers.no_effect.items()
        if known.get(study_id) != words
    ]
    cautions = [caution for caution in numbers.cautions if main is None or caution not in main.cautions]
    return (*weaknesses(numbers.statuses, other), *found, *cautions)
