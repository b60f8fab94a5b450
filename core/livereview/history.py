"""Records of updates: one JSON file each, never edited, named by number and content; and the comparison of two.

A record holds what an update was made from (manifest, batches, versions) and every result at full precision, so that
any two can be compared and any one explained, long after. Two people's histories merge in git as the union of files.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from livereview.errors import ExpectedError
from livereview.json_values import as_number
from livereview.report import Interval, OutcomeChange, OutcomeResult, StudyResult
from livereview.verdicts.definition import definition_of, differences
from livereview.writing import write_whole

FORMAT = 1
_NAME = re.compile(r"\d{4,}-[0-9a-f]{12}\.json")


@dataclass(frozen=True, kw_only=True)
class Edition:
    """Which update of its review a report is."""

    number: int
    """0 = none: a past state that was rebuilt."""
    recorded_at: str = ""
    """When it was recorded and published, e.g. 2026-11-25T09:30:00+00:00."""
    as_of: str = ""
    """Of a rebuilt state: until when evidence was recorded, as it was asked for; empty = all."""
    published_by: str = ""
    """Of a rebuilt state: until when evidence had been published, as it was asked for; empty = all."""

    @property
    def title(self) -> str:
        """As shown to people: "update 3 of 2026-11-20"."""
        return f"update {self.number} of {self.recorded_at[:10]}"


@dataclass(frozen=True, kw_only=True)
class Record:
    """One recorded update, as read from its file."""

    name: str
    """File name without ending, e.g. 0003-1a2b3c4d5e6f."""
    content: Mapping[str, Any]

    @property
    def number(self) -> int:
        return int(self.content["update"])

    @property
    def edition(self) -> Edition:
        return Edition(number=self.number, recorded_at=self.content["recorded_at"])

    @property
    def fingerprint(self) -> Mapping[str, Any]:
        """What decides whether anything changed: manifest, evidence and versions."""
        return dict(self.content["fingerprint"])

    @property
    def outcomes(self) -> dict[str, Mapping[str, Any]]:
        return {outcome["id"]: outcome for outcome in self.content["outcomes"]}

    @property
    def title(self) -> str:
        return self.edition.title

    def holds(self, content: Mapping[str, Any]) -> bool:
        """Whether a record of this content would say the same. What records did not keep yet when this one was written
        is no difference."""
        return all(content.get(key) == value for key, value in self.content.items())

    def rows_of(self, outcome_id: str) -> dict[str, tuple[str, ...]] | None:
        """Identities of the rows each study rested on at an outcome, by study; None if there was no such outcome."""
        outcome = self.outcomes.get(outcome_id)
        if outcome is None:
            return None
        return {
            study["study_id"]: tuple(sorted(row["row_id"] for row in study["rows"])) for study in outcome["studies"]
        }


class History:
    """The records of one review in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def records(self) -> list[Record]:
        """Every record, oldest first. Raises ExpectedError naming each file that is not an intact record."""
        found = [self._record(name, data) for name, data in self._intact().items()]
        return sorted(found, key=lambda record: (record.number, record.content["recorded_at"], record.name))

    def latest(self) -> Record | None:
        """The newest record; None before the first update. Every file is verified, as by ``records``."""
        intact = self._intact()
        last = max((_number(name) for name in intact), default=0)
        found = [self._record(name, data) for name, data in intact.items() if _number(name) == last]
        return max(found, key=lambda record: (record.content["recorded_at"], record.name), default=None)

    def find(self, wanted: str) -> Record:
        """A record by number, name, beginning of its name, or "latest"; ExpectedError if there is none."""
        intact = self._intact()
        latest = self.latest()
        if latest is None:
            raise ExpectedError(f"{self.folder}: no update is recorded yet; run livereview update first")
        if wanted == "latest":
            return latest
        by_number = wanted.isdecimal()
        fits = [name for name in intact if (_number(name) == int(wanted) if by_number else name.startswith(wanted))]
        if len(fits) == 1:
            return self._record(fits[0], intact[fits[0]])
        listed = ", ".join(f"{_number(name)} ({name})" for name in [*intact][-10:])
        problem = "no update is" if not fits else f"{len(fits)} updates are"
        raise ExpectedError(f'{self.folder}: {problem} called "{wanted}"; there are: {listed}')

    def intact(self, name: str) -> Record | None:
        """The record of that name; None where its file is not there or was altered. No other file is looked at."""
        try:
            data = (self.folder / f"{name}.json").read_bytes()
        except OSError:
            return None
        return self._record(name, data) if name.endswith(_digest(data)[:12]) else None

    def add(self, content: Mapping[str, Any]) -> Record:
        """Write a record aside, then give it its name: it is complete or absent."""
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, allow_nan=False, indent=1) + "\n"
        data = text.encode()
        name = f"{content['update']:04d}-{_digest(data)[:12]}"
        write_whole(self.folder / f"{name}.json", data)
        return Record(name=name, content=json.loads(text))

    def _intact(self) -> dict[str, bytes]:
        """The bytes of every record by name, sorted by number; ExpectedError naming each file that was altered."""
        found: dict[str, bytes] = {}
        bad: list[str] = []
        for path in sorted(self.folder.glob("[!.]*.json")) if self.folder.is_dir() else ():
            try:
                data = path.read_bytes()
            except OSError as error:
                bad.append(f"{path}: this record cannot be read: {error.strerror}.")
                continue
            if _NAME.fullmatch(path.name) and path.stem.endswith(_digest(data)[:12]):
                found[path.stem] = data
            else:
                bad.append(
                    f"{path}: its name does not fit its content: the file is damaged, was edited or is not a record. "
                    "Restore it from git or a backup, or move it out of the history."
                )
        if bad:
            raise ExpectedError(bad)
        return dict(sorted(found.items(), key=lambda item: (_number(item[0]), item[0])))

    def _record(self, name: str, data: bytes) -> Record:
        """The record in these bytes, which fit its name."""
        path = self.folder / f"{name}.json"
        try:
            content = json.loads(data)
            version = content["format"]
        except (ValueError, TypeError, KeyError):
            raise ExpectedError(f"{path}: this is not the record of an update. Move it out of the history.") from None
        if version != FORMAT:
            message = f"{path}: is in format {version}, and this livereview reads format {FORMAT}. Update livereview."
            raise ExpectedError(message)
        return Record(name=name, content=content)


def _number(name: str) -> int:
    return int(name.partition("-")[0])


def _digest(data: bytes) -> str:
    """SHA-256 of the text with Unix line ends, which git may have changed."""
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


# --- comparison ------------------------------------------------------------------------------------------------


def outcome_changes(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> tuple[OutcomeChange, ...]:
    """Each outcome of two records (by id), before and after, in the order of the later one; removed ones last."""
    order = [*after, *(outcome_id for outcome_id in before if outcome_id not in after)]
    return tuple(_change(outcome_id, before.get(outcome_id), after.get(outcome_id)) for outcome_id in order)


def _change(outcome_id: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> OutcomeChange:
    known = after or before or {}
    were, are = _studies(before), _studies(after)
    return OutcomeChange(
        id=outcome_id,
        title=known["title"],
        display=known["display"],
        before=_interval(before),
        after=_interval(after),
        k_before=None if before is None else before["pooled"]["k"],
        k_after=None if after is None else after["pooled"]["k"],
        studies_added=tuple(label for study_id, label in are.items() if study_id not in were) if before else (),
        studies_removed=tuple(label for study_id, label in were.items() if study_id not in are) if after else (),
        definition_changed=bool(before and after and differences(definition_of(before), definition_of(after))),
        certainty_before=_certainty(before),
        certainty_after=_certainty(after),
    )


def _certainty(outcome: Mapping[str, Any] | None) -> str:
    """The signed level; records made before there were ratings have none."""
    rated = outcome.get("certainty") if outcome else None
    return rated["level"] if rated else ""


def _studies(outcome: Mapping[str, Any] | None) -> dict[str, str]:
    return {study["study_id"]: study["label"] for study in (outcome["studies"] if outcome else ())}


def _interval(outcome: Mapping[str, Any] | None) -> Interval | None:
    if outcome is None or outcome["pooled"]["k"] == 0:
        return None
    return Interval(**{name: as_number(value) for name, value in outcome["pooled"]["shown"].items()})


def same_interval(before: Interval | None, after: Interval | None) -> bool:
    """Whether two intervals are one, NaN being equal to NaN: the last bits of a number may move with the version of a
    numerical library, and that is no change of evidence."""
    if before is None or after is None:
        return before is after
    pairs = zip(vars(before).values(), vars(after).values(), strict=True)
    return all(math.isclose(a, b, rel_tol=1e-9) or (math.isnan(a) and math.isnan(b)) for a, b in pairs)


def marked(outcome: OutcomeResult, previous: Record | None) -> OutcomeResult:
    """The outcome with each study marked as new or changed against an earlier record."""
    before = previous.rows_of(outcome.id) if previous else None
    if before is None:
        return outcome

    def mark(study: StudyResult) -> Literal["", "new", "changed"]:
        if study.study_id not in before:
            return "new"
        return "" if before[study.study_id] == tuple(sorted(row.row_id for row in study.rows)) else "changed"

    studies = tuple(dataclasses.replace(study, change=mark(study)) for study in outcome.studies)
    return dataclasses.replace(outcome, studies=studies)
