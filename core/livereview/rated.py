"""What a report says of certainty: the draft of each outcome domain by domain, and the summary of findings.

A draft is a proposal for the people who sign; it changes no number and no verdict. Risks are 0-1, differences too;
``per`` is only how many people a renderer counts them in. NaN = there is no number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from livereview.judgements import Certainty, CertaintyLevel

#: From the least certain to the most.
LEVELS: tuple[CertaintyLevel, ...] = ("very low", "low", "moderate", "high")
EventIs = Literal["unwanted", "wanted", "unstated"]


@dataclass(frozen=True, kw_only=True)
class DomainJudgement:
    """What a domain says of one outcome: how many levels it drafts, from which inputs, by which rule."""

    levels: int | None
    """-1 = one level down, 1 = one up, 0 = none; None = a person must judge."""
    reason: str
    """Why, in words that can be a footnote; why a person must judge, where that is so."""
    rule: str = ""
    """The rule with its thresholds, in words."""
    inputs: tuple[tuple[str, str], ...] = ()
    """What was looked at: name and value, as printed."""


@dataclass(frozen=True, kw_only=True)
class JudgedDomain:
    """A domain with its judgement on one outcome."""

    name: str
    title: str
    judgement: DomainJudgement
    direction: Literal["down", "up"] = "down"
    counted: bool = True
    """Whether its levels are in the draft: evidence that is rated down is not rated up."""

    @property
    def change(self) -> int:
        """Levels that it moves the draft."""
        return (self.judgement.levels or 0) if self.counted else 0

    @property
    def words(self) -> str:
        """``1 level down``, ``no change``, ``a person must judge``."""
        levels = self.judgement.levels
        if levels is None:
            return "a person must judge"
        if levels == 0:
            return "no change"
        size = f"{abs(levels)} level{'' if abs(levels) == 1 else 's'} {'down' if levels < 0 else 'up'}"
        return size if self.counted else f"{size}, not counted since another domain rates down"


@dataclass(frozen=True, kw_only=True)
class DraftedCertainty:
    """The certainty of one outcome as computed inputs suggest it; nobody has signed it."""

    outcome_id: str
    start: CertaintyLevel | None
    """The level before any domain; None = not rated."""
    start_reason: str
    level: CertaintyLevel | None
    """The level that is drafted; None = none is, and ``start_reason`` says why."""
    domains: tuple[JudgedDomain, ...] = ()

    @property
    def open(self) -> tuple[str, ...]:
        """Titles of the domains that a person must judge; the draft takes them as no concern."""
        return tuple(item.title for item in self.domains if item.judgement.levels is None)

    @property
    def at_most(self) -> bool:
        """Whether people can only lower the draft: a domain that rates down is open, and none that rates up."""
        directions = {item.direction for item in self.domains if item.judgement.levels is None}
        return directions == {"down"} and self.level != LEVELS[0]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the draft is not where it started, a sentence for each domain that moved it."""
        return tuple(f"{item.title}: {item.judgement.reason}" for item in self.domains if item.change)


@dataclass(frozen=True, kw_only=True)
class EarlierCertainty:
    """The certainty of an outcome at the update before."""

    level: CertaintyLevel
    signed: bool
    update: str
    """E.g. "update 3 of 2026-11-20"."""


@dataclass(frozen=True, kw_only=True)
class AbsoluteEffect:
    """What the pooled effect means for people with one baseline risk."""

    baseline: float
    source: str
    """Where the baseline risk comes from."""
    risk: tuple[float, float, float]
    """Risk with the treatment: estimate, lower and upper limit."""
    notes: tuple[str, ...] = ()

    @property
    def difference(self) -> tuple[float, float, float]:
        """Risk with treatment less the baseline risk: estimate, lower and upper limit."""
        middle, low, high = self.risk
        return middle - self.baseline, low - self.baseline, high - self.baseline


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One row of the summary of findings; the numbers are those of the outcome of that id."""

    outcome_id: str
    title: str
    absolute: tuple[AbsoluteEffect, ...] = ()
    """One for each baseline risk; of a proportion of one arm none."""
    no_absolute: str = ""
    """Why there is none, where people would expect one."""
    event: str = ""
    event_is: EventIs = "unstated"
    time: str = ""
    per: int = 1000
    important: float | None = None
    """The smallest difference that matters: of risks (0-1) where it is counted in people, else on the display scale;
    None = nobody stated one."""
    in_people: bool = False
    """Whether what matters is counted in people: of risks, and of proportions of one arm."""
    certainty: Certainty | None = None
    """As people signed it."""
    draft: DraftedCertainty | None = None
    previous: EarlierCertainty | None = None
    """None where there was none, or no update before."""
    footnotes: tuple[int, ...] = ()
    """Numbers of the footnotes that give the reasons of the certainty, from 1."""
    sentence: str = ""
    """What was found, in words that fit the certainty; or why there is no number."""

    @property
    def level(self) -> CertaintyLevel | None:
        """The signed level, else the drafted one."""
        if self.certainty is not None:
            return self.certainty.level
        return self.draft.level if self.draft else None

    @property
    def differs(self) -> bool:
        """Whether people signed another level than the draft."""
        drafted = self.draft.level if self.draft else None
        return self.certainty is not None and drafted is not None and drafted != self.certainty.level


@dataclass(frozen=True, kw_only=True)
class SummaryOfFindings:
    """The outcomes that a panel reads first, at most seven."""

    title: str
    findings: tuple[Finding, ...]
    footnotes: tuple[str, ...] = ()
    """Reasons of certainty, numbered from 1 across the table; equal ones have one number."""
    domains: tuple[str, ...] = ()
    """The domains that were asked, with their options, in words."""
    references: tuple[str, ...] = ()
    """Literature of the domains and of the wording."""
