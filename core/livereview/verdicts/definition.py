"""What an outcome's number means: the choices that define it, and which of them differ between two updates.

Numbers of two definitions are not comparable, also where the outcome kept its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from livereview.manifest.models import Eligibility, Filter, Manifest

#: Choices that do not decide what the number is.
NOT_DEFINING = ("bias tests", "consequential if")
_ABSENT = "not set"


def definition_of(outcome: Mapping[str, Any]) -> dict[str, str]:
    """Title, measure and choices of an outcome of a record, in words, by name."""
    choices = {name: text for name, text in outcome["choices"].items() if name not in NOT_DEFINING}
    return {"title": outcome["title"], "measure": outcome["measure"], **choices}


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """Each choice that is not what it was: ``outcome codes: cr became cr, cri``."""
    names = [*after, *(name for name in before if name not in after)]
    changed = [name for name in names if before.get(name) != after.get(name)]
    return tuple(f"{name}: {before.get(name, _ABSENT)} became {after.get(name, _ABSENT)}" for name in changed)


def eligibility_of(manifest: Manifest, outcome_id: str) -> tuple[str, ...]:
    """Every rule that decides which studies an outcome admits, in words: of the review, then of the outcome."""
    rules, outcome = manifest.eligibility, manifest.outcome(outcome_id)
    return (*_of_review(rules, outcome_id), *map(_filter, outcome.filters or ()))


def _of_review(rules: Eligibility, outcome_id: str) -> Iterable[str]:
    yield from map(_filter, rules.filters)
    for item in rules.exclude:
        if not item.outcomes or outcome_id in item.outcomes:
            yield f"without {item.study}"
    for overlap in rules.overlaps:
        yield f"of {', '.join(overlap.studies)} only the first"


def _filter(item: Filter) -> str:
    tests = {"in": item.one_of, "not in": item.not_in, "at least": item.min, "at most": item.max}
    told = [f"{name} {_listed(value)}" for name, value in tests.items() if value is not None]
    return f"{item.field} {' and '.join(told)}" + (", or not stated" if item.missing == "include" else "")


def _listed(value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple) else f"{value:g}"


def eligibility_differences(before: Iterable[str], after: Iterable[str]) -> tuple[str, ...]:
    """Rules that came and went."""
    old, new = list(before), list(after)
    came = [f"eligibility: now {rule}" for rule in new if rule not in old]
    return (*came, *(f"eligibility: no longer {rule}" for rule in old if rule not in new))
