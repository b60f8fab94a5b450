"""Instruments of points that add up: the Newcastle–Ottawa scale and MINORS.

Of the Newcastle–Ottawa scale only comparability may earn two stars, every other item one; there are no half stars.
"""

from __future__ import annotations

from livereview import Instrument, InstrumentItem

_TOTAL = ("total", "total-printed", "total-sum-of-items")
_STAR = ("0", "1")
_WELLS = "Wells et al., The Newcastle-Ottawa Scale, Ottawa Hospital Research Institute"


def _stars(titles: tuple[str, ...]) -> tuple[InstrumentItem, ...]:
    """Eight items, the fifth (comparability) with two stars."""
    return tuple(
        InstrumentItem(name=f"Q{i}", title=title, scores=("0", "1", "2") if i == 5 else _STAR)
        for i, title in enumerate(titles, start=1)
    )


NOS_COHORT = Instrument(
    name="nos-cohort",
    title="NOS",
    also=("NOS cohort", "Newcastle-Ottawa scale", "Newcastle-Ottawa"),
    summary="Newcastle–Ottawa scale for cohort studies: eight items, at most nine stars.",
    items=_stars(
        (
            "Selection: representativeness of the exposed cohort",
            "Selection: selection of the non-exposed cohort",
            "Selection: ascertainment of exposure",
            "Selection: outcome not present at the start",
            "Comparability of cohorts (two stars)",
            "Outcome: assessment",
            "Outcome: follow-up long enough",
            "Outcome: adequacy of follow-up",
        )
    ),
    total=_TOTAL,
    references=(_WELLS,),
)

NOS_CASE_CONTROL = Instrument(
    name="nos-case-control",
    title="NOS case-control",
    also=("Newcastle-Ottawa scale, case-control",),
    summary="Newcastle–Ottawa scale for case-control studies: eight items, at most nine stars.",
    items=_stars(
        (
            "Selection: case definition adequate",
            "Selection: representativeness of the cases",
            "Selection: selection of controls",
            "Selection: definition of controls",
            "Comparability of cases and controls (two stars)",
            "Exposure: ascertainment",
            "Exposure: same method for cases and controls",
            "Exposure: non-response rate",
        )
    ),
    total=_TOTAL,
    references=(_WELLS,),
)

_COMPARATIVE = "comparative studies"
MINORS = Instrument(
    name="minors",
    title="MINORS",
    summary="Methodological index for non-randomised studies: 8 items, 12 for comparative studies; 0 to 2 points each.",
    items=tuple(
        InstrumentItem(name=f"Q{i}", title=title, scores=("0", "1", "2"), part=_COMPARATIVE if i > 8 else "")
        for i, title in enumerate(
            (
                "A clearly stated aim",
                "Inclusion of consecutive patients",
                "Prospective collection of data",
                "Endpoints appropriate to the aim",
                "Unbiased assessment of the endpoint",
                "Follow-up period appropriate to the aim",
                "Loss to follow-up less than 5%",
                "Prospective calculation of the study size",
                "An adequate control group",
                "Contemporary groups",
                "Baseline equivalence of groups",
                "Adequate statistical analyses",
            ),
            start=1,
        )
    ),
    total=_TOTAL,
    references=("Slim et al. 2003, ANZ J Surg 73:712, doi:10.1046/j.1445-2197.2003.02748.x",),
)
