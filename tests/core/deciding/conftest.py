"""A review whose store a test fills row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from deciding_folder import DecidingFolder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> DecidingFolder:
    return DecidingFolder(tmp_path, monkeypatch, capsys)
