"""Numbers that seem copied: from one arm to the other, from one study to another."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from livereview import AuditCode, AuditFinding, AuditRequest, EvidenceRow, described, named_together, telling
from livereview_comparability.rows import cells, grouped, listed, numbers, place, report_kinds

COPIED_ARM = AuditCode(code="arm-copied", severity="warning", title="Two arms have the same numbers")
COPIED_STUDY = AuditCode(code="study-copied", severity="warning", title="Two studies have the same numbers")

#: Arms whose numbers are as equal as this by chance less often than once in so many are named.
_ONE_IN = 1000.0
#: Equal small numbers of two studies of which one alone says nothing.
_BLOCK = 3
#: People; of fewer, whole scores have the same mean and SD now and then.
_FEW = 20
Pair = tuple[EvidenceRow, EvidenceRow]

_WITHIN = ("study_id", "report_id", "population", "timepoint_months", "measure")


def copied_arms(rows: Sequence[EvidenceRow]) -> Iterator[AuditFinding]:
    """Arms of one report with the same counts in more outcomes than chance allows, and arms that for once have the
    denominator of the other."""
    counted = [row for row in rows if row["measure"] == "count" and row.get("n") and row.get("events") is not None]
    for places in grouped(counted, *_WITHIN).values():
        by_arm = {str(arm): rows for (arm,), rows in grouped(places, "arm").items()}
        for first, second in combinations(by_arm, 2):
            yield from _copied(by_arm[first], by_arm[second])
    for same in grouped((row for row in rows if row["measure"] in ("mean", "survival")), *_WITHIN, "outcome").values():
        for one, other in combinations(same, 2):
            exact = one.get("se") is not None or one.get("ci_low") is not None or one.get("sd") is not None
            few = min(row.get("n") or math.inf for row in (one, other)) <= _FEW
            if exact and not few and one["arm"] != other["arm"] and one["estimate"] and _stated(one) == _stated(other):
                yield _finding([(one, other)], "estimate and spread are the same to every digit")


def _stated(row: EvidenceRow) -> tuple[object, ...]:
    """The numbers of a row, without how many people it is of."""
    return tuple(row.get(name) for name in ("estimate", "ci_low", "ci_high", "se", "sd"))


def _copied(one: Sequence[EvidenceRow], other: Sequence[EvidenceRow]) -> Iterator[AuditFinding]:
    """Findings about two arms in one place."""
    partner = {(row["outcome"], row.get("variant")): row for row in other}
    pairs = [(row, partner[key]) for row in one if (key := (row["outcome"], row.get("variant"))) in partner]
    equal = [pair for pair in pairs if numbers(pair[0]) == numbers(pair[1])]
    if not equal:
        return
    usual = [Counter(int(row["n"]) for row in rows).most_common(1)[0][0] for rows in (one, other)]
    strange = [(a, b) for a, b in equal if usual[0] != usual[1] and a["n"] in usual]
    steady = all(sum(row["n"] != n for row in rows) <= len(strange) < len(rows) - 1
                 for rows, n in zip((one, other), usual, strict=True))  # fmt: skip
    if strange and steady:
        yield _finding(strange, f"the arms have {usual[0]} and {usual[1]} people in other rows of this report")
        return
    informative = [(a, b) for a, b in pairs if 0 < a["events"] + b["events"] < a["n"] + b["n"]]
    same = [pair for pair in informative if pair in equal]
    chance = _at_least(len(same), [equal_by_chance(a, b) for a, b in informative])
    if len(same) > 1 and chance < 1 / _ONE_IN:
        often = f"{len(same)} of {len(informative)} counts are equal"
        yield _finding(same, f"{often}; between two arms with the same risks that happens with P = {chance:.2g}")


def equal_by_chance(one: EvidenceRow, other: EvidenceRow) -> float:
    """How often two groups of the same risk have the same count: the sum of squared binomial probabilities.

    About 1 / (2 sqrt(pi n p (1 - p))), which is near enough from a few events on, and at most 1.
    """
    n = min(int(one["n"]), int(other["n"]))
    risk = (one["events"] + other["events"]) / (one["n"] + other["n"])
    if not 0 < risk < 1:
        return 1.0
    return min(1.0, 1 / (2 * math.sqrt(math.pi * n * risk * (1 - risk))))


def _at_least(wanted: int, chances: Sequence[float]) -> float:
    """Probability that so many or more of independent things happen (Poisson binomial, by convolution)."""
    so_far = [1.0]
    for p in chances:
        so_far = [a * (1 - p) + b * p for a, b in zip([*so_far, 0.0], [0.0, *so_far], strict=True)]
    return min(1.0, sum(so_far[wanted:]))


def _finding(pairs: Sequence[Pair], why: str) -> AuditFinding:
    one, other = pairs[0]
    outcomes = listed(str(pair[0]["outcome"]) for pair in pairs)
    return AuditFinding(
        code=COPIED_ARM.code,
        message=f"{one['arm']} and {other['arm']} have the same numbers of {outcomes}: {described(one)}; {why}",
        remedy="Look up both arms in the report: a column may have been read twice.",
        place=place(other),
        also=(place(one), *(place(row) for pair in pairs[1:] for row in pair)),
    )


def copied_studies(request: AuditRequest, rows: Sequence[EvidenceRow]) -> Iterator[AuditFinding]:
    """Pairs of studies with the same number of one outcome: one that tells, or a block of small ones.

    Rows of reviews are left out, whose tables have many studies with the same small numbers; and studies of which the
    manifest says that they share patients, or that they do not.
    """
    kinds = report_kinds(request)
    lists = [item["studies"] for name in ("overlaps", "distinct") for item in request.eligibility.get(name, ())]
    own = [row for row in rows if row["status"] != "reconstructed" and kinds.get(row["report_id"]) != "review"]
    usable = [row for row in own if cells(row)]
    found: dict[tuple[str, str], list[Pair]] = {}
    for same in grouped(usable, "outcome", "timepoint_months", "measure", "events", "n", "estimate", "ci_low").values():
        for one, other in combinations(same, 2):
            pair = (str(one["study_id"]), str(other["study_id"]))
            if pair[0] != pair[1] and numbers(one) == numbers(other) and not named_together(pair, lists):
                found.setdefault(pair, []).append((one, other))
    for (first, second), alike in found.items():
        tells = [pair for pair in alike if telling(pair[0])]
        distinct = {(row["outcome"], row["arm"], numbers(row)) for row, _ in alike if (row.get("n") or 0) > 1}
        if tells or len(distinct) >= _BLOCK:
            one, other = (tells or alike)[0]
            what = listed(str(pair[0]["outcome"]) for pair in alike)
            yield AuditFinding(
                code=COPIED_STUDY.code,
                message=f"{first} and {second} have the same numbers of {what}: {described(one)}; {described(other)}",
                remedy="Look them up: a row may have been copied, or both studies have the same patients. If they do, "
                "name them under [[eligibility.overlaps]], if not under [[eligibility.distinct]].",
                place=place(other),
                also=(place(one), *(place(row) for pair in alike for row in pair if row not in (one, other))),
            )
