"""GRIM, GRIMMER, ranges of scales, and SDs that look like SEs."""

from __future__ import annotations

from statistics import mean, stdev
from typing import Any

import pytest
from audited_rows import codes, means, row
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from livereview import AuditRequest
from livereview_arithmetic import MEANS
from livereview_arithmetic.means import has_squares, sums


def score(estimate: float, n: int, sd: float | None = None, **values: Any) -> dict[str, Any]:
    return row("mean", outcome="pain", estimate=estimate, n=n, sd=sd, **values)


def test_the_example_of_brown_and_heathers_is_found() -> None:
    # 2017, p. 364: no 28 whole scores have the mean 5.19
    assert codes(MEANS, [score(5.19, 28)], items={"pain": 1}) == ["mean-impossible"]
    assert codes(MEANS, [score(5.18, 28)], items={"pain": 1}) == []


def test_means_of_scores_that_are_not_known_to_be_whole_are_let_alone() -> None:
    assert codes(MEANS, [score(5.19, 28, 0.01)]) == []


def test_a_score_of_several_items_has_finer_means() -> None:
    assert codes(MEANS, [score(5.19, 28)], items={"pain": 4}) == []


def test_a_characteristic_of_the_study_says_that_scores_are_whole() -> None:
    known = {"study_id": "s", "characteristic": "items-pain", "value": "1"}
    request = AuditRequest(tables={"results": [score(5.19, 28)], "characteristics": [known]})
    (finding,) = MEANS.find(request, MEANS.options())  # type: ignore[misc]
    assert finding.code == "mean-impossible"


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 10), min_size=2, max_size=60), st.integers(1, 3))
def test_scores_that_are_there_pass(scores: list[int], digits: int) -> None:
    printed = score(round(mean(scores), digits), len(scores), round(stdev(scores), digits))
    assert codes(MEANS, [printed], items={"pain": 1}, ranges={"pain": (0, 10)}) == []


def test_grimmer_is_the_brute_force_answer_for_few_scores() -> None:
    # every multiset of 4 scores from -6 to 12 with mean 3: which SDs to two decimals can be, and which cannot
    spread = range(-6, 13)
    possible = set()
    for a in spread:
        for b in (x for x in spread if x >= a):
            for c in (x for x in spread if x >= b):
                d = 12 - a - b - c
                if d >= c:
                    possible.add(round(stdev((a, b, c, d)), 2))
    tried = {step / 100 for step in range(1, 300) if step % 10}  # 0.80 may be 0.8
    assert {sd for sd in tried if has_squares(12, sd, 4, 1)} == possible & tried


def test_an_sd_that_no_whole_scores_have_is_found() -> None:
    # 100 scores with the sum 301: Σx² is odd and at least 907, which is the SD 0.1; the next is 0.173
    assert codes(MEANS, [score(3.01, 100, 0.02)], items={"pain": 1}) == ["sd-impossible"]
    assert codes(MEANS, [score(3.01, 100, 0.1)], items={"pain": 1}) == []


@pytest.mark.parametrize(
    ("estimate", "sd", "n", "wrong"), [(11.2, 1.0, 30, True), (9.1, 2.0, 30, False), (9.1, 3.2, 30, True)]
)
def test_mean_and_sd_lie_in_what_the_scale_allows(estimate: float, sd: float, n: int, wrong: bool) -> None:
    # about 9.1 on 0 to 10 the SD is at most √(9.05 × 0.95 × 30/29) = 2.98
    assert codes(MEANS, [score(estimate, n, sd)], ranges={"pain": (0, 10)}) == (["outside-range"] if wrong else [])


def test_an_sd_like_an_se_of_the_other_arm_is_a_note() -> None:
    assert codes(MEANS, means((50.0, 2.0, 100), (44.0, 21.0, 100))) == ["sd-may-be-se"]
    assert codes(MEANS, means((50.0, 20.0, 100), (44.0, 21.0, 100))) == []


def test_sds_that_go_with_their_means_are_let_alone() -> None:
    assert codes(MEANS, means((5.0, 2.0, 100), (50.0, 21.0, 100))) == []


def test_sds_of_a_study_are_held_against_those_of_the_others() -> None:
    others = [item for i in range(5) for item in means((50.0, 20.0 + i, 80), (44.0, 21.0, 80), study_id=f"s{i}")]
    own = means((50.0, 2.1, 100), (44.0, 2.0, 100), study_id="s9")
    assert codes(MEANS, [*others, *own]) == ["sd-may-be-se"]
    assert codes(MEANS, others) == []
    assert codes(MEANS, [*others[:4], *own]) == []  # two others are not enough


def test_one_person_has_no_sd() -> None:
    assert codes(MEANS, [score(3.0, 1, 1.2)]) == ["sd-impossible"]


@settings(max_examples=30)
@given(st.integers(1, 40), st.integers(2, 40))
def test_sums_are_those_whose_mean_rounds_to_what_is_printed(total: int, n: int) -> None:
    assume(total / n < 99)
    assert total in sums(round(total / n, 2), n, 1)
