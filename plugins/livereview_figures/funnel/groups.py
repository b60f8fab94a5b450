"""The studies of a funnel plot by subgroup: each group has its colour and its shape."""

from __future__ import annotations

from dataclasses import dataclass

from livereview import OutcomeResult
from livereview_figures.drawing.page import ACCENT
from livereview_figures.drawing.text import clean
from livereview_figures.funnel.frame import points_of

ROUND = 32
"""Corners of a circle."""


@dataclass(frozen=True)
class Look:
    """How the studies of one group are drawn."""

    name: str
    colour: str
    sides: int
    place: int = 0
    """In the legend."""


_LOOKS = ((ACCENT, ROUND), ("#B5631A", 3), ("#3E7B4F", 4), ("#8C5AA0", 6))
ALONE = Look("", *_LOOKS[0])
OTHERS = Look("in no subgroup", "#6B6B6B", 5, len(_LOOKS))


def looks_of(outcome: OutcomeResult) -> dict[str, Look]:
    """The look of each study, by the first division into subgroups; all alike where fewer than two groups have a
    study in the plot, or more than there are shapes."""
    studies = [study.study_id for study in points_of(outcome)]
    groups = outcome.subgroups[0].groups if outcome.subgroups else ()
    held = [(name, [study for study in studies if study in members]) for name, _, members in groups]
    held = [(name, members) for name, members in held if members]
    if not 2 <= len(held) <= len(_LOOKS):
        return dict.fromkeys(studies, ALONE)
    placed = {
        study: Look(clean(name), *_LOOKS[place], place)
        for place, (name, members) in enumerate(held)
        for study in members
    }
    return {study: placed.get(study, OTHERS) for study in studies}
