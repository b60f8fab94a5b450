"""livereview's numbers beside another program's: what agrees, what a choice explains, what nothing explains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from livereview import Array
from livereview_concordance.answers import Answer, Switch
from livereview_concordance.quantities import Numbers, Quantity, Yardstick


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One quantity of one program beside livereview's."""

    quantity: Quantity
    engine: str
    ours: Array
    theirs: Array
    difference: float
    """Relative, the largest of a quantity with one value per study."""
    tolerance: float
    explanation: str = ""
    """Which choice makes the gap; empty = there is no gap, or nothing explains it."""

    @property
    def agrees(self) -> bool:
        return self.difference <= self.tolerance

    @property
    def unexplained(self) -> bool:
        return not self.agrees and not self.explanation


def compared(
    quantities: Sequence[Quantity], own: Numbers, answer: Answer, yardstick: Yardstick
) -> tuple[Compared, ...]:
    """Every quantity that both programs have, in the order of the quantities; none is explained yet."""
    return tuple(
        Compared(
            quantity=quantity,
            engine=answer.engine,
            ours=own[quantity.key],
            theirs=answer.numbers[quantity.key],
            difference=yardstick.difference(quantity, own[quantity.key], answer.numbers[quantity.key]),
            tolerance=yardstick.tolerance(quantity),
        )
        for quantity in quantities
        if quantity.key in own and quantity.key in answer.numbers and quantity.key not in answer.missing
    )


def explanation(gap: Compared, switches: Iterable[Switch], yardstick: Yardstick) -> str:
    """The words of the first switch after which both programs agree; empty = there is none."""
    key = gap.quantity.key
    for switch in switches:
        if switch.only and key not in switch.only:
            continue
        if key not in switch.ours or key not in switch.theirs:
            continue
        ours, theirs = switch.ours[key], switch.theirs[key]
        if np.shape(ours) == np.shape(theirs) and yardstick.agree(gap.quantity, ours, theirs):
            return switch.words
    return ""
