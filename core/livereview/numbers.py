"""The numbers of one outcome: the selected studies with their effects, ready for models and bias tests."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from livereview.bound import Bound, section
from livereview.manifest.models import Outcome
from livereview.pairing import Candidate
from livereview.report import Excluded
from livereview.selection import Scope, chosen, known_since, offers
from livereview.types import Array, EffectMeasure, PluginError, Studies, StudyEffects


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
    cautions: tuple[str, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(candidate.study_id for candidate in self.candidates)

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
    effects = _effects(measure, offered.candidates)
    no_effect = {
        candidate: "; ".join(effects.notes.get(index, ())) or f"{measure.name} cannot be estimated from it"
        for index, candidate in enumerate(offered.candidates)
        if math.isnan(effects.effect[index])
    }
    selection = chosen(scope, outcome, offered, no_effect)

    def order(candidate: Candidate) -> tuple[Any, ...]:
        study = scope.studies[candidate.study_id]
        known = known_since(candidate, scope.reports)
        return (known == (0, 0, 0), known, study["label"], candidate.study_id)

    candidates = tuple(sorted(selection.chosen, key=order))
    kept = [offered.candidates.index(candidate) for candidate in candidates]
    effects = _taken(effects, kept)
    data = _columns(candidates)
    return Numbers(
        measure=measure,
        candidates=candidates,
        effects=effects,
        studies=Studies(
            effect=effects.effect,
            variance=effects.variance,
            present=np.ones(len(candidates), dtype=bool),
            data=data,
            measure=measure.name,
            labels=tuple(scope.studies[candidate.study_id]["label"] for candidate in candidates),
        ),
        participants=tuple(_participants(candidate, scope) for candidate in candidates),
        excluded=selection.excluded,
        cautions=selection.cautions,
    )


def _columns(candidates: tuple[Candidate, ...]) -> dict[str, Array]:
    """Data of the candidates as arrays; NaN where one has no such number."""
    names = sorted({name for candidate in candidates for name in candidate.data})
    return {name: np.array([candidate.data.get(name, math.nan) for candidate in candidates]) for name in names}


def _effects(measure: Bound[EffectMeasure], candidates: tuple[Candidate, ...]) -> StudyEffects:
    """What the measure makes of every candidate, checked: an effect always comes with a usable variance."""
    if not candidates:
        return StudyEffects(effect=np.empty(0), variance=np.empty(0))
    data = Columns(_columns(candidates), len(candidates))
    with section("effect measure", measure):
        effects = measure.plugin.effects(data, measure.options)
        shape = (len(candidates),)
        if np.shape(effects.effect) != shape or np.shape(effects.variance) != shape:
            found = f"{np.shape(effects.effect)} and {np.shape(effects.variance)}"
            raise PluginError(f"effects and variances must have shape {shape}, found {found}")
        given = ~np.isnan(effects.effect)
        bad = given & ~(np.isfinite(effects.effect) & np.isfinite(effects.variance) & (effects.variance > 0))
        if bad.any():
            names = ", ".join(candidates[index].words() for index in np.flatnonzero(bad))
            raise PluginError(f"an effect without a usable variance was returned for: {names}")
    return effects


class Columns(dict[str, Array]):
    """Data columns by name; one that is not there is all NaN, so that a measure need not ask first."""

    def __init__(self, columns: Mapping[str, Array], size: int) -> None:
        super().__init__(columns)
        self._size = size

    def __missing__(self, name: str) -> Array:
        return np.full(self._size, math.nan)


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


def _participants(candidate: Candidate, scope: Scope) -> int | None:
    """People behind one number: its own n, else (for a contrast) all of the study's."""
    data = candidate.data
    if "n_1" in data and "n_2" in data:
        return int(data["n_1"] + data["n_2"])
    if "n" in data:
        return int(data["n"])
    total = scope.studies[candidate.study_id].get("n_total") if candidate.rows[0].get("comparator") else None
    return None if total is None else int(total)
