"""The page on the evidence says what the schema and the code say."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from livereview.evidence import view
from livereview.evidence.batches import RECORD
from livereview.evidence.listing import with_listing
from livereview.evidence.schema import POOLED_BY_DEFAULT, REPORT_STATUSES, STATUSES, TABLES

PAGE = (Path(__file__).parents[3] / "docs" / "evidence.md").read_text(encoding="utf-8")


def test_the_page_lists_the_tables_as_they_are() -> None:
    """If this fails: python -m livereview.evidence.listing docs/evidence.md"""
    assert with_listing(PAGE) == PAGE


def test_the_page_explains_every_kind_status_and_recorded_column() -> None:
    kinds = {column.kind for table in TABLES.values() for column in table.columns}
    assert all(f"\n| {word} |" in PAGE for word in (*kinds, *STATUSES))
    assert all(f"`{name}`" in PAGE for name in RECORD)
    assert all(word in PAGE for word in REPORT_STATUSES)


def test_the_page_says_which_statuses_are_pooled_by_default() -> None:
    assert POOLED_BY_DEFAULT == ("verified", "derived", "from-review")
    assert "Verified, derived and from-review rows are pooled by default." in PAGE


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, object] = {}
    exec(example, names)
    assert names["same"].snapshot == names["then"].snapshot  # type: ignore[attr-defined]
    assert doctest.testmod(view) == (0, 1)
