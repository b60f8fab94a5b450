"""Which findings people looked at and left as they are, by ``[[audit.acknowledged]]`` of the manifest.

All that an acknowledgement gives must fit. One that fits nothing is a finding itself: what it was written for may have
been put right, or a correction of the row gave it another identity.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from livereview.audited import AuditCode, AuditedFinding, AuditFinding, AuditPlace
from livereview.manifest.models import Acknowledged
from livereview.manifest.words import nearest

CHECK = "acknowledgements"
UNUSED = AuditCode(code="acknowledgement-unused", severity="note", title="An acknowledgement fits no finding")
KEY = "audit.acknowledged"


def acknowledgement(
    items: Sequence[Acknowledged], finding: AuditFinding, outcomes: Iterable[str]
) -> Acknowledged | None:
    """The first acknowledgement that fits a finding; ``outcomes`` are those whose estimates rest on it."""
    return next((item for item in items if fits(item, finding, outcomes)), None)


def fits(item: Acknowledged, finding: AuditFinding, outcomes: Iterable[str]) -> bool:
    """Whether an acknowledgement means this finding: its code, and one of its places with all that is given."""
    if item.code != finding.code:
        return False
    if item.outcome:
        named = {finding.place.outcome_id} if finding.place.outcome_id else set(outcomes)
        if item.outcome not in named:
            return False
    return any(_is_at(item, place) for place in (finding.place, *finding.also))


def _is_at(item: Acknowledged, place: AuditPlace) -> bool:
    return (
        item.study in ("", place.study_id)
        and item.table in ("", place.table)
        and (not item.row or place.row_id.startswith(item.row))
    )


def unused(
    items: Sequence[Acknowledged], found: Iterable[AuditedFinding], codes: Mapping[str, str], ran: Iterable[str]
) -> list[AuditFinding]:
    """A finding for each acknowledgement that fits none.

    ``codes`` are all codes of the checks asked, with the check each is of; ``ran`` are the checks that did not fail:
    of one that failed nobody knows what it would have found.
    """
    listed, done = list(found), set(ran)
    findings = []
    for item in items:
        known = item.code in codes
        if known and codes[item.code] not in done:
            continue
        if any(fits(item, one.finding, one.outcomes) for one in listed):
            continue
        why = (
            "there is no such finding now" if known else f"no check that ran has this code.{nearest(item.code, codes)}"
        )
        findings.append(
            AuditFinding(
                code=UNUSED.code,
                message=f"{item.code} is acknowledged{_where(item)} ({item.reason}): {why}",
                remedy="Take it out of the manifest, or give it the code and the place that the audit lists now.",
                place=AuditPlace(key=KEY, study_id=item.study, words=f"{KEY}: {item.code}{_where(item)}"),
            )
        )
    return findings


def _where(item: Acknowledged) -> str:
    given = {"study": item.study, "outcome": item.outcome, "table": item.table, "row": item.row}
    return " at " + ", ".join(f"{name} {value}" for name, value in given.items() if value)
