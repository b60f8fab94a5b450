"""Checks of instruments: names and scores that sheets can hold and that nobody can confuse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from livereview.instruments import Instrument
from livereview.testing.check import Subject, check, fail
from livereview.testing.trials import Trial

Form = Subject[Instrument]


@check(Instrument)
def distinct_names(form: Form) -> None:
    """Items, totals and the overall judgement have distinct names, capitals or not."""
    plugin = form.plugin
    own = [name for item in plugin.items for name in (item.name, *item.also)]
    _once([*own, *plugin.total, *([plugin.overall.name] if plugin.overall else [])], "name")
    _once([item.title for item in plugin.items if item.title], "title")
    if not plugin.items:
        fail("it has no items")
    _once(plugin.spellings if plugin.title.casefold() != plugin.name else plugin.spellings[1:], "spelling")


@check(Instrument)
def possible_scores(form: Form) -> None:
    """Every item has scores, each once; scores that are added up are numbers, the least first."""
    plugin = form.plugin
    for item in (*plugin.items, *([plugin.overall] if plugin.overall else ())):
        if not item.scores or any(not score.strip() for score in item.scores):
            fail(f"the scores of {item.name} are {item.scores}")
        _once([*item.scores, *plugin.outside], f"score of {item.name}")
    if not plugin.total:
        return
    for item in plugin.items:
        try:
            points = [float(score) for score in item.scores]
        except ValueError:
            fail(f"{item.name} is added up, and its scores are {item.scores}")
        if points != sorted(points):
            fail(f"the points of {item.name} are {item.scores}, not the least first")


@check(Instrument)
def overall_by_its_rule(form: Form) -> None:
    """An instrument with a rule has an overall judgement whose scores are those of its items."""
    plugin = form.plugin
    if not plugin.rule:
        return
    if plugin.overall is None:
        fail(f"the rule is {plugin.rule!r}, and there is no overall judgement")
    for item in plugin.items:
        other = set(item.scores) - set(plugin.overall.scores)
        if other:
            fail(f"{item.name} may be {', '.join(sorted(other))}, which the overall judgement cannot")


def _once(names: Iterable[str], what: str) -> None:
    """Fail where a text stands twice."""
    twice = [name for name, number in Counter(name.casefold() for name in names).items() if number > 1]
    if twice:
        fail(f"the {what} {twice[0]!r} stands twice")


def trials(form: Form) -> tuple[Trial, ...]:
    """None: an instrument is data."""
    return ()
