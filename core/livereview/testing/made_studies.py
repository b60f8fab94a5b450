"""Made-up studies and what pools them, for reports whose numbers agree with each other.

Effects come from made-up counts, pooled results from the studies: DerSimonian-Laird, normal intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import chdtrc, expit, ndtr, ndtri

from livereview import Interval, Pooled, SourceRow, StudyResult

Z = float(ndtri(0.975))
NAMES = ("Adams", "Brown", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Haddad", "Ivanova", "Jansen")


@dataclass(frozen=True)
class Kind:
    """What an outcome of one sort looks like: its measure and the columns its studies have."""

    measure: str
    title: str
    scale: str
    display: str
    layout: str
    null: float | None
    unit: str = ""


KINDS = {
    "ratio": Kind("RR", "Risk ratio", "log", "ratio", "counts-2", 0.0),
    "contrast": Kind("HR", "Hazard ratio", "log", "ratio", "contrast", 0.0),
    "proportion": Kind("PLO", "Proportion", "logit", "proportion", "counts-1", None),
    "difference": Kind("MD", "Mean difference", "identity", "difference", "means-2", 0.0, "days"),
    "risk-difference": Kind("RD", "Risk difference", "identity", "difference", "counts-2", 0.0),
    "rate": Kind("IRLN", "Incidence rate", "log", "rate", "rate-1", None),
    "mean": Kind("MN", "Mean", "identity", "mean", "means-1", None, "months"),
    "correlation": Kind("ZCOR", "Correlation", "fisher-z", "correlation", "contrast", 0.0),
}


def shown(value: float, scale: str) -> float:
    """An effect on the display scale."""
    back = {"log": np.exp, "logit": expit, "fisher-z": np.tanh, "identity": lambda x: x}
    return float(back[scale](value))


def interval(estimate: float, se: float, scale: str) -> Interval:
    """Estimate with its 95 % limits, on the display scale."""
    low, high = estimate - Z * se, estimate + Z * se
    return Interval(estimate=shown(estimate, scale), low=shown(low, scale), high=shown(high, scale))


def source_row(i: int = 0, **kw: Any) -> SourceRow:
    """The result row that study ``i`` rests on."""
    fields: dict[str, Any] = {
        "row_id": f"{i:064x}", "report_id": f"pmid:{30000000 + i}", "citation": f"Lancet {2001 + i % 25}",
        "doi": f"10.1000/example.{i}", "locator": f"Table {1 + i % 4}", "status": "verified", "outcome": "os",
        "timepoint_months": None, "population": "ITT", "arm": "new drug", "comparator": "chemotherapy", "note": None,
        "origin": f"extractions/trial.csv, row {i + 2}",
    }  # fmt: skip
    return SourceRow(**(fields | kw))


def _data(i: int, kind: Kind) -> tuple[dict[str, float], float, float]:
    """Raw columns of study ``i``, its effect and its variance."""
    rng = np.random.default_rng(i + 1)
    n1, n2 = int(rng.integers(30, 420)), int(rng.integers(30, 420))
    p1, p2 = float(rng.uniform(0.24, 0.36)), float(rng.uniform(0.38, 0.5))
    a, c = max(1, round(n1 * p1)), max(1, round(n2 * p2))
    m1, m2, sd = float(rng.normal(12, 1)), float(rng.normal(14, 1)), 8.0
    if kind.layout == "counts-2":
        counts = {"events_1": a, "n_1": n1, "events_2": c, "n_2": n2}
        data = {name: float(value) for name, value in counts.items()}
        if kind.measure == "RD":
            return data, a / n1 - c / n2, a * (n1 - a) / n1**3 + c * (n2 - c) / n2**3
        return data, float(np.log(a / n1 / (c / n2))), 1 / a - 1 / n1 + 1 / c - 1 / n2
    if kind.layout == "counts-1":
        return {"events": float(a), "n": float(n1)}, float(np.log(a / (n1 - a))), 1 / a + 1 / (n1 - a)
    if kind.layout == "rate-1":
        return {"events": float(a), "time": n1 * 12.0}, float(np.log(a / (n1 * 12))), 1 / a
    if kind.layout == "means-2":
        data = {"mean_1": m1, "sd_1": sd, "n_1": float(n1), "mean_2": m2, "sd_2": sd, "n_2": float(n2)}
        return data, m1 - m2, sd**2 / n1 + sd**2 / n2
    if kind.layout == "means-1":
        return {"mean": m1, "sd": sd, "n": float(n1)}, m1, sd**2 / n1
    effect, variance = float(rng.normal(-0.35, 0.25)), 4 / (n1 + n2)
    own = interval(effect, variance**0.5, kind.scale)
    return {"estimate": own.estimate, "ci_low": own.low, "ci_high": own.high}, effect, variance


def study(i: int, kind: str = "ratio", **kw: Any) -> StudyResult:
    """Study number ``i`` (any whole number from 0) of an outcome of the given kind; the same ``i``, the same study."""
    what = KINDS[kind]
    data, effect, variance = _data(i, what)
    year = 2001 + i % 25
    fields: dict[str, Any] = {
        "study_id": f"{NAMES[i % 10].lower().replace('í', 'i')}-{year}-{i}", "label": f"{NAMES[i % 10]} {year}",
        "year": year, "published_on": f"{year}-06", "effect": effect, "variance": variance,
        "shown": interval(effect, variance**0.5, what.scale), "weight": 100.0, "data": data, "rows": (source_row(i),),
    }  # fmt: skip
    return StudyResult(**(fields | kw))


def weights(studies: Sequence[StudyResult]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Shares in the random-effects estimate, in percent; 0 for a study without an effect."""
    usable = np.array([np.isfinite(s.effect) for s in studies], dtype=bool)
    y = np.array([s.effect for s in studies])[usable]
    v = np.array([s.variance for s in studies])[usable]
    shares = np.zeros(len(studies))
    if y.size:
        w = 1 / (v + tau2_of(y, v))
        shares[usable] = 100 * w / w.sum()
    return shares


def tau2_of(y: np.ndarray[Any, Any], v: np.ndarray[Any, Any]) -> float:
    """DerSimonian-Laird between-study variance, 0 for a single study."""
    w = 1 / v
    q = float((w * (y - (w * y).sum() / w.sum()) ** 2).sum())
    spread = float(w.sum() - (w**2).sum() / w.sum())
    return max(0.0, (q - (y.size - 1)) / spread) if y.size > 1 else 0.0


def pooled(studies: Sequence[StudyResult] | None = None, kind: str = "ratio", **kw: Any) -> Pooled:
    """The random-effects result of the studies (five made-up ones by default) that have an effect."""
    what = KINDS[kind]
    chosen = [study(i, kind) for i in range(5)] if studies is None else list(studies)
    usable = [s for s in chosen if np.isfinite(s.effect)]
    k = len(usable)
    if not k:
        return _nothing_pooled(**kw)
    y, v = np.array([s.effect for s in usable]), np.array([s.variance for s in usable])
    w0 = 1 / v
    q = float((w0 * (y - (w0 * y).sum() / w0.sum()) ** 2).sum())
    tau2 = tau2_of(y, v)
    w = 1 / (v + tau2)
    estimate, se = float((w * y).sum() / w.sum()), float(w.sum() ** -0.5)
    z = (estimate - (what.null or 0.0)) / se
    spread = (tau2 + se**2) ** 0.5
    low, high = (estimate - Z * spread, estimate + Z * spread) if k > 2 else (None, None)
    fields: dict[str, Any] = {
        "k": k, "estimate": estimate, "standard_error": se, "ci_low": estimate - Z * se, "ci_high": estimate + Z * se,
        "df": None, "statistic": z, "p_value": None if what.null is None else float(2 * ndtr(-abs(z))),
        "tau2": tau2, "q": q if k > 1 else None, "q_df": k - 1 if k > 1 else None,
        "q_p": float(chdtrc(k - 1, q)) if k > 1 else None,
        "i2": (max(0.0, 100 * (q - k + 1) / q) if q > 0 else 0.0) if k > 1 else None,
        "h2": q / (k - 1) if k > 1 else None, "prediction_low": low, "prediction_high": high,
        "prediction_df": "normal" if low is not None else "", "shown": interval(estimate, se, what.scale),
        "prediction_shown": None if low is None or high is None else (shown(low, what.scale), shown(high, what.scale)),
        "participants": participants(usable), "converged": True,
    }  # fmt: skip
    return Pooled(**(fields | kw))


def _nothing_pooled(**kw: Any) -> Pooled:
    nan = float("nan")
    none = dict.fromkeys(("df", "p_value", "tau2", "q", "q_df", "q_p", "i2", "h2", "prediction_low", "prediction_high"))
    fields: dict[str, Any] = none | {
        "k": 0, "estimate": nan, "standard_error": nan, "ci_low": nan, "ci_high": nan, "statistic": nan,
        "prediction_df": "", "shown": Interval(estimate=nan, low=nan, high=nan), "prediction_shown": None,
        "participants": None, "converged": True,
    }  # fmt: skip
    return Pooled(**(fields | kw))


def participants(studies: Sequence[StudyResult]) -> int | None:
    """People in the studies; None where no study states a number."""
    counts = [sum(s.data.get(name, 0.0) for name in ("n", "n_1", "n_2")) for s in studies]
    return int(sum(counts)) or None
