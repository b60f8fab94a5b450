"""The outcome again with some choices changed: numbers are selected anew, then fitted once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from livereview.fits import Fits, fits_of
from livereview.manifest.models import Outcome, Sensitivity, varied
from livereview.numbers import Numbers, numbers_of
from livereview.report import Failure, SensitivityResult
from livereview.setting import Setting, attempted, bound_model, setting_of
from livereview.wording import changed_choices, differences


def pooled_anew(setting: Setting, outcome: Outcome, left_out: Mapping[str, str] | None = None) -> tuple[Numbers, Fits]:
    """Numbers and one fit of a resolved outcome with other choices. Raises SectionFailed where a plugin fails."""
    other = setting_of(setting.scope, outcome, setting.plugins)
    numbers = numbers_of(setting.scope, outcome, other.measure, left_out)
    masks = np.ones((1, len(numbers.ids)), dtype=bool)
    return numbers, fits_of(numbers, masks, other.model, outcome)


def sensitivities(setting: Setting, main: Numbers | None, failures: list[Failure]) -> tuple[SensitivityResult, ...]:
    """Every sensitivity analysis that the outcome asks for; one that a plugin fails is among the failures."""
    found = [
        attempted(f"sensitivity: {item.title}", partial(_sensitivity, setting, main, item), failures)
        for item in setting.outcome.sensitivity or ()
    ]
    return tuple(result for result in found if result is not None)


def _sensitivity(setting: Setting, main: Numbers | None, item: Sensitivity) -> SensitivityResult:
    left_out = dict.fromkeys(item.exclude, f"left out in the sensitivity analysis {item.title}")
    outcome = varied(setting.outcome, item)
    numbers, fits = pooled_anew(setting, outcome, left_out)
    pooled = fits.pooled[0]
    usual, other = setting.measure.plugin, numbers.measure.plugin
    scale = () if usual.display == other.display else (
        f"On another scale than the main analysis: {other.title} in place of {usual.title}.",
    )  # fmt: skip
    return SensitivityResult(
        title=item.title,
        choice=changed_choices(item),
        pooled=pooled,
        studies=numbers.ids,
        notes=(*scale, *differences(numbers, main)),
        adjusted=_adjusted(setting, numbers, outcome),
    )


def _adjusted(setting: Setting, numbers: Numbers, outcome: Outcome) -> bool:
    """Whether the other model adjusts for missing studies, on the outcome's own measure."""
    assert outcome.model is not None
    model = bound_model(setting.plugins, outcome.model, outcome).plugin
    return model.adjusts and not setting.model.plugin.adjusts and numbers.measure.name == setting.measure.name
