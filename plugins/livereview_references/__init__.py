"""Data source ``references``: files of bibliographic records that databases and screening tools export.

Every record of a file is either brought or named with the line where it stands; what people decided in Covidence or
Rayyan comes with it. Text of a file is data: it is never run, followed or used as the name of a file.
"""

from __future__ import annotations

from livereview import DataSource, SourceExample, hookimpl
from livereview_references.options import ReferenceOptions
from livereview_references.source import fetch
from livereview_references.writing import csv_text, ris_text

__all__ = ["ReferenceOptions", "csv_text", "fetch", "livereview_data_sources", "ris_text"]

#: One reference, as PubMed exports it, and the search that found it.
EXAMPLE = SourceExample(
    options={
        "path": "pubmed.ris",
        "search": {"source": "PubMed", "kind": "database", "searched_on": "2026-01-15", "query": "blinatumomab"},
    },
    files={
        "pubmed.ris": "TY  - JOUR\nAU  - Adler, Anna\nPY  - 1999\nTI  - A trial\nJO  - Lancet\nAN  - 123\n"
        "DO  - 10.1000/x1\nER  - \n"
    },
)


@hookimpl
def livereview_data_sources() -> list[DataSource]:
    """The one source of this package."""
    return [
        DataSource(
            name="references",
            summary="Files of references: RIS, PubMed, BibTeX, EndNote, JSON, Web of Science, CSV, Covidence, Rayyan.",
            options=ReferenceOptions,
            fetch=fetch,
            per_review=True,
            example=EXAMPLE,
        )
    ]
