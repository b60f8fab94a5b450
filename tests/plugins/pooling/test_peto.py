"""Peto's method: metafor's and meta's values, the sums it is made of, and edges."""

from __future__ import annotations

import dataclasses

import golden
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from two_by_two_data import Table, columns, dataset, fit, studies

from livereview import Fit, PluginError
from livereview.inference import derived
from livereview.subsets import without_each
from livereview_pooling.common_effect import COMMON_EFFECT
from livereview_pooling.peto import ABOUT, PETO, UNDEFINED, WEIGHTLESS

TRIALS: list[Table] = [(3, 102, 8, 97), (0, 54, 4, 51), (9, 624, 6, 653), (3, 40, 0, 38)]
NAMES = {
    "beta": "estimate", "se": "standard_error", "zval": "statistic", "pval": "p_value", "ci_lb": "ci_low",
    "ci_ub": "ci_high", "QE": "q", "QE_p": "q_p", "I2": "i2", "H2": "h2",
}  # fmt: skip

table = st.tuples(st.integers(0, 40), st.just(40), st.integers(0, 55), st.just(55))


def of(many: list[Table]) -> Fit:
    return fit(studies("PETO", columns(many), np.ones(len(many), dtype=bool), drop00=False, to="all"), PETO)


def test_every_record_agrees_with_metafor() -> None:
    compared, refused = 0, []
    for name, record in golden.records("peto"):
        if "error" in record:
            refused.append(name)
            continue
        chosen = studies("PETO", dataset(name))
        found = fit(chosen, PETO)
        ours = derived(chosen, found, null=0.0)
        # metafor counts studies without information in k, but not in Q.
        assert chosen.k == record["k_yi"]
        for theirs, own in NAMES.items():
            # Worst relative error seen 2e-13 (P = 2e-31, dat.bcg), of Q 2e-14 where it is 0.3, others 2e-14: rounding.
            assert golden.excess(getattr(ours, own), golden.numbers(record[theirs]), 3e-13) <= 1, (name, theirs)
        compared += 1
    assert (compared, refused) == (18, ["edge_all_double_zero"])


def test_every_estimate_agrees_with_meta() -> None:
    compared, undefined = 0, []
    for name, content in golden.load("meta_crosscheck")["datasets"].items():
        for record in content.get("metabin", []):
            if record["method"] != "Peto":
                continue
            chosen = studies("PETO", dataset(name))
            if record["common"]["est"] is None:
                undefined.append(name)
                assert np.isnan(fit(chosen, PETO).estimate)
                continue
            assert chosen.present.sum() == record["k"]
            ours = derived(chosen, fit(chosen, PETO), null=0.0)
            for theirs, own in {"est": "estimate", "se": "standard_error", "pval": "p_value"}.items():
                # Worst relative error seen 4e-14: rounding.
                assert golden.excess(getattr(ours, own), golden.numbers(record["common"][theirs]), 1e-13) <= 1, name
            compared += 1
    assert (compared, undefined) == (18, ["edge_all_double_zero"])


def test_it_is_the_common_effect_of_the_uncorrected_measure() -> None:
    chosen = studies("PETO", columns(TRIALS))
    own, common = fit(chosen, PETO), fit(chosen, COMMON_EFFECT)
    assert own.estimate == pytest.approx(common.estimate, rel=1e-13)
    assert own.standard_error == pytest.approx(common.standard_error, rel=1e-13)
    assert own.weights == pytest.approx(common.weights, rel=1e-13)
    assert derived(chosen, own).q == pytest.approx(derived(chosen, common).q, rel=1e-12)


def test_corrected_effects_do_not_move_the_estimate() -> None:
    plain, corrected = (fit(studies("PETO", columns(TRIALS), to=to), PETO) for to in ("none", "only0"))
    for name in ("estimate", "standard_error", "q"):
        assert getattr(plain, name) == getattr(corrected, name)


@given(st.lists(table, min_size=1, max_size=6))
def test_the_estimate_is_a_ratio_of_sums_that_changes_sign_with_the_arms(many: list[Table]) -> None:
    a, n1, c, n2 = np.array(many, dtype=float).T
    m, n = a + c, n1 + n2
    v = (n1 * n2 * m * (n - m) / (n**2 * (n - 1))).sum()
    found, turned = of(many), of([(c, n2, a, n1) for a, n1, c, n2 in reversed(many)])
    if v == 0:
        assert np.isnan([found.estimate, turned.estimate]).all()
        return
    assert found.estimate == pytest.approx((a - n1 * m / n).sum() / v, rel=1e-9, abs=1e-12)
    assert found.standard_error == pytest.approx(v**-0.5, rel=1e-12)
    assert turned.estimate == pytest.approx(-found.estimate, rel=1e-9, abs=1e-12)


def test_a_batch_equals_its_fits_one_by_one() -> None:
    chosen = studies("PETO", columns([*TRIALS, (0, 20, 0, 25)]), np.ones(5, dtype=bool), drop00=False, to="all")
    masks = without_each(chosen.present)
    batch = fit(dataclasses.replace(chosen, present=masks), PETO)
    for row, mask in enumerate(masks):
        alone = fit(dataclasses.replace(chosen, present=mask), PETO)
        for field in ("estimate", "standard_error", "weights", "q"):
            np.testing.assert_allclose(getattr(batch, field)[row], getattr(alone, field), rtol=1e-12, atol=1e-15)


def test_studies_without_information_have_no_weight() -> None:
    found = of([*TRIALS, (0, 20, 0, 25), (9, 9, 8, 8), (1, 1, 1, 1)])
    assert found.estimate == pytest.approx(of(TRIALS).estimate, rel=1e-14)
    assert (found.weights[4:].tolist(), set(found.notes)) == ([0, 0, 0], {WEIGHTLESS, ABOUT})


def test_without_anybody_who_differs_there_is_no_number() -> None:
    found = of([(0, 20, 0, 25), (9, 9, 8, 8)])
    assert np.isnan([found.estimate, found.standard_error, found.q]).all()
    assert (found.converged, found.weights.any(), set(found.notes)) == (False, False, {UNDEFINED, WEIGHTLESS})


def test_it_applies_to_its_own_measure_only() -> None:
    with pytest.raises(PluginError, match="does not apply to the measure OR; it applies to PETO"):
        fit(studies("OR", columns(TRIALS)), PETO)
