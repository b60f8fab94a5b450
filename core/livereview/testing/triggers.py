"""Checks of triggers: equal conclusions never fire, a reason is text, and no number at all is no error."""

from __future__ import annotations

from itertools import product

from livereview.testing.check import Subject, check, fail
from livereview.testing.conclusions import conclusion, nothing
from livereview.testing.trials import Trial
from livereview.triggers import Conclusion, Trigger

Rule = Subject[Trigger]


def _conclusions() -> list[Conclusion]:
    """Conclusions that differ in everything that a trigger can look at, the plainest first."""
    return [
        conclusion(),
        conclusion(0.8, 1.4, k=9, participants=4000, i2=80.0),
        conclusion(1.2, 2.9, studies=("a", "b", "c", "d"), k=4, certainty="low"),
        conclusion(0.2, 0.6, display="proportion", null_shown=None, measure="PLO"),
        conclusion(prediction_shown=(0.3, 1.7), prediction_low=-1.2, prediction_high=0.53),
        conclusion(prediction_shown=(0.3, 0.8), prediction_low=-1.2, prediction_high=-0.22),
        conclusion(retracted={"pmid:1": "A"}, certainty="high"),
        conclusion(i2=None, tau2=None, participants=None, eligibility=None),
        conclusion(failed=True, k=0),
        nothing(),
    ]


@check(Trigger, every_choice=True)
def equal_conclusions(rule: Rule) -> None:
    """Two equal conclusions never fire."""
    for one, other in zip(_conclusions(), _conclusions(), strict=True):
        said = rule.plugin.fires(one, other, rule.options)
        if said is not None:
            fail(f"it says {said!r} of two equal conclusions: {_told(one)}")


@check(Trigger, every_choice=True)
def reason_or_none(rule: Rule) -> None:
    """It answers with a reason of one line or None for any two conclusions, also without a number."""
    for before, after in product(_conclusions(), repeat=2):
        said = rule.plugin.fires(before, after, rule.options)
        if said is not None and (not isinstance(said, str) or not said.strip() or "\n" in said):
            fail(f"it returned {said!r}; before: {_told(before)}; after: {_told(after)}")
        if isinstance(said, str) and "nan" in said.lower().split():
            fail(f"the reason has no number: {said!r}; before: {_told(before)}; after: {_told(after)}")


@check(Trigger, every_choice=True)
def why_inapplicable(rule: Rule) -> None:
    """Why an outcome cannot be asked is text, empty where it can."""
    if rule.plugin.inapplicable is None:
        return
    for one in _conclusions():
        said = rule.plugin.inapplicable(one, rule.options)
        if not isinstance(said, str):
            fail(f"inapplicable returned {said!r}; {_told(one)}")


@check(Trigger)
def fires_at_all(rule: Rule) -> None:
    """Of very different conclusions some fire."""
    pairs = product(_conclusions(), repeat=2)
    if not any(rule.plugin.fires(before, after, rule.options) for before, after in pairs):
        fail("it is silent about every pair of very different conclusions")


def _told(one: Conclusion) -> str:
    shown = one.shown
    return f"k = {one.k}, {one.display} {shown.estimate:.3g} ({shown.low:.3g} to {shown.high:.3g})"


def trials(rule: Rule) -> tuple[Trial, ...]:
    """The trigger on each conclusion against the first."""

    def trial(index: int) -> Trial:
        def fires(pair: tuple[Conclusion, Conclusion]) -> str | None:
            return rule.plugin.fires(pair[0], pair[1], rule.options)

        return Trial(
            name=f"conclusions 1 and {index + 1} of the kit",
            make=lambda: (_conclusions()[0], _conclusions()[index]),
            call=fires,
        )

    return tuple(trial(index) for index in range(len(_conclusions())))
