"""Subgroups: divisions of the studies, or of the patients within studies, and the test between their groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview import inference
from livereview.manifest.models import Subgroups
from livereview.numbers import Numbers
from livereview.report import Pooled, SubgroupResult
from livereview.setting import Setting
from livereview.types import Mask
from livereview.variations import pooled_anew
from livereview.wording import differences

BY_POPULATION = "result.population"


@dataclass(frozen=True, kw_only=True)
class Division:
    """Groups of the studies of one outcome that have at least one study each."""

    item: Subgroups
    names: tuple[str, ...]
    masks: Mask
    """Shape (groups, K)."""
    notes: tuple[str, ...]
    """The studies that are in no group."""

    @property
    def title(self) -> str:
        return self.item.title or self.item.by


def divided(setting: Setting, numbers: Numbers, item: Subgroups) -> Division:
    """The studies divided by one of their fields."""
    found = [setting.scope.studies[study_id].get(item.by) for study_id in numbers.ids]
    values = ["" if value is None else str(value) for value in found]
    groups = dict(item.groups) or {value: (value,) for value in sorted(set(values)) if value}
    masks = {name: np.array([value in members for value in values], dtype=bool) for name, members in groups.items()}
    names = tuple(name for name, mask in masks.items() if mask.any())
    stacked = np.array([masks[name] for name in names], dtype=bool).reshape(len(names), len(values))
    grouped: Mask = np.logical_or.reduce(stacked, axis=0)
    left = [
        f"{label} ({value or 'not stated'})"
        for label, value, there in zip(numbers.studies.labels, values, grouped, strict=True)
        if not there
    ]
    notes = (f"In no group: {', '.join(left)}.",) if left else ()
    return Division(item=item, names=names, masks=stacked, notes=notes)


def subgroups(division: Division, pooled: tuple[Pooled, ...], numbers: Numbers) -> SubgroupResult:
    """The groups of a division with their fits."""
    groups = tuple(
        (name, one, tuple(study_id for study_id, there in zip(numbers.ids, mask, strict=True) if there))
        for name, one, mask in zip(division.names, pooled, division.masks, strict=True)
    )
    return _compared(division.title, groups, division.notes)


def by_population(setting: Setting, main: Numbers, item: Subgroups) -> SubgroupResult:
    """A division by the population analysed: parts of studies, so that each group selects its own rows."""
    groups: list[tuple[str, Pooled, tuple[str, ...]]] = []
    notes = ["A study may stand in several groups; the test between them takes their patients to be different ones."]
    for name, populations in item.groups.items():
        numbers, fits = pooled_anew(setting, setting.outcome.model_copy(update={"population": populations}))
        groups.append((name, fits.pooled[0], numbers.ids))
        notes += [f"{name}: {note}" for note in differences(numbers, main)]
    return _compared(item.title or item.by, tuple(groups), tuple(notes))


def _compared(
    title: str, groups: tuple[tuple[str, Pooled, tuple[str, ...]], ...], notes: tuple[str, ...]
) -> SubgroupResult:
    """Groups with the test for differences between them, where at least two have an estimate."""
    estimates = [one for _, one, _ in groups if np.isfinite(one.estimate) and np.isfinite(one.standard_error)]
    without = [name for name, one, _ in groups if one.k and not np.isfinite(one.estimate)]
    if without:
        notes = (*notes, f"Not in the test, since without an estimate: {', '.join(without)}.")
    q = df = p = None
    if len(estimates) < 2:
        notes = (*notes, "Fewer than two groups have an estimate: there is nothing to compare.")
    else:
        between = inference.between(
            np.array([one.estimate for one in estimates]), np.array([one.standard_error for one in estimates])
        )
        q, df, p = float(between[0]), int(between[1]), float(between[2])
    return SubgroupResult(title=title, groups=groups, q_between=q, df_between=df, p_between=p, notes=notes)
