"""Reports for tests of renderers: made-up trials whose numbers agree with each other.

Every function takes any field of its class by name, so a test states only what it is about. Study effects come from
the made-up counts, pooled results from the studies (DerSimonian-Laird, normal intervals), subgroups, leave-one-out
and cumulative steps from subsets of the same studies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.special import chdtrc

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
    OutcomeResult,
    Provenance,
    Report,
    ReportCard,
    ReviewCard,
    Step,
    StudyCard,
    StudyResult,
    SubgroupResult,
    Table,
    Timeline,
    TimelineStep,
)
from livereview.testing.made_studies import (
    KINDS,
    NAMES,
    Kind,
    Z,
    interval,
    participants,
    pooled,
    shown,
    source_row,
    study,
    tau2_of,
    weights,
)

__all__ = [
    "KINDS",
    "NAMES",
    "Kind",
    "Z",
    "appraisal",
    "audit",
    "audited",
    "bias",
    "instrument_card",
    "interval",
    "outcome",
    "participants",
    "pooled",
    "report",
    "report_card",
    "shown",
    "source_row",
    "study",
    "study_card",
    "subgroup_result",
    "tau2_of",
    "timeline",
    "weights",
]


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
