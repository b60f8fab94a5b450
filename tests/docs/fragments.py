"""TOML blocks as manifests: a fragment is completed to a whole review before it is read."""

from __future__ import annotations

import tomllib
from pathlib import Path

import livereview
from livereview.manifest.models import Defaults, Manifest

_REVIEW = """
[review]
id = "fragment"
title = "A fragment of a page"

[review.question]
population = "Who"
intervention = "What"
"""
_DEFAULTS = "\n[defaults]\n"
_OUTCOME = """
[[outcomes]]
id = "outcome"
title = "An outcome"
result = "death"
measure = "RR"
"""


def is_about_a_review(text: str) -> bool:
    """Whether a TOML block is a manifest or a part of one; others (a pyproject) only have to be TOML."""
    return not {"project", "build-system", "tool"} & set(tomllib.loads(text))


def validated(text: str, folder: Path) -> None:
    """Read a manifest or a fragment of one; ManifestError with every mistake. ``folder`` is written to."""
    data = tomllib.loads(text)
    if set(data) <= set(Defaults.model_fields):
        text, data = _DEFAULTS + text, {"defaults": data}
    elif not set(data) & set(Manifest.model_fields):
        text, data = _OUTCOME + text, {"outcomes": [data]}
    whole = text + "\n" + ("" if "review" in data else _REVIEW) + ("" if "outcomes" in data else _OUTCOME)
    path = folder / "fragment.toml"
    path.write_text(whole, encoding="utf-8")
    livereview.load(path)
