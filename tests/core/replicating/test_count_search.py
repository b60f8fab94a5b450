"""Counts that were planted and printed are found again, and it is said whether they are the only ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livereview.plugins import installed
from livereview.replicating.candidates import Candidate
from livereview.replicating.count_search import Counts, arm_solutions, table_solutions
from livereview.replicating.digits import Printed, rounded
from livereview.replicating.pooling import cut, pools
from livereview.replicating.recipes import Recipe, recipes


def recipe(measure: str, stated: str, words: str) -> Recipe:
    return next(item for item in recipes(installed(), measure, stated) if item.words == words)


EXACT = recipe("PR", "random", "raw proportions, standard errors from the width of exact intervals, DerSimonian-Laird")
FIXED = recipe("PR", "fixed", "raw proportions, inverse variance, common effect")
MH = recipe("OR", "fixed", "OR, Mantel-Haenszel")


def arm(x: int, n: int) -> Candidate:
    return Candidate(study="", label="", data={"events": float(x), "n": float(n)}, origin="")


def table(a: int, n1: int, c: int, n2: int) -> Candidate:
    data = dict(zip(("events_1", "n_1", "events_2", "n_2"), map(float, (a, n1, c, n2)), strict=True))
    return Candidate(study="", label="Known", data=data, origin="")


def as_printed(way: Recipe, items: list[Candidate], places: int = 3) -> dict[str, Printed]:
    found = pools(items, np.ones((1, len(items)), dtype=bool), way)
    assert found is not None
    digits = {"estimate": places, "ci_low": places, "ci_high": places, "i2": 1, "q_p": 3}
    values = {name: float(cut(name, found[name], way.measure.plugin.display)[0]) for name in digits}
    return {name: rounded(name, round(values[name], digits[name]), digits[name]) for name in digits}


def every(n: int) -> list[Counts]:
    return [(x, n) for x in range(n + 1)]


@settings(max_examples=8, deadline=None)
@given(st.tuples(st.integers(1, 19), st.integers(1, 29)), st.sampled_from([EXACT, FIXED]))
def test_planted_counts_are_among_those_found(planted: tuple[int, int], way: Recipe) -> None:
    known = (23, 26)
    first, second = planted
    numbers = as_printed(way, [arm(first, 20), arm(second, 30), arm(*known)])
    found = arm_solutions(way, [every(20), every(30), [known]], numbers)
    assert ((first, 20), (second, 30), known) in found.first
    assert found.complete
    assert found.found == len(found.first) >= 1


def test_two_studies_that_can_be_exchanged_have_two_solutions() -> None:
    found = arm_solutions(FIXED, [every(20), every(20)], as_printed(FIXED, [arm(5, 20), arm(12, 20)]))
    assert found.first == (((5, 20), (12, 20)), ((12, 20), (5, 20)))


def test_printed_sums_leave_fewer() -> None:
    whole = as_printed(FIXED, [arm(5, 20), arm(12, 30)], places=2)
    numbers = {"estimate": whole["estimate"]}
    sums = {"events": rounded("events", 17, 0), "n": rounded("n", 50, 0)}
    alone = arm_solutions(FIXED, [every(20), every(30)], numbers)
    summed = arm_solutions(FIXED, [every(20), every(30)], {**numbers, **sums})
    assert summed.tried == 18
    assert 1 <= summed.found < alone.found


def test_a_space_that_is_too_large_is_not_said_to_be_searched() -> None:
    found = arm_solutions(FIXED, [every(20), every(20)], as_printed(FIXED, [arm(5, 20), arm(12, 20)]), most=100)
    assert not found.complete
    assert found.tried <= 100


def test_relapse_of_chen_has_one_solution() -> None:
    # 3.4.2: common effect .32 (.27-.38), I² 32.0, P .196; Brown 35/105 and Locatelli 13/54 are known. 0 and n with 0.5
    # added are in the space too.
    printed = {"estimate": rounded("estimate", 0.32, 2), "ci_low": rounded("ci_low", 0.27, 2),
               "ci_high": rounded("ci_high", 0.38, 2), "i2": rounded("i2", 32.0, 1),
               "q_p": rounded("q_p", 0.196, 3)}  # fmt: skip
    found = arm_solutions(FIXED, [[(35, 105)], [(13, 54)], every(9), every(15), every(24), every(39)], printed)
    assert found.first == (((35, 105), (13, 54), (3, 9), (3, 15), (10, 24), (18, 39)),)
    assert (found.found, found.complete) == (1, True)


def test_complete_molecular_response_of_wang_is_among_the_pairs() -> None:
    # Results, CMR; Fig 4B: prospective 71 (42-100), I² 85.9, P .008: 16/29 and 44/52, sizes of the two trials.
    printed = {"estimate": rounded("estimate", 0.71, 2), "ci_low": rounded("ci_low", 0.42, 2),
               "ci_high": rounded("ci_high", 1.0, 2), "i2": rounded("i2", 85.9, 1),
               "q_p": rounded("q_p", 0.008, 3)}  # fmt: skip
    found = arm_solutions(EXACT, [every(29), every(52)], printed)
    assert found.first == (((16, 29), (44, 52)),)


@pytest.mark.parametrize("planted", [(83, 90), (12, 40)])
def test_a_planted_table_is_found_beside_the_known_trial(planted: tuple[int, int]) -> None:
    known = table(31, 54, 42, 51)
    numbers = as_printed(MH, [table(planted[0], 102, planted[1], 97), known], places=2)
    found = table_solutions(MH, [known], (102, 97), numbers)
    assert ((planted[0], 102), (planted[1], 97)) in found.first
    assert found.tried == 103 * 98


def test_adverse_events_of_chen_have_one_table() -> None:
    # 3.4.1: 0.31 (0.16-0.60), I² 0, P .804 beside Locatelli 31/54 v 42/51, not seen in the paper.
    printed = {"estimate": rounded("estimate", 0.31, 2), "ci_low": rounded("ci_low", 0.16, 2),
               "ci_high": rounded("ci_high", 0.60, 2), "i2": rounded("i2", 0.0, 1),
               "q_p": rounded("q_p", 0.804, 3)}  # fmt: skip
    found = table_solutions(MH, [table(31, 54, 42, 51)], (102, 97), printed)
    assert found.first == (((83, 102), (90, 97)),)
