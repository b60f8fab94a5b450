"""What servers answered, kept in the store's folder beside the batches, so that a run can be read again.

    <store>/answers/<SHA-256 of the content>.gz     each answer once, without secrets
    <store>/runs/<SHA-256 of the file>.json         each run of a source that was completed

No file is ever edited. Two stores merge as the union of their files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import StringConstraints, TypeAdapter, ValidationError

from livereview.errors import StoreError
from livereview.evidence.batches import digest
from livereview.evidence.folder import Folder
from livereview.network.compression import Damaged, TooLarge, packed, unpacked
from livereview.types import PluginError

#: Version of the format of runs, written into each. A reader refuses runs of a newer one.
FORMAT = 1
_RUN = re.compile(r"([0-9a-f]{64})\.json")
_MOST_BYTES = 1024 * 1024 * 1024
_FETCH = "Fetch it from where the run was made, or from the history of git."

SHA256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One question and its answer, without secrets."""

    server: int
    """Which of the servers that the source asked: the position of its address among them."""
    method: str
    path: str
    parameters: Mapping[str, str]
    """Of the address, or of the form that was posted."""
    status: int
    headers: Mapping[str, str]
    url: str
    """Where the answer came from."""
    sha256: SHA256
    """Of the content."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asked with what: all that a source is given besides the network."""

    source: str
    """Name of the plugin."""
    review: str
    options: Mapping[str, Any]
    """As the manifest gives them; of a kept run as ``kept_options`` makes them."""
    today: date
    snapshot: str
    """Of the evidence that the source knew."""
    recorded_through: datetime | None
    """When the newest row of it was recorded; None of an empty store."""
    known: str = ""
    """SHA-256 of what the source was told of it, kept among the answers; empty where it was told nothing."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One complete run of a source."""

    asked: Asked
    started_at: datetime
    versions: tuple[str, ...]
    """The states of the source's data that answered, as the source names them."""
    exchanges: tuple[Exchange, ...]
    """In the order in which they were asked."""
    format: int = field(default=FORMAT)


_ADAPTER = TypeAdapter(Run)
_JSON = TypeAdapter(dict[str, Any])
#: Options that say where a server is, not what it is asked.
_WHERE = ("base_url",)


class Answers:
    """The contents of answers, by hash."""

    def __init__(self, location: str) -> None:
        self._folder = Folder(location, "answers")
        self._here: set[str] | None = None

    def put(self, content: bytes) -> str:
        """Keep a content, if it is not there in good order; its hash."""
        name = digest(content)
        if self._here is None:
            self._here = set(self._folder.files())
        file = f"{name}.gz"
        if file not in self._here or _content(self._folder.contents([file])[0]) != content:
            self._folder.put(file, packed(content))
            self._here.add(file)
        return name

    def content(self, sha256: str) -> bytes:
        """The content with a hash; PluginError, naming the file, where it is missing or another."""
        file = f"{sha256}.gz"
        found = self._folder.contents([file])[0]
        if isinstance(found, FileNotFoundError):
            raise PluginError(f"{self._folder.place(file)}: this answer is missing. {_FETCH}")
        if isinstance(found, OSError):
            raise PluginError(f"{self._folder.place(file)}: cannot be read: {found}. Check the file.")
        content = _content(found)
        if content is None or digest(content) != sha256:
            raise PluginError(
                f"{self._folder.place(file)}: was edited, renamed or cut short: its content is not that it is named "
                f"for. {_FETCH}"
            )
        return content


def _content(found: bytes | OSError) -> bytes | None:
    """What a kept file holds; None where it cannot be read."""
    if isinstance(found, OSError):
        return None
    try:
        return unpacked(found, _MOST_BYTES)
    except (Damaged, TooLarge):
        return None


def kept_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options as a kept run has them, by which it is found: in types of JSON, without the server's address."""
    return _JSON.validate_json(_JSON.dump_json({name: options[name] for name in options if name not in _WHERE}))


def encoded(run: Run) -> bytes:
    """The bytes of a run's file."""
    return _ADAPTER.dump_json(run, indent=1) + b"\n"


def keep(location: str, content: bytes) -> str:
    """Keep a run's file; its id. A run that is there already is not written again."""
    folder, name = Folder(location, "runs"), digest(content)
    if f"{name}.json" not in folder.files():
        folder.put(f"{name}.json", content)
    return name


def kept_runs(location: str) -> tuple[Run, ...]:
    """All complete runs of a store, in the order in which they were started; none where none was kept.

    Raises StoreError naming every file that is not in order.
    """
    folder = Folder(location, "runs")
    names = list(folder.files())
    runs: list[tuple[datetime, str, Run]] = []
    problems: list[str] = []
    for name, content in zip(names, folder.contents(names), strict=True):
        place = folder.place(name)
        if not _RUN.fullmatch(name):
            problems.append(f"{place}: is not named like a run. Move it out of the folder.")
        elif isinstance(content, OSError):
            problems.append(f"{place}: cannot be read: {content}. Check the file and its permissions.")
        elif digest(content) != name.removesuffix(".json"):
            problems.append(f"{place}: was edited, renamed or cut short. {_FETCH}")
        else:
            try:
                run = decoded(content, place)
                runs.append((run.started_at, name, run))
            except StoreError as error:
                problems += error.messages
    if problems:
        raise StoreError(problems)
    return tuple(run for _, _, run in sorted(runs, key=lambda item: item[:2]))


def decoded(content: bytes, place: str) -> Run:
    """The run that these bytes are; StoreError where they are none that this version reads."""
    try:
        newer = _JSON.validate_json(content).get("format", 0) > FORMAT
        if not newer:
            return _ADAPTER.validate_json(content)
    except (ValidationError, TypeError):
        raise StoreError(f"{place}: is not a run. Move it out of the folder.") from None
    raise StoreError(f"{place}: was written by a newer livereview. Update livereview to read it.")
