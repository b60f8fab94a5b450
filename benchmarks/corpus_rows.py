"""Rows of a corpus of published analyses: each study's effect by our measures, beside the estimate printed there.

The corpus is a folder with ``cochrane_rows.csv.gz`` and ``cochrane_analyses.csv.gz`` in Cochrane's data-package layout,
with the columns ``measure_inferred``, ``study_ci_inferred`` and ``pooling_inferred``. It is read, never copied.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from livereview import Array, EffectMeasure
from livereview.plugins import installed

KEY = ["dataset", "Analysis.group", "Analysis.number"]
COUNTS = {
    "events_1": "Experimental.cases",
    "n_1": "Experimental.N",
    "events_2": "Control.cases",
    "n_2": "Control.N",
}
MEANS = {
    "mean_1": "Experimental.mean",
    "sd_1": "Experimental.SD",
    "mean_2": "Control.mean",
    "sd_2": "Control.SD",
}
#: Our measure and its options for each of the corpus.
MEASURES: dict[str, tuple[str, dict[str, Any]]] = {
    "RR": ("RR", {}),
    "OR": ("OR", {}),
    "RD": ("RD", {}),
    "PETO_OR": ("PETO", {}),
    "MD": ("MD", {}),
    "SMD": ("SMD", {"variant": "revman"}),
    "GIV": ("GEN", {}),
    "GIV_LOG": ("RATIO", {}),
}
#: Printed with six decimals: half of the last, and its own rounding.
ROUNDING = 5.1e-7


@dataclass(frozen=True)
class Compared:
    """How the studies of one measure agree with what is printed."""

    measure: str
    rows: int
    agree: int
    not_estimable: int
    """In both; each with a note of ours that says why."""
    last_digit: int
    """Within 2e-6, not within rounding."""
    wrong: int
    worst: float
    """Largest difference, relative where the value is above 1."""
    reasons: Counter[str]
    """Of the rows without an effect."""


def read(folder: Path) -> pd.DataFrame:
    """Every row, with the label of how its analysis was pooled; ``effect`` and ``variance`` still empty."""
    rows = pd.read_csv(folder / "cochrane_rows.csv.gz", low_memory=False, dtype={"Study.year": str})
    analyses = pd.read_csv(folder / "cochrane_analyses.csv.gz", low_memory=False)
    analyses = analyses.rename(columns={"comparison_no": "Analysis.group", "outcome_no": "Analysis.number"})
    joined = rows.merge(analyses[[*KEY, "pooling_inferred"]], on=KEY, how="outer", validate="many_to_one")
    joined["analysis"] = joined.groupby(KEY, sort=False).ngroup()
    return joined.assign(effect=np.nan, variance=np.nan)


def data_of(rows: pd.DataFrame, measure: str) -> dict[str, Array]:
    """The columns that our measure reads."""
    if measure.startswith("GIV"):
        estimate = rows["GIV.Mean"].to_numpy(float)
        shown = np.exp(estimate) if measure == "GIV_LOG" else estimate
        return {"estimate": shown, "se": rows["GIV.SE"].to_numpy(float)}
    return {name: rows[column].to_numpy(float) for name, column in (COUNTS | MEANS).items()}


def computed(rows: pd.DataFrame, measure: str) -> Compared:
    """Fills in ``effect`` and ``variance`` of one measure's rows, and compares them with what is printed."""
    name, choices = MEASURES[measure]
    registered = installed().find(EffectMeasure, name)
    assert registered is not None
    plugin = registered.descriptor
    chosen = rows["measure_inferred"] == measure
    own = rows[chosen]
    found = plugin.effects(data_of(own, measure), registered.options(choices))
    rows.loc[chosen, ["effect", "variance"]] = np.column_stack([found.effect, found.variance])
    margin = ndtri((1 + own["study_ci_inferred"].to_numpy() / 100) / 2) * np.sqrt(found.variance)
    ours = plugin.back_transform(np.stack([found.effect, found.effect - margin, found.effect + margin], axis=-1), None)
    printed = own[["Mean", "CI.start", "CI.end"]].to_numpy(float)
    none, none_printed = np.isnan(ours[:, 0]), np.isnan(printed[:, 0])
    both = ~none & ~none_printed
    gap = np.abs(ours - printed)[both] / np.maximum(np.abs(printed[both]), 1)
    largest = gap.max(axis=1, initial=0.0)
    silent = [row for row in np.flatnonzero(none) if not found.notes.get(int(row))]
    said = Counter(found.notes[int(row)][-1] for row in np.flatnonzero(none) if int(row) in found.notes)
    return Compared(
        measure=measure,
        rows=len(own),
        agree=int((largest <= ROUNDING).sum()),
        not_estimable=int((none & none_printed).sum()) - len(silent),
        last_digit=int(((largest > ROUNDING) & (largest <= 2e-6)).sum()),
        wrong=int((largest > 2e-6).sum() + (none != none_printed).sum()) + len(silent),
        worst=float(largest.max(initial=0.0)),
        reasons=said,
    )
