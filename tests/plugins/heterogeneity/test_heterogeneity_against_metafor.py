"""Every interval of tau² in the reference values: Q-profile, generalised Q, profile likelihood; I² of meta."""

from __future__ import annotations

from collections import Counter
from typing import Any

import golden
import numpy as np
import pytest
from interval_reference import interval, method_of, records, request, studies

from livereview_heterogeneity import HETEROGENEITY_INTERVAL
from livereview_heterogeneity.higgins_thompson import higgins_thompson


def tolerance(dataset: str, record: golden.Record) -> tuple[float, float]:
    """Relative, and absolute in the units of tau².

    Worst error seen 2e-12. The reference of the generalised Q was solved to an absolute 1e-13, or that share of the
    variance of the effects; in edge_tiny_var that is 3e-6 of the median variance.
    """
    y, v = studies(dataset, record)
    if record["type"] == "GENQ":
        return 1e-11, 1e-13 * max(1.0, float(np.var(y, ddof=1))) + 1e-11 * float(np.median(v))
    return 1e-11, 1e-11 * float(np.median(v))


def test_every_interval_of_tau_squared_agrees() -> None:
    for dataset, record, fate in records():
        if fate != "compared":
            continue
        own = interval(*studies(dataset, record), method_of(record))
        theirs = golden.numbers([record["tau2_lb"], record["tau2_ub"]])
        # The generalised Q's null set is a missing upper limit there; both limits are 0 here.
        empty = bool(record.get("null_set")) or bool(np.isnan(theirs[1]))
        assert own.empty == empty, (dataset, record)
        theirs = np.nan_to_num(theirs) if empty else theirs
        assert golden.excess([own.low, own.high], theirs, *tolerance(dataset, record)).max() <= 1, (
            dataset,
            record,
            own,
        )


def test_tau_and_i_squared_and_h_squared_agree_in_the_table() -> None:
    compared = 0
    for dataset, record, fate in records():
        if fate != "compared" or record["type"] != "QP":
            continue
        options = HETEROGENEITY_INTERVAL.options(method="q-profile")
        found = HETEROGENEITY_INTERVAL.run(request(*studies(dataset, record), record["tau2"]), options)
        for (name, *cells), theirs in zip(found.tables[0].rows, ("tau2", "tau", "I2", "H2"), strict=True):
            reference = [record[theirs], record[f"{theirs}_lb"], record[f"{theirs}_ub"]]
            scale = {"I2": 100.0, "H2": 1.0}.get(theirs, float(np.median(studies(dataset, record)[1])) ** 0.5)
            assert golden.excess(cells, golden.numbers(reference), 1e-10, 1e-10 * scale).max() <= 1, (dataset, name)
            compared += 1
    assert compared == 4 * COMPARED["q-profile"]


COMPARED: dict[str, int] = {
    "q-profile": 222,
    "profile-likelihood": 57,
    "profile-likelihood-ml": 55,
    "generalised-q-variance": 54,
    "generalised-q-standard-error": 54,
}


def test_the_grid_of_intervals_is_complete() -> None:
    counts = Counter(method_of(record) if fate == "compared" else fate for _, record, fate in records())
    assert counts == COMPARED | {"variance 0": 8}


def test_every_test_based_interval_of_meta_agrees() -> None:
    compared = 0
    for content in golden.load("meta_crosscheck")["datasets"].values():
        for section in ("metagen", "metagen_OR"):
            for record in content.get(section, [])[:1]:  # the same Q for every model
                if record["k"] < 2:
                    continue
                own = higgins_thompson(record["Q"], record["k"])
                theirs = golden.numbers([record["I2"], record["I2_lb"], record["I2_ub"]])
                # Worst error seen 2e-15.
                assert golden.excess([*own], theirs, 1e-13, 1e-12).max() <= 1, record
                h = np.sqrt(100 / (100 - np.array([*own])))
                assert golden.excess(h, golden.numbers([record["H"], record["H_lb"], record["H_ub"]]), 1e-12).max() <= 1
                compared += 1
    assert compared == TEST_BASED


TEST_BASED = 31


@pytest.mark.parametrize("wrong", [{"method": "bootstrap"}, {"level": 1.0}, {"levels": 0.9}])
def test_unknown_choices_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        HETEROGENEITY_INTERVAL.options(**wrong)
