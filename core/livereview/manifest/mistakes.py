"""Mistakes in a manifest, each as one message: file, line, key, what was found, what is allowed, the nearest name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from livereview.errors import ExpectedError
from livereview.manifest.findings import findings
from livereview.manifest.places import Path, line_of
from livereview.manifest.words import among, nearest, printable

__all__ = ["ManifestError", "Mistake", "among", "from_validation", "nearest"]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One thing wrong at one key."""

    path: Path
    message: str

    def placed(self, file: str, places: Mapping[Path, int]) -> tuple[int, str]:
        """The line, and the message as shown: file, line, key, what is wrong."""
        path = self.path
        while path and isinstance(path[-1], int) and path not in places:  # one text that stands for a list
            path = path[:-1]
        key = f"{dotted(path)}: " if path else ""
        line = line_of(places, path)
        return line, printable(f"{file}:{line}: {key}{self.message}")


class ManifestError(ExpectedError):
    """A manifest that cannot be used; holds every mistake found."""


def from_validation(error: ValidationError, model: type[BaseModel], at: Path = (), data: Any = None) -> list[Mistake]:
    """The mistakes in a pydantic error; ``data`` is what was validated and ``at`` where it stands in the file."""
    return [Mistake(path=(*at, *item.place), message=item.text) for item in findings(error, model, data)]


def dotted(path: Path) -> str:
    """A path as TOML has it, elements of arrays in brackets: outcomes[0].groups."early, late"."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + (part if _BARE_KEY.fullmatch(part) else f'"{part}"')
    return text
