"""What one review sees of a state of the evidence: the studies it admits, and the rows that belong to them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from livereview.changes import Tables, seen, tables_of
from livereview.evidence.view import Evidence
from livereview.manifest.models import Manifest
from livereview.selection import Scope, scope_of
from livereview.team.adjudication import Several
from livereview.team.ratings import judged, standing_scores
from livereview.team.readings import read, resolved


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """A state of the evidence, with a review's eligibility."""

    evidence: Evidence
    tables: Tables
    """All current rows of the store, by table."""
    scope: Scope
    rows: Tables
    """Those of them that the review can see."""
    readings: tuple[Several, ...]
    """The results of the store that somebody signed, with everybody's readings."""
    judgements: tuple[Several, ...]
    """The items of appraisals of the store that somebody signed, with everybody's scores."""


def outlook(manifest: Manifest, evidence: Evidence, tables: Tables | None = None) -> Outlook:
    """What the review of a manifest sees of the evidence. What several people recorded is settled before selection.

    ``tables`` are its current rows, where they are at hand.
    """
    tables = tables_of(evidence) if tables is None else tables
    readings = read(tables["results"], manifest.extraction)
    judgements = judged(tables["appraisals"])
    standing = {
        **tables,
        "results": resolved(tables["results"], readings, manifest.extraction),
        "appraisals": standing_scores(tables["appraisals"], judgements),
    }
    scope = scope_of(standing, manifest.eligibility)
    scope = replace(scope, flagged=tuple(name for name in manifest.audit.flagged if name in scope.studies))
    if not manifest.review.ongoing:
        scope = replace(scope, ongoing=())
    return Outlook(
        evidence=evidence,
        tables=tables,
        scope=scope,
        rows=seen(tables, scope, manifest.review, manifest.replicated),
        readings=readings,
        judgements=judgements,
    )
