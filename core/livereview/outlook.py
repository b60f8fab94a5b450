"""What one review sees of a state of the evidence: the studies it admits, and the rows that belong to them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from livereview.changes import Tables, seen, tables_of
from livereview.evidence.view import Evidence
from livereview.manifest.models import Manifest
from livereview.selection import Scope, scope_of


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """A state of the evidence, with a review's eligibility."""

    evidence: Evidence
    tables: Tables
    """All current rows of the store, by table."""
    scope: Scope
    rows: Tables
    """Those of them that the review can see."""


def outlook(manifest: Manifest, evidence: Evidence) -> Outlook:
    """What the review of a manifest sees of the evidence."""
    tables = tables_of(evidence)
    scope = scope_of(tables, manifest.eligibility)
    if not manifest.review.ongoing:
        scope = replace(scope, ongoing=())
    return Outlook(evidence=evidence, tables=tables, scope=scope, rows=seen(tables, scope, manifest.review))
