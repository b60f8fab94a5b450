"""Fixtures of the pages: the folder in which they are followed, and the example plugin."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from prepared import prepared
from session import Session

from installation import ROOT, installed_into
from livereview import plugins


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a reader has after the first command of the README; copied for each page."""
    return prepared(tmp_path_factory.mktemp("clone"))


@pytest.fixture
def example_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The example package of plugins.md, installed: the folder of its modules."""
    site = installed_into(tmp_path / "site", ROOT / "examples" / "livereview-uwls")
    monkeypatch.syspath_prepend(site)
    plugins._installed.cache_clear()
    yield site
    plugins._installed.cache_clear()


@pytest.fixture
def session(clone: Path, tmp_path: Path, example_plugin: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A new session in a folder of its own."""
    folder = tmp_path / "clone"
    shutil.copytree(clone, folder)
    monkeypatch.chdir(folder)
    return Session(folder=folder, modules=example_plugin)
