"""Records of arrays whose first axis is fits: some of them taken, or put back."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Self

from livereview_estimation.packing import Index, Mask


class Batch:
    """Base of dataclasses whose fields are arrays of n fits on the first axis, or None."""

    def _arrays(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]

    def at(self, chosen: Mask | Index) -> Self:
        """Some of the fits, as a copy."""
        return type(self)(**{name: None if value is None else value[chosen] for name, value in self._arrays().items()})

    def put(self, chosen: Mask | Index, other: Self) -> None:
        """Take over the numbers of some of the fits."""
        for name, value in self._arrays().items():
            if value is not None:
                value[chosen] = getattr(other, name)
