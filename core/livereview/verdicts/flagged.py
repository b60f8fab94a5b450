"""Studies whose trustworthiness a person doubts: each outcome that pools one is shown again without them.

The main analysis keeps them until the manifest excludes them: doubt is no proof, and a reader sees what rests on it.
"""

from __future__ import annotations

from functools import partial

from livereview.numbers import Numbers
from livereview.report import Failure, SensitivityResult
from livereview.setting import Setting, attempted
from livereview.variations import pooled_anew
from livereview.wording import differences

_SECTION = "sensitivity: without the flagged studies"
_WHY = "flagged: its trustworthiness is doubted"


def without_flagged(setting: Setting, main: Numbers, failures: list[Failure]) -> tuple[SensitivityResult, ...]:
    """The outcome without the flagged studies that it pools; nothing where it pools none."""
    flagged = [name for name in setting.scope.flagged if name in main.ids]
    result = attempted(_SECTION, partial(_without, setting, main, flagged), failures) if flagged else None
    return () if result is None else (result,)


def _without(setting: Setting, main: Numbers, flagged: list[str]) -> SensitivityResult:
    numbers, fits = pooled_anew(setting, setting.outcome, dict.fromkeys(flagged, _WHY))
    labels = "; ".join(setting.scope.studies[name]["label"] for name in flagged)
    what = "flagged study" if len(flagged) == 1 else f"{len(flagged)} flagged studies"
    return SensitivityResult(
        title=f"Without the {what}: {labels}",
        choice=f"left out: {', '.join(flagged)}",
        pooled=fits.pooled[0],
        studies=numbers.ids,
        notes=differences(numbers, main),
        kind="without-flagged",
    )


def cautions(setting: Setting, numbers: Numbers) -> tuple[str, ...]:
    """What a reader of the outcome must know of each flagged study that it pools."""
    return tuple(
        f"The trustworthiness of {setting.scope.studies[name]['label']} is doubted, and the main analysis has it. A "
        "sensitivity analysis shows the result without."
        for name in setting.scope.flagged
        if name in numbers.ids
    )
