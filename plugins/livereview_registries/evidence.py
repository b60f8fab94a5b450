"""What trials give a review, whichever way they came: corrected rows of ongoing trials and proposed results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from livereview import Cell, FetchRequest, Problem, RawTable
from livereview_registries.ongoing import corrected_row
from livereview_registries.options import Mappings
from livereview_registries.proposals import Wording, numbers_of, proposed
from livereview_registries.trial import Trial

Rows = tuple[Mapping[str, Cell], ...]


@dataclass
class Gathered:
    """What one fetch has brought so far."""

    tables: list[RawTable] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    inputs: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    left_out: list[Problem] = field(default_factory=list)


def followed_numbers(request: FetchRequest) -> tuple[str, ...]:
    """The NCT numbers of the studies and ongoing trials that the review knows, each once."""
    rows = (*request.known.get("studies", ()), *request.known.get("ongoing", ()))
    return tuple(dict.fromkeys(n for row in rows for n in numbers_of(row) if n.startswith("NCT")))


def add_trial(
    into: Gathered, trial: Trial, place: str, request: FetchRequest, options: Mappings, wording: Wording
) -> None:
    """Add what a followed trial gives: a corrected row if the review waits for it, and its posted results."""
    for row in request.known.get("ongoing", ()):
        if set(numbers_of(row)) & set(trial.numbers):
            table = corrected_row(trial, row, place)
            into.tables += [] if table is None else [table]
    if not options.results or not trial.has_results:
        return
    result = proposed(trial, place, options, wording, _studies(request, trial), request.today)
    into.tables += result.tables
    into.left_out += result.drafting.left_out
    into.notes += result.drafting.notes()


def _studies(request: FetchRequest, trial: Trial) -> Rows:
    """Known studies, and those that an ongoing trial of this number has become."""
    studies = request.known.get("studies", ())
    became = {
        row.get("study_id")
        for row in request.known.get("ongoing", ())
        if row.get("study_id") and set(numbers_of(row)) & set(trial.numbers)
    }
    of_number = tuple(row for row in studies if set(numbers_of(row)) & set(trial.numbers))
    if of_number:
        return of_number
    return tuple({"study_id": name, "registry_id": trial.nct} for name in sorted(map(str, became)))
