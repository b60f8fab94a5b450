"""Begg against metafor 3.8-1 (section ranktest), Egger and Begg against R's meta 7.0-0 (metabias)."""

from __future__ import annotations

from typing import Any

import golden
import numpy as np
import pytest
from golden import Record

from livereview import Array, Mask, PluginError, Studies
from livereview_small_study.begg import BEGG, BeggOptions, begg_correlation
from livereview_small_study.egger import EGGER, EggerOptions, egger_line
from livereview_small_study.kendall import normal_p, normal_z

# Worst relative error seen 1.2e-13: t of three studies whose standard errors agree to three digits.
EGGER_TOLERANCE = 1e-12
# Worst relative error seen 1.4e-15, for all but exact P.
BEGG_TOLERANCE = 1e-14
# Worst relative difference seen 5e-12 (P = 0.0003): R takes the upper tail as 1 minus the lower one. Counting in whole
# numbers gives ours to 1e-15 (test_kendall.py).
EXACT_TOLERANCE = 1e-11
#: metafor computes a t from rounding for five equal effects, and NaN for their ranks.
NOT_ESTIMABLE = "edge_identical"
#: One study has variance 0, with which metafor refuses the regression and the ranks.
ZERO_VARIANCE = "edge_cont_neg_mean"


def complete(dataset: str, effect: str, among: Mask | None = None) -> tuple[Array, Array]:
    """Effects and variances of the rows that have both, of all rows or of some."""
    y, v = golden.effect(dataset, effect)
    there = np.isfinite(y) & np.isfinite(v) & (True if among is None else among)
    return y[there], v[there]


def studies(dataset: str, effect: str) -> Studies:
    y, v = complete(dataset, effect)
    return Studies(effect=y, variance=v, present=np.ones(y.size, dtype=bool))


def records(section: str) -> list[tuple[str, Record]]:
    """The records of data sets that can be tested."""
    return [(name, record) for name, record in golden.records(section) if name not in (NOT_ESTIMABLE, ZERO_VARIANCE)]


RANKINGS = [(name, one) for name, one in records("ranktest") if "variant" not in one]
SCORES = [(name, one) for name, one in records("ranktest") if one.get("variant") == "begg_score_z"]


def rows_of_meta(dataset: str, effect: str) -> Mask | None:
    """Which rows meta pools with the effects and variances of metafor; None where its numbers are others.

    For OR and RR meta leaves out studies without events, or without non-events, in both arms. It corrects risk ratios
    for zero cells otherwise, and its SMD has another variance.
    """
    data = golden.load(dataset)["data"]
    if effect not in ("OR", "RR"):
        return None if effect == "SMD" else np.ones(data["n_rows"], dtype=bool)
    cells = np.array([data["columns"][name] for name in ("ai", "bi", "ci", "di")], dtype=float)
    if effect == "RR" and (cells == 0).any():
        return None
    return ~((cells[[0, 2]] == 0).all(axis=0) | (cells[[1, 3]] == 0).all(axis=0))


def crosschecks(test: str) -> list[tuple[str, str, Record]]:
    """The records of R's meta with numbers for a test, where its effects are those of metafor."""
    found = []
    for name, sections in golden.load("meta_crosscheck")["datasets"].items():
        for section in (section for section in sections if section.startswith("metabias")):
            effect = section.removeprefix("metabias").removeprefix("_") or "gen"
            record = sections[section].get(test, {})
            if record.get("statistic") is not None and name != NOT_ESTIMABLE and rows_of_meta(name, effect) is not None:
                found.append((name, effect, record))
    return found


def ids(record: tuple[Any, ...]) -> str:
    effect = record[1] if isinstance(record[1], str) else record[1]["effect"]
    return f"{record[0]}-{effect}"


def test_the_reference_is_complete() -> None:
    assert len(golden.datasets()) == 46
    assert (len(RANKINGS), len(SCORES)) == (106, 53)
    assert (len(crosschecks("Egger")), len(crosschecks("Begg"))) == (34, 28)


@pytest.mark.parametrize("one", RANKINGS, ids=ids)
def test_begg_agrees_with_metafor(one: tuple[str, Record]) -> None:
    # With exact = TRUE, R gives the exact P for any number of studies without ties, else the normal one.
    name, record = one
    chosen = studies(name, record["effect"])
    ties = begg_correlation(chosen.effect, chosen.variance).ties
    exact = record["exact"] and not ties
    found = BEGG.test(chosen, BeggOptions(p="exact" if exact else "normal"))
    np.testing.assert_allclose(found.estimate, record["tau_b"], rtol=BEGG_TOLERANCE)
    np.testing.assert_allclose(found.p_value, record["pval"], rtol=EXACT_TOLERANCE if exact else BEGG_TOLERANCE)


# The reference has no score for the data set with missing values.
@pytest.mark.parametrize("one", [one for one in SCORES if one[1]["S"] is not None], ids=ids)
def test_the_score_and_both_z_agree(one: tuple[str, Record]) -> None:
    name, record = one
    correlation = begg_correlation(*complete(name, record["effect"]))
    z, corrected = normal_z(correlation), normal_z(correlation, correction=1)
    assert correlation.score == record["S"]
    actual = [correlation.variance, z, normal_p(z), corrected, normal_p(corrected)]
    np.testing.assert_allclose(
        actual, [record[key] for key in ("var_S", "z", "p", "z_cc", "p_cc")], rtol=BEGG_TOLERANCE
    )


@pytest.mark.parametrize("one", crosschecks("Egger"), ids=ids)
def test_egger_agrees_with_meta(one: tuple[str, str, Record]) -> None:
    name, effect, record = one
    y, v = complete(name, effect, rows_of_meta(name, effect))
    line = egger_line(Studies(effect=y, variance=v, present=np.ones(y.size, dtype=bool)), EggerOptions())
    expected = [record[key] for key in ("bias", "se_bias", "intercept", "se_intercept", "tau", "df")]
    actual = [line.slope, line.slope_se, line.intercept, line.intercept_se, line.dispersion, line.df]
    np.testing.assert_allclose(actual, expected, rtol=EGGER_TOLERANCE)


@pytest.mark.parametrize("one", crosschecks("Begg"), ids=ids)
def test_begg_agrees_with_meta(one: tuple[str, str, Record]) -> None:
    name, effect, record = one
    correlation = begg_correlation(*complete(name, effect, rows_of_meta(name, effect)))
    actual = [correlation.score, correlation.variance**0.5, normal_z(correlation), normal_p(normal_z(correlation))]
    expected = [record[key] for key in ("bias", "se_bias", "statistic", "pval")]
    np.testing.assert_allclose(actual, expected, rtol=BEGG_TOLERANCE)


def test_equal_effects_are_refused_where_the_other_programs_print_rounding() -> None:
    for test, words in ((EGGER, "no residual variation"), (BEGG, "no order to compare")):
        with pytest.raises(PluginError, match=words):
            test.test(studies(NOT_ESTIMABLE, "gen"), test.options())


def test_a_variance_of_zero_never_reaches_a_test() -> None:
    with pytest.raises(ValueError, match="study 3"):
        studies(ZERO_VARIANCE, "MD")
