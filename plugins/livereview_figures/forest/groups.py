"""Whether the groups of a division rest on the numbers of the outcome's studies, or on numbers of their own.

A division by a field of the studies sorts the studies that were pooled. A division by the population analysed selects
other rows for each group (average risk, higher risk), so that a study's main number must not stand under its heading.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from livereview import OutcomeResult, Pooled, StudyResult, SubgroupResult
from livereview_figures.drawing.text import estimable, known


def own_numbers(outcome: OutcomeResult, division: SubgroupResult) -> bool:
    """Whether a group cannot come from the main numbers of its studies.

    It cannot where a study stands in two groups or is not in the main analysis, where the people of a group are not
    those of its studies, or where the only study of a group has another effect.
    """
    by_id = {study.study_id: study for study in outcome.studies}
    named = [study_id for _, _, ids in division.groups for study_id in ids]
    if len(set(named)) < len(named) or not set(named) <= by_id.keys():
        return True
    return any(_differs(pooled, ids, by_id) for _, pooled, ids in division.groups)


def _differs(pooled: Pooled, ids: Sequence[str], by_id: Mapping[str, StudyResult]) -> bool:
    people = [participants_of(by_id[study_id]) for study_id in ids if estimable(by_id[study_id])]
    if people and pooled.participants is not None and None not in people:
        return sum(n for n in people if n is not None) != pooled.participants
    if len(ids) != 1:
        return False
    own, main = pooled.shown.estimate, by_id[ids[0]].shown.estimate
    return known(own) and known(main) and not math.isclose(own, main, rel_tol=1e-6)


def participants_of(study: StudyResult) -> int | None:
    """People behind a study's number, where its data say so."""
    arms = [study.data[name] for name in ("n", "n_1", "n_2") if name in study.data]
    return int(math.fsum(arms)) if arms and all(known(n) for n in arms) else None
