"""The Mantel-Haenszel model against first principles: single tables, mirrors, matched pairs, empty cells, refusals."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from two_by_two_data import Table, columns, fit, studies

from livereview import Fit, PluginError, Studies
from livereview.subsets import cumulative, without_each
from livereview_pooling.mantel_haenszel import (
    ABOUT,
    CORRECTED,
    EXACT,
    MANTEL_HAENSZEL,
    ONE_SIDED,
    UNDEFINED,
    WEIGHTLESS,
)

MEASURES = ("OR", "RR", "RD")
VARIANCES = ("sato", "greenland-robins")
ZERO_CELLS = ("none", "only0", "only0-ratios")

#: Four trials; the two halves of a table are events and people of an arm.
TRIALS: list[Table] = [(77, 102, 88, 97), (31, 54, 42, 51), (109, 624, 66, 653), (3, 40, 9, 38)]
ZEROS: list[Table] = [*TRIALS, (0, 30, 4, 28), (5, 30, 0, 33), (9, 9, 7, 11)]

tables = st.integers(1, 60).flatmap(
    lambda n1: st.integers(1, 60).flatmap(
        lambda n2: st.tuples(st.integers(0, n1), st.just(n1), st.integers(0, n2), st.just(n2))
    )
)
full = tables.filter(lambda t: 0 < t[0] < t[1] and 0 < t[2] < t[3])


def of(measure: str, given_tables: list[Table], **options: Any) -> Fit:
    return fit(studies(measure, columns(given_tables)), **options)


def ratio_of(table: Table, measure: str) -> float:
    a, n1, c, n2 = table
    return a * (n2 - c) / ((n1 - a) * c) if measure == "OR" else (a / n1) / (c / n2)


@given(full, st.sampled_from(MEASURES), st.sampled_from(VARIANCES))
def test_one_study_gives_its_own_effect_and_variance(table: Table, measure: str, rd_variance: str) -> None:
    own = studies(measure, columns([table]))
    found = fit(own, rd_variance=rd_variance)
    # Worst error seen 2e-15, absolute in effects near 0.
    assert found.estimate == pytest.approx(own.effect[0], rel=1e-12, abs=1e-14)
    assert found.standard_error**2 == pytest.approx(own.variance[0], rel=1e-11)
    assert found.weights.tolist() == [1.0]


@given(st.lists(tables, min_size=1, max_size=6), st.sampled_from(MEASURES), st.sampled_from(VARIANCES))
def test_swapping_the_arms_mirrors_the_estimate(many: list[Table], measure: str, rd_variance: str) -> None:
    for zero_cells in ZERO_CELLS:
        if measure == "RR" and zero_cells != "none":
            # Corrected, a study in which everybody had the event has the weight of one of its arms.
            many = [table for table in many if (table[0], table[2]) != (table[1], table[3])]
        swapped: list[Table] = [(c, n2, a, n1) for a, n1, c, n2 in many]
        plain = of(measure, many, rd_variance=rd_variance, zero_cells=zero_cells)
        mirrored = of(measure, swapped, rd_variance=rd_variance, zero_cells=zero_cells)
        np.testing.assert_allclose(mirrored.estimate, -plain.estimate, rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(mirrored.standard_error, plain.standard_error, rtol=1e-10)


@given(st.lists(tables, min_size=1, max_size=6), st.sampled_from(["OR", "RD"]))
def test_counting_the_others_instead_of_the_events_mirrors_odds_ratio_and_difference(
    many: list[Table], measure: str
) -> None:
    others: list[Table] = [(n1 - a, n1, n2 - c, n2) for a, n1, c, n2 in many]
    plain, mirrored = of(measure, many), of(measure, others)
    np.testing.assert_allclose(mirrored.estimate, -plain.estimate, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(mirrored.standard_error, plain.standard_error, rtol=1e-10)


@given(st.permutations(range(len(ZEROS))), st.sampled_from(MEASURES))
def test_the_order_of_studies_does_not_matter(order: list[int], measure: str) -> None:
    plain, shuffled = of(measure, ZEROS), of(measure, [ZEROS[at] for at in order])
    assert shuffled.estimate == pytest.approx(plain.estimate, rel=1e-13)
    assert shuffled.standard_error == pytest.approx(plain.standard_error, rel=1e-13)
    assert shuffled.weights == pytest.approx(plain.weights[order], rel=1e-13)


@given(st.lists(tables, min_size=1, max_size=7), st.sampled_from(MEASURES), st.sampled_from(ZERO_CELLS))
def test_a_batch_equals_its_fits_one_by_one(many: list[Table], measure: str, zero_cells: str) -> None:
    chosen = studies(measure, columns(many))
    here = chosen.present
    masks = np.concatenate([without_each(here), cumulative(np.arange(here.size)[::-1]) & here])
    batch = dataclasses.replace(chosen, present=masks)
    at_once = fit(batch, zero_cells=zero_cells)
    one_by_one = fit(batch, dataclasses.replace(MANTEL_HAENSZEL, vectorized=False), zero_cells=zero_cells)
    for name in ("estimate", "standard_error", "weights", "q"):
        own, other = getattr(at_once, name), getattr(one_by_one, name)
        if masks.any():
            # The order of summation differs.
            np.testing.assert_allclose(other, own, rtol=1e-10, atol=1e-12, err_msg=name)
    notes = [{note: where.tolist() for note, where in found.notes.items()} for found in (at_once, one_by_one)]
    assert notes[0] == notes[1]


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("rd_variance", VARIANCES)
def test_studies_entered_twice_change_only_the_variance(measure: str, rd_variance: str) -> None:
    once, twice = of(measure, ZEROS, rd_variance=rd_variance), of(measure, ZEROS * 2, rd_variance=rd_variance)
    assert twice.estimate == pytest.approx(once.estimate, rel=1e-13)
    assert twice.standard_error == pytest.approx(once.standard_error / np.sqrt(2), rel=1e-13)


@pytest.mark.parametrize("measure", ["OR", "RR"])
def test_the_ratio_is_the_mean_of_the_ratios_with_the_weights_of_the_model(measure: str) -> None:
    found = of(measure, TRIALS)
    assert np.exp(found.estimate) == pytest.approx(found.weights @ [ratio_of(t, measure) for t in TRIALS], rel=1e-13)


@given(st.lists(full, min_size=1, max_size=6))
def test_the_variance_of_the_log_odds_ratio_has_two_forms(many: list[Table]) -> None:
    """sum (ad + x bc)(a + d + x(b + c))/N² / (2 (sum ad/N)²), x the odds ratio: Phillips and Holland 1987."""
    events_1, n1, events_2, n2 = columns(many).values()
    a, b, c, d, n = events_1, n1 - events_1, events_2, n2 - events_2, n1 + n2
    x = (a * d / n).sum() / (b * c / n).sum()
    variance = ((a * d + x * b * c) * (a + d + x * (b + c)) / n**2).sum() / (2 * (a * d / n).sum() ** 2)
    assert of("OR", many).standard_error ** 2 == pytest.approx(variance, rel=1e-12)


def test_matched_pairs_have_their_textbook_variances() -> None:
    """Tables of one person in each arm: 9 pairs with the event in the first only, 4 in the second only, 3 in both, 5 in
    neither. Odds ratio 9/4 with variance 1/9 + 1/4 of its log; difference 5/21 with variance (13 - 5²/21) / 21².
    """
    pairs: list[Table] = [(1, 1, 0, 1)] * 9 + [(0, 1, 1, 1)] * 4 + [(1, 1, 1, 1)] * 3 + [(0, 1, 0, 1)] * 5
    data = columns(pairs)
    ratio = fit(studies("OR", data, drop00=False))
    assert np.exp(ratio.estimate) == pytest.approx(9 / 4, rel=1e-14)
    assert ratio.standard_error**2 == pytest.approx(1 / 9 + 1 / 4, rel=1e-14)
    difference = fit(studies("RD", data))
    assert difference.estimate == pytest.approx(5 / 21, rel=1e-14)
    assert difference.standard_error**2 == pytest.approx((13 - 25 / 21) / 21**2, rel=1e-14)
    # Greenland and Robins's sum of ab and cd sees no variance in arms of one.
    assert set(fit(studies("RD", data), rd_variance="greenland-robins").notes) == {EXACT}


@pytest.mark.parametrize("measure", ["OR", "RR"])
@pytest.mark.parametrize("zero_cells", ZERO_CELLS)
def test_a_study_without_events_has_no_weight_in_a_ratio(measure: str, zero_cells: str) -> None:
    plain = of(measure, ZEROS, zero_cells=zero_cells)
    more = fit(studies(measure, columns([*ZEROS, (0, 200, 0, 100)]), drop00=False), zero_cells=zero_cells)
    assert (more.estimate, more.standard_error) == (
        pytest.approx(plain.estimate, rel=1e-14),
        pytest.approx(plain.standard_error, rel=1e-14),
    )
    assert (more.weights[-1], WEIGHTLESS in more.notes, WEIGHTLESS in plain.notes) == (0, True, False)


def test_only_events_in_both_arms_say_nothing_about_odds_and_speak_for_a_risk_ratio_of_1() -> None:
    everybody = [*TRIALS, (20, 20, 40, 40)]
    odds = fit(studies("OR", columns(everybody), drop00=False), zero_cells="only0")
    assert odds.estimate == pytest.approx(of("OR", TRIALS).estimate, rel=1e-14)
    assert (odds.weights[-1], set(odds.notes)) == (0, {WEIGHTLESS, ABOUT})
    for zero_cells in ZERO_CELLS:
        risks = of("RR", everybody, zero_cells=zero_cells)
        mean = risks.weights @ [ratio_of(table, "RR") for table in everybody]
        assert np.exp(risks.estimate) == pytest.approx(mean, rel=1e-13)


@pytest.mark.parametrize("zero_cells", ["only0", "only0-ratios"])
def test_a_single_study_with_an_empty_cell_gives_its_own_corrected_effect(zero_cells: str) -> None:
    for table in [*ZEROS[4:], (11, 11, 30, 30)]:
        for measure in ("OR", "RR", "RD"):
            own = studies(measure, columns([table]))
            if own.present.all() and (measure, zero_cells) != ("RD", "only0-ratios"):
                found = fit(own, zero_cells=zero_cells, rd_variance="greenland-robins")
                assert found.estimate == pytest.approx(own.effect[0], rel=1e-13)
                assert found.standard_error**2 == pytest.approx(own.variance[0], rel=1e-13)


@pytest.mark.parametrize("measure", ["OR", "RR"])
def test_a_correction_is_half_a_person_in_each_cell_of_the_studies_with_an_empty_one(measure: str) -> None:
    corrected: list[Table] = [*TRIALS, (0.5, 31, 4.5, 29), (5.5, 31, 0.5, 34), (9.5, 10, 7.5, 12)]
    by_hand = of(measure, corrected)
    for zero_cells in ("only0", "only0-ratios"):
        found = of(measure, ZEROS, zero_cells=zero_cells)
        assert found.estimate == pytest.approx(by_hand.estimate, rel=1e-14)
        assert found.standard_error == pytest.approx(by_hand.standard_error, rel=1e-14)
        assert set(found.notes) == {CORRECTED, ABOUT}
    assert set(of(measure, ZEROS).notes) == {ONE_SIDED, ABOUT}
    assert set(of(measure, TRIALS, zero_cells="only0").notes) == {ABOUT}


def test_a_correction_moves_the_weight_of_a_difference_not_the_difference() -> None:
    found = of("RD", ZEROS, zero_cells="only0")
    differences = np.array([a / n1 - c / n2 for a, n1, c, n2 in ZEROS])
    assert found.estimate == pytest.approx(found.weights @ differences, rel=1e-13)
    size = np.array([n1 * n2 / (n1 + n2) for _, n1, _, n2 in TRIALS] + [31 * 29 / 60, 31 * 34 / 65, 10 * 12 / 22])
    assert found.weights == pytest.approx(size / size.sum(), rel=1e-13)
    left = of("RD", ZEROS, zero_cells="only0-ratios")
    assert (left.estimate, left.standard_error) == (of("RD", ZEROS).estimate, of("RD", ZEROS).standard_error)


@pytest.mark.parametrize(
    ("measure", "given_tables"),
    [
        ("OR", [(0, 10, 3, 12), (0, 20, 5, 22)]),
        ("OR", [(3, 12, 0, 10), (22, 22, 5, 20)]),
        ("RR", [(0, 10, 3, 12), (0, 20, 5, 22)]),
        ("RR", [(3, 12, 0, 10)]),
    ],
)
def test_an_undefined_ratio_is_no_number_until_cells_are_corrected(measure: str, given_tables: list[Table]) -> None:
    found = of(measure, given_tables)
    assert np.isnan([found.estimate, found.standard_error, found.q]).all()
    assert (found.converged, found.weights.any(), UNDEFINED in found.notes) == (False, False, True)
    assert np.isfinite(of(measure, given_tables, zero_cells="only0").estimate)


@pytest.mark.parametrize(
    ("measure", "given_tables"),
    [("RR", [(4, 4, 9, 9), (7, 7, 3, 3)]), ("RD", [(4, 4, 0, 9), (7, 7, 0, 3)]), ("RD", [(0, 4, 0, 9)])],
)
def test_an_estimate_without_variance_is_no_number(measure: str, given_tables: list[Table]) -> None:
    for rd_variance in VARIANCES:
        found = of(measure, given_tables, rd_variance=rd_variance)
        assert np.isnan([found.estimate, found.standard_error, found.q]).all()
        assert (found.converged, found.weights.any(), set(found.notes)) == (False, False, {EXACT})
    assert np.isfinite(of(measure, given_tables, zero_cells="only0").standard_error)


def test_counts_that_cannot_be_are_refused_with_the_studies_named() -> None:
    data = columns([*TRIALS, (5, 4, 1, 9), (np.nan, 4, 1, 9), (0, 0, 1, 9)])
    chosen = Studies(
        effect=np.zeros(7), variance=np.ones(7), present=np.ones(7, dtype=bool), data=data, measure="OR",
        labels=("Ames", "Bonn", "Cork", "Dover", "Essen", "Faro"),
    )  # fmt: skip
    message = (
        r"cannot be: Essen \(5/4 against 1/9\); Faro \(nan/4 against 1/9\); study 7 \(0/0 against 1/9\)\. Each arm"
    )
    with pytest.raises(PluginError, match=message):
        fit(chosen)
    without = dataclasses.replace(chosen, present=np.arange(7) < 4)
    assert fit(without).estimate == pytest.approx(of("OR", TRIALS).estimate, rel=1e-14)
    per_fit = dataclasses.replace(chosen, data=data | {"n_1": np.ones((2, 7))})
    with pytest.raises(PluginError, match=r"one value per study, shape \(7,\); found events_1 \(7,\), n_1 \(2, 7\)"):
        fit(per_fit)


def test_another_measure_or_none_is_refused() -> None:
    with pytest.raises(PluginError, match="does not apply to the measure PETO; it applies to OR, RR, RD"):
        of("PETO", TRIALS)
    nameless = dataclasses.replace(studies("OR", columns(TRIALS)), measure="")
    with pytest.raises(PluginError, match="needs to know what it pools: OR, RR, RD; found no measure"):
        fit(nameless)
