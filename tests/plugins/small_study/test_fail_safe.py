"""Fail-safe N against metafor 3.8-1 (section fsn) and 4.8-0 (fsn_general), and what it means."""

from __future__ import annotations

import math
from typing import Any

import golden
import numpy as np
import pytest
from asymmetry_data import ZERO_VARIANCE, made
from golden import Record

from livereview import Analysed, AnalysisRequest, Array, Fit, PluginError, Studies
from livereview_estimation import pooled, tau_squared
from livereview_small_study.fail_safe import FAIL_SAFE_N
from livereview_small_study.fail_safe_numbers import enlarged, general, orwin, rosenberg, rosenthal

EVERY = list(golden.records("fsn"))
USABLE = [(name, record) for name, record in EVERY if name != ZERO_VARIANCE]
GENERAL = [
    (name, record["effect"], method.removeprefix("general_"), record[method])
    for name, sections in golden.load("newer_metafor")["datasets"].items()
    for record in sections.get("fsn_general", [])
    for method in ("general_REML", "general_DL")
]
# Worst relative error seen 1.9e-13, of a P of 1e-240; counts are equal.
TOLERANCE = 1e-12


def data_of(dataset: str, effect: str) -> tuple[Array, Array]:
    y, v = golden.effect(dataset, effect)
    there = np.isfinite(y) & np.isfinite(v)
    return y[there], v[there]


def compared(actual: tuple[float, ...], record: Record, *keys: str) -> None:
    np.testing.assert_allclose(actual, [golden.numbers(record[key]) for key in keys], rtol=TOLERANCE)


def test_every_record_is_compared() -> None:
    assert (len(EVERY), len(USABLE)) == (55, 54)
    assert (len(GENERAL), sum("error" in record for *_, record in GENERAL)) == (90, 3)


@pytest.mark.parametrize("one", USABLE, ids=lambda one: f"{one[0]}-{one[1]['effect']}")
def test_counts_agree_with_metafor(one: tuple[str, Record]) -> None:
    name, record = one
    y, v = data_of(name, record["effect"])
    compared(rosenthal(y, v), record["rosenthal"], "fsnum", "pval")
    compared(rosenthal(y, v, 0.01), record["rosenthal_alpha01"], "fsnum", "pval")
    compared(rosenberg(y, v), record["rosenberg"], "fsnum", "pval")
    compared(orwin(y, v), record["orwin_weighted"], "fsnum", "meanes", "target")
    every = golden.effect(name, record["effect"])[0]  # unweighted, metafor needs no variance
    compared(orwin(every[np.isfinite(every)], None), record["orwin_unweighted"], "fsnum", "meanes", "target")


@pytest.mark.parametrize("one", [one for one in GENERAL if "error" not in one[3]], ids=lambda one: "-".join(one[:3]))
def test_the_general_form_agrees_with_metafor(one: tuple[str, str, str, Record]) -> None:
    name, effect, method, record = one
    y, v = data_of(name, effect)
    # From metafor's own tau² and mean, as its REML stops early. Worst relative error seen 2e-15, of P by DL 1.3e-13.
    whole = enlarged(y, v, record["tau2"], record["est"], record["fsnum"])
    expected = [record[key] for key in ("est_fsn", "tau2_fsn", "pval_fsn")]
    np.testing.assert_allclose([whole.mean, whole.tau2, whole.p_value], expected, rtol=1e-14)
    if method == "REML":
        return
    ours, p = general(y, v, "DL")
    assert p == pytest.approx(record["pval"], rel=TOLERANCE)
    assert record["fsnum"] in (ours, ours + 1)
    if ours > 0:
        before, after = (enlarged(y, v, record["tau2"], record["est"], n).p_value for n in (ours - 1, ours))
        assert before < 0.05 <= after


def test_rosenthal_by_adding_studies() -> None:
    y, v = np.array([0.5, 0.8, 0.3]), np.array([0.04, 0.09, 0.01])
    n, _ = rosenthal(y, v)
    z = (y / np.sqrt(v)).sum()
    assert z / math.sqrt(3 + n) <= 1.6448536269514722 < z / math.sqrt(3 + n - 1)


def test_rosenberg_by_adding_studies() -> None:
    y, v = np.array([0.5, 0.8, 0.3]), np.array([0.04, 0.09, 0.01])
    n, _ = rosenberg(y, v)
    w = 1 / v
    z = [abs((w * y).sum()) / math.sqrt(w.sum() + count * w.mean()) for count in (n - 1, n)]
    assert z[1] <= 1.959963984540054 < z[0]


def test_orwin_by_adding_studies() -> None:
    y = np.array([0.5, 0.8, 0.3])
    n, mean, target = orwin(y, None, 0.1)
    assert (mean, target) == (pytest.approx(1.6 / 3), 0.1)
    assert y.sum() / (3 + n) <= 0.1 < y.sum() / (3 + n - 1)


@pytest.mark.parametrize(("target", "count"), [(0.0, math.inf), (-0.1, 0.0), (2.0, 0.0)])
def test_a_target_of_no_effect_is_never_reached_and_one_beyond_the_mean_at_once(target: float, count: float) -> None:
    assert orwin(np.array([0.5, 0.8]), None, target)[0] == count


def test_a_mean_of_no_effect_needs_no_study() -> None:
    y, v = np.array([0.5, -0.5]), np.array([0.1, 0.1])
    assert (rosenthal(y, v)[0], rosenberg(y, v)[0], general(y, v)[0], orwin(y, v)[0]) == (0, 0, 0, 0)


def request(studies: Studies, null: float | None = 0.0) -> AnalysisRequest:
    def fit(chosen: Studies) -> Fit:
        tau2 = tau_squared(chosen.effect, chosen.variance, chosen.present)
        mean = pooled(chosen.effect, chosen.variance, chosen.present, tau2.value)
        return Fit(estimate=mean.mean, standard_error=np.sqrt(mean.variance), weights=mean.weights)

    rest: dict[str, Any] = {"model": "random-effects", "model_options": {}, "level": 0.95, "scale": "log"}
    rest |= {"characteristics": {}, "results": studies, "result_of": (), "result_studies": ()}
    return AnalysisRequest(studies=studies, fit=fit, null=null, **rest)


def run(studies: Studies, null: float | None = 0.0, **options: Any) -> Analysed:
    found: Analysed = FAIL_SAFE_N.run(request(studies, null), FAIL_SAFE_N.options(**options))
    return found


def test_the_analysis_says_that_it_is_not_recommended_and_why() -> None:
    found = run(made([0.5, 0.8, 0.3], [0.04, 0.09, 0.01]))
    assert "not recommended" in found.notes[0]
    (table,) = found.tables
    assert [row[0] for row in table.rows] == ["Rosenthal", "Rosenberg", "general (REML)", "Orwin", "Orwin, weighted"]
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert all(str(row[3]).isdigit() for row in table.rows)


def test_a_target_of_zero_is_said_in_words() -> None:
    (table,) = run(made([0.5, 0.8], [0.04, 0.09]), target=0.0).tables
    assert table.rows[3][3] == "no number is enough"


@pytest.mark.parametrize(("measure", "null"), [("PLO", None), ("", None)])
def test_effects_without_a_null_are_refused(measure: str, null: float | None) -> None:
    with pytest.raises(PluginError, match="no effect"):
        run(made([0.5, 0.8], [0.04, 0.09], measure), null)
