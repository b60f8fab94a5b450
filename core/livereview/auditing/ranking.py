"""The order of findings: what a person should look at first.

By severity; then those that a pooled estimate rests on before the others; then by how far a small change of the place
moves an estimate, in widths of its interval; then by code and place, so that the order is always the same. Those that
somebody acknowledged come last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from livereview.audited import SEVERITIES, AuditedFinding, AuditFinding


def ranked(findings: Iterable[AuditedFinding]) -> tuple[AuditedFinding, ...]:
    """The findings with their ranks, from 1."""
    return tuple(replace(item, rank=rank) for rank, item in enumerate(sorted(findings, key=order), start=1))


def order(item: AuditedFinding) -> tuple[object, ...]:
    """What findings are sorted by."""
    place = item.finding.place
    return (
        bool(item.acknowledged),
        SEVERITIES.index(item.severity),
        not item.outcomes,
        -item.influence,
        item.finding.code,
        (place.words, place.table, place.row_id, place.columns, place.outcome_id, place.key),
        item.finding.message,
    )


def influence_of(finding: AuditFinding, influence: Mapping[str, float]) -> float:
    """How far the rows of a finding move an estimate: the most of them."""
    rows = {place.row_id for place in (finding.place, *finding.also) if place.row_id}
    return max((influence.get(row, 0.0) for row in rows), default=0.0)
