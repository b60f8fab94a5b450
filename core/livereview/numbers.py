"""The numbers of one outcome: the selected studies with their effects, ready for models and bias tests."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from livereview.bound import Bound, section
from livereview.manifest.models import Outcome
from livereview.pairing import Candidate
from livereview.ranking import known_since
from livereview.report import Excluded
from livereview.returned import real_numbers
from livereview.selection import Scope, chosen, offers
from livereview.types import Array, EffectMeasure, PluginError, RowsNeeded, Studies, StudyEffects


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """K studies of one outcome in the order of publication (unknown dates last), with effects on the analysis scale."""

    measure: Bound[EffectMeasure]
    candidates: tuple[Candidate, ...]
    effects: StudyEffects
    studies: Studies
    """All K present."""
    participants: tuple[int | None, ...]
    excluded: tuple[Excluded, ...]
    no_effect: Mapping[str, str]
    """Studies that are left out because no effect comes from the number they offer: by id, number and reason."""
    cautions: tuple[str, ...]
    results: Studies
    """Every number of the K studies from which an effect comes, also several of one study; one printed twice stands
    once."""
    result_of: tuple[int, ...]
    """The study of each result, as position among the K."""
    usable: tuple[Candidate, ...]
    """Every number from which an effect comes, of every study, used or not."""

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(candidate.study_id for candidate in self.candidates)

    @property
    def statuses(self) -> dict[str, int]:
        """Number of studies that rest on rows of each status, the weakest row of each counting."""
        found = [candidate.status for candidate in self.candidates]
        return {status: found.count(status) for status in sorted(set(found))}

    def sizes(self, present: Any) -> Array | None:
        """Harmonic mean sample size of the present studies (Miller 1978), for transformations that need one."""
        n = self.studies.data.get("n")
        if n is None or not present.any() or not np.isfinite(n[present]).all():
            return None
        return np.asarray(present.sum() / (1.0 / n[present]).sum())


def numbers_of(
    scope: Scope, outcome: Outcome, measure: Bound[EffectMeasure], left_out: Mapping[str, str] | None = None
) -> Numbers:
    """The numbers of a resolved outcome. Raises SectionFailed where the measure's plugin fails."""
    with section("effect measure", measure):
        needed = measure.plugin.rows(measure.options)
    offered = offers(scope, outcome, needed, left_out)
    effects = _effects(measure, offered.candidates, _arm_sizes(offered.candidates, needed, scope))
    no_effect = {
        candidate: "; ".join(effects.notes.get(index, ())) or f"{measure.name} cannot be estimated from it"
        for index, candidate in enumerate(offered.candidates)
        if math.isnan(effects.effect[index])
    }
    figures = {
        candidate: (float(effects.effect[index]), float(effects.variance[index]), *_figures(candidate, needed))
        for index, candidate in enumerate(offered.candidates)
    }
    selection = chosen(scope, outcome, offered, no_effect, figures)

    def order(candidate: Candidate) -> tuple[Any, ...]:
        study = scope.studies[candidate.study_id]
        known = known_since(candidate, scope.reports)
        return (known == (0, 0, 0), known, study["label"], candidate.study_id)

    candidates = tuple(sorted(selection.chosen, key=order))
    place = {candidate: index for index, candidate in enumerate(offered.candidates)}
    every = _distinct(candidates, figures, no_effect)
    studies = partial(_studies, scope, measure)
    results = studies(every, _taken(effects, [place[candidate] for candidate in every]))
    effects = _taken(effects, [place[candidate] for candidate in candidates])
    position = {candidate.study_id: index for index, candidate in enumerate(candidates)}
    entered = {candidate.study_id for candidate in candidates}
    return Numbers(
        measure=measure,
        candidates=candidates,
        effects=effects,
        studies=studies(candidates, effects),
        participants=tuple(_participants(candidate, needed, scope) for candidate in candidates),
        excluded=selection.excluded,
        no_effect={
            candidate.study_id: f"{scope.studies[candidate.study_id]['label']}: {candidate.words()}: {reason}"
            for candidate, reason in no_effect.items()
            if candidate.study_id not in entered
        },
        cautions=selection.cautions,
        results=results,
        result_of=tuple(position[candidate.study_id] for candidate in every),
        usable=tuple(candidate for candidate in offered.candidates if candidate not in no_effect),
    )


def _studies(
    scope: Scope, measure: Bound[EffectMeasure], candidates: tuple[Candidate, ...], effects: StudyEffects
) -> Studies:
    return Studies(
        effect=effects.effect,
        variance=effects.variance,
        present=np.ones(len(candidates), dtype=bool),
        data=_columns(candidates),
        measure=measure.name,
        labels=tuple(scope.studies[candidate.study_id]["label"] for candidate in candidates),
    )


def _distinct(
    chosen: tuple[Candidate, ...], figures: Mapping[Candidate, tuple[float, ...]], without: Mapping[Candidate, str]
) -> tuple[Candidate, ...]:
    """Every number of the chosen studies that gives an effect, the chosen one of each study first."""
    found: dict[tuple[Any, ...], Candidate] = {}
    for candidate in chosen:
        own = [other for other in figures if other.study_id == candidate.study_id and other not in without]
        for other in (candidate, *own):
            found.setdefault((other.study_id, *map(str, figures[other])), other)
    return tuple(found.values())


def _figures(candidate: Candidate, needed: RowsNeeded) -> tuple[float, ...]:
    """The numbers that an effect is computed from: two candidates with the same ones are one number, printed twice."""
    names = (
        needed.columns if needed.layout != "two-arms" else [f"{name}_{i}" for i in (1, 2) for name in needed.columns]
    )
    return tuple(candidate.data[name] for name in names if name in candidate.data)


def _columns(candidates: tuple[Candidate, ...]) -> dict[str, Array]:
    """Data of the candidates as arrays; NaN where one has no such number."""
    names = sorted({name for candidate in candidates for name in candidate.data})
    return {name: np.array([candidate.data.get(name, math.nan) for candidate in candidates]) for name in names}


def _arm_sizes(candidates: tuple[Candidate, ...], needed: RowsNeeded, scope: Scope) -> dict[str, Array]:
    """``n_1`` and ``n_2`` of contrasts: people in the arms of the study; NaN where not stated."""
    if needed.layout != "contrast" or not candidates:
        return {}
    return arm_sizes([(candidate.study_id, candidate.population) for candidate in candidates], scope)


def arm_sizes(contrasts: Sequence[tuple[str, str]], scope: Scope) -> dict[str, Array]:
    """``n_1`` and ``n_2`` of contrasts, each a study and a population: people in the arms; NaN where not stated."""
    sizes = np.array([_arms(*contrast, scope) or (math.nan, math.nan) for contrast in contrasts], dtype=np.float64)
    return {"n_1": sizes[:, 0], "n_2": sizes[:, 1]}


def _arms(study_id: str, population: str, scope: Scope) -> tuple[int, int] | None:
    """People in the two arms of the study that a contrast of all its patients belongs to."""
    study = scope.studies[study_id]
    first, second = study.get("n_arm_experimental"), study.get("n_arm_control")
    if population.startswith("subgroup:") or first is None or second is None:
        return None
    return int(first), int(second)


def _effects(
    measure: Bound[EffectMeasure], candidates: tuple[Candidate, ...], arm_sizes: Mapping[str, Array]
) -> StudyEffects:
    """What the measure makes of every candidate, checked: an effect always comes with a usable variance."""
    if not candidates:
        return StudyEffects(effect=np.empty(0), variance=np.empty(0))
    with section("effect measure", measure):
        effects = effects_of(measure, {**arm_sizes, **_columns(candidates)}, len(candidates))
        given = ~np.isnan(effects.effect)
        bad = given & ~(np.isfinite(effects.effect) & np.isfinite(effects.variance) & (effects.variance > 0))
        if bad.any():
            names = ", ".join(candidates[index].words() for index in np.flatnonzero(bad))
            raise PluginError(f"an effect without a usable variance was returned for: {names}")
    return effects


def effects_of(measure: Bound[EffectMeasure], columns: Mapping[str, Array], size: int) -> StudyEffects:
    """What a measure returns for so many studies, as arrays of the right shape; PluginError where it is not."""
    found = measure.plugin.effects(Columns(columns, size), measure.options)
    if not isinstance(found, StudyEffects):
        raise PluginError(f"effects returned {type(found).__name__}; it must return StudyEffects")
    given = {name: getattr(found, name) for name in ("effect", "variance", "ci_low", "ci_high")}
    arrays = {name: None if value is None else real_numbers(name, value) for name, value in given.items()}
    wrong = [
        f"{name} has shape {array.shape}"
        for name, array in arrays.items()
        if array is not None and array.shape != (size,)
    ]
    if wrong or arrays["effect"] is None or arrays["variance"] is None:
        raise PluginError(f"effect and variance must have shape ({size},): {'; '.join(wrong) or 'one is missing'}")
    notes = {int(index): tuple(str(text) for text in texts) for index, texts in found.notes.items()}
    return StudyEffects(
        effect=arrays["effect"],
        variance=arrays["variance"],
        ci_low=arrays["ci_low"],
        ci_high=arrays["ci_high"],
        notes=notes,
    )


class Columns(dict[str, Array]):
    """Data columns by name; one that is not there is all NaN, so that a measure need not ask first."""

    def __init__(self, columns: Mapping[str, Array], shape: int | tuple[int, ...]) -> None:
        super().__init__(columns)
        self._shape = shape

    def __missing__(self, name: str) -> Array:
        return np.full(self._shape, math.nan)


def _taken(effects: StudyEffects, kept: list[int]) -> StudyEffects:
    """The effects of the kept positions, in that order."""
    at = np.array(kept, dtype=int)
    return StudyEffects(
        effect=effects.effect[at],
        variance=effects.variance[at],
        ci_low=None if effects.ci_low is None else effects.ci_low[at],
        ci_high=None if effects.ci_high is None else effects.ci_high[at],
        notes={new: effects.notes[old] for new, old in enumerate(kept) if old in effects.notes},
    )


def _participants(candidate: Candidate, needed: RowsNeeded, scope: Scope) -> int | None:
    """People behind one number: its own n; for a contrast of the whole study without n, those of its two arms."""
    data = candidate.data
    if "n_1" in data and "n_2" in data:
        return int(data["n_1"] + data["n_2"])
    if "n" in data:
        return int(data["n"])
    if needed.layout != "contrast" or candidate.population.startswith("subgroup:"):
        return None
    arms = _arms(candidate.study_id, candidate.population, scope)
    total = scope.studies[candidate.study_id].get("n_total")
    if arms is not None:
        return sum(arms)
    return None if total is None else int(total)
