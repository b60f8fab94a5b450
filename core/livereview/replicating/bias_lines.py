"""Printed P values of Egger's and Begg's tests, on every scale on which the authors may have tested."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from livereview.bound import section
from livereview.manifest.models import BiasTestChoice
from livereview.numbers import effects_of
from livereview.replicated import PooledInput, PrintedNumber, ReplicatedLine
from livereview.replicating.basis import Basis
from livereview.replicating.candidates import Candidate
from livereview.replicating.digits import Printed, printed_numbers
from livereview.replicating.pooled_lines import PooledDraft
from livereview.replicating.pooling import SECTION, columns_of
from livereview.replicating.recipes import Recipe, bound_to, recipes
from livereview.replicating.titles import title_of
from livereview.types import BiasTest, PluginError, Studies

#: How programs get Begg's P, that of Stata's metabias first.
_BEGG = ("normal-continuity", "normal", "auto")
_TESTS = {"egger_p": "egger", "begg_p": "begg"}


@dataclass(frozen=True, kw_only=True)
class _Tested:
    """The P values on one scale, with one way to Begg's."""

    recipe: Recipe
    words: str
    values: Mapping[str, float]
    agreeing: int


def bias_line(basis: Basis, draft: PooledDraft, line: ReplicatedLine, preferred: str = "") -> ReplicatedLine | None:
    """The verdict on the bias tests of a row, tested on the numbers with which its pool was recomputed; None for a row
    that has none. Where no scale gives the printed values, those on the ``preferred`` one are shown."""
    printed = printed_numbers(draft.row, basis.digits, _TESTS)
    if not printed:
        return None
    whole = line.verdict in ("matches", "matches-otherwise")
    match = next((trial for trial in draft.found.matches if trial.recipe.words == line.recipe), None)
    chosen = draft.made.chosen(match.combination) if whole and match is not None else []
    tried = _tried(basis, draft, printed, chosen) if len(chosen) > 2 else []
    matches = [test for test in tried if test.agreeing == len(printed)]
    best = max(
        tried, key=lambda test: (test.agreeing, test.words == preferred, -len(test.recipe.departures)), default=None
    )
    shown = matches[0] if matches else best
    reasons = [] if matches else [_why(draft, line, chosen)]
    if not matches and tried:
        scales = len({test.recipe.words for test in tried})
        reasons = [f"none of {scales} scales gives the printed values from the numbers that give the pool"]
    otherwise = matches and _scale(matches[0].recipe) != line.recipe.partition(", ")[0]
    return ReplicatedLine(
        report_id=line.report_id,
        locator=line.locator,
        outcome=line.outcome,
        part="bias tests",
        title=f"{title_of(draft.row)}: Egger, Begg",
        verdict=("matches-otherwise" if otherwise else "matches") if matches else (
            "contradicts" if tried else "cannot-be-checked"
        ),
        numbers=tuple(_number(number, None if shown is None else shown.values.get(name))
                      for name, number in printed.items()),
        recipe="" if shown is None else shown.words,
        departures=(f"tested on {_scale(matches[0].recipe)}",) if otherwise else (),
        inputs=tuple(_input(item) for item in chosen),
        reasons=tuple(reasons),
        tried=len(tried),
        matched=len(matches),
    )  # fmt: skip


def _why(draft: PooledDraft, line: ReplicatedLine, chosen: list[Candidate]) -> str:
    if chosen:
        return f"{len(chosen)} studies: too few for a test"
    return "the numbers of the pool are not known" if line.verdict != "contradicts" else "the pool is not reproduced"


def _scale(recipe: Recipe) -> str:
    return recipe.words.rpartition(", ")[0] if "," in recipe.words else recipe.words


def _tried(basis: Basis, draft: PooledDraft, printed: Mapping[str, Printed], chosen: list[Candidate]) -> list[_Tested]:
    """Both tests on each scale, for each way to Begg's P."""
    found: list[_Tested] = []
    scales: dict[str, Recipe] = {}
    for recipe in recipes(basis.plugins, draft.row["measure"], draft.row["model"]):
        if not recipe.own_interval:
            scales.setdefault(_scale(recipe), recipe)
    for scale, recipe in scales.items():
        studies = _studies(recipe, chosen)
        for way in _BEGG if studies is not None else ():
            values = {
                name: _p_value(basis, _TESTS[name], {"p": way} if name == "begg_p" else {}, studies) for name in printed
            }
            agreeing = sum(bool(number.holds(np.asarray(values[name]))) for name, number in printed.items())
            words = f"{scale}, Begg: {way}" if "begg_p" in printed else scale
            found.append(_Tested(recipe=recipe, words=words, values=values, agreeing=agreeing))
    return found


def _studies(recipe: Recipe, chosen: list[Candidate]) -> Studies | None:
    """The studies on the scale of a recipe; None where one has no effect on it."""
    data = columns_of(chosen)
    with section(SECTION, recipe.measure), suppress(PluginError, ValueError):  # the gate of Studies raises ValueError
        effects = effects_of(recipe.measure, data, len(chosen))
        return Studies(
            effect=effects.effect, variance=effects.variance, present=np.ones(len(chosen), dtype=bool), data=data,
            measure=recipe.measure.plugin.name, labels=tuple(item.label for item in chosen),
        )  # fmt: skip
    return None


def _p_value(basis: Basis, name: str, options: Mapping[str, str], studies: Studies | None) -> float:
    test = bound_to(basis.plugins, BiasTest, BiasTestChoice.model_validate({"name": name, **options}))
    if test is None or studies is None:
        return float("nan")
    with section(SECTION, test), suppress(PluginError):
        return float(test.plugin.test(studies, test.options).p_value)
    return float("nan")


def _number(number: Printed, value: float | None) -> PrintedNumber:
    known = value is not None and not np.isnan(value)
    return PrintedNumber(
        name=number.name, printed=number.text, recomputed=value if known else None,
        agrees=bool(number.holds(np.asarray(value))) if known else None,
    )  # fmt: skip


def _input(item: Candidate) -> PooledInput:
    return PooledInput(
        study=item.study, label=item.label, numbers=item.numbers, origin=item.origin, remarks=item.remarks,
        solved=item.solved,
    )  # fmt: skip
