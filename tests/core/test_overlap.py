"""The corrected covered area against a published example and first principles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereview.linked.overlap import overlap


def test_a_published_matrix() -> None:
    # Vignette "CCA" of junoR (Juno Evidence Alliance): five reviews, three studies, 8 mentions; result$CCA 41.66667.
    found = overlap([{1, 2}, {2}, {1, 3}, {1, 3}, {2}])
    assert (found.reviews, found.studies, found.mentions, found.shared) == (5, 3, 8, 3)
    assert found.cca == pytest.approx(0.4166667, abs=5e-8)  # as many digits as printed
    assert found.band == "very high"


sets = st.lists(st.sets(st.integers(0, 9)), max_size=6)


@given(found=sets)
def test_it_is_the_share_of_free_places_that_is_taken(found: list[set[int]]) -> None:
    reviews = [one for one in found if one]
    everything = set().union(*reviews)
    # First principles: a matrix of studies by reviews; the first tick of each study is no overlap.
    taken = sum(max(0, sum(study in one for one in reviews) - 1) for study in everything)
    free = sum(len(reviews) - 1 for _ in everything)
    assert overlap(found).cca == (pytest.approx(taken / free, rel=1e-12) if free else None)


@given(one=st.sets(st.integers(0, 9), min_size=1), other=st.sets(st.integers(0, 9), min_size=1))
def test_of_two_reviews_it_is_the_share_of_studies_in_both(one: set[int], other: set[int]) -> None:
    assert overlap([one, other]).cca == pytest.approx(len(one & other) / len(one | other), rel=1e-12)


def test_the_same_studies_are_all_of_it_and_none_in_common_nothing() -> None:
    assert overlap([{1, 2}, {1, 2}, {1, 2}]).cca == 1.0
    assert overlap([{1}, {2}, {3}]).cca == 0.0
    assert overlap([{1}]).cca is None
    assert overlap([{1}, set()]).cca is None
    assert overlap([]).cca is None


@pytest.mark.parametrize(
    ("shared", "of", "band"),
    [(0, 100, "slight"), (5, 100, "slight"), (6, 100, "moderate"), (10, 100, "moderate"), (11, 100, "high"),
     (15, 100, "high"), (16, 100, "very high"), (100, 100, "very high")],
)  # fmt: skip
def test_the_bands_of_pieper(shared: int, of: int, band: str) -> None:
    assert overlap([set(range(of)), set(range(shared)) or {of}]).band == band or not shared
