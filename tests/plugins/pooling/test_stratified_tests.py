"""Tests on the two-by-two tables of several studies: metafor's values, first principles, and the edges."""

from __future__ import annotations

import dataclasses
from collections import Counter

import golden
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_mantel_haenszel_against_metafor import in_sums, with_effects
from two_by_two_data import Table, columns, fit, studies

from livereview import Fit, HypothesisTest
from livereview.subsets import without_each

NAMES = {
    "Cochran": ("CO", "COp"), "Cochran-Mantel-Haenszel": ("CMH", "CMH_p"), "Breslow-Day": ("BD", "BD_p"),
    "Tarone": ("TA", "TA_p"),
}  # fmt: skip
TRIALS: list[Table] = [(77, 102, 88, 97), (31, 54, 42, 51), (109, 624, 66, 653), (3, 40, 9, 38)]

table = st.tuples(st.integers(1, 39), st.just(40), st.integers(1, 54), st.just(55))


def on(many: list[Table], **options: bool) -> Fit:
    return fit(studies("OR", columns(many), np.ones(len(many), dtype=bool), drop00=False, to="all"), **options)


def by_record(name: str, record: golden.Record) -> Fit:
    """Our tests on the tables that metafor takes; effects play no part in them."""
    chosen = with_effects(name, record)
    here = in_sums(chosen.data, record)
    plain = dataclasses.replace(chosen, effect=np.zeros(here.size), variance=np.ones(here.size), present=here)
    return fit(plain, continuity_correction=record["correct"])


def test_every_test_agrees_with_metafor() -> None:
    seen: Counter[str] = Counter()
    for name, record in golden.records("mh"):
        if record["measure"] != "OR" or "error" in record:
            continue
        found = by_record(name, record).tests
        assert list(found) == list(NAMES)
        for test, keys in NAMES.items():
            own = found[test]
            if record["k_pos"] < 2 and test in ("Breslow-Day", "Tarone"):
                # metafor prints a statistic, of rounding alone, and no P.
                assert record[keys[1]] is None
                assert np.isnan([own.statistic, own.p_value, own.df]).all()
                seen["one table"] += 1
                continue
            for ours, key in zip((own.statistic, own.p_value), keys, strict=True):
                # Worst relative error seen: P 3.4e-12 (Breslow-Day of dat.bcg, 2e-30), statistics 1.8e-13: rounding.
                tolerance = 5e-12 if key.endswith("p") else 5e-13
                assert golden.excess(ours, golden.numbers(record[key]), tolerance) <= 1, (name, record["add"], key)
            seen[test] += 1
            if test in ("Breslow-Day", "Tarone"):
                assert own.df == (
                    record["k_pos"] - 1 if np.isfinite(own.statistic) else pytest.approx(np.nan, nan_ok=True)
                )
    assert seen == {"Cochran": 59, "Cochran-Mantel-Haenszel": 59, "Breslow-Day": 54, "Tarone": 54, "one table": 10}


def test_the_tests_of_association_are_sums_over_tables() -> None:
    a, n1, c, n2 = np.array(TRIALS, dtype=float).T
    m, n = a + c, n1 + n2
    surplus = (a - n1 * m / n).sum()
    variance = n1 * n2 * m * (n - m) / n**2
    for half, corrected in ((0.5, True), (0.0, False)):
        found = on(TRIALS, continuity_correction=corrected).tests
        size = (abs(surplus) - half) ** 2
        assert found["Cochran"].statistic == pytest.approx(size / (variance / n).sum(), rel=1e-12)
        assert found["Cochran-Mantel-Haenszel"].statistic == pytest.approx(size / (variance / (n - 1)).sum(), rel=1e-12)


def test_matched_pairs_give_mcnemars_test() -> None:
    """Tables of one person per arm, 9 and 4 discordant pairs: (|9 - 4| - 1)² / 13 with correction, 25/13 without."""
    pairs: list[Table] = [(1, 1, 0, 1)] * 9 + [(0, 1, 1, 1)] * 4 + [(1, 1, 1, 1)] * 3
    corrected, plain = (on(pairs, continuity_correction=choice).tests for choice in (True, False))
    assert corrected["Cochran-Mantel-Haenszel"].statistic == pytest.approx(16 / 13, rel=1e-14)
    assert plain["Cochran-Mantel-Haenszel"].statistic == pytest.approx(25 / 13, rel=1e-14)


def test_tables_with_one_and_the_same_odds_ratio_show_no_heterogeneity() -> None:
    found = on([(20, 30, 10, 30), (200, 300, 100, 300), (40, 100, 20, 80), (2, 3, 1, 3)]).tests
    # 20/10 : 10/20 = 4, 40/60 : 20/60 = 2: not the same; without the third they are.
    assert found["Breslow-Day"].statistic > 1
    same = on([(20, 30, 10, 30), (200, 300, 100, 300), (2, 3, 1, 3)]).tests
    for name in ("Breslow-Day", "Tarone"):
        assert same[name].statistic == pytest.approx(0, abs=1e-24)
        assert (same[name].p_value, same[name].df) == (pytest.approx(1, abs=1e-12), 2)


@given(st.lists(table, min_size=2, max_size=5))
def test_expected_cells_have_the_estimated_odds_ratio(many: list[Table]) -> None:
    """Breslow-Day's sum from cells found by bisection, which shares nothing with the quadratic."""
    found = on(many)
    ratio, total, gaps, variances = np.exp(found.estimate), 0.0, 0.0, 0.0
    for a, n1, c, n2 in many:
        m = a + c
        low, high = max(0.0, m - n2), min(n1, m)
        for _ in range(200):
            cell = (low + high) / 2
            below = cell * (n2 - m + cell) < ratio * (n1 - cell) * (m - cell)
            low, high = (cell, high) if below else (low, cell)
        variance = 1 / (1 / cell + 1 / (m - cell) + 1 / (n1 - cell) + 1 / (n2 - m + cell))
        total, gaps, variances = total + (a - cell) ** 2 / variance, gaps + a - cell, variances + variance
    assert found.tests["Breslow-Day"].statistic == pytest.approx(total, rel=1e-8, abs=1e-12)
    assert found.tests["Tarone"].statistic == pytest.approx(total - gaps**2 / variances, rel=1e-8, abs=1e-12)


@given(st.lists(table, min_size=2, max_size=6))
def test_neither_the_order_of_studies_nor_the_name_of_the_arms_matters(many: list[Table]) -> None:
    turned = [(c, n2, a, n1) for a, n1, c, n2 in reversed(many)]
    first, second = on(many).tests, on(turned).tests
    for name in NAMES:
        assert second[name].statistic == pytest.approx(first[name].statistic, rel=1e-9, abs=1e-9)


def test_a_batch_equals_its_fits_one_by_one() -> None:
    many = [*TRIALS, (0, 20, 0, 25), (5, 5, 6, 6), (0, 12, 3, 14)]
    chosen = studies("OR", columns(many), np.ones(7, dtype=bool), drop00=False, to="all")
    masks = without_each(np.ones(7, dtype=bool))
    batch = fit(dataclasses.replace(chosen, present=masks)).tests
    for row, mask in enumerate(masks):
        alone = fit(dataclasses.replace(chosen, present=mask)).tests
        for name in NAMES:
            for field in ("statistic", "p_value", "df"):
                ours, other = getattr(batch[name], field)[row], getattr(alone[name], field)
                np.testing.assert_allclose(ours, other, rtol=1e-12, err_msg=name)


def test_tables_without_information_change_nothing() -> None:
    plain, more = on(TRIALS).tests, on([*TRIALS, (0, 30, 0, 30), (9, 9, 8, 8)]).tests
    for name in NAMES:
        assert more[name].statistic == pytest.approx(plain[name].statistic, rel=1e-12)
        assert more[name].df == plain[name].df


def test_what_cannot_be_tested_is_no_number() -> None:
    def numbers(test: HypothesisTest) -> list[float]:
        assert test.df is not None
        return [float(value) for value in (test.statistic, test.p_value, test.df)]

    nothing = on([(0, 30, 0, 30), (9, 9, 8, 8)]).tests
    assert np.isnan([numbers(test) for test in nothing.values()]).all()
    one_sided = on([(0, 30, 4, 30), (0, 20, 3, 20)]).tests
    assert np.isnan([numbers(one_sided[name]) for name in ("Breslow-Day", "Tarone")]).all()
    assert numbers(one_sided["Cochran"])[1] == pytest.approx(0.01868, abs=1e-5)
    # A surplus below one half is no evidence at all.
    assert numbers(on([(10, 20, 10, 20)]).tests["Cochran"])[:2] == [0.0, 1.0]
