"""livereview's own choices by which programs differ, each switched: the switch after which both agree explains a gap.

The rule: an explanation is a number that was computed again, never a guess. A switch that does not close the gap
explains nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from livereview import AnalysisRequest, PluginError
from livereview_concordance.answers import Switch
from livereview_concordance.own import own_numbers, switched_measure, switched_model
from livereview_concordance.quantities import Numbers

UNCORRECTED = (
    "livereview leaves the risk difference of a study with an empty cell as it is and corrects its variance alone; "
    "with correct_estimate = true it corrects both, as the other program does"
)
ALL_EVENTS = (
    'a risk ratio of 1 where everybody in both arms had the event; with all_events = "corrected" it comes from the '
    "corrected cells, as in the other program"
)
BELOW_ONE_HALF = (
    "the surplus of events is below the half that the continuity correction takes: livereview's statistic is then 0, "
    "the other program's the square of what is below 0"
)
I2 = 'livereview has I² from Q, the other program from τ² and the typical variance; with i2 = "tau2" they agree'
SATO = (
    'the variance of the risk difference is that of Greenland and Robins; with rd_variance = "sato" livereview has the '
    "other program's"
)
NO_CORRECTION = 'livereview adds one half to studies with an empty cell; with zero_cells = "none" it does not, either'
ADHOC = (
    "livereview takes a Hartung-Knapp factor of at least 1, which the other program has not; with "
    'interval = "hartung-knapp" they agree'
)
POINTS = "livereview's quadrature has {points} points; with 100 it agrees with metafor's adaptive integral"


def shared_switches(request: AnalysisRequest, own: Numbers, theirs: Numbers) -> Iterator[Switch]:
    """Switches of livereview's own choices, for any program."""
    measure, measure_options = request.studies.measure, request.measure_options
    switches: list[tuple[str, Mapping[str, Any]]] = []
    if measure == "RD" and not measure_options.get("correct_estimate", True):
        switches.append((UNCORRECTED, {"correct_estimate": True}))
    if measure == "RR" and measure_options.get("all_events") == "ratio-1":
        switches.append((ALL_EVENTS, {"all_events": "corrected"}))
    if measure == "ROM" and measure_options.get("correct_bias"):
        text = "livereview corrects the ratio of means for bias; with correct_bias = false they agree"
        switches.append((text, {"correct_bias": False}))
    if measure == "SMD":
        other = "metafor" if measure_options.get("variant") == "revman" else "revman"
        text = f'the factor of small samples and the variance are others; with variant = "{other}" they agree'
        switches.append((text, {"variant": other, "variance": "LS"}))
    for words, options in switches:
        yield from of_livereview(words, request, theirs, options, measured=True)
    yield from _of_the_model(request, theirs)
    yield from _below_one_half(request, own, theirs)
    if request.i2 == "Q" and "tau2" in own:
        yield Switch(words=I2, ours=own_numbers(request, i2="tau2"), theirs=theirs, only=("i2",))


def _below_one_half(request: AnalysisRequest, own: Numbers, theirs: Numbers) -> Iterator[Switch]:
    """The Cochran-Mantel-Haenszel test of a surplus of events below one half, with the half taken from it all the
    same."""
    from scipy.special import chdtrc

    data = request.studies.data
    if "association" not in own or not request.model_options.get("continuity_correction") or "n_1" not in data:
        return
    a, n1, c, n2 = (data[name] for name in ("events_1", "n_1", "events_2", "n_2"))
    n, m = n1 + n2, a + c
    surplus, variance = (a - n1 * m / n).sum(), (n1 * n2 * m * (n - m) / (n**2 * (n - 1))).sum()
    if abs(surplus) < 0.5:
        statistic = np.asarray((abs(surplus) - 0.5) ** 2 / variance)
        ours = {**own, "association": statistic, "association_p": np.asarray(chdtrc(1.0, statistic))}
        yield Switch(words=BELOW_ONE_HALF, ours=ours, theirs=theirs, only=("association", "association_p"))


def _of_the_model(request: AnalysisRequest, theirs: Numbers) -> Iterator[Switch]:
    options = request.model_options
    if options.get("rd_variance") == "greenland-robins" and request.studies.measure == "RD":
        yield from of_livereview(SATO, request, theirs, {"rd_variance": "sato"})
    if options.get("zero_cells", "none") != "none" and request.model == "mantel-haenszel":
        yield from of_livereview(NO_CORRECTION, request, theirs, {"zero_cells": "none"})
    if options.get("interval") == "hartung-knapp-adhoc":
        yield from of_livereview(ADHOC, request, theirs, {"interval": "hartung-knapp"})
    if options.get("points") is not None and options.get("intercepts") != "random":
        yield from of_livereview(POINTS.format(points=options["points"]), request, theirs, {"points": 100})


def of_livereview(
    words: str, request: AnalysisRequest, theirs: Numbers, options: Mapping[str, Any], measured: bool = False
) -> Iterator[Switch]:
    """The switch of an option of livereview's, where it can be computed."""
    try:
        ours = switched_measure(request, **options) if measured else switched_model(request, **options)
    except (PluginError, ValueError):
        return
    yield Switch(words=words, ours=ours, theirs=theirs)
