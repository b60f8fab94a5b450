"""Checks of every kind: what a plugin says of itself, and what it does beside its work."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import numpy as np

from livereview.testing.agreement import difference
from livereview.testing.check import Inapplicable, Subject, check, fail
from livereview.testing.trials import Trial, trials_of
from livereview.testing.watching import Seen, random_state, watched
from livereview.types import Array, BiasTest, Descriptor, EffectMeasure, EffectModel, Studies

Any_ = Subject[Descriptor]


@check(Descriptor, calls=False)
def described(subject: Any_) -> None:
    """The summary is one line that ends with a full stop, and every option is described."""
    summary = subject.plugin.summary
    if not summary.strip() or "\n" in summary or not summary.endswith("."):
        fail(f"the summary is {summary!r}")
    for name, field in subject.plugin.options.model_fields.items():
        if not (field.description or "").strip():
            fail(f"the option {name} has no description: Field(description=...)")


@check(Descriptor, calls=False)
def literature(subject: Any_) -> None:
    """A method names the literature that it comes from."""
    if not isinstance(subject.plugin, EffectMeasure | EffectModel | BiasTest):
        raise Inapplicable("only measures, models and tests are methods from the literature")
    if not any(text.strip() for text in subject.plugin.references):
        fail("references is empty: state author, year, journal, DOI")


@check(Descriptor, every_choice=True)
def same_twice(subject: Any_) -> None:
    """The same input gives the same result, to the last bit, whatever was asked before and whatever was drawn."""
    found = _trials(subject)
    with random_state(1):
        first = [trial.result() for trial in found]
    with random_state(2):
        second = [trial.result() for trial in reversed(found)][::-1]
    for trial, one, other in zip(found, first, second, strict=True):
        differs = difference(one, other)
        if differs:
            fail(f"asked twice: {differs}; {trial.name}")


@check(Descriptor, every_choice=True)
def input_unchanged(subject: Any_) -> None:
    """What the plugin is given is as it was when it is done."""
    for trial in _trials(subject):
        given, wanted = trial.make(), trial.make()
        trial.result(given)
        differs = difference(given, wanted)
        if differs:
            fail(f"afterwards and before: {differs}; {trial.name}")


@check(Descriptor)
def nothing_remembered(subject: Any_) -> None:
    """Arrays that hold other numbers than before give another result: nothing is remembered by place or size."""
    found = [trial for trial in _trials(subject) if _arrays(trial.make())]
    if not found:
        raise Inapplicable("it is not given arrays")
    for trial in found:
        given, other = trial.make(), trial.make()
        trial.result(given)
        for array in (*_arrays(given), *_arrays(other)):
            np.copyto(array, array[::-1].copy())
        differs = difference(trial.result(given), trial.result(copy.deepcopy(other)))
        if differs:
            fail(f"arrays with new content, and new arrays: {differs}; {trial.name}")


def _arrays(given: Any) -> list[Array]:
    """The arrays of studies or of columns, not their mask."""
    if isinstance(given, Studies):
        return [given.effect, given.variance, *given.data.values()]
    if isinstance(given, Mapping):
        return [column for column in given.values() if isinstance(column, np.ndarray)]
    return []


@check(Descriptor)
def quiet(subject: Any_) -> None:
    """It prints nothing and warns of nothing."""
    for trial, seen in _seen(subject):
        if seen.printed:
            fail(f"it prints {seen.printed[:200]!r}; {trial.name}")
        if seen.warned:
            fail(f"it warns: {seen.warned[0]}; {trial.name}")


@check(Descriptor)
def nothing_written(subject: Any_) -> None:
    """It writes, moves and removes no file."""
    for trial, seen in _seen(subject):
        if seen.written:
            fail(f"it {seen.written[0]}; {trial.name}")


@check(Descriptor)
def nobody_asked(subject: Any_) -> None:
    """It connects to no server and starts no program; a source asks through its request."""
    for trial, seen in _seen(subject):
        if seen.asked:
            fail(f"it calls {seen.asked[0]}; {trial.name}")


@check(Descriptor)
def own_random_numbers(subject: Any_) -> None:
    """It neither draws from the random numbers that all share nor seeds them: ``numpy.random.default_rng(seed)``."""
    for trial, seen in _seen(subject):
        if seen.random:
            fail(f"it changed the state of random or numpy.random; {trial.name}")


def _trials(subject: Subject[Any]) -> tuple[Trial, ...]:
    found = trials_of(subject)
    if not found:
        raise Inapplicable("there is nothing to call")
    return found


def _seen(subject: Subject[Any]) -> list[tuple[Trial, Seen]]:
    """What each trial does beside its work; each is watched once."""
    if "watched" not in subject.seen:
        subject.seen["watched"] = [(trial, _watched(trial)) for trial in _trials(subject)]
    found: list[tuple[Trial, Seen]] = subject.seen["watched"]
    return found


def _watched(trial: Trial) -> Seen:
    given = trial.make()
    with watched() as seen:
        trial.result(given)
    return seen
