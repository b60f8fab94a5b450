"""Studies of one fit that share patients: which one is kept, so that nobody is counted twice.

The manifest says who shares patients with whom, and who looks so and does not. Of which it says nothing, and whose
numbers rest on one row of one report, are held to share patients too: an arm under two studies, as of a trial with
several arms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from livereview.descriptions import described
from livereview.evidence.schema import RESULTS
from livereview.likeness import named_together, telling
from livereview.manifest.models import Eligibility
from livereview.pairing import Candidate, Row

#: What makes a row of a report that row: all it says, whichever study it stands under and whoever read it.
_ROW = tuple(
    column.name
    for column in RESULTS.columns
    if column.name not in ("study_id", "status", "variant", "extractor", "adjudicates", "note")
)


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """What became of studies that share patients."""

    dropped: Mapping[str, str]
    """Reasons by ``study_id``."""
    cautions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Earlier:
    """A study before which another one stands back."""

    study_id: str
    reason: str
    caution: str = ""


def settled(pair: tuple[str, str], eligibility: Eligibility) -> bool:
    """Whether the manifest says of two studies that they share patients, or that they do not."""
    lists = [*(item.studies for item in eligibility.overlaps), *(item.studies for item in eligibility.distinct)]
    return named_together(pair, lists)


def sharing_patients(
    picked: Mapping[str, Candidate], eligibility: Eligibility, studies: Mapping[str, Row], reports: Mapping[str, Row]
) -> Sharing:
    """Studies to drop: those after a study that is kept in a list of studies that share patients.

    Where lists contradict each other (one has A before B, another B before A) nobody is preferred: all are dropped.
    """
    before = _before(picked, eligibility, studies, reports)
    kept: set[str] = set()
    dropped: dict[str, str] = {}
    cautions: list[str] = []
    while len(kept) + len(dropped) < len(picked):
        open_ids = [study_id for study_id in picked if study_id not in kept and study_id not in dropped]
        free = {study_id for study_id in open_ids if all(item.study_id in dropped for item in before[study_id])}
        kept |= free
        losing = {
            study_id: next((item for item in before[study_id] if item.study_id in kept), None) for study_id in open_ids
        }
        for study_id, item in losing.items():
            if item is not None:
                label = studies[item.study_id]["label"]
                dropped[study_id] = f"shares patients with {label}, which is used: {item.reason}"
                cautions += [item.caution] if item.caution else []
        if not free and not any(losing.values()):
            labels = ", ".join(str(studies[study_id]["label"]) for study_id in sorted(open_ids))
            reason = f"the overlaps of the manifest contradict each other on which to prefer of {labels}"
            cautions.append(f"Set aside: {reason}.")
            dropped |= dict.fromkeys(open_ids, reason)
    return Sharing(dropped=dropped, cautions=tuple(cautions))


def _before(
    picked: Mapping[str, Candidate], eligibility: Eligibility, studies: Mapping[str, Row], reports: Mapping[str, Row]
) -> dict[str, list[_Earlier]]:
    """For each study those before which it stands back."""
    before: dict[str, list[_Earlier]] = {study_id: [] for study_id in picked}
    for overlap in eligibility.overlaps:
        present = [study_id for study_id in overlap.studies if study_id in picked]
        for index, study_id in enumerate(present):
            before[study_id] += [_Earlier(study_id=name, reason=overlap.reason) for name in present[:index]]
    for (first, second), row in _with_one_row(picked, reports).items():
        if settled((first, second), eligibility):
            continue
        labels = [str(studies[name]["label"]) for name in (first, second)]
        caution = (
            f"{labels[0]} and {labels[1]} rest on one row of one report ({described(row)}); the first is used. Name "
            "them under overlaps to prefer the other, or under distinct if they share no patient."
        )
        reason = f"both rest on one row of one report ({described(row)})"
        before[second].append(_Earlier(study_id=first, reason=reason, caution=caution))
    return before


def _with_one_row(picked: Mapping[str, Candidate], reports: Mapping[str, Row]) -> dict[tuple[str, str], Row]:
    """A row that the numbers of two studies have in common, by their ids in alphabetical order.

    Rows of reviews are left out: a review's table has many studies, some with the same small numbers.
    """
    found: dict[tuple[str, str], Row] = {}
    holders: dict[tuple[object, ...], list[str]] = {}
    for study_id in sorted(picked):
        for identity, row in _rows(picked[study_id], reports):
            for earlier in holders.setdefault(identity, []):
                found.setdefault((earlier, study_id), row)
            holders[identity].append(study_id)
    return found


def _rows(candidate: Candidate, reports: Mapping[str, Row]) -> Iterator[tuple[tuple[object, ...], Row]]:
    for row in candidate.rows:
        if telling(row) and reports.get(row["report_id"], {}).get("kind") != "review":
            yield tuple(row.get(name) for name in _ROW), row
