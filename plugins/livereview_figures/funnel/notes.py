"""The footnotes of a funnel plot: which tests for small-study effects ran, which were refused and why."""

from __future__ import annotations

import re

from livereview import BiasResult, OutcomeResult
from livereview.printing import level
from livereview_figures.drawing.text import clean, estimable, fixed, known, statistic_phrase, study_label
from livereview_figures.funnel.frame import points_of


def footnotes(outcome: OutcomeResult) -> list[str]:
    """What the lines are, what each test found or why it was not run, which studies are not shown."""
    notes = []
    if known(outcome.pooled.estimate):
        notes.append(f"Dashed: pooled estimate and pseudo {level(outcome.level)} limits")
    refused: dict[str, list[str]] = {}
    for result in outcome.bias:
        if result.refused:
            refused.setdefault(clean(result.refused), []).append(_test_name(result))
        else:
            notes.append(bias_phrase(result))
    notes += [f"{', '.join(names)} test: not run; {reason}" for reason, names in refused.items()]
    there = {study.study_id for study in points_of(outcome)}
    lost = [study_label(study) for study in outcome.studies if estimable(study) and study.study_id not in there]
    return [*notes, f"Without a variance, not shown: {', '.join(lost)}"] if lost else notes


def _test_name(result: BiasResult) -> str:
    return clean(result.name).replace("-", " ").capitalize()


def bias_phrase(result: BiasResult) -> str:
    """A test for small-study effects that was run, in one line; with the measure it was run on, where that is another,
    and the test that was chosen, where it chose one.

    Such a measure is among its notes: "On PLN (...)"; a chosen test begins its method: "peters: ...".
    """
    name = _test_name(result)
    chosen, colon, _ = clean(result.method).partition(":")
    chosen = f" ({chosen})" if colon and re.fullmatch(r"[a-z]+(-[a-z]+)*", chosen) else ""
    letter = clean(result.statistic_name) or "statistic"
    statistic = statistic_phrase(letter, result.statistic, result.df, result.p_value)
    se = f", SE {fixed(result.standard_error, 2)}" if known(result.standard_error) else ""
    estimate = f"; estimate {fixed(result.estimate, 2)}{se}" if known(result.estimate) else ""
    other = next((f" o{clean(note)[1:].rstrip('.')}" for note in result.notes if note.startswith("On ")), "")
    return f"{name} test{chosen}{other}: {statistic}{estimate}"
