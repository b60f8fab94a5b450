"""Egger's regression in every form of metafor 3.8-1's regtest: predictors, dispersions, tests (section regtest)."""

from __future__ import annotations

import golden
import numpy as np
import pytest
from asymmetry_data import NOT_ESTIMABLE, ZERO_VARIANCE, studies_of
from golden import Record

from livereview import PluginError
from livereview_small_study.egger import EGGER, EggerOptions, egger_line
from livereview_small_study.study_size import VANISHING

EVERY = list(golden.records("regtest"))
USABLE = [(name, record) for name, record in EVERY if name not in (ZERO_VARIANCE, NOT_ESTIMABLE)]
# Worst errors seen, estimates in their standard errors, tau² in median variances, the rest relative.
#: Weighted regressions: 5e-14.
WEIGHTED = 5e-13
#: Mixed-effects: 4e-11, where the restricted likelihood is flat and metafor's stopping rule leaves tau² 2e-11 off.
MIXED = 2e-10


def options_of(record: Record) -> EggerOptions:
    if record["model"] == "lm":
        return EggerOptions(predictor=record["predictor"])
    interval = {"z": "wald", "knha": "hartung-knapp"}[record["test"]]
    if record["method"] == "EE":
        return EggerOptions(predictor=record["predictor"], dispersion="none", interval=interval)
    return EggerOptions(predictor=record["predictor"], dispersion="additive", tau2=record["method"], interval=interval)


def ids(one: tuple[str, Record]) -> str:
    name, record = one
    parts = (name, record["effect"], record["model"], record["predictor"], record.get("method"), record.get("test"))
    return "-".join(str(part) for part in parts if part)


def test_every_record_is_compared_or_refused() -> None:
    assert (len(EVERY), len(USABLE)) == (1080, 1048)
    assert sum(name == ZERO_VARIANCE for name, _ in EVERY) == 24
    assert sum(name == NOT_ESTIMABLE for name, _ in EVERY) == 8
    assert not any("error" in record for _, record in USABLE)


@pytest.mark.parametrize("dataset", sorted({name for name, _ in USABLE}))
def test_every_form_agrees_with_metafor(dataset: str) -> None:
    for name, record in USABLE:
        if name != dataset:
            continue
        chosen, options = studies_of(name, record["effect"], measure=""), options_of(record)
        line, found = egger_line(chosen, options), EGGER.test(chosen, options)
        assert found.df == record["df"], ids((name, record))
        off = [
            (line.slope - record["slope"]) / record["slope_se"],
            (line.intercept - record["intercept"]) / record["intercept_se"],
            line.slope_se / record["slope_se"] - 1,
            line.intercept_se / record["intercept_se"] - 1,
            found.statistic - record["zval"],
        ]
        if "tau2" in record:
            assert line.tau2 is not None
            off.append((line.tau2 - record["tau2"]) / np.median(chosen.variance))
        else:
            off.append(line.dispersion / record["sigma"] - 1)
        tolerance = WEIGHTED if record["model"] == "lm" else MIXED
        assert np.abs(off).max() < tolerance, ids((name, record))
        # Worst relative error seen 2e-14 and 1.3e-10: one part of t is t² parts of P.
        assert found.p_value == pytest.approx(record["pval"], rel=4 * tolerance), ids((name, record))


def test_a_limit_is_given_where_metafor_gives_one() -> None:
    for name, record in USABLE:
        noted = any("limit estimate" in note for note in EGGER.test(
            studies_of(name, record["effect"], measure=""), options_of(record)).notes)  # fmt: skip
        assert noted == (record["limit_est"] is not None) == (record["predictor"] in VANISHING), ids((name, record))


def test_equal_effects_have_no_slope_and_no_hartung_knapp_error() -> None:
    chosen = studies_of(NOT_ESTIMABLE, "gen")
    for options in (EggerOptions(), EggerOptions(dispersion="additive")):
        with pytest.raises(PluginError, match="straight line"):
            EGGER.test(chosen, options)
    for dispersion in ("additive", "none"):
        found = EGGER.test(chosen, EggerOptions(dispersion=dispersion, interval="wald"))
        assert found.p_value == pytest.approx(1, abs=1e-14)
        assert abs(found.statistic) < 1e-14
