"""Trim and fill against metafor 3.8-1 (section trimfill) and R's meta 7.0-0."""

from __future__ import annotations

import golden
import numpy as np
import pytest
from adjustment_data import ZERO_VARIANCE, effects_of, made, studies_of
from golden import Record

from livereview import Array
from livereview_bias_adjustment.trim_and_fill import (
    FILLED,
    FILLED_SE,
    LEFT,
    NO_MISSING,
    RIGHT,
    UNSETTLED,
    TrimAndFillOptions,
    filled,
    trim_and_fill,
)

EVERY = list(golden.records("trimfill"))
USABLE = [(name, record) for name, record in EVERY if name != ZERO_VARIANCE and "error" not in record]
REFUSED = [(name, record) for name, record in EVERY if name != ZERO_VARIANCE and "error" in record]
FORCED = [(name, record) for name, record in USABLE if "side_forced" in record]
CHOSEN = [(name, record) for name, record in USABLE if "side_forced" not in record]
#: Five equal effects, in which metafor's iteration does not settle.
EQUAL = "edge_identical"
META = [
    (name, sections["trimfill"]) for name, sections in golden.load("meta_crosscheck")["datasets"].items()
    if sections.get("trimfill", {}).get("k0") is not None
]  # fmt: skip
#: Rows without an effect, against which metafor's list of filled studies is shifted; its length and the fit are right.
INCOMPLETE = ("dat.yusuf1985_t11", "dat.yusuf1985_t6", "dat.yusuf1985_t9", "edge_missing")
# Worst errors seen: estimate 8e-12 and standard error 1e-11 (relative; REML), filled effects 3e-11, tau² 2e-11 of the
# median variance. Counts are equal, their standard errors to 5e-16.
TOLERANCE = 1e-10


def options_of(record: Record, side: str = "auto") -> TrimAndFillOptions:
    tau2 = "none" if record["method"] == "EE" else record["method"]
    return TrimAndFillOptions(estimator=record["estimator"], side=side, tau2=tau2)


def pairs(y: Array, v: Array) -> Array:
    """Effects with their variances, in the order of both; equal effects differ by rounding."""
    return np.stack([y, v])[:, np.lexsort([v, np.round(y, 9)])]


def ids(one: tuple[str, Record]) -> str:
    record = one[1]
    return "-".join(
        [one[0], record["effect"], record["method"], record["estimator"], *(["forced"] * ("side_forced" in record))]
    )


def test_every_record_is_compared() -> None:
    assert len(EVERY) == 550
    assert sum(name == ZERO_VARIANCE for name, _ in EVERY) == 10
    assert (len(CHOSEN), len(FORCED), len(REFUSED)) == (461, 53, 26)
    assert len(META) == 16


@pytest.mark.parametrize("one", CHOSEN, ids=ids)
def test_it_agrees_with_metafor(one: tuple[str, Record]) -> None:
    name, record = one
    chosen, options = studies_of(name, record["effect"]), options_of(record)
    fit = trim_and_fill(chosen, options)
    k0 = float(fit.parameters[FILLED])
    assert k0 == record["k0"]
    if k0:
        assert bool(fit.notes[LEFT if record["side"] == "left" else RIGHT])
    assert fit.parameters[FILLED_SE] == pytest.approx(record["se_k0"], rel=1e-14)
    np.testing.assert_allclose(
        [fit.estimate, fit.standard_error], [record["beta"], record["se"]], rtol=TOLERANCE, atol=0
    )
    tau2 = 0.0 if fit.tau2 is None else float(fit.tau2)
    assert tau2 == pytest.approx(record["tau2"], abs=TOLERANCE * float(np.median(chosen.variance)))
    if record["p_k0"] is not None:
        assert fit.tests[NO_MISSING].p_value == pytest.approx(record["p_k0"], rel=1e-14)
    found = filled(chosen.effect[None], chosen.variance[None], chosen.present[None], options)
    images = found.present[0, chosen.effect.size :]
    ours = pairs(found.effect[0, chosen.effect.size :][images], found.variance[0, chosen.effect.size :][images])
    theirs = pairs(golden.numbers(record["filled_yi"]), golden.numbers(record["filled_vi"]))
    assert ours.shape == theirs.shape
    if name in INCOMPLETE:
        return
    np.testing.assert_allclose(ours, theirs, rtol=TOLERANCE, atol=1e-12)


@pytest.mark.parametrize("one", FORCED, ids=ids)
def test_a_side_can_be_forced(one: tuple[str, Record]) -> None:
    name, record = one
    for side in ("left", "right"):
        fit = trim_and_fill(studies_of(name, record["effect"]), options_of(record, side))
        assert fit.parameters[FILLED] == record[f"{side}_k0"]
        assert fit.estimate == pytest.approx(record[f"{side}_beta"], rel=TOLERANCE)


@pytest.mark.parametrize("one", REFUSED, ids=ids)
def test_q0_without_a_root_has_no_estimate_and_equal_effects_miss_nothing(one: tuple[str, Record]) -> None:
    name, record = one
    fit = trim_and_fill(studies_of(name, record["effect"]), options_of(record))
    if name == EQUAL:
        assert fit.parameters[FILLED] == 0
        assert fit.estimate == pytest.approx(0.5, rel=1e-15)
    else:
        assert record["estimator"] == "Q0"
        assert bool(fit.notes[UNSETTLED])
        assert np.isnan(fit.estimate)
        assert not fit.converged


@pytest.mark.parametrize("one", META, ids=lambda one: one[0])
def test_it_agrees_with_meta(one: tuple[str, Record]) -> None:
    """meta trims about the common effect and pools by DL at the end; it leaves out studies without events."""
    name, record = one
    columns = golden.load(name)["data"]["columns"]
    a, b, c, d = (golden.numbers(columns[key]) for key in ("ai", "bi", "ci", "di"))
    y, v = golden.effect(name, "OR")
    there = np.isfinite(y) & np.isfinite(v) & ~(((a == 0) & (c == 0)) | ((b == 0) & (d == 0)))
    fit = trim_and_fill(made(y[there], v[there]), TrimAndFillOptions(tau2="DL", center="common-effect"))
    assert fit.parameters[FILLED] == record["k0"]
    # Worst relative error seen 2e-15.
    expected = [record["est_random"], record["se_random"]]
    np.testing.assert_allclose([fit.estimate, fit.standard_error], expected, rtol=2e-14)


def test_two_studies_are_too_few() -> None:
    fit = trim_and_fill(made(*effects_of("edge_k2_bin", "OR")), TrimAndFillOptions())
    assert np.isnan(fit.estimate)
