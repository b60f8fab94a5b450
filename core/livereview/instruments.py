"""What an appraisal instrument is made of: items, the scores each may have, what adds up, what judges the whole.

One definition for all: what a plugin registers, and what ``[[instruments]]`` of a manifest describes by the same names.
Scores are texts, as sheets have them; those that are numbers can be added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from livereview.types import Descriptor


@dataclass(frozen=True, kw_only=True)
class InstrumentItem:
    """One domain or question of an instrument."""

    name: str
    """How sheets write it, e.g. "D1"; capitals do not count."""
    title: str = ""
    """The domain or question in words; a sheet may write it in place of the name."""
    scores: tuple[str, ...]
    """What may be scored, in order: of points the least first, of judgements the best first."""
    part: str = ""
    """Items of one optional part are answered all or none, e.g. those for comparative studies; empty = always."""
    also: tuple[str, ...] = ()
    """Other ways in which sheets write it, e.g. in an earlier edition of the instrument."""


@dataclass(frozen=True, kw_only=True)
class Instrument(Descriptor):
    """How studies are appraised: checked against what sheets hold, and shown in reports."""

    kind: ClassVar[str] = "instrument"
    title: str
    """How sheets and reports write it, e.g. "RoB 2"; capitals do not count."""
    also: tuple[str, ...] = ()
    """Other ways in which sheets write it."""
    items: tuple[InstrumentItem, ...]
    total: tuple[str, ...] = ()
    """Items of a sheet that hold the sum of the others, e.g. "total"; empty = the scores are not added up."""
    overall: InstrumentItem | None = None
    """The item that judges the whole."""
    rule: Literal["", "worst"] = ""
    """"worst": the overall judgement is at least as severe as that of the worst item. Empty = it follows no rule."""
    outside: tuple[str, ...] = ()
    """Scores outside the order of severity, e.g. "No information"; every item may have them."""
    per_outcome: bool = False
    """Whether a study is judged once for each outcome."""
    grouped: bool = False
    """Whether an item may be judged for groups of outcomes, which a sheet writes behind it: "ITEM: GROUP"."""
    judges: Literal["quality", "trust"] = "quality"
    """"trust": whether the study's data can be believed at all, which is no judgement of risk of bias."""

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every way in which a sheet may write its name."""
        return (self.title, self.name, *self.also)
