"""Findings of several reviews in one list: what linked reviews share is listed once, with the reviews that see it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

from livereview.audited import AuditedFinding
from livereview.auditing.ranking import order


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A finding, the reviews that see it, and the outcomes of any of them whose estimates rest on it."""

    item: AuditedFinding
    reviews: tuple[str, ...]
    outcomes: tuple[str, ...]
    """Ids; with the review in front where several reviews are listed."""


def together(found: Sequence[tuple[str, Iterable[AuditedFinding]]]) -> list[Shown]:
    """The findings of reviews, each a name and what was found, ranked over all of them.

    A finding about a row is the same in two reviews if code, place and message are; one about an outcome or a key of a
    manifest belongs to its review. Acknowledged is what every review acknowledged that sees it.
    """
    several = len(found) > 1
    groups: dict[Hashable, list[tuple[str, AuditedFinding]]] = {}
    for review, items in found:
        for item in items:
            groups.setdefault(_identity(review, item), []).append((review, item))
    shown = [_one(group, several) for group in groups.values()]
    return [
        replace(one, item=replace(one.item, rank=rank))
        for rank, one in enumerate(sorted(shown, key=lambda one: order(one.item)), start=1)
    ]


def _identity(review: str, item: AuditedFinding) -> Hashable:
    place = item.finding.place
    own = "" if place.row_id and not place.outcome_id and not place.key else review
    return own, item.finding.code, replace(place, words="", origin=""), item.finding.message


def _one(group: Sequence[tuple[str, AuditedFinding]], several: bool) -> Shown:
    first = min((item for _, item in group), key=order)
    outcomes = [f"{review}/{name}" if several else name for review, item in group for name in item.outcomes]
    item = replace(
        first,
        outcomes=tuple(dict.fromkeys(outcomes)),
        influence=max(item.influence for _, item in group),
    )
    reviews = tuple(dict.fromkeys(review for review, _ in group))
    return Shown(item=item, reviews=reviews, outcomes=item.outcomes)
