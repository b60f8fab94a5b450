"""The choices of livereview that pool an analysis as its review did: measure, model, level, prediction interval, I²."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from livereview_revman import cells, one_arm
from livereview_revman.review import Analysis

_WALD = ("", "wald")


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Names and options of plugins, as a manifest has them."""

    measure: str
    measure_options: Mapping[str, Any] = field(default_factory=dict)
    model: str
    model_options: Mapping[str, Any] = field(default_factory=dict)
    level: float
    prediction: str
    i2: str


def choices_of(analysis: Analysis) -> Choices | None:
    """How livereview pools an analysis as its review did; None where that is not known, or no plugin does it."""
    measure = _measure(analysis)
    model = _model(analysis)
    if measure is None or model is None:
        return None
    predicted = any(printed.prediction_low is not None for printed in analysis.printed)
    knapp = _knapp(analysis)
    return Choices(
        measure=measure[0], measure_options=measure[1], model=model[0], model_options=model[1], level=analysis.level,
        prediction="none" if not predicted else "k-1" if knapp else "normal",
        i2="tau2" if analysis.random and analysis.estimator == "REML" else "Q",
    )  # fmt: skip


def _knapp(analysis: Analysis) -> bool:
    return analysis.interval.lower().startswith(("hksj", "hartung", "hk"))


def _measure(analysis: Analysis) -> tuple[str, dict[str, Any]] | None:
    code = analysis.measure
    if scale := one_arm.scale_of(analysis):
        return scale.measure, {}
    if analysis.data_type == "counts":
        return (code, {}) if code in ("RR", "OR", "RD", "PETO") else None
    if analysis.data_type == "means":
        options = {"variant": "revman"} if code == "SMD" else {}
        return (code, options) if code in ("MD", "SMD", "ROM") else None
    if code == "HR":
        return "HR", {}
    if code in cells.RATIOS:
        return "RATIO", {"of": "OR" if code == "PETO" else code}
    return ("GEN", {"of": code}) if code in cells.DIFFERENCES else None


def _model(analysis: Analysis) -> tuple[str, dict[str, Any]] | None:
    counts = analysis.data_type == "counts"
    if analysis.random is None:
        return None
    if analysis.random:
        if counts and analysis.method == "MH" and analysis.estimator == "DL" and not _knapp(analysis):
            return "mantel-haenszel-random", {"zero_cells": "only0-ratios"}
        if analysis.estimator not in ("DL", "REML") or (
            not _knapp(analysis) and analysis.interval.lower() not in ("", "wald")
        ):
            return None
        interval = "hartung-knapp" if _knapp(analysis) else "wald"
        return "random-effects", {"tau2": analysis.estimator, "interval": interval}
    if counts and analysis.measure == "PETO":
        return "peto", {}
    if counts and analysis.method == "MH":
        return "mantel-haenszel", {"zero_cells": "only0-ratios", "rd_variance": "greenland-robins"}
    return "common-effect", {}
