"""Standard errors of tau², the Henmi-Copas and Kenward-Roger intervals, options that do not go together, edges."""

from __future__ import annotations

from collections import Counter
from typing import Any

import golden
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pooling_reference import answer_to, has_zero_variance, studies
from pydantic import ValidationError
from scipy import integrate, special

from livereview import Fit, Studies
from livereview.inference import derived, fitted
from livereview_estimation import tau_squared, tau_squared_error
from livereview_pooling import RANDOM_EFFECTS, henmi_copas
from livereview_pooling.mean_intervals import FEW_DF, HYBRID, IQWIG6
from livereview_pooling.random_effects import NO_PREDICTION, TAU2_ERROR

HENMI_COPAS = {"tau2": "DL", "weights": "common-effect", "interval": "henmi-copas"}


def fit(y: Any, v: Any, **options: Any) -> Fit:
    y, v = np.asarray(y, dtype=np.float64), np.asarray(v, dtype=np.float64)
    return fitted(
        RANDOM_EFFECTS, Studies(effect=y, variance=v, present=np.isfinite(y)), RANDOM_EFFECTS.options(**options)
    )


def test_every_standard_error_of_tau_squared_agrees() -> None:
    seen: Counter[str] = Counter()
    for dataset, record in golden.records("uni"):
        if "error" in record or record["method"] == "EE" or has_zero_variance(dataset, record["effect"]):
            continue
        found = answer_to(dataset, record, report=["tau2-error"]).fit.parameters[TAU2_ERROR]
        if record["k"] == 1:
            assert np.isnan(found)
            assert record["se_tau2"] is None
            seen["one study"] += 1
            continue
        # Worst error seen 6.5e-11 (edge_rate_zero, IRS|arm1, REML), that of metafor's tau².
        assert golden.excess(found, golden.numbers(record["se_tau2"]), 1e-10) <= 1, (dataset, record)
        seen["compared"] += 1
    assert seen == {"compared": COMPARED, "one study": ONE}


COMPARED, ONE = 4526, 134


def test_every_henmi_copas_interval_agrees() -> None:
    seen: Counter[str] = Counter()
    for dataset, record in golden.records("hc"):
        if "error" in record:
            seen["metafor refuses"] += 1
            continue
        chosen = studies(dataset, record["effect"])
        found = fitted(RANDOM_EFFECTS, chosen, RANDOM_EFFECTS.options(**HENMI_COPAS))
        assert found.ci_low is not None
        assert found.ci_high is not None
        width = record["ci_ub"] - record["ci_lb"]
        # metafor's solver stops within 1e-4 of its own scale; worst error seen 7e-8 of the width (dat.bonett2010).
        assert [found.ci_low, found.ci_high] == pytest.approx([record["ci_lb"], record["ci_ub"]], abs=2e-7 * width)
        exact = [found.estimate, found.standard_error]
        assert golden.excess(exact, [record["beta"], record["se"]], 1e-11, 1e-12 * width).max() <= 1
        seen["compared"] += 1
    assert seen == {"compared": 44, "metafor refuses": 1}


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_the_henmi_copas_interval_covers_at_its_level_by_another_integration(level: float) -> None:
    """The same probability by adaptive quadrature of the joint distribution, with matrices in place of sums."""
    y, v = np.array([0.1, 0.8, -0.5, 1.4, 0.3]), np.array([0.02, 0.1, 0.3, 0.2, 0.05])
    found = fit(y, v, **HENMI_COPAS, level=level)
    assert found.tau2 is not None
    assert found.ci_high is not None
    u, tau2, w, k = float((found.ci_high - found.estimate) / found.standard_error), float(found.tau2), 1 / v, 5
    assert tau2 > 0
    p = np.diag(w) - np.outer(w, w) / w.sum()
    sigma, contrast = np.diag(v + tau2), w / w.sum()
    variance = contrast @ sigma @ contrast
    c = sigma @ contrast / np.sqrt(variance)
    left = sigma - np.outer(c, c)
    w2 = (w**2).sum() / w.sum()

    def tail(r: float) -> float:
        mean = np.trace(p @ left) + r**2 * c @ p @ c
        spread = 2 * np.trace(p @ left @ p @ left) + 4 * r**2 * c @ p @ left @ p @ c
        needed = k - 1 + (w.sum() - w2) * ((r / u) ** 2 * (1 + tau2 * w2) - 1) / w2
        return float(special.gammaincc(mean**2 / spread, needed * mean / spread) * np.exp(-(r**2) / 2))

    start = u / np.sqrt(1 + tau2 * w2)
    outside, _ = integrate.quad(tail, start, 12, epsabs=1e-13)
    coverage = 2 * special.ndtr(start) - 1 + 2 * outside / np.sqrt(2 * np.pi)
    assert coverage == pytest.approx(level, abs=1e-11)


def test_kenward_roger_by_matrices() -> None:
    y, v = np.array([0.1, 0.8, -0.5, 1.4, 0.3]), np.array([0.02, 0.1, 0.3, 0.2, 0.05])
    found = fit(y, v, interval="kenward-roger")
    assert found.tau2 is not None
    w = 1 / (v + found.tau2)
    p = np.diag(w) - np.outer(w, w) / w.sum()
    information, phi = np.trace(p @ p) / 2, 1 / w.sum()
    variance = phi + 2 * phi**2 * ((w**3).sum() - (w**2).sum() ** 2 * phi) / information
    assert found.standard_error**2 == pytest.approx(variance, rel=1e-12)
    assert found.df == pytest.approx(2 * information / (variance * (w**2).sum()) ** 2, rel=1e-12)


@given(st.integers(0, 2**32 - 1), st.sampled_from(["hartung-knapp-hybrid", "hartung-knapp-iqwig6"]))
def test_a_guarded_interval_is_hartung_knapp_unless_that_is_narrower(seed: int, guarded: str) -> None:
    rng = np.random.default_rng(seed)
    v = rng.uniform(0.01, 0.5, int(rng.integers(2, 8)))
    y = rng.normal(0, np.sqrt(v) * rng.choice([0.1, 1.0, 3.0]))
    chosen = Studies(effect=y, variance=v, present=np.ones(y.size, dtype=bool))

    def width(**options: Any) -> float:
        own = derived(chosen, fit(y, v, **options))
        return float(own.ci_high - own.ci_low)

    plain = width(interval="hartung-knapp")
    found = fit(y, v, interval=guarded)
    hybrid = guarded == "hartung-knapp-hybrid"
    wald = width(interval="wald", tau2="REML" if hybrid else "DL")
    if plain < wald * (1 - 1e-6):
        assert (HYBRID if hybrid else IQWIG6) in found.notes
        assert width(interval=guarded) == pytest.approx(wald if hybrid else width(interval="t"), rel=1e-12)
    elif plain > wald * (1 + 1e-6):
        assert not {HYBRID, IQWIG6} & set(found.notes)
        assert width(interval=guarded) == plain


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"q_weights": "inverse-variance"}, 'q_weights belongs to tau2 = "GENQ"'),
        ({"tau2": "GENQ", "weights": "equal"}, "pools by q_weights"),
        ({"tau2": "DL", "interval": "kenward-roger"}, 'interval = "kenward-roger" needs tau2 = "REML"'),
        ({"tau2_value": 0.1, "prediction_interval": "kenward-roger"}, 'prediction_interval = "kenward-roger" needs'),
        ({"interval": "henmi-copas"}, 'needs tau2 = "DL", estimated, and weights = "common-effect"'),
        ({"tau2_value": 0.1, "report": ["tau2-error"]}, "tau2-error needs an estimate"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        RANDOM_EFFECTS.options(**options)


@pytest.mark.parametrize(
    "prediction", ["wald-k-1", "wald-k-2", "hartung-knapp-k-1", "hartung-knapp-k-2", "kenward-roger"]
)
def test_a_prediction_interval_without_degrees_of_freedom_is_none_and_noted(prediction: str) -> None:
    found = fit([0.1, 0.9], [0.05, 0.2], prediction_interval=prediction)
    assert found.prediction_low is not None
    assert bool(np.isnan(found.prediction_low)) == (not prediction.endswith("k-1")) == (NO_PREDICTION in found.notes)
    alone = fit([0.1], [0.05], prediction_interval=prediction)
    assert alone.prediction_low is not None
    assert np.isnan(alone.prediction_low)


def test_less_than_one_degree_of_freedom_is_noted() -> None:
    assert FEW_DF in fit([0.3, 0.3], [0.05, 0.2], interval="kenward-roger").notes


@pytest.mark.parametrize("interval", ["kenward-roger", "henmi-copas"])
def test_one_study_keeps_its_own_normal_interval(interval: str) -> None:
    options = HENMI_COPAS if interval == "henmi-copas" else {"interval": interval}
    chosen = Studies(effect=np.array([0.3]), variance=np.array([0.04]), present=np.array([True]))
    own = derived(chosen, fit([0.3], [0.04], **options))
    assert [own.ci_low, own.ci_high] == pytest.approx([0.3 - 0.2 * 1.959963984540054, 0.3 + 0.2 * 1.959963984540054])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_henmi_copas_interval_in_a_batch_equals_the_one_alone(seed: int) -> None:
    """Sums of a batch run over absent studies too. Worst of 10,000 fits 4e-14; and 2.3e-11 (seed 400) at a half width
    of 64 standard errors, where the coverage hardly rises with the width, so that rounding moves the root further."""
    rng = np.random.default_rng(seed)
    present = rng.random((7, 6)) < 0.7
    v = 10 ** rng.uniform(-3, 1, (7, 6))
    y = rng.normal(0, np.sqrt(v) * 3)
    tau2 = tau_squared(y, v, present, "DL").value
    batch = henmi_copas.half_width(Studies(effect=y, variance=v, present=present), tau2, 0.95)
    for row, here in enumerate(present):
        alone = Studies(effect=y[row, here], variance=v[row, here], present=here[here])
        one = henmi_copas.half_width(alone, np.asarray(tau2[row]), 0.95)
        assert one == pytest.approx(batch[row], rel=1e-10 if batch[row] > 10 else 1e-12, nan_ok=True)


@given(st.integers(0, 2**32 - 1), st.sampled_from(["DL", "DL2", "HE", "GENQ"]))
def test_the_error_of_a_moment_estimator_is_that_of_the_quadratic_form(seed: int, estimator: Any) -> None:
    """Unfloored moment estimators are (y'Py - c) / tr P: their variance is 2 tr PSPS / (tr P)², by matrices here."""
    rng = np.random.default_rng(seed)
    v = 10 ** rng.uniform(-1, 1, 5)
    y = rng.normal(0, np.sqrt(v + 1))
    here = np.ones(5, dtype=bool)
    tau2 = tau_squared(y, v, here, estimator).value
    first = tau_squared(y, v, here, "DL").value if estimator == "DL2" else 0.0
    a = np.ones(5) if estimator == "HE" else 1 / (v + first)
    p, s = np.diag(a) - np.outer(a, a) / a.sum(), np.diag(v + tau2)
    expected = np.sqrt(2 * np.trace(p @ s @ p @ s)) / np.trace(p)
    assert tau_squared_error(y, v, here, tau2, estimator) == pytest.approx(expected, rel=1e-11)


@given(st.integers(0, 2**32 - 1))
def test_the_two_step_estimator_is_dersimonian_laird_with_its_own_weights(seed: int) -> None:
    """The moment equation of DerSimonian and Kacker 2007 (10.1016/j.cct.2006.04.004), weights 1 / (v + tau² by DL)."""
    rng = np.random.default_rng(seed)
    v = 10 ** rng.uniform(-1, 1, 6)
    y = rng.normal(0, np.sqrt(v + 1))
    here = np.ones(6, dtype=bool)
    w = 1 / (v + tau_squared(y, v, here, "DL").value)
    q = (w * (y - (w * y).sum() / w.sum()) ** 2).sum()
    moment = (q - (w * v).sum() + (w**2 * v).sum() / w.sum()) / (w.sum() - (w**2).sum() / w.sum())
    assert tau_squared(y, v, here, "DL2").value == pytest.approx(max(0.0, moment), rel=1e-10, abs=1e-12)
