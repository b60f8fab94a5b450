"""Badges: the state of a review as JSON that shields.io draws (https://shields.io/badges/endpoint-badge).

A badge is a file, and nobody may be there to make it anew. Its message therefore gives a day: a reader can see that it
has passed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from livereview.errors import ExpectedError
from livereview.status import State, Status
from livereview.writing import write_whole

LABEL = "living review"
_COLOURS: Mapping[State, str] = {
    "active": "brightgreen",
    "overdue": "red",
    "suspended": "orange",
    "retired": "lightgrey",
    "no schedule": "blue",
    "not updated": "lightgrey",
    "unknown": "lightgrey",
}
_REFUSED = {"message": "cannot be read", "color": "lightgrey", "isError": True}


def badge_of(status: Status | None) -> dict[str, Any]:
    """The badge of a review; of None, a review that was refused, so that no old badge says otherwise."""
    if status is None:
        return {"schemaVersion": 1, "label": LABEL, **_REFUSED}
    return {"schemaVersion": 1, "label": LABEL, "message": _message(status), "color": _COLOURS[status.state]}


def _message(status: Status) -> str:
    if status.state == "active":
        return f"next update due {status.due_on}"
    if status.state == "overdue":
        return f"overdue since {status.overdue_after}"
    if status.state == "no schedule":
        return f"no schedule, last update {status.published_on}"
    if status.state in ("suspended", "retired"):
        return status.reason.partition(":")[0]
    return "not updated yet" if status.state == "not updated" else "not known"


def badge_files(place: Path, manifests: Iterable[Path]) -> dict[Path, Path]:
    """The file of each manifest's badge: ``place`` if that is a .json file and there is one manifest, else a file in it
    as a folder, named like the manifest. ExpectedError where two would share a file.
    """
    found = list(manifests)
    if place.suffix == ".json" and not place.is_dir():
        if len(found) > 1:
            raise ExpectedError(f"{place}: one file for the badges of {len(found)} reviews. Name a folder.")
        return dict.fromkeys(found, place)
    files = {manifest: place / f"{manifest.stem}.json" for manifest in found}
    owners: dict[Path, Path] = {}
    for manifest, file in files.items():
        other = owners.setdefault(file, manifest)
        if other != manifest:
            raise ExpectedError(f"{file}: the badges of {other} and {manifest} would share this file. Run them apart.")
    return files


def write_badge(file: Path, status: Status | None) -> None:
    """Write the badge of one review, whole."""
    write_whole(file, (json.dumps(badge_of(status), ensure_ascii=False, indent=2) + "\n").encode())
