"""Which of several numbers of one study comes first, by the criteria of the manifest. A tie stays a tie.

Dates may be a year, a month or a day: a report counts as later than another only where that is known for certain.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from livereview.evidence.schema import REPORT_KINDS, STATUSES
from livereview.manifest.models import Criterion, NearTimepoint, Outcome
from livereview.pairing import Candidate, Row

Reports = Mapping[str, Row]
Keep = Callable[[list[Candidate]], list[Candidate]]


def best(candidates: Sequence[Candidate], outcome: Outcome, reports: Reports) -> list[Candidate]:
    """The candidates that no other comes before, by every criterion in turn, in a fixed order."""
    by_criterion = _criteria(outcome, reports)
    left = _lowest(lambda candidate: outcome.result.index(candidate.rows[0]["outcome"]))(list(candidates))
    for criterion in outcome.prefer or ():
        left = by_criterion[criterion](left)
    left = _lowest(lambda candidate: candidate.arm_rank)(left)
    return sorted(left, key=lambda candidate: _fixed(candidate, reports))


def _fixed(candidate: Candidate, reports: Reports) -> tuple[int, list[tuple[str, ...]]]:
    """An order of equal numbers that no other row can change; the one with the most precise date first."""
    names = ("report_id", "locator", "row_id")
    rows = [tuple(str(row.get(name) or "") for name in names) for row in candidate.rows]
    return -len(_parts(publication(candidate, reports))), rows


def _lowest(rank: Callable[[Candidate], float | tuple[int, ...]]) -> Keep:
    def keep(candidates: list[Candidate]) -> list[Candidate]:
        ranks = [rank(candidate) for candidate in candidates]
        first = min(ranks)
        return [candidate for candidate, own in zip(candidates, ranks, strict=True) if own == first]

    return keep


def _criteria(outcome: Outcome, reports: Reports) -> dict[Criterion, Keep]:
    """What each criterion keeps of some candidates."""

    def population(candidate: Candidate) -> int:
        return outcome.population.index(candidate.population) if outcome.population else 0

    def timepoint(candidate: Candidate) -> float:
        rule, stated = outcome.timepoint, candidate.timepoint
        if isinstance(rule, NearTimepoint):
            return abs((stated or 0.0) - rule.at)
        if rule in ("latest", "earliest"):
            return math.inf if stated is None else -stated if rule == "latest" else stated
        return 0.0

    def kind(candidate: Candidate) -> int:
        return (*REPORT_KINDS, None).index(reports.get(candidate.report_id, {}).get("kind"))

    def latest(candidates: list[Candidate]) -> list[Candidate]:
        dates = [_parts(publication(candidate, reports)) for candidate in candidates]
        return [
            candidate
            for candidate, own in zip(candidates, dates, strict=True)
            if not any(_surely_later(other, own) for other in dates)
        ]

    return {
        "population": _lowest(population),
        "timepoint": _lowest(timepoint),
        "status": _lowest(lambda candidate: STATUSES.index(candidate.status)),
        "latest": latest,
        "report": _lowest(kind),
    }


# --- dates -----------------------------------------------------------------------------------------------------


def publication(candidate: Candidate, reports: Reports) -> str:
    """When the world could know a number: "2021", "2021-03" or "2021-03-02"; empty where nobody knows.

    A review only relays what a report of the study printed, so its numbers have the date of the study's first report.
    """
    report = reports.get(candidate.report_id, {})
    if report.get("kind") == "review":
        own = [item for item in reports.values() if item.get("study_id") == candidate.study_id]
        dates = [published_on(item) for item in own if item.get("kind") != "review"]
        return min((date for date in dates if date), default=published_on(report))
    return published_on(report)


def known_since(candidate: Candidate, reports: Reports) -> tuple[int, int, int]:
    """Year, month and day of publication as numbers; 0 where it is not known as precisely."""
    year, month, day = (*_parts(publication(candidate, reports)), 0, 0, 0)[:3]
    return year, month, day


def published_on(report: Row) -> str:
    """The date of a report as precise as it is known; empty where it has none."""
    return str(report.get("published_on") or report.get("year") or "")


def _parts(date: str) -> tuple[int, ...]:
    return tuple(int(part) for part in date.split("-") if part)


def _surely_later(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether one date is after another however the unknown month or day turns out."""
    precision = min(len(one), len(other))
    return one[:precision] > other[:precision]
