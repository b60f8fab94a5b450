"""The folder in which pages are followed: the reviews of the repository, updated once.

Formats and figures that no page looks at are left out, since most of the time goes into them; figures are coarse.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from installation import ROOT
from real_manifests import with_renderers

#: Of the reviews of which pages show figures, files or the index of pages, each as TOML; of others Markdown alone.
LOOKED_AT = ("blina_frontline", "blina_rr")
RENDERERS = ('{ plugin = "png", dpi = 72 }', '"markdown"', '"html"')


def prepared(folder: Path) -> Path:
    """Manifests and sheets of the reviews, with a store, a history and reports as after the first update."""
    reviews = folder / "reviews"
    for sheets in ("extractions", "published"):
        shutil.copytree(ROOT / "reviews" / sheets, reviews / sheets)
    for manifest in (ROOT / "reviews").glob("*.toml"):
        shown = RENDERERS if manifest.stem in LOOKED_AT else ('"markdown"',)
        text = with_renderers(manifest.read_text(encoding="utf-8"), *shown)
        (reviews / manifest.name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", "from livereview.cli import run; run()", "update", "--quiet", "reviews"]
    subprocess.run(command, cwd=folder, check=True)
    shutil.copytree(ROOT / "examples", folder / "examples")
    return folder
