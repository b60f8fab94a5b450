"""Folders of small reviews in which tests run the commands."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from review_folder import ReviewFolder

from livereview import plugins


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ReviewFolder:
    """A folder without sheets and manifests; it is the working directory."""
    root = tmp_path / "reviews"
    root.mkdir()
    monkeypatch.chdir(root)
    monkeypatch.delenv("LIVEREVIEW_DISABLE", raising=False)
    return ReviewFolder(root, capsys)


@pytest.fixture
def folder(empty: ReviewFolder) -> ReviewFolder:
    """A folder with three trials in adults, two in children, and a review of each; nothing is updated yet."""
    empty.write_sheets()
    empty.manifest("adults")
    empty.manifest("children", population="child")
    return empty


@pytest.fixture
def updated(folder: ReviewFolder) -> ReviewFolder:
    """The folder after the first update of both reviews."""
    assert folder.run("update", ".").code == 0
    return folder


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Path]]:
    """Installs a stranger's plugin from its source text, as a distribution on sys.path; returns that path."""
    site = tmp_path / "site"
    count = 0

    def install(source: str) -> Path:
        nonlocal count
        count += 1
        info = site / f"stranger_{count}-2.5.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: stranger-{count}\nVersion: 2.5\n")
        (info / "entry_points.txt").write_text(f"[livereview]\nstranger-{count} = stranger_{count}\n")
        (site / f"stranger_{count}.py").write_text(source)
        importlib.invalidate_caches()
        plugins._installed.cache_clear()
        return site

    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    yield install
    plugins._installed.cache_clear()
    for number in range(1, count + 1):
        sys.modules.pop(f"stranger_{number}", None)
