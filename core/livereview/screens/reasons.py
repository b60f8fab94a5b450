"""An explanation in sentences and a table: which choice makes the difference, and how much of it."""

from __future__ import annotations

import math

from livereview import printing
from livereview.console import say, table
from livereview.explaining import OWN, Explanation, Step
from livereview.report import Pooled

#: Part of a standard error below which two estimates are the same to any reader.
_NOTHING = 1e-6


def shown(found: Explanation) -> None:
    """The two results, a sentence for each choice, and the table of the steps."""
    say(f"{found.title} ({found.outcome})")
    for name, pooled in ((found.before, found.first), (found.after, found.last)):
        say(f"{_name(name)}: {_result(pooled, found.display)}")
    for sentence in sentences(found):
        say(sentence)
    if found.steps:
        headings = ["", "choice", "from", "to", "estimate", "prediction", "tau²", "alone"]
        rows = [["", _name(found.before), "", "", *_cells(found.first, found.display), ""]]
        rows += [
            [
                str(number),
                step.choice,
                step.before,
                step.after,
                *_cells(step.pooled, found.display),
                _alone(step, found),
            ]
            for number, step in enumerate(found.steps, 1)
        ]
        table("", headings, rows)


def sentences(found: Explanation) -> list[str]:
    """What each choice does, in the order of the steps."""
    if not found.steps:
        return ["Both make the same choices for this outcome, so the numbers are the same."]
    if found.first.k == 0 or found.last.k == 0:
        return ["There is no study to pool under one of them, so that the choices cannot be compared."]
    told = [f"{number}. {_sentence(step, found)}" for number, step in enumerate(found.steps, 1)]
    return told + _largest(found) if len(found.steps) > 1 else told


def _sentence(step: Step, found: Explanation) -> str:
    before = f"{step.choice}: {step.before} → {step.after}."
    if step.pooled.k == 0 or math.isnan(step.pooled.estimate):
        return f"{before} No estimate: {'; '.join(step.pooled.notes) or 'no study'}."
    same_interval = math.isnan(step.widened) or abs(step.widened) < _NOTHING
    if not _matters(step.moved, found) and same_interval:
        return f"{before} {_other(step)}"
    value = printing.estimate(step.pooled.shown.estimate, found.display, _width(step.pooled))
    estimate = f"The estimate becomes {value}{_share(step.moved, found.moved)}" if _matters(step.moved, found) else (
        "The estimate stays"
    )  # fmt: skip
    if same_interval:
        return f"{before} {estimate}; the width of the interval stays."
    how = "wider" if step.widened > 0 else "narrower"
    percent = f"{abs(math.expm1(step.widened)) * 100:.0f}%"
    return f"{before} {estimate}; the interval becomes {percent} {how}{_share(step.widened, found.widened)}."


def _other(step: Step) -> str:
    return {
        "prediction": "It concerns the prediction interval alone.",
        "i2": "It concerns the way I² is computed alone.",
    }.get(step.choice, "It changes nothing here.")


def _matters(moved: float, found: Explanation) -> bool:
    width = _width(found.first)
    return bool(abs(moved) > _NOTHING * (width if 0 < width < math.inf else 1.0))


def _share(part: float, whole: float) -> str:
    """What part of a whole difference one step makes; nothing where the whole is too small to speak of parts."""
    if not math.isfinite(part) or abs(whole) < _NOTHING:
        return ""
    return f" ({part / whole * 100:.0f}% of the whole difference)"


def _largest(found: Explanation) -> list[str]:
    """Which step makes most of the difference in the estimate, and of that in the width of the interval."""
    by_move = max(found.steps, key=lambda step: abs(step.moved))
    by_width = max(found.steps, key=lambda step: 0.0 if math.isnan(step.widened) else abs(step.widened))
    told = []
    if _matters(by_move.moved, found):
        told.append(f"What moves the estimate most is {by_move.choice}.")
    if abs(by_width.widened) > _NOTHING:
        told.append(f"What moves the width of the interval most is {by_width.choice}.")
    if told:
        told.append("Shares depend on the order of the steps; the column alone shows each choice by itself.")
    return told


def _name(name: str) -> str:
    return "the manifest's own choices" if name == OWN else name


def _result(pooled: Pooled, display: str) -> str:
    return printing.interval(pooled.shown, display) if pooled.k else "no eligible result"


def _width(pooled: Pooled) -> float:
    return pooled.shown.high - pooled.shown.low


def _cells(pooled: Pooled, display: str) -> list[str]:
    predicted = pooled.prediction_shown
    limits = "" if predicted is None else printing.limits(*predicted, display, _width(pooled))
    return [_result(pooled, display), limits, printing.tau2(pooled.tau2)]


def _alone(step: Step, found: Explanation) -> str:
    return "cannot be fitted" if step.alone is None else _result(step.alone, found.display)
