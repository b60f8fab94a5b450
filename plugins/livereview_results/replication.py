"""The table of what published meta-analyses printed, recomputed."""

from __future__ import annotations

from collections.abc import Iterator

from livereview import Report, input_words, reconstruction_words
from livereview.spreadsheet import Record
from livereview_results.columns import Table, count, listed, number, said, text, truth


def _numbers(report: Report) -> Iterator[Record]:
    for line in report.replication.lines if report.replication else ():
        for one in line.numbers:
            yield {
                "report_id": line.report_id,
                "locator": line.locator,
                "published_outcome": line.outcome,
                "part": line.part,
                "title": line.title,
                "verdict": line.verdict,
                "number": one.name,
                "printed": one.printed,
                "recomputed": one.recomputed,
                "agrees": None if one.agrees is None else said(one.agrees),
                "recipe": line.recipe,
                "departures": listed(line.departures),
                "inputs": listed(input_words(item) for item in line.inputs),
                "solved": said(line.solved),
                "reasons": listed(line.reasons),
                "tried": line.tried,
                "matched": line.matched,
                "reconstructed": reconstruction_words(line),
            }


REPLICATION = Table(
    name="replication",
    about="What published meta-analyses printed, recomputed: one row for each printed number.",
    columns=(
        text("report_id", "the publication"),
        text("locator", "where it stands"),
        text("published_outcome", "outcome code as in the table published"),
        text("part", "pooled, bias tests, comparison, patients, proportion, trial or arithmetic"),
        text("title", "the printed line in words"),
        text("verdict", "of the line: matches, matches-otherwise, cannot-be-checked or contradicts"),
        text("number", "column of the table published"),
        text("printed", "as recorded"),
        number("recomputed", "on the scale of what was printed; empty where nothing could be computed"),
        truth("agrees", "whether it is the printed number to every printed digit; empty where not computed"),
        text("recipe", "how it was recomputed"),
        text("departures", "what differs from the choices that the publication states"),
        text("inputs", "the numbers that were pooled, with their sources"),
        truth("solved", "whether one of them was solved from printed results"),
        text("reasons", "why it cannot be checked, how it differs"),
        count("tried", "combinations that were tried"),
        count("matched", "how many of them give every printed digit"),
        text("reconstructed", "what a search for counts found; such counts are never pooled"),
    ),
    rows=_numbers,
)
