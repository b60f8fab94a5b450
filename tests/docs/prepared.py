"""The folder in which pages are followed: the reviews of the repository, updated once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from installation import ROOT


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
