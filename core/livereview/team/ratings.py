"""Appraisals as a review uses them: one score for each item, and for each outcome where a study is judged for several.

Scores on which raters differ stand for nothing until somebody adjudicates: no filter and no subgroup sees them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from livereview.team.adjudication import Row, Several, several, with_one_row_each

#: Score by outcome code, None for the study as a whole.
ByOutcome = Mapping[str | None, str]


@dataclass(frozen=True, kw_only=True)
class Judgements:
    """The scores of one study by field (``appraisals.INSTRUMENT.ITEM``)."""

    scores: Mapping[str, ByOutcome] = field(default_factory=dict)

    def overall(self) -> dict[str, str]:
        """Of each field the score of the study as a whole; else those of its outcomes, separated by ;."""
        return {
            name: scores.get(None) or "; ".join(dict.fromkeys(scores.values())) for name, scores in self.scores.items()
        }

    def at(self, outcomes: Iterable[str]) -> dict[str, str | None]:
        """Of each field the score for the first of the outcome codes that is judged, else of the study as a whole."""
        codes = [*outcomes, None]
        return {
            name: next((scores[code] for code in codes if code in scores), None) for name, scores in self.scores.items()
        }


def judged(rows: Iterable[Row]) -> tuple[Several, ...]:
    """The items that somebody signed, each with all scores and what stands."""
    return several("appraisals", rows)


def standing_scores(rows: Iterable[Row], items: Iterable[Several]) -> list[Row]:
    """One row for each item that is settled; none for an item on which raters differ."""
    return with_one_row_each(rows, items, lambda item: item.used)


def by_study(rows: Iterable[Row]) -> dict[str, Judgements]:
    """The scores in settled rows, by study."""
    found: dict[str, dict[str, dict[str | None, str]]] = {}
    for row in rows:
        name = f"appraisals.{row['instrument']}.{row['item']}"
        found.setdefault(row["study_id"], {}).setdefault(name, {})[row.get("outcome")] = row["score"]
    return {study_id: Judgements(scores=scores) for study_id, scores in found.items()}
