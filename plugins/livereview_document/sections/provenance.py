"""From what the report was made, to the byte."""

from __future__ import annotations

from livereview import Provenance
from livereview_document.blocks import Block, heading, table
from livereview_document.words import code, joined, prose, text


def provenance_section(made: Provenance) -> list[Block]:
    """Snapshot, batches, hashes, manifest, sources and versions in one table."""
    rows = [
        ("Update", text(str(made.update or "none: rebuilt"))),
        *([("Recorded by", text(made.as_of))] if made.as_of else []),
        *([("Published by", text(made.published_by))] if made.published_by else []),
        ("Snapshot", code(made.snapshot)),
        ("Batches", text(str(made.batches))),
        ("Evidence hash", code(made.evidence_hash)),
        ("Evidence through", text(made.evidence_through or "no evidence")),
        ("Manifest", code(made.manifest)),
        ("Manifest hash", code(made.manifest_hash)),
        *([("Requires", joined(made.requires))] if made.requires else []),
        ("Sources", joined([prose(source) for source in made.sources], "; ") if made.sources else text(None)),
        ("Versions", joined([f"{name} {version}" for name, version in sorted(made.versions.items())])),
    ]
    return [heading(2, "Provenance", "provenance"), table(("Item", "Value"), rows)]
