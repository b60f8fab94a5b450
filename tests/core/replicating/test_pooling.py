"""A recipe on many combinations at once: one by one it gives the same, and a plugin that breaks is named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from livereview.bound import SectionFailed
from livereview.plugins import installed
from livereview.replicating.candidates import Candidate
from livereview.replicating.combinations import combinations
from livereview.replicating.pooling import pools
from livereview.replicating.recipes import recipes


def arm(study: str, x: int, n: int, *departures: str) -> Candidate:
    data = {"events": float(x), "n": float(n)}
    return Candidate(study=study, label=study, data=data, origin="", departures=departures)


STUDIES = [[arm("a", 3, 20), arm("a", 3, 22, "over everybody")], [arm("b", 9, 30)], [arm("c", 5, 12), arm("c", 12, 12)]]


@pytest.mark.parametrize("stated", ["random", "fixed"])
def test_combinations_together_give_what_each_gives_alone(stated: str) -> None:
    made = combinations(STUDIES, 3)
    for recipe in recipes(installed(), "PR", stated):
        together = pools(made.candidates, made.masks, recipe)
        for row in range(len(made.masks)):
            alone = pools(made.chosen(row), np.ones((1, int(made.masks[row].sum())), dtype=bool), recipe)
            for name in ("estimate", "ci_low", "ci_high", "i2", "q_p"):
                one = np.nan if alone is None else alone[name][0]
                both = np.nan if together is None else together[name][row]
                assert one == pytest.approx(both, rel=1e-9, abs=1e-9, nan_ok=True)  # solvers of tau² stop that near


def test_fewest_departures_come_first_and_a_number_of_studies_is_kept() -> None:
    made = combinations(STUDIES, 3)
    assert [len(item) for item in made.departures] == sorted(len(item) for item in made.departures)
    assert set(made.masks.sum(axis=1)) == {3}
    assert set(combinations(STUDIES, 2).masks.sum(axis=1)) == {2, 3}
    assert set(combinations(STUDIES, 4).masks.sum(axis=1)) == {3, 4}


def test_a_plugin_that_breaks_is_named() -> None:
    def breaks(*_: Any) -> Any:
        raise ZeroDivisionError("no people")

    recipe = recipes(installed(), "PR", "random")[-1]
    broken = replace(recipe, model=replace(recipe.model, plugin=replace(recipe.model.plugin, fit=breaks)))
    with pytest.raises(SectionFailed) as caught:
        pools([arm("a", 3, 20)], np.ones((1, 1), dtype=bool), broken)
    assert (caught.value.failure.section, caught.value.failure.message) == (
        "replication", "ZeroDivisionError: no people",
    )  # fmt: skip
