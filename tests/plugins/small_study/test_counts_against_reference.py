"""Tests on counts against metafor 3.8-1 and lm (section binary_bias_tests) and R's meta 7.0-0 (metabias)."""

from __future__ import annotations

from typing import Any

import golden
import numpy as np
import pytest
from asymmetry_data import NOT_ESTIMABLE, studies_of
from golden import Record

from livereview import BiasTest, BiasTestResult, Mask, PluginError, Studies
from livereview_small_study.counts import Counts, two_arm_counts
from livereview_small_study.egger import EGGER, THOMPSON_SHARP
from livereview_small_study.harbord import HARBORD, scores
from livereview_small_study.kendall import normal_z, rank_correlation
from livereview_small_study.line import line_test, weighted_line
from livereview_small_study.rucker import RUCKER
from livereview_small_study.schwarzer import SCHWARZER, cell_moments, common_odds_ratio
from livereview_small_study.size_regressions import DEEKS, MACASKILL, PETERS, PUSTEJOVSKY_RODGERS

#: Name in the reference, test, options.
BINARY: dict[str, tuple[BiasTest, dict[str, Any]]] = {
    "harbord_or": (HARBORD, {}),
    "harbord_or_via_regtest": (HARBORD, {}),
    "peters": (PETERS, {}),
    "macaskill_fiv": (MACASKILL, {"weights": "inverse-variance"}),
    "macaskill_fpv": (MACASKILL, {"weights": "pooled-variance"}),
    "deeks": (DEEKS, {}),
    "rucker_as_egger": (RUCKER, {}),
}
#: meta's Macaskill is FIV. Its Thompson takes tau² from the meta-analysis: REML for counts, DL for given effects.
META: dict[str, tuple[BiasTest, dict[str, Any]]] = {
    "Harbord": (HARBORD, {}),
    "Peters": (PETERS, {}),
    "Macaskill": (MACASKILL, {"weights": "inverse-variance"}),
    "Deeks": (DEEKS, {}),
    "Schwarzer": (SCHWARZER, {}),
    "Thompson": (THOMPSON_SHARP, {}),
    "Pustejovsky": (PUSTEJOVSKY_RODGERS, {}),
    "Egger": (EGGER, {}),
}
#: Where Schwarzer's score depends on a correction of the common odds ratio for zero cells.
CORRECTED = "dat.nielweise2007"
# Worst relative error seen 1.4e-13: Deeks' t of 0.003, a difference of nearly equal numbers.
TOLERANCE = 5e-13
# meta's REML stops early: worst relative difference seen 1e-4, of P. With DL it is 3e-13.
REML_TOLERANCE = 2e-4

PARTS = ("statistic", "pval", "df", "bias", "se_bias")
BINARY_RECORDS = [
    (name, test, record)
    for name in golden.datasets()
    for test, record in golden.load(name).get("binary_bias_tests", {}).items()
]
REFUSED = [one for one in BINARY_RECORDS if one[2].get("tval") is None]


def crosschecks() -> list[tuple[str, str, str, Record]]:
    """Data set, measure, test and record of every result of meta but those in test_bias_against_reference.py."""
    return [
        (name, section.removeprefix("metabias").removeprefix("_") or "gen", test, record)
        for name, sections in golden.load("meta_crosscheck")["datasets"].items()
        for section in sections
        if section.startswith("metabias")
        for test, record in sections[section].items()
        if test in META and (test != "Egger" or section == "metabias_SMD")
    ]


def estimable(one: tuple[str, str, str, Record]) -> bool:
    """meta has a number, and it is not made of rounding."""
    return one[3].get("statistic") is not None and one[0] != NOT_ESTIMABLE


def zero_cells(dataset: str) -> bool:
    columns = golden.load(dataset)["data"]["columns"]
    return any((golden.numbers(columns[name]) == 0).any() for name in ("ai", "bi", "ci", "di"))


def ids(one: tuple[Any, ...]) -> str:
    return "-".join(str(part) for part in one[:-1])


def compared(found: BiasTestResult, expected: list[float]) -> float:
    """Largest relative difference of statistic, P, df, estimate and its standard error."""
    actual = [found.statistic, found.p_value, found.df, found.estimate, found.standard_error]
    return float(np.max(np.abs(np.array(actual, dtype=float) / np.array(expected, dtype=float) - 1)))


def with_halves(counts: Counts) -> Counts:
    """Counts with 0.5 added to each cell of the studies that have a zero."""
    cells = (counts.events_1, counts.n_1 - counts.events_1, counts.events_2, counts.n_2 - counts.events_2)
    half = np.where(np.any([cell == 0 for cell in cells], axis=0), 0.5, 0.0)
    return Counts(
        events_1=counts.events_1 + half,
        n_1=counts.n_1 + 2 * half,
        events_2=counts.events_2 + half,
        n_2=counts.n_2 + 2 * half,
    )


def pooled_by_meta(dataset: str) -> Mask:
    """Rows that meta pools as ratios: it leaves out those without events, or without non-events, in both arms."""
    data = golden.load(dataset)["data"]["columns"]
    a, b, c, d = (golden.numbers(data[name]) for name in ("ai", "bi", "ci", "di"))
    return np.asarray(~(((a == 0) & (c == 0)) | ((b == 0) & (d == 0))))


def seen_by_meta(dataset: str, effect: str) -> Studies:
    if effect in ("OR", "RR"):
        return studies_of(dataset, effect, among=pooled_by_meta(dataset))
    chosen = studies_of(dataset, effect)
    if effect != "SMD":
        return chosen
    # meta's own Hedges' g and standard error, by its exact formulas.
    (own,) = (
        record
        for record in golden.load("meta_crosscheck")["datasets"][dataset]["metacont"]
        if (record["sm"], record["method.smd"], record["exact.smd"]) == ("SMD", "Hedges", True)
    )
    g, se = golden.numbers(own["TE"]), golden.numbers(own["seTE"])
    there = np.isfinite(g) & np.isfinite(se) & (se > 0)
    return Studies(effect=g[there], variance=se[there] ** 2, present=there[there], data=chosen.data, measure="SMD")


REGRESSIONS = [one for one in crosschecks() if one[2] not in ("Schwarzer", "Thompson") and estimable(one)]
#: meta corrects risk ratios for zero cells otherwise than metafor, whose effects are used here.
ZERO_CELLS = [one for one in REGRESSIONS if one[1:3] == ("RR", "Peters") and zero_cells(one[0])]
HARBORD_RR = [one for one in REGRESSIONS if one[1:3] == ("RR", "Harbord")]
COMPARED = [one for one in REGRESSIONS if one not in ZERO_CELLS and one not in HARBORD_RR]


def test_every_record_is_compared() -> None:
    assert len(BINARY_RECORDS) == 17 * 7
    assert len(REFUSED) == 5
    counts = {test: sum(one[2] == test and estimable(one) for one in crosschecks()) for test in META}
    assert counts == {
        "Harbord": 32,
        "Peters": 32,
        "Macaskill": 16,
        "Deeks": 16,
        "Schwarzer": 16,
        "Thompson": 27,
        "Pustejovsky": 3,
        "Egger": 3,
    }
    assert (len(COMPARED), len(HARBORD_RR), len(ZERO_CELLS)) == (76, 16, 10)


@pytest.mark.parametrize("one", [one for one in BINARY_RECORDS if one not in REFUSED], ids=ids)
def test_counts_agree_with_metafor(one: tuple[str, str, Record]) -> None:
    name, key, record = one
    test, options = BINARY[key]
    found = test.test(studies_of(name, "OR"), test.options(**options))
    expected = [record["tval"], record["pval"], record["df"], record.get("slope", found.estimate)]
    expected.append(record.get("slope_se", found.standard_error))
    assert compared(found, expected) < TOLERANCE


@pytest.mark.parametrize("one", REFUSED, ids=ids)
def test_studies_without_events_are_refused(one: tuple[str, str, Record]) -> None:
    test, options = BINARY[one[1]]
    with pytest.raises(PluginError, match=r"at least 3 studies|all equal"):
        test.test(studies_of(one[0], "OR"), test.options(**options))


@pytest.mark.parametrize("one", COMPARED, ids=ids)
def test_regressions_agree_with_meta(one: tuple[str, str, str, Record]) -> None:
    name, effect, key, record = one
    test, options = META[key]
    found = test.test(seen_by_meta(name, effect), test.options(**options))
    assert compared(found, [record[part] for part in PARTS]) < TOLERANCE


@pytest.mark.parametrize("one", HARBORD_RR, ids=ids)
def test_harbord_for_risk_ratios_differs_from_meta_by_the_share_of_the_arms(one: tuple[str, str, str, Record]) -> None:
    """meta's variance of the score is m N / (4 (N - m)): Fisher's information for arms of equal size."""
    name, _, _, record = one
    counts = two_arm_counts(seen_by_meta(name, "RR"), "test")
    z, v = scores(counts, risk_ratio=True)
    usable = v > 0
    share = 4 * counts.n_1 * counts.n_2 / counts.n**2
    z, v = z[usable], (v / share)[usable]
    line = line_test(weighted_line(z / v, 1 / np.sqrt(v), v, "test", "size"), "")
    assert compared(line, [record[part] for part in PARTS]) < TOLERANCE
    found = HARBORD.test(seen_by_meta(name, "RR"), HARBORD.options())
    if np.ptp(share[usable]) == 0:
        assert found.statistic == pytest.approx(record["statistic"], rel=TOLERANCE)


@pytest.mark.parametrize("one", [one for one in crosschecks() if one[2] == "Thompson" and estimable(one)], ids=ids)
def test_thompson_sharp_agrees_with_meta(one: tuple[str, str, str, Record]) -> None:
    name, effect, _, record = one
    options = THOMPSON_SHARP.options(tau2="REML" if effect == "OR" else "DL")
    found = THOMPSON_SHARP.test(seen_by_meta(name, effect), options)
    off = compared(found, [record[part] for part in PARTS])
    assert off < (REML_TOLERANCE if effect == "OR" else TOLERANCE)


@pytest.mark.parametrize("one", [one for one in crosschecks() if one[2] == "Schwarzer" and estimable(one)], ids=ids)
def test_schwarzer_agrees_with_meta(one: tuple[str, str, str, Record]) -> None:
    name, effect, _, record = one
    chosen = seen_by_meta(name, effect)
    found = SCHWARZER.test(chosen, SCHWARZER.options())
    if name == CORRECTED:
        # meta adds 0.5 to the cells of studies with a zero before it takes the Mantel-Haenszel odds ratio. That turns
        # the order of two deviates that are nearly equal.
        counts = two_arm_counts(chosen, "test")
        mean, variance = cell_moments(counts, common_odds_ratio(with_halves(counts)))
        ranks = rank_correlation((counts.events_1 - mean) / np.sqrt(variance), 1 / variance)
        assert ranks.score == record["bias"] != 24.276188608044166 * found.statistic
        assert normal_z(ranks) == pytest.approx(record["statistic"], rel=TOLERANCE)
        return
    # No difference seen but in the last digit.
    assert found.statistic == pytest.approx(record["statistic"], rel=1e-14, abs=1e-300)
    assert found.p_value == pytest.approx(record["pval"], rel=1e-13)
