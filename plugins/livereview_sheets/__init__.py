"""Data source ``sheets``: the CSV, TSV, Excel and Parquet sheets that people edit.

Every cell comes out as the person at the sheet sees it, or a Problem says where and why not. Nothing is converted: the
core turns cells into numbers and checks them.
"""

from __future__ import annotations

from livereview import DataSource, hookimpl
from livereview_sheets.options import SheetOptions
from livereview_sheets.source import fetch

__all__ = ["SheetOptions", "fetch", "livereview_data_sources"]


@hookimpl
def livereview_data_sources() -> list[DataSource]:
    """The one source of this package."""
    return [
        DataSource(
            name="sheets",
            summary="Extraction sheets: CSV, TSV, Excel (.xlsx) and Parquet files, or folders of them.",
            options=SheetOptions,
            fetch=fetch,
        )
    ]
