"""One command on several reviews: which manifests are meant, and what happens when one of them is refused."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from livereview.cli import Exit, refuse
from livereview.console import say_data, tell
from livereview.errors import ExpectedError


def manifests(paths: Iterable[Path]) -> list[Path]:
    """The manifests named, each once; a folder stands for the manifests in it."""
    found: dict[Path, Path] = {}
    for path in paths:
        inside = sorted(path.glob("[!.]*.toml")) if os.path.isdir(path) else [path]
        if not inside:
            raise ExpectedError(f"{path}: there is no manifest (.toml) in this folder")
        for manifest in inside:
            found.setdefault(manifest.absolute(), manifest)
    return list(found.values())


def each(paths: Sequence[Path], act: Callable[[Path], tuple[Exit, dict[str, Any]]], as_json: bool) -> int:
    """Act on each manifest; one that is refused does not stop the others. The worst exit code.

    With ``as_json`` what ``act`` found is printed at the end: one object, or a list for a folder or several paths.
    """
    worst, told, results = Exit.DONE, set[str](), []
    for path in manifests(paths):
        try:
            code, found = act(path)
            results.append({"manifest": str(path), "errors": [], **found})
        except ExpectedError as error:
            code = Exit.NOT_STARTED
            refuse([message for message in error.messages if message not in told])
            if told.issuperset(error.messages):
                tell(f"{path}: refused for the same reason.")
            told.update(error.messages)
            results.append({"manifest": str(path), "errors": list(error.messages)})
        worst = max(worst, code)
    if as_json:
        single = len(paths) == 1 and not os.path.isdir(paths[0])
        say_data(results[0] if single else results)
    return worst
