"""How many studies reviews have in common: counts, and the corrected covered area with its usual bands.

Sets of studies in, numbers out; nothing here knows what a review is.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass

#: Bands of Pieper et al.: up to which corrected covered area an overlap is called so.
BANDS = ((0.05, "slight"), (0.10, "moderate"), (0.15, "high"), (1.0, "very high"))


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """What some sets of studies have in common."""

    reviews: int
    """c: sets with at least one study."""
    studies: int
    """r: different studies."""
    mentions: int
    """N: studies, each counted in every set that has it."""
    shared: int
    """Studies in more than one set."""
    cca: float | None
    """Corrected covered area, 0-1; None for fewer than two sets with studies."""

    @property
    def band(self) -> str:
        """slight, moderate, high or very high; empty without a value."""
        return "" if self.cca is None else next(name for limit, name in BANDS if self.cca <= limit)


def overlap(sets: Sequence[Collection[Hashable]]) -> Overlap:
    """The overlap of sets of studies.

    CCA = (N - r) / (r c - r), with N mentions of r different studies in c reviews: of the places of a citation matrix
    beyond each study's first, the share that is taken. Of two reviews it is the share of their studies that is in both.
    Sets without a study are no reviews of anything and do not count. Bands are those of the source, which has whole
    percentages (0-5 slight, 6-10 moderate, 11-15 high, above 15 very high): here each ends where its last one does.

    Pieper, Antoine, Mathes, Neugebauer, Eikermann (2014), doi:10.1016/j.jclinepi.2013.11.007.
    """
    found = [set(one) for one in sets if one]
    everything = set().union(*found)
    mentions, studies = sum(len(one) for one in found), len(everything)
    places = studies * (len(found) - 1)
    return Overlap(
        reviews=len(found),
        studies=studies,
        mentions=mentions,
        shared=sum(1 for study in everything if sum(study in one for one in found) > 1),
        cca=(mentions - studies) / places if places > 0 else None,
    )
