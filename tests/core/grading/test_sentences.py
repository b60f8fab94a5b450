"""The plain sentence: its verb by the certainty, its direction by the estimate, its size by what matters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from builders import outcome
from livereview import AbsoluteEffect, Certainty, Finding, Interval
from livereview.grading.sentences import sentence


def signed(level: Any) -> Certainty:
    return Certainty(level=level, reasons=(), signed_by="A", signed_on="2026-01-01")


def said(level: Any, difference: float = -0.1, important: float | None = None, **kw: Any) -> str:
    risk = AbsoluteEffect(baseline=0.4, source="stated", risk=(0.4 + difference,) * 3)
    finding = Finding(outcome_id="os-rr", title="Death", event="death", absolute=(risk,), important=important,
                      certainty=None if level is None else signed(level), **kw)  # fmt: skip
    return sentence(outcome(), finding)


@pytest.mark.parametrize(
    ("level", "verb"),
    [
        ("high", "New drug reduces death"),
        ("moderate", "New drug probably reduces death"),
        ("low", "New drug may reduce death"),
        ("very low", "The evidence is very uncertain about the effect of new drug on death"),
    ],
)
def test_the_verb_fits_the_certainty(level: str, verb: str) -> None:
    # Santesso 2020 (GRADE 26).
    assert said(level) == f"{verb}, compared with Chemotherapy."


def test_more_events_are_an_increase() -> None:
    assert said("low", 0.1) == "New drug may increase death, compared with Chemotherapy."


@pytest.mark.parametrize(
    ("difference", "words"), [(-0.049, "little to no difference in death"), (-0.05, "reduces death")]
)
def test_a_difference_below_the_important_one_is_little_to_none(difference: float, words: str) -> None:
    assert words in said("high", difference, important=0.05)


def test_nobody_said_what_matters_so_no_difference_is_called_little() -> None:
    assert said("high", -0.0001) == "New drug reduces death, compared with Chemotherapy."
    assert "little to no difference" in said("high", 0.0)


def test_the_time_is_in_the_sentence() -> None:
    assert said("low", time="24 months").startswith("New drug may reduce death by 24 months,")


def test_an_outcome_that_is_not_rated_says_so() -> None:
    assert said(None) == "The certainty of the effect of new drug on death, compared with Chemotherapy is not rated."


@pytest.mark.parametrize(
    ("level", "words"),
    [
        ("high", "Of 1,000 people given New drug, 600 (95% interval 500 to 700) have remission."),
        ("moderate", "Of 1,000 people given New drug, 600 (95% interval 500 to 700) probably have remission."),
        ("low", "Of 1,000 people given New drug, 600 (95% interval 500 to 700) may have remission."),
        ("very low", "The evidence is very uncertain about how many people have remission with New drug."),
    ],
)
def test_a_number_of_one_arm_is_told_in_people(level: str, words: str) -> None:
    found = outcome(kind="proportion")
    shown = Interval(estimate=0.6, low=0.5, high=0.7)
    found = replace(found, pooled=replace(found.pooled, shown=shown))
    assert sentence(found, Finding(outcome_id="cr", title="Remission", certainty=signed(level))) == words


def test_an_outcome_without_a_number_says_why() -> None:
    finding = Finding(outcome_id="os-rr", title="Death")
    assert sentence(outcome(0), finding) == "There is no number for death: no eligible study reports it."
