"""Mantel-Haenszel pooling of rates: metafor's values, first principles and edges."""

from __future__ import annotations

import dataclasses
from typing import Any

import golden
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from two_by_two_data import MEASURES, fit

from livereview import Array, Fit, PluginError, Studies
from livereview.inference import derived
from livereview.subsets import without_each
from livereview_pooling.mantel_haenszel import EXACT, UNDEFINED
from livereview_pooling.mantel_haenszel_rates import COLUMNS, MANTEL_HAENSZEL_RATES, ONE_SIDED, WEIGHTLESS

Rates = tuple[float, float, float, float]
"""Events and person-time of the experimental arm, then of the control arm."""
TRIALS: list[Rates] = [(12, 310.5, 20, 280.0), (3, 95.0, 7, 120.0), (41, 1800.0, 60, 1750.0)]

arm = st.tuples(st.integers(1, 60), st.floats(10, 5000))
ESTIMATE = {
    "beta": "estimate", "se": "standard_error", "zval": "statistic", "pval": "p_value", "ci_lb": "ci_low",
    "ci_ub": "ci_high", "QE": "q", "QE_p": "q_p", "I2": "i2", "H2": "h2",
}  # fmt: skip


def studies(measure: str, columns: list[Array]) -> Studies:
    data = dict(zip(COLUMNS, columns, strict=True))
    plugin = MEASURES[measure]
    found = plugin.effects(data, plugin.options.model_validate({"drop00": False}))
    here = np.ones(found.effect.shape, dtype=bool)
    return Studies(effect=found.effect, variance=found.variance, present=here, data=data, measure=measure)


def of(measure: str, many: list[Rates], **options: Any) -> Fit:
    return fit(studies(measure, list(np.array(many, dtype=float).T)), MANTEL_HAENSZEL_RATES, **options)


def test_every_record_agrees_with_metafor() -> None:
    compared = []
    for name, record in golden.records("mh"):
        if record["measure"] not in ("IRR", "IRD"):
            continue
        given = golden.load(name)["data"]["columns"]
        chosen = studies(record["measure"], [golden.numbers(given[key]) for key in ("x1i", "t1i", "x2i", "t2i")])
        found = fit(chosen, MANTEL_HAENSZEL_RATES, continuity_correction=record["correct"])
        # metafor makes Q from the studies that have events, the sums from all of them.
        some = chosen.data["events_1"] + chosen.data["events_2"] > 0
        q = np.asarray(((chosen.effect - found.estimate) ** 2 / chosen.variance)[some].sum())
        ours = derived(dataclasses.replace(chosen, present=some), dataclasses.replace(found, q=q), null=0.0)
        assert (chosen.k, some.sum()) == (record["k"], record["k_yi"])
        for theirs, own in ESTIMATE.items():
            # Worst relative error seen 1e-14: rounding.
            assert golden.excess(getattr(ours, own), golden.numbers(record[theirs]), 1e-13) <= 1, (name, theirs)
        if record["measure"] == "IRR":
            test = found.tests["Mantel-Haenszel"]
            assert golden.excess(test.statistic, golden.numbers(record["MH"]), 1e-13) <= 1
            assert golden.excess(test.p_value, golden.numbers(record["MH_p"]), 1e-13) <= 1
        compared.append((name, record["measure"]))
    assert compared == [(name, m) for name in ("dat.nielweise2008", "edge_rate_zero") for m in ("IRR", "IRD")]


def test_one_study_gives_its_own_rates_without_correction() -> None:
    x1, t1, x2, t2 = TRIALS[0]
    ratio, difference = of("IRR", TRIALS[:1]), of("IRD", TRIALS[:1])
    assert ratio.estimate == pytest.approx(np.log(x1 / t1 / (x2 / t2)), rel=1e-14)
    assert ratio.standard_error**2 == pytest.approx(1 / x1 + 1 / x2, rel=1e-14)
    assert difference.estimate == pytest.approx(x1 / t1 - x2 / t2, rel=1e-14)
    assert difference.standard_error**2 == pytest.approx(x1 / t1**2 + x2 / t2**2, rel=1e-14)
    assert (set(ratio.notes), set(difference.notes)) == (set(), set())


@given(st.lists(st.tuples(arm, arm), min_size=1, max_size=6), st.floats(0.01, 100))
def test_another_unit_of_time_leaves_a_ratio_and_scales_a_difference(many: list[Any], unit: float) -> None:
    plain: list[Rates] = [(x1, t1, x2, t2) for (x1, t1), (x2, t2) in many]
    scaled: list[Rates] = [(x1, t1 * unit, x2, t2 * unit) for x1, t1, x2, t2 in plain]
    turned: list[Rates] = [(x2, t2, x1, t1) for x1, t1, x2, t2 in reversed(plain)]
    assert of("IRR", scaled).estimate == pytest.approx(of("IRR", plain).estimate, rel=1e-9, abs=1e-12)
    assert of("IRD", scaled).estimate * unit == pytest.approx(of("IRD", plain).estimate, rel=1e-9, abs=1e-12)
    for measure in ("IRR", "IRD"):
        first, second = of(measure, plain), of(measure, turned)
        assert second.estimate == pytest.approx(-first.estimate, rel=1e-9, abs=1e-12)
        assert second.standard_error == pytest.approx(first.standard_error, rel=1e-12)


@pytest.mark.parametrize("measure", ["IRR", "IRD"])
def test_a_batch_equals_its_fits_one_by_one(measure: str) -> None:
    chosen = studies(measure, list(np.array([*TRIALS, (0, 90, 3, 88), (0, 10, 0, 12)], dtype=float).T))
    masks = without_each(chosen.present)
    batch = fit(dataclasses.replace(chosen, present=masks), MANTEL_HAENSZEL_RATES)
    for row, mask in enumerate(masks):
        alone = fit(dataclasses.replace(chosen, present=mask), MANTEL_HAENSZEL_RATES)
        for field in ("estimate", "standard_error", "weights"):
            np.testing.assert_allclose(getattr(batch, field)[row], getattr(alone, field), rtol=1e-12, atol=1e-15)


def test_studies_without_events_have_no_weight_in_a_ratio_but_in_a_difference() -> None:
    more: list[Rates] = [*TRIALS, (0, 500, 0, 400)]
    ratio, difference = of("IRR", more), of("IRD", more)
    assert ratio.estimate == pytest.approx(of("IRR", TRIALS).estimate, rel=1e-14)
    assert (ratio.weights[-1], WEIGHTLESS in ratio.notes) == (0, True)
    assert (difference.weights[-1] > 0, WEIGHTLESS in difference.notes) == (True, False)
    assert ONE_SIDED in of("IRR", [*TRIALS, (4, 100, 0, 90)]).notes


def test_what_is_undefined_is_no_number() -> None:
    for many, note in (([(0, 10, 3, 12), (0, 9, 2, 8)], UNDEFINED), ([(4, 10, 0, 12)], UNDEFINED)):
        found = of("IRR", many)
        assert np.isnan([found.estimate, found.standard_error, found.q]).all()
        assert (found.converged, found.weights.any(), note in found.notes) == (False, False, True)
    nothing = of("IRD", [(0, 10, 0, 12), (0, 9, 0, 8)])
    assert (np.isnan(nothing.estimate), set(nothing.notes)) == (True, {EXACT})
    with pytest.raises(
        PluginError, match=r"cannot be: study 2 \(-1/9 against 2/8\)\. Each arm needs a positive person-time"
    ):
        fit(
            Studies(
                effect=np.zeros(2), variance=np.ones(2), present=np.ones(2, dtype=bool), measure="IRR",
                data=dict(zip(COLUMNS, np.array([(1.0, 10, 3, 12), (-1, 9, 2, 8)]).T, strict=True)),
            ),
            MANTEL_HAENSZEL_RATES,
        )  # fmt: skip
