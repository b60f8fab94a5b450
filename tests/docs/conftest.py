"""Fixtures of the pages: the folder in which they are followed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from prepared import prepared
from session import Session


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a reader has after the first command of the README; copied for each page."""
    return prepared(tmp_path_factory.mktemp("clone"))


@pytest.fixture
def session(clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A new session in a folder of its own."""
    folder = tmp_path / "clone"
    shutil.copytree(clone, folder)
    monkeypatch.chdir(folder)
    return Session(folder=folder)
