"""Every metagen fit of R package meta in the reference values: intervals of the mean and prediction intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import golden
import numpy as np
import pytest
from pooling_reference import scales

from livereview import Studies
from livereview.inference import derived, fitted
from livereview_pooling import RANDOM_EFFECTS

META = golden.load("meta_crosscheck")["datasets"]
NAMES = tuple(name for name in META if {"metagen", "metagen_OR"} & set(META[name]))
INTERVALS = {
    ("classic", ""): "wald",
    ("HK", ""): "hartung-knapp",
    ("HK", "se"): "hartung-knapp-adhoc",
    ("HK", "ci"): "hartung-knapp-hybrid",
    ("HK", "IQWiG6"): "hartung-knapp-iqwig6",
    ("KR", ""): "kenward-roger",
}
#: meta's names of prediction intervals, version 7.
PREDICTION = {"HTS": "wald-k-2", "S": "wald-normal", "HK": "hartung-knapp-k-2", "KR": "kenward-roger"}


def records(name: str) -> Iterator[tuple[Studies, golden.Record]]:
    """Every fit of a data set with its studies: those of the generic data, or the odds ratios without double zeros."""
    for key, effect in (("metagen", "gen"), ("metagen_OR", "OR|drop00")):
        effect = effect if effect in golden.load(name)["effects"] else "OR"  # no double zeros
        for record in META[name].get(key, []):
            y, v = golden.effect(name, effect)
            yield Studies(effect=y, variance=v, present=np.isfinite(y) & np.isfinite(v)), record


def closeness(name: str) -> tuple[float, float]:
    """Relative tolerance, and that of values near 0 as a share of the spread of the effects.

    meta iterates tau² with an absolute stopping rule: with variances of 1e-9, in edge_tiny_var, the worst error seen is
    4.3e-5; with REML solutions just above 0, in edge_fisher_nonconv, 3e-8; elsewhere 1e-10.
    """
    share = {"edge_tiny_var": 5e-5, "edge_fisher_nonconv": 5e-8}.get(name, 2e-10)
    return share, share


@pytest.mark.parametrize("name", NAMES)
def test_every_fit_of_meta_agrees(name: str) -> None:
    wrong = []
    for studies, record in records(name):
        assert int(studies.k) == record["k"]
        if record["k"] == 0:
            continue
        options = RANDOM_EFFECTS.options(
            tau2=record["method.tau"],
            interval=INTERVALS[record["method.random.ci"], record["adhoc.hakn.ci"]],
            prediction_interval=PREDICTION[record["method.predict"]],
        )
        fit = fitted(RANDOM_EFFECTS, studies, options)
        own = derived(studies, fit, null=0.0)
        pairs = [
            ("est", own.estimate, record["random"]["est"]),
            ("pi_lb", own.prediction_low, record["pi"]["lb"]),
            ("pi_ub", own.prediction_high, record["pi"]["ub"]),
            ("df", own.df, record["random"]["df"]),
        ]
        if record["random"]["ci_ub"] == "Inf":  # 0.0002 degrees of freedom (Kenward-Roger): no number is one of ours
            assert np.isnan([own.ci_low, own.ci_high]).all()
        else:
            pairs += [("lb", own.ci_low, record["random"]["ci_lb"]), ("ub", own.ci_high, record["random"]["ci_ub"])]
        relative, absolute = closeness(name)
        wrong += [
            (options, what, float(ours), theirs)
            for what, ours, theirs in pairs
            if golden.excess(ours, golden.numbers(theirs), relative, absolute * scales(studies)[1]) > 1
        ]
    assert not wrong


def test_the_grid_of_fits_is_complete() -> None:
    every = [(studies, record) for name in NAMES for studies, record in records(name)]
    assert Counter("no study" if record["k"] == 0 else "compared" for _, record in every) == {
        "compared": 1056,
        "no study": 33,
    }
