"""The domains of GRADE: what computed inputs say for rating certainty down or up; a draft, which people sign or change.

Where GRADE gives a number, its source stands at the option; where it gives none, the option says that it is ours.
"""

from __future__ import annotations

from collections.abc import Iterable

from livereview import CertaintyDomain, hookimpl
from livereview_grade.by_people import DOSE_RESPONSE, INDIRECTNESS, OPPOSING_CONFOUNDING
from livereview_grade.imprecision import IMPRECISION
from livereview_grade.inconsistency import INCONSISTENCY
from livereview_grade.large_effect import LARGE_EFFECT
from livereview_grade.publication_bias import PUBLICATION_BIAS
from livereview_grade.risk_of_bias import RISK_OF_BIAS

__all__ = [
    "DOSE_RESPONSE",
    "IMPRECISION",
    "INCONSISTENCY",
    "INDIRECTNESS",
    "LARGE_EFFECT",
    "OPPOSING_CONFOUNDING",
    "PUBLICATION_BIAS",
    "RISK_OF_BIAS",
    "livereview_certainty_domains",
]


@hookimpl
def livereview_certainty_domains() -> Iterable[CertaintyDomain]:
    """The domains of this package."""
    return [
        RISK_OF_BIAS,
        INCONSISTENCY,
        INDIRECTNESS,
        IMPRECISION,
        PUBLICATION_BIAS,
        LARGE_EFFECT,
        DOSE_RESPONSE,
        OPPOSING_CONFOUNDING,
    ]
