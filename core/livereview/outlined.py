"""A manifest written from the outline of a review that others made. It says what that review did; a person edits it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from livereview.outlines import Outline, OutlinedOutcome

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(text: str) -> str:
    """The text in double quotes, with the escapes that JSON and TOML share."""
    decodable = text.encode("utf-8", "replace").decode()
    return json.dumps(decodable, ensure_ascii=False).replace("\x7f", "\\u007f")


def manifest_text(*, file: str, identity: str, title: str, plugin: str, path: str, outline: Outline) -> str:
    """The manifest as text: the review, the source, and one outcome for each analysis.

    ``file`` is the manifest's own name for its first line, ``path`` the file of the source relative to the manifest.
    """
    head = (
        f"# Made from {_comment(path)}. Read it, edit it, then: livereview check {file} and livereview update {file}\n"
        "# Every key is described in docs/manifest.md; an editor that knows TOML schemas completes and checks it.\n\n"
        f"[review]\nid = {toml_text(identity)}\ntitle = {toml_text(title)}\n"
        'notes = ["The numbers are those of a review that others made; none was checked against the reports of the '
        'studies."]\n\n'
        '[review.question]\npopulation = "Who"\nintervention = "What is given"\ncomparator = "Compared with what"\n\n'
        f"[[sources]]\nplugin = {toml_text(plugin)}\npath = {toml_text(path)}\n"
    )
    outcomes = "".join(f"\n{_outcome(outcome)}" for outcome in outline.outcomes)
    if not outline.left_out:
        return head + outcomes
    left = "".join(f"# - {_comment(reason)}\n" for reason in outline.left_out)
    return f"{head}{outcomes}\n# Analyses of the file that are no outcome here:\n{left}"


def _outcome(outcome: OutlinedOutcome) -> str:
    lines: list[tuple[str, Any]] = [("id", outcome.id), ("title", outcome.title)]
    lines += [(key, getattr(outcome, key)) for key in ("group", "note", "unit") if getattr(outcome, key)]
    lines.append(("result", outcome.result))
    names = ("population", "experimental", "control", "favours")
    lines += [(key, list(getattr(outcome, key))) for key in names if getattr(outcome, key)]
    lines.append(("measure", _choice(outcome.measure, outcome.measure_options)))
    lines.append(("model", _choice(outcome.model, outcome.model_options)))
    lines += [("level", outcome.level), ("prediction", outcome.prediction), ("i2", outcome.i2)]
    if outcome.subgroups:
        groups = {name: [population] for name, population in outcome.subgroups.items()}
        lines.append(("subgroups", [{"by": "result.population", "title": "Subgroups", "groups": groups}]))
    return "[[outcomes]]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in lines)


def _choice(name: str, options: Mapping[str, Any]) -> Any:
    return {"name": name, **options} if options else name


def _value(value: Any) -> str:
    """A value in TOML."""
    if isinstance(value, str):
        return toml_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(item) for item in value)}]"
    return repr(value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else toml_text(key)


def _comment(text: str) -> str:
    """The text on one line, as it may stand behind a #."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
