"""The absolute effects of one row: what the pooled effect means at each baseline risk of the manifest.

Only the relative effect is uncertain here: the baseline risk is taken as known, and the relative effect as the same at
every baseline.
"""

from __future__ import annotations

import numpy as np

from livereview.absolute.baselines import Baseline, ControlArms, baseline_risks, control_arms
from livereview.absolute.measures import RELATIVE, Relative
from livereview.absolute.risks import risks_with_treatment
from livereview.manifest.models import FindingsRow
from livereview.rated import AbsoluteEffect
from livereview.report import OutcomeResult
from livereview.types import PluginError


def absolute_effects(outcome: OutcomeResult, row: FindingsRow) -> tuple[tuple[AbsoluteEffect, ...], str]:
    """One effect for each baseline risk, and why there is none; an outcome with a number."""
    relative = row.ratio or RELATIVE.get(outcome.measure)
    if relative is None:
        return (), ""
    if row.baseline is None and relative == "HR":
        return (), "no baseline risk is stated, without which a hazard ratio gives no risk"
    try:
        chosen = baseline_risks(row.baseline or "control-median", arms_of(outcome))
    except PluginError as error:
        return (), str(error)
    return tuple(_effect(outcome, baseline, relative) for baseline in chosen), ""


def arms_of(outcome: OutcomeResult) -> ControlArms:
    """The control arms of the studies of an outcome, in their order."""
    columns = ("events_2", "n_2")
    data = {name: np.array([study.data.get(name, np.nan) for study in outcome.studies], float) for name in columns}
    return control_arms(data, np.ones(len(outcome.studies), dtype=bool))


def _effect(outcome: OutcomeResult, baseline: Baseline, relative: Relative) -> AbsoluteEffect:
    pooled = outcome.pooled
    effect = np.array([pooled.estimate, pooled.ci_low, pooled.ci_high])
    risks, beyond = risks_with_treatment(baseline.risk, effect, relative)
    names = ("estimate", "lower limit", "upper limit")
    cut = [name for name, out in zip(names, beyond, strict=True) if out]
    return AbsoluteEffect(
        baseline=baseline.risk,
        source=baseline.source,
        risk=(float(risks[0]), float(risks[1]), float(risks[2])),
        notes=(f"the {' and '.join(cut)} of the risk would lie beyond 0 to 100%, and is cut there",) if cut else (),
    )
