"""Risk of bias as RevMan has it: RoB 2 beside the data rows, other judgements of low, high or unclear in a table.

Judgements that RevMan has no word for (points, "serious") are not translated: they are left out, and named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from livereview import AppraisalCard, InstrumentCard, Report, StudyResult, plain_text
from livereview.spreadsheet import Record
from livereview_handover.cells import markup, paragraphs
from livereview_handover.layout import ROB_2

TOOL = "RoB 2"
_TOOLS = ("rob 2", "rob2", "cochrane rob 2")
_WORDS = {"low": "Low risk", "some concerns": "Some concerns", "high": "High risk", "unclear": "Unclear risk"}


@dataclass(frozen=True, kw_only=True)
class Bias:
    """The appraisals of a review as RevMan can hold them."""

    by_study: Mapping[str, tuple[AppraisalCard, ...]]
    """RoB 2, for outcomes or studies."""
    table: tuple[Record, ...]
    """Rows of the table of other judgements, in the order of studies."""
    columns: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    """Instrument, and why."""

    def columns_of_rows(self) -> tuple[str, ...]:
        """What stands behind the data rows."""
        pairs = ((f"{domain} (judgement)", f"{domain} (support)") for domain in ROB_2.values())
        return tuple(column for pair in pairs for column in pair) if self.by_study else ()

    def of(self, study: StudyResult) -> Record:
        """The judgements of one study at one outcome: those made for its number, else those of the study as a whole."""
        codes = {row.outcome for row in study.rows}
        cards = self.by_study.get(study.study_id, ())
        own = [card for card in cards if card.outcome in codes] or [card for card in cards if not card.outcome]
        if len(own) != 1:
            return {}
        scores = {item.casefold(): score for item, score in own[0].scores.items()}
        support = paragraphs(own[0].places)
        cells: Record = {}
        for item, domain in ROB_2.items():
            word = judgement(scores.get(item.casefold(), ""))
            if word:
                cells |= {f"{domain} (judgement)": word, f"{domain} (support)": support}
        return cells


def judgement(score: str) -> str:
    """RevMan's words for a judgement; empty where it has none."""
    return _WORDS.get(plain_text(score).casefold().removesuffix(" risk"), "")


def bias_of(report: Report, names: Mapping[str, str]) -> Bias:
    """The appraisals of a review: RoB 2, tables of other judgements, and what RevMan cannot hold."""
    by_study: dict[str, tuple[AppraisalCard, ...]] = {}
    rows: dict[str, Record] = {}
    left_out: list[tuple[str, str]] = []
    for tool in report.instruments:
        if tool.title.casefold() in _TOOLS:
            for card in tool.cards:
                by_study[card.study_id] = (*by_study.get(card.study_id, ()), card)
        elif _fits(tool):
            _fill(tool, names, rows)
        else:
            left_out.append((tool.title, "RevMan has no word for its judgements or points"))
    columns = ["Study", *dict.fromkeys(column for row in rows.values() for column in row if column != "Study")]
    return Bias(
        by_study=by_study,
        table=tuple(rows[name] for name in sorted(rows)),
        columns=tuple(columns),
        left_out=tuple(left_out),
    )


def _fits(tool: InstrumentCard) -> bool:
    """Whether RevMan has a word for every score that was given, and every card judges a study as a whole."""
    scores = [score for card in tool.cards for score in card.scores.values()]
    return bool(scores) and all(map(judgement, scores)) and not any(card.outcome for card in tool.cards)


def _fill(tool: InstrumentCard, names: Mapping[str, str], rows: dict[str, Record]) -> None:
    titles = {item.casefold(): title for item, title in tool.items}
    for card in tool.cards:
        name = names[card.study_id]
        row = rows.setdefault(name, {"Study": name})
        for item, score in _in_order(card, tool.items):
            domain = markup(titles.get(item.casefold(), "") or item)
            row[f"Domain (judgement): {domain}"] = judgement(score)
            row[f"Domain (support): {domain}"] = paragraphs(card.places)


def _in_order(card: AppraisalCard, items: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    place = {item.casefold(): at for at, (item, _) in enumerate(items)}
    yield from sorted(card.scores.items(), key=lambda found: (place.get(found[0].casefold(), len(place)), found[0]))
