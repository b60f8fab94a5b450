"""The audit check ``scores``: printed totals of appraisals against their items, and items outside their range.

What an instrument allows and what its items add up to is known from the appraisals themselves; nothing is added up
here again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from livereview import (
    AppraisalCard,
    AuditCheck,
    AuditCode,
    AuditFinding,
    AuditPlace,
    AuditRequest,
    EvidenceRow,
    InstrumentCard,
    Options,
)

CODES = (
    AuditCode(code="total-differs", severity="error", title="Total is not the sum of its items"),
    AuditCode(code="score-outside-range", severity="warning", title="Score that the instrument does not have"),
)
TOTAL, OUTSIDE = (code.code for code in CODES)


def findings(request: AuditRequest, options: Options) -> Iterator[AuditFinding]:
    """Totals and scores that cannot be: totals by study, scores by item, since one numbering explains all of them."""
    rows = request.rows("appraisals")
    for instrument in request.instruments:
        for card in instrument.cards:
            yield from _totals(instrument, card, rows)
        yield from _scores(instrument, rows)


def _totals(instrument: InstrumentCard, card: AppraisalCard, rows: Sequence[EvidenceRow]) -> Iterator[AuditFinding]:
    for name, written in card.totals:
        try:
            given = float(written)
        except ValueError:
            continue
        if card.computed is not None and abs(given - card.computed) > 1e-9:
            message = f"{instrument.title}, {card.label}: {name} is {given:g}, its items add up to {card.computed:g}"
            remedy = "Hold the items and the total against where they were printed."
            yield AuditFinding(code=TOTAL, message=message, remedy=remedy, place=_place(card, name, rows))


def _scores(instrument: InstrumentCard, rows: Sequence[EvidenceRow]) -> Iterator[AuditFinding]:
    found: dict[tuple[str, str], list[AppraisalCard]] = {}
    for card in instrument.cards:
        for item, score in card.scores.items():
            allowed = {word.casefold() for word in (*instrument.scores.get(item, ()), *instrument.outside)}
            if instrument.scores.get(item) and score.casefold() not in allowed:
                found.setdefault((item, score), []).append(card)
    for (item, score), cards in found.items():
        who = cards[0].label if len(cards) == 1 else f"{len(cards)} studies"
        message = f"{instrument.title}: {item} is {score} in {who}, and can be {', '.join(instrument.scores[item])}"
        remedy = (
            "Look the score up; are the items numbered as the instrument numbers them, are half points means of two?"
        )
        first, *others = (_place(card, item, rows) for card in cards)
        yield AuditFinding(code=OUTSIDE, message=message, remedy=remedy, place=first, also=tuple(others))


def _place(card: AppraisalCard, item: str, rows: Sequence[EvidenceRow]) -> AuditPlace:
    """The row of an item, where just one is it."""
    found = [
        row for row in rows
        if row["study_id"] == card.study_id and row["item"] == item and (row["outcome"] or "") == card.outcome
    ]  # fmt: skip
    row_id = str(found[0]["row_id"]) if len(found) == 1 else ""
    return AuditPlace(table="appraisals", row_id=row_id, columns=("score",), study_id=card.study_id)


SCORES = AuditCheck(
    name="scores",
    title="Scores and totals",
    summary="Totals of appraisals against their items, items outside their range.",
    codes=CODES,
    find=findings,
)
