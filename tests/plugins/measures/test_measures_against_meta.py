"""R package meta on the same data: exact intervals, RevMan's conventions for zero cells, RD and SMD."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from golden import load, numbers
from measure_records import effects
from scipy.special import expit

META = load("meta_crosscheck")["datasets"]


def cells(name: str) -> dict[str, Any]:
    columns = {key: numbers(v) for key, v in load(name)["data"]["columns"].items() if key in ("ai", "bi", "ci", "di")}
    a, b, c, d = (columns[key] for key in ("ai", "bi", "ci", "di"))
    return {"events_1": a, "n_1": a + b, "events_2": c, "n_2": c + d}


def agree(got: Any, reference: dict[str, Any], skip: Any = False) -> None:
    estimate, error = numbers(reference["TE"]), numbers(reference["seTE"])
    use = ~np.asarray(skip) & np.isfinite(estimate) & (error > 0)
    assert np.array_equal(np.isfinite(got.effect) & ~np.asarray(skip), use)
    # Worst seen: 4.4e-16 absolute in effects of order 1, 3.3e-16 relative in standard errors.
    np.testing.assert_allclose(got.effect[use], estimate[use], rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(np.sqrt(got.variance[use]), error[use], rtol=2e-15)


BINARY = [name for name, content in META.items() if "metabin" in content]


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("measure", ["OR", "RR", "RD", "AS", "PETO"])
def test_two_arm_defaults_are_those_of_meta(name: str, measure: str) -> None:
    method, sm = ("Peto", "OR") if measure == "PETO" else ("Inverse", "ASD" if measure == "AS" else measure)
    reference = next(r for r in META[name]["metabin"] if (r["sm"], r["method"]) == (sm, method))
    data = cells(name)
    zero = np.logical_or.reduce(
        [data["events_1"] == 0, data["events_2"] == 0, data["events_1"] == data["n_1"], data["events_2"] == data["n_2"]]
    )
    # For RR, meta adds 0.5 to events and to n where a cell is empty (RevMan and metafor: n + 1), so these differ.
    agree(effects(measure, **data), reference, skip=zero if measure == "RR" else False)


def test_every_participant_with_the_event_gives_a_risk_ratio_of_one_as_in_meta_and_revman() -> None:
    reference = next(r for r in META["edge_some_double_zero"]["metabin"] if r["sm"] == "RR")
    got = effects("RR", **cells("edge_some_double_zero"))
    assert reference["TE"][5] == got.effect[5] == 0
    assert np.isnan(got.effect[0])
    assert reference["TE"][0] is None


@pytest.mark.parametrize("name", [name for name, content in META.items() if "metacont" in content])
def test_the_revman_variant_of_smd_is_that_of_meta(name: str) -> None:
    columns = load(name)["data"]["columns"]
    given = {
        f"{ours}_{arm}": columns[f"{theirs}{arm}i"]
        for ours, theirs in (("mean", "m"), ("sd", "sd"), ("n", "n"))
        for arm in (1, 2)
    }
    for reference in META[name]["metacont"]:
        key = (reference["sm"], reference["method.smd"], reference["exact.smd"])
        if key == ("SMD", "Hedges", False):
            agree(
                effects("SMD", {"variant": "revman", "zero_sd": "accept"}, **{k: numbers(v) for k, v in given.items()}),
                reference,
            )
            break
    else:
        pytest.fail("no reference for Hedges' g")


SINGLE = [name for name, content in META.items() if "single_ci" in content]


@pytest.mark.parametrize("name", SINGLE)
def test_exact_intervals_are_those_of_meta(name: str) -> None:
    columns = load(name)["data"]["columns"]
    reference = META[name]["single_ci"]
    for measure in ("PR", "PLN", "PLO", "PAS", "PFT"):
        got = effects(measure, events=numbers(columns["xi"]), n=numbers(columns["ni"]))
        # The reference is on the logit scale. Worst seen: 2.2e-16, after the logistic function.
        np.testing.assert_allclose(got.ci_low, expit(numbers(reference["clopper_pearson_lb"])), atol=1e-15)
        np.testing.assert_allclose(got.ci_high, expit(numbers(reference["clopper_pearson_ub"])), atol=1e-15)


def test_the_cross_check_covers_these_data_sets() -> None:
    assert len(BINARY) == 19
    assert len(SINGLE) == 4
