"""The files of a new package, made of templates in which {{words}} are replaced, written as a whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import livereview
from livereview.errors import ExpectedError
from livereview.manifest.words import printable
from livereview.outlined import toml_text
from livereview.plugins import Plugins
from livereview.scaffolding.kinds import Kind, kind_named
from livereview.scaffolding.names import Named, name_mistakes, taken_mistakes


@dataclass(frozen=True, kw_only=True)
class NewPackage:
    """A package that was written."""

    folder: Path
    module: str
    """File with the plugin, in the folder."""
    name: str
    """What manifests call the plugin."""


def new_package(name: str, kind: str, folder: Path, author: str | None, plugins: Plugins) -> NewPackage:
    """Write a package for a plugin into a new folder of ``folder``.

    Raises ExpectedError with every mistake in name, kind, folder and author; then nothing is written.
    """
    found, mistakes = None, name_mistakes(name)
    try:
        found = kind_named(kind)
    except ExpectedError as error:
        mistakes += error.messages
    named = Named(name=name)
    if found is not None and not mistakes:
        mistakes += taken_mistakes(named, found, plugins)
    mistakes += [*_folder_mistakes(folder, named), *_author_mistakes(author)]
    if mistakes or found is None:
        raise ExpectedError(mistakes)
    _write(folder / named.distribution, package_files(named, found, author))
    return NewPackage(folder=folder / named.distribution, module=f"{named.module}.py", name=named.called(found))


def package_files(named: Named, kind: Kind, author: str | None = None) -> dict[str, str]:
    """The text of each file of a package, by its path with forward slashes."""
    words = _words(named, kind, author)

    def filled(template: str) -> str:
        text = files("livereview").joinpath(f"scaffolding/templates/{template}.txt").read_text(encoding="utf-8")
        for word, value in words.items():
            text = text.replace(f"{{{{{word}}}}}", value)
        return text.rstrip("\n") + "\n"

    words["use"] = filled(f"{kind.name}/use.md").rstrip("\n")
    return {
        "pyproject.toml": filled("package/pyproject.toml"),
        "README.md": filled("package/README.md"),
        ".gitignore": filled("package/gitignore"),
        f"{named.module}.py": filled(f"{kind.name}/plugin.py"),
        f"tests/test_{named.module.removeprefix('livereview_')}.py": filled(f"{kind.name}/test.py"),
    }


def _words(named: Named, kind: Kind, author: str | None) -> dict[str, str]:
    major, minor, *_ = livereview.__version__.split(".")
    ours = f"livereview>={major}.{minor},<{int(major) + 1}"
    overrides = '[[tool.mypy.overrides]]\nmodule = ["{0}.*"]\nignore_missing_imports = true\n'
    return {
        "name": named.name,
        "code": named.code,
        "distribution": named.distribution,
        "module": named.module,
        "title": named.title,
        "kind": kind.name,
        "article": "An" if kind.name[0] in "aeiou" else "A",
        "about": kind.about,
        "description": toml_text(f"For livereview: {kind.about.removeprefix('It ').rstrip('.')}."),
        "authors": f"authors = [{_author(author)}]\n" if author else "",
        "dependencies": ", ".join(toml_text(item) for item in (ours, *kind.libraries)),
        "untyped": "".join("\n" + overrides.format(name) for name in kind.untyped),
    }


def _author(author: str) -> str:
    """A person as pyproject.toml has one: a name, with the address where it is given in angle brackets."""
    name, _, rest = author.partition("<")
    parts: Mapping[str, str] = {"name": name.strip(), "email": rest.strip().removesuffix(">").strip()}
    return "{ " + ", ".join(f"{key} = {toml_text(value)}" for key, value in parts.items() if value) + " }"


def _author_mistakes(author: str | None) -> list[str]:
    if author is None or (author.strip() and author.isprintable() and not author.strip().startswith("<")):
        return []
    return [f'"{printable(author)}" cannot be an author: write a name, e.g. "Ada Reviewer <ada@example.org>".']


def _folder_mistakes(folder: Path, named: Named) -> list[str]:
    shown = printable(str(folder))
    if not folder.is_dir():
        return [f"{shown}: there is no such folder; make it, or name another with --folder."]
    if not name_mistakes(named.name) and os.path.lexists(folder / named.distribution):
        return [
            f"{printable(str(folder / named.distribution))}: there is already such a file or folder; "
            "move it away, or choose another name or --folder."
        ]
    return []


def _write(target: Path, texts: Mapping[str, str]) -> None:
    """Write the files beside the target, then give the folder its name."""
    try:
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise ExpectedError(f"{printable(str(target))}: cannot be written: {error.strerror}.") from None
    try:
        for name, text in texts.items():
            path = aside / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        aside.chmod(0o755)
        aside.rename(target)
    except OSError as error:
        raise ExpectedError(f"{printable(str(target))}: cannot be written: {error.strerror}.") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
