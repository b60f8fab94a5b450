"""metafor's recorded numbers, given as R's answer: they agree with ours, and planted gaps are seen and explained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import golden
import numpy as np
import pytest
from concordance_requests import answering, generic, request, results

from livereview_concordance.analysis import Concordance, ConcordanceOptions, concordance

ONLY_METAFOR = ConcordanceOptions(engines=("metafor",))
METHODS = ("DL", "REML", "PM", "SJ")
INTERVALS = {"z": "wald", "t": "t", "knha": "hartung-knapp", "adhoc": "hartung-knapp-adhoc"}
FIELDS = {
    "estimate": "beta", "standard_error": "se", "ci_low": "ci_lb", "ci_high": "ci_ub", "statistic": "zval",
    "p_value": "pval", "tau2": "tau2", "q": "QE", "q_p": "QE_p", "i2": "I2", "prediction_low": "pi_lb",
    "prediction_high": "pi_ub", "studies": "k",
}  # fmt: skip
DATASETS = {"dat.bcg": "RR", "dat.normand1999": "MD"}


def recorded(dataset: str) -> list[tuple[str, golden.Record]]:
    """The recorded fits of one data set that our model has the same of."""
    return [
        (name, record)
        for name, record in golden.records("uni")
        if name == dataset and record["effect"] == DATASETS[dataset] and record["method"] in METHODS
    ]


def told(record: golden.Record, **changed: Any) -> str:
    """The record as R's answer."""
    values = {key: golden.numbers(record[field]) for key, field in FIELDS.items() if record.get(field) is not None}
    return results({"pooled": {**values, **changed}})


def compared(dataset: str, record: golden.Record) -> Concordance:
    y, v = golden.effect(dataset, record["effect"])
    there = np.isfinite(y) & np.isfinite(v)
    outcome = generic(y[there].tolist(), v[there].tolist(), tau2=record["method"], interval=INTERVALS[record["test"]],
                      i2="tau2", prediction="k-1")  # fmt: skip
    return concordance(outcome, ONLY_METAFOR)


@pytest.mark.parametrize("dataset", list(DATASETS))
def test_recorded_fits_agree_or_differ_by_the_quantiles_of_prediction(
    dataset: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = recorded(dataset)
    assert len(found) == len(METHODS) * len(INTERVALS)
    for _, record in found:
        answering(tmp_path, monkeypatch, told(record))
        rows = compared(dataset, record).compared
        assert len(rows) == len(FIELDS)
        gaps = [row.quantity.key for row in rows if not row.agrees]
        normal = record["test"] == "z"
        assert gaps == (["prediction_low", "prediction_high"] if normal else []), (record["method"], record["test"])
        assert all("quantiles of the prediction interval" in row.explanation for row in rows if not row.agrees)


def test_a_planted_gap_stays_unexplained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _, record = next(item for item in recorded("dat.bcg") if item[1]["method"] == "DL" and item[1]["test"] == "t")
    # P of Q is 1e-23 there, so that no digit of it counts; limits of prediction follow from the rest and are below.
    for key in set(FIELDS) - {"q_p", "prediction_low", "prediction_high"}:
        off = np.asarray(golden.numbers(record[FIELDS[key]])) * (1 + 1e-4)
        answering(tmp_path, monkeypatch, told(record, **{key: off}))
        gaps = [row for row in compared("dat.bcg", record).compared if not row.agrees]
        assert [row.quantity.key for row in gaps] == [key]
        assert gaps[0].unexplained
        assert 5e-5 < gaps[0].difference < 2e-4


def test_a_planted_gap_in_what_the_prediction_interval_rests_on_leaves_it_unexplained(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, record = next(item for item in recorded("dat.bcg") if item[1]["method"] == "DL" and item[1]["test"] == "z")
    answering(tmp_path, monkeypatch, told(record, standard_error=record["se"] * 1.01))
    gaps = {row.quantity.key for row in compared("dat.bcg", record).compared if row.unexplained}
    assert gaps == {"standard_error", "prediction_low", "prediction_high"}


def test_a_digit_within_the_tolerance_is_no_gap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _, record = next(item for item in recorded("dat.bcg") if item[1]["method"] == "REML" and item[1]["test"] == "t")
    for shift, agrees in ((1e-6, True), (1e-4, False)):
        answering(tmp_path, monkeypatch, told(record, tau2=record["tau2"] * (1 + shift)))
        (row,) = (row for row in compared("dat.bcg", record).compared if row.quantity.key == "tau2")
        assert row.agrees is agrees


def test_i2_from_q_and_from_tau2_explain_each_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _, record = next(item for item in recorded("dat.bcg") if item[1]["method"] == "REML" and item[1]["test"] == "t")
    answering(tmp_path, monkeypatch, told(record))
    y, v = golden.effect("dat.bcg", record["effect"])
    outcome = generic(y.tolist(), v.tolist(), tau2="REML", interval="t", i2="Q")
    (row,) = (row for row in concordance(outcome, ONLY_METAFOR).compared if not row.agrees)
    assert row.quantity.key == "i2"
    assert 'i2 = "tau2"' in row.explanation


def test_effects_of_a_risk_difference_with_an_empty_cell_are_explained(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = {"events_1": (0, 5, 3), "n_1": (20, 30, 25), "events_2": (4, 6, 5), "n_2": (20, 31, 24)}
    p1, p2 = np.array([0.5 / 21, 5 / 30, 3 / 25]), np.array([4.5 / 21, 6 / 31, 5 / 24])
    n1, n2 = np.array([21, 30, 25]), np.array([21, 31, 24])
    variance = p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2  # escalc's, written out
    answering(tmp_path, monkeypatch, results({"effects": {"effects": p1 - p2, "variances": variance}}))
    rows = concordance(request(data, "RD", tau2="DL", interval="wald"), ONLY_METAFOR).compared
    assert [row.agrees for row in rows] == [False, True]
    assert "correct_estimate = true" in rows[0].explanation


def test_a_likelihood_below_ours_explains_what_is_at_its_maximum_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = {"events_1": (3, 5, 9), "n_1": (10, 20, 20), "events_2": (2, 6, 4), "n_2": (12, 20, 25)}
    outcome = request(data, "OR", "conditional-logistic", points=100)
    fit = outcome.fit(outcome.studies)
    at = float(fit.parameters["log-likelihood"])
    for below, explained in ((1e-6, True), (0.0, False)):
        pooled = {"estimate": float(fit.estimate) + 1e-3, "log_likelihood": at - below, "likelihood_ratio": 99.0}
        answering(tmp_path, monkeypatch, results({"pooled": pooled}))
        gaps = {row.quantity.key: row for row in concordance(outcome, ONLY_METAFOR).compared if not row.agrees}
        assert set(gaps) == {"estimate", "likelihood_ratio"}
        assert bool(gaps["estimate"].explanation) is explained
        assert gaps["likelihood_ratio"].unexplained


def test_a_wald_test_of_studies_without_an_estimate_is_explained(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    outcome = request({"events": (0, 5, 9, 12), "n": (10, 20, 20, 30)}, "PLO", "binomial-normal")
    test = outcome.fit(outcome.studies).tests["Wald, heterogeneity"]
    inside = {"wald": float(test.statistic), "wald_p": float(test.p_value)}
    folder = answering(
        tmp_path, monkeypatch, results({"pooled": {"wald": inside["wald"] + 1, "wald_p": 0.9}, "inside": inside})
    )
    rows = {row.quantity.key: row for row in concordance(outcome, ONLY_METAFOR).compared}
    assert "without these studies" in rows["wald"].explanation
    assert "without these studies" in rows["wald_p"].explanation
    assert '"subset","flag","FALSE TRUE TRUE TRUE"' in (folder / "data-1.csv").read_text()
