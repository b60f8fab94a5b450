"""Reports of one study that print different numbers of one thing, or count its arms differently."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from livereview import AuditCode, AuditFinding, AuditPlace, AuditRequest, EvidenceRow
from livereview_comparability.rows import NUMBERS, grouped, listed, ordered, place, several

DISAGREE = AuditCode(code="reports-disagree", severity="note", title="Reports of one study print different numbers")
SIZES = AuditCode(code="arm-size-differs", severity="note", title="An arm is counted differently elsewhere")

#: What nobody read in a report of the study itself.
_NOT_READ = ("reconstructed", "unverified")
#: Two numbers of a note that may be the sizes of the arms: "107 vs 109".
_AGAINST = re.compile(r"\b(\d{1,6})\s+(?:vs\.?|v|versus|against)\s+(\d{1,6})\b")
#: How near to the recorded arms such numbers are, as a share.
_NEAR = 0.1


def disagreements(
    request: AuditRequest, rows: Sequence[EvidenceRow], used: Mapping[str, tuple[str, ...]]
) -> Iterator[AuditFinding]:
    """One finding per study, outcome and measure; a warning where a pooled number is one of those in question and the
    manifest does not say which is meant."""
    chosen = {(item["study"], audited.result.id) for audited in request.outcomes for item in _choose(audited.choices)}
    read = [row for row in rows if row["status"] not in _NOT_READ and not row.get("variant")]
    by_thing = grouped(read, "study_id", "outcome", "measure")
    for (study, outcome, measure), things in by_thing.items():
        differing = [
            pair
            for same in grouped(things, "timepoint_months", "population", "arm", "comparator").values()
            for pair in _differing(same)
        ]
        if not differing:
            continue
        unlike = [pair for pair in differing if not _grown(*pair)]
        pooled = {name for pair in unlike for row in pair for name in used.get(row["row_id"], ())}
        told = listed(_both(one, other) for one, other in differing)
        yield AuditFinding(
            code=DISAGREE.code,
            severity="warning" if any((study, name) not in chosen for name in pooled) else "note",
            message=f"Reports of {study} print different numbers of {outcome} ({measure}): {told}",
            remedy="Later follow-up or another data cut may explain it. Say under [[outcomes.choose]] which is meant "
            "and why, or acknowledge it.",
            place=place(differing[0][0]),
            also=tuple(place(row) for pair in differing for row in pair if row is not differing[0][0]),
        )


def _choose(choices: Mapping[str, object]) -> Sequence[Mapping[str, str]]:
    found = choices.get("choose") or ()
    assert isinstance(found, list | tuple)
    return found


def _differing(same: Sequence[EvidenceRow]) -> Iterator[tuple[EvidenceRow, EvidenceRow]]:
    """The first row of a thing with each row of another report that says something else."""
    told: list[EvidenceRow] = []
    for row in same:
        known = [other for other in told if other["report_id"] != row["report_id"] and _differ(other, row)]
        if known and len(known) == len(told):
            yield told[0], row
        if not told or known:
            told.append(row)


def _differ(one: EvidenceRow, other: EvidenceRow) -> bool:
    """Whether two rows state different numbers; to as many decimals as the one that has fewer."""
    return any(not agreeing(one.get(name), other.get(name)) for name in NUMBERS)


def agreeing(one: float | None, other: float | None) -> bool:
    """Whether two numbers are one, printed with more and with fewer decimals; also where one is not stated.

    >>> agreeing(0.848, 0.85), agreeing(0.69, 0.68), agreeing(105, 107), agreeing(None, 3)
    (True, False, False, True)
    """
    if one is None or other is None:
        return True
    step = Decimal(1).scaleb(max(_exponent(one), _exponent(other)))
    return abs(Decimal(repr(one)) - Decimal(repr(other))) <= step / 2


def _exponent(number: float) -> int:
    exponent = Decimal(repr(number)).normalize().as_tuple().exponent
    return min(0, exponent) if isinstance(exponent, int) else 0


def _grown(one: EvidenceRow, other: EvidenceRow) -> bool:
    """Whether one of two rows counts more people with the event among more people, as a later report does."""
    n, other_n, events, other_events = one.get("n"), other.get("n"), one.get("events"), other.get("events")
    if n is None or other_n is None or events is None or other_events is None:
        return False
    return bool((n - other_n) * (events - other_events) > 0)


def _both(one: EvidenceRow, other: EvidenceRow) -> str:
    """The two numbers in words, each with its report, and what they are of where it is stated."""
    when = f"at {one['timepoint_months']:g} months, " if one.get("timepoint_months") is not None else ""
    arm = f"{one['arm']} against {one['comparator']}" if one.get("comparator") else one["arm"]
    return f"{when}{arm} ({one['population'] or 'population not stated'}) {_said(one)} and {_said(other)}"


def _said(row: EvidenceRow) -> str:
    if row.get("events") is not None and row.get("n") is not None:
        number = f"{row['events']}/{row['n']}"
    else:
        limits = f" ({row['ci_low']:g} to {row['ci_high']:g})" if row.get("ci_low") is not None else ""
        spread = f" (SE {row['se']:g})" if row.get("se") is not None else ""
        number = f"{row['estimate']:g}{limits or spread}" if row.get("estimate") is not None else f"n {row.get('n')}"
    return f"{number} [{row['report_id']}]"


def sizes(
    request: AuditRequest, rows: Sequence[EvidenceRow], used: Mapping[str, tuple[str, ...]]
) -> Iterator[AuditFinding]:
    """Arms of the ITT population with another size in another report, or in the note of the study."""
    whole = [
        row for row in rows if row.get("n") and row.get("population") == "ITT" and not row.get("comparator")
        and row["status"] not in _NOT_READ
    ]  # fmt: skip
    for (study, arm), places in grouped(whole, "study_id", "arm").items():
        by_report = {report: {row["n"] for row in those} for (report,), those in grouped(places, "report_id").items()}
        every = sorted(set[int]().union(*(sizes for sizes in by_report.values() if len(sizes) == 1)))
        twice = any(len({row["n"] for row in those}) > 1 for those in grouped(places, "outcome").values())
        # Two sizes at one outcome are told where reports disagree on it.
        if len(every) > 1 and not twice:
            one, *others = (next(row for row in places if row["n"] == n) for n in every)
            told = several([f"{row['n']} [{row['report_id']}]" for row in (one, *others)])
            yield AuditFinding(
                code=SIZES.code,
                message=f"{study}, {arm}: everybody (ITT) is {told}",
                remedy="Look up who was left out in which report. Numbers of different sets of patients do not make a "
                "risk ratio together.",
                place=place(one, ("n",)),
                also=tuple(place(row, ("n",)) for row in others),
            )
    for row in ordered(request.rows("studies"), "study_id"):
        yield from _in_note(row)


def _in_note(study: EvidenceRow) -> Iterator[AuditFinding]:
    """Two numbers in the note of a study that are near to the sizes of its arms, and not those."""
    first, second = study.get("n_arm_experimental"), study.get("n_arm_control")
    if first is None or second is None:
        return
    arms = (int(first), int(second))
    for found in _AGAINST.finditer(str(study.get("note") or "")):
        said = (int(found[1]), int(found[2]))
        near = all(abs(a - b) <= _NEAR * b for a, b in zip(said, arms, strict=True))
        if near and said != arms:
            yield AuditFinding(
                code=SIZES.code,
                message=f"The arms of {study['study_id']} are recorded with {arms[0]} and {arms[1]} people; its note "
                f"has {said[0]} against {said[1]}",
                remedy="Look up who was left out, and take events and denominators from one report.",
                place=AuditPlace(
                    table="studies", row_id=study["row_id"], columns=("n_arm_experimental", "n_arm_control"),
                    study_id=study["study_id"],
                ),
            )  # fmt: skip
