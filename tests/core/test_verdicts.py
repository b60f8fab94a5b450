"""The verdict on an outcome: what is new, what matters, what is another question, and what small steps add up to."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conclusions import conclusion, conclusions, nothing
from livereview import Conclusion, Options, PluginError, Trigger
from livereview.bound import Bound, bound
from livereview.manifest.models import BUILT_IN, TriggerChoice
from livereview.plugins import Provider, installed
from livereview.verdicts.verdict import Reached, verdict_of

PROVIDER = Provider(entry_point="elsewhere", distribution="elsewhere", version="2.0")


def triggers(*names: Any) -> list[Bound[Trigger]]:
    return [bound(installed(), Trigger, TriggerChoice.model_validate(name)) for name in names]


DEFAULT = [bound(installed(), Trigger, choice) for choice in BUILT_IN.triggers or ()]


def own(fires: Any, name: str = "own") -> Bound[Trigger]:
    return Bound(plugin=Trigger(name=name, summary="Ours.", fires=fires), options=Options(), provider=PROVIDER)


def at(one: Conclusion, number: int = 1) -> Reached:
    return Reached(conclusion=one, name=f"000{number}-x", title=f"update {number}")


def new(low: float = 0.45, high: float = 0.93, **fields: Any) -> Conclusion:
    """A conclusion that rests on other rows than the usual one."""
    return conclusion(low, high, **({"evidence": {"a": ("another row",)}} | fields))


# --- the verdicts -------------------------------------------------------------------------------------------------


def test_without_anything_before_it_is_a_first_version() -> None:
    verdict, failures = verdict_of(None, conclusion(), DEFAULT)
    assert (verdict.kind, verdict.before, verdict.fired, failures) == ("first", None, (), ())


def test_the_same_rows_are_no_new_evidence() -> None:
    verdict, _ = verdict_of(at(conclusion()), conclusion(), DEFAULT)
    assert (verdict.kind, verdict.notes) == ("no-new-evidence", ())


def test_the_last_bits_of_a_number_are_no_new_evidence() -> None:
    verdict, _ = verdict_of(at(conclusion(0.45, 1.0)), conclusion(0.45, 1.0 - 1e-15), DEFAULT)
    assert (verdict.kind, verdict.notes) == ("no-new-evidence", ())


def test_a_number_that_moves_without_new_evidence_is_told_and_no_trigger_is_asked() -> None:
    verdict, _ = verdict_of(at(conclusion(0.45, 0.93)), conclusion(0.45, 1.20), DEFAULT)
    assert (verdict.kind, verdict.fired) == ("no-new-evidence", ())
    assert "moved (0.65 (0.45 to 0.93) became 0.73 (0.45 to 1.20)) without new evidence" in verdict.notes[0]


def test_new_rows_with_the_same_numbers_are_new_but_not_consequential() -> None:
    verdict, _ = verdict_of(at(conclusion()), new(), DEFAULT)
    assert (verdict.kind, verdict.fired) == ("not-consequential", ())


def test_what_fires_is_told_with_the_numbers_and_the_update_compared_with() -> None:
    verdict, _ = verdict_of(at(conclusion(0.45, 0.93)), new(0.45, 1.02), DEFAULT)
    assert verdict.kind == "consequential"
    [fired] = verdict.fired
    assert (fired.trigger, fired.against) == ("crosses-null", "update 1")
    assert "0.45 to 0.93 became 0.45 to 1.02" in fired.reason


def test_other_numbers_of_people_in_the_table_of_studies_are_new() -> None:
    assert verdict_of(at(conclusion(participants=600)), conclusion(participants=610), DEFAULT)[0].kind == (
        "not-consequential"
    )


def test_a_new_rating_alone_is_new() -> None:
    rated = conclusion(certainty="moderate")
    assert verdict_of(at(rated), conclusion(certainty="low"), DEFAULT)[0].kind == "consequential"
    assert verdict_of(at(conclusion()), rated, DEFAULT)[0].kind == "not-consequential"


def test_a_retraction_alone_is_new_and_consequential() -> None:
    verdict, _ = verdict_of(at(conclusion()), conclusion(retracted={"pmid:1": "Adams 2001"}), DEFAULT)
    assert [fired.trigger for fired in verdict.fired] == ["retraction"]


def test_an_outcome_without_triggers_is_never_consequential() -> None:
    assert verdict_of(at(conclusion()), new(1.2, 1.9), [])[0].kind == "not-consequential"


def test_a_trigger_that_an_outcome_cannot_be_asked_is_not_among_its_rules() -> None:
    one = new(display="proportion", null_shown=None)
    verdict, _ = verdict_of(at(conclusion(display="proportion", null_shown=None)), one, DEFAULT)
    assert verdict.triggers == ("result-comes-or-goes", "certainty-changes", "retraction")


# --- small steps --------------------------------------------------------------------------------------------------


def test_small_steps_add_up_to_a_consequential_change() -> None:
    """Four steps of 10 % each: no step is a move of 25 %, the whole of them is."""
    rules = triggers({"name": "estimate-moves", "by": 0.25})
    steps = [conclusion(value=0.5 * 1.1**i, evidence={"a": (str(i),)}) for i in range(5)]
    since, kinds = at(steps[0], 0), []
    for i in range(1, 5):
        verdict, _ = verdict_of(at(steps[i - 1], i - 1), steps[i], rules, since)
        kinds.append(verdict.kind)
        if verdict.kind == "consequential":
            [fired] = verdict.fired
            assert (fired.against, verdict.since) == ("update 0", "0000-x")
            since = at(steps[i], i)
    assert kinds == ["not-consequential", "not-consequential", "consequential", "not-consequential"]


def test_what_fires_against_the_previous_update_is_told_once() -> None:
    earlier = conclusion(0.46, 0.92)
    verdict, _ = verdict_of(at(conclusion(), 2), new(0.45, 1.02), triggers("crosses-null"), at(earlier, 1))
    [fired] = verdict.fired
    assert fired.against == "update 2"


def test_the_same_update_is_not_compared_with_twice() -> None:
    verdict, _ = verdict_of(at(conclusion()), new(), DEFAULT, at(conclusion()))
    assert verdict.since is None


# --- another question ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("title", "Overall survival", "Event-free survival"),
        ("measure", "HR", "RR"),
        ("outcome codes", "os", "os, efs"),
        ("experimental arms", None, "blinatumomab"),
    ],
)
def test_another_choice_makes_another_question_under_the_same_id(name: str, before: str | None, after: str) -> None:
    usual = conclusion()
    then = {key: text for key, text in usual.definition.items() if key != name} | ({name: before} if before else {})
    verdict, _ = verdict_of(at(conclusion(definition=then)), new(1.2, 1.9, definition=then | {name: after}), DEFAULT)
    assert (verdict.kind, verdict.fired) == ("redefined", ())
    assert verdict.redefined == (f"{name}: {before or 'not set'} became {after}",)


def test_another_eligibility_makes_another_question_where_it_changes_the_studies() -> None:
    before = at(conclusion(eligibility=("without adams-2001",)))
    assert verdict_of(before, conclusion(eligibility=()), DEFAULT)[0].kind == "no-new-evidence"
    verdict, _ = verdict_of(before, new(eligibility=()), DEFAULT)
    assert verdict.redefined == ("eligibility: no longer without adams-2001",)


def test_a_record_that_does_not_say_its_eligibility_has_the_same() -> None:
    verdict, _ = verdict_of(at(conclusion(eligibility=None)), new(eligibility=("without adams-2001",)), DEFAULT)
    assert verdict.kind == "not-consequential"


# --- what fails ---------------------------------------------------------------------------------------------------


def failing(before: Conclusion, after: Conclusion, options: Options) -> str | None:
    raise PluginError("no such thing")


def test_a_trigger_that_fails_leaves_the_verdict_undecided_and_is_named() -> None:
    verdict, [failure] = verdict_of(at(conclusion()), new(), [own(failing), *DEFAULT])
    assert verdict.kind == "undecided"
    assert (failure.section, failure.plugin, failure.message) == ("outcome os, trigger own", "own", "no such thing")
    assert "elsewhere 2.0" in failure.provider


def test_a_trigger_that_fails_takes_nothing_back_from_one_that_fires() -> None:
    verdict, failures = verdict_of(at(conclusion()), new(0.45, 1.02), [own(failing), *DEFAULT])
    assert (verdict.kind, len(failures)) == ("consequential", 1)


def test_a_trigger_that_returns_something_else_has_failed() -> None:
    verdict, [failure] = verdict_of(at(conclusion()), new(), [own(lambda before, after, options: True)])
    assert verdict.kind == "undecided"
    assert failure.message == "fires returned bool; it must return a text or None"


def test_an_outcome_that_failed_is_not_said_to_have_lost_its_number() -> None:
    verdict, _ = verdict_of(at(conclusion()), nothing(k=3, failed=True), DEFAULT)
    assert (verdict.kind, verdict.fired) == ("undecided", ())


# --- what always holds --------------------------------------------------------------------------------------------


@given(one=conclusions())
def test_equal_conclusions_are_never_consequential(one: Conclusion) -> None:
    assert verdict_of(at(one), one, DEFAULT)[0].kind == "no-new-evidence"


@given(before=conclusions(), after=conclusions(), few=st.sets(st.integers(0, len(DEFAULT) - 1)), more=st.booleans())
def test_another_trigger_never_makes_a_consequential_update_inconsequential(
    before: Conclusion, after: Conclusion, few: set[int], more: bool
) -> None:
    some = [DEFAULT[i] for i in sorted(few)]
    added = [*DEFAULT, own(failing)] if more else [*some, *triggers({"name": "estimate-moves", "by": 0.01})]
    if verdict_of(at(before), after, some)[0].kind == "consequential":
        assert verdict_of(at(before), after, [*some, *added])[0].kind == "consequential"


@given(before=conclusions(), after=conclusions())
def test_triggers_are_asked_only_of_new_evidence(before: Conclusion, after: Conclusion) -> None:
    asked: list[str] = []
    spy = own(lambda before, after, options: asked.append("asked"))
    kind = verdict_of(at(before), after, [spy])[0].kind
    assert bool(asked) == (kind == "not-consequential")
