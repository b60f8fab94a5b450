"""Masks of subsets, by their properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereview.subsets import cumulative, groups, overall, without_each

presences = st.lists(st.booleans(), max_size=12).map(lambda flags: np.array(flags, dtype=bool))
orders = st.integers(0, 12).flatmap(lambda k: st.permutations(range(k)))
labels = st.lists(st.sampled_from([None, "adult", "child", "", "mixed"]), max_size=12)


@given(presences)
def test_overall_is_a_copy_of_what_is_present(present: np.ndarray) -> None:
    mask = overall(present)
    assert mask.tolist() == present.tolist()
    assert not np.shares_memory(mask, present)


@given(presences)
def test_each_row_leaves_out_its_own_study_and_no_other(present: np.ndarray) -> None:
    rows = without_each(present)
    assert rows.shape == (present.size, present.size)
    for i, row in enumerate(rows):
        assert not row[i]
        others = np.arange(present.size) != i
        assert row[others].tolist() == present[others].tolist()


@given(orders)
def test_cumulative_rows_grow_by_one_study_in_the_given_order(order: list[int]) -> None:
    rows = cumulative(order)
    assert rows.shape == (len(order), len(order))
    for i, row in enumerate(rows):
        assert set(np.flatnonzero(row)) == set(order[: i + 1])


@pytest.mark.parametrize("order", [[0, 0], [1, 2], [-1, 0], [[0, 1], [1, 0]], [0.5, 1.0]])
def test_anything_but_a_permutation_is_refused(order: list[int]) -> None:
    with pytest.raises(ValueError, match="must name each of the 2 studies once"):
        cumulative(order)


@given(labels)
def test_groups_divide_the_labelled_studies(names: list[str | None]) -> None:
    distinct, masks = groups(names)
    assert masks.shape == (len(distinct), len(names))
    assert masks.sum(axis=0).tolist() == [int(name is not None) for name in names]
    for group, mask in zip(distinct, masks, strict=True):
        assert [name == group for name in names] == mask.tolist()


def test_groups_stand_in_the_order_of_first_appearance() -> None:
    assert groups(["child", None, "adult", "child"])[0] == ("child", "adult")
