"""A fresh folder for the sheets of each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from sheet_folder import SheetFolder


@pytest.fixture
def folder(tmp_path: Path) -> SheetFolder:
    return SheetFolder(tmp_path)
