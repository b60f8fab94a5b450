"""What was done to each study's numbers, and which studies are left without an effect.

The one rule: whatever changes a number or takes a study out goes through ``note`` or ``refuse``, so that no
correction, substitution or refusal stays silent. Numbers that cannot be are refused before anything is computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from livereview import Array, Mask, StudyEffects

#: Infinite and undefined values are expected on the way; what remains of them is refused by ``Findings.result``.
quiet = np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore")


def columns(data: Mapping[str, Array], *names: str) -> tuple[Array, ...]:
    """The named columns in the common shape ``(..., K)`` of the data; a column that was not given is NaN throughout."""
    given = {name: np.asarray(data[name], dtype=np.float64) for name in names if name in data}
    shape = np.broadcast_shapes((1,), *(np.shape(values) for values in data.values()))
    return tuple(np.broadcast_to(given.get(name, np.array(np.nan)), shape) for name in names)


def reasons(*claims: tuple[Mask, str], otherwise: str) -> Any:
    """The texts of the claims that hold, joined by "and", as an array of text in the shape of the masks."""
    joined = np.full(np.broadcast_shapes(*(mask.shape for mask, _ in claims)), "", dtype=object)
    for mask, text in claims:
        joined = np.where(mask, np.where(joined == "", text, joined + " and " + text), joined)
    return np.where(joined == "", otherwise, joined)


class Findings:
    """Notes by study, and the mask ``out`` of the studies that get no effect; both in the shape of the data."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self.out: Mask = np.zeros(shape, dtype=np.bool_)
        self._notes: dict[int, list[str]] = {}

    def note(self, where: Mask, text: str, **values: Any) -> None:
        """Attach a text to the studies in ``where``; ``{name}`` in it is filled from that study's value."""
        where = np.broadcast_to(where, self.shape)
        wide = {name: np.broadcast_to(value, self.shape) for name, value in values.items()}
        for index in map(tuple, np.argwhere(where)):
            filled = text.format(**{name: value[index] for name, value in wide.items()})
            said = self._notes.setdefault(int(index[-1]), [])
            if filled not in said:
                said.append(filled)

    def refuse(self, where: Mask, text: str, **values: Any) -> None:
        """Leave the studies in ``where`` without an effect, and say why."""
        self.note(where, text, **values)
        self.out = self.out | where

    def kept(self, *values: Array) -> tuple[Array, ...]:
        """The values with NaN for the studies refused so far."""
        return tuple(np.where(self.out, np.nan, value) for value in values)

    def result(
        self,
        effect: Array,
        variance: Array,
        *,
        otherwise: Any = "effect or variance is not a usable number",
        ci_low: Array | None = None,
        ci_high: Array | None = None,
    ) -> StudyEffects:
        """Effects and variances; an effect that is not finite, or has no positive finite variance, becomes NaN.

        ``otherwise`` (text, or one text a study) says why, for studies not refused before. An own interval, on the
        display scale, stays where only the effect is missing.
        """
        if ci_low is not None and ci_high is not None:
            ci_low, ci_high = self.kept(ci_low, ci_high)
        unusable = ~(np.isfinite(effect) & np.isfinite(variance) & (variance > 0))
        self.refuse(unusable & ~self.out, "not estimable: {why}", why=np.asarray(otherwise, dtype=object))
        effect, variance = self.kept(effect, variance)
        notes = {study: tuple(said) for study, said in sorted(self._notes.items())}
        return StudyEffects(effect=effect, variance=variance, ci_low=ci_low, ci_high=ci_high, notes=notes)
