"""Choices of statsmodels by which it differs, each switched in statsmodels, alone or with one of livereview's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from livereview import AnalysisRequest, Array
from livereview_concordance.answers import Switch
from livereview_concordance.own import switched_model
from livereview_concordance.quantities import Numbers
from livereview_concordance.statsmodels_engine import (
    COUNTS,
    by_inverse_variance,
    combined,
    correction,
    empty_cells,
    proportions,
)
from livereview_concordance.switches import ADHOC, ALL_EVENTS, UNCORRECTED, of_livereview, shared_switches

FLOOR = "statsmodels does not stop DerSimonian-Laird's τ² at 0; with τ² = 0 it gives livereview's"
NEGATIVE = "statsmodels does not stop I² at 0; stopped there it is livereview's"
#: Below this its Q may fall short of k − 1 by rounding, upon which it gives τ² = 0.
FURTHER = 1e-9
TOLERANT = "statsmodels ends Paule-Mandel's iteration once Q is within 1e-5 of k − 1; iterated further it agrees"
APART = (
    "statsmodels adds its correction to the events of every study once one has an empty cell, and to the people of "
    "that one alone; asked for these studies apart from the others it agrees"
)


def statsmodels_switches(request: AnalysisRequest, own: Numbers, theirs: Numbers) -> Iterator[Switch]:
    """Switches for gaps from statsmodels."""
    yield from _floor(request, own, theirs)
    yield from _one_by_one(request, own)
    yield from _iterated_further(request, own)
    yield from shared_switches(request, own, theirs)
    stopped = {**theirs, "i2": np.maximum(theirs["i2"], 0.0)} if "i2" in theirs else theirs
    if "i2" in theirs and theirs["i2"] < 0:
        yield Switch(words=NEGATIVE, ours=own, theirs=stopped, only=("i2",))


def _one_by_one(request: AnalysisRequest, own: Numbers) -> Iterator[Switch]:
    """statsmodels asked with its correction for the studies with an empty cell, and without it for the others."""
    if request.studies.measure not in COUNTS or correction(request) is None:
        return
    data = request.studies.data
    empty = empty_cells(data)
    corrected, plain = (proportions(data, request.studies.measure, added) for added in (correction(request), None))
    names = ("effects", "variances")
    apart = {name: np.where(empty, *pair) for name, *pair in zip(names, corrected, plain, strict=True)}
    yield Switch(words=APART, ours=own, theirs=apart)
    if request.studies.measure == "RD" and not request.measure_options.get("correct_estimate", True):
        words = f"{APART}; and {UNCORRECTED}"
        yield from of_livereview(words, request, apart, {"correct_estimate": True}, measured=True)
    if request.studies.measure == "RR" and request.measure_options.get("all_events") == "ratio-1":
        words = f"{APART}; and {ALL_EVENTS}"
        yield from of_livereview(words, request, apart, {"all_events": "corrected"}, measured=True)


def _floor(request: AnalysisRequest, own: Numbers, theirs: Numbers) -> Iterator[Switch]:
    if theirs.get("tau2", np.asarray(0.0)) >= 0 or own.get("tau2", np.asarray(1.0)) != 0:
        return
    found = combined(request.studies.effect, request.studies.variance, request, method_re="dl")
    at_zero: dict[str, Array] = {**by_inverse_variance(found, request, random=False), "tau2": np.asarray(0.0)}
    yield Switch(words=FLOOR, ours=own, theirs=at_zero)
    if request.model_options.get("interval") == "hartung-knapp-adhoc":
        ours = switched_model(request, interval="hartung-knapp")
        yield Switch(words=f"{FLOOR}; and {ADHOC}", ours=ours, theirs=at_zero)


def _iterated_further(request: AnalysisRequest, own: Numbers) -> Iterator[Switch]:
    if request.model_options.get("tau2") not in ("PM", "EB"):
        return
    studies = request.studies
    found = combined(studies.effect, studies.variance, request, method_re="pm", atol=FURTHER, maxiter=1000)
    theirs = by_inverse_variance(found, request, random=True)
    yield Switch(words=TOLERANT, ours=own, theirs=theirs)
    if request.model_options.get("interval") == "hartung-knapp-adhoc":
        ours = switched_model(request, interval="hartung-knapp")
        yield Switch(words=f"{TOLERANT}; and {ADHOC}", ours=ours, theirs=theirs)
