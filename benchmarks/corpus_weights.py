"""Pooling a corpus of published analyses, and comparing our weights with those printed.

A set is what one printed 100% refers to: an analysis, or one of its subgroups. Every set is pooled by every model that
applies, many sets in one call.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from corpus_rows import COUNTS

from livereview import Array, EffectModel, Mask, Studies
from livereview.inference import derived, fitted
from livereview_pooling import COMMON_EFFECT, MANTEL_HAENSZEL, MANTEL_HAENSZEL_RANDOM, RANDOM_EFFECTS

#: Sets pooled in one call.
TOGETHER = 64
#: Weights are printed in percent with six decimals; RevMan's REML stops two of them short.
ROUNDING = 2e-6
#: Farthest that weights may be and still be called the same but for the last digits.
LAST_DIGITS = 1e-4

#: The labels of the corpus, and what they are here.
MODELS: dict[str, tuple[EffectModel, dict[str, Any]]] = {
    "IV-fixed": (COMMON_EFFECT, {}),
    "IV-random-DL": (RANDOM_EFFECTS, {"tau2": "DL", "interval": "wald"}),
    "IV-random-REML": (RANDOM_EFFECTS, {"tau2": "REML", "interval": "hartung-knapp"}),
    "MH-fixed": (MANTEL_HAENSZEL, {"zero_cells": "only0-ratios"}),
    "MH-random-DL": (MANTEL_HAENSZEL_RANDOM, {}),
}
#: Models that need counts, by the measures of the corpus they apply to.
FROM_COUNTS = {"MH-fixed": ("RR", "OR", "RD"), "MH-random-DL": ("RR", "OR", "RD")}


@dataclass
class Outcome:
    """What became of one set."""

    measure: str
    label: str
    """How the corpus says it was pooled, without its scope; "" where it does not say."""
    analysis: int
    rows: Any
    """Positions of its rows with an effect."""
    printed: Array
    everywhere: Mask
    """Which of these rows count in the subgroups and in the overall result."""
    gaps: dict[str, float] = field(default_factory=dict)
    """Largest difference of a weight from the printed one, in percent, by model."""
    refused: dict[str, str] = field(default_factory=dict)
    """Models that gave no number, with the note that says why."""

    def compare(self, model: str, weights: Array) -> None:
        """Notes how far weights are from the printed ones; only up to a factor where some rows count elsewhere."""
        ours, theirs = weights, self.printed
        if not self.everywhere.all():
            ours, theirs = (100 * x[self.everywhere] / x[self.everywhere].sum() for x in (ours, theirs))
        self.gaps[model] = float(np.abs(ours - theirs).max())

    @property
    def fate(self) -> str:
        """The class of agreement; see ``corpus.EXPLAINED``."""
        least = min(self.gaps.values(), default=np.inf)
        own = self.gaps.get(self.label, np.inf)
        if not self.measure:
            return "no measure"
        if not self.printed.size:
            return "nothing estimable"
        if not self.printed.any():
            return "no weights"
        if not self.everywhere.all():
            return "up to a factor" if least <= ROUNDING else "differs"
        if self.printed.size == 1:
            return "one study" if least <= ROUNDING else "differs"
        if own <= ROUNDING:
            return "agrees"
        if self.label in self.refused:
            return "refused"
        if least <= ROUNDING:
            return "as another"
        return "last digits" if own <= LAST_DIGITS else "differs"

    @property
    def nearest(self) -> str:
        """The model whose weights are nearest."""
        return min(self.gaps, key=lambda name: self.gaps[name], default="")


def sets(rows: pd.DataFrame) -> list[Outcome]:
    """Every set, in order: one for each 100% that is printed, which two subgroups of one name may share.

    A row that counts in the overall result only is in none: its weight is printed beside those of the subgroups.
    """
    weight = rows["Weight"].fillna(0.0)
    counted = rows["Applicability"] != "OVERALL_ONLY"
    group = rows.groupby(["analysis", "Subgroup", "Subgroup.number"], sort=False, dropna=False).ngroup()
    hundreds = (weight * counted).groupby(group).transform("sum") / 100
    whole = ((hundreds - hundreds.round()).abs() < 1e-6).groupby(rows["analysis"]).transform("all")
    scope = rows["pooling_inferred"].fillna("").str.partition(":")
    by_group = (scope[0] == "subgroup") & whole
    before = (weight.groupby(group).cumsum() - weight) / 100
    # Rows without weight after the last 100% belong to it.
    block = np.where(by_group, np.minimum(np.floor(before + 1e-6), np.maximum(hundreds.round() - 1, 0)), 0)
    number = pd.DataFrame({"analysis": rows["analysis"], "group": group.where(by_group, -1), "block": block})
    number = number.groupby(["analysis", "group", "block"], sort=False).ngroup().to_numpy()
    labels = scope[2].str.removesuffix("(cc)").where(lambda label: label.isin(list(MODELS)), "").to_numpy()
    measures, analyses = rows["measure_inferred"].fillna("").to_numpy(), rows["analysis"].to_numpy()
    everywhere = (rows["Applicability"] != "SUBGROUP_ONLY").to_numpy()
    kept = (rows["effect"].notna() & counted).to_numpy()
    order = np.argsort(number, kind="stable")
    found = []
    for at in np.split(order, np.flatnonzero(np.diff(number[order])) + 1):
        first, own = at[0], at[kept[at]]
        measure, label, analysis = str(measures[first]), str(labels[first]), int(analyses[first])
        found.append(Outcome(measure, label, analysis, own, weight.to_numpy(float)[own], everywhere[own]))
    return found


def pool(rows: pd.DataFrame, found: list[Outcome], progress: Callable[[int], None]) -> Counter[str]:
    """Pools every set by every model that applies, fills in the outcomes, and counts the notes of the models.

    RuntimeError for a fit without a number and without a note: nothing may fail in silence.
    """
    notes: Counter[str] = Counter()
    order = sorted((outcome for outcome in found if outcome.printed.size), key=lambda outcome: outcome.measure)
    for start in range(0, len(order), TOGETHER):
        for measure in dict.fromkeys(outcome.measure for outcome in order[start : start + TOGETHER]):
            together = [outcome for outcome in order[start : start + TOGETHER] if outcome.measure == measure]
            _pool(rows, together, measure, notes)
        progress(min(start + TOGETHER, len(order)))
    return notes


def _pool(rows: pd.DataFrame, together: list[Outcome], measure: str, notes: Counter[str]) -> None:
    at = np.concatenate([outcome.rows for outcome in together])
    owner = np.repeat(np.arange(len(together)), [outcome.rows.size for outcome in together])
    chosen = rows.iloc[at]
    studies = Studies(
        effect=chosen["effect"].to_numpy(float),
        variance=chosen["variance"].to_numpy(float),
        present=owner == np.arange(len(together))[:, None],
        data={name: chosen[column].to_numpy(float) for name, column in COUNTS.items()},
        measure=measure,
    )
    for name, (model, choices) in MODELS.items():
        if measure not in FROM_COUNTS.get(name, (measure,)):
            continue
        fit = fitted(model, studies, model.options(**choices))
        interval = derived(studies, fit)
        for note, where in fit.notes.items():
            notes[f"{name}: {note}"] += int(where.sum())
        for i, outcome in enumerate(together):
            limits = (interval.estimate[i], interval.ci_low[i], interval.ci_high[i])
            if np.isfinite(limits).all():
                outcome.compare(name, 100 * fit.weights[i, owner == i])
            else:
                said = [note for note, where in fit.notes.items() if where[i]]
                if not said:
                    raise RuntimeError(f"{name} has no number and no note for analysis {outcome.analysis}")
                outcome.refused[name] = said[0]
