"""Makes the figures of docs/gallery.md again: ``python tests/docs/gallery.py``.

The page names every figure; this runs the review of examples/gallery in a copy and takes those that the page names.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

import livereview

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "gallery.md"


def named() -> list[str]:
    """Names of the figures of the page that it keeps beside itself."""
    return re.findall(r"\(gallery/([\w-]+\.png)\)", PAGE.read_text(encoding="utf-8"))


def made(folder: Path) -> Path:
    """The figures of the review, made in a folder."""
    shutil.copytree(ROOT / "examples" / "gallery", folder / "gallery")
    livereview.load(folder / "gallery" / "gallery.toml").update()
    return folder / "gallery" / "reports" / "gallery" / "figures"


if __name__ == "__main__":
    target = ROOT / "docs" / "gallery"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    with tempfile.TemporaryDirectory() as scratch:
        figures = made(Path(scratch))
        for name in named():
            shutil.copy(figures / name, target / name)
