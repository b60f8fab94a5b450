"""Published values, the inputs that give them, and the project's way from the one to the other.

The files hold percentages as proportions; a printed value is compared digit by digit, at its own number of decimals.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np

import livereview_measures
import livereview_pooling
import livereview_small_study
from livereview import Array, BiasTestResult, EffectMeasure, Studies, StudyEffects, inference

FOLDER = Path(__file__).parent
SHEETS = FOLDER.parents[1] / "reviews" / "published"
MEASURES = {measure.name: measure for measure in livereview_measures.livereview_effect_measures()}
MODELS = {model.name: model for model in livereview_pooling.livereview_effect_models()}
BIAS_TESTS = {test.name: test for test in livereview_small_study.livereview_bias_tests()}


@dataclass(frozen=True)
class Result:
    """A pooled result on the display scale, the standard error on the analysis scale; I² in percent."""

    k: int
    estimate: float
    low: float
    high: float
    standard_error: float
    i2: float
    q_p: float
    p_value: float = float("nan")
    """P of no effect; NaN where the measure has no null."""


def table(name: str, report: str | None = None) -> list[dict[str, str]]:
    """The rows of a published sheet of the reviews, or of a file beside this module: all, or those of one report."""
    folder = SHEETS if (SHEETS / name).exists() else FOLDER
    with (folder / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if report is None or row["report_id"] == report]


def one_arm(counts: Sequence[tuple[int, int]]) -> dict[str, Array]:
    """Events and n of one arm as columns of study data."""
    events, n = np.array(counts, dtype=np.float64).T
    return {"events": events, "n": n}


def two_arms(counts: Sequence[tuple[int, int, int, int]]) -> dict[str, Array]:
    """Events and n with the treatment, events and n without it, as columns of study data."""
    columns = np.array(counts, dtype=np.float64).T
    return dict(zip(("events_1", "n_1", "events_2", "n_2"), columns, strict=True))


def contrasts(printed_values: Sequence[tuple[float, float, float]]) -> dict[str, Array]:
    """Ratios with their 95 % limits as columns of study data."""
    columns = np.array(printed_values, dtype=np.float64).T
    return dict(zip(("estimate", "ci_low", "ci_high"), columns, strict=True))


def effects(measure: str, data: dict[str, Array], **options: Any) -> StudyEffects:
    """Effects of the studies by one of the project's measures."""
    plugin = MEASURES[measure]
    return plugin.effects(data, plugin.options.model_validate(options))


def studies(measure: str, data: dict[str, Array], **options: Any) -> Studies:
    """The same as a model or a bias test sees them."""
    found = effects(measure, data, **options)
    present = np.ones(found.effect.shape, dtype=bool)
    return Studies(effect=found.effect, variance=found.variance, present=present, data=data, measure=measure)


def pooled(measure: str, data: dict[str, Array], model: str = "random-effects", **options: Any) -> Result:
    """The pooled result; random effects are DerSimonian and Laird's with a normal interval."""
    chosen = studies(measure, data, **options)
    plugin = MODELS[model]
    settings = {"tau2": "DL", "interval": "wald"} if model == "random-effects" else {}
    fit = plugin.fit(chosen, plugin.options.model_validate(settings))
    found = inference.derived(chosen, fit, null=MEASURES[measure].null)
    middle, low, high = (
        float(shown(MEASURES[measure], value, data)) for value in (found.estimate, found.ci_low, found.ci_high)
    )
    return Result(
        k=int(found.k),
        estimate=middle,
        low=low,
        high=high,
        standard_error=float(found.standard_error),
        i2=float(found.i2),
        q_p=float(found.q_p),
        p_value=float(found.p_value),
    )


def shown(measure: EffectMeasure, value: Array, data: dict[str, Array]) -> Array:
    """The value on the display scale, for the harmonic mean sample size where a measure needs one."""
    size = data["n"].size / (1 / data["n"]).sum() if "n" in data else None
    return measure.back_transform(np.asarray(value), None if size is None else np.asarray(size))


def bias(test: str, chosen: Studies, **options: Any) -> BiasTestResult:
    """The result of one of the project's bias tests."""
    plugin = BIAS_TESTS[test]
    return plugin.test(chosen, plugin.options.model_validate(options))


def printed(value: float | str, decimals: int) -> str:
    """The value as a printer rounds it: half away from zero, in decimal digits.

    1/80 in percent is 1.25 and prints as 1.3, although the nearest even digit is 1.2.
    """
    return str(Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def printed_result(result: Result, decimals: int = 3) -> str:
    """Estimate and limits, e.g. ``0.495 (0.351-0.638)``."""
    values = [printed(value, decimals) for value in (result.estimate, result.low, result.high)]
    return "{} ({}-{})".format(*values)
