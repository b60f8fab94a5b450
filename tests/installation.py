"""A plugin package put where Python finds it, as pip would, without a package index: its modules and a dist-info."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def installed_into(site: Path, package: Path) -> Path:
    """Copy the modules of a package into a folder of modules, with metadata from its pyproject; returns the folder."""
    project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))
    about, name = project["project"], project["project"]["name"].replace("-", "_")
    site.mkdir(parents=True, exist_ok=True)
    for module in project["tool"]["hatch"]["build"]["targets"]["wheel"]["include"]:
        shutil.copy(package / module, site)
    metadata = site / f"{name}-{about['version']}.dist-info"
    metadata.mkdir()
    head = f"Metadata-Version: 2.1\nName: {about['name']}\nVersion: {about['version']}\n"
    (metadata / "METADATA").write_text(head, encoding="utf-8")
    points = [f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in found.items())
              for group, found in about["entry-points"].items()]  # fmt: skip
    (metadata / "entry_points.txt").write_text("\n".join(points), encoding="utf-8")
    return site
