"""Mantel-Haenszel estimates of two other programs: metafor's rma.mh, number by number, and meta's metabin."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

import golden
import numpy as np
import pytest
from two_by_two_data import dataset, fit, studies

from livereview import Array, Mask, Studies
from livereview.inference import Inference, derived
from livereview_pooling.mantel_haenszel import EXACT, UNDEFINED, about

HELD = ("OR", "RR", "RD")
ESTIMATE = {
    "beta": "estimate", "se": "standard_error", "zval": "statistic", "pval": "p_value", "ci_lb": "ci_low",
    "ci_ub": "ci_high",
}  # fmt: skip
HETEROGENEITY = {"QE": "q", "QE_p": "q_p", "I2": "i2", "H2": "h2"}


def fate(record: golden.Record) -> str:
    """What becomes of a record: compared, or why not."""
    if record["measure"] not in HELD:
        return f"{record['measure']}: see test_mantel_haenszel_rates"
    if "error" in record:
        return "no study"
    if record["beta"] is None:
        return "undefined"
    return "standard error 0" if record["se"] == 0 else "compared"


def in_sums(data: dict[str, Array], record: golden.Record) -> Mask:
    """Studies whose counts metafor sums: all that are complete, or without those set aside by drop00."""
    events_1, n_1, events_2, n_2 = data.values()
    complete = np.isfinite(n_1 + n_2)
    if not record["drop00"][1]:
        return complete
    return complete & ~((events_1 == 0) & (events_2 == 0)) & ~((events_1 == n_1) & (events_2 == n_2))


def with_effects(name: str, record: golden.Record) -> Studies:
    """Studies with metafor's effects, which only Q and I² are made of; present are those that have one."""
    own = {
        "RD": {"correct_estimate": True},
        "RR": {"all_events": "set-aside" if record["drop00"][0] else "corrected"},
    }.get(record["measure"], {})
    options = {"add": record["add"][0], "to": record["to"][0], "drop00": record["drop00"][0]}
    return studies(record["measure"], dataset(name), **options, **own)


def answer(name: str, record: golden.Record) -> Inference:
    """Our estimate from the studies that metafor sums, with Q about it from the studies that have an effect."""
    effects = with_effects(name, record)
    here = in_sums(effects.data, record)
    assert here.sum() == record["k"]
    assert effects.present.sum() == record["k_yi"]
    summed = dataclasses.replace(
        effects,
        effect=np.where(effects.present, effects.effect, 0.0),
        variance=np.where(effects.present, effects.variance, 1.0),
        present=here,
    )
    found = fit(summed)
    if record["k"] != record["k_yi"]:
        found = dataclasses.replace(found, q=about(effects, found.estimate))
    return derived(effects, found, null=0.0)


@pytest.mark.parametrize("name", golden.datasets())
def test_every_estimate_agrees_with_metafor(name: str) -> None:
    for dataset_name, record in golden.records("mh"):
        if dataset_name != name or fate(record) != "compared":
            continue
        found = answer(name, record)
        for theirs, ours in (ESTIMATE | HETEROGENEITY).items():
            # Worst relative error seen 9e-14 (P = 9e-31, dat.bcg); estimates 2e-14, near 0; Q and I² 5e-15: rounding.
            error = golden.excess(getattr(found, ours), golden.numbers(record[theirs]), 2e-13)
            assert error <= 1, (record["measure"], theirs, getattr(found, ours), record[theirs])


def test_the_grid_of_records_is_complete() -> None:
    fates = Counter(fate(record) for _, record in golden.records("mh"))
    assert fates == {
        "compared": 132, "undefined": 5, "standard error 0": 2, "no study": 3,
        "IRR: see test_mantel_haenszel_rates": 2, "IRD: see test_mantel_haenszel_rates": 2,
    }  # fmt: skip


def test_estimates_that_metafor_does_not_define_are_not_defined_here() -> None:
    for name, record in golden.records("mh"):
        if fate(record) == "undefined":
            found = fit(studies(record["measure"], dataset(name), in_sums(dataset(name), record), drop00=False))
            assert np.isnan([found.estimate, found.standard_error]).all()
            assert (found.converged, UNDEFINED in found.notes) == (False, True)


def test_a_standard_error_of_0_is_refused_where_metafor_prints_it() -> None:
    for name, record in golden.records("mh"):
        if fate(record) == "standard error 0":
            found = fit(studies(record["measure"], dataset(name)))
            assert (record["beta"], record["measure"]) == (0, "RD")
            assert np.isnan(found.estimate)
            assert (found.converged, set(found.notes)) == (False, {EXACT})


META_ESTIMATE = {
    "est": "estimate", "se": "standard_error", "ci_lb": "ci_low", "ci_ub": "ci_high", "pval": "p_value",
}  # fmt: skip
META = {
    name: [record for record in content["metabin"] if record["method"] == "MH"]
    for name, content in golden.load("meta_crosscheck")["datasets"].items()
    if "metabin" in content
}


def by_meta(name: str, record: golden.Record) -> tuple[Studies, Any]:
    """The studies that meta holds, and our fit by its conventions."""
    chosen = studies(record["sm"], dataset(name))
    assert chosen.present.sum() == record["k"]
    zero_cells = "none" if record["MH.exact"] else "only0"
    return chosen, fit(chosen, zero_cells=zero_cells, rd_variance="greenland-robins")


@pytest.mark.parametrize("name", META)
def test_every_estimate_agrees_with_meta(name: str) -> None:
    for record in META[name]:
        theirs = record["common"]
        if theirs["se"] in (None, 0):
            continue
        chosen, found = by_meta(name, record)
        ours = derived(chosen, found, null=0.0)
        for their_name, our_name in META_ESTIMATE.items():
            # Worst relative error seen 9e-14 (P = 9e-31, dat.bcg); estimates 2e-14, near 0: rounding.
            error = golden.excess(getattr(ours, our_name), golden.numbers(theirs[their_name]), 2e-13)
            assert error <= 1, (record["sm"], record["MH.exact"], our_name)


def test_meta_s_grid_is_complete_and_its_exceptions_are_known() -> None:
    kinds = Counter(
        {None: "undefined", 0: "standard error 0"}.get(record["common"]["se"], "compared")
        for records in META.values()
        for record in records
    )
    assert kinds == {"compared": 109, "undefined": 4, "standard error 0": 1}
    for name, records in META.items():
        for record in records:
            if record["common"]["se"] in (None, 0):
                _, found = by_meta(name, record)
                assert np.isnan(found.estimate)
