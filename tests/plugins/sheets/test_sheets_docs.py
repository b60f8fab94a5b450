"""docs/sheets.md says what the plugin does."""

from __future__ import annotations

import re
from pathlib import Path

from sheet_folder import TABLES, SheetFolder

from livereview_sheets import SheetOptions

PAGE = (Path(__file__).parents[3] / "docs" / "sheets.md").read_text(encoding="utf-8")


def test_every_option_and_every_table_is_on_the_page() -> None:
    names = set(re.findall(r"`([a-z_]+)`", PAGE))
    assert names.issuperset(SheetOptions.model_fields)
    assert names.issuperset(TABLES)


def test_the_examples_on_the_page_are_read(folder: SheetFolder) -> None:
    examples = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    assert len(examples) == 2
    plain, withdrawn = (folder.table(example) for example in examples)
    assert plain.columns == withdrawn.columns[: len(plain.columns)]
    assert plain.rows[0] == withdrawn.rows[0][: len(plain.columns)]
    assert withdrawn.columns[-2:] == ("withdrawn", "withdrawn_reason")
