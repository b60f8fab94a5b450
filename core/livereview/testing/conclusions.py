"""Made-up conclusions of an outcome; each call states only what it is about."""

from __future__ import annotations

import math
from typing import Any

from livereview.report import Interval
from livereview.triggers import Conclusion

NOTHING = Interval(estimate=math.nan, low=math.nan, high=math.nan)


def conclusion(low: float = 0.45, high: float = 0.93, **fields: Any) -> Conclusion:
    """A hazard ratio of three studies; the estimate is the geometric mean of the limits unless given."""
    shown = fields.pop("shown", None) or Interval(estimate=fields.pop("value", (low * high) ** 0.5), low=low, high=high)
    made: dict[str, Any] = {
        "id": "os", "title": "Overall survival", "measure": "HR", "display": "ratio", "unit": "", "level": 0.95,
        "null_shown": 1.0, "k": 3, "studies": ("a", "b", "c"), "participants": 600,
        "estimate": _log(shown.estimate), "ci_low": _log(shown.low), "ci_high": _log(shown.high), "shown": shown,
        "prediction_low": None, "prediction_high": None, "prediction_shown": None, "tau2": 0.01, "i2": 12.0,
        "certainty": "", "retracted": {}, "evidence": {name: (f"row {name}",) for name in "abc"},
        "definition": {"title": "Overall survival", "measure": "HR", "outcome codes": "os"}, "eligibility": (),
        "failed": False,
    }  # fmt: skip
    return Conclusion(**(made | fields))


def _log(value: float) -> float:
    return math.log(value) if value > 0 else math.nan


def nothing(**fields: Any) -> Conclusion:
    """An outcome without a number."""
    empty: dict[str, Any] = {"k": 0, "studies": (), "participants": None, "evidence": {}, "tau2": None, "i2": None}
    return conclusion(shown=NOTHING, **(empty | fields))
