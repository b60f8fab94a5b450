"""Data source ``sheets``: the CSV, TSV, Excel and Parquet sheets that people edit.

Every cell comes out as the person at the sheet sees it, or a Problem says where and why not. Nothing is converted: the
core turns cells into numbers and checks them.
"""

from __future__ import annotations

from livereview import DataSource, SourceExample, hookimpl
from livereview_sheets.options import SheetOptions
from livereview_sheets.source import fetch

__all__ = ["SheetOptions", "fetch", "livereview_data_sources"]

#: A study with its report and one result.
EXAMPLE = SourceExample(
    options={"path": "extractions"},
    files={
        "extractions/studies.csv": "study_id,label,year\nadler-1999,Adler 1999,1999\n",
        "extractions/reports.csv": "report_id,study_id,kind,journal\npmid:1,adler-1999,primary,Lancet\n",
        "extractions/results.csv": "study_id,report_id,outcome,population,arm,measure,events,n,locator,status\n"
        "adler-1999,pmid:1,cr,ITT,drug,count,12,40,Table 2,verified\n",
    },
)


@hookimpl
def livereview_data_sources() -> list[DataSource]:
    """The one source of this package."""
    return [
        DataSource(
            name="sheets",
            summary="Extraction sheets: CSV, TSV, Excel (.xlsx) and Parquet files, or folders of them.",
            options=SheetOptions,
            fetch=fetch,
            example=EXAMPLE,
        )
    ]
