"""Reports for tests of renderers: made-up trials whose numbers agree with each other.

Every function takes any field of its class by name, so a test states only what it is about. Study effects come from
the made-up counts, pooled results from the studies (DerSimonian-Laird, normal intervals), subgroups, leave-one-out
and cumulative steps from subsets of the same studies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import chdtrc, expit, ndtr, ndtri

from livereview import (
    AppraisalCard,
    AuditedFinding,
    AuditFinding,
    AuditPlace,
    AuditResult,
    BiasResult,
    Changes,
    Column,
    InstrumentCard,
    Interval,
    OutcomeResult,
    Pooled,
    Provenance,
    Report,
    ReportCard,
    ReviewCard,
    SourceRow,
    Step,
    StudyCard,
    StudyResult,
    SubgroupResult,
    Table,
    Timeline,
    TimelineStep,
)

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


def _first() -> StudyResult:
    return study(0)


def audited(
    rank: int = 1, study: StudyResult | StudyCard | None = None, outcomes: tuple[str, ...] = (), **kw: Any
) -> AuditedFinding:
    """A finding at the first row of a study, of which an event too many was read; ``place`` and others by name."""
    first = _first() if study is None else study
    rows = first.rows if isinstance(first, StudyResult) else (source_row(),)
    place = AuditPlace(
        table="results", row_id=rows[0].row_id, columns=("events",), study_id=first.study_id,
        origin=rows[0].origin, words=f"{first.label}; os, ITT, new drug",
    )  # fmt: skip
    told: dict[str, Any] = {
        "code": "percentage-differs", "message": "12 of 100 is 12%, and 13% was printed", "remedy": "Look it up.",
        "place": place, "suggestion": {"events": 13},
    }  # fmt: skip
    told |= {name: kw.pop(name) for name in (*told, "also") if name in kw}
    fields: dict[str, Any] = {
        "rank": rank, "check": "counts", "title": "A percentage differs from its count", "severity": "error",
        "outcomes": outcomes, "influence": 0.25,
    }  # fmt: skip
    return AuditedFinding(finding=AuditFinding(**told), **(fields | kw))


def audit(*findings: AuditedFinding, **kw: Any) -> AuditResult:
    """What an audit found: one check with a list of its own."""
    columns = (Column(name="Study", kind="text"), Column(name="Moves", kind="number"))
    first = Table(title="Double-check these first", columns=columns, rows=(("Adams 2001", 0.25),), notes=("Alone.",))
    fields: dict[str, Any] = {
        "findings": findings, "checks": (("counts", "Counts and percentages"),), "tables": (first,), "cells": 120,
    }  # fmt: skip
    return AuditResult(**(fields | kw))


def bias(name: str = "egger", **kw: Any) -> BiasResult:
    """A bias test that ran."""
    fields: dict[str, Any] = {
        "name": name, "summary": "Regression of the effect on its standard error.", "statistic": 1.24,
        "statistic_name": "t", "df": 8.0, "p_value": 0.25, "estimate": 0.61, "standard_error": 0.49,
    }  # fmt: skip
    return BiasResult(**(fields | kw))


def subgroup_result(
    studies: Sequence[StudyResult], kind: str = "ratio", title: str = "Phase", names: Sequence[str] = ("II", "III")
) -> SubgroupResult:
    """The studies dealt out to the named groups in turn, each pooled, with the test between the groups."""
    groups = []
    for g, name in enumerate(names):
        members = [s for i, s in enumerate(studies) if i % len(names) == g]
        groups.append((name, pooled(members, kind), tuple(s.study_id for s in members)))
    y = np.array([p.estimate for _, p, _ in groups])
    w = np.array([p.standard_error for _, p, _ in groups]) ** -2.0
    q = float((w * (y - (w * y).sum() / w.sum()) ** 2).sum())
    df = len(groups) - 1
    return SubgroupResult(
        title=title, groups=tuple(groups), q_between=q, df_between=df, p_between=float(chdtrc(df, q)) if df else None
    )


def outcome(
    k: int = 5, kind: str = "ratio", *, studies: Sequence[StudyResult] | None = None, divisions: int = 0, **kw: Any
) -> OutcomeResult:
    """An outcome of ``k`` studies of the given kind (a key of ``KINDS``), with ``divisions`` subgroup divisions.

    ``studies`` replaces the made-up studies; weights and the pooled result are then computed from them.
    """
    what = KINDS[kind]
    chosen = [study(i, kind) for i in range(k)] if studies is None else list(studies)
    chosen = [_replaced(s, weight=float(w)) for s, w in zip(chosen, weights(chosen), strict=True)]
    titles = (("Phase", ("II", "III")), ("Setting", ("Frontline", "Relapsed", "Refractory")))
    fields: dict[str, Any] = {
        "id": kw.get("id", f"os-{what.measure.lower()}"), "title": "Overall survival", "measure": what.measure,
        "measure_title": what.title, "scale": what.scale, "display": what.display,
        "null_shown": None if what.null is None else shown(what.null, what.scale), "model": "random-effects",
        "choices": {"model": "random effects", "tau2": "DerSimonian-Laird", "interval": "normal", "level": "95%"},
        "level": 0.95, "i2_basis": "Q", "unit": what.unit,
        "favours": ("", "") if what.null is None else ("Favours new drug", "Favours control"),
        "experimental": "New drug", "control": "" if what.null is None else "Chemotherapy",
        "studies": tuple(chosen), "pooled": pooled(chosen, kind),
        "leave_one_out": tuple(_steps(chosen, kind, "Omitting ")) if len(chosen) > 1 else (),
        "cumulative": tuple(_steps(chosen, kind, "")) if len(chosen) > 1 else (),
        "subgroups": tuple(subgroup_result(chosen, kind, *titles[i % 2]) for i in range(divisions)),
        "bias": (
            bias(),
            bias("begg", refused="5 studies: below 10 the test says little", statistic=None, df=None, p_value=None),
        ),
        "statuses": {"verified": len(chosen)},
    }  # fmt: skip
    return OutcomeResult(**(fields | kw))


def _replaced(result: StudyResult, **kw: Any) -> StudyResult:
    return StudyResult(**({name: getattr(result, name) for name in result.__dataclass_fields__} | kw))


def _steps(studies: Sequence[StudyResult], kind: str, prefix: str) -> list[Step]:
    """Leave-one-out steps if there is a prefix, else cumulative ones."""
    out = []
    for i, s in enumerate(studies):
        chosen = [*studies[:i], *studies[i + 1 :]] if prefix else studies[: i + 1]
        out.append(Step(label=prefix + s.label, study_id=s.study_id, pooled=pooled(chosen, kind)))
    return out


def report_card(i: int, **kw: Any) -> ReportCard:
    """The publication of study ``i``."""
    fields: dict[str, Any] = {
        "report_id": f"pmid:{30000000 + i}", "citation": f"Lancet {2001 + i % 25}", "kind": "primary",
        "published_on": f"{2001 + i % 25}-06", "status": "active", "doi": f"10.1000/example.{i}", "url": None,
        "used": True,
    }  # fmt: skip
    return ReportCard(**(fields | kw))


def study_card(result: StudyResult, i: int = 0, outcomes: Sequence[str] = (), **kw: Any) -> StudyCard:
    """The characteristics of a study."""
    fields: dict[str, Any] = {
        "study_id": result.study_id, "label": result.label,
        "characteristics": {"design": "rct", "phase": "III", "year": result.year, "country": "France; Italy"},
        "appraisals": {"RoB 2": (("Randomisation", "low"), ("Overall", "some concerns"))},
        "reports": (report_card(i),), "outcomes": tuple(outcomes),
    }  # fmt: skip
    return StudyCard(**(fields | kw))


def appraisal(study: StudyResult | StudyCard, **kw: Any) -> AppraisalCard:
    """How a study was judged with RoB 2."""
    fields: dict[str, Any] = {
        "study_id": study.study_id, "label": study.label, "outcome": "", "scores": {"D1": "Low", "Overall": "High"},
    }  # fmt: skip
    return AppraisalCard(**(fields | kw))


def instrument_card(cards: Sequence[AppraisalCard], **kw: Any) -> InstrumentCard:
    """An instrument with the studies judged with it: RoB 2 with one domain."""
    fields: dict[str, Any] = {
        "title": "RoB 2", "known": True, "has_total": False, "cards": tuple(cards),
        "items": (("D1", "Bias arising from the randomization process"), ("Overall", "Overall risk of bias")),
    }  # fmt: skip
    return InstrumentCard(**(fields | kw))


def report(outcomes: Sequence[OutcomeResult] | None = None, **kw: Any) -> Report:
    """A review with the given outcomes (one of five studies by default)."""
    chosen = (outcome(),) if outcomes is None else tuple(outcomes)
    where: dict[str, list[str]] = {}
    results: dict[str, StudyResult] = {}
    for o in chosen:
        for s in o.studies:
            where.setdefault(s.study_id, []).append(o.id)
            results.setdefault(s.study_id, s)
    fields: dict[str, Any] = {
        "review": ReviewCard(
            id="new-drug", title="New drug for a disease", question={"population": "Adults"},
            registration="PROSPERO CRD42020000000", people=(("A. Person", "lead"),), notes=(),
            eligibility=("design is rct",),
        ),
        "provenance": Provenance(
            snapshot="0" * 64, batches=1, evidence_hash="1" * 64, evidence_through="2026-01-02T03:04:05Z",
            manifest="new-drug.toml", manifest_hash="2" * 64, versions={"livereview": "0.1.0"},
            sources=("sheets: extractions/trial.csv",), update=1,
        ),
        "changes": Changes(first=True, previous=None),
        "outcomes": chosen,
        "studies": tuple(study_card(s, i, where[name]) for i, (name, s) in enumerate(results.items())),
        "instruments": (instrument_card([appraisal(s) for s in results.values()]),) if results else (),
    }  # fmt: skip
    return Report(**(fields | kw))


def timeline(
    days: Sequence[str] = ("2017-03-02", "2021-11-30", "2024-05-31", ""), kind: str = "ratio", **kw: Any
) -> Timeline:
    """An outcome that gained one study on each day; ``kw`` are fields of the outcome."""
    whole = outcome(len(days), kind, **kw)
    steps = []
    for at, day in enumerate(days):
        fitted = pooled(whole.studies[: at + 1], kind)
        share = weights(whole.studies[: at + 1])
        seen = tuple(_replaced(one, weight=float(share[n])) for n, one in enumerate(whole.studies[: at + 1]))
        steps.append(TimelineStep(published_by=day, pooled=fitted, added=(whole.studies[at].label,), studies=seen))
    return Timeline(outcome=replace(whole, studies=()), steps=tuple(steps))
