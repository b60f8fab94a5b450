"""The audit check ``duplicates``: one number under two labels, arms and blocks of numbers that were copied.

Two numbers are held to be one only where chance does not explain it: both limits of an interval, the counts of both
arms, a count of some size with its denominator, or several numbers in a row. One number that two reports of a study
print is as it should be; where they print different ones, both are named.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

from livereview import AuditCheck, AuditCode, AuditFinding, AuditRequest, EvidenceRow, Options, described, telling
from livereview_comparability.copies import COPIED_ARM, COPIED_STUDY, Pair, copied_arms, copied_studies, equal_by_chance
from livereview_comparability.disagreements import DISAGREE, SIZES, disagreements, sizes
from livereview_comparability.rows import cells, grouped, listed, numbers, ordered, people, place, pooled_in

TWICE = AuditCode(code="row-twice", severity="warning", title="One number stands under two labels")

_PLACE = ("study_id", "report_id", "outcome", "timepoint_months", "population", "arm", "comparator", "measure")
#: What two rows of one number may differ in, and how the column is called.
_LABELS = {"population": "population", "outcome": "outcome", "timepoint_months": "timepoint"}
#: Kaplan-Meier values and their like stay as they are where nobody has the event in between.
_PLATEAU = ("survival", "cumulative-incidence")
_PART = "subgroup:"
#: More pairs of labels than this are how the report is made.
_RULE = 5
#: How many rows of such a report are named.
_NAMED = 100
#: How many sets of equal counts may be expected by chance among the pairs of a report.
_UNEXPECTED = 0.01


def findings(request: AuditRequest, options: Options) -> Iterator[AuditFinding]:
    """Numbers that stand twice, and reports of one study that disagree."""
    rows = ordered((row for row in request.rows("results") if people(row)), *_PLACE)
    for column in _LABELS:
        yield from _twice(rows, column)
    yield from copied_arms(rows)
    yield from copied_studies(request, rows)
    used = pooled_in(request)
    yield from disagreements(request, rows, used)
    yield from sizes(request, rows, used)


def _twice(rows: Sequence[EvidenceRow], column: str) -> Iterator[AuditFinding]:
    """Rows of one report that are the same but for one label, by pair of labels.

    A report in which that is the rule, as in a file of analyses that use the same numbers again, is told once.
    """
    others = [name for name in _PLACE if name != column]
    pairs: dict[tuple[str, str, str, str], list[Pair]] = {}
    tried: dict[tuple[str, str], int] = {}
    for same in grouped((row for row in rows if cells(row)), *others, "variant", "extractor").values():
        report = (same[0]["study_id"], same[0]["report_id"])
        tried[report] = tried.get(report, 0) + len(same) * (len(same) - 1) // 2
        for one, other in _equal_pairs(same):
            if one[column] != other[column]:
                first, second = sorted((_word(one[column]), _word(other[column])))
                pairs.setdefault((*report, first, second), []).append((one, other))
    by_report: dict[str, list[tuple[tuple[str, str], list[Pair]]]] = {}
    for (study, report_id, first, second), found in pairs.items():
        if _beyond_chance(column, found, tried[study, report_id]):
            by_report.setdefault(report_id, []).append(((first, second), found))
    for report_id, told in by_report.items():
        if len(told) > _RULE:
            yield _by_rule(column, report_id, told)
        else:
            for labels, found in told:
                yield _one_number(column, report_id, labels, found)


def _equal_pairs(rows: Sequence[EvidenceRow]) -> Iterator[Pair]:
    """Pairs of rows with the same numbers."""
    if len(rows) > 1:
        by_numbers: dict[tuple[object, ...], list[EvidenceRow]] = {}
        for row in rows:
            by_numbers.setdefault(numbers(row), []).append(row)
        for equal in by_numbers.values():
            yield from combinations(equal, 2)


def _word(value: object) -> str:
    return f"{value:g} months" if isinstance(value, float | int) else str(value or "not stated")


def _beyond_chance(column: str, found: Sequence[Pair], tried: int) -> bool:
    """Whether pairs of equal rows are one number each, and not two that happen to be equal.

    So many pairs were looked at in the report; equal counts are beyond chance where one set of them was not to be
    expected among so many. Values of a curve say nothing: they stay where nobody has the event in between. Everybody is
    in the ITT and in the safety population of many studies; only a named part is other people than the whole.
    """
    found = [pair for pair in found if pair[0]["measure"] not in _PLATEAU]
    if column == "population":
        parts = [pair for pair in found if any(str(row["population"] or "").startswith(_PART) for row in pair)]
        found = [pair for pair in parts if pair[0]["n"] != 0]
    if any(pair[0].get("ci_low") is not None and pair[0].get("ci_high") is not None for pair in found):
        return True
    counted = [pair for pair in found if pair[0]["measure"] == "count" and telling(pair[0])]
    if column == "timepoint_months" or not counted:
        return False
    return math.prod(equal_by_chance(*pair) for pair in counted) * tried < _UNEXPECTED


def _one_number(column: str, report: str, labels: tuple[str, str], found: Sequence[Pair]) -> AuditFinding:
    one, other = found[0]
    how_many = "the same number" if len(found) == 1 else f"the same numbers in {len(found)} rows each"
    about = "" if column == "outcome" else f" ({listed(str(pair[0]['outcome']) for pair in found)})"
    return AuditFinding(
        code=TWICE.code,
        message=(
            f"{report} has {how_many} under the {_LABELS[column]} {labels[0]} and {labels[1]}{about}, e.g. "
            f"{described(one)}"
        ),
        remedy="Look the labels up in the report. If they mean one thing, withdraw the rows of one; if the report "
        "prints both, acknowledge it.",
        place=place(one, (column,)),
        also=(place(other, (column,)), *(place(row, (column,)) for pair in found[1:] for row in pair)),
    )


def _by_rule(column: str, report: str, told: Sequence[tuple[tuple[str, str], Sequence[Pair]]]) -> AuditFinding:
    """Numbers that stand again and again in one report."""
    every = [pair for _, found in told for pair in found]
    one, other = every[0]
    rows = {row["row_id"]: row for pair in every for row in pair}
    return AuditFinding(
        code=TWICE.code,
        severity="note",
        message=f"{len(rows)} rows of {report} have numbers that stand under another {_LABELS[column]} too, e.g. "
        f"{described(one)}; {described(other)}",
        remedy="Numbers that are used again are no new evidence: see that no outcome pools both, and acknowledge it.",
        place=place(one, (column,)),
        also=tuple(place(row, (column,)) for row in list(rows.values())[1:_NAMED]),
    )


DUPLICATES = AuditCheck(
    name="duplicates",
    title="Duplicates",
    summary="Rows, arms and blocks of numbers that stand twice; reports of one study that disagree.",
    codes=(TWICE, COPIED_ARM, COPIED_STUDY, DISAGREE, SIZES),
    find=findings,
    family="arithmetic",
)
