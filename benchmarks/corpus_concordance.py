"""A sample of a corpus of published analyses by livereview, R metafor and statsmodels, as ``concordance`` runs reviews.

Run: python benchmarks/corpus_concordance.py FOLDER [--sets 200] [--seed 1], the folder being as ``corpus_rows`` says;
it is no part of this project. Each sampled analysis with at least two estimable studies is pooled by a model drawn for
it. Exit code 1 if a gap is unexplained, or a program did not answer.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
from concordance import HEADER, Tally, summary, told
from corpus_rows import COUNTS, MEANS, MEASURES, read

from livereview import AnalysisRequest, EffectMeasure, EffectModel, PluginError, Studies
from livereview.fitting import fitted
from livereview.plugins import installed
from livereview_concordance.analysis import ConcordanceOptions, concordance

SIZES = {"n_1": "Experimental.N", "n_2": "Control.N"}
COLUMNS = {"MD": {**MEANS, **SIZES}, "SMD": {**MEANS, **SIZES}, **dict.fromkeys(("RR", "OR", "RD", "PETO_OR"), COUNTS)}
MODELS: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    *(("random-effects", {"tau2": tau2, "interval": interval}, ("RR", "OR", "RD", "MD", "SMD"))
      for tau2, interval in (("REML", "hartung-knapp"), ("DL", "wald"), ("PM", "hartung-knapp-adhoc"), ("SJ", "t"))),
    ("common-effect", {}, ("RR", "OR", "RD", "MD", "SMD")),
    ("mantel-haenszel", {}, ("RR", "OR", "RD")),
    ("mantel-haenszel", {"zero_cells": "only0-ratios", "rd_variance": "greenland-robins"}, ("RR", "OR", "RD")),
    ("mantel-haenszel-random", {}, ("RR", "OR", "RD")),
    ("peto", {}, ("PETO_OR",)),
]  # fmt: skip


def requests(rows: pd.DataFrame, count: int, seed: int) -> Iterator[tuple[str, AnalysisRequest]]:
    """So many analyses, each with one of the models that apply to its measure."""
    rng, plugins = np.random.default_rng(seed), installed()
    known = rows[rows["measure_inferred"].isin(list(COLUMNS))]
    groups = known.groupby("analysis", sort=True).indices
    for analysis in rng.permutation(np.array(sorted(groups))):
        if not count:
            return
        own = known.iloc[groups[analysis]]
        name = str(own["measure_inferred"].iloc[0])
        fitting = [item for item in MODELS if name in item[2]]
        model, options, _ = fitting[rng.integers(len(fitting))]
        measure, choices = MEASURES[name]
        found = plugins.find(EffectMeasure, measure), plugins.find(EffectModel, model)
        asked = _request(own, name, found[0], choices, found[1], options)
        if asked is not None:
            count -= 1
            yield f"analysis {analysis} ({name}, {model} {options})", asked


def _request(
    rows: pd.DataFrame, name: str, measure: Any, choices: dict[str, Any], model: Any, options: dict[str, Any]
) -> AnalysisRequest | None:
    """An analysis as a request; None where fewer than two studies have an effect."""
    data = {ours: rows[theirs].to_numpy(dtype=float) for ours, theirs in COLUMNS[name].items()}
    chosen, own = measure.options(choices), model.options(options)
    with np.errstate(all="ignore"):
        found = measure.descriptor.effects(data, chosen)
    kept = np.isfinite(found.effect) & np.isfinite(found.variance)
    k = int(kept.sum())
    if k < 2:
        return None
    studies = Studies(
        effect=found.effect[kept], variance=found.variance[kept], present=np.ones(k, dtype=bool),
        data={column: values[kept] for column, values in data.items()}, measure=measure.descriptor.name,
        labels=("",) * k,
    )  # fmt: skip
    return AnalysisRequest(
        studies=studies, fit=lambda anew: fitted(model.descriptor, anew, own), model=model.descriptor.name,
        model_options=own.model_dump(), level=0.95, null=measure.descriptor.null, scale=measure.descriptor.scale,
        characteristics={}, results=studies, result_of=tuple(range(k)), result_studies=studies.labels,
        measure_options=chosen.model_dump(),
    )  # fmt: skip


def main() -> int:
    """Print the tables; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the corpus")
    parser.add_argument("--sets", type=int, default=200, help="analyses to sample")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(HEADER)
    tally, started = Tally(), perf_counter()
    for name, request in requests(read(arguments.folder), arguments.sets, arguments.seed):
        try:
            tally.add(name, concordance(request, ConcordanceOptions()))
        except PluginError as error:
            tally.without[str(error)] += 1
    told("corpus", tally, perf_counter() - started)
    return summary([tally])


if __name__ == "__main__":
    sys.exit(main())
