"""Broken bias tests, each beside the correct test that it was made from: the regression of Egger."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from broken import Broken
from scipy import special

from livereview import BiasTest, BiasTestResult, PluginError, Studies

REFERENCES = ("Egger M et al. BMJ 1997;315:629. doi:10.1136/bmj.315.7109.629",)


def egger(
    studies: Studies,
    options: Any,
    less: int = 2,
    p: Callable[[float, float], float] = lambda t, df: 2 * float(special.stdtr(df, -abs(t))),
    effect: Callable[[Any], Any] = lambda y: y,
    variance: Callable[[Any], Any] = lambda v: v,
    shown: Callable[[float], float] = lambda error: error,
    weighted: bool = True,
    told: int | None = None,
) -> BiasTestResult:
    """Weighted regression of the effect on its standard error; t of the slope with k - 2 degrees of freedom."""
    y, error = effect(studies.effect), np.sqrt(variance(studies.variance))
    w = 1 / error**2 if weighted else np.ones_like(error)
    x, k = error - (w * error).sum() / w.sum(), y.size
    if np.ptp(error) < 1e-12 * error.max():
        raise PluginError("Egger's test needs studies of different precision.")
    sxx = (w * x**2).sum()
    slope = float((w * x * y).sum() / sxx)
    rest = y - (w * y).sum() / w.sum() - slope * x
    df = k - less
    spread = math.sqrt(float((w * rest**2).sum()) / df / sxx)
    if spread == 0:
        raise PluginError("Every study lies on the line.")
    t = slope / spread
    return BiasTestResult(statistic=t, statistic_name="t", p_value=p(t, df), df=float(df if told is None else k - told),
                          estimate=slope, standard_error=shown(spread))  # fmt: skip


def test(function: Callable[..., BiasTestResult], **given: Any) -> BiasTest:
    fields = {"name": "piece", "summary": "A piece.", "references": REFERENCES}
    return BiasTest(**fields, test=lambda studies, options: function(studies, options, **given))


test.__test__ = False  # type: ignore[attr-defined]


def changes_its_input(studies: Studies, options: Any) -> BiasTestResult:
    studies.effect.sort()
    return egger(studies, options)


SEEN: list[float] = []


def smoothed(studies: Studies, options: Any) -> BiasTestResult:
    found = egger(studies, options)
    SEEN.append(found.statistic)
    return egger(studies, options, p=lambda t, df: 2 * float(special.stdtr(df, -abs(0.9 * t + 0.1 * SEEN[-2:][0]))))


def one_sided(t: float, df: float) -> float:
    return float(special.stdtr(df, -t))


EGGER = test(egger)

BROKEN = tuple(
    Broken(defect=f"test: {defect}", plugin=plugin, twin=EGGER)
    for defect, plugin in (
        ("one-sided P", test(egger, p=one_sided)),
        ("df is k - 1", test(egger, less=1)),
        ("df told is not the one used", test(egger, told=1)),
        ("1 - P", test(egger, p=lambda t, df: 1 - 2 * float(special.stdtr(df, -abs(t))))),
        ("P in percent", test(egger, p=lambda t, df: 200 * float(special.stdtr(df, -abs(t))))),
        ("P of the normal distribution", test(egger, p=lambda t, df: 2 * float(special.ndtr(-abs(t))))),
        ("effects without their sign", test(egger, effect=np.abs)),
        ("effects sorted, variances not", test(egger, effect=np.sort)),
        ("variance as standard error", test(egger, shown=lambda error: error**2)),
        ("variances squared", test(egger, variance=lambda v: v + 0.01)),
        ("effects sorted in place", test(changes_its_input)),
        ("the last statistic is remembered", test(smoothed)),
        ("effects as ratios", test(egger, effect=np.exp)),
    )
)
