"""What the record of an update keeps of its audit, and which findings came or went since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from livereview.audited import AuditChange, AuditedFinding, AuditResult
from livereview.auditing.places import Places


def kept_findings(result: AuditResult | None, places: Places | None) -> list[dict[str, Any]] | None:
    """The open findings, by code and place; None where nothing was audited."""
    if result is None or places is None:
        return None
    return [_kept(item, places) for item in result.open]


def _kept(item: AuditedFinding, places: Places) -> dict[str, Any]:
    place = item.finding.place
    return {
        "code": item.finding.code,
        "at": places.name(place),
        "severity": item.severity,
        "title": item.title,
        "where": place.words,
    }


def audit_changes(
    before: Iterable[Mapping[str, Any]] | None, after: Iterable[Mapping[str, Any]] | None
) -> tuple[AuditChange, ...]:
    """Findings that are new, then those that are settled; none where one of the two updates was not audited.

    A finding is the same as before if its code and the key of its row are.
    """
    if before is None or after is None:
        return ()
    were = {(item["code"], item["at"]): item for item in before}
    are = {(item["code"], item["at"]): item for item in after}
    new = [("new", item) for key, item in are.items() if key not in were]
    settled = [("settled", item) for key, item in were.items() if key not in are]
    return tuple(
        AuditChange(
            change="new" if change == "new" else "settled",
            code=item["code"],
            severity=item["severity"],
            title=item["title"],
            where=item["where"],
        )
        for change, item in (*new, *settled)
    )
