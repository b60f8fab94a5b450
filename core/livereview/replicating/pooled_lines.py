"""A printed pool recomputed: which numbers its studies may have entered with, and what every recipe makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from livereview.pairing import Row
from livereview.replicating.basis import Basis
from livereview.replicating.candidates import Candidate
from livereview.replicating.combinations import Combinations, combinations
from livereview.replicating.digits import INTERVAL, Printed, printed_numbers
from livereview.replicating.members import COMPARISON, TRIAL, members
from livereview.replicating.pooling import cut, pools
from livereview.replicating.recipes import Recipe, recipes
from livereview.replicating.search import Found, Job, searched
from livereview.types import Array, EffectMeasure, RowsNeeded

_COMPARED = (*INTERVAL, "i2", "q_p", "p_value", "k")
#: Combinations of a line whose counts were solved, in which its studies have the numbers of their own reports instead.
_ALTERNATIVES = 100


@dataclass(frozen=True, kw_only=True)
class PooledDraft:
    """A printed pool with all that was tried; the verdict is not spoken yet."""

    row: Row
    printed: Mapping[str, Printed]
    made: Combinations
    recipes: tuple[Recipe, ...]
    found: Found
    members: tuple[str, ...] | None
    """None where it is not known which studies are in the group."""
    missing: tuple[str, ...]
    """Studies without any number."""
    unseen: tuple[str, ...]
    """Studies whose obvious number was not read in print."""
    unknown: int
    """Studies that the publication counts and nobody knows."""
    solutions: Mapping[str, Found]
    """What counts give that are one solution of this line, by its name."""
    display: str


def needs(basis: Basis, measure: str) -> RowsNeeded | None:
    """The rows that a measure is computed from; None for a measure that no plugin has."""
    registered = basis.plugins.find(EffectMeasure, measure)
    return None if registered is None else registered.descriptor.rows(registered.options({}))


@dataclass(frozen=True, kw_only=True)
class _Begun:
    """A row with the numbers that its studies may have entered with."""

    row: Row
    rows: RowsNeeded
    printed: Mapping[str, Printed]
    members: tuple[str, ...] | None
    solved: Mapping[str, list[Candidate]]
    evidence: Mapping[str, list[Candidate]]

    @property
    def known(self) -> tuple[str, ...]:
        """The studies that are known to be in it."""
        return self.members or ()

    @property
    def k(self) -> int | None:
        """Studies pooled, as printed."""
        return None if self.row["k"] is None else int(self.row["k"])


def is_pool(basis: Basis, row: Row) -> bool:
    """Whether a published row is a pooled estimate of a measure that a plugin has."""
    own = row["subgroup_by"] != COMPARISON and row["model"] != TRIAL
    return own and row["estimate"] is not None and needs(basis, row["measure"]) is not None


def pooled_drafts(basis: Basis, rows: Sequence[Row]) -> list[PooledDraft]:
    """Everything tried on printed pools, whose measures plugins have; in their order.

    First the obvious numbers: counts that were solved for the outcome, else those of the evidence. Where solved counts
    do not give a line, its studies are tried with the numbers of their own reports too. Counts that are one solution of
    one line are tried apart: no verdict rests on them.
    """
    begun = [_begun(basis, row) for row in rows]
    jobs = [_job(basis, one, _candidates(one)) for one in begun]
    found = searched(jobs)
    unsolved = [i for i, one in enumerate(begun) if not found[i].matches and any(s in one.solved for s in one.known)]
    wider = [_job(basis, begun[i], _wider(begun[i]), _ALTERNATIVES) for i in unsolved]
    for i, job, more in zip(unsolved, wider, searched(wider), strict=True):
        if more.matches:
            jobs[i] = job
        best, other = (more, found[i]) if more.matches else (found[i], more)
        found[i] = replace(best, tried=best.tried + other.tried, matched=best.matched + other.matched)
    solutions = _solutions(basis, begun)
    return [
        _draft(basis, one, job, what, solutions.get(i, {}))
        for i, (one, job, what) in enumerate(zip(begun, jobs, found, strict=True))
    ]


def _begun(basis: Basis, row: Row) -> _Begun:
    rows = needs(basis, row["measure"])
    assert rows is not None
    counted = row["events"] is not None and rows.layout == "one-arm"
    names = (*_COMPARED, *(("events", "n") if counted else ()))
    studies = members(basis.publication, row)
    return _Begun(
        row=row,
        rows=rows,
        printed=printed_numbers(row, basis.digits, names),
        members=None if studies is None else tuple(studies),
        solved=basis.solved(row, rows),
        evidence={study: basis.evidence(row, rows, study) for study in studies or ()},
    )


def _job(basis: Basis, one: _Begun, by_study: Sequence[Sequence[Candidate]], most: int | None = None) -> Job:
    made = combinations(by_study, one.k)
    if most is not None and len(made.masks) > most:
        made = replace(made, masks=made.masks[:most], departures=made.departures[:most], bounded=True)
    return Job(made=made, recipes=_recipes(basis, one.row, made), printed=one.printed)


def _draft(basis: Basis, one: _Begun, job: Job, found: Found, solutions: Mapping[str, Found]) -> PooledDraft:
    having = [study for study in one.known if one.solved.get(study) or one.evidence[study]]
    return PooledDraft(
        row=one.row,
        printed=one.printed,
        made=job.made,
        recipes=job.recipes,
        found=found,
        members=one.members,
        missing=tuple(study for study in one.known if study not in having),
        unseen=tuple(study for study in having if not one.solved.get(study) and not _obvious_seen(one.evidence[study])),
        unknown=0 if one.k is None else max(0, one.k - len(one.known)),
        solutions=solutions,
        display=_display(basis, one.row["measure"]),
    )


def _display(basis: Basis, measure: str) -> str:
    registered = basis.plugins.find(EffectMeasure, measure)
    return "" if registered is None else registered.descriptor.display


def _obvious_seen(found: Sequence[Candidate]) -> bool:
    return any(item.seen and not item.departures for item in found)


def _candidates(one: _Begun) -> list[list[Candidate]]:
    """The solved counts of each study, as its report has them where that has the same; else those of the evidence."""
    found = []
    for study in one.known:
        read = {tuple(sorted(item.data.items())): item for item in one.evidence[study]}
        own = [
            replace(read[key], departures=()) if (key := tuple(sorted(item.data.items()))) in read else item
            for item in one.solved.get(study, [])
        ]
        found.append(own or one.evidence[study])
    return found


def _wider(one: _Begun) -> list[list[Candidate]]:
    """The solved counts of each study, and the numbers of its own reports beside them."""
    return [
        [*one.solved.get(study, []), *_as_reported(one.evidence[study], one.solved.get(study, []))]
        for study in one.known
    ]


def _as_reported(evidence: Sequence[Candidate], solved: Sequence[Candidate]) -> list[Candidate]:
    """The numbers of the evidence that are not those solved."""
    known = [dict(item.data) for item in solved]
    return [
        replace(item, departures=(*item.departures, f"{item.label} as in its own report")) if solved else item
        for item in evidence
        if dict(item.data) not in known
    ]


def _recipes(basis: Basis, row: Row, made: Combinations) -> tuple[Recipe, ...]:
    empty = any(item.has_empty_cell for item in made.candidates)
    return recipes(basis.plugins, row["measure"], row["model"], empty)


def _solutions(basis: Basis, begun: Sequence[_Begun]) -> dict[int, dict[str, Found]]:
    """By line what its named solutions give: alone, and with the most obvious numbers of the other studies."""
    jobs: list[Job] = []
    names: list[tuple[int, str]] = []
    for number, one in enumerate(begun):
        for name, counts in basis.solutions(one.row, one.rows).items():
            others = [one.evidence[study][:1] for study in one.known if study not in counts]
            for by_study in ([*counts.values()], [*counts.values(), *others]) if counts else ():
                job = _job(basis, one, by_study, 1)
                if all(by_study) and len(job.made.masks):
                    jobs.append(job)
                    names.append((number, name))
    found: dict[int, dict[str, Found]] = {}
    for (number, name), what in zip(names, searched(jobs), strict=True):
        own = found.setdefault(number, {})
        if name not in own or what.matches:
            own[name] = what
    return found


def intervals_of(recipe: Recipe, n: int) -> dict[str, Array]:
    """Estimate and limits of one study with 0 to n events, cut at 0 and 1, by a recipe; NaN where it cannot."""
    each = [Candidate(study="", label="", data={"events": float(x), "n": float(n)}, origin="") for x in range(n + 1)]
    found = pools(each, np.eye(n + 1, dtype=bool), recipe)
    if found is None:
        return {name: np.full(n + 1, np.nan) for name in INTERVAL}
    return {name: cut(name, found[name], "proportion") for name in INTERVAL}
