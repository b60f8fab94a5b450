"""What the index of the reviews of a folder says of each: its newest record in a few words.

A row is a function of one record, so that a row made earlier holds as long as no newer record is there.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from livereview.errors import ExpectedError
from livereview.freshness import next_due
from livereview.history import History, Record
from livereview.manifest.models import Living
from livereview.renderers import IndexedReview
from livereview.verdicts.rulings import verdict_in

_RECORD = re.compile(r"(\d{4,})-[0-9a-f]{12}\.json")
#: What a reader opens first, of the files that a report has.
_PAGES = ("report.html", "report.md", "report.docx")


def newest_records(histories: Path) -> dict[str, tuple[str, ...]]:
    """The names of the newest records of each review: several only where two people recorded the same number."""
    found: dict[str, tuple[str, ...]] = {}
    for folder in sorted(path for path in histories.glob("[!.]*") if path.is_dir()):
        names = sorted(path.stem for path in folder.glob("*.json") if _RECORD.fullmatch(path.name))
        last = max((_number(name) for name in names), default=0)
        if last:
            found[folder.name] = tuple(name for name in names if _number(name) == last)
    return found


def indexed(folder: Path, review: str, newest: tuple[str, ...]) -> IndexedReview | None:
    """The row of a review by its newest records; None where its manifest is gone. A damaged history says so."""
    history = History(folder / "history" / review)
    records: list[Record] = []
    damaged: list[str] = []
    for name in newest:
        try:
            record = history.intact(name)
        except ExpectedError as error:
            damaged += error.messages
            continue
        if record is None:
            damaged.append(f"history/{review}/{name}.json: its name does not fit its content, or it cannot be read.")
        else:
            records.append(record)
    if damaged:
        told = f"The last update of this review cannot be shown. {' '.join(damaged)}".replace(f"{folder}/", "")
        return IndexedReview(review=review, title=review, trouble=f"{told} Restore it from git or a backup.")
    latest = max(records, key=lambda record: (record.content["recorded_at"], record.name))
    manifest = (latest.content.get("manifest") or {}).get("file", "")
    if manifest and not (folder / manifest).is_file():
        return None
    return _row(latest, _before(history, latest))


def _before(history: History, latest: Record) -> Record | None:
    try:
        return history.intact(latest.content["previous"]) if latest.content["previous"] else None
    except ExpectedError:
        return None


def _row(record: Record, before: Record | None) -> IndexedReview:
    content = record.content
    kept = content.get("manifest") or {}
    manifest = _parsed(kept.get("text", ""))
    living, published_on = _living(manifest.get("living", {})), content["recorded_at"][:10]
    are = {item["study_id"]: item["label"] for item in content["studies"]}
    were = are if before is None else {item["study_id"]: item["label"] for item in before.content["studies"]}
    page = next((name for name in _PAGES if name in content["files"]), "")
    return IndexedReview(
        review=content["review"],
        title=content["title"],
        record=record.name,
        manifest=kept.get("file", ""),
        store=str(manifest.get("evidence", {}).get("store", "evidence")),
        page=f"{content['review']}/{page}" if page else "",
        update=record.number,
        published_on=published_on,
        status=living.status,
        reason=living.reason,
        due_on=next_due(living, published_on),
        studies=tuple(are.items()),
        came=tuple(label for study, label in are.items() if study not in were),
        gone=tuple(label for study, label in were.items() if study not in are),
        outcomes=len(content["outcomes"]),
        verdicts=tuple(verdict_in(item) for item in content.get("verdicts", ())),
        failed=tuple(_failure(item) for item in content["failures"]),
    )


def _failure(item: Mapping[str, Any]) -> str:
    return f"{item['section']} ({item['plugin']}): {item['message']}"


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # a record keeps what its livereview could read
        return {}


def _living(part: Mapping[str, Any]) -> Living:
    try:
        return Living.model_validate(part)
    except ValidationError:
        return Living()


def _number(name: str) -> int:
    return int(name.partition("-")[0])
