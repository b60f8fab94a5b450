"""Each built-in trigger on both sides of its threshold, and none on two equal conclusions."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from conclusions import conclusion, conclusions, nothing
from livereview import Conclusion, Trigger
from livereview.manifest.jsonschema import own_plugins

TRIGGERS = {name: registered.descriptor for name, registered in own_plugins().of(Trigger).items()}
#: Options for those that need some.
OPTIONS: dict[str, dict[str, Any]] = {
    "crosses-important-difference": {"thresholds": (0.8, 1.25)},
    "estimate-moves": {"by": 0.2},
    "studies-grow": {"percent": 50.0},
    "participants-grow": {"percent": 50.0},
}


def asked(name: str, before: Conclusion, after: Conclusion, **options: Any) -> str | None:
    trigger = TRIGGERS[name]
    return trigger.fires(before, after, trigger.options(**(options or OPTIONS.get(name, {}))))


@pytest.mark.parametrize("name", sorted(TRIGGERS))
@given(one=conclusions())
def test_no_trigger_fires_on_two_equal_conclusions(name: str, one: Conclusion) -> None:
    assert asked(name, one, one) is None


@pytest.mark.parametrize("name", sorted(TRIGGERS))
@given(before=conclusions(), after=conclusions())
def test_a_trigger_gives_a_reason_or_nothing_whatever_the_conclusions(
    name: str, before: Conclusion, after: Conclusion
) -> None:
    reason = asked(name, before, after)
    assert reason is None or len(reason) > 10
    assert reason is None or "nan" not in reason


# --- crossings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ((0.45, 0.93), (0.45, 1.02), "was below no effect (1) and now includes it: 0.45 to 0.93 became 0.45 to 1.02"),
        ((0.45, 1.02), (0.45, 0.93), "included no effect (1) and now is below it"),
        ((0.90, 1.40), (1.05, 1.40), "included no effect (1) and now is above it"),
        ((0.45, 0.93), (1.05, 1.40), "was below no effect (1) and now is above it"),
    ],
)
def test_an_interval_that_comes_to_include_no_effect_or_no_longer_does_fires(
    before: tuple[float, float], after: tuple[float, float], words: str
) -> None:
    reason = asked("crosses-null", conclusion(*before), conclusion(*after))
    assert reason is not None
    assert words in reason


@pytest.mark.parametrize(("before", "after"), [((0.45, 0.93), (0.2, 0.99)), ((0.9, 1.1), (0.5, 1.0))])
def test_an_interval_that_stays_on_its_side_does_not_fire(
    before: tuple[float, float], after: tuple[float, float]
) -> None:
    assert asked("crosses-null", conclusion(*before), conclusion(*after)) is None


def test_a_limit_at_no_effect_includes_it_whatever_its_last_bits() -> None:
    for high in (1.0, 1.0 + 1e-15, 1.0 - 1e-15):
        assert asked("crosses-null", conclusion(0.5, 1.0), conclusion(0.5, high)) is None
    reason = asked("crosses-null", conclusion(0.5, 1.0), conclusion(0.5, 0.9999))
    assert reason is not None
    assert "0.50 to 0.9999" in reason  # 1.00 would look as if it included no effect


def test_one_arm_has_no_effect_to_cross() -> None:
    one = conclusion(0.4, 0.6, display="proportion", null_shown=None)
    why = TRIGGERS["crosses-null"].inapplicable
    assert why is not None
    assert why(one, None) == "an outcome of one arm has no value of no effect"
    assert why(conclusion(), None) == ""


def test_each_important_difference_is_looked_at_on_its_own() -> None:
    reason = asked("crosses-important-difference", conclusion(0.5, 0.79), conclusion(0.5, 0.81))
    assert reason is not None
    assert "was below the important difference 0.80 and now includes it" in reason
    assert "1.25" not in reason
    assert asked("crosses-important-difference", conclusion(0.81, 1.2), conclusion(0.81, 1.24)) is None
    both = asked("crosses-important-difference", conclusion(0.9, 1.1), conclusion(0.7, 1.3))
    assert both is not None
    assert both.count("important difference") == 2


def test_a_threshold_of_ratios_is_not_asked_of_proportions() -> None:
    trigger = TRIGGERS["crosses-important-difference"]
    options = trigger.options(thresholds=(0.8, 1.25), display="ratio")
    assert trigger.inapplicable is not None
    assert trigger.inapplicable(conclusion(), options) == ""
    assert "printed as proportion" in trigger.inapplicable(conclusion(display="proportion"), options)


@pytest.mark.parametrize(
    ("before", "after", "options", "fires"),
    [
        ((0.44, 0.95), (0.40, 1.05), {}, True),
        ((0.44, 0.95), (0.40, 0.99), {}, False),
        ((0.44, 0.95), (0.40, 1.05), {"no_effect": False, "thresholds": (0.3,)}, False),
        ((0.44, 0.95), (0.29, 1.05), {"no_effect": False, "thresholds": (0.3,)}, True),
        (None, (0.40, 1.05), {}, False),
        ((0.44, 0.95), None, {}, False),
    ],
)
def test_the_prediction_interval_is_looked_at_like_the_confidence_interval(
    before: Any, after: Any, options: dict[str, Any], fires: bool
) -> None:
    reason = asked(
        "prediction-interval-crosses",
        conclusion(prediction_shown=before),
        conclusion(prediction_shown=after),
        **options,
    )
    assert (reason is not None) == fires
    assert reason is None or reason.startswith("the prediction interval was")


# --- size ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "by", "fires"),
    [
        (0.50, 0.60, 0.2, False),  # exactly 20 %
        (0.50, 0.61, 0.2, True),
        (0.61, 0.50, 0.2, True),  # in either direction
        (0.60, 0.50, 0.2, False),
    ],
)
def test_a_ratio_moves_relative_to_itself(before: float, after: float, by: float, fires: bool) -> None:
    reason = asked("estimate-moves", conclusion(value=before), conclusion(value=after), by=by)
    assert (reason is not None) == fires


def test_the_reason_of_a_move_states_both_numbers() -> None:
    reason = asked("estimate-moves", conclusion(value=0.5), conclusion(value=0.75), by=0.2)
    assert reason == "the estimate moved by 50%, more than 20%: 0.50 became 0.75"


@pytest.mark.parametrize(("after", "fires"), [(0.55, False), (0.5501, True), (0.4499, True), (0.45, False)])
def test_what_is_no_ratio_moves_by_a_difference_on_the_display_scale(after: float, fires: bool) -> None:
    share = {"display": "proportion", "null_shown": None}
    reason = asked("estimate-moves", conclusion(value=0.5, **share), conclusion(value=after, **share), by=0.05)
    assert (reason is not None) == fires
    assert reason is None or "by more than 5.0%" in reason


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (24.9, 25.0, "rose to or above 25%: 24.9% became 25.0%"),
        (25.0, 24.9, "fell below 25%"),
        (10.0, 80.0, "rose to or above 75%"),
        (80.0, 10.0, "fell below 25%"),
        (30.0, 49.9, None),
        (None, 80.0, None),
        (10.0, None, None),
    ],
)
def test_a_class_of_heterogeneity_begins_at_its_threshold(
    before: float | None, after: float | None, words: str | None
) -> None:
    reason = asked("heterogeneity-changes", conclusion(i2=before), conclusion(i2=after))
    assert (reason is None) == (words is None)
    assert words is None or words in str(reason)


def test_a_number_that_comes_or_goes_fires() -> None:
    came = asked("result-comes-or-goes", nothing(), conclusion())
    went = asked("result-comes-or-goes", conclusion(), nothing())
    assert came == "the outcome has its first number: 0.65 (0.45 to 0.93)"
    assert went == "the outcome has no number any more; it was 0.65 (0.45 to 0.93)"
    assert asked("result-comes-or-goes", nothing(), nothing()) is None


# --- growth, judgements -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "fires"), [(5, False), (6, True), (2, False)])
def test_studies_grow_by_at_least_so_many_percent(after: int, fires: bool) -> None:
    reason = asked("studies-grow", conclusion(k=4), conclusion(k=after), percent=50.0)
    assert (reason is not None) == fires
    assert reason in (None, "4 studies became 6: 50% more, at least 50%")


def test_participants_grow_only_where_they_are_known() -> None:
    assert asked("participants-grow", conclusion(participants=600), conclusion(participants=899)) is None
    reason = asked("participants-grow", conclusion(participants=1000), conclusion(participants=1500))
    assert reason == "1,000 participants became 1,500: 50% more, at least 50%"
    assert asked("participants-grow", conclusion(participants=None), conclusion(participants=900)) is None
    assert asked("participants-grow", conclusion(participants=600), conclusion(participants=None)) is None


def test_growth_from_nothing_is_no_percentage() -> None:
    assert asked("studies-grow", nothing(), conclusion()) is None


def test_certainty_changes_between_two_ratings_and_is_not_changed_by_the_first() -> None:
    rated = {level: conclusion(certainty=level) for level in ("", "high", "low")}
    assert asked("certainty-changes", rated["high"], rated["low"]) == "the certainty was high and is now low"
    assert asked("certainty-changes", rated["high"], rated[""]) == "the certainty was high and is not rated any more"
    assert asked("certainty-changes", rated[""], rated["low"]) is None


def test_a_retraction_fires_once_and_names_the_report() -> None:
    was, now = conclusion(), conclusion(retracted={"pmid:1": "Adams 2001, Lancet 2001 since 2026-10-02: fraud"})
    assert asked("retraction", was, now) == "retracted: Adams 2001, Lancet 2001 since 2026-10-02: fraud"
    assert asked("retraction", now, now) is None
    assert asked("retraction", now, was) is None


# --- options ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("crosses-important-difference", {}),
        ("crosses-important-difference", {"thresholds": ()}),
        ("crosses-important-difference", {"thresholds": (math.nan,)}),
        ("prediction-interval-crosses", {"thresholds": (math.inf,)}),
        ("estimate-moves", {}),
        ("estimate-moves", {"by": 0.0}),
        ("estimate-moves", {"by": math.inf}),
        ("heterogeneity-changes", {"thresholds": ()}),
        ("heterogeneity-changes", {"thresholds": (50.0, 25.0)}),
        ("heterogeneity-changes", {"thresholds": (0.0, 25.0)}),
        ("heterogeneity-changes", {"thresholds": (25.0, 100.0)}),
        ("studies-grow", {"percent": -1.0}),
        ("participants-grow", {}),
        ("estimate-moves", {"by": 0.1, "display": "odds"}),
    ],
)
def test_a_threshold_that_cannot_be_is_refused(name: str, options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TRIGGERS[name].options(**options)
