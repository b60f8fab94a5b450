"""Outcomes as RevMan's analyses: one for all studies, and one more for each division into subgroups.

RevMan divides an analysis in one way only, so a further division is an analysis of its own, as in Cochrane reviews. A
division into parts of studies (by population) is left out: the report has no numbers of single studies for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from livereview import OutcomeResult, Pooled, Report, StudyResult, SubgroupResult
from livereview_handover.settings import Settings, settings_of

#: How the notes of a division begin whose groups are parts of studies.
PARTS_OF_STUDIES = "A study may stand in several groups"


@dataclass(frozen=True, kw_only=True)
class Group:
    """One subgroup of an analysis."""

    number: int
    name: str
    pooled: Pooled
    studies: tuple[StudyResult, ...]


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """One analysis of RevMan."""

    group: int
    group_name: str
    number: int
    name: str
    outcome: OutcomeResult
    settings: Settings
    groups: tuple[Group, ...] = ()
    """Empty = it is not divided."""
    division: SubgroupResult | None = None

    @property
    def whole(self) -> bool:
        """Whether its studies are those of the pooled result: not where the groups leave out one, or share one."""
        there = [study.study_id for group in self.groups for study in group.studies]
        return not self.groups or sorted(there) == sorted(study.study_id for study in self.outcome.studies)

    @property
    def totals(self) -> bool:
        """Whether a result of all studies is written."""
        return self.whole and not self.settings.no_totals

    @property
    def subtotals(self) -> bool:
        """Whether results of its groups are written."""
        return bool(self.groups) and not self.settings.no_totals

    @property
    def id(self) -> str:
        """Unique in the package and the same at each writing."""
        return f"{self.outcome.id}/{self.number}" if self.groups else self.outcome.id

    def rows(self) -> Iterator[tuple[Group | None, StudyResult]]:
        """Its studies, group by group."""
        if not self.groups:
            yield from ((None, study) for study in self.outcome.studies)
        for group in self.groups:
            yield from ((group, study) for study in group.studies)


@dataclass(frozen=True, kw_only=True)
class Analyses:
    """Every analysis of a review, and what could not be told RevMan."""

    listed: tuple[Analysis, ...]
    left_out: tuple[tuple[str, str], ...]
    """Outcome or division, and why."""


def analyses_of(report: Report) -> Analyses:
    """The analyses of a review in the order of its outcomes, numbered within the groups of the manifest."""
    groups = list(dict.fromkeys(group_name(outcome) for outcome in report.outcomes if outcome.studies))
    numbers = dict.fromkeys(groups, 0)
    listed: list[Analysis] = []
    left_out: list[tuple[str, str]] = []
    for outcome in report.outcomes:
        if not outcome.studies:
            failed = "; ".join(failure.message for failure in outcome.failures)
            left_out.append((outcome.title, f"it failed: {failed}" if failed else "no study has a number for it"))
            continue
        name = group_name(outcome)
        usable = list(_usable(outcome, left_out))
        for division in (None, *usable):
            numbers[name] += 1
            listed.append(_analysis(outcome, division, groups.index(name) + 1, name, numbers[name]))
    return Analyses(listed=tuple(listed), left_out=tuple(left_out))


def group_name(outcome: OutcomeResult) -> str:
    """The manifest's heading of an outcome, else what it compares."""
    if outcome.group:
        return outcome.group
    return f"{outcome.experimental} versus {outcome.control}" if outcome.control else outcome.experimental or "Outcomes"


def _usable(outcome: OutcomeResult, left_out: list[tuple[str, str]]) -> Iterator[SubgroupResult]:
    known = {study.study_id for study in outcome.studies}
    for division in outcome.subgroups:
        groups = [ids for _, pooled, ids in division.groups if pooled.k and ids]
        title = f"{outcome.title}: {division.title}"
        if not groups:
            left_out.append((title, "no group has a study"))
        elif any(note.startswith(PARTS_OF_STUDIES) for note in division.notes) or not all(
            map(known.issuperset, groups)
        ):
            left_out.append((title, "its groups are parts of studies, with numbers of their own"))
        else:
            yield division


def _analysis(outcome: OutcomeResult, division: SubgroupResult | None, group: int, name: str, number: int) -> Analysis:
    by_id = {study.study_id: study for study in outcome.studies}
    parts = _groups(division, by_id) if division else ()
    fits: Iterable[Pooled] = (outcome.pooled, *(part.pooled for part in parts))
    return Analysis(
        group=group,
        group_name=name,
        number=number,
        name=f"{outcome.title}: {division.title}" if division else outcome.title,
        outcome=outcome,
        settings=settings_of(outcome, fits),
        groups=parts,
        division=division,
    )


def _groups(division: SubgroupResult, by_id: dict[str, StudyResult]) -> tuple[Group, ...]:
    there = [(name, pooled, ids) for name, pooled, ids in division.groups if pooled.k and ids]
    return tuple(
        Group(number=number, name=name, pooled=pooled, studies=tuple(by_id[study_id] for study_id in ids))
        for number, (name, pooled, ids) in enumerate(there, start=1)
    )
