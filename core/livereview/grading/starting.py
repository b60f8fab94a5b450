"""Where the certainty of an outcome starts, before any domain: by the designs of its studies.

Randomised comparisons start high, others low (Guyatt 2011, doi:10.1016/j.jclinepi.2010.07.015), or high where every
study was judged with ROBINS-I or ROBINS-E, which weigh confounding themselves (Schünemann 2019,
doi:10.1016/j.jclinepi.2018.01.012). A number of one arm compares nothing; it starts low or is not rated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from livereview.judgements import CertaintyLevel
from livereview.manifest.models import SummaryPart
from livereview.people import InstrumentCard
from livereview.printing import counted
from livereview.report import OutcomeResult

ROBINS = ("robins-i", "robins i", "robins-e", "robins e")


@dataclass(frozen=True, kw_only=True)
class Start:
    """The first level with the reason; None = not rated."""

    level: CertaintyLevel | None
    reason: str
    randomised: bool = False


def start_of(
    outcome: OutcomeResult, designs: Mapping[str, str], instruments: Sequence[InstrumentCard], part: SummaryPart
) -> Start:
    """Where an outcome with a number starts. ``designs`` by study id, empty = not recorded."""
    ids = [study.study_id for study in outcome.studies]
    randomised = [name for name in ids if designs.get(name) in part.randomised]
    if outcome.null_shown is None:
        if part.uncontrolled == "not-rated":
            return Start(level=None, reason="numbers of one arm compare nothing, and this review does not rate them")
        return Start(level="low", reason="numbers of one arm, without a comparison")
    if len(randomised) == len(ids):
        many = "one randomised trial" if len(ids) == 1 else f"{len(ids)} randomised trials"
        return Start(level="high", reason=many, randomised=True)
    unknown = sum(not designs.get(name) for name in ids)
    others = len(ids) - len(randomised) - unknown
    told = [counted(len(randomised), "randomised trial")] if randomised else []
    told += [f"{others} not randomised"] if others else []
    told += [f"the design of {unknown} is not recorded"] if unknown else []
    if part.non_randomised == "high-with-robins" and not unknown and _judged_with_robins(ids, randomised, instruments):
        return Start(level="high", reason=f"{', '.join(told)}; each of those was judged with ROBINS")
    return Start(level="low", reason=", ".join(told))


def _judged_with_robins(ids: Sequence[str], randomised: Sequence[str], instruments: Sequence[InstrumentCard]) -> bool:
    """Whether every study that is not randomised was."""
    judged = {
        card.study_id
        for instrument in instruments
        if instrument.title.casefold().startswith(ROBINS)
        for card in instrument.cards
    }
    return all(name in judged for name in ids if name not in randomised)
