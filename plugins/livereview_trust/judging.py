"""What an appraisal of trustworthiness says in one word: no concern, some, serious."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from livereview import AppraisalCard, InstrumentCard

Concern = Literal["none", "some", "serious"]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """The judgement that decides, with the item it stands at."""

    concern: Concern
    item: str
    score: str


def concern_of(instrument: InstrumentCard, card: AppraisalCard) -> Judged | None:
    """The overall judgement, else the worst item; None where nothing was judged or the judgement is in dispute.

    The best of an item's scores is no concern, the worst a serious one, whatever is between them some. Scores outside
    the order ("Not assessed") say nothing.
    """
    overall = instrument.overall
    judged = [_judged(instrument, card, overall)] if overall and overall in card.scores else []
    if not any(judged):
        judged = [_judged(instrument, card, name) for name, _ in instrument.items if name in card.scores]
    known = [item for item in judged if item is not None]
    order: tuple[Concern, ...] = ("none", "some", "serious")
    return max(known, key=lambda item: order.index(item.concern), default=None)


def _judged(instrument: InstrumentCard, card: AppraisalCard, name: str) -> Judged | None:
    scores = [score.casefold() for score in instrument.scores.get(name, ())]
    given = card.scores[name]
    if name in card.disputed or given.casefold() not in scores:
        return None
    place = scores.index(given.casefold())
    concern: Concern = "none" if place == 0 else "serious" if place == len(scores) - 1 else "some"
    titles = dict(instrument.items)
    return Judged(concern=concern, item=titles.get(name) or name, score=given)
