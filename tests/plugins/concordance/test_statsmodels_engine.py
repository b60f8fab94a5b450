"""statsmodels beside livereview: what agrees, and each known difference found by switching it."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from concordance_requests import BCG, generic, request
from hypothesis import given, settings
from hypothesis import strategies as st

from livereview import AnalysisRequest
from livereview_concordance.analysis import Concordance, ConcordanceOptions, concordance
from livereview_concordance.comparison import Compared

ONLY = ConcordanceOptions(engines=("statsmodels",))
CLOSE = ([0.50, 0.52, 0.49, 0.51], [0.04, 0.05, 0.06, 0.05])
FAR = ([0.9, -0.4, 0.2, 1.4], [0.04, 0.05, 0.06, 0.05])
EMPTY_CELL = {"events_1": (0, 5, 3), "n_1": (20, 30, 25), "events_2": (4, 6, 5), "n_2": (20, 31, 24)}


def found(asked_for: AnalysisRequest) -> Concordance:
    return concordance(asked_for, ONLY)


def gaps(asked_for: AnalysisRequest) -> dict[str, Compared]:
    return {row.quantity.key: row for row in found(asked_for).compared if not row.agrees}


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("common-effect", {}),
        ("common-effect", {"interval": "t"}),
        ("random-effects", {"tau2": "DL", "interval": "wald"}),
        ("random-effects", {"tau2": "DL", "interval": "t"}),
        ("random-effects", {"tau2": "DL", "interval": "hartung-knapp"}),
        ("random-effects", {"tau2": "REML", "interval": "hartung-knapp"}),
        ("random-effects", {"tau2": "SJ", "interval": "wald"}),
        ("random-effects", {"tau2_value": 0.3, "interval": "wald"}),
    ],
)
@pytest.mark.parametrize("level", [0.95, 0.9])
def test_fits_by_inverse_variance_agree(model: str, options: dict[str, Any], level: float) -> None:
    rows = found(generic(*FAR, model=model, level=level, **options)).compared
    keys = {row.quantity.key for row in rows}
    assert {"studies", "estimate", "standard_error", "ci_low", "ci_high", "q", "q_p", "i2", "weights"} <= keys
    assert ("tau2" in keys) == (options.get("tau2") == "DL")
    assert all(row.agrees for row in rows)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_every_gap_of_its_moment_estimators_is_explained(seed: int) -> None:
    rng = np.random.default_rng(seed)
    k = int(rng.integers(2, 9))
    v = 10 ** rng.uniform(-2, 0, k)
    y = rng.normal(0, np.sqrt(v + rng.choice([0.0, 0.3])))
    for tau2 in ("DL", "PM"):
        for interval in ("wald", "hartung-knapp-adhoc"):
            rows = found(generic(y.tolist(), v.tolist(), tau2=tau2, interval=interval)).compared
            assert [row.quantity.key for row in rows if row.unexplained] == []


def test_tau2_below_0_is_explained_by_the_floor() -> None:
    rows = gaps(generic(*CLOSE, tau2="DL", interval="wald"))
    assert {"tau2", "i2", "standard_error"} <= set(rows)
    assert float(rows["tau2"].theirs) < 0 == float(rows["tau2"].ours)
    words = "does not stop DerSimonian-Laird's τ² at 0"
    assert all(words in rows[key].explanation for key in ("tau2", "standard_error"))
    assert "does not stop I² at 0" in rows["i2"].explanation


def test_the_tolerance_of_its_iteration_is_explained() -> None:
    rows = gaps(generic([0.1, 0.9, 0.4], [0.011, 0.023, 0.017], tau2="PM", interval="wald"))
    for row in rows.values():
        assert "Paule-Mandel" in row.explanation
    assert "tau2" in found(generic([0.1, 0.9, 0.4], [0.011, 0.023, 0.017], tau2="PM", interval="wald")).own


def test_a_hartung_knapp_factor_below_1_is_explained() -> None:
    rows = gaps(generic(*CLOSE, tau2="REML", interval="hartung-knapp-adhoc"))
    assert {"standard_error", "ci_low", "ci_high"} <= set(rows)
    assert all('interval = "hartung-knapp"' in rows[key].explanation for key in ("standard_error", "ci_low", "ci_high"))


@pytest.mark.parametrize("measure", ["OR", "RR", "RD", "AS"])
def test_effects_of_counts_agree(measure: str) -> None:
    rows = {row.quantity.key: row for row in found(request(measure=measure, tau2="DL", interval="wald")).compared}
    assert rows["effects"].agrees
    assert rows["variances"].agrees


@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
def test_its_correction_of_every_study_for_one_empty_cell_is_explained(measure: str) -> None:
    rows = gaps(request(EMPTY_CELL, measure, tau2="DL", interval="wald"))
    assert {"effects", "variances"} <= set(rows)
    words = "its correction to the events of every study"
    assert all(words in rows[key].explanation for key in ("effects", "variances"))


def test_the_small_sample_factor_of_a_standardised_difference_is_explained() -> None:
    data = {"mean_1": (5, 7, 6), "sd_1": (2, 3, 2.5), "n_1": (12, 20, 15),
            "mean_2": (4, 7.5, 4), "sd_2": (2.2, 3.1, 2), "n_2": (14, 18, 16)}  # fmt: skip
    rows = gaps(request(data, "SMD", tau2="DL", interval="wald"))
    assert all('variant = "revman"' in rows[key].explanation for key in ("effects", "variances"))
    assert "effects" not in gaps(
        request(data, "SMD", measure_options={"variant": "revman"}, tau2="DL", interval="wald")
    )


def test_stratified_tables_agree() -> None:
    rows = found(request(measure="OR", model="mantel-haenszel")).compared
    assert {row.quantity.key for row in rows} >= {
        "estimate",
        "standard_error",
        "association",
        "breslow_day",
        "tarone_p",
    }
    assert all(row.agrees for row in rows)
    assert {row.quantity.key for row in found(request(measure="RR", model="mantel-haenszel")).compared} == {
        "studies", "effects", "variances", "estimate",
    }  # fmt: skip


def test_a_surplus_below_one_half_is_explained() -> None:
    data = {"events_1": (5, 3, 8), "n_1": (30, 25, 40), "events_2": (6, 5, 5), "n_2": (31, 24, 41)}
    rows = gaps(request(data, "OR", "mantel-haenszel"))
    assert set(rows) == {"association", "association_p"}
    assert float(rows["association"].ours) == 0 < float(rows["association"].theirs)
    assert all("below the half" in row.explanation for row in rows.values())


def test_a_correction_for_the_sums_is_explained() -> None:
    rows = gaps(request(EMPTY_CELL, "OR", "mantel-haenszel", zero_cells="only0"))
    assert 'zero_cells = "none"' in rows["estimate"].explanation


def test_what_it_does_not_have_is_told() -> None:
    (answer,) = found(request(BCG, "RR", "mantel-haenszel-random")).answers
    assert answer.missing["estimate"] == "statsmodels has no model that is mantel-haenszel-random"
    (answer,) = found(generic(*FAR, tau2="REML", interval="kenward-roger")).answers
    assert answer.missing["tau2"].startswith("statsmodels has no estimator REML")
    assert answer.missing["ci_low"] == "statsmodels has no interval kenward-roger"
    assert answer.missing["prediction_low"] == "statsmodels has no interval kenward-roger"
    (answer,) = found(generic(*FAR, tau2="DL", interval="wald")).answers
    assert answer.missing["p_value"] == "statsmodels gives none"


def test_without_statsmodels_there_is_a_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "statsmodels", None)
    without = found(generic(*FAR))
    assert without.absent == ("statsmodels was not run: it is not installed: pip install 'livereview[concordance]'.",)
    assert without.compared == ()
