"""Data sources ``revman`` and ``wide-table``: meta-analyses that others made, as evidence that can be pooled again.

Their numbers were read by others: each has the status ``from-review`` and the file and row where it stands.
"""

from __future__ import annotations

from livereview import DataSource, SourceExample, hookimpl
from livereview_revman import wide
from livereview_revman.options import RevmanOptions, WideTableOptions
from livereview_revman.outline import outline
from livereview_revman.source import fetch

__all__ = ["RevmanOptions", "WideTableOptions", "fetch", "livereview_data_sources"]

#: Two trials as a table of metafor has them.
WIDE = SourceExample(
    options={"path": "dat.csv", "outcome": "tuberculosis", "report": "doi:10.1001/jama.1994.03510330076038"},
    files={"dat.csv": "study,year,ai,bi,ci,di\nAronson,1948,4,119,11,128\nFerguson & Simes,1949,6,300,29,274\n"},
)

#: For the conformance kit.
NO_EXAMPLE = {"example-of-input": "its tests have files of RevMan, which are large"}


@hookimpl
def livereview_data_sources() -> list[DataSource]:
    """The sources of this package."""
    return [
        DataSource(
            name="revman",
            summary="Meta-analyses of RevMan 5 (.rm5) and data packages of RevMan Web and the Cochrane Library.",
            options=RevmanOptions,
            fetch=fetch,
            expected_failures=NO_EXAMPLE,
            outline=outline,
        ),
        DataSource(
            name="wide-table",
            summary="Meta-analyses as one CSV with a row per study, in the columns of metafor and metadat.",
            options=WideTableOptions,
            fetch=wide.fetch,
            example=WIDE,
        ),
    ]
