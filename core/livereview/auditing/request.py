"""What audit checks are given: the rows that a review can see, and its outcomes with what they are computed from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import numpy as np

from livereview.auditing.repooling import MOST_SETS, Repooling
from livereview.audits import AuditedOutcome, AuditRequest
from livereview.bound import Bound, SectionFailed, section
from livereview.manifest.models import Manifest, Outcome
from livereview.numbers import arm_sizes
from livereview.outlook import Outlook
from livereview.people import InstrumentCard
from livereview.plugins import Plugins
from livereview.report import OutcomeResult
from livereview.setting import Setting, setting_of
from livereview.types import Array, EffectMeasure

Layout = Literal["two-arms", "one-arm", "contrast"]


def request_of(
    view: Outlook,
    manifest: Manifest,
    plugins: Plugins,
    results: Iterable[OutcomeResult],
    instruments: tuple[InstrumentCard, ...] = (),
) -> AuditRequest:
    """The request about one review; ``results`` are its outcomes as they were analysed from this view."""
    return AuditRequest(
        tables=view.rows,
        outcomes=tuple(audited_outcome(setting_of(view.scope, manifest.outcome(one.id), plugins), one)
                       for one in results),
        eligibility=manifest.eligibility.model_dump(by_alias=True),
        protocol=manifest.audit.protocol.model_dump(exclude_none=True),
        instruments=instruments,
    )  # fmt: skip


def audited_outcome(setting: Setting, result: OutcomeResult) -> AuditedOutcome:
    """One outcome as an audit sees it."""
    names = sorted({name for study in result.studies for name in study.data})
    data = {name: np.array([study.data.get(name, math.nan) for study in result.studies]) for name in names}
    layout = _layout(setting.measure)
    repooling = Repooling(setting=setting, result=result, data=data, fixed=_fixed(setting, result, layout))
    why = _not_repooled(result)
    return AuditedOutcome(
        result=result,
        choices=_choices(setting),
        layout=layout or "contrast",
        data=data,
        repooled=None if why else repooling,
        most_sets=MOST_SETS if repooling.one_by_one else None,
        not_repooled=why,
    )


def _layout(measure: Bound[EffectMeasure]) -> Layout | None:
    """Which rows the measure is computed from; None where its plugin fails, which the outcome's own section says."""
    try:
        with section("effect measure", measure):
            return measure.plugin.rows(measure.options).layout
    except SectionFailed:
        return None


def _fixed(setting: Setting, result: OutcomeResult, layout: Layout | None) -> Mapping[str, Array]:
    """What a measure of contrasts is told of the arms of each study."""
    if layout != "contrast" or not result.studies:
        return {}
    return arm_sizes([(study.study_id, study.rows[0].population) for study in result.studies], setting.scope)


def _not_repooled(result: OutcomeResult) -> str:
    """Why an outcome cannot be pooled again; empty = it can."""
    pooled = result.pooled
    if not result.studies or not math.isfinite(pooled.estimate):
        return "there is no estimate"
    return "" if pooled.converged else "the fit did not converge"


def _choices(setting: Setting) -> dict[str, Any]:
    """The outcome as the manifest has it, with every option of its measure and model."""
    outcome: Outcome = setting.outcome
    found: dict[str, Any] = _written(outcome.model_dump(by_alias=True, exclude_none=True))
    for key, used in (("measure", setting.measure), ("model", setting.model)):
        found[key] = {"name": used.name, **used.options.model_dump(by_alias=True)}
    return found


def _written(value: Any) -> Any:
    """Plugins with their options beside the name, as a manifest has them."""
    if isinstance(value, Mapping):
        inside = {str(key): _written(item) for key, item in value.items()}
        if isinstance(inside.get("options"), dict) and {"name", "plugin"} & inside.keys():
            return inside.pop("options") | inside
        return inside
    return tuple(map(_written, value)) if isinstance(value, list | tuple) else value
