"""Parts against wholes: grades of harm, subgroups, components, and counts that can only grow in time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise

from livereview import AuditCode, AuditFinding
from livereview_arithmetic.rows import Row, counts, finding, grouped

ABOVE = AuditCode(code="part-above-whole", severity="error", title="A part is more than its whole")
SUM = AuditCode(code="parts-do-not-add-up", severity="warning", title="Parts do not add up to their whole")
FALLS = AuditCode(code="count-falls-in-time", severity="error", title="A count falls in time that can only grow")
CODES = (ABOVE, SUM, FALLS)

#: Grades as outcomes are named for them, from the widest to the narrowest.
_GRADE = re.compile(r"^(?P<what>.+)-(?P<grade>any|serious|grade3plus|grade4|grade4plus|grade5|fatal)$")
_WITHIN = {"serious": ("any",), "grade3plus": ("any",), "grade4": ("any", "grade3plus"), "fatal": ("any", "grade3plus"),
           "grade4plus": ("any", "grade3plus"), "grade5": ("any", "grade3plus", "grade4plus")}  # fmt: skip
#: Components whose sum is the outcome, where all of them are there.
_SUMS = {"cr-cri": ("cr", "cri"), "cr-crh-cri": ("cr", "crh", "cri"), "orr": ("cr", "pr")}
_WHOLES = ("itt", "safety")
_LOOK = "Look up both numbers, and whether they are of the same people."


def findings(rows: Sequence[Row], within: Mapping[str, str], growing: Sequence[str]) -> Iterator[AuditFinding]:
    """Parts that are more than their whole or do not add up to it; ``within`` = whole by part, besides the grades."""
    known = list(counts(rows))
    for group in grouped(known, "study_id", "report_id", "population", "arm", "variant", "extractor").values():
        yield from _outcomes(group, within)
        yield from _sums(group)
        yield from _in_time(group, growing)
    for group in grouped(known, "study_id", "report_id", "outcome", "arm", "timepoint_months", "extractor").values():
        yield from _subgroups(group)
    yield from _divided(known)


def wholes_of(outcome: str, within: Mapping[str, str]) -> Iterator[str]:
    """The outcomes that count everybody that ``outcome`` counts.

    >>> list(wholes_of("infection-grade3plus", {}))
    ['infection-any', 'ae-grade3plus']
    """
    if outcome in within:
        yield within[outcome]
    grade = _GRADE.match(outcome)
    if grade is None:
        return
    for wider in _WITHIN.get(grade["grade"], ()):
        yield f"{grade['what']}-{wider}"
    if grade["what"] != "ae":
        yield f"ae-{grade['grade']}"


def _outcomes(group: Sequence[Row], within: Mapping[str, str]) -> Iterator[AuditFinding]:
    by_outcome = grouped(group, "outcome")
    for part in group:
        for name in wholes_of(part["outcome"], within):
            for whole in by_outcome.get((name,), ()):
                if part["n"] == whole["n"] and part["events"] > whole["events"] and _not_later(part, whole):
                    message = (
                        f"{part['events']} of {part['n']}, and {whole['events']} with {name}, which they are part of"
                    )
                    yield finding(ABOVE.code, message, _LOOK, (part, ("events",)), [(whole, ("events",))])


def _not_later(part: Row, whole: Row) -> bool:
    """Whether everybody of the part was there when the whole was counted."""
    first, last = part.get("timepoint_months"), whole.get("timepoint_months")
    return first == last or (first is not None and last is not None and first <= last)


def _sums(group: Sequence[Row]) -> Iterator[AuditFinding]:
    by_outcome = {(row["outcome"], row.get("timepoint_months")): row for row in group}
    for (name, time), whole in by_outcome.items():
        parts = [by_outcome.get((part, time)) for part in _SUMS.get(name, ())]
        there = [part for part in parts if part is not None and part["n"] == whole["n"]]
        if there and len(there) == len(parts) and sum(part["events"] for part in there) != whole["events"]:
            words = " + ".join(f"{part['events']} {part['outcome']}" for part in there)
            message = f"{whole['events']} of {whole['n']}, and {words}"
            yield finding(SUM.code, message, _LOOK, (whole, ("events",)), [(part, ("events",)) for part in there])


def _in_time(group: Sequence[Row], growing: Sequence[str]) -> Iterator[AuditFinding]:
    timed = [row for row in group if row.get("timepoint_months") is not None and row["outcome"] in growing]
    for rows in grouped(timed, "outcome", "n").values():
        for first, later in pairwise(sorted(rows, key=lambda row: row["timepoint_months"])):
            if later["events"] < first["events"] and later["timepoint_months"] > first["timepoint_months"]:
                message = (
                    f"{later['events']} of {later['n']}, and {first['events']} at {first['timepoint_months']:g} months"
                )
                yield finding(FALLS.code, message, _LOOK, (later, ("events",)), [(first, ("events",))])


def _subgroups(group: Sequence[Row]) -> Iterator[AuditFinding]:
    """A subgroup with more events than the whole, of which it is part by its name and by its size."""
    wholes = [row for row in group if str(row.get("population") or "").casefold() in _WHOLES]
    for row in group:
        if not str(row.get("population") or "").startswith("subgroup:"):
            continue
        for whole in wholes:
            fewer = row["n"] - row["events"] > whole["n"] - whole["events"]
            if row["n"] <= whole["n"] and (row["events"] > whole["events"] or fewer):
                message = (
                    f"{row['events']} of {row['n']}, and {whole['events']} of {whole['n']} in {whole['population']}"
                )
                also = [(whole, ("events", "n"))]
                yield finding(ABOVE.code, message, _LOOK, (row, ("events", "n")), also, severity="warning")


def _divided(rows: Sequence[Row]) -> Iterator[AuditFinding]:
    """Two subgroups that are the whole in most outcomes of a report, and in one are not.

    That two subgroups divide the whole is learnt from the outcomes in which events and n add up, of which there must be
    two, and more than those in which they do not.
    """
    for group in grouped(rows, "study_id", "report_id", "arm").values():
        cells = {(row["outcome"], row.get("timepoint_months"), row.get("population")): row for row in group}
        populations = list(dict.fromkeys(row.get("population") for row in group))
        outcomes = list(dict.fromkeys((row["outcome"], row.get("timepoint_months")) for row in group))
        for whole in populations:
            parts = [name for name in populations if name != whole and str(name or "").startswith("subgroup:")]
            for pair in combinations(parts, 2):
                trios = [
                    trio
                    for outcome in outcomes
                    if None not in (trio := [cells.get((*outcome, name)) for name in (whole, *pair)])
                ]
                yield from _unlike_the_rest([[row for row in trio if row is not None] for trio in trios])


def _unlike_the_rest(trios: Sequence[Sequence[Row]]) -> Iterator[AuditFinding]:
    odd = [
        trio for trio in trios if not all(trio[0][name] == trio[1][name] + trio[2][name] for name in ("events", "n"))
    ]
    add_up = len(trios) - len(odd)
    if add_up < 2 or add_up <= len(odd):
        return
    for whole, one, other in odd:
        message = (
            f"{whole['events']} of {whole['n']}, and {one['events']} of {one['n']} + {other['events']} "
            f"of {other['n']} in {one['population']} and {other['population']}, which add up in {add_up} other outcomes"
        )
        also = [(row, ("events", "n")) for row in (one, other)]
        yield finding(SUM.code, message, _LOOK, (whole, ("events", "n")), also)
