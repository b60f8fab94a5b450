"""Which study feeds which review and outcome, what reviews have in common, and what they leave unused.

Reads what stores and histories hold; nothing is fetched or written. Where the last update of a review no longer fits
its manifest or the evidence, the numbers that stand for its studies are chosen anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from livereview.assembly import fingerprint_of
from livereview.bound import SectionFailed
from livereview.errors import ExpectedError
from livereview.history import History, Record
from livereview.linked.overlap import Overlap, overlap
from livereview.linked.shared import Shared
from livereview.manifest.models import Manifest
from livereview.numbers import numbers_of
from livereview.outlook import Outlook
from livereview.places import opened, places_of
from livereview.plugins import Plugins
from livereview.selection import Scope
from livereview.setting import setting_of

#: What differs from the last update, by the key of its fingerprint.
_OTHER = {
    "manifest": "another manifest",
    "evidence": "other evidence",
    "livereview": "another version of livereview",
    "plugins": "other plugins",
    "requires": "other versions of what it requires",
}
#: Store and ``study_id``: two stores may use one id for different studies.
Study = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Fed:
    """One outcome of a review: the studies of its main analysis, and why others are not in it."""

    outcome: str
    title: str
    used: tuple[str, ...]
    """``study_id``s in the order of the analysis."""
    set_aside: Mapping[str, tuple[str, ...]]
    """Reasons by ``study_id``."""
    failure: str = ""
    """Why its studies are not known: what a plugin said."""


@dataclass(frozen=True, kw_only=True)
class Linked:
    """One review with the studies that feed it."""

    review: str
    title: str
    manifest: str
    store: str
    basis: str
    """What this is taken from: an update, or why the numbers were chosen anew."""
    outcomes: tuple[Fed, ...]
    labels: Mapping[str, str]
    """Of the studies of the store."""
    admitted: tuple[str, ...]
    """Studies that the eligibility admits."""
    extracted: frozenset[str]
    """Those of which a result is in the store."""
    refused: Mapping[str, str]
    """Those it does not, with the reason."""
    overlaps: tuple[tuple[tuple[str, ...], str], ...]
    """Studies that share patients according to the manifest, with the reason."""

    @property
    def used(self) -> tuple[str, ...]:
        """The studies of all main analyses."""
        return tuple(sorted({study for outcome in self.outcomes for study in outcome.used}))

    def studies(self, outcome: str | None = None) -> set[Study]:
        """The studies of all main analyses, or of one outcome's, told apart by store."""
        found = [item for item in self.outcomes if outcome in (None, item.outcome)]
        return {(self.store, study) for item in found for study in item.used}

    @property
    def unused(self) -> dict[str, str]:
        """The studies that are admitted but stand in no main analysis, with the reason."""
        used = set(self.used)
        return {study: self._why(study) for study in self.admitted if study not in used}

    def _why(self, study: str) -> str:
        if study not in self.extracted:
            return "no result has been extracted"
        reasons = [f"{item.outcome}: {reason}" for item in self.outcomes for reason in item.set_aside.get(study, ())]
        return "; ".join(reasons) or "no result belongs to an outcome of the review"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two reviews, or an outcome of each, and what they have in common."""

    first: str
    second: str
    overlap: Overlap
    shared: tuple[str, ...]
    """Labels of the studies in both."""


@dataclass(frozen=True, kw_only=True)
class Twice:
    """Studies that share patients and are used all the same, in different outcomes or reviews."""

    studies: tuple[str, ...]
    reason: str
    reviews: tuple[tuple[str, str], ...]
    """Study and review that uses it."""


@dataclass(frozen=True, kw_only=True)
class Links:
    """All that links the reviews of some manifests."""

    reviews: tuple[Linked, ...]
    overlap: Overlap
    pairs: tuple[Pair, ...]
    outcome_pairs: tuple[Pair, ...]
    """Outcomes of different reviews that have a study in common."""
    twice: tuple[Twice, ...]
    outside: Mapping[str, Mapping[str, str]]
    """Labels of the studies in no review, with each review's reason."""


def links_of(reviews: Iterable[Linked]) -> Links:
    """What links some reviews."""
    found = tuple(reviews)
    labels = {(one.store, study): label for one in found for study, label in one.labels.items()}
    pairs = [_pair(a.review, a.studies(), b.review, b.studies(), labels) for a, b in combinations(found, 2)]
    of_outcomes = [
        _pair(
            f"{a.review}: {x.outcome}", a.studies(x.outcome), f"{b.review}: {y.outcome}", b.studies(y.outcome), labels
        )
        for a, b in combinations(found, 2)
        for x in a.outcomes
        for y in b.outcomes
        if a.store == b.store and not set(x.used).isdisjoint(y.used)
    ]
    return Links(
        reviews=found,
        overlap=overlap([one.studies() for one in found]),
        pairs=tuple(pairs),
        outcome_pairs=tuple(of_outcomes),
        twice=tuple(_twice(found)),
        outside=_outside(found, labels),
    )


def _pair(first: str, one: set[Study], second: str, other: set[Study], labels: Mapping[Study, str]) -> Pair:
    both = sorted(one & other)
    return Pair(first=first, second=second, overlap=overlap([one, other]), shared=tuple(labels[item] for item in both))


def _twice(reviews: tuple[Linked, ...]) -> Iterable[Twice]:
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for owner in reviews:
        for studies, reason in owner.overlaps:
            users = [
                (study, one.review)
                for study in studies
                for one in reviews
                if one.store == owner.store and study in one.used
            ]
            if len({study for study, _ in users}) > 1 and (owner.store, studies) not in seen:
                seen.add((owner.store, studies))
                yield Twice(studies=studies, reason=reason, reviews=tuple(users))


def _outside(reviews: tuple[Linked, ...], labels: Mapping[Study, str]) -> dict[str, dict[str, str]]:
    inside = {study for one in reviews for study in one.studies()}
    return {
        labels[store, study]: {
            one.review: one.refused.get(study) or one.unused.get(study, "") for one in reviews if one.store == store
        }
        for store, study in sorted(set(labels) - inside)
    }


# --- one review ------------------------------------------------------------------------------------------------


def linked(path: Path, shared: Shared) -> Linked:
    """The studies that feed a review, as its last update has them, or chosen anew where that is out of date.

    Raises ExpectedError where manifest, store or history are refused.
    """
    file, plugins = opened(path)
    places, manifest = places_of(file), file.manifest
    store = shared.store(places.store)
    view = shared.outlook(manifest, shared.evidence(store))
    latest = History(places.history).latest()
    basis, fresh = _basis(latest, fingerprint_of(file, view.rows, plugins))
    outcomes = _recorded(latest) if latest is not None and fresh else _chosen(view.scope, manifest, plugins)
    return Linked(
        review=manifest.review.id,
        title=manifest.review.title,
        manifest=str(path),
        store=str(store.location) if "://" in str(store.location) else str(Path(store.location).resolve()),
        basis=basis,
        outcomes=outcomes,
        labels=_labels(view),
        admitted=tuple(view.scope.studies),
        extracted=frozenset(view.scope.results),
        refused={item.study_id: item.reason for item in view.scope.excluded},
        overlaps=tuple((item.studies, item.reason) for item in manifest.eligibility.overlaps),
    )


def _labels(view: Outlook) -> dict[str, str]:
    return {str(row["study_id"]): str(row["label"]) for row in view.tables["studies"]}


def _basis(latest: Record | None, now: Mapping[str, object]) -> tuple[str, bool]:
    """What the links of a review rest on, in words, and whether that is its last update."""
    if latest is None:
        return "chosen anew: no update is recorded yet", False
    changed = [_OTHER[key] for key in now if latest.fingerprint.get(key) != now[key]]
    if not changed:
        return latest.title, True
    return f"chosen anew: {' and '.join(changed)} since {latest.title}", False


def _recorded(record: Record) -> tuple[Fed, ...]:
    return tuple(
        Fed(
            outcome=outcome["id"],
            title=outcome["title"],
            used=tuple(study["study_id"] for study in outcome["studies"]),
            set_aside=_reasons((item["study_id"], item["reason"]) for item in outcome["excluded"]),
            failure="; ".join(item["message"] for item in outcome["failures"] if not outcome["studies"]),
        )
        for outcome in record.content["outcomes"]
    )


def _chosen(scope: Scope, manifest: Manifest, plugins: Plugins) -> tuple[Fed, ...]:
    """The studies of each outcome, without analysing it."""
    found: list[Fed] = []
    for item in manifest.outcomes:
        outcome = manifest.outcome(item.id)
        try:
            setting = setting_of(scope, outcome, plugins)
            numbers = numbers_of(setting.scope, outcome, setting.measure)
        except (SectionFailed, ExpectedError) as error:
            found.append(Fed(outcome=item.id, title=item.title, used=(), set_aside={}, failure=str(error)))
            continue
        reasons = _reasons((one.study_id, one.reason) for one in numbers.excluded)
        found.append(Fed(outcome=item.id, title=item.title, used=numbers.ids, set_aside=reasons))
    return tuple(found)


def _reasons(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Different reasons by study, in their order."""
    found: dict[str, dict[str, None]] = {}
    for study, reason in pairs:
        found.setdefault(study, {})[reason] = None
    return {study: tuple(reasons) for study, reasons in found.items()}
