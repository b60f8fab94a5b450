"""Mistakes that only the whole manifest shows: ids used twice, an outcome without a measure, ids that nothing has.

It works on data that is not validated yet, so that these are told together with all others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from livereview.manifest.forest import forest_mistakes
from livereview.manifest.mistakes import Mistake, nearest
from livereview.manifest.places import Path


def whole_mistakes(data: Mapping[str, Any]) -> list[Mistake]:
    """Every such mistake; values of a wrong type are passed over, since the models report them."""
    outcomes = dict(tables(data.get("outcomes")))
    ids = {index: outcome["id"] for index, outcome in outcomes.items() if isinstance(outcome.get("id"), str)}
    return [
        *_repeated(ids),
        *_repeated_instruments(dict(tables(data.get("instruments")))),
        *_without_measure(data.get("defaults"), outcomes),
        *_unknown_outcomes(data.get("eligibility"), list(ids.values())),
        *_chosen_twice(outcomes),
        *forest_mistakes(data),
        *_in_summary(data.get("summary_of_findings"), list(ids.values())),
        *_acknowledged_nowhere(data.get("audit"), list(ids.values())),
    ]


def tables(value: Any) -> list[tuple[int, Mapping[str, Any]]]:
    """Index and table of the elements of an array that are tables."""
    return [(i, item) for i, item in enumerate(value) if isinstance(item, Mapping)] if isinstance(value, list) else []


def _repeated(ids: Mapping[int, str]) -> Iterator[Mistake]:
    first: dict[str, int] = {}
    for index, name in ids.items():
        if first.setdefault(name, index) != index:
            message = f'the id "{name}" is already used by outcomes[{first[name]}]; give each outcome its own.'
            yield Mistake(path=("outcomes", index, "id"), message=message)


def _repeated_instruments(instruments: Mapping[int, Mapping[str, Any]]) -> Iterator[Mistake]:
    first: dict[str, int] = {}
    for index, instrument in instruments.items():
        name = instrument.get("name")
        if isinstance(name, str) and first.setdefault(name.casefold(), index) != index:
            message = f'"{name}" is already the name of instruments[{first[name.casefold()]}]; give each its own.'
            yield Mistake(path=("instruments", index, "name"), message=message)


def _without_measure(defaults: Any, outcomes: Mapping[int, Mapping[str, Any]]) -> Iterator[Mistake]:
    if isinstance(defaults, Mapping) and "measure" in defaults:
        return
    for index, outcome in outcomes.items():
        if "measure" not in outcome:
            yield Mistake(path=("outcomes", index), message="no effect measure: give measure here or in [defaults].")


def _unknown_outcomes(eligibility: Any, ids: list[str]) -> Iterator[Mistake]:
    for index, exclusion in tables(eligibility.get("exclude") if isinstance(eligibility, Mapping) else None):
        path: Path = ("eligibility", "exclude", index, "outcomes")
        for position, name in _texts(exclusion.get("outcomes")):
            if name not in ids:
                yield Mistake(path=(*path, position), message=f'no outcome has the id "{name}".{nearest(name, ids)}')


def _texts(value: Any) -> list[tuple[int, str]]:
    listed = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [(index, item) for index, item in enumerate(listed) if isinstance(item, str)]


def _chosen_twice(outcomes: Mapping[int, Mapping[str, Any]]) -> Iterator[Mistake]:
    """Two choices for one study of one outcome: the second would never be used."""
    for index, outcome in outcomes.items():
        seen: set[str] = set()
        for position, choice in tables(outcome.get("choose")):
            study = choice.get("study")
            if isinstance(study, str) and study in seen:
                path: Path = ("outcomes", index, "choose", position, "study")
                yield Mistake(path=path, message=f'"{study}" is chosen for already; give one number per study.')
            seen |= {study} if isinstance(study, str) else set()


def _in_summary(summary: Any, ids: list[str]) -> Iterator[Mistake]:
    """Rows of the summary of findings that name no outcome, or one that has a row already."""
    seen: set[str] = set()
    for index, row in tables(summary.get("outcomes") if isinstance(summary, Mapping) else None):
        name, path = row.get("outcome"), ("summary_of_findings", "outcomes", index, "outcome")
        if not isinstance(name, str):
            continue
        if name not in ids:
            yield Mistake(path=path, message=f'no outcome has the id "{name}".{nearest(name, ids)}')
        elif name in seen:
            yield Mistake(path=path, message=f'"{name}" has a row already; give each outcome one.')
        seen.add(name)


def _acknowledged_nowhere(audit: Any, ids: list[str]) -> Iterator[Mistake]:
    """Findings acknowledged at an outcome that is none."""
    for index, item in tables(audit.get("acknowledged") if isinstance(audit, Mapping) else None):
        name = item.get("outcome")
        if isinstance(name, str) and name and name not in ids:
            path: Path = ("audit", "acknowledged", index, "outcome")
            yield Mistake(path=path, message=f'no outcome has the id "{name}".{nearest(name, ids)}')
