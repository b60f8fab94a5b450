"""Data sources ``pubmed``, ``europe-pmc`` and ``biorxiv``: bibliographic databases, searched again at each run.

A search brings ledger rows only: what was asked, and each record that it found. Reading (bytes to records) is apart
from asking, and no record that an answer holds or promises is dropped in silence.
"""

from __future__ import annotations

from livereview import DataSource, hookimpl
from livereview_literature import biorxiv, europepmc, pubmed
from livereview_literature.options import BiorxivOptions, EuropePmcOptions, PubmedOptions

__all__ = ["BiorxivOptions", "EuropePmcOptions", "PubmedOptions", "livereview_data_sources"]

#: For the conformance kit.
NO_EXAMPLE = {"example-of-input": "its tests have a server that answers on a socket"}


@hookimpl
def livereview_data_sources() -> list[DataSource]:
    """The three sources of this package."""
    return [
        DataSource(
            name="pubmed",
            summary="PubMed: records that a search finds, and retractions and corrections of reports that are known.",
            options=PubmedOptions,
            fetch=pubmed.fetch,
            expected_failures=NO_EXAMPLE,
            per_review=True,
            networked=True,
        ),
        DataSource(
            name="europe-pmc",
            summary="Europe PMC: records that a search finds, preprints among them.",
            options=EuropePmcOptions,
            fetch=europepmc.fetch,
            expected_failures=NO_EXAMPLE,
            per_review=True,
            networked=True,
        ),
        DataSource(
            name="biorxiv",
            summary="bioRxiv and medRxiv: preprints of a period whose title or abstract holds given words.",
            options=BiorxivOptions,
            fetch=biorxiv.fetch,
            expected_failures=NO_EXAMPLE,
            per_review=True,
            networked=True,
        ),
    ]
