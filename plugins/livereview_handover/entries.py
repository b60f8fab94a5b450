"""The four lists of a review: included, excluded, awaiting and ongoing, one entry for each reference or trial.

A study without any reference is there with its label alone: a list names every study of the review.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from livereview import Ongoing, Reference, ReferenceCard, Report, plain_text

#: Stages of the selection at which nobody has read the full text.
SCREENED_OUT = ("removed", "excluded")
NOT_ADMITTED = "not admitted by the manifest"
NO_REFERENCE = "no report recorded"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One reference of a list."""

    name: str
    """Of its study as RevMan names studies, unique to it; of a record without a study empty."""
    study_id: str
    title: str
    """Of the record; of a report without one the label of its study. Nothing is made up."""
    reference: Reference
    stage: str
    reason: str = ""
    source: str = ""
    report_id: str = ""
    status: str = ""
    """Of the report: corrected or retracted."""


@dataclass(frozen=True, kw_only=True)
class Lists:
    """Every list of a review, in order of study and reference; those without a study come last."""

    included: tuple[Entry, ...]
    excluded: tuple[Entry, ...]
    """All of them, whatever the stage."""
    awaiting: tuple[Entry, ...]
    ongoing: tuple[Ongoing, ...]
    """Registered trials that the review admits, as far as can be told, and that have not become a study of it."""
    names: dict[str, str]
    """Of every study by id."""


def lists_of(report: Report) -> Lists:
    """The lists of a review from its report."""
    names = study_names(report)
    admitted = {card.study_id: card.label for card in report.studies}
    admitted |= {item.study_id: item.label for item in report.unused}
    included = list(_references(report, "included", names))
    included += _without(admitted, included, names)
    excluded = list(_references(report, "excluded", names))
    reasons = {item.study_id: item.reason for item in report.excluded}
    refused = _without({item.study_id: item.label for item in report.excluded}, excluded, names)
    excluded += (replace(entry, stage=NOT_ADMITTED, reason=reasons[entry.study_id]) for entry in refused)
    excluded += (_trial(trial) for trial in report.ongoing if trial.remark.startswith("not admitted"))
    return Lists(
        included=_sorted(included),
        excluded=_sorted(excluded),
        awaiting=_sorted(_references(report, "awaiting", names)),
        ongoing=tuple(trial for trial in report.ongoing if not trial.remark),
        names=names,
    )


def study_names(report: Report) -> dict[str, str]:
    """A name for every study by its id: its label on one line, with the id behind it where two studies share one."""
    labels = {card.study_id: card.label for card in report.studies}
    for item in (*report.unused, *report.excluded):
        labels.setdefault(item.study_id, item.label)
    for card in report.references:
        if card.study_id:
            labels.setdefault(card.study_id, card.study)
    for outcome in report.outcomes:
        for study in outcome.studies:
            labels.setdefault(study.study_id, study.label)
    plain = {study_id: plain_text(label) or study_id for study_id, label in labels.items()}
    shared: dict[str, int] = {}
    for label in plain.values():
        shared[label.casefold()] = shared.get(label.casefold(), 0) + 1
    return {
        study_id: label if shared[label.casefold()] == 1 else f"{label} [{study_id}]"
        for study_id, label in plain.items()
    }


def _references(report: Report, stands: str, names: dict[str, str]) -> Iterator[Entry]:
    return (_entry(card, names) for card in report.references if card.stands == stands)


def _entry(card: ReferenceCard, names: dict[str, str]) -> Entry:
    name = names.get(card.study_id, "")
    return Entry(
        name=name,
        study_id=card.study_id,
        title=plain_text(card.reference.title) or name or card.reference.record_id,
        reference=card.reference,
        stage=card.stage,
        reason=card.reason,
        source=card.source,
        report_id=card.report_id,
        status=card.status,
    )


def _without(labels: dict[str, str], listed: Iterable[Entry], names: dict[str, str]) -> list[Entry]:
    """An entry for each study that has none."""
    there = {entry.study_id for entry in listed}
    return [
        Entry(
            name=names[study_id],
            study_id=study_id,
            title=names[study_id],
            reference=Reference(record_id=study_id, title=""),
            stage=NO_REFERENCE,
        )
        for study_id in labels
        if study_id not in there
    ]


def _trial(trial: Ongoing) -> Entry:
    """A registered trial that the review does not admit."""
    reference = Reference(record_id=trial.registry_id, title="", registry_ids=(trial.registry_id,), kind="registry")
    return Entry(
        name=plain_text(trial.registry_id),
        study_id="",
        title=plain_text(trial.registry_id),
        reference=reference,
        stage="registered trial",
        reason=trial.remark,
        source=trial.source,
    )


def _sorted(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    def order(entry: Entry) -> tuple[bool, str, str, str]:
        reference = entry.reference
        return (
            not entry.name,
            entry.name.casefold(),
            reference.published_on or str(reference.year or "9999"),
            (reference.record_id),
        )

    return tuple(sorted(entries, key=order))
