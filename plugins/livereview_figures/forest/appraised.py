"""Risk of bias beside the studies: a disc for each item of the instrument that the manifest names, and their key.

A judgement made for the outcome that a study's number comes from stands before one made for the study as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from livereview import AppraisalCard, InstrumentCard, StudyResult
from livereview_figures.drawing.judgements import Judgement, judgement_of, key
from livereview_figures.drawing.layout import Column, Disc, Span
from livereview_figures.drawing.text import clean
from livereview_figures.drawing.typeface import width_of
from livereview_figures.forest.subject import Subject

_NARROW = 2.4
"""Ems that a heading may have; wider ones are letters."""


def items_of(instrument: InstrumentCard) -> list[tuple[str, str, str]]:
    """Item, heading and words of each column, the overall judgement last."""
    items = sorted(instrument.items, key=lambda item: item[0] == instrument.overall)
    found, letters = [], iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    for name, title in items[:26]:
        short = clean(name)
        if name == instrument.overall or short.casefold() == "overall":
            short = "All"
        elif width_of(short, 1.0, True) > _NARROW:
            short = next(letters)
        found.append((name, short, clean(title) or clean(name)))
    return found


def card_of(instrument: InstrumentCard, study: StudyResult) -> AppraisalCard | None:
    """The judgements for the study's number: for its outcome code, else for the study as a whole."""
    own = [card for card in instrument.cards if card.study_id == study.study_id]
    codes = {row.outcome for row in study.rows}
    return next((card for card in own if card.outcome in codes and card.outcome),
                next((card for card in own if not card.outcome), None))  # fmt: skip


class Appraised:
    """The columns of one instrument; none without one."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.instrument = subject, subject.instrument
        self.items = items_of(self.instrument) if self.instrument else []

    def columns(self) -> list[Column]:
        return [
            Column(name=f"rob:{name}", title=short, align="center", gap=1.8 if i == 0 else 0.35, least=1.5)
            for i, (name, short, _) in enumerate(self.items)
        ]

    def spans(self) -> list[Span]:
        if not self.items or self.instrument is None:
            return []
        first, last = self.items[0][0], self.items[-1][0]
        return [Span(first=f"rob:{first}", last=f"rob:{last}", title=clean(self.instrument.title))]

    def discs(self, study: StudyResult) -> dict[str, Disc]:
        """The judgements of a study by column."""
        if self.instrument is None:
            return {}
        href = self.subject.href(study.study_id)
        return {
            f"rob:{name}": Disc(judgement=one, tip=f"{clean(study.label)}\n{words}: {one.words}", href=href)
            for name, words, one in self._judged(study)
        }

    def _judged(self, study: StudyResult) -> Iterator[tuple[str, str, Judgement]]:
        if self.instrument is not None:
            card = card_of(self.instrument, study)
            for name, short, title in self.items:
                one = judgement_of(self.instrument, card, name)
                yield name, title if title.startswith(short) else f"{short}, {title}", one

    def words(self, study: StudyResult) -> dict[str, str]:
        """The judgements of a study in words, for the CSV: by ``risk of bias: ITEM``."""
        return {f"risk of bias: {clean(name)}": one.words for name, _, one in self._judged(study)}

    def key(self) -> list[Judgement]:
        """Each judgement of the figure once."""
        return key(one for study in self.subject.outcome.studies for _, _, one in self._judged(study))

    def notes(self) -> list[str]:
        """What the headings stand for."""
        if self.instrument is None:
            return []
        told = [title if title.startswith(short) else f"{short}: {title}" for _, short, title in self.items]
        return [f"{clean(self.instrument.title)}. {'; '.join(told)}"]
