"""Rows of the summary of findings held to the measures of their outcomes: keys that this outcome could not use."""

from __future__ import annotations

from collections.abc import Iterator

from livereview.absolute.measures import RELATIVE, counts_people
from livereview.manifest.mistakes import Mistake, among
from livereview.manifest.models import FindingsRow, Manifest
from livereview.manifest.places import Path
from livereview.plugins import Plugins
from livereview.types import EffectMeasure

_OF_EVENTS = ("baseline", "time", "event_is", "ratio")


def row_mistakes(manifest: Manifest, plugins: Plugins) -> Iterator[Mistake]:
    """Every such mistake. The ids of the rows and the names of the measures are known to be right."""
    part = manifest.summary_of_findings
    for index, row in enumerate(part.outcomes if part is not None else ()):
        choice = manifest.outcome(row.outcome).measure
        registered = plugins.find(EffectMeasure, choice.name) if choice is not None else None
        if registered is not None:
            yield from _row(("summary_of_findings", "outcomes", index), row, registered.descriptor)


def _row(path: Path, row: FindingsRow, measure: EffectMeasure) -> Iterator[Mistake]:
    given = row.model_fields_set
    if measure.name not in (*RELATIVE, "RATIO"):
        for key in (key for key in _OF_EVENTS if key in given and key not in _allowed(measure)):
            message = f"it is for outcomes with a risk ({among((*RELATIVE, 'RATIO'))}); this one is {measure.name}."
            yield Mistake(path=(*path, key), message=message)
    elif measure.name != "RATIO" and row.ratio is not None:
        yield Mistake(path=(*path, "ratio"), message=f"it is for the measure RATIO; leave it out for {measure.name}.")
    relative = row.ratio if measure.name == "RATIO" else RELATIVE.get(measure.name)
    if measure.name == "RATIO" and "baseline" in given and relative is None:
        message = 'a baseline risk needs to know which ratio RATIO has pooled; give ratio, e.g. ratio = "OR".'
        yield Mistake(path=(*path, "baseline"), message=message)
    if relative == "HR" and row.baseline is not None:
        if not row.time:
            message = 'a hazard ratio gives a risk only by some time; give time, e.g. time = "24 months".'
            yield Mistake(path=(*path, "baseline"), message=message)
        if isinstance(row.baseline, str):
            message = "the arms of a hazard ratio have no risks by a time; state one, e.g. baseline = [0.4]."
            yield Mistake(path=(*path, "baseline"), message=message)
    yield from _important(path, row, measure, relative)


def _allowed(measure: EffectMeasure) -> tuple[str, ...]:
    """Keys of events that a measure without a relative effect has a use for: a proportion is of an event, by a time."""
    return ("time", "event_is") if measure.display == "proportion" else ()


def _important(path: Path, row: FindingsRow, measure: EffectMeasure, relative: str | None) -> Iterator[Mistake]:
    if row.important is None:
        return
    people = counts_people(measure.name, measure.display)
    if people and row.important >= row.per:
        message = f"found {row.important:g}; it is in people of {row.per:,}, so it must be below that."
        yield Mistake(path=(*path, "important"), message=message)
    if (relative == "HR" and row.baseline is None) or (measure.display == "ratio" and relative is None):
        message = "it is a difference, and this outcome is a ratio without a baseline risk" + (
            "; give baseline and time." if relative == "HR" else "; leave it out."
        )
        yield Mistake(path=(*path, "important"), message=message)
