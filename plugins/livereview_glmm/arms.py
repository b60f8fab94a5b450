"""The counts of the arms, as the models of this package take them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from livereview import Array, PluginError, Studies
from livereview_estimation import arm_counts


def arms(studies: Studies, names: Sequence[str], *, people: bool = True, whole: bool = False) -> list[Array]:
    """Columns of counts (K,), events first; PluginError, naming the studies, for what cannot be (see ``arm_counts``).

    Studies that no fit holds have one event of two people, or in one unit of time: numbers that no fit sees.
    """
    found = arm_counts(studies.data, names, studies.present, studies.labels, people=people, whole=whole)
    if found.problem:
        raise PluginError(found.problem)
    unseen = (1.0, 2.0 if people else 1.0) * (len(names) // 2)
    return [np.where(found.used, column, put) for column, put in zip(found.columns, unseen, strict=True)]
