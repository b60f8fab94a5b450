"""A printed P of a difference between subgroups, from the recomputed pools of the groups."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from livereview import inference
from livereview.pairing import Row
from livereview.replicated import Replicability, ReplicatedLine
from livereview.replicating.basis import Basis
from livereview.replicating.counted_lines import compared, line_of
from livereview.replicating.digits import printed_numbers
from livereview.replicating.pooled_lines import PooledDraft


def between_line(basis: Basis, row: Row, drafts: Sequence[PooledDraft]) -> ReplicatedLine:
    """Q between the groups of the row's division, each pooled in the way that gives its own printed line.

    The standard errors are those on the scale of the pool, so that only pools on the natural scale are compared.
    """
    printed = printed_numbers(row, basis.digits, ("q_p",))
    groups = [
        draft for draft in drafts
        if draft.row["outcome"] == row["outcome"] and draft.row["subgroup_by"] == row["subgroup_by"]
    ]  # fmt: skip
    pools = _by_recipe(groups)
    if len(groups) < 2 or not pools or not printed:
        reason = "the groups are not reproduced in one way"
        return line_of(row, "comparison", "cannot-be-checked", [compared(n, None) for n in printed.values()],
                       reasons=(reason,))  # fmt: skip
    recipe, values = next(iter(pools.items()))
    estimates, errors = (np.array([one[name] for one in values]) for name in ("estimate", "standard_error"))
    p = float(inference.between(estimates, errors)[2])
    number = compared(printed["q_p"], None if math.isnan(p) else p)
    departures = tuple(dict.fromkeys(text for draft in groups for trial in draft.found.matches
                                     if trial.recipe.words == recipe for text in trial.departures))  # fmt: skip
    verdict: Replicability = "matches-otherwise" if departures else "matches"
    return line_of(
        row, "comparison", verdict if number.agrees else "contradicts", [number], departures=departures,
        recipe=f"Q between {len(groups)} groups, each by {recipe}", tried=1, matched=int(bool(number.agrees)),
    )  # fmt: skip


def _by_recipe(groups: Sequence[PooledDraft]) -> dict[str, list[dict[str, float]]]:
    """The pools of the groups by every recipe on the natural scale that gives all of them."""
    found: dict[str, list[dict[str, float]]] = {}
    for draft in groups:
        for words, trial in {trial.recipe.words: trial for trial in reversed(draft.found.matches)}.items():
            if trial.recipe.measure.plugin.scale == "identity":
                found.setdefault(words, []).append(dict(trial.values))
    return {words: values for words, values in found.items() if len(values) == len(groups)}
