"""From the numbers on which an outcome stood, one after the other, to the steps of its timeline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from livereview.analysis import null_shown, without_numbers
from livereview.bound import Bound
from livereview.cards import study_results
from livereview.fits import NOTHING, fits_of
from livereview.judgements import Verdict
from livereview.numbers import Numbers
from livereview.report import Failure, OutcomeResult, Pooled
from livereview.setting import Setting
from livereview.timeline import UNDATED, Timeline, TimelineStep
from livereview.triggers import Trigger
from livereview.types import Array
from livereview.verdicts.retractions import with_retracted
from livereview.verdicts.rulings import step_verdicts


@dataclass(frozen=True)
class Standing:
    """The numbers on which an outcome stands from a day on; no day = with what has none."""

    published_by: str
    numbers: Numbers
    setting: Setting


@dataclass(frozen=True)
class _Fitted:
    """The fit of one step, with the weight of each of its studies (0-1)."""

    pooled: Pooled
    weights: Array


def timeline_of(
    today: Setting, standings: Sequence[Standing], triggers: Sequence[Bound[Trigger]], failures: list[Failure]
) -> Timeline:
    """The timeline of an outcome, whose last setting is ``today``. SectionFailed if a plugin fails."""
    result = without_numbers(today, null_shown(today))
    fits = _fitted(today, standings)
    said = [_said(result, standing, fit, failures) for standing, fit in zip(standings, fits, strict=True)]
    names = [standing.published_by or UNDATED for standing in standings]
    verdicts, failed = step_verdicts(zip(names, said, strict=True), triggers)
    failures += failed
    steps = tuple(
        _step(standings[at - 1] if at else None, standing, said[at], verdicts[at])
        for at, standing in enumerate(standings)
    )
    return Timeline(outcome=replace(result, pooled=steps[-1].pooled if steps else NOTHING), steps=steps)


def _said(result: OutcomeResult, standing: Standing, fit: _Fitted, failures: list[Failure]) -> OutcomeResult:
    """The outcome as an update of that day would have recorded it, as far as its verdict depends on it."""
    numbers, setting = standing.numbers, standing.setting
    return replace(
        result,
        pooled=fit.pooled,
        studies=study_results(setting.scope, numbers, fit.weights, result.level),
        retracted=with_retracted(setting, numbers, failures)[0],
    )


def slots(numbers: Numbers) -> list[tuple[Any, ...]]:
    """What tells the number of each study from another one: its rows, its effect, its people."""
    return [
        (
            candidate.study_id,
            tuple(row["row_id"] for row in candidate.rows),
            float(numbers.effects.effect[at]),
            float(numbers.effects.variance[at]),
            numbers.participants[at],
        )
        for at, candidate in enumerate(numbers.candidates)
    ]


def _fitted(setting: Setting, standings: Sequence[Standing]) -> list[_Fitted]:
    """The fit of each step. Those that rest on numbers of the last step are masks over its studies, in one call."""
    if not standings:
        return []
    last = standings[-1].numbers
    place = {slot: at for at, slot in enumerate(slots(last))}
    masks = np.zeros((len(standings), len(last.ids)), dtype=bool)
    found: dict[int, _Fitted] = {}
    for row, standing in enumerate(standings):
        own = slots(standing.numbers)
        if all(slot in place for slot in own):
            masks[row, [place[slot] for slot in own]] = True
        else:
            everybody = np.ones((1, len(own)), dtype=bool)
            fits = fits_of(standing.numbers, everybody, setting.model, setting.outcome)
            found[row] = _Fitted(fits.pooled[0], fits.weights[0])
    together = [row for row in range(len(standings)) if row not in found]
    fits = fits_of(last, masks[together], setting.model, setting.outcome)
    for at, row in enumerate(together):
        order = [place[slot] for slot in slots(standings[row].numbers)]
        found[row] = _Fitted(fits.pooled[at], fits.weights[at][order])
    return [found[row] for row in range(len(standings))]


def _step(before: Standing | None, after: Standing, said: OutcomeResult, verdict: Verdict) -> TimelineStep:
    pooled = said.pooled
    were = {} if before is None else dict(zip(before.numbers.ids, slots(before.numbers), strict=True))
    are = dict(zip(after.numbers.ids, slots(after.numbers), strict=True))
    reports = {candidate.study_id: candidate.report_id for candidate in after.numbers.candidates}
    label = _labels(before, after)
    null = after.setting.measure.plugin.null
    return TimelineStep(
        published_by=after.published_by,
        pooled=pooled,
        added=tuple(label(study) for study in are if study not in were),
        removed=tuple((label(study), _reason(study, after)) for study in were if study not in are),
        changed=tuple((label(study), reports[study]) for study in are if study in were and are[study] != were[study]),
        includes_null=None if null is None or not pooled.k else _includes(pooled, null),
        verdict=verdict,
        studies=said.studies,
    )


def _labels(before: Standing | None, after: Standing) -> Callable[[str], str]:
    """From the id of a study to its label, also of one that is seen no longer."""
    known = {**(before.setting.scope.studies if before else {}), **after.setting.scope.studies}
    return lambda study: str(known[study]["label"])


def _reason(study: str, after: Standing) -> str:
    """Why a study that was pooled is pooled no longer."""
    reasons = [item.reason for item in after.numbers.excluded if item.study_id == study]
    return reasons[-1] if reasons else "it is no longer among the studies that the review admits"


def _includes(pooled: Pooled, null: float) -> bool | None:
    if np.isnan(pooled.ci_low) or np.isnan(pooled.ci_high):
        return None
    return bool(pooled.ci_low <= null <= pooled.ci_high)
