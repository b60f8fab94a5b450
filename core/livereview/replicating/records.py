"""Replicated lines as rows of a table: one for each printed number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from livereview.replicated import ReplicatedLine
from livereview.replication_words import input_words, reconstruction_words
from livereview.spreadsheet import Record

FIELDS = (
    "report_id", "locator", "outcome", "part", "title", "verdict", "number", "printed", "recomputed", "agrees",
    "recipe", "departures", "inputs", "solved", "reasons", "tried", "matched", "reconstructed",
)  # fmt: skip


def replication_records(lines: Iterable[ReplicatedLine]) -> Iterator[Record]:
    """Each printed number with the verdict on its line; a recomputed number in full precision. ``agrees`` is yes, no or
    empty where nothing could be computed."""
    for line in lines:
        own: Record = {
            "report_id": line.report_id,
            "locator": line.locator,
            "outcome": line.outcome,
            "part": line.part,
            "title": line.title,
            "verdict": line.verdict,
            "recipe": line.recipe,
            "departures": "; ".join(line.departures),
            "inputs": "; ".join(input_words(item) for item in line.inputs),
            "solved": "yes" if line.solved else "no",
            "reasons": "; ".join(line.reasons),
            "tried": line.tried,
            "matched": line.matched,
            "reconstructed": reconstruction_words(line),
        }
        for number in line.numbers:
            agrees = {None: "", True: "yes", False: "no"}[number.agrees]
            yield {**own, "number": number.name, "printed": number.printed, "recomputed": number.recomputed,
                   "agrees": agrees}  # fmt: skip
        if not line.numbers:
            yield own
