"""A plugin package put where Python finds it, as pip would, without a package index: its modules and a dist-info."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def environment_with(folder: Path, *packages: Path) -> Path:
    """The Python of a new environment that has these packages, and sees the packages of this one."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    scheme = {"base": str(folder), "platbase": str(folder)}
    site = Path(sysconfig.get_path("purelib", "venv", vars=scheme))
    (site / "this.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    for package in packages:
        installed_into(site, package)
    return Path(sysconfig.get_path("scripts", "venv", vars=scheme)) / "python"


#: What pip needs so that it builds with what is installed and asks no index (the second is read the other way round).
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

_COMMANDS = {
    "livereview": '-c "from livereview.cli import run; run()"',
    "pip": "-m pip",
    "pytest": "-m pytest -p no:cacheprovider",
}


def commands_of(python: Path) -> Path:
    """The folder with the commands of an environment: livereview, pip and pytest of this one, as it sees them."""
    for name, how in _COMMANDS.items():
        command = python.with_name(name)
        command.write_text(f'#!/bin/sh\nexec "{python}" {how} "$@"\n', encoding="utf-8")
        command.chmod(0o755)
    return python.parent


def ran(python: Path, *arguments: str | Path, folder: Path, expected: int = 0) -> subprocess.CompletedProcess[str]:
    """A command of an environment, done; both streams are shown if the exit code is another one."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run([python, *arguments], cwd=folder, env=outside, capture_output=True, encoding="utf-8")
    assert done.returncode == expected, done.stdout + done.stderr
    return done


def livereview(python: Path, *arguments: str, folder: Path, expected: int = 0) -> subprocess.CompletedProcess[str]:
    """A command of livereview in an environment, done."""
    program = "from livereview.cli import run; run()"
    return ran(python, "-c", program, *arguments, folder=folder, expected=expected)


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
