"""Results as JSON keeps them: records of updates, answers of commands, files of a report."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Mapping
from typing import Any


def as_json(value: Any, without: Collection[tuple[str, str]] = ()) -> Any:
    """Dataclasses, tuples and numbers as JSON keeps them: full precision, NaN as null, infinities as "Inf", "-Inf".

    ``without`` are fields that are left out, by class and name.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kept = (item.name for item in dataclasses.fields(value) if (type(value).__name__, item.name) not in without)
        return {name: as_json(getattr(value, name), without) for name in kept}
    if isinstance(value, Mapping):
        return {str(key): as_json(item, without) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [as_json(item, without) for item in value]
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return value if math.isfinite(value) else ("Inf" if value > 0 else "-Inf")
    return value


def as_number(value: Any) -> float:
    """A number as ``as_json`` kept it: null is NaN, "Inf" infinity."""
    return math.nan if value is None else float(value)
