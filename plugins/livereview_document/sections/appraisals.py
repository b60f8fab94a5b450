"""The appraisals of the studies: figures of all, then a table for each instrument, totals as given and as computed, who
judged and when."""

from __future__ import annotations

from collections.abc import Sequence

from livereview import AppraisalCard, InstrumentCard, Report
from livereview.printing import counted, plain
from livereview_document.blocks import Block, bullets, folded, heading, paragraph, stated, table
from livereview_document.index import Index
from livereview_document.words import Words, fill, joined, prose, strong, text

#: Items with longer names are numbered in the table and spelt out below it.
ITEM_LIMIT = 28
#: Kinds of figures of the review that stand here.
FIGURES = ("risk-of-bias", "risk-of-bias-summary")


def appraisals_part(report: Report, at: Index) -> list[Block]:
    """The figures, then each instrument in turn; a line where no study was appraised."""
    figures = [figure for kind in FIGURES for figure in at.pictures(None, kind)]
    blocks: list[Block] = [heading(3, "Appraisal at a glance"), *figures] if figures else []
    blocks += [block for instrument in report.instruments for block in _instrument(instrument, report, at)]
    return blocks or [heading(3, "Appraisal"), paragraph("No appraisal of any included study is recorded.")]


def _instrument(instrument: InstrumentCard, report: Report, at: Index) -> list[Block]:
    blocks = [heading(3, fill("Appraisal: {}", instrument.title)), _table(instrument, at)]
    if not _short(instrument):
        named = [fill("Item {}: {}", i, prose(name)) for i, (name, _) in enumerate(instrument.items, start=1)]
        blocks.append(bullets(named))
    doubts = [(card, doubt) for card in instrument.cards for doubt in card.doubts]
    if doubts:
        blocks.append(paragraph("What the instrument does not allow, or what is missing; shown as it was recorded:"))
        blocks.append(bullets(fill("{}: {}.", _whom(card, at), prose(doubt)) for card, doubt in doubts))
    if not instrument.known:
        blocks.append(paragraph("Nobody defines this instrument: its scores are shown and were not checked."))
    elif any(title and title != name for name, title in instrument.items):
        lines = [fill("{}: {}", name, title) for name, title in instrument.items if title]
        blocks.append(folded("What the items ask", [bullets(lines)]))
    judged = {card.study_id for card in instrument.cards}
    missing = [study.study_id for study in report.studies if study.study_id not in judged]
    if missing:
        blocks.append(stated("Not appraised with {}: {}.", instrument.title, at.studies(missing)))
    return blocks


def overall_judgements(instruments: Sequence[InstrumentCard]) -> dict[str, list[Words]]:
    """By study and instrument what was judged on the whole: the overall item, else the sum, else how many items."""
    found: dict[str, list[Words]] = {}
    for instrument in instruments:
        for card in instrument.cards:
            about = fill("{} ({})", instrument.title, card.outcome) if card.outcome else text(instrument.title)
            found.setdefault(card.study_id, []).append(fill("{}: {}", about, _overall(card, instrument)))
    return found


def _overall(card: AppraisalCard, instrument: InstrumentCard) -> Words:
    whole = [name for name, _ in instrument.items if name.lower().startswith("overall")]
    if whole and (whole[0] in card.scores or whole[0] in card.disputed):
        return _score(card, whole[0])
    if instrument.has_total and card.computed is not None:
        return fill("sum {}", plain(card.computed))
    return text(counted(len(card.scores), "item") + " judged")


def _short(instrument: InstrumentCard) -> bool:
    return all(len(name) <= ITEM_LIMIT for name, _ in instrument.items)


def _table(instrument: InstrumentCard, at: Index) -> Block:
    cards = instrument.cards
    heads = [name if _short(instrument) else f"Item {i}" for i, (name, _) in enumerate(instrument.items, start=1)]
    by_outcome = any(card.outcome for card in cards)
    given = list(dict.fromkeys(name for card in cards for name, _ in card.totals))
    extra = [
        (title, field)
        for title, field in (("Judged by", "people"), ("On", "dates"), ("Where", "places"))
        if any(getattr(card, field) for card in cards)
    ]
    headers = (
        "Study",
        *(("Outcome",) if by_outcome else ()),
        *heads,
        *given,
        *(("Sum of the items",) if instrument.has_total else ()),
        *(title for title, _ in extra),
    )
    rows = [
        (
            at.study(card.study_id, card.label),
            *((card.outcome or "all",) if by_outcome else ()),
            *(_score(card, name) for name, _ in instrument.items),
            *(dict(card.totals).get(name) for name in given),
            *((_sum(card),) if instrument.has_total else ()),
            *(_listed(getattr(card, field)) for _, field in extra),
        )
        for card in cards
    ]
    return table(headers, rows)


def _score(card: AppraisalCard, item: str) -> Words:
    return strong("in dispute") if item in card.disputed else text(card.scores.get(item))


def _sum(card: AppraisalCard) -> Words:
    """The computed sum, bold where a total was given that differs."""
    shown = plain(card.computed)
    differs = card.computed is not None and any(_value(total) != card.computed for _, total in card.totals)
    return strong(shown) if differs else text(shown)


def _value(written: str) -> float | None:
    try:
        return float(written)
    except ValueError:
        return None


def _listed(values: Sequence[str]) -> Words:
    return joined(list(values)) if values else text(None)


def _whom(card: AppraisalCard, at: Index) -> Words:
    study = at.study(card.study_id, card.label)
    return fill("{} ({})", study, card.outcome) if card.outcome else study
