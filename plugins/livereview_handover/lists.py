"""The lists of a review as files: RIS for reference managers and screening programs, CSV for people.

In CSV a text that a spreadsheet would take for a formula gets an apostrophe in front; RIS has it unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from livereview import Ongoing, Reference, RenderedFile, Report, plain_text
from livereview.spreadsheet import Record, written
from livereview_handover.entries import SCREENED_OUT, Entry, lists_of
from livereview_handover.ris import ris

FOLDER = "study-lists"
COLUMNS = (
    "study", "study_id", "stage", "reason", "status", "title", "authors", "year", "journal", "volume", "issue", "pages",
    "doi", "pmid", "registry_id", "published_on", "kind", "url", "source", "record_id", "report_id", "note",
)  # fmt: skip
ONGOING = (
    "registry_id", "phase", "regimen", "comparator", "design", "setting", "target_enrollment", "primary_endpoint",
    "recruitment", "expected_on", "source",
)  # fmt: skip


def listed(report: Report, abstracts: bool, screened_out: bool) -> Iterator[RenderedFile]:
    """A CSV for each list, also for an empty one, and a RIS for each that has something."""
    found = lists_of(report)
    excluded = tuple(entry for entry in found.excluded if screened_out or entry.stage not in SCREENED_OUT)
    columns = (*COLUMNS, *(("abstract",) if abstracts else ()))
    for name, entries in (("included", found.included), ("excluded", excluded), ("awaiting", found.awaiting)):
        yield _file(f"{name}.csv", written(columns, map(as_row, entries)), f"Studies and reports: {name}")
        yield from _ris(name, entries, abstracts)
    yield _file("ongoing.csv", written(ONGOING, map(_trial_row, found.ongoing)), "Ongoing trials")
    yield from _ris("ongoing", map(trial_entry, found.ongoing), abstracts)


def _ris(name: str, entries: Iterable[Entry], abstracts: bool) -> Iterator[RenderedFile]:
    content = ris(entries, abstracts=abstracts)
    if content:
        yield _file(f"{name}.ris", content, f"References: {name}")


def _file(name: str, content: bytes, title: str) -> RenderedFile:
    return RenderedFile(path=f"{FOLDER}/{name}", content=content, kind="data", title=title)


def as_row(entry: Entry) -> Record:
    """An entry as a row of the CSV."""
    reference = entry.reference
    cells = {
        "study": entry.name,
        "study_id": entry.study_id,
        "stage": entry.stage,
        "reason": entry.reason,
        "title": entry.title,
        "authors": "; ".join(reference.authors),
        "registry_id": "; ".join(reference.registry_ids),
        "source": entry.source,
        "report_id": entry.report_id,
        "status": entry.status,
        **{name: getattr(reference, name) for name in _OF_REFERENCE},
    }
    return {name: cell if isinstance(cell, int) else plain_text(cell or "") or None for name, cell in cells.items()}


_OF_REFERENCE = (
    "record_id", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "published_on", "kind", "url", "note",
    "abstract",
)  # fmt: skip


def _trial_row(trial: Ongoing) -> Record:
    cells = {name: getattr(trial, name) for name in ONGOING}
    return {name: cell if isinstance(cell, int) else plain_text(cell or "") or None for name, cell in cells.items()}


def trial_entry(trial: Ongoing) -> Entry:
    """A registered trial as a reference: its number is all the title that is known."""
    name = plain_text(trial.registry_id)
    note = "; ".join(f"{what}: {text}" for what, text in trial_facts(trial))
    reference = Reference(
        record_id=trial.registry_id, title="", registry_ids=(trial.registry_id,), kind="registry", note=note
    )
    return Entry(name=name, study_id="", title=name, reference=reference, stage="ongoing", source=trial.source)


def trial_facts(trial: Ongoing) -> list[tuple[str, str]]:
    """What a registered trial says of itself, in words, as far as it is known."""
    people = "" if trial.target_enrollment is None else str(trial.target_enrollment)
    told = (
        ("phase", trial.phase), ("design", trial.design), ("setting", trial.setting), ("regimen", trial.regimen),
        ("comparator", trial.comparator), ("planned patients", people), ("primary endpoint", trial.primary_endpoint),
        ("recruitment", trial.recruitment), ("results expected", trial.expected_on),
    )  # fmt: skip
    return [(what, plain_text(text)) for what, text in told if text]
