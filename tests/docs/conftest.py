"""The folder in which pages are followed: the reviews of the repository, updated once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from session import Session

from installation import ROOT, installed_into
from livereview import plugins


def prepared(folder: Path) -> Path:
    """Manifests and sheets of the reviews, with a store, a history and reports as after the first update."""
    reviews = folder / "reviews"
    shutil.copytree(ROOT / "reviews" / "extractions", reviews / "extractions")
    for manifest in (ROOT / "reviews").glob("*.toml"):
        shutil.copy(manifest, reviews)
    command = [sys.executable, "-c", "from livereview.cli import run; run()", "update", "--quiet", "reviews"]
    subprocess.run(command, cwd=folder, check=True)
    shutil.copytree(ROOT / "examples", folder / "examples")
    return folder


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
